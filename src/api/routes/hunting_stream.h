// The rows of a hunting query as CSV, NDJSON or Parquet: streamed, without a cap on their number.
#pragma once
#include "api/odata/options.h"
#include "api/service.h"
#include "hunt/hunt.h"

namespace merlon::api {

Result<HttpResponse> stream_hunt(Service&, std::string_view kql, hunt::Options const&, odata::Format);

}  // namespace merlon::api
