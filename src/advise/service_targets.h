// Service targets: how many days a finding may stay open, which have stayed longer, and how long closing took
// (docs/service-targets.md).
#pragma once
#include <array>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::advise {

struct ServiceTarget {
    std::string name;
    std::string severity;      // Critical High Medium Low; "" any
    bool exploited = false;    // only what is known to be exploited
    std::string device_value;  // High Normal Low; "" any
    std::int64_t days = 0;
};

Result<std::vector<ServiceTarget>> read_service_targets(store::Connection&);
// Replaces all of them, inside the caller's transaction. Errors: advise.bad_target.
Status replace_service_targets(store::Connection&, std::vector<ServiceTarget>);

// Rule T3: writes down what was closed since the last call, and what is open now. Inside the caller's transaction,
// after exposure was published.
Status track_findings(store::Connection&, Ticks now);

// Rules T4 and T5, by severity; "" all together.
struct SeverityFigures {
    std::string severity;
    std::int64_t open = 0, breached = 0, without_fix = 0;  // device x CVE x product; `open`: with a fix
    std::array<std::int64_t, 5> ages{};                    // of the open ones: up to 7, 30, 90, 180 days, older
    std::int64_t closed = 0, closed_in_time = 0;           // within the days asked for
    double mean_days_to_close = 0;
};
Result<std::vector<SeverityFigures>> service_figures(store::Connection&, std::int64_t days_back, Ticks now);

}  // namespace merlon::advise
