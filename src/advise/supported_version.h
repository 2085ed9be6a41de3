// Which version to move to when the installed one is out of support.
#pragma once
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/knowledge.h"

namespace merlon::advise {

// The newest version of the nearest supported cycle after `cycle`: the earliest released one that is still supported on
// the day and is not about to end within `window_days`; of Windows in the same edition. "" when there is none, or when
// the source does not name its newest version.
std::string next_supported_version(LifecycleProduct const&, std::string_view cycle, Ticks now, int window_days);

}  // namespace merlon::advise
