// Exposed devices of every CVE at once.
#pragma once
#include "fleet/mask.h"

namespace merlon::fleet {

// How many devices each CVE exposes, by CVE number: what exposed_to(index, cve, mask).cardinality() says of each, for about
// the work of looking at each version once and at each pair of version and CVE once.
std::vector<std::uint64_t> exposed_counts(Index const&, Mask const& = {});

}  // namespace merlon::fleet
