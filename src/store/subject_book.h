// Subjects and their numbers (table `subject`) in memory, and other names that a load must know apart. It is read anew for each file
// that is loaded, so that reading a hundred thousand names must cost a few milliseconds: an open table of hashes and one heap of texts.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "store/texts.h"

namespace merlon::store {

class SubjectBook {
public:
    // Numbers are positive; one that was read twice keeps its first name.
    void add(std::string_view name, std::int32_t number) { (void)place(name, hash_of(name), number); }
    // Its number; true with it when nobody knew the name, which then has the next number.
    std::pair<std::int32_t, bool> number_of(std::string_view name) { return place(name, hash_of(name), next_); }
    std::pair<std::int32_t, bool> number_of(std::string_view name, std::size_t hash) { return place(name, hash, next_); }
    static std::size_t hash_of(std::string_view name) { return std::hash<std::string_view>{}(name); }
    // What looking for names of these hashes will read is on its way to the processor's memory afterwards: of a hundred thousand names
    // none is there, and each would be waited for three times.
    void fetch(std::span<std::size_t const> hashes) const {
        if (slots_.empty()) return;
        auto const mask = slots_.size() - 1;
        auto const name_at = [&](std::size_t hash) { return &names_[static_cast<std::size_t>(slots_[hash & mask].number)]; };
        for (auto const hash : hashes) __builtin_prefetch(&slots_[hash & mask]);
        for (auto const hash : hashes) __builtin_prefetch(name_at(hash));
        for (auto const hash : hashes) __builtin_prefetch(name_at(hash)->data());
    }
    // "" for a number that nobody has.
    std::string_view name_of(std::int32_t number) const {
        auto const at = static_cast<std::size_t>(number);
        return at < names_.size() ? names_[at] : std::string_view{};
    }
    std::size_t numbers() const { return names_.size(); }  // all are below

private:
    std::pair<std::int32_t, bool> place(std::string_view name, std::size_t hash, std::int32_t wanted) {
        if (used_ * 2 >= slots_.size()) grow();
        auto const mask = slots_.size() - 1;
        for (auto at = hash & mask;; at = (at + 1) & mask) {
            auto& slot = slots_[at];
            if (slot.number == 0) {
                slot = {static_cast<std::uint32_t>(hash >> 32), wanted};
                ++used_;
                note(name, wanted);
                return {wanted, true};
            }
            if (slot.check == static_cast<std::uint32_t>(hash >> 32) && names_[static_cast<std::size_t>(slot.number)] == name) return {slot.number, false};
        }
    }
    void note(std::string_view name, std::int32_t number) {
        auto const at = static_cast<std::size_t>(number);
        if (at >= names_.size()) names_.resize(at + 1);
        names_[at] = texts_.keep(name);
        next_ = std::max(next_, number + 1);
    }
    void grow() {
        std::vector<Slot> const old = std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(slots_.size() * 2, 1 << 12)));
        auto const mask = slots_.size() - 1;
        for (auto const& slot : old) {
            if (slot.number == 0) continue;
            auto at = hash_of(names_[static_cast<std::size_t>(slot.number)]) & mask;
            while (slots_[at].number != 0) at = (at + 1) & mask;
            slots_[at] = slot;
        }
    }

    struct Slot {
        std::uint32_t check = 0;  // the upper half of the hash
        std::int32_t number = 0;  // 0: free
    };
    std::vector<Slot> slots_;
    std::vector<std::string_view> names_;  // by number
    Texts texts_;
    std::size_t used_ = 0;
    std::int32_t next_ = 1;
};

}  // namespace merlon::store
