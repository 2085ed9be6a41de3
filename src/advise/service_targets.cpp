#include "advise/service_targets.h"

#include <map>
#include <set>

#include "base/text.h"

namespace merlon::advise {
namespace {

std::unexpected<Error> wrong(std::string text, std::string hint) {
    return fail("advise.bad_target", std::move(text), std::move(hint));
}

// The word as it is spelt, or an error that lists what there is.
Status choose(std::string& word, std::initializer_list<std::string_view> known, std::string_view what) {
    if (word.empty()) return {};
    std::string all;
    for (auto const one : known) {
        if (equal_ignoring_ascii_case(word, one)) {
            word = one;
            return {};
        }
        all += (all.empty() ? "" : ", ") + std::string(one);
    }
    return wrong("there is no " + std::string(what) + " «" + clean_text(word, 40) + "»",
                 "Use " + all + ", or leave it out for any.");
}

// T3. Findings that a device had when exposure was last published and has no longer: the software is gone from it, or a
// hotfix came. What knowledge took back was no remediation; a device that does not count tells nothing. Findings are looked up
// for what went and for the devices on which it did: the findings of all devices are never joined.
constexpr std::string_view write_closings = R"sql(
INSERT INTO main.closed_finding
WITH gone AS MATERIALIZED (
    SELECT t.device, t.software, t.since FROM main.tracked_installation t
    WHERE NOT EXISTS (SELECT 1 FROM main.installation i WHERE i.device = t.device AND i.software = t.software)),
lost AS MATERIALIZED (
    SELECT t.device, s.vendor, s.product, s.cve, min(greatest(t.since, s.since)) AS opened
    FROM gone t JOIN main.tracked_finding s ON s.software = t.software
    WHERE NOT EXISTS (SELECT 1 FROM main.tracked_cleared x WHERE x.device = t.device AND x.software = t.software AND x.cve = s.cve)
    GROUP BY ALL
    UNION ALL
    SELECT t.device, s.vendor, s.product, s.cve, min(greatest(t.since, s.since))
    FROM main.finding_cleared x
    JOIN main.tracked_installation t ON t.device = x.device AND t.software = x.software
    JOIN main.tracked_finding s ON s.software = x.software AND s.cve = x.cve
    WHERE starts_with(x.reason, 'installed update ')
      AND NOT EXISTS (SELECT 1 FROM main.tracked_cleared y WHERE y.device = x.device AND y.software = x.software AND y.cve = x.cve)
    GROUP BY ALL),
here AS MATERIALIZED (SELECT i.device, i.software FROM main.installation i WHERE i.device IN (SELECT device FROM lost))
SELECT l.cve, l.vendor, l.product, coalesce(c.severity, ''), coalesce(c.known_exploited, false), d.value, l.opened, $1, count(*), d.device_group
FROM (SELECT device, vendor, product, cve, min(opened) AS opened FROM lost GROUP BY ALL) l
JOIN main.device d ON d.id = l.device
JOIN main.device_exposure e ON e.device = l.device AND e.counted
LEFT JOIN main.cve c ON c.id = l.cve
WHERE NOT EXISTS (SELECT 1 FROM here i
                  JOIN main.identity y ON y.software = i.software
                  JOIN main.finding f ON f.software = i.software AND NOT f.hidden
                  LEFT JOIN main.finding_cleared x ON x.device = i.device AND x.software = i.software AND x.cve = f.cve
                  WHERE i.device = l.device AND y.vendor = l.vendor AND y.product = l.product AND f.cve = l.cve AND x.device IS NULL)
GROUP BY ALL)sql";

// A device that moves to another version which has findings keeps its `since`: the hole stayed.
constexpr std::string_view track_new_installations = R"sql(
INSERT INTO main.tracked_installation
WITH old AS (
    SELECT t.device, s.vendor, s.product, min(t.since) AS since FROM main.tracked_installation t
    JOIN (SELECT DISTINCT software, vendor, product FROM main.tracked_finding) s ON s.software = t.software GROUP BY ALL)
SELECT i.device, i.software, least(min(i.first_seen), coalesce(min(o.since), min(i.first_seen)))
FROM main.installation i
JOIN main.identity y ON y.software = i.software
LEFT JOIN old o ON o.device = i.device AND o.vendor = y.vendor AND o.product = y.product
WHERE i.software IN (SELECT software FROM main.finding WHERE NOT hidden)
  AND NOT EXISTS (SELECT 1 FROM main.tracked_installation t WHERE t.device = i.device AND t.software = i.software)
GROUP BY i.device, i.software)sql";

