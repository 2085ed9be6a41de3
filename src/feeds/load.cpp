#include "feeds/load.h"

#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "base/files.h"
#include "base/text.h"
#include "feeds/batch_queue.h"
#include "feeds/read.h"

namespace merlon::feeds {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
// All documents of an archive together; each is bounded by itself. Red Hat's VEX unpacks to many GB.
constexpr std::uint64_t most_unpacked_bytes = std::uint64_t{64} << 30;
constexpr std::size_t records_a_batch = 512, bytes_a_batch = std::size_t{1} << 20;

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

// What the reading thread does with one file: walks documents, recognises and reads each, hands batches over.
class Reading {
public:
    Reading(fs::path path, LoadOptions const& options, BatchQueue& queue, std::size_t number)
        : path_(std::move(path)), shown_(options.known_as.empty() ? path_.string() : options.known_as.string()), queue_(queue), number_(number),
          intake_([this](KnowledgeRecord record) { return hand_over(std::move(record)); }) {
        file.file = shown_;
        file.may_shrink = options.again;
    }

    void run() {
        batch_ = queue_.fresh();
        outcome = walk();
        if (outcome && batch_.records() > 0 && !queue_.push(number_, std::move(batch_))) outcome = fail("feeds.stopped", shown_);
        queue_.end(number_);
    }

    fs::path const& path() const { return path_; }
    std::string const& shown() const { return shown_; }
    std::size_t number() const { return number_; }
    // The file itself, or those below the folder. Listed before it runs; its digest and its size are of the same ones.
    Result<std::vector<fs::path>> files;
    std::atomic<std::uint64_t> bytes_done = 0;
    // Once the queue has ended:
    store::FeedFile file;
    std::int64_t documents = 0;
    std::uint64_t unpacked = 0;
    Status outcome;
    IntakeCounts& counts() { return intake_.counts; }

private:
    Status hand_over(KnowledgeRecord record) {
        batch_.add(std::move(record));
        if (batch_.records() < records_a_batch && batch_.bytes() < bytes_a_batch) return {};
        auto full = std::exchange(batch_, queue_.fresh());
        if (!queue_.push(number_, std::move(full))) return fail("feeds.stopped", shown_);
        return {};
    }

    Status walk() {
        if (!files) return std::unexpected(files.error());
        std::error_code failed;
        if (fs::is_directory(path_, failed)) {
            for (auto const& file_path : *files) TRY(read_member({.name = file_path.string(), .path = file_path}));
            return several_done();
        }
        if (looks_like_archive(path_)) {
            TRY(read_archive(path_, [&](ArchiveMember member) {
                return read_member({.name = shown_ + ":" + member.name, .path = {}, .bytes = std::move(member.bytes)});
            }, most_unpacked_bytes));
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
            if (unpacked > most_unpacked_bytes) return fail("file.too_large", shown_, std::to_string(most_unpacked_bytes));
            bytes_done = std::max(bytes_done.load(), consumed);
            return {};
        };
        return read_source(source, format, intake_);
    }

    fs::path path_;
    std::string shown_;  // what messages call it
    BatchQueue& queue_;
    std::size_t number_;
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

// The file itself, or those below the folder.
Result<std::vector<fs::path>> files_of(fs::path const& path) {
    std::error_code failed;
    auto const status = fs::status(path, failed);
    if (status.type() == fs::file_type::not_found) return fail("file.missing", path.string());
    if (fs::is_directory(status)) return files_below(path);
    return std::vector{path};
}

Result<std::string> digest_of(std::span<fs::path const> files) {
    Sha256 digest;
    for (auto const& file : files) {
        if (files.size() > 1) digest.add(file.string());
        TRY(add_file(digest, file));
    }
    return digest.text();
}

std::uint64_t bytes_of(std::span<fs::path const> files) {
    std::uint64_t bytes = 0;
    std::error_code failed;
    for (auto const& file : files)
        if (auto const size = fs::file_size(file, failed); !failed) bytes += size;
    return bytes;
}

// The feed of which these bytes were loaded before; "" when they were not.
Result<std::string> loaded_before(store::Connection& connection, std::string const& digest) {
    std::vector<store::Value> const values{digest};
    auto const name = TRY(connection.scalar("SELECT name FROM feed WHERE digest = $1 LIMIT 1", values));
    auto const* text = std::get_if<std::string>(&name);
    return text ? *text : std::string{};
}

// Several files on their way. One thread reads them in their order and stays ahead by what the queue holds; another makes their
// digests, which tell whether a file is loaded already. Nothing waits for a digest before the file's last record: what was stored
// of a file that turns out to be loaded is rolled back.
class Course {
public:
    Course(std::span<fs::path const> paths, LoadOptions const& options) : options_(options) {
        for (auto const& path : paths) readings_.emplace_back(path, options, queue_, readings_.size());
        thread_ = std::jthread([this](std::stop_token const& stop) {
            for (auto& reading : readings_) {
                if (stop.stop_requested()) return;
                reading.files = files_of(reading.path());
                digests_.start(reading.files);
                reading.run();
            }
        });
    }
    ~Course() {
        thread_.request_stop();
        queue_.abandon();
    }
    Course(Course const&) = delete;
    Course& operator=(Course const&) = delete;

