#include "feeds/nvd/live.h"

#include <algorithm>

#include "base/archive_write.h"
#include "base/files.h"
#include "base/json_read.h"

namespace merlon::feeds {
namespace {

namespace fs = std::filesystem;

constexpr Ticks longest_window = 120 * ticks_per_day;
constexpr int records_a_page = 2000;
constexpr int readings_of_a_window = 4;

// "2024-05-01T00:00:00.000", which NVD takes as UTC.
std::string moment(Ticks time) {
    auto text = iso_seconds(time);
    if (text.ends_with('Z')) text.pop_back();
    return text + ".000";
}

class Changes {
public:
    Changes(std::string const& url, fs::path folder, FetchSettings settings, bool with_key, FetchProgress const& progress)
        : url_(url), folder_(std::move(folder)), settings_(std::move(settings)), pause_(with_key ? 0.6 : 6.0), progress_(progress) {}

    Status window(Ticks since, Ticks until) {
        for (int reading = 0; reading < readings_of_a_window; ++reading) {
            auto const kept = pages_.size();
            if (TRY(read(since, until))) return {};
            pages_.resize(kept);
        }
        return fail("feeds.moving", url_, std::to_string(readings_of_a_window));
    }

    std::vector<ArchiveEntry> const& pages() const { return pages_; }
    std::uint64_t bytes = 0;
    int attempts = 0;

private:
    // False when the pages do not fit together.
    Result<bool> read(Ticks since, Ticks until) {
        std::int64_t total = 0;
        for (std::int64_t start = 0; start == 0 || start < total;) {
            auto const page = TRY(next(since, until, start));
            if (start == 0) total = page.total;
            if (page.total != total || (page.records == 0 && start < total)) return false;
            start += page.records;
            if (total == 0) break;
        }
        return true;
    }

    Result<NvdPage> next(Ticks since, Ticks until, std::int64_t start) {
        if (asked_++ > 0) TRY(pause_for(pause_, url_, progress_));
        auto const address = url_ + "?lastModStartDate=" + moment(since) + "&lastModEndDate=" + moment(until) +
                             "&resultsPerPage=" + std::to_string(records_a_page) + "&startIndex=" + std::to_string(start);
        auto const name = std::to_string(asked_) + ".json";
        auto const so_far = bytes;
        auto const got = TRY(fetch(address, folder_ / name, settings_, [&](std::uint64_t done, std::uint64_t) {
            return !progress_ || progress_(so_far + done, 0);
        }));
        bytes += got.bytes;
        attempts += got.attempts;
        auto const page = TRY(nvd_page_of(TRY(read_file(got.file)), address));
        if (page.records > 0) pages_.push_back({name, got.file, {}});
        return page;
    }

    std::string url_;
    fs::path folder_;
    FetchSettings settings_;
    double pause_;
    FetchProgress const& progress_;
    std::vector<ArchiveEntry> pages_;
    int asked_ = 0;
};

Result<Download> gather(std::string const& url, fs::path const& to, fs::path const& folder, Ticks since, Ticks until, FetchSettings const& settings,
                        bool with_key, FetchProgress const& progress) {
    Changes changes(url, folder, settings, with_key, progress);
    for (auto begin = since; begin < until; begin += longest_window) TRY(changes.window(begin, std::min(until, begin + longest_window)));
    Download download{.place = to, .file = to.string() + ".new", .bytes = changes.bytes, .attempts = changes.attempts};
    if (changes.pages().empty()) {
        download.unchanged = true;
        download.file = to;
    } else {
        TRY(write_archive(download.file, changes.pages()));
    }
    return download;
}

}  // namespace

Result<NvdPage> nvd_page_of(std::string_view bytes, std::string const& address) {
    auto const document = json::Document::parse(bytes, address);
    if (!document) return fail("feeds.damaged_json", address, "0", "it is no JSON");
    auto const total = json::integer(document->root(), "totalResults");
    auto const list = json::member(document->root(), "vulnerabilities");
    if (!total || !list || !json::is_array(*list)) return fail("feeds.wrong_shape", address, "it is no page of NVD's CVE API");
    return NvdPage{*total, static_cast<std::int64_t>(json::array(*list).size())};
}

Result<Download> fetch_nvd_changes(std::string const& url, fs::path const& to, Ticks since, Ticks until, FetchSettings settings,
                                   std::string const& key, FetchProgress const& progress) {
    // Nothing would be asked for, and that be taken for "nothing new".
    if (since >= until) return fail("feeds.clock", iso_seconds(until), iso_seconds(since));
    if (!key.empty()) settings.headers.push_back("apiKey: " + key);
    settings.follow_redirects = false;  // the key is for this server alone
    settings.busy_status = 403;
    fs::path const folder = to.string() + ".pages";
    std::error_code failed;
    fs::remove_all(folder, failed);
    fs::create_directories(folder, failed);
    if (failed) return fail("file.unwritable", folder.string(), failed.message());
    auto download = gather(url, to, folder, since, until, settings, !key.empty(), progress);
    fs::remove_all(folder, failed);
    return download;
}

}  // namespace merlon::feeds
