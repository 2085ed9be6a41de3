#include "fleet/exposure.h"

#include "base/parallel.h"
#include "fleet/counts.h"
#include "fleet/each_device.h"

namespace merlon::fleet {
namespace {

// E6. A device that can be reached from the internet is hit half again as likely.
constexpr double facing_reach = 1.5;
double reach_of(bool internet_facing) { return internet_facing ? facing_reach : 1.0; }

double total_weight(Index const& index) {
    double total = 0;
    for (auto const& device : index.devices)
        if (device.counted) total += device.weight;
    return total;
}

// E5, E9, E12. Calls add(device, hazard) for the terms that one software brings: its hazard on each device, less what is
// cleared and what exceptions take out, and its end of support. Terms of the same device may cancel each other. Of all
// devices, or of `only` these.
template <typename Add>
void add_terms(Index const& index, Mask const& mask, std::uint32_t number, bool fixable_only, DeviceSet const* only,
               Add add) {
    auto const& one = index.software[number];
    auto const* whole = mask.product(one.product_number);
    auto const add_to = [&](DeviceSet const& devices, double more) {
        auto const each = [&](std::uint32_t device) { add(device, more); };
        if (only) each_device(whole ? (devices & *only) - *whole : devices & *only, each);
        else if (whole) each_device(devices - *whole, each);
        else each_device(devices, each);
    };
    if (!fixable_only && index.adds_unsupported(one.ended)) add_to(one.ended, index.unsupported_hazard);
    auto const hazard = fixable_only ? one.fixable_hazard : one.hazard;
    if (hazard <= 0) return;
    auto const left_out = [&](std::uint32_t device) {
        return (whole && whole->contains(device)) || (only && !only->contains(device));
    };
    auto const counts = [&](std::uint32_t cve) {
        auto const at = std::ranges::lower_bound(one.cves, cve) - one.cves.begin();
        return !fixable_only || one.fixable[static_cast<std::size_t>(at)];
    };
    add_to(one.devices, hazard);
    for (auto const& cleared : one.cleared)
        if (counts(cleared.cve) && !left_out(cleared.device)) add(cleared.device, -index.cves[cleared.cve].hazard);
    for (auto const& [cve, devices] : mask.cves) {
        if (!std::ranges::binary_search(one.cves, cve) || !counts(cve)) continue;
        auto gone = one.devices & devices;
        for (auto const& cleared : cleared_of(index, number, cve)) gone.remove(cleared.device);
        for (auto const device : gone)
            if (!left_out(device)) add(device, -index.cves[cve].hazard);
    }
}

// Whole numbers of 2^-40.
std::int64_t units_of(double weighted_chance) { return std::llround(std::ldexp(weighted_chance, 40)); }

}  // namespace

std::string_view exposure_level_name(ExposureLevel level) {
    constexpr std::array<std::string_view, 4> names{"None", "Low", "Medium", "High"};
    return names[static_cast<std::size_t>(level)];
}

ExposureLevel exposure_level(double score) {
    if (score <= 0) return ExposureLevel::none;
    if (score < 30) return ExposureLevel::low;
    if (score < 70) return ExposureLevel::medium;
    return ExposureLevel::high;
}

void Tally::add(Tally const& other, int sign) {
    hit += sign * other.hit;
    weight += sign * other.weight;
    devices += sign * other.devices;
}

void Tally::add(double device_weight, bool internet_facing, double hazard, int sign) {
    hit += sign * units_of(device_weight * chance_of(hazard * reach_of(internet_facing)));
    weight += sign * device_weight;
    devices += sign;
}

// E7. The value-weighted mean of the devices' chances, in percent.
double Tally::score() const { return weight > 0 ? 100 * std::ldexp(static_cast<double>(hit), -40) / weight : 0; }

// Hazards are multiples of 2^-40, whose sums are exact in any order: each core sums up some of the versions.
std::vector<double> device_hazards(Index const& index, Mask const& mask) {
    constexpr std::size_t most_workers = 8, least_devices = 20'000;
    auto const workers = workers_for(index.devices.size(), least_devices, std::min(most_workers, cores()));
    std::vector<std::vector<double>> sums(workers);
    in_parallel(workers, index.software.size(), 16, [&](std::size_t worker, std::size_t number) {
        auto& hazards = sums[worker];
        if (hazards.empty()) hazards.resize(index.devices.size());
        add_terms(index, mask, static_cast<std::uint32_t>(number), false, nullptr,
                  [&](std::uint32_t device, double more) { hazards[device] += more; });
    });
    sums.front().resize(index.devices.size());
    for (std::size_t worker = 1; worker < workers; ++worker)
        for (std::size_t device = 0; device < sums[worker].size(); ++device)
            sums.front()[device] += sums[worker][device];
    return std::move(sums.front());
}

namespace {

struct Means {
    Tally all;
    std::vector<Tally> groups;
};

// Sums up the devices that count; their hazards get their reach, the others none.
Means means_of(Index const& index, std::vector<double>& hazards) {
    constexpr std::size_t slice = 16'384;
    auto const slices = (index.devices.size() + slice - 1) / slice;
    auto const workers = workers_for(slices, 2);
    std::vector<Means> sums(workers, Means{{}, std::vector<Tally>(index.groups.size())});
    in_parallel(workers, slices, 1, [&](std::size_t worker, std::size_t at) {
        for (auto number = at * slice; number < std::min((at + 1) * slice, index.devices.size()); ++number) {
            auto const& device = index.devices[number];
            auto& hazard = hazards[number];
            Tally one;
            if (device.counted) one.add(device.weight, device.internet_facing, hazard);
            sums[worker].all.add(one);
            sums[worker].groups[device.group].add(one);
            hazard = device.counted ? hazard * reach_of(device.internet_facing) : 0;
        }
    });
    for (std::size_t worker = 1; worker < workers; ++worker) {
        sums.front().all.add(sums[worker].all);
        for (std::size_t group = 0; group < index.groups.size(); ++group)
            sums.front().groups[group].add(sums[worker].groups[group]);
    }
    return std::move(sums.front());
}

}  // namespace

Exposure compute_exposure(Index const& index, Mask mask) {
    Exposure out;
    out.device_hazard = device_hazards(index, mask);
    auto const after = means_of(index, out.device_hazard);
    auto before = after;
    if (!mask.empty()) {
        out.hazard_before = device_hazards(index);
        before = means_of(index, out.hazard_before);
    }
    out.score = after.all.score();
    out.score_before = before.all.score();
    out.weight = after.all.weight;
    for (std::uint32_t group = 0; group < index.groups.size(); ++group) {
        auto const& tally = after.groups[group];
        out.groups.push_back({group, tally.score(), static_cast<std::uint64_t>(tally.devices),
                              before.groups[group].score(), tally.weight});
    }
    out.mask = std::move(mask);
    return out;
}

Exposure without_exceptions(Exposure const& exposure) {
    auto out = exposure;
    if (!exposure.hazard_before.empty()) out.device_hazard = exposure.hazard_before;
    out.score = exposure.score_before;
    for (auto& group : out.groups) group.score = group.score_before;
    out.hazard_before.clear();
    out.mask = {};
    return out;
}

// E11. A device's part is its term of the mean (E7). It is divided over the device's findings, and its software out of
// support, in proportion to their hazards; what exceptions take out has no part.
Parts break_down(Index const& index, Exposure const& exposure) {
    Parts parts{std::vector<double>(index.cves.size()), std::vector<double>(index.products.size()),
                std::vector<double>(index.devices.size()), 0};
    auto const weight = total_weight(index);
    if (weight <= 0) return parts;
    std::vector<double> points_a_hazard(index.devices.size());
    for (std::size_t number = 0; number < index.devices.size(); ++number) {
        auto const& device = index.devices[number];
        auto const hazard = exposure.device_hazard[number];
        if (!device.counted || hazard <= 0) continue;
        parts.devices[number] = 100 * device.weight * chance_of(hazard) / weight;
        points_a_hazard[number] = parts.devices[number] / hazard * reach_of(device.internet_facing);
    }
    auto const not_excepted = [&](IndexedSoftware const& one, DeviceSet const& devices) {
        auto const* whole = exposure.mask.product(one.product_number);
        return whole ? devices - *whole : devices;
    };
    // The sum of a version is made by one core, in the order of its devices; the sums are given out in the order of
    // versions.
    std::vector<double> points_of(index.software.size()), points_of_ended(index.software.size());
    in_parallel(workers_for(index.devices.size(), 20'000), index.software.size(), 16,
                [&](std::size_t, std::size_t number) {
                    auto const& one = index.software[number];
                    auto const sum = [&](DeviceSet const& devices, double& points) {
                        each_device(not_excepted(one, devices),
                                    [&](std::uint32_t device) { points += points_a_hazard[device]; });
                    };
                    if (one.hazard > 0) sum(one.devices, points_of[number]);
                    if (index.adds_unsupported(one.ended)) sum(one.ended, points_of_ended[number]);
                });
    for (std::uint32_t number = 0; number < index.software.size(); ++number) {
        auto const& one = index.software[number];
        auto const of_ended = points_of_ended[number] * index.unsupported_hazard;
        parts.unsupported += of_ended;
        parts.products[one.product_number] += of_ended;
        if (one.hazard <= 0) continue;
        auto const here = not_excepted(one, one.devices);
        auto const points = points_of[number];
        auto const give = [&](std::uint32_t cve, double more) {
            parts.cves[cve] += more * index.cves[cve].hazard;
            parts.products[one.product_number] += more * index.cves[cve].hazard;
        };
        for (auto const cve : one.cves) give(cve, points);
        for (auto const& cleared : one.cleared)
            if (here.contains(cleared.device)) give(cleared.cve, -points_a_hazard[cleared.device]);
        for (auto const& [cve, devices] : exposure.mask.cves) {
            if (!std::ranges::binary_search(one.cves, cve)) continue;
            auto gone = here & devices;
            for (auto const& cleared : cleared_of(index, number, cve)) gone.remove(cleared.device);
            for (auto const device : gone) give(cve, -points_a_hazard[device]);
        }
    }
    return parts;
}

// What a version's findings with hazard x add to a device's chance is exp(-hazard) (exp(x) - 1). So the devices that
// have one version of a product, nothing cleared and nothing taken out there, are asked for by the sum of their
// exp(-hazard).
WhatIf::WhatIf(Index const& index, Exposure const& exposure)
    : index_(index),
      exposure_(exposure),
      total_weight_(total_weight(index)),
      spared_(index.devices.size()),
      less_(index.devices.size(), 0) {
    constexpr double most_hazard = 500;  // beyond, exp() leaves the numbers there are
    for (std::uint32_t number = 0; number < index.devices.size(); ++number) {
        auto const& device = index.devices[number];
        auto const hazard = exposure.device_hazard[number];
        if (!device.counted || hazard <= 0) continue;
        if (hazard > most_hazard) extreme_.add(number);
        else
            (device.internet_facing ? spared_[number].facing : spared_[number].plain) =
                device.weight * std::exp(-hazard);
    }
}

void WhatIf::take(std::uint32_t software, bool fixable_only, DeviceSet const* only) {
    add_terms(index_, exposure_.mask, software, fixable_only, only, [&](std::uint32_t device, double more) {
        if (less_[device] == 0) touched_.push_back(device);
        less_[device] += more;
    });
}

DeviceSet WhatIf::looked_at_singly(std::uint32_t product) const {
    auto singly = with_several_versions(index_, product);
    singly |= extreme_;
    for (auto const number : index_.products[product].software) {
        auto const& one = index_.software[number];
        for (auto const& cleared : one.cleared) singly.add(cleared.device);
        for (auto const& [cve, devices] : exposure_.mask.cves)
            if (std::ranges::binary_search(one.cves, cve)) singly |= one.devices & devices;
    }
    return singly;
}

std::int64_t WhatIf::gain_of(Removal removal) {
    auto const singly = looked_at_singly(removal.product);
    auto const* whole = exposure_.mask.product(removal.product);
    double gain = 0;
    for (auto const number : index_.products[removal.product].software) {
        auto const& one = index_.software[number];
        bool const ended = !removal.fixable_only && index_.adds_unsupported(one.ended);
        auto const less = removal.fixable_only ? one.fixable_hazard : one.hazard;
        if (less <= 0 && !ended) continue;
        bool const all = singly.isEmpty() && !whole;
        auto const gain_on = [&](DeviceSet const& devices, double taken) {
            Spared sum;
            auto const add = [&](std::uint32_t device) {
                sum.plain += spared_[device].plain;
                sum.facing += spared_[device].facing;
            };
            if (all) {
                each_device(devices, add);
            } else {
                auto here = devices - singly;
                if (whole) here -= *whole;
                each_device(here, add);
            }
            if (sum.plain > 0) gain += sum.plain * std::expm1(taken);
            if (sum.facing > 0) gain += sum.facing * std::expm1(taken * facing_reach);
        };
        if (!ended) {
            gain_on(one.devices, less);
        } else {
            gain_on(one.ended, less + index_.unsupported_hazard);
            if (less > 0) gain_on(one.devices - one.ended, less);
        }
        if (!all) take(number, removal.fixable_only, &singly);
    }
    return units_of(gain) + gain_of_taken();
}

std::int64_t WhatIf::gain_of_taken() {
    std::int64_t gain = 0;
    for (auto const number : touched_) {
        auto const less = std::exchange(less_[number], 0);
        auto const& device = index_.devices[number];
        if (!device.counted || less == 0) continue;
        auto const hazard = exposure_.device_hazard[number];
        auto const rest = std::max(0.0, hazard - less * reach_of(device.internet_facing));
        gain += units_of(device.weight * chance_of(hazard)) - units_of(device.weight * chance_of(rest));
    }
    touched_.clear();
    return gain;
}

double WhatIf::score_without(std::span<Removal const> removals) {
    std::map<std::uint32_t, bool> products;  // product -> only what has a fix; whole when any removal says so
    for (auto const& one : removals) {
        auto const [place, fresh] = products.emplace(one.product, one.fixable_only);
        if (!fresh) place->second = place->second && one.fixable_only;
    }
    std::int64_t gain = 0;
    if (products.size() == 1) {
        gain = gain_of({products.begin()->first, products.begin()->second});
    } else {
        for (auto const& [product, fixable_only] : products)
            for (auto const number : index_.products[product].software) take(number, fixable_only);
        gain = gain_of_taken();
    }
    return total_weight_ > 0
               ? std::max(0.0, exposure_.score - 100 * std::ldexp(static_cast<double>(gain), -40) / total_weight_)
               : 0;
}

}  // namespace merlon::fleet
