// What osquery has to be asked so that inventory and configuration checks of a platform can be told (docs/secure-score.md).
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "advise/checks.h"

namespace merlon::advise {

// An osquery pack (JSON) with one snapshot query for each table; all registry values in one query, because a result stands
// for all that is known of its table. `platform`: windows, macos, linux. Pure.
std::string osquery_pack(std::span<Check const> checks, std::string_view platform);

}  // namespace merlon::advise
