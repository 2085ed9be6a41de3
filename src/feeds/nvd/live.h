// NVD's live API (CVE API 2.0): what changed since a time.
// https://nvd.nist.gov/developers/vulnerabilities: pages of at most 2,000 records by startIndex, windows of lastModStartDate to
// lastModEndDate of at most 120 days, 5 requests in 30 seconds without a key and 50 with one, 403 for those who ask faster.
#pragma once
#include <filesystem>

#include "base/time.h"
#include "feeds/fetch.h"

namespace merlon::feeds {

// What a page says: how many records its window has, and how many of them it holds. Errors: feeds.wrong_shape, feeds.damaged_json.
struct NvdPage {
    std::int64_t total = 0, records = 0;
};
Result<NvdPage> nvd_page_of(std::string_view bytes, std::string const& address);

// Fetches the pages one by one and packs them into one archive beside `to`. The number of records may change between two
// pages of a window, so that some would be left out: then the window is read anew.
// `unchanged` when there was no change. Errors: those of fetch(), feeds.clock, feeds.moving, feeds.wrong_shape, feeds.damaged_json.
Result<Download> fetch_nvd_changes(std::string const& url, std::filesystem::path const& to, Ticks since, Ticks until,
                                   FetchSettings, std::string const& key, FetchProgress const&);

}  // namespace merlon::feeds
