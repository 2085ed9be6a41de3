// Chance that is the same on every machine.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace merlon::sensors {

// SplitMix64: small, fast, and the same on every machine (Steele, Lea, Flood 2014).
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        auto z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t most) { return static_cast<std::size_t>(next() % most); }
    bool percent(std::int64_t share) { return static_cast<std::int64_t>(next() % 100) < share; }
    // A position in a list from old to new: mostly among the newest, seldom far back.
    std::size_t mostly_new(std::size_t count) {
        auto const back = std::min(below(count), std::min(below(count), below(count)));
        return count - 1 - back;
    }

private:
    std::uint64_t state_;
};

}  // namespace merlon::sensors
