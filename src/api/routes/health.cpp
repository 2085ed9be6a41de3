// GET /health/live: the process answers. GET /health/ready: the store reads and the writer takes operations.
#include "api/service.h"

namespace merlon::api {
namespace {

HttpResponse plain(int status, std::string_view text) {
    HttpResponse response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::string(text) + "\n";
    return response;
}

}  // namespace

void add_health_routes(std::vector<Route>& all) {
    all.push_back({"GET", "health/live", "",
                   [](Service&, HttpRequest const&, auto const&) -> Result<HttpResponse> { return plain(200, "live"); }});
    all.push_back({"GET", "health/ready", "", [](Service& service, HttpRequest const&, auto const&) -> Result<HttpResponse> {
                       if (!service.writer_healthy()) return plain(503, "not ready: the store takes no writes");
                       auto connection = service.lease();
                       if (!connection || !(*connection)->count("SELECT 1")) return plain(503, "not ready: the store does not read");
                       return plain(200, "ready");
                   }});
}

}  // namespace merlon::api
