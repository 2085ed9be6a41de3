// Sends a document to another server: what a collector does with its inventory.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon::feeds {

struct UploadSettings {
    std::string token;         // sent as Authorization: Bearer
    std::string content_type = "application/x-ndjson";
    std::string authorities;   // file with the certificates to trust; empty: the system's
    int seconds = 120;
};

// POSTs `body` and gives the answer. HTTPS; plain HTTP to this machine only, so that a token is not sent in clear. No
// redirects. Errors: feeds.address, feeds.upload (no connection, or the answer was no 2xx: its status and first words).
Result<std::string> upload(std::string const& url, std::string_view body, UploadSettings const&);

}  // namespace merlon::feeds
