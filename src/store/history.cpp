#include "store/history.h"

#include <algorithm>
#include <array>

namespace merlon::store {
namespace {

struct Kept {
    std::string_view table;    // its history is in TABLE_history
    std::string_view columns;  // of both
    std::string_view source;   // SELECT of the state of now
};
constexpr std::string_view exception_columns =
    "id, subject, kind, title, scope, device_groups, query, justification, notes, state, created, created_by, ends, decided, decided_by, decision_notes, "
    "ended, ended_by, ended_reason, reopen, reminder_days, exploited_then, exploit_then, devices_then, devices";
constexpr std::string_view remediation_columns =
    "id, recommendation, title, description, component, type, vendor, product, scid, recommended_version, device_groups, quiet, priority, due, notes, owner, "
    "requester_id, requester, state, created, changed, method, completer_id, completer, ticket, ticket_state";
constexpr Kept kept[] = {
    {"device", "id, name, os_platform, os_version, os_architecture, device_group, value, internet_facing, excluded, counted, level",
     "SELECT d.id, d.name, d.os_platform, d.os_version, d.os_architecture, d.device_group, d.value, d.internet_facing, d.excluded, "
     "coalesce(e.counted, false) AS counted, coalesce(e.level, '') AS level FROM main.device d LEFT JOIN main.device_exposure e ON e.device = d.id"},
    {"identity", "software, vendor, product, version, support_status, support_date",
     "SELECT software, vendor, product, version, support_status, support_date FROM main.identity"},
    {"finding", "software, cve, state, fixed_version, hotfix, hidden, first_seen",
     "SELECT software, cve, state, fixed_version, hotfix, hidden, first_seen FROM main.finding"},
    {"finding_cleared", "device, software, cve, reason", "SELECT DISTINCT device, software, cve, reason FROM main.finding_cleared"},
    {"cve", "id, severity, cvss, epss, exploit_public, exploit_verified, exploit_in_kit, known_exploited",
     "SELECT id, severity, cvss, epss, exploit_public, exploit_verified, exploit_in_kit, known_exploited FROM main.cve "
     "WHERE id IN (SELECT cve FROM main.finding)"},
    {"configuration_result", "device, scid, applicable, compliant, context",
     "SELECT device, scid, applicable, compliant, context FROM main.configuration_result"},
    {"exception", exception_columns, "SELECT * FROM main.exception"},
    {"remediation", remediation_columns, "SELECT * FROM main.remediation"},
    {"remediation_device", "remediation, device, state, changed", "SELECT remediation, device, state, changed FROM main.remediation_device"},
};
constexpr std::string_view forever = "9223372036854775807";
constexpr std::array<std::string_view, 12> with_past{"installation", "device", "identity", "finding", "finding_cleared", "cve",
                                                     "configuration_result", "device_exposure", "recommendation",
                                                     "exception", "remediation", "remediation_device"};
constexpr std::array<std::string_view, 2> without_change{"software", "configuration_check"};

bool listed(std::span<std::string_view const> names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

bool of_name(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

Status keep_history(Connection& connection, Ticks now, int keep_days) {
    auto const time = std::to_string(now);
    for (auto const& one : kept) {
        auto const history = "main." + std::string(one.table) + "_history";
        auto const columns = std::string(one.columns);
        TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_now AS " + std::string(one.source)));
        TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_ended AS SELECT " + columns + " FROM " + history + " WHERE valid_to = " +
                               std::string(forever) + " EXCEPT SELECT " + columns + " FROM stage_now"));
        TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_begun AS SELECT " + columns + " FROM stage_now EXCEPT SELECT " + columns +
                               " FROM " + history + " WHERE valid_to = " + std::string(forever)));
        if (TRY(connection.count("SELECT count(*) FROM stage_ended")) > 0) {
            auto const row = "struct_pack(" + columns + ")";
            TRY(connection.execute("UPDATE " + history + " SET valid_to = " + time + " WHERE valid_to = " + std::string(forever) + " AND " + row +
                                   " IN (SELECT " + row + " FROM stage_ended)"));
        }
        TRY(connection.execute("INSERT INTO " + history + " (" + columns + ", valid_from, valid_to) SELECT " + columns + ", " + time + ", " +
                               std::string(forever) + " FROM stage_begun"));
        TRY(connection.execute("DELETE FROM " + history + " WHERE valid_to < " + std::to_string(now - keep_days * ticks_per_day)));
    }
    TRY(connection.execute("DROP TABLE stage_now; DROP TABLE stage_ended; DROP TABLE stage_begun"));
    return connection.execute("DELETE FROM main.installation_past WHERE gone < " + std::to_string(now - keep_days * ticks_per_day));
}

Result<std::string> as_of(std::string sql, Ticks time) {
    constexpr std::string_view schema = "main.";
    std::string out;
    std::size_t done = 0;
    for (auto at = sql.find(schema); at != std::string::npos; at = sql.find(schema, at + 1)) {
        if (at > 0 && (of_name(sql[at - 1]) || sql[at - 1] == '"')) continue;
        auto end = at + schema.size();
        while (end < sql.size() && of_name(sql[end])) ++end;
        auto const name = std::string_view(sql).substr(at + schema.size(), end - at - schema.size());
        if (listed(without_change, name)) continue;
        if (!listed(with_past, name)) return fail("store.no_history", std::string(name));
        out += sql.substr(done, at - done) + "past." + std::string(name) + "(" + std::to_string(time) + ")";
        done = end;
    }
    return out + sql.substr(done);
}

Result<Ticks> published_before(Connection& connection, Ticks time) {
    std::array const latest{Value{time}};
    return connection.count("SELECT coalesce(max(time), 0) FROM main.exposure_score WHERE time <= $1", latest);
}

}  // namespace merlon::store
