// Exposed devices of every CVE at once.
#pragma once
#include "fleet/mask.h"

namespace merlon::fleet {

// How many devices each CVE exposes, by CVE number: what exposed_to(index, cve, mask).cardinality() says of each, for
// about the work of looking at each version once and at each pair of version and CVE once.
std::vector<std::uint64_t> exposed_counts(Index const&, Mask const& = {});

// Devices that have more than one of the product's versions that add to their hazard, by CVEs or by being out of support.
DeviceSet with_several_versions(Index const&, std::uint32_t product);

}  // namespace merlon::fleet
