// A small HTTP client for the command line: one call, one answer, over TCP, TLS or a Unix socket.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace merlon::api {

struct Remote {
    std::string url;                   // "https://merlon.example:8443", "http://127.0.0.1:8080", "unix:/var/lib/merlon/control.sock"
    std::string token;                 // sent as "Authorization: Bearer"
    std::filesystem::path authorities;  // PEM file of certificates to trust, instead of the system's
    int timeout_s = 600;               // without a byte
};

struct CallAnswer {
    int status = 0;
    std::string content_type;
    std::string body;  // empty when `take` got it
};

// `target` is path and query as they go over the wire. `take` gets the body of a 2xx answer piece by piece.
// Errors: http.bad_url, http.unreachable, http.untrusted, http.cut.
Result<CallAnswer> call(Remote const&, std::string_view method, std::string_view target,
                        std::vector<std::pair<std::string, std::string>> const& headers = {}, std::string body = {},
                        std::function<Status(std::string_view)> const& take = {});

}  // namespace merlon::api
