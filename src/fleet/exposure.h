// Exposure: device hazards, levels, the organisation's score, and what it would be without some of the findings.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fleet/mask.h"

namespace merlon::fleet {

enum class ExposureLevel : std::uint8_t { none, low, medium, high };
std::string_view exposure_level_name(ExposureLevel);
// Rule E8: none at 0, then low below 30, medium below 70, high from 70 on.
ExposureLevel exposure_level(double score);

// Devices that count, of one group or all. Its sums are of whole numbers (and halves), so they are the same in any
// order and after any number of additions and removals.
struct Tally {
    std::int64_t hit = 0;  // weight times chance, in units of 2^-40
    double weight = 0;
    std::int64_t devices = 0;

    // `hazard` without reach (E6). `sign` -1 takes the device out again.
    void add(double device_weight, bool internet_facing, double hazard, int sign = 1);
    void add(Tally const& other, int sign = 1);
    // E7.
    double score() const;
};

struct GroupScore {
    std::uint32_t group = 0;
    double score = 0;  // 0..100
    std::uint64_t devices = 0;
    double score_before = 0;  // before exceptions
    double weight = 0;        // of its devices: scores of several groups are a mean by it
};

// Scores after exceptions, and before them.
struct Exposure {
    std::vector<double> device_hazard;  // by device number; 0 for devices that do not count
    double score = 0;                   // of the organisation, 0..100
    std::vector<GroupScore> groups;
    std::vector<double> hazard_before;  // empty where there is no exception: the same as device_hazard
    double score_before = 0;
    double weight = 0;  // of all devices that count
    Mask mask;

    double before(std::size_t device) const {
        return hazard_before.empty() ? device_hazard[device] : hazard_before[device];
    }
};

// One pass over the index (rules E5 to E7, E9). The same in whatever order devices and software are numbered.
Exposure compute_exposure(Index const&, Mask = {});
// E5 alone: the sum of each device's hazards, without reach, also of devices that do not count.
std::vector<double> device_hazards(Index const&, Mask const& = {});

// What CVEs, products and devices come to of the organisation's score after exceptions; each list sums to it, CVEs with
// `unsupported` (rule E11).
struct Parts {
    std::vector<double> cves, products, devices;  // by the numbers of the index, in points
    double unsupported = 0;                       // of software past its end of support: beside `cves`, within `products`
};
Parts break_down(Index const&, Exposure const&);

// The scores before exceptions, as if there were none.
Exposure without_exceptions(Exposure const&);

// Findings to be thought away: those of a product, with its end of support, or only those that have a fix.
struct Removal {
    std::uint32_t product = 0;
    bool fixable_only = false;
};

// What-if: the score after exceptions when these findings were gone. Exact, not an estimate: it is the score that the
// fleet would have (to 10^-9). A question about one product costs a sum over the devices that have it; about several,
// their scores anew. Keeps room for some numbers a device, so ask one object many questions.
class WhatIf {
public:
    // Both must outlive this.
    WhatIf(Index const&, Exposure const&);
    double score_without(std::span<Removal const>);

private:
    std::int64_t gain_of(Removal);
    std::int64_t gain_of_taken();
    void take(std::uint32_t software, bool fixable_only, DeviceSet const* only = nullptr);
    DeviceSet looked_at_singly(std::uint32_t product) const;
    Index const& index_;
    Exposure const& exposure_;
    double total_weight_;
    // By device: its weight times the chance of not being hit, that of devices of either reach (E6) by themselves.
    struct Spared {
        double plain = 0, facing = 0;
    };
    std::vector<Spared> spared_;
    DeviceSet extreme_;                   // devices too far gone for that
    std::vector<double> less_;            // by device
    std::vector<std::uint32_t> touched_;  // devices with something in less_
};

}  // namespace merlon::fleet
