#include "server/management.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

#include "api/routes/health.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/backup.h"

namespace merlon::server {
namespace {

api::HttpResponse plain(int status, std::string_view text) {
    api::HttpResponse response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::string(text) + "\n";
    return response;
}

api::HttpResponse check(store::Store const& store) {
    api::HttpResponse response;
    response.content_type = "application/x-ndjson";
    auto const done = store::check_store(store, [&](store::Checked const& one) {
        JsonWriter json(response.body);
        json.begin_object();
        json.member("what", one.what);
        json.member("rows", one.rows);
        json.member("problem", one.problem);
        json.end_object();
        response.body += "\n";
    });
    return done ? response : api::error_response(done.error());
}

}  // namespace

api::HttpResponse Management::answer(api::HttpRequest const& request) {
    if (request.method != "GET" && request.method != "HEAD") return plain(405, "GET only");
    if (request.path == "/health/live") return plain(200, "live");
    if (request.path == "/health/started") return plain(200, "started");
    if (request.path == "/health/ready") {
        if (stopping) return plain(503, "not ready: the server is stopping");
        auto const why = api::not_ready(service);
        return plain(why.empty() ? 200 : 503, why.empty() ? "ready" : why);
    }
    if (request.path == "/metrics") {
        auto response = plain(200, "");
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        response.body = metrics.text(service, store, connections());
        return response;
    }
    return plain(404, "There are /health/live, /health/ready, /health/started and /metrics.");
}

api::HttpResponse Management::control(api::HttpRequest const& request) {
    if (request.path == "/check") return check(store);
    if (request.path == "/backup") {
        auto pieces = store::start_backup(store, writer);
        if (!pieces) return api::error_response(pieces.error());
        api::HttpResponse response;
        response.content_type = "application/zstd";
        response.rest = std::move(*pieces);
        return response;
    }
    if (request.path.starts_with("/health/") || request.path == "/metrics") return answer(request);
    auto asked = request;
    asked.remote = "local";
    asked.caller = std::make_shared<api::Caller const>(api::Caller{"local", {}, {"*"}});
    return service.answer(asked);
}

std::filesystem::path control_socket(std::filesystem::path const& data) { return data / "control.sock"; }

void notify_supervisor(std::string_view state) {
    auto const* where = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (!where || (*where != '/' && *where != '@') || std::strlen(where) >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, where);
    auto const length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(where));
    if (*where == '@') address.sun_path[0] = '\0';  // an abstract name
    int const handle = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (handle < 0) return;
    (void)::sendto(handle, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), length);
    ::close(handle);
}

}  // namespace merlon::server
