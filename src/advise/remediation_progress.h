// How far remediation activities are: each device's own state says whether it is done.
#pragma once
#include "advise/exception_effects.h"
#include "advise/remediation.h"

namespace merlon::advise {

// Rule M2: the devices that count where the action changes something: for an update or upgrade those with a finding
// that has a fix, or a version out of support or soon to be; for an uninstall those that have the product; for a change
// of configuration those that fail the check; for what is only watched those that the recommendation is about.
Result<fleet::DeviceSet> devices_to_remedy(store::Connection&, fleet::Index const&, Remediation const&);

// Writes the devices of a new activity: those of its groups, without those that an exception takes out, and their count
// into `one`. Errors: advise.nothing_to_remedy.
Status target_devices(store::Connection&, Remediation& one, Ticks now);

// Rules M3 and M4: every active activity's devices are looked at again; one whose devices are all done is completed by
// the system. Inside the caller's transaction; the exposure tables must be published before.
Status update_remediations(store::Connection&, fleet::Index const&, Effects const&, Ticks now);

}  // namespace merlon::advise
