// Extended support that people entered, for routes that change who is in which group.
#pragma once
#include "api/service.h"

namespace merlon::api {

// Brings the operating systems of devices in step with the entitlements and the groups as they are now: called by an operation
// of the writer after either changed, before exposure is made anew.
Status keep_entitlements(Service&, store::Connection&);

}  // namespace merlon::api
