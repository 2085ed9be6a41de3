#include "fleet/publish.h"

#include "fleet/counts.h"
#include "fleet/device_numbers.h"
#include "store/rows.h"

namespace merlon::fleet {
namespace {

Status write_cves(store::Connection& connection, Index const& index, Mask const& mask, Parts const& parts) {
    TRY(connection.execute("DELETE FROM main.cve_exposure"));
    auto appender = TRY(connection.appender("cve_exposure"));
    auto const counts = exposed_counts(index);
    auto const counts_after = mask.empty() ? counts : exposed_counts(index, mask);
    for (std::uint32_t number = 0; number < index.cves.size(); ++number) {
        auto const devices = counts[number], after = counts_after[number];
        if (devices == 0) continue;
        TRY(appender.text(index.cves[number].id)
                .int64(static_cast<std::int64_t>(after))
                .int64(index.cves[number].first_seen)
                .int64(static_cast<std::int64_t>(devices))
                .real(std::max(0.0, parts.cves[number]))
                .end_row());
    }
    return appender.close();
}

Status write_products(store::Connection& connection, Index const& index, Exposure const& exposure, Parts const& parts) {
    auto const with_alerts = TRY(devices_with_alerts(connection, index));
    TRY(connection.execute("DELETE FROM main.product_exposure"));
    auto appender = TRY(connection.appender("product_exposure"));
    WhatIf what_if(index, exposure);
    for (std::uint32_t number = 0; number < index.products.size(); ++number) {
        auto const having = index.having(number);
        auto const exposed = index.exposed_by(number);
        DeviceSet weaknesses;
        bool exploit = false;
        for (auto const one : index.products[number].software) {
            if (!index.software[one].devices.intersect(index.counted)) continue;
            for (auto const cve : index.software[one].cves) {
                weaknesses.add(cve);
                auto const& facts = index.cves[cve].facts;
                exploit = exploit || facts.exploit_public || facts.known_exploited;
            }
        }
        std::array const alone{Removal{number, false}};
        auto const after = exposure.mask.empty() ? exposed : exposed_by(index, number, exposure.mask);
        bool const counts = !exposed.isEmpty() || index.adds_unsupported(index.ended(number));
        auto const impact = !counts ? 0 : exposure.score - what_if.score_without(alone);
        TRY(appender.text(index.products[number].vendor)
                .text(index.products[number].product)
                .int64(static_cast<std::int64_t>(having.cardinality()))
                .int64(static_cast<std::int64_t>(exposed.cardinality()))
                .int64(static_cast<std::int64_t>(weaknesses.cardinality()))
                .boolean(exploit)
                .boolean(exposed.and_cardinality(with_alerts) > 0)
                .real(impact)
                .int64(static_cast<std::int64_t>(after.cardinality()))
                .real(std::max(0.0, parts.products[number]))
                .end_row());
    }
    return appender.close();
}

// E12. What software past its end of support comes to, and on how many devices.
Status write_unsupported(store::Connection& connection, Index const& index, Mask const& mask, Parts const& parts) {
    TRY(connection.execute("DELETE FROM main.unsupported_exposure"));
    DeviceSet devices;
    for (std::uint32_t number = 0; number < index.products.size(); ++number) {
        auto const ended = index.ended(number);
        auto const* whole = mask.product(number);
        devices |= whole ? ended - *whole : ended;
    }
    auto appender = TRY(connection.appender("unsupported_exposure"));
    TRY(appender.int64(static_cast<std::int64_t>(devices.cardinality())).real(parts.unsupported).end_row());
    return appender.close();
}

Status write_versions(store::Connection& connection, Index const& index) {
    TRY(connection.execute("DELETE FROM main.version_exposure"));
    auto appender = TRY(connection.appender("version_exposure"));
    for (std::uint32_t number = 0; number < index.software.size(); ++number) {
        auto const& one = index.software[number];
        auto const devices = one.devices.and_cardinality(index.counted);
        if (devices == 0) continue;
        TRY(appender.text(one.vendor).text(one.product).text(one.version).int64(static_cast<std::int64_t>(devices)).end_row());
    }
    return appender.close();
}

// A row of device_exposure.
struct DeviceRow {
    double hazard = 0;
    std::string_view level;
    bool counted = false;
    double hazard_before = 0, weighed = 0;
    DeviceCounts counts;
    friend bool operator==(DeviceRow const&, DeviceRow const&) = default;
};

// The rows of all devices, by their numbers.
struct DeviceRows {
    Index const& index;
    Exposure const& exposure;
    std::span<DeviceCounts const> counts;

