// The fleet in SQL. What a CVE, or an end of support, adds to a device's hazard (fleet/hazard.h), a DOUBLE:
//
//   merlon_hazard(cvss, epss, known exploited, verified, public, in a kit)   merlon_hazard_of_unsupported()
//
// And the fleet index: scalar functions that say how many devices have something, excluded and silent ones among them, as
// the tables of hunting list them. Only a server keeps an index; the relations that use them are in schema/index.
//
//   fleet_devices_of_version(vendor, product, version)   fleet_devices_of_product(vendor, product)
//   fleet_devices_of_name(product)                       fleet_devices_of_cve(cve)
//
// A CVE counts where it is not cleared, and through every software row of a version: where a version has several rows with
// different findings, ask the database. What the index does not know is on no device: 0.
#pragma once
#include <functional>
#include <memory>

#include "fleet/index.h"

namespace merlon::fleet {

// Both are registered for the whole database.
Status add_hazard_functions(store::Connection&);
// `index` is asked for each chunk of rows and may be called from several threads.
Status add_index_functions(store::Connection&, std::function<std::shared_ptr<Index const>()> index);

}  // namespace merlon::fleet
