// Engine functions that only compiled queries call: pieces of aggregates and operators (kql_merge_bags ...).
#pragma once
#include <vector>

#include "store/engine.h"

namespace merlon::hunt {

void add_support(std::vector<store::ScalarFunction>&);

}  // namespace merlon::hunt
