// Rows as a Parquet file. The data's engine is locked and cannot write files; the file is made by a second engine that knows
// nothing but these rows: no statement of anybody's reaches it (docs/decisions/012).
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/engine.h"

namespace merlon::store {

struct ParquetColumn {
    std::string name;
    ColumnType type = ColumnType::text;  // boolean, int64, real, text
    bool time = false;                   // an int64 of ticks, written as a UTC timestamp
};

// Reads `rows` to their end; its first columns must be those named. Memory does not depend on their number: they go through
// a temporary database in `folder`, which is removed.
Status write_parquet(std::filesystem::path const& file, std::vector<ParquetColumn> const&, Rows& rows,
                     std::filesystem::path const& folder);

}  // namespace merlon::store
