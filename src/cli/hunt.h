// Asking in KQL and printing the rows.
#pragma once
#include <string>

#include "cli/front.h"

namespace merlon::cli {

// `name` is what errors call the query; `as_of` and `output` as merlon hunt takes them.
Result<int> hunt_for(Front const&, std::string const& kql, std::string const& name, std::string const& as_of, std::string const& output);

}  // namespace merlon::cli
