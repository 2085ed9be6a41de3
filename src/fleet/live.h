// The fleet index while it changes: what reports change is applied to it, so that one report costs microseconds and not
// a pass over the fleet. What it says equals what Index::build() would make of the same store (docs/decisions/011).
#pragma once
#include <span>
#include <unordered_map>
#include <vector>

#include "fleet/exposure.h"
#include "store/inventory.h"

namespace merlon::fleet {

class Live {
public:
    // Reads the whole store. `options.as_of` must be 0; `installed` as of Index::build().
    static Result<Live> build(store::Connection&, IndexOptions const&, store::Installed const* installed = nullptr);

    // Takes in what committed reports changed, in the order of their commits. Reads the rows of changed devices.
    // Software that is not matched yet waits for matched().
    Status apply(store::Connection&, std::span<store::ReportChange const>, Ticks now);
    // Software that was matched for the first time: its identity and findings are read, and put on the devices that
    // wait for it. (Software that is matched again needs build().)
    Status matched(store::Connection&, std::span<std::int64_t const> software);

    // What is cleared on these devices changed in the store.
    Status cleared(store::Connection&, std::span<std::string const> devices);

    Index const& index() const { return index_; }
    // Hazard of each device, without reach, and the sums of E7: all devices that count, and by group.
    std::span<double const> hazards() const { return hazards_; }
    Tally const& all() const { return all_; }
    std::span<Tally const> groups() const { return groups_; }
    // A copy that never changes.
    std::shared_ptr<Index const> snapshot() const { return std::make_shared<Index const>(index_); }

private:
    void count(std::uint32_t device, int sign);
    double part_of(std::uint32_t device, std::uint32_t software) const;
    void put(std::uint32_t device, std::uint32_t software, bool has, bool ended, bool ending);
    void place(std::uint32_t device, store::ReportChange const&);
    Status read_rows(store::Connection&, std::span<std::string const> ids, Ticks now);
    // Both of devices that are known; hazards move while their devices are out of the sums.
    void count_all(std::span<std::string const> ids, int sign);
    Status read_cleared(store::Connection&, std::span<std::string const> ids);

    Index index_;
    Numbers numbers_;
    IndexOptions options_;
    std::vector<double> hazards_;
    Tally all_;
    std::vector<Tally> groups_;
    std::unordered_map<std::int64_t, DeviceSet> waiting_;  // software id not matched yet -> devices that have it
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>>
        cleared_on_;  // device -> software with something cleared there
};

}  // namespace merlon::fleet
