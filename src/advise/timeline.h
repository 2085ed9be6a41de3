// The event timeline: what became known or worse since exposure was last published (docs/timeline.md).
#pragma once
#include "advise/configuration.h"

namespace merlon::advise {

enum class EventType : std::uint8_t {
    baseline, new_vulnerability, public_exploit, exploit_verified, exploit_in_kit, known_exploited,
    upcoming_end_of_support, end_of_support, end_of_support_resolved, new_check,
};
// "NewVulnerability" ... as the API spells them.
std::string_view event_type_name(EventType);

// Compares the index and the checks with what was told before, writes an event for each product (or group of checks) and
// type, and brings the devices impacted now of the events of the last 180 days up to date. The same state twice writes
// nothing. Inside the caller's transaction. Returns the number of new events.
Result<std::size_t> publish_events(store::Connection&, fleet::Index const&, Assessment const&, Ticks now);

}  // namespace merlon::advise
