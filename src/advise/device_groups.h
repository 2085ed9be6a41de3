// Names of device groups as people give them.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "store/engine.h"

namespace merlon::advise {

// Replaces each by the name as it is stored ("Unassigned" is no group, ""), sorts them and takes out doubles. Errors:
// advise.no_such_group, which lists what there is.
Status check_groups(store::Connection&, std::vector<std::string>& groups);

}  // namespace merlon::advise
