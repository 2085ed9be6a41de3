// What exceptions do: which devices leave the counts and scores of what, and when they begin and end by themselves.
#pragma once
#include <map>
#include <set>

#include "advise/configuration.h"
#include "advise/exceptions.h"
#include "fleet/exposure.h"

namespace merlon::advise {

struct Effects {
    fleet::Mask mask;                                 // of findings
    fleet::Mask leaving;                              // of it what is concerned, as table exempt has it (apply_exceptions)
    std::map<std::int64_t, fleet::DeviceSet> checks;  // devices that count as compliant with a check, by scid
    std::map<std::string, fleet::DeviceSet>
        covered;                       // devices under an exception of any justification, by recommendation
    std::set<std::string> everywhere;  // recommendations under a global one

    fleet::DeviceSet const* check(std::int64_t scid) const;
};

// The devices that a recommendation for a product is about (rule R3 of docs/recommendations.md), before exceptions.
fleet::DeviceSet concerned(fleet::Index const&, std::uint32_t product);

// The devices that fail a check and count, as they were published.
Result<fleet::DeviceSet> failing_devices(store::Connection&, fleet::Index const&, std::int64_t scid);

// The devices that an exception's scope has now.
Result<fleet::DeviceSet> scope_of(store::Connection&, fleet::Index const&, Exception const&);

// The effect of those that are in effect at `now`. Nothing is written.
Result<Effects> effects_of(store::Connection&, fleet::Index const&, Ticks now);

// Rules X5 to X7: what has ended, what is suspended, what is to be opened again is written down; then the table exempt
// and the devices of each are made anew. Returns the effects.
Result<Effects> apply_exceptions(store::Connection&, fleet::Index const&, Assessment const&, Ticks now);

// Outcomes of the checks after exceptions.
Assessment after_exceptions(Assessment const&, Effects const&);

// "Active", "Partial exception", "Full exception" of a recommendation about `exposed` devices, of which `after` are
// left.
std::string exception_status(Effects const&, std::string const& recommendation, fleet::DeviceSet const& exposed,
                             fleet::DeviceSet const& after);

// What an exception would do, before it is made.
struct ExceptionPreview {
    std::int64_t devices_in_scope = 0, exposed_devices = 0, leaving_devices = 0;
    double exposure_now = 0, exposure_then = 0, exposure_before_exceptions = 0;
    double secure_now = 0, secure_then = 0;
};
Result<ExceptionPreview> preview_exception(store::Connection&, Exception const&,
                                           std::vector<std::string> const& query_devices, Ticks now);

}  // namespace merlon::advise
