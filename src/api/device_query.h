// Devices named by a hunting query: the scope of exceptions.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/engine.h"

namespace merlon::api {

// The distinct values of the answer's column DeviceId, in order. Prepares hunting when nobody did. Errors: the query's
// own, api.no_device_column, api.too_many_devices.
Result<std::vector<std::string>> devices_of_query(store::Connection&, std::string_view kql);

}  // namespace merlon::api
