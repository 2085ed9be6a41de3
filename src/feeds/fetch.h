// The one place that downloads feeds.
//
// HTTPS only, also behind redirects; plain HTTP on loopback. What has not changed is not downloaded again (ETag,
// If-Modified-Since); a broken download goes on where it stopped (Range with If-Range), also after the program was ended;
// network errors, 408, 429 and 5xx are tried again with growing pauses (Retry-After is obeyed). What was fetched lies beside
// its place until accept_download(): a file that turns out damaged neither replaces the good one nor lends it its ETag.
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
    std::string authorities;  // PEM file of certificates to trust instead of the system's (mirror, inspecting proxy)
    std::vector<std::string> headers;  // "apiKey: ...", sent with each request, also behind redirects
    int attempts = 5;
    long busy_status = 0;  // a refusal by which this server means "later" (NVD: 403); 0 none
    double first_pause_seconds = 2;
    bool follow_redirects = true;
    std::uint64_t most_bytes = std::uint64_t{4} << 30;
};

struct Download {
    std::filesystem::path place;  // where it belongs
    std::filesystem::path file;   // where it lies: beside its place, or there when unchanged
    bool unchanged = false;       // the server says that the file at hand is current
    std::string url;          // that was asked
    std::string etag, last_modified;
    std::string note;         // kept beside the file, for note_of()
    std::uint64_t bytes = 0;  // transferred
    int attempts = 1;
};

// `progress` gets bytes done and bytes in all (0 unknown), during pauses as well; false stops with feeds.stopped.
using FetchProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// Errors: feeds.address, feeds.download (what failed and after how many attempts), feeds.download_refused (HTTP 4xx), feeds.untrusted,
// file.too_large, file.unwritable, feeds.stopped.
Result<Download> fetch(std::string const& url, std::filesystem::path const& to, FetchSettings const&,
                       FetchProgress const& progress = {});
// Puts the file in its place and remembers ETag and Last-Modified for the next time: call it when it has been loaded.
Status accept_download(Download const&);
// What was noted of the file that was accepted last; "" when there is none.
std::string note_of(std::filesystem::path const& place);
// Removes a file that was of no use.
void discard_download(Download const&);
// Sleeps, and asks `progress` meanwhile. Error: feeds.stopped.
Status pause_for(double seconds, std::string const& url, FetchProgress const& progress);
// "http://127.0.0.1:8080/..." and the like: what may go without encryption.
bool on_loopback(std::string_view url);

}  // namespace merlon::feeds