    DeviceRow operator[](std::size_t number) const {
        auto const& device = index.devices[number];
        auto const hazard = exposure.device_hazard[number];
        auto const chance = chance_of(hazard);
        return {hazard, exposure_level_name(exposure_level(100 * chance)), device.counted, exposure.before(number),
                device.counted ? device.weight * chance : 0, counts[number]};
    }
};

// Which rows say what is still so, by device; the others go.
struct Standing {
    std::vector<bool> kept;
    std::vector<std::int64_t> gone;
};
Result<Standing> standing_rows(store::Connection& connection, DeviceRows const& wanted) {
    Standing out{std::vector<bool>(wanted.index.devices.size()), {}};
    DeviceNumbers numbers(wanted.index);
    auto rows = TRY(connection.query("SELECT rowid, device, hazard, level, counted, hazard_before, weighed, cves, cves_after, "
                                     "recommendations, recommendations_after FROM main.device_exposure"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const number = numbers.of(c[1].text(row));
            auto const count = [&](std::size_t column) { return static_cast<std::uint32_t>(c[column].int64(row)); };
            DeviceRow const stands{c[2].real(row), c[3].text(row), c[4].boolean(row), c[5].real(row), c[6].real(row),
                                   {count(7), count(8), count(9), count(10)}};
            if (number && !out.kept[*number] && stands == wanted[*number]) out.kept[*number] = true;
            else out.gone.push_back(c[0].int64(row));
        }
    }
    return out;
}

// The one table with a row for each device: only rows that say something new are written, unless that is most of them.
Status write_devices(store::Connection& connection, DeviceRows const& wanted) {
    auto const devices = wanted.index.devices.size();
    auto standing = TRY(standing_rows(connection, wanted));
    if (standing.gone.size() > devices / 8) {
        TRY(connection.execute("DELETE FROM main.device_exposure"));
        standing = {std::vector<bool>(devices), {}};
    }
    TRY(store::delete_rows(connection, "main.device_exposure", standing.gone));
    auto appender = TRY(connection.appender("device_exposure"));
    for (std::size_t number = 0; number < devices; ++number) {
        if (standing.kept[number]) continue;
        auto const row = wanted[number];
        TRY(appender.text(wanted.index.devices[number].id).real(row.hazard).text(row.level).boolean(row.counted)
                .real(row.hazard_before).real(row.weighed).int64(row.counts.cves).int64(row.counts.cves_after)
                .int64(row.counts.recommendations).int64(row.counts.recommendations_after).end_row());
    }
    return appender.close();
}

Status write_scores(store::Connection& connection, Index const& index, Exposure const& exposure, Ticks now) {
    auto appender = TRY(connection.appender("exposure_score"));
    TRY(appender.int64(now).text("*").real(exposure.score).int64(static_cast<std::int64_t>(index.counted.cardinality()))
            .real(exposure.score_before).real(exposure.weight).end_row());
    for (auto const& group : exposure.groups)
        TRY(appender.int64(now).text(index.groups[group.group]).real(group.score)
                .int64(static_cast<std::int64_t>(group.devices)).real(group.score_before).real(group.weight).end_row());
    return appender.close();
}

}  // namespace

Status add_published_causes(store::Connection& connection, Index const& index, Exposure const& exposure,
                            bool compared, std::vector<ScoreChange>& changes) {
    // Each score as it was published last, before exceptions, and what they took out of it.
    struct Published {
        double before_exceptions = 0, taken = 0;
    };
    std::map<std::string, Published, std::less<>> published;
    auto rows = TRY(connection.query("SELECT device_group, score_before, score - score_before FROM main.exposure_score "
                                     "WHERE time = (SELECT max(time) FROM main.exposure_score)"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            published.emplace(chunk->columns[0].text(row),
                              Published{chunk->columns[1].real(row), chunk->columns[2].real(row)});
    std::map<std::string, double, std::less<>> taken{{"*", exposure.score - exposure.score_before}};
    for (auto const& group : exposure.groups) taken[index.groups[group.group]] = group.score - group.score_before;
    for (auto& change : changes) {
        auto const at = taken.find(change.group);
        auto const now = at == taken.end() ? 0.0 : at->second;
        auto const found = published.find(change.group);
        auto const then = found == published.end() ? 0.0 : found->second.taken;
        auto const part = [&](Cause cause) -> double& { return change.parts[static_cast<std::size_t>(cause)]; };
        part(Cause::exceptions) = now - then;
        if (compared && found != published.end()) {
            part(Cause::scoring_changed) = change.before - found->second.before_exceptions;
            change.before = found->second.before_exceptions;
        }
        change.before += then;
        change.after += now;
    }
    return {};
}

Status publish_score_changes(store::Connection& connection, std::span<ScoreChange const> changes, Ticks now) {
    auto table = TRY(connection.appender("score_change"));
    for (auto const& change : changes)
        for (std::size_t cause = 0; cause < causes; ++cause)
            if (change.parts[cause] != 0)
                TRY(table.int64(now)
                        .text(change.group)
                        .text(cause_name(static_cast<Cause>(cause)))
                        .real(change.parts[cause])
                        .end_row());
    return table.close();
}

Result<DeviceSet> devices_with_alerts(store::Connection& connection, Index const& index) {
    std::unordered_map<std::string, std::uint32_t> numbers;
    for (std::uint32_t number = 0; number < index.devices.size(); ++number)
        numbers.emplace(index.devices[number].id, number);
    DeviceSet with_alerts;
    auto rows = TRY(connection.query("SELECT DISTINCT device FROM main.alert WHERE status <> 'Resolved'"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            if (auto const found = numbers.find(std::string(chunk->columns[0].text(row))); found != numbers.end())
                with_alerts.add(found->second);
    return with_alerts & index.counted;
}

Result<ExposureReport> publish_exposure(store::Connection& connection, Index const& index, Exposure const& exposure,
                                        std::span<DeviceCounts const> counts, Ticks now) {
    auto const parts = break_down(index, exposure);
    TRY(write_cves(connection, index, exposure.mask, parts));
    TRY(write_products(connection, index, exposure, parts));
    TRY(write_unsupported(connection, index, exposure.mask, parts));
    TRY(write_versions(connection, index));
    TRY(write_devices(connection, {index, exposure, counts}));
    TRY(write_scores(connection, index, exposure, now));
    ExposureReport report;
    report.score = exposure.score;
    report.devices = index.counted.cardinality();
    for (auto const hazard : exposure.device_hazard) report.exposed_devices += hazard > 0 ? 1 : 0;
    report.cves = index.cves.size();
    return report;
}

}  // namespace merlon::fleet
