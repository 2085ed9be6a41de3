// Merlon's own normal form: one DeviceReport as one line of JSON (docs/inventory-format.md). Writer and reader are
// inverse for all reports whose texts are clean (sensors::field).
#pragma once
#include "base/json_read.h"
#include "sensors/reading.h"

namespace merlon::sensors {

// One line, without its end. Empty members are left out.
std::string report_json(DeviceReport const&);

bool looks_like_report(json::Value root);
// `where` names file and line for errors. A member that is not known, or of the wrong kind, is an error.
Result<DeviceReport> read_report_json(json::Value root, std::string const& where);
Result<DeviceReport> read_report_json(std::string_view line, std::string const& where);

}  // namespace merlon::sensors
