#include "fleet/exposure.h"

namespace merlon::fleet {
namespace {

// E6. A device that can be reached from the internet is hit half again as likely.
double reach_of(bool internet_facing) { return internet_facing ? 1.5 : 1.0; }

double total_weight(Index const& index) {
    double total = 0;
    for (auto const& device : index.devices)
        if (device.counted) total += device.weight;
    return total;
}

// Calls take(device) for each of the set: taken out of the set all at once, which is several times as quick as its iterator.
template <typename Take>
void each_device(DeviceSet const& set, Take take) {
    thread_local std::vector<std::uint32_t> numbers;
    auto const count = set.cardinality();
    if (numbers.size() < count) numbers.resize(count);
    set.toUint32Array(numbers.data());
    for (std::size_t i = 0; i < count; ++i) take(numbers[i]);
}

// E5, E9. Calls add(device, hazard) for the terms that one software brings: its hazard on each device, less what is cleared
// and what exceptions take out. Terms of the same device may cancel each other.
template <typename Add>
void add_terms(Index const& index, Mask const& mask, std::uint32_t number, bool fixable_only, Add add) {
    auto const& one = index.software[number];
    auto const hazard = fixable_only ? one.fixable_hazard : one.hazard;
    if (hazard <= 0) return;
    auto const* whole = mask.product(one.product_number);
    auto const masked = [&](std::uint32_t device) { return whole && whole->contains(device); };
    auto const counts = [&](std::uint32_t cve) {
        auto const at = std::ranges::lower_bound(one.cves, cve) - one.cves.begin();
        return !fixable_only || one.fixable[static_cast<std::size_t>(at)];
    };
    if (!whole)
        each_device(one.devices, [&](std::uint32_t device) { add(device, hazard); });
    else
        each_device(one.devices - *whole, [&](std::uint32_t device) { add(device, hazard); });
    for (auto const& cleared : one.cleared)
        if (counts(cleared.cve) && !masked(cleared.device)) add(cleared.device, -index.cves[cleared.cve].hazard);
    for (auto const& [cve, devices] : mask.cves) {
        if (!std::ranges::binary_search(one.cves, cve) || !counts(cve)) continue;
        auto gone = one.devices & devices;
        for (auto const& cleared : cleared_of(index, number, cve)) gone.remove(cleared.device);
        for (auto const device : gone)
            if (!masked(device)) add(device, -index.cves[cve].hazard);
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

void Tally::add(double device_weight, bool internet_facing, double hazard, int sign) {
    hit += sign * units_of(device_weight * chance_of(hazard * reach_of(internet_facing)));
    weight += sign * device_weight;
    devices += sign;
}

// E7. The value-weighted mean of the devices' chances, in percent.
double Tally::score() const { return weight > 0 ? 100 * std::ldexp(static_cast<double>(hit), -40) / weight : 0; }

std::vector<double> device_hazards(Index const& index, Mask const& mask) {
    std::vector<double> hazards(index.devices.size());
    for (std::uint32_t number = 0; number < index.software.size(); ++number)
        add_terms(index, mask, number, false, [&](std::uint32_t device, double more) { hazards[device] += more; });
    return hazards;
}

namespace {

struct Means {
    Tally all;
    std::vector<Tally> groups;
};

// Sums up the devices that count; their hazards get their reach, the others none.
Means means_of(Index const& index, std::vector<double>& hazards) {
    Means means{{}, std::vector<Tally>(index.groups.size())};
    for (std::size_t number = 0; number < index.devices.size(); ++number) {
        auto const& device = index.devices[number];
        auto& hazard = hazards[number];
        if (device.counted)
            for (auto* tally : {&means.all, &means.groups[device.group]}) tally->add(device.weight, device.internet_facing, hazard);
        hazard = device.counted ? hazard * reach_of(device.internet_facing) : 0;
    }
    return means;
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
    for (std::uint32_t group = 0; group < index.groups.size(); ++group)
        out.groups.push_back({group, after.groups[group].score(), static_cast<std::uint64_t>(after.groups[group].devices), before.groups[group].score()});
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

// E11. A device's part is its term of the mean (E7). It is divided over the device's findings in proportion to their
// hazards; what exceptions take out has no part.
Parts break_down(Index const& index, Exposure const& exposure) {
    Parts parts{std::vector<double>(index.cves.size()), std::vector<double>(index.products.size()), std::vector<double>(index.devices.size())};
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
    for (std::uint32_t number = 0; number < index.software.size(); ++number) {
        auto const& one = index.software[number];
        if (one.hazard <= 0) continue;
        auto const* whole = exposure.mask.product(one.product_number);
        auto const here = whole ? one.devices - *whole : one.devices;
        double points = 0;
        each_device(here, [&](std::uint32_t device) { points += points_a_hazard[device]; });
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

WhatIf::WhatIf(Index const& index, Exposure const& exposure)
    : index_(index), exposure_(exposure), total_weight_(total_weight(index)), less_(index.devices.size(), 0) {}

void WhatIf::take(std::uint32_t software, bool fixable_only) {
    add_terms(index_, exposure_.mask, software, fixable_only, [&](std::uint32_t device, double more) {
        if (less_[device] == 0) touched_.push_back(device);
        less_[device] += more;
    });
}

double WhatIf::score_without(std::span<Removal const> removals) {
    std::map<std::uint32_t, bool> products;  // product -> only what has a fix; whole when any removal says so
    for (auto const& one : removals) {
        auto const [place, fresh] = products.emplace(one.product, one.fixable_only);
        if (!fresh) place->second = place->second && one.fixable_only;
    }
    touched_.clear();
    for (auto const& [product, fixable_only] : products)
        for (auto const number : index_.products[product].software) take(number, fixable_only);
    std::int64_t gain = 0;
    for (auto const number : touched_) {
        auto const less = std::exchange(less_[number], 0);
        auto const& device = index_.devices[number];
        if (!device.counted || less == 0) continue;
        auto const hazard = exposure_.device_hazard[number];
        auto const rest = std::max(0.0, hazard - less * reach_of(device.internet_facing));
        gain += units_of(device.weight * chance_of(hazard)) - units_of(device.weight * chance_of(rest));
    }
    return total_weight_ > 0 ? std::max(0.0, exposure_.score - 100 * std::ldexp(static_cast<double>(gain), -40) / total_weight_) : 0;
}

}  // namespace merlon::fleet
