#include "api/service.h"
namespace merlon::api {
void add_hunting_routes(std::vector<Route>&) {}
}  // namespace merlon::api
