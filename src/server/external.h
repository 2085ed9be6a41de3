// What externaldata in hunting queries may read, as the settings say.
#pragma once
#include <memory>

#include "hunt/external.h"
#include "server/settings.h"

namespace merlon::server {

// hunt.externaldata_hosts, hunt.externaldata_mirror, and the network without redirects; null when no host is listed.
std::shared_ptr<hunt::ExternalData const> external_data(Settings const&);

}  // namespace merlon::server
