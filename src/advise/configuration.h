// What the configuration checks say of each device, the secure score, and the recommendations that follow.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "advise/checks.h"
#include "advise/recommendation.h"
#include "fleet/index.h"

namespace merlon::advise {

// One device's settings, lower-case keys.
using Settings = std::map<std::string, std::string, std::less<>>;

struct Verdict {
    bool assessed = false;    // false: nothing the device reports tells
    bool applicable = false;  // false: the setting does not exist on the device
    bool compliant = false;
    std::vector<std::pair<std::string, std::string>> read;  // key, value; a key that is not set has an empty value
};
// Rules S1 and S2 of docs/secure-score.md. `families` are those of the settings (setting_family()).
Verdict judge(Check const&, Settings const&, std::vector<std::string> const& families);

// Devices by check, counted ones only.
struct CheckOutcome {
    fleet::DeviceSet applicable, failing;
};
struct Assessment {
    std::vector<Check> checks;
    std::vector<CheckOutcome> outcomes;  // beside `checks`
};
// Judges every device and replaces configuration_check and configuration_result, inside the caller's transaction.
Result<Assessment> assess_configuration(store::Connection&, fleet::Index const&);

// Rule S3: points got and points possible of one check, over a set of devices ("all" devices that count).
struct Points {
    double got = 0, possible = 0;
};
Points points_of(Check const&, CheckOutcome const&, fleet::DeviceSet const& devices);

// Writes the score of the organisation and of each group by category, before and after exceptions (advise/
// exception_effects.h); appended to the history.
Status publish_secure_score(store::Connection&, fleet::Index const&, Assessment const& before, Assessment const& after, Ticks now);

// Replaces configuration_count: how many devices a check applies to and how many fail it, before and after exceptions.
Status publish_configuration_counts(store::Connection&, fleet::Index const&, Assessment const& before, Assessment const& after);

// Rule S5: one for each check that a device which counts fails. Its status is left "Active".
std::vector<Recommendation> configuration_recommendations(fleet::Index const&, Assessment const& before, Assessment const& after);

}  // namespace merlon::advise
