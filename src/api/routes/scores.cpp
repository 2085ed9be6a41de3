// GET /api/exposureScore, /api/exposureScore/ByMachineGroups and /api/configurationScore (specification, section 6).
#include "api/odata/options.h"
#include "api/routes/list.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"

namespace merlon::api {
namespace {

constexpr std::string_view newest =
    "SELECT device_group, score, score_before, time, CASE WHEN device_group = '' THEN 0 ELSE (hash(device_group) % 1000000)::BIGINT + 1 END FROM main.exposure_score WHERE time = (SELECT max(time) FROM main.exposure_score WHERE time <= $1)";

// Of which time the scores are asked: ?asOf=TIME, or now.
struct Asked {
    Ticks time = 0;
    bool past = false;
    std::array<store::Value, 1> values() const { return {store::Value{time}}; }
    // The time that the answer names: of the scores that were valid then, or of the answer.
    std::string named(Ticks made) const { return iso_seconds(past ? made : time); }
};
Result<Asked> asked_time(HttpRequest const& request) {
    auto const text = request.option("asOf");
    if (text.empty()) return Asked{now_ticks(), false};
    auto const time = TRY(odata::time_option("asOf", text));
    return Asked{time, true};
}

Result<HttpResponse> organisation(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto connection = TRY(service.lease());
    auto const asked = TRY(asked_time(request));
    auto rows = TRY(connection->query(std::string(newest) + " AND device_group = '*'", asked.values()));
    auto const chunk = TRY(rows.next());
    if (!chunk && asked.past) return fail("api.no_such", "Score", iso_seconds(asked.time));
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#ExposureScore/$entity");
    json.member("time", asked.named(chunk ? chunk->columns[3].int64(0) : 0));
    json.member("score", chunk ? chunk->columns[1].real(0) : 0.0);
    json.member("scoreBeforeExceptions", chunk ? chunk->columns[2].real(0) : 0.0);
    json.end_object();
    return response;
}

Result<HttpResponse> by_group(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto connection = TRY(service.lease());
    auto const asked = TRY(asked_time(request));
    auto rows = TRY(connection->query(std::string(newest) + " AND device_group <> '*' ORDER BY device_group", asked.values()));
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#ExposureScore");
    json.key("value");
    json.begin_array();
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            json.begin_object();
            json.member("time", asked.named(chunk->columns[3].int64(row)));
            json.member("score", chunk->columns[1].real(row));
            json.member("scoreBeforeExceptions", chunk->columns[2].real(row));
            auto const group = chunk->columns[0].text(row);
            json.member("rbacGroupName", group.empty() ? std::string_view("Unassigned") : group);
            json.member("rbacGroupId", chunk->columns[4].int64(row));
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
    auto const asked = TRY(asked_time(request));
    auto rows = TRY(connection->query("SELECT device_group, category, points, possible, points_before, time FROM main.secure_score "
                                      "WHERE time = (SELECT max(time) FROM main.secure_score WHERE time <= $1) "
                                      "ORDER BY device_group <> '*', device_group, category <> '*', category", asked.values()));
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#ConfigurationScore/$entity");
    if (!asked.past) json.member("time", iso_seconds(asked.time));
    bool headed = false;
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            if (!headed) {
                if (asked.past) json.member("time", iso_seconds(c[5].int64(row)));
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
    if (!headed && asked.past) return fail("api.no_such", "Score", iso_seconds(asked.time));
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
