#include "feeds/load.h"

#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "base/files.h"
#include "base/text.h"
#include "feeds/batch_queue.h"
#include "feeds/read.h"

namespace merlon::feeds {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr std::size_t records_a_batch = 256;

class Sha256 {
public:
    Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
    void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
    std::string text() {
        unsigned char bytes[EVP_MAX_MD_SIZE];
        unsigned length = 0;
        EVP_DigestFinal_ex(context_.get(), bytes, &length);
        return hex(std::span<unsigned char const>(bytes, length));
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

Status add_file(Sha256& digest, fs::path const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail("file.unreadable", path.string(), "it cannot be opened");
    std::vector<char> piece(std::size_t{1} << 20);
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0)
        digest.add({piece.data(), static_cast<std::size_t>(file.gcount())});
    return {};
}

// Regular files below a folder, by name.
Result<std::vector<fs::path>> files_below(fs::path const& folder) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
        if (at->is_regular_file(failed)) files.push_back(at->path());
    if (failed) return fail("file.unreadable", folder.string(), failed.message());
    std::ranges::sort(files);
    return files;
}

// What the reading thread does: walks documents, recognises and reads each, hands batches over.
class Reading {
public:
    Reading(fs::path path, std::string shown, BatchQueue& queue, std::atomic<std::uint64_t>& bytes_done)
        : path_(std::move(path)), shown_(std::move(shown)), queue_(queue), bytes_done_(bytes_done),
          intake_([this](KnowledgeRecord record) { return hand_over(std::move(record)); }) {}

    Status run() {
        auto done = walk();
        if (done && !batch_.empty() && !queue_.push(std::move(batch_))) done = fail("feeds.stopped", shown_);
        queue_.close();
        return done;
    }

    store::FeedFile file;
    std::int64_t documents = 0;
    std::uint64_t unpacked = 0;
    IntakeCounts& counts() { return intake_.counts; }

private:
    Status hand_over(KnowledgeRecord record) {
        batch_.push_back(store::pack(std::move(record)));
        if (batch_.size() < records_a_batch) return {};
        BatchQueue::Batch full;
        full.reserve(records_a_batch);
        full.swap(batch_);
        if (!queue_.push(std::move(full))) return fail("feeds.stopped", shown_);
        return {};
    }

    Status walk() {
        std::error_code failed;
        if (fs::is_directory(path_, failed)) {
            for (auto const& file_path : TRY(files_below(path_))) TRY(read_member({.name = file_path.string(), .path = file_path}));
            return several_done();
        }
        if (looks_like_archive(path_)) {
            TRY(read_archive(path_, [&](ArchiveMember member) {
                return read_member({.name = shown_ + ":" + member.name, .path = {}, .bytes = std::move(member.bytes)});
            }));
            return several_done();
        }
        Source source{.name = shown_, .path = path_};
        return read_document(source, TRY(recognise(TRY(head_of(source)), source.name)));
    }

    // Folders and archives hold licences, indexes and the like beside the records.
    Status read_member(Source source) {
        auto const format = recognise(TRY(head_of(source)), source.name);
        if (format) return read_document(source, *format);
        if (!first_unknown_) first_unknown_ = format.error();
        intake_.unused("a file beside the records that is no feed");
        return {};
    }
    Status several_done() {
        if (documents > 0) return {};
        if (first_unknown_) return std::unexpected(*first_unknown_);
        return fail("feeds.empty", shown_);
    }

    Status read_document(Source& source, Format const& format) {
        if (documents++ == 0) file.feed = feed_name(format.kind);
        for (auto const& set : whole_exploit_sets_of(format.kind))
            if (std::ranges::find(file.whole_exploit_sets, set) == file.whole_exploit_sets.end())
                file.whole_exploit_sets.push_back(set);
        for (auto const& set : facts_of_advisories_of(format.kind))
            if (std::ranges::find(file.facts_of_advisories, set) == file.facts_of_advisories.end())
                file.facts_of_advisories.push_back(set);
        file.whole_epss |= format.kind == FeedKind::epss;
        source.progress = [&](std::uint64_t consumed, std::size_t piece) -> Status {
            unpacked += piece;
            if (unpacked > max_feed_file_bytes * 4)
                return fail("file.too_large", shown_, std::to_string(max_feed_file_bytes * 4));
            bytes_done_ = std::max(bytes_done_.load(), consumed);
            return {};
        };
        return read_source(source, format, intake_);
    }

