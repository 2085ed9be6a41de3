// Which kinds of things changed, and when: what GET /api/merlon/live tells open pages. A kind is marked by what its tables
// look like (schema/live.json), so that it does not matter who changed them: a call, a report, a feed, a schedule, the
// command line. Nobody looks while nobody listens.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"
#include "store/store.h"

namespace merlon::api {

class Live {
public:
    struct Kind {
        std::string name, permission;  // who may be told of it: who may read it
    };
    using Connect = std::function<Result<std::unique_ptr<store::Connection, std::function<void(store::Connection*)>>>()>;

    // Errors: api.bad_schema.
    static Result<std::unique_ptr<Live>> create();

    // Looks at the marks when `changes` (store::Database::changes) is another number than the last time, at most once in a second.
    Status look(std::uint64_t changes, Connect const&);

    std::vector<Kind> const& kinds() const { return kinds_; }
    struct Seen {
        std::uint64_t number = 0;               // of the newest change
        Ticks published = 0;                    // when counts and scores were last made; 0 never
        std::vector<std::size_t> changed = {};  // the kinds that changed after `number` that was asked for
    };
    Seen after(std::uint64_t number) const;
    // "PROCESS-NUMBER": numbers of another process mean nothing to this one.
    std::string event_id(std::uint64_t number) const;
    // The number of such an id; nothing when it is not of this process.
    std::optional<std::uint64_t> number_of(std::string_view event_id) const;

private:
    std::string process_, sql_;
    std::vector<Kind> kinds_;
    mutable std::mutex guard_;
    std::vector<std::string> marks_;          // of each kind, when last looked at
    std::vector<std::uint64_t> changed_at_;   // the number of its last change
    std::uint64_t number_ = 0, known_ = 0;
    Ticks published_ = 0;
    std::chrono::steady_clock::time_point next_look_{};
};

}  // namespace merlon::api
