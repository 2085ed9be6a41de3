// Downloads and loads the feeds of schema/feeds.json.
#pragma once
#include "feeds/fetch.h"
#include "feeds/load.h"

namespace merlon::feeds {

struct FeedAddress {
    std::string name;  // "nvd-2024"
    std::string url;
    int every_hours = 24;
};
// All addresses; "{year}" is spelled out up to the current year. Names are unique.
Result<std::vector<FeedAddress>> feed_addresses();

struct FeedUpdate {
    FeedAddress feed;
    Download download;
    LoadReport report;  // empty when the server had nothing new
};
// Downloads into `folder` (made when missing) and loads. A download or file that fails changes nothing in the store.
// Call store::rebuild_cve_table() after the last one that loaded something.
Result<FeedUpdate> update_feed(store::Connection&, FeedAddress const&, std::filesystem::path const& folder,
                               FetchSettings const&, FetchProgress const& fetching = {}, LoadOptions const& = {});

}  // namespace merlon::feeds
