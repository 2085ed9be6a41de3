// Loads of knowledge after which the fleet was not matched: a program was killed between the two, or was told not to match. Each load
// counts itself in its own transaction, so that none is forgotten.
#pragma once
#include <cstdint>

#include "store/engine.h"

namespace merlon::store {

Result<std::int64_t> unmatched_loads(Connection&);
Status note_unmatched_load(Connection&);
Status forget_unmatched_loads(Connection&);

}  // namespace merlon::store
