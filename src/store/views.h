// The hunting tables as views over the stored tables: schema/views/NAME.sql, made anew when their text changes.
#pragma once
#include "base/result.h"
#include "store/engine.h"

namespace merlon::store {

// Views live in the engine's schema `hunting` under the table's own name; each gives only the columns that have a
// source, named and typed as hunting sees them. They hold no data, so they need no migrations. Beside them, in the schema
// `past`, the state tables as of a time (schema/past.sql).
Status make_views(Connection&);
// The statements that make them.
std::string view_definitions();

}  // namespace merlon::store
