#include "api/routes/hunting_options.h"

#include "api/odata/options.h"

namespace merlon::api {

hunt::Catalog const& catalog_of(HttpRequest const& request) {
    return hunt::Catalog::hunting_for([&](std::string_view permission) { return Service::may(request, permission); });
}

Result<hunt::Options> hunt_options(Service& service, HttpRequest const& request) {
    hunt::Options options;
    options.catalog = &catalog_of(request);
    options.rows = service.options().query_rows;
    options.time_ms = service.options().query_seconds * 1000;
    options.external = service.options().external.get();
    options.cancelled = request.left;
    options.fleet_index = service.hunts_by_index();
    if (auto const as_of = request.option("asOf"); !as_of.empty()) options.as_of = TRY(odata::time_option("asOf", as_of));
    return options;
}

Result<Service::Lease> lease_for_hunt(Service& service) {
    constexpr std::int64_t reading_s = 5;  // beside the time of the query itself
    return service.lease(service.options().query_seconds + reading_s);
}

}  // namespace merlon::api
