#include "feeds/update.h"

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::feeds {

Result<std::vector<FeedAddress>> feed_addresses() {
    constexpr std::string_view path = "schema/feeds.json";
    auto const document = TRY(json::Document::parse(embedded(path), path));
    std::vector<FeedAddress> feeds;
    for (auto const entry : json::array(document.root())) {
        auto const name = std::string(json::text(entry, "name"));
        auto const url = std::string(json::text(entry, "url"));
        auto const every = static_cast<int>(json::integer(entry, "every_hours").value_or(24));
        auto const first_year = json::integer(entry, "first_year");
        if (!first_year) {
            feeds.push_back({name, url, every});
            continue;
        }
        for (auto year = *first_year; year <= civil_date(now_ticks()).year; ++year)
            feeds.push_back({name + "-" + std::to_string(year), replace_all(url, "{year}", std::to_string(year)), every});
    }
    return feeds;
}

Result<FeedUpdate> update_feed(store::Connection& connection, FeedAddress const& feed, std::filesystem::path const& folder,
                               FetchSettings const& settings, FetchProgress const& fetching, LoadOptions const& loading) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) return fail("file.unwritable", folder.string(), failed.message());
    // Readers go by content; the name only keeps the files apart.
    FeedUpdate update{.feed = feed, .download = {}, .report = {}};
    update.download = TRY(fetch(feed.url, folder / feed.name, settings, fetching));
    if (update.download.unchanged) return update;
    update.report = TRY(load_file(connection, update.download.file, loading));
    TRY(accept_download(update.download));
    return update;
}

}  // namespace merlon::feeds
