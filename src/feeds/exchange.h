// One request to another server and its answer, held in memory: what sign-in by a provider needs. No redirects are followed;
// certificates and host names are checked.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace merlon::feeds {

struct Exchange {
    std::string url;                    // https://, or http:// on loopback
    std::string method = "GET";
    std::vector<std::string> headers;   // "accept: application/json"
    std::string body;
    std::filesystem::path authorities;  // PEM file of certificates to trust instead of the system's
    long timeout_s = 10;
    std::size_t most_bytes = 1 << 20;   // of the answer
};
struct ExchangeAnswer {
    int status = 0;
    std::string body;
};
// Errors: feeds.address, feeds.exchange with the reason.
Result<ExchangeAnswer> exchange(Exchange const&);

}  // namespace merlon::feeds
