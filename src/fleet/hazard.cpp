#include "fleet/hazard.h"

#include <algorithm>
#include <cmath>

namespace merlon::fleet {
namespace {

// E1. The likelihood that a CVE is exploited somewhere in the next 30 days: EPSS, or where nobody scored it, a prior by
// severity (about the mean EPSS of the band).
double likelihood_by_severity(double cvss) {
    if (cvss >= 9) return 0.02;
    if (cvss >= 7) return 0.01;
    if (cvss >= 4) return 0.004;
    return 0.001;
}

}  // namespace

double hazard_of(CveFacts const& facts) {
    auto const cvss = facts.cvss.value_or(5.0);
    auto likelihood = facts.epss.value_or(likelihood_by_severity(cvss));
    // E2. What is known of exploits sets a floor.
    if (facts.exploit_public) likelihood = std::max(likelihood, 0.05);
    if (facts.exploit_verified || facts.exploit_in_kit) likelihood = std::max(likelihood, 0.20);
    if (facts.known_exploited) likelihood = std::max(likelihood, 0.50);
    // E3. Impact grows with the square of the severity.
    auto const impact = (cvss / 10) * (cvss / 10);
    // E4. Half of what is exploited somewhere reaches a device that has the hole.
    constexpr int quantum = 40;  // 2^-40
    return std::ldexp(std::nearbyint(std::ldexp(0.5 * likelihood * impact, quantum)), -quantum);
}

double hazard_of_unsupported() { return hazard_of({.cvss = 10}); }

double chance_of(double hazard) { return -std::expm1(-hazard); }

}  // namespace merlon::fleet
