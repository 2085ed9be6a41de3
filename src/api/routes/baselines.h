// Changes of baseline profiles.
#pragma once
#include "api/service.h"

namespace merlon::api {

void add_baseline_routes(std::vector<Route>&);

}  // namespace merlon::api
