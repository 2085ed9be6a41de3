#include "api/device_query.h"

#include <algorithm>

#include "hunt/hunt.h"

namespace merlon::api {

Result<std::vector<std::string>> devices_of_query(store::Connection& connection, std::string_view kql) {
    constexpr std::int64_t most = 2'000'000;
    if (TRY(connection.count(
            "SELECT count(*) FROM duckdb_functions() WHERE function_name LIKE 'kql\\_%' ESCAPE '\\'")) == 0)
        TRY(hunt::prepare(connection));
    hunt::Options options;
    options.rows = most;
    auto const answer = TRY(hunt::run(connection, kql, options));
    auto const column = std::ranges::find(answer.columns, "DeviceId", &hunt::AnswerColumn::name);
    if (column == answer.columns.end()) return fail("api.no_device_column");
    if (answer.truncated) return fail("api.too_many_devices", std::to_string(most));
    auto const at = static_cast<std::size_t>(column - answer.columns.begin());
    std::vector<std::string> devices;
    for (auto const& row : answer.rows)
        if (auto const* id = std::get_if<std::string>(&row[at])) devices.push_back(*id);
    std::ranges::sort(devices);
    auto const rest = std::ranges::unique(devices);
    devices.erase(rest.begin(), rest.end());
    return devices;
}

}  // namespace merlon::api
