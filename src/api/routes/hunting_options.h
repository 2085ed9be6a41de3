// What every door to hunting takes of a request and of the settings.
#pragma once
#include "api/service.h"
#include "hunt/hunt.h"

namespace merlon::api {

// The hunting tables that the caller may read.
hunt::Catalog const& catalog_of(HttpRequest const&);
// These, limits of the service, the caller's patience, and ?asOf=TIME. Errors: odata.bad_option.
Result<hunt::Options> hunt_options(Service&, HttpRequest const&);
// A connection for one query, which the query's own limit of time ends first.
Result<Service::Lease> lease_for_hunt(Service&);

}  // namespace merlon::api
