// Which installed software was used, and on which days (sensors/usage.h): programs that ran are found by the folder that they
// were installed to.
#include "base/text.h"
#include "store/report_wave.h"
#include "store/usage.h"

namespace merlon::store {
namespace {

// "2026-01-02 2026-01-05" as times; those that are none, to come, or too long ago are left out.
std::vector<Ticks> days_of(std::string_view text, Ticks now) {
    std::vector<Ticks> out;
    for (auto const word : split(text, ' '))
        if (auto const day = parse_iso_time(word); day && *day <= now && *day > now - usage_days * ticks_per_day) out.push_back(*day - *day % ticks_per_day);
    return out;
}

}  // namespace

Status write_usage(Connection& connection, std::span<Pending const> pending, Ticks now) {
    std::string devices;
    for (auto const& one : pending)
        if (one.report->settings && std::ranges::any_of(*one.report->settings, is_usage)) devices += (devices.empty() ? "'" : ",'") + one.change.device_id + "'";
    if (devices.empty()) return {};
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_use (device VARCHAR NOT NULL, program VARCHAR NOT NULL, day BIGINT NOT NULL)"));
    auto staged = TRY(connection.appender("stage_use"));
    for (auto const& one : pending) {
        if (!one.report->settings) continue;
        for (auto const& fact : *one.report->settings)
            if (is_usage(fact))
                for (auto const day : days_of(fact.value, now)) TRY(staged.text(one.change.device_id).text(plain(fact.key.substr(usage_family.size()))).int64(day).end_row());
    }
    TRY(staged.close());
    std::array const since{Value{now - usage_days * ticks_per_day}};
    TRY(connection.query("DELETE FROM main.software_use WHERE device IN (" + devices + ") AND day <= $1", since));
    TRY(connection.execute(
        "INSERT INTO main.software_use SELECT DISTINCT u.device, p.software, u.day FROM stage_use u JOIN main.installation_placed p ON p.device = u.device "
        "AND (u.program = p.place OR starts_with(u.program, p.place || '\\')) "
        "WHERE p.device IN (" + devices + ") AND NOT EXISTS (SELECT 1 FROM main.software_use k WHERE k.device = u.device AND k.software = p.software AND k.day = u.day)"));
    TRY(connection.execute("DELETE FROM main.usage_told WHERE device IN (" + devices + ")"));
    std::array const time{Value{now}};
    TRY(connection.query("INSERT INTO main.usage_told SELECT id, $1 FROM main.device WHERE id IN (" + devices + ")", time));
    return {};
}

}  // namespace merlon::store
