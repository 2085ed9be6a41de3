// Which schema data is of, and who brought it there.
#pragma once
#include <string_view>

#include "base/result.h"

namespace merlon::store {

// The release that this program is.
std::string_view program_version();
// The refusal of data that `program` ("": not known) wrote with a later schema: store.newer_schema. What has a number below the last
// missing, or another migration of the same number, is refused with store.other_schema. Both come before anything is written.
std::unexpected<Error> newer_schema(int schema, std::string_view program);

}  // namespace merlon::store
