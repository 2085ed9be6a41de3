// A made-up fleet for trying things out and for benchmarks: seeded, so that the same options give the same devices.
// Its ingredients are data (data/demo/fleet.json); larger fleets repeat them in other mixtures, with a long tail of
// made-up programs so that distinct software grows with the fleet as in real ones.
#pragma once
#include <functional>

#include "base/result.h"
#include "model/alert.h"
#include "model/device.h"

namespace merlon::sensors {

struct DemoOptions {
    std::int64_t devices = 300;
    std::uint64_t seed = 7;
    Ticks now = 0;                   // reports are of the days before it
    int products_per_device = 0;     // 0: only the named software; else the tail fills up to this many
    int days_ago = 0;                // the fleet as it was then (sensors/demo/past.h), without alerts
    Ticks then() const { return now - days_ago * ticks_per_day; }
};

struct DemoSinks {
    std::function<Status(DeviceReport)> report;
    std::function<Status(Alert)> alert;
};

// Gives each device's report, and the alerts of a few.
Status generate_fleet(DemoOptions const&, DemoSinks const&);

}  // namespace merlon::sensors
