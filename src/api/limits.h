// How many calls one caller may make: per minute by kind of call, and queries at once. Counts are in memory; a limit of 0 is
// none. Callers of the machine itself on an unclaimed server are not counted.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace merlon::api {

struct Limits {
    std::int64_t calls = 0;            // a minute, every call
    std::int64_t queries = 0;          // a minute, hunting queries
    std::int64_t exports = 0;          // a minute, export assessments in JSON
    std::int64_t files = 0;            // a minute, export assessments as files
    std::int64_t running_queries = 4;  // at once
    std::int64_t streams = 20;         // of changes, open at once
};

enum class CallKind : std::uint8_t { other, query, export_json, export_file };
CallKind kind_of(std::string_view pattern);

class Limiter {
public:
    explicit Limiter(Limits const& limits) : limits_(limits) {}

    struct Refused {
        std::string limit;       // "60 queries a minute"
        int retry_after_s = 1;
    };
    // Counts a call; the refusal when there were too many in this minute.
    std::optional<Refused> count(std::string const& who, CallKind, std::int64_t now_s);

    // Holds the place of a running query until it is let go; nothing when the caller has as many as allowed.
    std::shared_ptr<void> begin_query(std::string const& who);
    // The same for a stream of changes; nothing also when there are `most_streams` in all.
    std::shared_ptr<void> begin_stream(std::string const& who);
    static constexpr int most_streams = 1'000;
    int running() const;

private:
    struct Window {
        std::int64_t minute = 0;
        std::int64_t counts[4] = {};
    };
    Limits limits_;
    mutable std::mutex guard_;
    std::map<std::string, Window> windows_;
    struct Places {
        std::map<std::string, int> of;
        int in_all = 0;
    };
    std::shared_ptr<void> take(Places&, std::string const& who, std::int64_t limit, int limit_in_all);
    Places queries_, streams_;
};

}  // namespace merlon::api
