// The inventory of the machine that the program runs on.
#pragma once
#include "sensors/reading.h"

namespace merlon::sensors {

// Packages of every database of the root file system, the operating system, kernel, host name, network interfaces and a
// few settings, read from files. The identifier is derived from the machine id, which itself stays private
// (machine-id(5) asks for that).
Result<DeviceReport> collect_this_machine(ImportCounts&);

}  // namespace merlon::sensors
