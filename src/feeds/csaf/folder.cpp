#include "feeds/csaf/folder.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/archive_write.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/text.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view list_name = "documents.csv";  // in the archive of changes: what it holds
constexpr std::size_t most_documents = 200'000;

std::string folder_of(std::string const& url) { return url.substr(0, url.rfind('/') + 1); }

bool is_plain(std::string_view name) {
    return !name.empty() && !name.starts_with('.') && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' || c == '+';
    });
}
// "2023/cve-2023-0001.json"
bool is_document(std::string_view path) {
    if (path.size() > 200 || !path.ends_with(".json")) return false;
    auto const parts = split(path, '/');
    return std::ranges::all_of(parts, is_plain);
}

// The day in "csaf_vex_2025-12-06.tar.zst"; 0 when there is none.
Ticks day_in(std::string_view name) {
    for (std::size_t at = 0; at + 10 <= name.size(); ++at)
        if (name[at + 4] == '-' && name[at + 7] == '-')
            if (auto const day = time_of(name.substr(at, 10)); day > 0) return day;
    return 0;
}

// The day before "Sat, 06 Dec 2025 03:12:00 GMT": an archive holds what there was when it was begun. 0 when it is no such time.
Ticks day_before(std::string_view http_date) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (http_date.size() < 16) return 0;
    auto const at = months.find(http_date.substr(8, 3));
    if (at == std::string_view::npos || at % 3 != 0) return 0;
    auto const month = std::to_string(at / 3 + 1);
    auto const day = time_of(std::string(http_date.substr(12, 4)) + (month.size() < 2 ? "-0" : "-") + month + "-" + std::string(http_date.substr(5, 2)));
    return day > ticks_per_day ? day - ticks_per_day : 0;
}

// Documents and when each changed or went, the latest row of each.
using Rows = std::map<std::string, Ticks, std::less<>>;
Result<Rows> rows_of(std::string_view text, std::string const& address, Ticks since) {
    Rows rows;
    std::size_t number = 0;
    for (auto line : split(text, '\n')) {
        ++number;
        line = trim(line);
        if (line.empty()) continue;
        auto const comma = line.rfind(',');
        auto const unquoted = [](std::string_view field) {
            field = trim(field);
            return field.size() >= 2 && field.starts_with('"') && field.ends_with('"') ? field.substr(1, field.size() - 2) : field;
        };
        auto const path = unquoted(line.substr(0, comma));
        auto const time = comma == std::string_view::npos ? 0 : time_of(unquoted(line.substr(comma + 1)));
        if (time == 0 || !is_document(path))
            return fail("feeds.wrong_shape", address, "line " + std::to_string(number) + " is no document with a time");
        if (time < since) continue;
        auto& known = rows[std::string(path)];
        known = std::max(known, time);
        if (rows.size() > most_documents) return fail("feeds.wrong_shape", address, "it names too many documents");
    }
    return rows;
}

// The record that takes back what a deleted document said; "" when the file's name does not tell its id.
std::string withdrawal(std::string_view path, Ticks time, std::string const& source) {
    auto name = path.substr(path.rfind('/') + 1);
    name.remove_suffix(5);
    auto id = ascii_upper(name);
    if (id.starts_with("RHSA-") && id.size() > 9 && id[9] == '_') id[9] = ':';
    else if (!is_cve_id(id)) return {};
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("kind", "advisory");
    json.member("id", id);
    json.member("source", source);
    json.member("state", "withdrawn");
    json.member("modified", iso_seconds(time));
    if (is_cve_id(id)) {
        json.key("cves");
        json.begin_array();
        json.string(id);
        json.end_array();
    }
    json.end_object();
    return line + '\n';
}

class Gathering {
public:
    Gathering(ChangedDocuments const& of, fs::path const& to, fs::path folder, FetchSettings const& settings, FetchProgress const& progress)
        : of_(of), to_(to), folder_(std::move(folder)), settings_(settings), progress_(progress) {}

    Result<Download> run() {
        std::error_code failed;
        auto const since = day_in(note_of(of_.archive));
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
            withdrawn += withdrawal(path, time, of_.source);
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
    Result<Rows> list(std::string const& address, Ticks since) {
        auto const text = TRY(read_file(TRY(get(address)), std::uint64_t{256} << 20));
        return rows_of(text, address, since);
    }

    // What was fetched the last time. An archive that cannot be read is made anew.
    Status take_old() {
        std::error_code failed;
        if (!fs::exists(to_, failed)) return {};
        auto const read = read_archive(to_, [&](ArchiveMember member) -> Status {
            if (member.name == list_name) old_list_ = std::move(member.bytes);
            if (!is_document(member.name)) return {};
            auto const file = folder_ / std::to_string(number_++);
            TRY(write_file_durably(file, member.bytes));
            old_[member.name] = file;
            return {};
        });
        if (!read && read.error().code == "file.unwritable") return read;
        if (!read) old_.clear();
        for (auto const line : split(old_list_, '\n'))
            if (auto const comma = line.rfind(','); comma != std::string_view::npos) old_rows_[std::string(line.substr(0, comma))] = time_of(line.substr(comma + 1));
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
        entries_.push_back({path, TRY(std::move(file)), {}});
        return {};
    }

    ChangedDocuments const& of_;
    fs::path const& to_;
    fs::path folder_;
    FetchSettings const& settings_;
    FetchProgress const& progress_;
    std::map<std::string, fs::path, std::less<>> old_;
    Rows old_rows_;
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
    if (!is_plain(name)) return fail("feeds.wrong_shape", url, "it is no name of an archive");
    auto download = TRY(fetch(folder_of(url) + name, to, settings, progress));
    auto const day = day_in(name) > 0 ? day_in(name) : day_before(download.last_modified);
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
