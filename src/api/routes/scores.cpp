// GET /api/exposureScore, /api/exposureScore/ByMachineGroups and /api/configurationScore (specification, section 6).
#include "api/service.h"
#include "base/json_text.h"
#include "base/time.h"

namespace merlon::api {
namespace {

constexpr std::string_view newest =
    "SELECT device_group, score, score_before FROM main.exposure_score WHERE time = (SELECT max(time) FROM main.exposure_score)";

Result<HttpResponse> organisation(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto connection = TRY(service.lease());
    auto rows = TRY(connection->query(std::string(newest) + " AND device_group = '*'"));
    auto const chunk = TRY(rows.next());
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#ExposureScore/$entity");
    json.member("time", iso_seconds(now_ticks()));
    json.member("score", chunk ? chunk->columns[1].real(0) : 0.0);
    json.member("scoreBeforeExceptions", chunk ? chunk->columns[2].real(0) : 0.0);
    json.end_object();
    return response;
}

Result<HttpResponse> by_group(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto connection = TRY(service.lease());
    auto rows = TRY(connection->query(std::string(newest) + " AND device_group <> '*' ORDER BY device_group"));
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#ExposureScore");
    json.key("value");
    json.begin_array();
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            json.begin_object();
            json.member("time", iso_seconds(now_ticks()));
            json.member("score", chunk->columns[1].real(row));
            json.member("scoreBeforeExceptions", chunk->columns[2].real(row));
            auto const group = chunk->columns[0].text(row);
            json.member("rbacGroupName", group.empty() ? std::string_view("Unassigned") : group);
            json.end_object();
        }
    }
    json.end_array();
    json.end_object();
    return response;
}

// Points, not a percentage; by category and by device group beside what the original says.
Result<HttpResponse> configuration(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto connection = TRY(service.lease());
    auto rows = TRY(connection->query("SELECT device_group, category, points, possible, points_before FROM main.secure_score "
                                      "WHERE time = (SELECT max(time) FROM main.secure_score) ORDER BY device_group <> '*', device_group, category <> '*', category"));
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#ConfigurationScore/$entity");
    json.member("time", iso_seconds(now_ticks()));
    bool headed = false;
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            if (!headed) {
                json.member("score", c[2].real(row));
                json.member("scoreBeforeExceptions", c[4].real(row));
                json.member("possible", c[3].real(row));
                json.key("parts");
                json.begin_array();
                headed = true;
                continue;
            }
            json.begin_object();
            if (c[0].text(row) != "*") json.member("rbacGroupName", c[0].text(row).empty() ? std::string_view("Unassigned") : c[0].text(row));
            if (c[1].text(row) != "*") json.member("category", c[1].text(row));
            json.member("score", c[2].real(row));
            json.member("scoreBeforeExceptions", c[4].real(row));
            json.member("possible", c[3].real(row));
            json.end_object();
        }
    }
    if (headed) json.end_array();
    else json.member("score", 0.0);
    json.end_object();
    return response;
}

}  // namespace

void add_score_routes(std::vector<Route>& all) {
    all.push_back({"GET", "api/exposureScore", "Score.Read.All", organisation});
    all.push_back({"GET", "api/exposureScore/ByMachineGroups", "Score.Read.All", by_group});
    all.push_back({"GET", "api/configurationScore", "Score.Read.All", configuration});
}

}  // namespace merlon::api
