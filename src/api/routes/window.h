// The Timespan of Graph's hunting call: an ISO 8601 duration back from now ("P7D", "PT12H", "P1W"), or an interval
// "START/END", "START/DURATION", "DURATION/END".
#pragma once
#include <optional>
#include <string_view>
#include <utility>

#include "base/time.h"

namespace merlon::api {

// A duration in ticks; a year counts as 365 days and a month as 30. Nothing when malformed, zero or too long to hold.
std::optional<Ticks> parse_duration(std::string_view);
// From (included) and to (included).
std::optional<std::pair<Ticks, Ticks>> parse_window(std::string_view, Ticks now);

}  // namespace merlon::api
