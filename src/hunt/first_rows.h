// `take` without an order gives any rows (`sample` should give no special ones). Those of a few devices are found at once, where
// the whole table (each software once for each device, joined with its CVEs) would be made first.
#pragma once
#include <optional>
#include <string>

#include "hunt/plan/plan.h"

namespace merlon::hunt {

struct FirstRows {
    PlanPtr plan;        // of the devices up to last_device only
    std::int64_t count;  // the rows that are asked for: with fewer, the others have to be looked at as well
};

// Nothing where the rows have an order, come from several tables or from none with devices, or are found quickly anyway.
std::optional<FirstRows> of_first_devices(PlanPtr const&, std::string const& last_device);

// KQL that gives the DeviceId of the last of so many devices, by their ids.
std::string last_of_first_devices(std::int64_t devices);

}  // namespace merlon::hunt
