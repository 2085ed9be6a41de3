// Ids of software by all that a report says of it: the long way to an id (texts made clean, a digest of them) is gone once
// for each. Keyed digests of 128 bits stand for the texts, so that one place in memory is looked at and nobody who reports
// can make two texts alike.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace merlon::store {

class SoftwareIds {
public:
    struct Digest {
        std::uint64_t low = 0, high = 0;
        friend bool operator==(Digest const&, Digest const&) = default;
    };

    SoftwareIds();  // with a key of its own
    Digest digest(std::string_view) const;
    std::optional<std::int64_t> find(Digest const&) const;
    // One that is not there yet.
    void add(Digest const&, std::int64_t id);
    void clear();
    std::size_t size() const { return size_; }

private:
    struct Slot {
        Digest digest;
        std::int64_t id = 0;
        bool taken = false;
    };
    std::size_t place_of(Digest const&) const;

    std::array<unsigned char, 16> key_{};
    std::vector<Slot> slots_;  // a power of two; at most half of them are taken
    std::size_t size_ = 0;
};

}  // namespace merlon::store
