// Taking in what devices report, from collectors (reports.cpp) and osquery agents (osquery.cpp).
#pragma once
#include <vector>

#include "api/service.h"
#include "model/device.h"

namespace merlon::api {

struct WrittenReports {
    std::size_t changed = 0;       // devices of which something became different
    std::size_t new_software = 0;  // kinds of software that no device had before
};
// Returns when the reports are on disk. Those that several requests bring at once are written in one go.
Result<WrittenReports> write_reports(Service&, std::vector<DeviceReport>);

}  // namespace merlon::api
