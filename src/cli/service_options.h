// What the settings say of the API, whoever starts it: merlon serve, or a verb that asks the data folder.
#pragma once
#include "advise/notifications.h"
#include "api/service.h"
#include "server/settings.h"

namespace merlon::cli {

// Limits, keys, the ledger, hunting and exceptions; what only a server has is left as it is. Errors: settings.malformed.
Result<api::ServiceOptions> service_options(server::Settings const&, store::Store const&);

// One round of notifications with the settings notify.* (server/deliver.h).
Result<advise::Delivered> deliver_now(server::Settings const&, store::Store const&, store::Writer&);

}  // namespace merlon::cli
