// A list as a Parquet file: made whole beside the data first, then sent; it is gone when it has been read.
#pragma once
#include "api/odata/options.h"
#include "api/service.h"
#include "store/parquet.h"

namespace merlon::api {

Result<Pieces> stream_parquet(Service&, odata::Sql const&, std::vector<Field const*> const& fields);
// The same for columns that are no fields.
Result<Pieces> stream_parquet(Service&, store::Rows&, std::vector<store::ParquetColumn> const&);

}  // namespace merlon::api
