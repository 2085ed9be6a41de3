// GET /api/merlon/changes: when what people see last changed. A page that is open asks every few seconds and reads again
// when the time is another; it costs one look into a small table.
#include "api/auth/gate.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/time.h"

namespace merlon::api {
namespace {

Result<HttpResponse> changes(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    auto connection = TRY(service.lease());
    auto const time = TRY(connection->count("SELECT coalesce(max(time), 0) FROM main.exposure_score"));
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.key("changedAt");
    if (time == 0) json.null();
    else json.string(iso_time(time));
    json.end_object();
    return response;
}

}  // namespace

void add_change_routes(std::vector<Route>& all) { all.push_back({"GET", "api/merlon/changes", std::string(signed_in), changes}); }

}  // namespace merlon::api