    fs::path path_;
    std::string shown_;  // what messages call it
    BatchQueue& queue_;
    std::atomic<std::uint64_t>& bytes_done_;
    BatchQueue::Batch batch_;
    std::optional<Error> first_unknown_;
    Intake intake_;
};

// Tells and asks the caller now and then.
class Pulse {
public:
    Pulse(LoadOptions const& options, LoadProgress progress) : options_(options), progress_(std::move(progress)) {}

    Status beat(std::uint64_t bytes_done, std::size_t records, bool last = false) {
        progress_.records += static_cast<std::int64_t>(records);
        auto const now = Clock::now();
        if (!last && now - told_ < std::chrono::milliseconds(200)) return {};
        told_ = now;
        progress_.bytes_done = last ? progress_.bytes_total : std::min(bytes_done, progress_.bytes_total);
        if (options_.progress) options_.progress(progress_);
        if (!last && options_.stopped && options_.stopped()) return fail("feeds.stopped", progress_.file);
        return {};
    }

private:
    LoadOptions const& options_;
    LoadProgress progress_;
    Clock::time_point told_{};
};

Result<std::string> digest_of(fs::path const& path, std::uint64_t& bytes) {
    Sha256 digest;
    std::error_code failed;
    auto const status = fs::status(path, failed);
    if (status.type() == fs::file_type::not_found) return fail("file.missing", path.string());
    std::vector<fs::path> files{path};
    if (fs::is_directory(status)) files = TRY(files_below(path));
    for (auto const& file : files) {
        if (files.size() > 1) digest.add(file.string());
        bytes += fs::file_size(file, failed);
        TRY(add_file(digest, file));
    }
    return digest.text();
}

// The feed of which these bytes were loaded before; "" when they were not.
Result<std::string> loaded_before(store::Connection& connection, std::string const& digest) {
    std::vector<store::Value> const values{digest};
    auto const name = TRY(connection.scalar("SELECT name FROM feed WHERE digest = $1 LIMIT 1", values));
    auto const* text = std::get_if<std::string>(&name);
    return text ? *text : std::string{};
}

// The reading thread fills the queue, this one empties it into the store.
Result<store::FeedCounts> pump(Reading& reading, BatchQueue& queue, std::atomic<std::uint64_t> const& bytes_done,
                               Pulse& pulse, store::PackedSink const& sink) {
    Status read;
    std::jthread thread([&] { read = reading.run(); });
    Status stored;
    while (auto batch = queue.pop()) {
        for (auto& record : *batch) {
            stored = sink(std::move(record));
            if (!stored) break;
        }
        if (stored) stored = pulse.beat(bytes_done, batch->size());
        if (stored) continue;
        queue.abandon();
        break;
    }
    thread.join();
    if (!stored) return std::unexpected(stored.error());
    if (!read) return std::unexpected(read.error());
    auto const& counts = reading.counts();
    return store::FeedCounts{counts.records, counts.kept, counts.rejected, counts.data_time};
}

}  // namespace

Result<LoadReport> load_file(store::Connection& connection, fs::path const& path, LoadOptions const& options) {
    auto const begin = Clock::now();
    auto const shown = options.known_as.empty() ? path.string() : options.known_as.string();
    LoadReport report{.file = shown};
    std::uint64_t bytes_total = 0;
    auto const digest = TRY(digest_of(path, bytes_total));
    if (!options.again) report.feed = TRY(loaded_before(connection, digest));
    if (!report.feed.empty()) {
        report.already_loaded = true;
        return report;
    }
    BatchQueue queue;
    std::atomic<std::uint64_t> bytes_done = 0;
    Reading reading(path, shown, queue, bytes_done);
    reading.file.file = shown;
    reading.file.may_shrink = options.again;
    reading.file.digest = digest;
    Pulse pulse(options, {.file = shown, .bytes_total = bytes_total});
    report.outcome = TRY(store::write_knowledge(connection, reading.file, [&](store::PackedSink const& sink) {
        return pump(reading, queue, bytes_done, pulse, sink);
    }));
    TRY(pulse.beat(bytes_total, 0, true));
    report.feed = reading.file.feed;
    report.counts = std::move(reading.counts());
    report.documents = reading.documents;
    report.megabytes = static_cast<double>(reading.unpacked) / 1e6;
    report.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return report;
}

}  // namespace merlon::feeds
