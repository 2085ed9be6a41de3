// The HTTP/1.1 server, plain, with TLS 1.2/1.3, or on a Unix socket. Only this folder includes the HTTP library. One
// thread moves bytes; requests are answered on a pool of worker threads, since answers wait for the engine.
#pragma once
#include <cstdint>
#include <filesystem>
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
    bool secure = false;  // came over TLS
    std::string base;     // "https://HOST" as clients reach us, for links; set by the service
    // True once the caller has closed the connection, so that nobody waits for the answer. May be asked from any thread
    // until the handler has returned, not later. Empty where no connection stands behind the request.
    std::function<bool()> left = {};
    std::string sent_path = {};  // `path` as it was sent, where a '/' of a key is still %2F; empty: as `path`

    // The parts of the path between its slashes, empty ones left out, decoded.
    std::vector<std::string> segments() const;
    std::string_view header(std::string_view lower_case_name) const;
    // The decoded value of a query option, names compared without case: option("$top").
    std::string option(std::string_view name) const;
    // All options in order, decoded.
    std::vector<std::pair<std::string, std::string>> options() const;
};

// The next piece of a long body: appends to `out`; false after the last one. Called on worker threads, one call at a time.
using Pieces = std::function<Result<bool>(std::string& out)>;

struct HttpResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    // What follows `body`, sent piece by piece as it is made; empty: nothing. Where it fails, the connection is cut, so
    // that nobody takes the part for the whole.
    Pieces rest;
    // `rest` tells of what happens as it happens: an empty piece means "nothing yet", and it is asked again a moment later,
    // without a worker waiting. Sent as it is made, uncompressed; ends with the connection and with the server.
    bool waits = false;
    std::string fault = {};  // what went wrong, for the operator's log where the answer must not say it; never sent
};

// Answers a request; called on several threads at once.
using HttpHandler = std::function<HttpResponse(HttpRequest const&)>;

// Limits of the public door (trust, section 6). Sizes in bytes, times in seconds.
struct HttpOptions {
    std::string address = "127.0.0.1";
    std::filesystem::path unix_socket;               // instead of address and port; mode 0600
    std::filesystem::path certificate, private_key;  // PEM; both: TLS
    std::uint16_t port = 0;  // 0: any free port
    int workers = 4;
    std::size_t most_header_bytes = 16 * 1024;
    std::size_t most_target_bytes = 8 * 1024;
    std::size_t most_body_bytes = 1024 * 1024;
    std::size_t most_report_bytes = 16 * 1024 * 1024;  // bodies of the paths below
    std::vector<std::string> report_paths = {"/api/merlon/reports", "/api/osquery/log", "/api/osquery/distributed/write"};
    // Addresses and ranges ("10.0.0.7", "10.1.0.0/16") of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    std::vector<std::string> proxies;
    int header_timeout_s = 10;
    int body_timeout_s = 30;
    int idle_timeout_s = 60;
    int most_connections = 10'000;
    int most_connections_an_address = 200;  // loopback excepted
    std::size_t least_bytes_to_compress = 1024;
};

class HttpServer {
public:
    // Binds and starts to answer. Errors: http.cannot_listen, http.certificate, http.key_readable, http.bad_proxy.
    static Result<HttpServer> start(HttpOptions const&, HttpHandler);
    HttpServer(HttpServer&&) noexcept;
    HttpServer& operator=(HttpServer&&) noexcept;
    ~HttpServer();

    std::uint16_t port() const;
    int connections() const;
    // Stops accepting at once, lets running requests finish for up to `grace_s` seconds, calls `cancel`, which must make
    // those that are left end, then closes.
    void stop(int grace_s = 10, std::function<void()> const& cancel = {});

private:
    struct State;
    explicit HttpServer(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

// "%41+b" -> "A b" when `plus_is_blank`; nothing for malformed escapes or NUL.
std::optional<std::string> percent_decode(std::string_view, bool plus_is_blank);
std::string percent_encode(std::string_view);

// gzip of a whole text, and of pieces as they come.
std::string gzip(std::string_view);
Pieces gzip(Pieces, std::string first = {});
// The text that one gzip stream packs; at most `most` bytes and a hundred times what came, so that a small body cannot fill
// the memory.
enum class Unpacked : std::uint8_t { whole, malformed, too_large };
Unpacked gunzip(std::string_view packed, std::size_t most, std::string& out);

}  // namespace merlon::api
