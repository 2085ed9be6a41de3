// How fresh each feed is, and how the last try to fetch it went.
#pragma once
#include <string>
#include <vector>

#include "feeds/update.h"
#include "store/engine.h"

namespace merlon::feeds {

// on_request: nobody has asked for it yet, and it is not fetched before; given: files of people, which nobody fetches.
enum class Freshness : std::uint8_t { fresh, stale, never, on_request, given };
std::string_view freshness_name(Freshness);

struct FeedHealth {
    std::string name;        // of schema/feeds.json, or of the kind of file that was loaded by hand
    std::string url;         // "" for those
    int every_hours = 0;     // how often it is to be fetched
    std::int64_t files = 0, records = 0, kept = 0, rejected = 0;
    Ticks loaded_at = 0, data_time = 0;           // 0: never, not said
    Ticks tried_at = 0;
    bool on_request = false;                      // not due before it was fetched for the first time
    std::string outcome, detail;                  // of the last try; "" when there was none
    Freshness freshness = Freshness::never;       // stale: not confirmed for twice its hours
};
// Those of schema/feeds.json, by name, then what was loaded beside them. Years of NVD are told one by one.
Result<std::vector<FeedHealth>> feed_health(store::Connection&, Ticks now);

// Writes down how a try went: "loaded", "unchanged", "failed".
Status note_attempt(store::Connection&, std::string const& feed, Ticks now, std::string const& outcome, std::string const& detail);
// Whether it is time to fetch a feed: never tried (but for those on request), or its hours have passed since the last try that went well, or one hour
// since one that failed.
bool is_due(FeedHealth const&, Ticks now);

}  // namespace merlon::feeds
