#include "store/support_entitlements.h"

#include "base/text.h"
#include "model/extended_support.h"
#include "store/inventory.h"

namespace merlon::store {

Result<std::vector<SupportEntitlement>> read_entitlements(Connection& connection) {
    std::vector<SupportEntitlement> all;
    auto rows = TRY(connection.query("SELECT id, scope, scope_value, note, created, created_by FROM main.support_entitlement ORDER BY created DESC, id"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const text = [&](std::size_t column) { return std::string(chunk->columns[column].text(row)); };
            all.push_back({text(0), text(1), text(2), text(3), chunk->columns[4].int64(row), text(5)});
        }
    return all;
}

Status add_entitlement(Connection& connection, SupportEntitlement const& one) {
    std::array const place{Value{one.scope}, Value{one.scope_value}};
    TRY(connection.query("DELETE FROM main.support_entitlement WHERE scope = $1 AND scope_value = $2", place));
    std::array const values{Value{one.id}, Value{one.scope}, Value{one.scope_value}, Value{one.note}, Value{one.created}, Value{one.created_by}};
    TRY(connection.query("INSERT INTO main.support_entitlement VALUES ($1, $2, $3, $4, $5, $6)", values));
    return {};
}

Status remove_entitlement(Connection& connection, std::string_view id) {
    std::array const key{Value{std::string(id)}};
    TRY(connection.query("DELETE FROM main.support_entitlement WHERE id = $1", key));
    return {};
}

Result<Entitled> read_entitled(Connection& connection) {
    Entitled made;
    for (auto const& one : TRY(read_entitlements(connection))) (one.scope == "group" ? made.groups : made.devices).insert(one.scope_value);
    return made;
}

std::string marked_edition(std::string_view edition, bool entitled) {
    if (edition.ends_with(extended_support_mark)) edition = trim(edition.substr(0, edition.size() - extended_support_mark.size()));
    if (!entitled) return std::string(edition);
    return (edition.empty() ? "" : std::string(edition) + " ") + std::string(extended_support_mark);
}

Result<std::vector<DeviceReport>> reports_out_of_step(Connection& connection) {
    std::vector<DeviceReport> reports;
    TRY(connection.execute(
        "CREATE OR REPLACE TEMP TABLE stage_entitled AS WITH wanted AS (SELECT d.id FROM main.device d WHERE EXISTS (SELECT 1 FROM main.support_entitlement e "
        "WHERE (e.scope = 'device' AND e.scope_value = d.id) OR (e.scope = 'group' AND e.scope_value = d.device_group))), "
        "marked AS (SELECT DISTINCT i.device AS id FROM main.installation i JOIN main.software s ON s.id = i.software AND s.source = 'os' WHERE ends_with(s.edition, '" +
        std::string(extended_support_mark) + "')), system AS (SELECT DISTINCT i.device AS id FROM main.installation i JOIN main.software s ON s.id = i.software AND s.source = 'os') "
        "SELECT id FROM system WHERE (id IN (SELECT id FROM wanted)) <> (id IN (SELECT id FROM marked))"));
    auto const entitled = TRY(read_entitled(connection));
    TRY(read_devices(connection,
                     [&](DeviceRow row) -> Status {
                         DeviceReport report;
                         // Another report than the one before, which a device that reports in memory is compared with.
                         row.os.edition = marked_edition(row.os.edition, entitled.has(row.id, row.group));
                         report.device_id = std::move(row.id);
                         report.os = std::move(row.os);
                         report.collected_at = row.last_seen;
                         reports.push_back(std::move(report));
                         return {};
                     },
                     "id IN (SELECT id FROM stage_entitled)"));
    TRY(connection.execute("DROP TABLE stage_entitled"));
    return reports;
}

}  // namespace merlon::store
