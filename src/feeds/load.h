// The one door for files of knowledge: recognise, read and store them.
#pragma once
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "feeds/intake.h"
#include "store/knowledge.h"

namespace merlon::feeds {

struct LoadProgress {
    std::string file;
    std::uint64_t bytes_done = 0, bytes_total = 0;  // of the file as it lies on the disk
    std::int64_t records = 0;                       // taken into the store so far
};

struct LoadOptions {
    bool again = false;                                   // load even what is already loaded; a set may shrink
    std::filesystem::path known_as;                       // under which messages and the store know the file; empty: where it lies
    std::function<void(LoadProgress const&)> progress;    // at most five times a second, on the calling thread
    std::function<bool()> stopped;                        // asked as often; true ends the load with feeds.stopped
};

struct LoadReport {
    std::string feed;  // feed_name() of what it holds; of the first kind when an archive holds several
    std::string file;
    bool already_loaded = false;  // the same bytes were loaded before: nothing was done
    IntakeCounts counts;          // records = kept + rejected + unused, with reasons
    store::WriteOutcome outcome;  // what changed in the store
    std::int64_t documents = 0;   // 1, or the members of the archive or folder that were read
    double megabytes = 0;         // unpacked, 10^6 bytes
    double seconds = 0;
    double megabytes_a_second() const { return seconds > 0 ? megabytes / seconds : 0; }
};

// Loads one file (compressed or not), archive (zip, tar) or folder in one transaction: all of it or nothing. Call
// store::rebuild_cve_table() after the last of several loads.
// Errors: file.*, json.malformed, feeds.*, knowledge.* (our own files), store.*; each names the file and the place.
Result<LoadReport> load_file(store::Connection&, std::filesystem::path const&, LoadOptions const& = {});

// Loads several in their order, each as load_file() does: in a transaction of its own, whatever becomes of the others. The next
// one is read while the one before is being committed. `done` hears of each after its transaction; its error ends the rest.
Status load_files(store::Connection&, std::span<std::filesystem::path const>, LoadOptions const&,
                  std::function<Status(Result<LoadReport>)> const& done);

}  // namespace merlon::feeds
