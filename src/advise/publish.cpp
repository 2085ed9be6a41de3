#include "advise/publish.h"

#include "advise/configuration.h"
#include "store/inventory.h"

namespace merlon::advise {
namespace {

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
    return table.real(one.exposure_impact).real(one.score_impact).end_row();
}

}  // namespace

Result<std::size_t> publish_recommendations(store::Connection& connection, fleet::Index const& index,
                                            fleet::Exposure const& exposure, AdviceOptions const& options) {
    auto all = TRY(software_recommendations(connection, index, exposure, options));
    auto const assessment = TRY(assess_configuration(connection, index));
    TRY(publish_secure_score(connection, index, assessment, options.now));
    auto changes = configuration_recommendations(index, assessment);
    all.insert(all.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
    std::ranges::sort(all, comes_before);
    TRY(connection.execute("DELETE FROM main.recommendation"));
    auto table = TRY(connection.appender("recommendation"));
    std::int64_t priority = 0;
    for (auto const& one : all) TRY(write(table, one, ++priority));
    TRY(table.close());
    return all.size();
}

}  // namespace merlon::advise
