#include "store/software_ids.h"

#include <cstring>
#include <utility>

#include <sodium.h>

namespace merlon::store {
namespace {

constexpr std::size_t fewest_slots = 1024;

static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(SoftwareIds::Digest));
static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16);

}  // namespace

SoftwareIds::SoftwareIds() : slots_(fewest_slots) { randombytes_buf(key_.data(), key_.size()); }

SoftwareIds::Digest SoftwareIds::digest(std::string_view text) const {
    std::array<unsigned char, sizeof(Digest)> bytes{};
    crypto_shorthash_siphashx24(bytes.data(), reinterpret_cast<unsigned char const*>(text.data()), text.size(), key_.data());
    Digest made;
    std::memcpy(&made, bytes.data(), sizeof made);
    return made;
}

// Where it is, or where it belongs.
std::size_t SoftwareIds::place_of(Digest const& digest) const {
    auto const mask = slots_.size() - 1;
    auto place = static_cast<std::size_t>(digest.low) & mask;
    while (slots_[place].taken && slots_[place].digest != digest) place = (place + 1) & mask;
    return place;
}

std::optional<std::int64_t> SoftwareIds::find(Digest const& digest) const {
    auto const& slot = slots_[place_of(digest)];
    return slot.taken ? std::optional(slot.id) : std::nullopt;
}

void SoftwareIds::add(Digest const& digest, std::int64_t id) {
    if (2 * (size_ + 1) > slots_.size()) {
        auto const before = std::exchange(slots_, std::vector<Slot>(2 * slots_.size()));
        for (auto const& slot : before)
            if (slot.taken) slots_[place_of(slot.digest)] = slot;
    }
    slots_[place_of(digest)] = {digest, id, true};
    ++size_;
}

void SoftwareIds::clear() {
    slots_.assign(fewest_slots, {});
    size_ = 0;
}

}  // namespace merlon::store
