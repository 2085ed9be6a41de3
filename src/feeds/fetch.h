// The one place that downloads feeds.
//
// HTTPS only, also behind redirects. What has not changed is not downloaded again (ETag, If-Modified-Since); a broken
// download goes on where it stopped (Range with If-Range); network errors, 429 and 5xx are tried again with growing
// pauses (Retry-After is obeyed). The finished file replaces the old one by a rename; its ETag counts only from
// accept_download() on, so that a file that turns out damaged is fetched anew.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace merlon::feeds {

struct FetchSettings {
    std::string proxy;      // "http://proxy:3128"; empty: none but what the environment says (https_proxy)
    std::string mirror;     // "https://mirror.example/feeds": replaces scheme and host of every address
    std::vector<std::string> headers;  // "apiKey: ...", sent with each request
    int attempts = 5;
    double first_pause_seconds = 2;
    bool follow_redirects = true;
    bool allow_plain_http = false;     // for a mirror inside one's own network, and for tests
    std::uint64_t most_bytes = std::uint64_t{4} << 30;
};

struct Download {
    std::filesystem::path file;
    bool unchanged = false;  // the server says that the file at hand is current
    std::string etag, last_modified;
    std::uint64_t bytes = 0;  // transferred
    int attempts = 1;
};

// `progress` gets bytes done and bytes to come (0 unknown); false stops with feeds.stopped.
using FetchProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// Errors: feeds.address, feeds.download (what failed and after how many attempts), feeds.download_refused (HTTP 4xx),
// file.too_large, file.unwritable, feeds.stopped.
Result<Download> fetch(std::string const& url, std::filesystem::path const& to, FetchSettings const&,
                       FetchProgress const& progress = {});
// Remembers ETag and Last-Modified for the next time: call it when the file has been loaded.
Status accept_download(Download const&);

}  // namespace merlon::feeds
