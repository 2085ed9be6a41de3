#include "feeds/health.h"

#include <algorithm>
#include <map>
#include <set>

#include "store/knowledge.h"

namespace merlon::feeds {
namespace {

constexpr Ticks hour = 3600 * ticks_per_second;

void add(FeedHealth& health, store::StoredFeed const& stored) {
    ++health.files;
    health.records += stored.records;
    health.kept += stored.kept;
    health.rejected += stored.rejected;
    health.loaded_at = std::max(health.loaded_at, stored.loaded_at);
    health.data_time = std::max(health.data_time, stored.data_time);
}

// A time that is still to come was noted by a clock that was ahead and has been set right: it says nothing.
Ticks passed(Ticks time, Ticks now) { return time > now ? 0 : time; }

// The last part of a path: fetched files are called like their feed.
std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1); }

}  // namespace

std::string_view freshness_name(Freshness freshness) {
    switch (freshness) {
        case Freshness::fresh: return "fresh";
        case Freshness::stale: return "stale";
        case Freshness::never: return "never";
        case Freshness::on_request: return "on request";
        case Freshness::given: return "given";
    }
    return {};
}

Result<std::vector<FeedHealth>> feed_health(store::Connection& connection, Ticks now) {
    std::map<std::string, FeedHealth, std::less<>> known, given;
    for (auto const& feed : TRY(feed_addresses())) known[feed.name] = {.name = feed.name, .url = feed.url, .every_hours = feed.every_hours, .on_request = feed.on_request};
    for (auto const& stored : TRY(store::stored_feeds(connection))) {
        auto const found = known.find(file_name(stored.file));
        add(found != known.end() ? found->second : given[stored.name], stored);
    }
    auto rows = TRY(connection.query("SELECT name, time, outcome, detail FROM main.feed_attempt"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const found = known.find(chunk->columns[0].text(row));
            if (found == known.end()) continue;
            found->second.tried_at = chunk->columns[1].int64(row);
            found->second.outcome = chunk->columns[2].text(row);
            found->second.detail = chunk->columns[3].text(row);
        }
    std::vector<FeedHealth> all;
    for (auto& [name, health] : known) {
        auto const tried_well = health.outcome == "failed" ? 0 : health.tried_at;
        auto const confirmed = std::max(passed(health.loaded_at, now), passed(tried_well, now));
        bool const never = health.loaded_at == 0 && tried_well == 0;
        bool const asked_for = !health.on_request || health.tried_at != 0;
        health.freshness = never ? (asked_for ? Freshness::never : Freshness::on_request) : now - confirmed > 2 * health.every_hours * hour ? Freshness::stale : Freshness::fresh;
        all.push_back(std::move(health));
    }
    for (auto& [name, health] : given) {
        health.name = name;
        health.freshness = Freshness::given;
        all.push_back(std::move(health));
    }
    return all;
}

Status note_attempt(store::Connection& connection, std::string const& feed, Ticks now, std::string const& outcome, std::string const& detail) {
    std::vector<store::Value> const values{feed, now, outcome, detail.substr(0, 1000)};
    TRY(connection.query("INSERT OR REPLACE INTO main.feed_attempt VALUES ($1, $2, $3, $4)", values));
    return {};
}

bool is_due(FeedHealth const& health, Ticks now) {
    if (health.url.empty()) return false;
    if (health.tried_at == 0 && health.loaded_at == 0) return !health.on_request;
    auto const tried = passed(health.tried_at, now);
    if (health.outcome == "failed") return now - tried >= hour;
    return now - std::max(tried, passed(health.loaded_at, now)) >= health.every_hours * hour;
}

}  // namespace merlon::feeds
