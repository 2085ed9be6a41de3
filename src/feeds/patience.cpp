#include "feeds/patience.h"

#include <chrono>

namespace merlon::feeds {

Result<Download> fetch_patiently(store::Connection& connection, FeedAddress const& feed, std::filesystem::path const& folder, UpdateSettings const& settings,
                                 Patience const& patience, FetchProgress const& progress) {
    using Clock = std::chrono::steady_clock;
    if (patience.seconds <= 0 || feed.live || !feed.changes_of.empty()) return fetch_feed(connection, feed, folder, settings, progress);
    auto const begin = Clock::now();
    std::optional<std::uint64_t> at_first;  // an earlier try had them
    std::uint64_t came = 0;
    bool ran_out = false;
    auto const seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
    auto download = fetch_feed(connection, feed, folder, settings, [&](std::uint64_t done, std::uint64_t total) {
        if (done > 0 && !at_first) at_first = done;
        if (done > 0) came = std::max(came, done - std::min(done, *at_first));
        auto const taken = seconds();
        ran_out = taken > patience.seconds && static_cast<double>(came) < taken * patience.least_bytes_a_second;
        return !ran_out && (!progress || progress(done, total));
    });
    if (download || !ran_out) return download;
    return fail("feeds.too_slow", feed.name, std::to_string(came), std::to_string(static_cast<int>(seconds())));
}

}  // namespace merlon::feeds
