#include "feeds/csaf/folder.h"

#include <algorithm>
#include <map>

#include "base/archive_write.h"
#include "base/files.h"
#include "base/text.h"
#include "feeds/csaf/lists.h"

namespace merlon::feeds {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view list_name = "documents.csv";  // in the archive of changes: what it holds

std::string folder_of(std::string const& url) { return url.substr(0, url.rfind('/') + 1); }

class Gathering {
public:
    Gathering(ChangedDocuments const& of, fs::path const& to, fs::path folder, FetchSettings const& settings, FetchProgress const& progress)
        : of_(of), to_(to), folder_(std::move(folder)), settings_(settings), progress_(progress) {}

    Result<Download> run() {
        std::error_code failed;
        auto const since = day_in_name(note_of(of_.archive));
        if (since == 0) return fail("feeds.no_archive", of_.changes);
        auto changed = TRY(list(of_.changes, since));
        auto deleted = TRY(list(folder_of(of_.changes) + of_.deletions, since));
        std::erase_if(deleted, [&](auto const& row) {
            auto const at = changed.find(row.first);
            return at != changed.end() && at->second > row.second;
        });
        std::erase_if(changed, [&](auto const& row) { return deleted.contains(row.first); });
        std::string listed;
        for (auto const& [path, time] : changed) listed += path + ',' + iso_seconds(time) + '\n';
        std::string withdrawn;
        for (auto const& [path, time] : deleted) {
            withdrawn += withdrawal_of(path, time, of_.source);
            listed += "-" + path + ',' + iso_seconds(time) + '\n';
        }
        TRY(take_old());
        bool const same = listed == old_list_ || (listed.empty() && !fs::exists(to_, failed));
        if (same) return Download{.place = to_, .file = to_, .unchanged = true, .bytes = bytes_};
        for (auto const& [path, time] : changed) TRY(take(path, time));
        if (!withdrawn.empty()) entries_.push_back({"withdrawn.ndjson", {}, std::move(withdrawn)});
        entries_.push_back({std::string(list_name), {}, std::move(listed)});
        Download download{.place = to_, .file = to_.string() + ".new", .bytes = bytes_, .attempts = attempts_};
        TRY(write_archive(download.file, entries_));
        return download;
    }

private:
    Result<fs::path> get(std::string const& address) {
        auto const so_far = bytes_;
        auto const got = TRY(fetch(address, folder_ / std::to_string(number_++), settings_, [&](std::uint64_t done, std::uint64_t) {
            return !progress_ || progress_(so_far + done, 0);
        }));
        bytes_ += got.bytes;
        attempts_ = std::max(attempts_, got.attempts);
        return got.file;
    }
    Result<DocumentTimes> list(std::string const& address, Ticks since) {
        auto const text = TRY(read_file(TRY(get(address)), std::uint64_t{256} << 20));
        return document_times(text, address, since);
    }

    // What was fetched the last time. An archive that cannot be read is made anew.
    Status take_old() {
        std::error_code failed;
        if (!fs::exists(to_, failed)) return {};
        auto const read = read_archive(to_, [&](ArchiveMember member) -> Status {
            if (member.name == list_name) old_list_ = std::move(member.bytes);
            if (!is_document_path(member.name)) return {};
            auto const file = folder_ / std::to_string(number_++);
            TRY(write_file_durably(file, member.bytes));
            old_[member.name] = file;
            return {};
        });
        if (!read && read.error().code == "file.unwritable") return read;
        if (!read) old_.clear();
        old_rows_ = document_times_of_ours(old_list_);
        return {};
    }

    Status take(std::string const& path, Ticks time) {
        auto const row = old_rows_.find(path);
        if (auto const old = old_.find(path); old != old_.end() && row != old_rows_.end() && row->second == time) {
            entries_.push_back({path, old->second, {}});
            return {};
        }
        auto file = get(folder_of(of_.changes) + path);
        // Gone between the list and now: the next list says so.
        if (!file && file.error().code == "feeds.download_refused" && file.error().args.back() == "404") return {};
        auto bytes = TRY(std::move(file));
        entries_.push_back({path, std::move(bytes), {}});
        return {};
    }

    ChangedDocuments const& of_;
    fs::path const& to_;
    fs::path folder_;
    FetchSettings const& settings_;
    FetchProgress const& progress_;
    std::map<std::string, fs::path, std::less<>> old_;
    DocumentTimes old_rows_;
    std::string old_list_;
    std::vector<ArchiveEntry> entries_;
    std::uint64_t bytes_ = 0;
    int attempts_ = 1, number_ = 0;
};

}  // namespace

Result<Download> fetch_named_archive(std::string const& url, fs::path const& to, FetchSettings const& settings, FetchProgress const& progress) {
    fs::path const place = to.string() + ".latest";
    auto const list = TRY(fetch(url, place, settings, progress));
    auto const text = read_file(list.file, 4096);
    discard_download(list);
    if (!text) return std::unexpected(text.error());
    std::string const name(trim(*text));
    if (!is_plain_file_name(name)) return fail("feeds.wrong_shape", url, "it is no name of an archive");
    auto download = TRY(fetch(folder_of(url) + name, to, settings, progress));
    auto const day = day_in_name(name) > 0 ? day_in_name(name) : day_before(download.last_modified);
    if (day > 0) download.note = iso_date(day);
    return download;
}

Result<Download> fetch_changed_documents(ChangedDocuments const& of, fs::path const& to, FetchSettings const& settings, FetchProgress const& progress) {
    fs::path const folder = to.string() + ".pages";
    std::error_code failed;
    fs::remove_all(folder, failed);
    fs::create_directories(folder, failed);
    if (failed) return fail("file.unwritable", folder.string(), failed.message());
    auto download = Gathering(of, to, folder, settings, progress).run();
    fs::remove_all(folder, failed);
    return download;
}

}  // namespace merlon::feeds
