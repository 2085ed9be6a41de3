// The demo fleet's last weeks, lived through as a real one lives: feeds and reports come in, people ask for remediations and
// exceptions, exposure is published, each with the clock at its day (data/demo/past.json, sensors/demo/past.h).
#pragma once
#include "sensors/demo/fleet.h"
#include "server/journey.h"

namespace merlon::server {

// Above this many devices no past is made: it takes a good part of a minute there, and large fleets are made for measuring.
constexpr std::int64_t most_devices_with_a_past = 2000;

// Whether the data folder has neither devices nor publications: a past cannot be put behind what is there.
Result<bool> may_have_a_past(store::Connection&);

// All but the present, which the caller writes as it would without a past.
Status live_through(store::Connection&, sensors::DemoOptions, Say const&);

}  // namespace merlon::server
