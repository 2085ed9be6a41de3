// Why the exposure score changed from one state of the fleet to the next (docs/exposure-score.md, rules E10 and E11).
#pragma once
#include <array>
#include <string>
#include <vector>

#include "fleet/exposure.h"

namespace merlon::fleet {

// In the order in which they are applied.
enum class Cause : std::uint8_t {
    device_removed,
    device_excluded,
    device_silent,
    device_moved,
    new_vulnerability,
    exploit_known,
    rating_changed,
    vulnerability_withdrawn,
    support_ended,
    support_extended,
    software_removed,
    software_updated,
    software_installed,
    fix_installed,
    fix_lost,
    value_changed,
    reach_changed,
    device_returned,
    device_new,
    exceptions,  // this and the next are no steps of explain_change(): fleet/publish.h adds them
    scoring_changed,
};
inline constexpr std::size_t causes = static_cast<std::size_t>(Cause::scoring_changed) + 1;
// "NewVulnerability" ... as the API spells them.
std::string_view cause_name(Cause);

struct ScoreChange {
    std::string group;  // "*" is the organisation
    double before = 0, after = 0;
    std::array<double, causes> parts{};  // points by cause; their sum is after - before
};

// E10. Goes from `before` to `after` cause by cause and notes what each step does to the score: the parts sum up to the
// difference. Of the scores before exceptions. One entry for the organisation and each group of either state, the
// organisation first, then by name. Devices, software and CVEs are recognised by their names, so that each index may
// number them its own way.
std::vector<ScoreChange> explain_change(Index const& before, Index const& after);

}  // namespace merlon::fleet
