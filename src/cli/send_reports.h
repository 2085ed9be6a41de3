// Inventories that were read here and are taken in by a server.
#pragma once
#include <span>

#include "cli/ask.h"
#include "model/device.h"

namespace merlon::cli {

struct SentReports {
    std::int64_t changed = 0, new_software = 0;
};
// Hands them over, as many at a time as a request holds; the server has them on disk when this returns, and matches by itself.
// Errors: those of send().
Result<SentReports> send_reports(Ask const&, std::span<DeviceReport const>);

}  // namespace merlon::cli
