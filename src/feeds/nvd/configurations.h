// NVD's configurations (also `cpeApplicability` of CVE 5): nodes of CPE rows, combined by AND and OR.
#pragma once
#include <vector>

#include "base/json_read.h"
#include "model/knowledge.h"

namespace merlon::feeds {

struct ReadConfigurations {
    std::vector<Affected> affected;
    std::size_t malformed = 0;  // rows without a CPE name that can be read
    std::size_t negated = 0;    // negated nodes: none has ever been published, and "not this" is no finding
};
ReadConfigurations configurations_of(json::Value array);

}  // namespace merlon::feeds
