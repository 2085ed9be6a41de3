// Many rows of a table at once, by their numbers.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "store/engine.h"

namespace merlon::store {

// Ids in the temporary table stage_id (id), to be joined with; made anew each time.
Status stage_ids(Connection&, std::span<std::int64_t const>);
// By rowid.
Status delete_rows(Connection&, std::string_view table, std::span<std::int64_t const> rows);

}  // namespace merlon::store
