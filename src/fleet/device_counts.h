// What is counted on each device: CVEs, and the recommendations about it (docs/recommendations.md, R3).
#pragma once
#include "fleet/mask.h"

namespace merlon::fleet {

struct DeviceCounts {
    std::uint32_t cves = 0, cves_after = 0;                        // before and after exceptions
    std::uint32_t recommendations = 0, recommendations_after = 0;  // to products; none where the device does not count
    friend bool operator==(DeviceCounts const&, DeviceCounts const&) = default;
};

// By device number; the same as table installation with its findings says of each. `leaving`: devices that leave the
// counts of a product or a CVE (table exempt). Table installed_software must be up to date.
Result<std::vector<DeviceCounts>> count_on_devices(store::Connection&, Index const&, Mask const& leaving);

}  // namespace merlon::fleet