constexpr std::string_view forget_and_track_findings = R"sql(
DELETE FROM main.tracked_installation t
WHERE NOT EXISTS (SELECT 1 FROM main.installation i WHERE i.device = t.device AND i.software = t.software)
   OR t.software NOT IN (SELECT software FROM main.finding WHERE NOT hidden);
DELETE FROM main.tracked_finding;
INSERT INTO main.tracked_finding
SELECT f.software, y.vendor, y.product, f.cve, f.state = 'fixed' OR f.fixed_version <> '' OR f.hotfix <> '',
       min(f.first_seen) OVER (PARTITION BY y.vendor, y.product, f.cve)
FROM main.finding f JOIN main.identity y ON y.software = f.software WHERE NOT f.hidden;
DELETE FROM main.tracked_cleared;
INSERT INTO main.tracked_cleared SELECT DISTINCT device, software, cve FROM main.finding_cleared)sql";

constexpr std::string_view all_severities[] = {"Critical", "High", "Medium", "Low"};

SeverityFigures& place_of(std::vector<SeverityFigures>& all, std::string_view severity) {
    for (auto& one : all)
        if (one.severity == severity) return one;
    return all.back();  // without a known severity: counts as Low, the mildest
}

// Open findings after exceptions (the view open_finding) with the day they are due (due_finding), counted in one pass: a
// number stands for each device and for each product and CVE, so that millions of rows are put together by two numbers.
constexpr std::string_view counted_open = R"sql(
WITH hole AS MATERIALIZED (
    SELECT software, vendor, product, cve, fixable, since, dense_rank() OVER (ORDER BY vendor, product, cve) AS n FROM main.tracked_finding),
device AS MATERIALIZED (
    SELECT d.id, d.value, row_number() OVER () AS m FROM main.device d JOIN main.device_exposure e ON e.device = d.id AND e.counted),
exempt AS (
    SELECT d.m, h.n FROM main.exempt x JOIN device d ON d.id = x.device JOIN (SELECT DISTINCT n, cve FROM hole) h ON h.cve = x.subject
    UNION SELECT d.m, h.n FROM main.exempt x JOIN device d ON d.id = x.device
    JOIN (SELECT DISTINCT n, 'va-_-' || vendor || '-_-' || product AS subject FROM hole) h ON h.subject = x.subject),
cleared AS (
    SELECT DISTINCT d.m, x.software, h.n FROM main.finding_cleared x JOIN device d ON d.id = x.device
    JOIN hole h ON h.software = x.software AND h.cve = x.cve),
open AS (
    SELECT d.m, h.n, bool_or(h.fixable) AS fixable, min(greatest(t.since, h.since)) AS opened
    FROM main.tracked_installation t JOIN device d ON d.id = t.device JOIN hole h ON h.software = t.software
    WHERE NOT EXISTS (SELECT 1 FROM cleared x WHERE x.m = d.m AND x.software = t.software AND x.n = h.n) GROUP BY d.m, h.n)
SELECT coalesce(c.severity, ''), o.fixable,
       CASE WHEN $1 - o.opened <= 7 * 864000000000 THEN 0 WHEN $1 - o.opened <= 30 * 864000000000 THEN 1 WHEN $1 - o.opened <= 90 * 864000000000 THEN 2
            WHEN $1 - o.opened <= 180 * 864000000000 THEN 3 ELSE 4 END::BIGINT AS age,
       coalesce(o.opened + g.days * 864000000000 < $1 OR greatest(o.opened, g.exploited_since) + g.exploited_days * 864000000000 < $1, false) AS late, count(*)
FROM open o
JOIN device d ON d.m = o.m
JOIN (SELECT DISTINCT n, cve FROM hole) h ON h.n = o.n
LEFT JOIN main.cve c ON c.id = h.cve
LEFT JOIN main.cve_target g ON g.cve = h.cve AND g.device_value = d.value
WHERE NOT EXISTS (SELECT 1 FROM exempt x WHERE x.m = o.m AND x.n = o.n)
GROUP BY ALL)sql";

Status read_open(store::Connection& connection, Ticks now, std::vector<SeverityFigures>& all) {
    std::array const values{store::Value{now}};
    auto rows = TRY(connection.query(counted_open, values));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            auto const count = c[4].int64(row);
            for (auto* one : {&all.front(), &place_of(all, c[0].text(row))}) {
                if (!c[1].boolean(row)) {
                    one->without_fix += count;
                    continue;
                }
                one->open += count;
                one->ages[static_cast<std::size_t>(c[2].int64(row))] += count;
                if (c[3].boolean(row)) one->breached += count;
            }
        }
    return {};
}

