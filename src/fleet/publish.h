// Writes what the index says into the tables that the API, hunting and the summary read (schema/store/0002_exposure.sql).
#pragma once
#include "fleet/exposure.h"

namespace merlon::fleet {

struct ExposureReport {
    double score = 0;
    std::uint64_t devices = 0, exposed_devices = 0;
    std::uint64_t cves = 0;
};

// Replaces the derived tables inside the caller's transaction. The scores are appended to their history.
Result<ExposureReport> publish_exposure(store::Connection&, Index const&, Exposure const&, Ticks now);

// Counted devices with an alert that is not resolved.
Result<DeviceSet> devices_with_alerts(store::Connection&, Index const&);

}  // namespace merlon::fleet
