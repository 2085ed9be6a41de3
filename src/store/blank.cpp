#include "store/blank.h"

#include <unistd.h>

#include <mutex>

#include "store/store.h"
#include "store/views.h"

namespace merlon::store {
namespace {

struct Blank {
    std::mutex guard;
    bool asked_before = false;   // most processes need one store at most: the file is made for the second
    std::filesystem::path file;  // empty: not made yet
    ~Blank() {
        std::error_code ignored;  // the process ends; what is left of it lies among temporary files
        if (!file.empty()) std::filesystem::remove(file, ignored);
    }
};

}  // namespace

Status fill_blank(Connection& connection) {
    static Blank blank;
    std::lock_guard const lock(blank.guard);
    if (!blank.file.empty())
        return connection.execute("ATTACH " + quote_text(blank.file.string()) + " AS blank (READ_ONLY); COPY FROM DATABASE blank TO memory; DETACH blank");
    TRY(migrate(connection));
    TRY(make_views(connection));
    if (!std::exchange(blank.asked_before, true)) return {};
    auto const file = std::filesystem::temp_directory_path() / ("merlon-blank-" + std::to_string(::getpid()) + ".duckdb");
    std::error_code ignored;  // of another process that had this number
    std::filesystem::remove(file, ignored);
    TRY(connection.execute("ATTACH " + quote_text(file.string()) + " AS blank; COPY FROM DATABASE memory TO blank; DETACH blank"));
    blank.file = file;
    return {};
}

}  // namespace merlon::store
