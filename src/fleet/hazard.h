// How dangerous one finding is: a hazard h >= 0, summed over a device's findings (docs/exposure-score.md).
#pragma once
#include <optional>

namespace merlon::fleet {

// What is known of a CVE's exploitation. EPSS is a probability 0..1, CVSS a base score 0..10.
struct CveFacts {
    std::optional<double> cvss;
    std::optional<double> epss;
    bool known_exploited = false;  // CISA KEV
    bool exploit_verified = false;
    bool exploit_public = false;
    bool exploit_in_kit = false;
};

// Rule E1 to E4 of docs/exposure-score.md. 0 for a CVE without any facts is never given: an unknown severity counts as
// medium. A multiple of 2^-40, so that sums below 4096 are exact in any order: what is computed step by step equals
// what is computed anew.
double hazard_of(CveFacts const&);

// Rule E12: what a version adds on devices where its support has ended.
double hazard_of_unsupported();

// Rule E5: the chance of being hit, 1 - exp(-hazard).
double chance_of(double hazard);

}  // namespace merlon::fleet
