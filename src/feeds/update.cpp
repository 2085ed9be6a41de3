#include "feeds/update.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"
#include "feeds/csaf/folder.h"
#include "feeds/health.h"
#include "feeds/nvd/live.h"
#include "feeds/recognise.h"
#include "store/knowledge.h"

namespace merlon::feeds {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr int month_settles_after_hours = 168;  // documents of past months are revised now and then

// One feed for each month since `first`, "2016-04". This and the last one are looked at as often as the feed says.
void add_months(std::vector<FeedAddress>& feeds, FeedAddress const& pattern, std::string_view first) {
    auto const today = civil_date(now_ticks());
    auto const newest = today.year * 12 + static_cast<int>(today.month) - 1;
    auto const oldest = to_int(first.substr(0, 4)).value_or(today.year) * 12 + to_int(first.substr(first.size() - 2)).value_or(1) - 1;
    for (auto at = oldest; at <= newest; ++at) {
        auto const year = std::to_string(at / 12), number = std::to_string(at % 12 + 1);
        auto feed = pattern;
        feed.name += "-" + year + (number.size() < 2 ? "-0" : "-") + number;
        feed.url = replace_all(replace_all(pattern.url, "{year}", year), "{month}", months.at(static_cast<std::size_t>(at % 12)));
        feed.may_be_absent = at == newest;
        if (at + 1 < newest) feed.every_hours = std::max(feed.every_hours, month_settles_after_hours);
        feeds.push_back(std::move(feed));
    }
}

// Since when NVD is asked for changes: a little before what the last answer was of; before any, a day before the oldest of its
// files. 0: there is none.
Result<Ticks> changes_since(store::Connection& connection, std::string const& place) {
    constexpr Ticks overlap = 3600 * ticks_per_second;
    Ticks oldest = 0;
    for (auto const& stored : TRY(store::stored_feeds(connection))) {
        if (stored.name != feed_name(FeedKind::nvd) || stored.data_time == 0) continue;
        if (stored.file == place) return stored.data_time - overlap;
        oldest = oldest == 0 ? stored.data_time : std::min(oldest, stored.data_time);
    }
    return oldest == 0 ? 0 : oldest - ticks_per_day;
}

}  // namespace

Result<std::vector<FeedAddress>> feed_addresses() {
    constexpr std::string_view path = "schema/feeds.json";
    auto const document = TRY(json::Document::parse(embedded(path), path));
    std::vector<FeedAddress> feeds;
    for (auto const entry : json::array(document.root())) {
        FeedAddress const feed{.name = std::string(json::text(entry, "name")), .url = std::string(json::text(entry, "url")),
                               .every_hours = static_cast<int>(json::integer(entry, "every_hours").value_or(24)),
                               .accept = std::string(json::text(entry, "accept")), .live = json::boolean(entry, "live").value_or(false),
                               .names_archive = json::boolean(entry, "names_archive").value_or(false), .changes_of = std::string(json::text(entry, "changes_of")),
                               .deletions = std::string(json::text(entry, "deletions")), .source = std::string(json::text(entry, "source")),
                               .on_request = json::boolean(entry, "on_request").value_or(false)};
        auto const first_month = json::text(entry, "first_month");
        auto const first_year = json::integer(entry, "first_year");
        if (!first_month.empty()) add_months(feeds, feed, first_month);
        else if (!first_year) feeds.push_back(feed);
        else
            for (auto year = *first_year; year <= civil_date(now_ticks()).year; ++year) {
                auto one = feed;
                one.name += "-" + std::to_string(year);
                one.url = replace_all(feed.url, "{year}", std::to_string(year));
                feeds.push_back(std::move(one));
            }
    }
    return feeds;
}

Result<std::vector<FeedAddress>> chosen_addresses(store::Connection& connection, std::span<std::string const> names) {
    auto all = TRY(feed_addresses());
    if (names.empty()) {
        std::set<std::string, std::less<>> never;
        for (auto const& health : TRY(feed_health(connection, now_ticks())))
            if (health.tried_at == 0 && health.loaded_at == 0) never.insert(health.name);
        std::erase_if(all, [&](auto const& feed) { return feed.on_request && never.contains(feed.name); });
        return all;
    }
    auto const is = [](FeedAddress const& feed, std::string const& name) { return feed.name == name || feed.name.starts_with(name + "-"); };
    for (auto const& name : names)
        if (std::ranges::none_of(all, [&](auto const& feed) { return is(feed, name); })) return fail("feeds.unknown_name", clean_text(name, 100));
    std::erase_if(all, [&](auto const& feed) { return std::ranges::none_of(names, [&](auto const& name) { return is(feed, name); }); });
    return all;
}

Result<Download> fetch_feed(store::Connection& connection, FeedAddress const& feed, std::filesystem::path const& folder,
                            UpdateSettings const& settings, FetchProgress const& progress) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) return fail("file.unwritable", folder.string(), failed.message());
    // Readers go by content; the name only keeps the files apart.
    auto const place = folder / feed.name;
    auto fetching = settings.fetch;
    if (!feed.accept.empty()) fetching.headers.push_back("Accept: " + feed.accept);
    if (feed.live) {
        auto const since = TRY(changes_since(connection, place.string()));
        if (since == 0) return fail("feeds.no_base", feed.name);
        return fetch_nvd_changes(feed.url, place, since, now_ticks(), fetching, settings.nvd_key, progress);
    }
    if (feed.names_archive) return fetch_named_archive(feed.url, place, fetching, progress);
    if (!feed.changes_of.empty()) {
        ChangedDocuments const documents{.changes = feed.url, .deletions = feed.deletions, .source = feed.source, .archive = folder / feed.changes_of};
        return fetch_changed_documents(documents, place, fetching, progress);
    }
    auto download = fetch(feed.url, place, fetching, progress);
    if (!download && feed.may_be_absent && download.error().code == "feeds.download_refused" && download.error().args.back() == "404")
        return Download{.place = place, .file = place, .unchanged = true};
    return download;
}

Result<LoadReport> load_fetched(store::Connection& connection, Download const& download, LoadOptions options) {
    std::error_code failed;
    if (download.unchanged && !std::filesystem::exists(download.file, failed)) return LoadReport{.file = download.place.string(), .already_loaded = true};
    options.known_as = download.place;
    auto report = load_file(connection, download.file, options);
    if (!report && report.error().code.starts_with("feeds.") && !download.url.empty())
        report.error().hint = "That is what " + download.url + " sent. Check the address, the mirror and the proxy; what was loaded before stays.";
    return report;
}

std::string_view outcome_of(Result<LoadReport> const& report) { return !report ? "failed" : report->already_loaded ? "unchanged" : "loaded"; }

}  // namespace merlon::feeds
