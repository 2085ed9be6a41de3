#include "api/routes/hunting_options.h"

#include "base/text.h"

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
    if (auto const as_of = request.option("asOf"); !as_of.empty()) {
        auto const time = parse_iso_time(as_of);
        if (!time) return fail("api.bad_parameter", "asOf", clean_text(as_of, 50), "Give a time such as 2026-01-31 or 2026-01-31T08:00:00Z.");
        options.as_of = *time;
    }
    return options;
}

Result<Service::Lease> lease_for_hunt(Service& service) {
    constexpr std::int64_t reading_s = 5;  // beside the time of the query itself
    return service.lease(service.options().query_seconds + reading_s);
}

}  // namespace merlon::api
