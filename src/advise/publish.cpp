#include "advise/publish.h"

#include "advise/baselines.h"
#include "advise/configuration.h"
#include "advise/remediation_progress.h"
#include "advise/service_targets.h"
#include "advise/timeline.h"
#include "base/text.h"
#include "fleet/each_device.h"
#include "fleet/vulnerable.h"
#include "store/history.h"
#include "store/inventory.h"
#include "store/scope.h"
#include "store/store.h"
#include "store/usage.h"

namespace merlon::advise {
namespace {

constexpr std::int64_t history_days = 180;  // as long as the original keeps data (docs/history.md), unless the setting history.days says otherwise

Status write(store::Appender& table, Recommendation const& one, std::int64_t priority) {
    auto const count = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    table.text(one.id).text(one.scid.empty() ? "software" : "configuration").int64(priority);
    table.text(one.vendor).text(one.product).text(one.scid).text(one.name).text(one.description).text(one.component);
    table.text(one.category).text(one.subcategory).text(store::texts_json(one.platforms));
    table.text(remediation_type_name(one.type)).text(one.recommended_version).int64(count(one.weaknesses));
    table.real(one.severity_score).boolean(one.public_exploit).boolean(one.known_exploited).boolean(one.active_alert);
    table.text(store::texts_json(one.tags)).text(one.status);
    for (auto const devices : {one.total_devices, one.exposed_devices, one.exposed_after, one.critical_devices, one.quiet_devices})
        table.int64(count(devices));
    table.real(one.exposure_impact).real(one.score_impact);
    return table.real(one.exposure_impact_after).real(one.score_impact_after).end_row();
}

// R9. What is kept of a day is its last publication.
Status keep_day(store::Connection& connection, Ticks now) {
    auto const day = now - now % ticks_per_day;
    std::array const days{store::Value{day}, store::Value{day - history_days * ticks_per_day}};
    TRY(connection.query("DELETE FROM main.recommendation_day WHERE day = $1 OR day < $2", days));
    std::array const today{store::Value{day}};
    TRY(connection.query("INSERT INTO main.recommendation_day BY NAME SELECT id AS recommendation, $1 AS day, * EXCLUDE (id, description) FROM main.recommendation", today));
    return {};
}

}  // namespace

Result<std::size_t> publish_recommendations(store::Connection& connection, fleet::Index const& index,
                                            fleet::Exposure const& exposure, Assessment const& assessment,
                                            Effects const& effects, AdviceOptions const& options) {
    auto all = TRY(software_recommendations(connection, index, exposure, effects, options));
    auto const after = after_exceptions(assessment, effects);
    TRY(publish_secure_score(connection, index, assessment, after, options.now));
    TRY(publish_configuration_counts(connection, index, assessment, after));
    TRY(publish_baselines(connection, index, assessment, after, options.now));
    auto changes = configuration_recommendations(index, assessment, after);
    for (auto& one : changes) {
        auto const check = std::ranges::find(assessment.checks, one.id, [](Check const& c) { return recommendation_id(c.scid); });
        auto const i = static_cast<std::size_t>(check - assessment.checks.begin());
        one.status = exception_status(effects, one.id, assessment.outcomes[i].failing, after.outcomes[i].failing);
    }
    all.insert(all.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
    std::ranges::sort(all, comes_before);
    TRY(connection.execute("DELETE FROM main.recommendation"));
    auto table = TRY(connection.appender("recommendation"));
    std::int64_t priority = 0;
    for (auto const& one : all) TRY(write(table, one, ++priority));
    TRY(table.close());
    TRY(keep_day(connection, options.now));
    return all.size();
}

namespace {

// Days used of the last usage_days, the median over devices: of a product, and of each of its versions. Devices that tell nothing of use, and
// software whose folder is not known, are left out; what was not used counts as 0.
Status publish_usage(store::Connection& connection, Ticks now) {
    TRY(connection.execute("DELETE FROM main.product_usage"));
    if (TRY(connection.count("SELECT count(*) FROM main.usage_told")) == 0) return {};
    std::array const since{store::Value{now - store::usage_days * ticks_per_day}};
    TRY(connection.query(
        "INSERT INTO main.product_usage SELECT vendor, product, CASE WHEN NOT whole THEN version END, count(*), median(days) FROM ("
        "SELECT device, vendor, product, version, GROUPING(version) = 1 AS whole, count(DISTINCT day) AS days FROM ("
        "SELECT p.device, y.vendor, y.product, y.version, NULL AS day FROM main.usage_told t JOIN main.device_exposure e ON e.device = t.device AND e.counted "
        "JOIN main.installation_placed p ON p.device = t.device JOIN main.identity y ON y.software = p.software WHERE t.time > $1 "
        "UNION ALL SELECT u.device, y.vendor, y.product, y.version, u.day FROM main.software_use u JOIN main.identity y ON y.software = u.software WHERE u.day > $1) "
        "GROUP BY GROUPING SETS ((device, vendor, product), (device, vendor, product, version)) HAVING count(*) FILTER (day IS NULL) > 0) GROUP BY ALL", since));
    return {};
}

// What any device has (migration 40).
Status publish_installed(store::Connection& connection) {
    return connection.execute("DELETE FROM main.installed_software; INSERT INTO main.installed_software SELECT DISTINCT software FROM main.installation");
}

// CVEs and recommendations by device. A check that fails is one more of these.
Result<std::vector<fleet::DeviceCounts>> count_on_devices(store::Connection& connection, fleet::Index const& index,
                                                          Assessment const& assessment, Effects const& effects) {
    auto counts = TRY(fleet::count_on_devices(connection, index, effects.leaving));
    auto const after = after_exceptions(assessment, effects);
    for (std::size_t i = 0; i < assessment.checks.size(); ++i) {
        fleet::each_device(assessment.outcomes[i].failing, [&](std::uint32_t device) { ++counts[device].recommendations; });
        fleet::each_device(after.outcomes[i].failing, [&](std::uint32_t device) { ++counts[device].recommendations_after; });
    }
    return counts;
}

// What came of the scores since they were published last; `compared`: with a state of then.
struct Changes {
    std::vector<fleet::ScoreChange> scores;
    bool compared = false;
};

// What is counted over devices: of the fleet, or of the scope that the connection is in. `changes` is null in a scope,
// which keeps no such history.
struct Counted {
    Assessment assessment;
    Effects effects;
    fleet::ExposureReport report;
};
Result<Counted> publish_counts(store::Connection& connection, fleet::Index const& index,
                               Changes* changes, Ticks now) {
    Counted made;
    made.assessment = TRY(assess_configuration(connection, index));
    made.effects = TRY(apply_exceptions(connection, index, made.assessment, now));
    auto const exposure = fleet::compute_exposure(index, made.effects.mask);
    if (changes) TRY(fleet::add_published_causes(connection, index, exposure, changes->compared, changes->scores));
    TRY(publish_installed(connection));
    auto const counts = TRY(count_on_devices(connection, index, made.assessment, made.effects));
    made.report = TRY(fleet::publish_exposure(connection, index, exposure, counts, now));
    if (changes) TRY(fleet::publish_score_changes(connection, changes->scores, now));
    TRY(publish_recommendations(connection, index, exposure, made.assessment, made.effects, {now}));
    TRY(publish_usage(connection, now));
    return made;
}

// The fleet as it was when exposure was last published; empty before the first time.
Result<std::shared_ptr<fleet::Index const>> published_index(store::Connection& connection, Ticks now) {
    fleet::IndexOptions options;
    options.as_of = TRY(store::published_before(connection, now));
    // A data folder of before history was kept has nothing to compare with.
    if (options.as_of == 0 || TRY(connection.count("SELECT count(*) FROM main.device_history")) == 0)
        return std::make_shared<fleet::Index const>();
    return fleet::Index::build(connection, options);
}

Result<std::shared_ptr<fleet::Index const>> present_index(store::Connection& connection, Ticks now) {
    fleet::IndexOptions options;
    options.now = now;
    return fleet::Index::build(connection, options);
}

}  // namespace

Status publish_scope(store::Connection& connection, std::span<std::string const> groups, Ticks now) {
    auto const schema = store::scope_schema(groups);
    TRY(store::refresh_scope(connection, schema));
    return store::inside_scope(connection, schema, [&]() -> Status {
        auto const index = TRY(present_index(connection, now));
        auto const made = TRY(publish_counts(connection, *index, nullptr, now));
        TRY(publish_events(connection, *index, made.assessment, now));
        return {};
    });
}

Result<fleet::ExposureReport> publish_all(store::Connection& connection, Ticks now) {
    auto const index = TRY(present_index(connection, now));
    return publish_all(connection, *index, nullptr, now);
}

Result<fleet::ExposureReport> publish_all(store::Connection& connection, fleet::Index const& index, fleet::Index const* before, Ticks now) {
    std::shared_ptr<fleet::Index const> stored;
    if (!before) {
        stored = TRY(published_index(connection, now));
        before = stored.get();
    }
    Changes changes{fleet::explain_change(*before, index), before->devices.size() > 0};
    TRY(write_benchmarks(connection, TRY(read_checks())));
    auto const made = TRY(publish_counts(connection, index, &changes, now));
    TRY(publish_events(connection, index, made.assessment, now));
    TRY(track_findings(connection, now));
    TRY(update_remediations(connection, index, made.effects, now));
    TRY(forget_old_remediations(connection, now));
    auto const days = to_int(TRY(store::state_value(connection, "history.days"))).value_or(history_days);
    TRY(fleet::publish_vulnerable(connection, index, now, now - days * ticks_per_day));
    TRY(store::keep_history(connection, now, static_cast<int>(days)));
    for (auto const& groups : TRY(store::scopes(connection))) {
        TRY(store::make_scope(connection, groups));  // anew when a release changed what it is made of
        TRY(publish_scope(connection, groups, now));
    }
    return made.report;
}

}  // namespace merlon::advise