    // The next file, which the caller counts.
    Result<LoadReport> store_next(store::Connection& connection) {
        auto& reading = readings_[next_++];
        auto report = store(connection, reading);
        if (!report || report->already_loaded) queue_.skip(reading.number());
        return report;
    }

private:
    // Digests of files in their order, made beside the reading of them.
    class Digests {
    public:
        // The files stay where they are until it is made.
        void start(Result<std::vector<fs::path>> const& files) {
            auto coming = std::async(std::launch::async, [&files]() -> Result<std::string> {
                if (!files) return std::unexpected(files.error());
                return digest_of(*files);
            });
            std::lock_guard const lock(mutex_);
            coming_.push_back(std::move(coming));
            started_.notify_one();
        }
        std::future<Result<std::string>> next() {
            std::unique_lock lock(mutex_);
            started_.wait(lock, [&] { return !coming_.empty(); });
            auto first = std::move(coming_.front());
            coming_.pop_front();
            return first;
        }

    private:
        std::mutex mutex_;
        std::condition_variable started_;
        std::deque<std::future<Result<std::string>>> coming_;
    };

    // Whether the bytes of a file were loaded before, as soon as its digest is there.
    struct Sameness {
        store::Connection& connection;
        Reading& reading;
        bool again;  // the file is loaded also when its bytes were
        std::future<Result<std::string>> digest;
        std::string feed = {};  // that has them; empty: none

        bool is_there() const { return digest.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
        Status settle() {
            reading.file.digest = TRY(digest.get());
            if (again) return {};
            feed = TRY(loaded_before(connection, reading.file.digest));
            return feed.empty() ? Status{} : fail("feeds.stopped", reading.shown());  // which rolls back, and nobody hears of
        }
    };

    Result<LoadReport> store(store::Connection& connection, Reading& reading) {
        auto const begin = Clock::now();
        LoadReport report{.file = reading.shown()};
        Sameness sameness{.connection = connection, .reading = reading, .again = options_.again, .digest = digests_.next()};
        if (!reading.files) return std::unexpected(reading.files.error());
        Pulse pulse(options_, {.file = reading.shown(), .bytes_total = bytes_of(*reading.files)});
        auto outcome = store::write_knowledge(connection, reading.file, [&](store::PackedSink const& sink) { return pump(reading, sameness, pulse, sink); });
        if (!sameness.feed.empty()) {
            report.feed = std::move(sameness.feed);
            report.already_loaded = true;
            return report;
        }
        report.outcome = TRY(std::move(outcome));
        TRY(pulse.beat(0, 0, true));
        report.feed = reading.file.feed;
        report.counts = std::move(reading.counts());
        report.documents = reading.documents;
        report.megabytes = static_cast<double>(reading.unpacked) / 1e6;
        report.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        return report;
    }

    // Empties the queue into the store.
    Result<store::FeedCounts> pump(Reading& reading, Sameness& sameness, Pulse& pulse, store::PackedSink const& sink) {
        while (auto batch = queue_.pop(reading.number())) {
            if (sameness.digest.valid() && sameness.is_there()) TRY(sameness.settle());
            TRY(sink(*batch));
            TRY(pulse.beat(reading.bytes_done, batch->records()));
            queue_.give_back(std::move(*batch));
        }
        if (sameness.digest.valid()) TRY(sameness.settle());
        if (!reading.outcome) return std::unexpected(reading.outcome.error());
        auto const& counts = reading.counts();
        return store::FeedCounts{counts.records, counts.kept, counts.rejected, counts.data_time};
    }

    LoadOptions const& options_;
    BatchQueue queue_;
    std::deque<Reading> readings_;
    Digests digests_;
    std::size_t next_ = 0;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace

Status load_files(store::Connection& connection, std::span<fs::path const> paths, LoadOptions const& options,
                  std::function<Status(Result<LoadReport>)> const& done) {
    Course course(paths, options);
    for (std::size_t file = 0; file < paths.size(); ++file) TRY(done(course.store_next(connection)));
    return {};
}

Result<LoadReport> load_file(store::Connection& connection, fs::path const& path, LoadOptions const& options) {
    return Course({&path, 1}, options).store_next(connection);
}

}  // namespace merlon::feeds
