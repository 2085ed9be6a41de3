// What osquery has to be asked so that inventory and configuration checks of a platform can be told (docs/secure-score.md).
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "advise/checks.h"

namespace merlon::advise {

// The queries by the table that each reads; all registry values in one, because a result stands for all that is known of its
// table. `platform`: windows, macos, linux. Pure.
std::map<std::string, std::string> osquery_queries(std::span<Check const> checks, std::string_view platform);

// A pack of them (JSON): snapshots, for osquery on that platform. Pure.
std::string osquery_pack(std::map<std::string, std::string> const& queries, std::string_view platform);

}  // namespace merlon::advise
