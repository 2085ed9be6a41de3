// A security recommendation: one thing to do about one product or one configuration check (docs/recommendations.md).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace merlon::advise {

enum class RemediationType : std::uint8_t { update, upgrade, uninstall, attention_required, configuration_change };
// "Update" ... as the API spells them.
std::string_view remediation_type_name(RemediationType);

struct Recommendation {
    std::string id;         // va-_-VENDOR-_-PRODUCT, sca-_-scid-N
    std::string vendor, product;
    std::string scid;       // of a configuration check
    std::string name, description;
    std::string component;  // "Google Chrome"; of a check its subcategory
    std::string category;   // Accounts Application Network OS SecurityControls
    std::string subcategory;
    std::vector<std::string> platforms;
    RemediationType type = RemediationType::update;
    std::string recommended_version;
    std::uint64_t weaknesses = 0;
    double severity_score = 0;
    bool public_exploit = false, known_exploited = false, active_alert = false;
    std::vector<std::string> tags;
    std::string status = "Active";
    std::uint64_t total_devices = 0, exposed_devices = 0, exposed_after = 0, critical_devices = 0, quiet_devices = 0;
    double exposure_impact = 0, score_impact = 0;              // before exceptions
    double exposure_impact_after = 0, score_impact_after = 0;  // after them
};

std::string recommendation_id(std::string_view vendor, std::string_view product);
// "google", "chrome" -> "Google Chrome"; "nodejs", "node.js" -> "Node.js". A vendor whose name begins the product's is not
// said twice; spellings that no rule gives are in rules/names.json.
std::string shown_product(std::string_view vendor, std::string_view product);

// Rule R7: the order in which things are to be done, first first. Total: ids are unique.
bool comes_before(Recommendation const&, Recommendation const&);

}  // namespace merlon::advise
