// Downloads and loads the feeds of schema/feeds.json.
#pragma once
#include <span>

#include "feeds/fetch.h"
#include "feeds/load.h"

namespace merlon::feeds {

struct FeedAddress {
    std::string name;  // "nvd-2024"
    std::string url;
    int every_hours = 24;
    std::string accept;      // media type to ask for; empty: any
    bool live = false;       // NVD's API: what changed since the last time (feeds/nvd/live.h)
    bool may_be_absent = false;  // this month's document appears in the course of the month
    bool names_archive = false;  // `url` holds the name of the archive to fetch (feeds/csaf/folder.h)
    std::string changes_of;      // `url` lists what changed since the archive of that feed
    std::string deletions, source;  // of such a list: the list of deletions beside it, the source of its advisories
    bool on_request = false;     // large: fetched when somebody names it, and from then on with the others
};
// All addresses; "{year}" is spelled out up to the current year, "{year}-{month}" to the current month. Names are unique.
Result<std::vector<FeedAddress>> feed_addresses();

struct UpdateSettings {
    FetchSettings fetch;
    std::string nvd_key;  // of NVD's API; sent there only
};

// Fetching takes time and holds nothing but `connection`, which is only read; loading is one transaction. A download or
// file that fails changes nothing in the store, nor the file that was fetched before.
// `folder` is made when missing. Errors: those of fetch(); feeds.no_base and feeds.moving
// of the live API; feeds.no_archive and feeds.wrong_shape of folders of documents.
Result<Download> fetch_feed(store::Connection&, FeedAddress const&, std::filesystem::path const& folder, UpdateSettings const&,
                            FetchProgress const& = {});
// Also when nothing was new: a store that does not hold the file (one restored from a backup) takes it in.
// accept_download() when it is committed, discard_download() when it failed; store::rebuild_cve_table() after the last one
// that loaded something.
Result<LoadReport> load_fetched(store::Connection&, Download const&, LoadOptions = {});

// A feed that somebody waits for.
struct FeedAtWork {
    std::string name;
    std::string_view step;               // "waiting", "fetching", "loading"
    std::uint64_t bytes = 0, total = 0;  // fetched; 0: not known
};
// The addresses of these names; "osv" stands for osv-debian, osv-pypi and so on; no name for all, less those on request that
// were never fetched. In the order of schema/feeds.json. Errors: feeds.unknown_name.
Result<std::vector<FeedAddress>> chosen_addresses(store::Connection&, std::span<std::string const> names);

// How the two went, for feeds/health.h: "loaded", "unchanged", "failed".
std::string_view outcome_of(Result<LoadReport> const&);

}  // namespace merlon::feeds
