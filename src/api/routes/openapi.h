// The OpenAPI 3.1 document of the API.
#pragma once
#include <string>
#include <vector>

#include "api/service.h"
#include "base/json_read.h"

namespace merlon::api {

// Errors: api.undescribed names a route that neither schema/api nor schema/operations describes.
Result<std::string> openapi_document(std::vector<Route> const&, std::vector<Resource> const&);
// What schema/operations describes although there is no such route.
Result<std::vector<std::string>> operations_without_route(std::vector<Route> const&);

}  // namespace merlon::api
