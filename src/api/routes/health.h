// Whether a server can do its work, at whichever door it is asked.
#pragma once
#include <string>

#include "api/service.h"

namespace merlon::api {

// Why not; "" when the store reads, takes writes and has room for them.
std::string not_ready(Service&);

}  // namespace merlon::api
