// The HTTP/1.1 server. Only this folder includes the HTTP library. One thread moves bytes; requests are answered on a
// pool of worker threads, since answers wait for the engine.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace merlon::api {

struct Caller;

struct HttpRequest {
    std::string method;  // GET, POST ...
    std::string path;    // percent-decoded, without the query: "/api/machines"
    std::string query;   // as sent, after '?'
    std::string body;
    std::string remote;  // address of the peer
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::shared_ptr<Caller const> caller;  // who asks; set once the gate has let them in (api/auth/gate.h)

    std::string_view header(std::string_view lower_case_name) const;
    // The decoded value of a query option, names compared without case: option("$top").
    std::string option(std::string_view name) const;
    // All options in order, decoded.
    std::vector<std::pair<std::string, std::string>> options() const;
};

struct HttpResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

// Answers a request; called on several threads at once.
using HttpHandler = std::function<HttpResponse(HttpRequest const&)>;

// Limits of the public door (trust, section 6). Sizes in bytes, times in seconds.
struct HttpOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free port
    int workers = 4;
    std::size_t most_header_bytes = 16 * 1024;
    std::size_t most_target_bytes = 8 * 1024;
    std::size_t most_body_bytes = 1024 * 1024;
    std::size_t most_report_bytes = 16 * 1024 * 1024;  // bodies of the paths below
    std::vector<std::string> report_paths = {"/api/merlon/reports"};
    int header_timeout_s = 10;
    int body_timeout_s = 30;
    int idle_timeout_s = 60;
    int most_connections = 10'000;
};

class HttpServer {
public:
    // Binds and starts to answer. Errors: http.cannot_listen.
    static Result<HttpServer> start(HttpOptions const&, HttpHandler);
    HttpServer(HttpServer&&) noexcept;
    HttpServer& operator=(HttpServer&&) noexcept;
    ~HttpServer();

    std::uint16_t port() const;
    // Stops accepting at once, lets running requests finish for up to `grace_s` seconds, then closes.
    void stop(int grace_s = 10);

private:
    struct State;
    explicit HttpServer(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

// "%41+b" -> "A b" when `plus_is_blank`; nothing for malformed escapes or NUL.
std::optional<std::string> percent_decode(std::string_view, bool plus_is_blank);
std::string percent_encode(std::string_view);

}  // namespace merlon::api
