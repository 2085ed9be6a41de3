// How many devices are how vulnerable, each under the worst that it has: the report of a day.
#pragma once
#include "fleet/index.h"

namespace merlon::fleet {

// Replaces what table vulnerable_day says of the day of `now` by what the index says, and forgets days before `oldest`. All devices
// take part, also those that do not count, as in hunting, and those without a vulnerability.
Status publish_vulnerable(store::Connection&, Index const&, Ticks now, Ticks oldest);

}  // namespace merlon::fleet
