// GET /health/live: the process answers. GET /health/ready: the store reads, takes writes and has room for them.
#include "api/routes/health.h"

namespace merlon::api {
namespace {

constexpr std::uintmax_t least_free_bytes = 16 << 20;  // with less than this, what is reported does not get in for long

HttpResponse plain(int status, std::string_view text) {
    HttpResponse response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::string(text) + "\n";
    return response;
}

}  // namespace

std::string not_ready(Service& service) {
    if (!service.writer_healthy()) return "not ready: the store takes no writes";
    auto connection = service.lease_for({});
    if (!connection || !(*connection)->count("SELECT 1")) return "not ready: the store does not read";
    std::error_code failed;
    auto const space = std::filesystem::space(service.temporary_folder().parent_path(), failed);
    return !failed && space.available < least_free_bytes ? "not ready: the file system of the data folder is full" : "";
}

void add_health_routes(std::vector<Route>& all) {
    all.push_back({"GET", "health/live", "",
                   [](Service&, HttpRequest const&, auto const&) -> Result<HttpResponse> { return plain(200, "live"); }});
    all.push_back({"GET", "health/ready", "", [](Service& service, HttpRequest const&, auto const&) -> Result<HttpResponse> {
                       auto const why = not_ready(service);
                       return plain(why.empty() ? 200 : 503, why.empty() ? "ready" : why);
                   }});
}

}  // namespace merlon::api