// Days that the targets give what was closed, in the words of then; nothing when none speaks of it.
std::optional<std::int64_t> days_for(std::vector<ServiceTarget> const& targets, std::string_view severity,
                                     bool exploited, std::string_view value) {
    std::optional<std::int64_t> days;
    for (auto const& target : targets) {
        if (!target.severity.empty() && target.severity != severity) continue;
        if (target.exploited && !exploited) continue;
        if (!target.device_value.empty() && target.device_value != value) continue;
        days = std::min(days.value_or(target.days), target.days);
    }
    return days;
}

Status read_closed(store::Connection& connection, Ticks from, std::vector<SeverityFigures>& all) {
    auto const targets = TRY(read_service_targets(connection));
    std::map<SeverityFigures*, double> days_together;
    std::array const values{store::Value{from}};
    auto rows = TRY(connection.query(
        "SELECT severity, exploited, device_value, opened, closed, devices FROM main.closed_finding WHERE closed >= $1 "
        "ORDER BY ALL",
        values));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            auto const took = static_cast<double>(std::max<Ticks>(0, c[4].int64(row) - c[3].int64(row))) /
                              static_cast<double>(ticks_per_day);
            auto const target = days_for(targets, c[0].text(row), c[1].boolean(row), c[2].text(row));
            auto const devices = c[5].int64(row);
            for (auto* one : {&all.front(), &place_of(all, c[0].text(row))}) {
                one->closed += devices;
                if (!target || took <= static_cast<double>(*target)) one->closed_in_time += devices;
                days_together[one] += took * static_cast<double>(devices);
            }
        }
    for (auto& one : all)
        if (one.closed > 0) one.mean_days_to_close = days_together[&one] / static_cast<double>(one.closed);
    return {};
}

}  // namespace

Result<std::vector<ServiceTarget>> read_service_targets(store::Connection& connection) {
    std::vector<ServiceTarget> all;
    auto rows = TRY(connection.query(
        "SELECT name, severity, exploited, device_value, days FROM main.service_target ORDER BY days, name"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            all.push_back({std::string(c[0].text(row)), std::string(c[1].text(row)), c[2].boolean(row),
                           std::string(c[3].text(row)), c[4].int64(row)});
        }
    return all;
}

Status replace_service_targets(store::Connection& connection, std::vector<ServiceTarget> wanted) {
    if (wanted.size() > 100)
        return wrong("there are " + std::to_string(wanted.size()) + " targets", "Use at most 100.");
    std::set<std::string> names;
    for (auto& one : wanted) {
        one.name = clean_text(trim(one.name), 100);
        if (one.name.empty()) return wrong("a target has no name", "Give each a name.");
        if (!names.insert(ascii_lower(one.name)).second)
            return wrong("two targets are called «" + one.name + "»", "Give each a name of its own.");
        TRY(choose(one.severity, {"Critical", "High", "Medium", "Low"}, "severity"));
        TRY(choose(one.device_value, {"High", "Normal", "Low"}, "device value"));
        if (one.days < 1 || one.days > 3660)
            return wrong("«" + one.name + "» gives " + std::to_string(one.days) + " days", "Give 1 to 3660 days.");
    }
    TRY(connection.execute("DELETE FROM main.service_target"));
    auto table = TRY(connection.appender("service_target"));
    for (auto const& one : wanted)
        TRY(table.text(one.name)
                .text(one.severity)
                .boolean(one.exploited)
                .text(one.device_value)
                .int64(one.days)
                .end_row());
    return table.close();
}

Status track_findings(store::Connection& connection, Ticks now) {
    std::array const values{store::Value{now}};
    TRY(connection.query(write_closings, values));
    TRY(connection.execute(track_new_installations));
    return connection.execute(forget_and_track_findings);
}

Result<std::vector<SeverityFigures>> service_figures(store::Connection& connection, std::int64_t days_back, Ticks now) {
    std::vector<SeverityFigures> all(1);
    for (auto const severity : all_severities) all.push_back({.severity = std::string(severity)});
    TRY(read_open(connection, now, all));
    TRY(read_closed(connection, now - days_back * ticks_per_day, all));
    return all;
}

}  // namespace merlon::advise
