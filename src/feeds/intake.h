// What readers hand their records to: counts them, keeps hostile ones out, and says why a record was not kept.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/knowledge.h"

namespace merlon::feeds {

// Bounds for one record; no genuine one of 300,000 comes near. Longer texts are cut (and marked so), records with
// more statements are rejected.
inline constexpr std::size_t most_text_bytes = std::size_t{64} << 10;
inline constexpr std::size_t most_name_bytes = 4096;
inline constexpr std::size_t most_references = 2000;
inline constexpr std::size_t most_statements = 100'000;  // ranges, versions and conditions of one advisory together
inline constexpr std::size_t most_rejections_told = 200;

struct Rejection {
    std::string id;      // of the record, or where it stands
    std::string reason;
};

struct IntakeCounts {
    std::int64_t records = 0, kept = 0, rejected = 0, unused = 0;
    Ticks data_time = 0;
    std::vector<std::string> notes;
    std::vector<Rejection> rejections;            // the first most_rejections_told
    std::map<std::string, std::int64_t> reasons;  // of all rejected and unused records
};

class Intake {
public:
    explicit Intake(KnowledgeSink sink) : sink_(std::move(sink)) {}

    // One record of the feed, read: what it says. Rejects it by itself when it breaks a bound.
    Status keep(Advisory&&, std::vector<ExploitFact>&& facts = {});
    Status keep(std::vector<ExploitFact>&& facts);
    Status keep(EpssScore&&);
    Status keep(LifecycleProduct&&);
    // A record that is wrong: which, and why.
    void reject(std::string_view id, std::string_view reason);
    // A sound record that says nothing we can use.
    void unused(std::string_view reason);
    // Something about the document that a person should hear of.
    void note(std::string text);
    // What the document says of its own age.
    void data_time(Ticks);

    IntakeCounts counts;

private:
    Status emit(std::vector<ExploitFact>&& facts);
    KnowledgeSink sink_;
};

}  // namespace merlon::feeds
