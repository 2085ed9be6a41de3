// The server's log: one line for each request and event, on standard error; JSON for programs, text for people.
#pragma once
#include <string_view>

#include "api/service.h"
#include "server/settings.h"

namespace merlon::server {

// Takes log.format (auto: text on a terminal, else JSON) and log.level. Errors: settings.malformed.
Status start_log(Settings const&);
void log_request(api::Answered const&);
// An event of the server itself: "started", "stopping" ...
void log_event(std::string_view event, std::string_view words = {});

}  // namespace merlon::server
