#include "fleet/exposure.h"

namespace merlon::fleet {
namespace {

// E6. A device that can be reached from the internet is hit half again as likely.
double reach_of(IndexedDevice const& device) { return device.internet_facing ? 1.5 : 1.0; }

double total_weight(Index const& index) {
    double total = 0;
    for (auto const& device : index.devices)
        if (device.counted) total += device.weight;
    return total;
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
        for (auto const device : one.devices) add(device, hazard);
    else
        for (auto const device : one.devices - *whole) add(device, hazard);
    for (auto const& cleared : index.cleared_of(number))
        if (counts(cleared.cve) && !masked(cleared.device)) add(cleared.device, -index.cves[cleared.cve].hazard);
    for (auto const& [cve, devices] : mask.cves) {
        if (!std::ranges::binary_search(one.cves, cve) || !counts(cve)) continue;
        auto gone = one.devices & devices;
        for (auto const& cleared : cleared_of(index, number, cve)) gone.remove(cleared.device);
        for (auto const device : gone)
            if (!masked(device)) add(device, -index.cves[cve].hazard);
    }
}

// Sums of the same terms in another order may leave a rest of rounding where nothing is left.
double without_rounding(double hazard) { return hazard < 1e-12 ? 0 : hazard; }

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

namespace {

// The hazards of all devices under a mask.
std::vector<double> hazards_of(Index const& index, Mask const& mask) {
    std::vector<double> all(index.devices.size(), 0);
    for (std::uint32_t number = 0; number < index.software.size(); ++number)
        add_terms(index, mask, number, false, [&](std::uint32_t device, double more) { all[device] += more; });
    for (std::size_t number = 0; number < all.size(); ++number) {
        auto const& device = index.devices[number];
        all[number] = device.counted ? without_rounding(all[number]) * reach_of(device) : 0;
    }
    return all;
}

struct Means {
    double all = 0;
    std::vector<double> groups;
};

// E7. The organisation's score is the value-weighted mean of the devices' chances, in percent; so is each group's.
Means means_of(Index const& index, std::vector<double> const& hazards) {
    double hit = 0, all = 0;
    std::vector<double> group_hit(index.groups.size()), group_all(index.groups.size());
    for (std::size_t number = 0; number < index.devices.size(); ++number) {
        auto const& device = index.devices[number];
        if (!device.counted) continue;
        auto const weighted = device.weight * chance_of(hazards[number]);
        hit += weighted;
        all += device.weight;
        group_hit[device.group] += weighted;
        group_all[device.group] += device.weight;
    }
    Means means{all > 0 ? 100 * hit / all : 0, {}};
    for (std::size_t group = 0; group < index.groups.size(); ++group)
        means.groups.push_back(group_all[group] > 0 ? 100 * group_hit[group] / group_all[group] : 0);
    return means;
}

}  // namespace

Exposure compute_exposure(Index const& index, Mask mask) {
    Exposure out;
    out.device_hazard = hazards_of(index, mask);
    auto const after = means_of(index, out.device_hazard);
    auto before = after;
    if (!mask.empty()) {
        out.hazard_before = hazards_of(index, {});
        before = means_of(index, out.hazard_before);
    }
    out.score = after.all;
    out.score_before = before.all;
    std::vector<std::uint64_t> devices(index.groups.size());
    for (auto const& device : index.devices)
        if (device.counted) ++devices[device.group];
    for (std::uint32_t group = 0; group < index.groups.size(); ++group)
        out.groups.push_back({group, after.groups[group], devices[group], before.groups[group]});
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
    double gain = 0;
    for (auto const number : touched_) {
        auto const hazard = std::exchange(less_[number], 0);
        auto const& device = index_.devices[number];
        if (!device.counted || hazard == 0) continue;
        auto const rest = without_rounding(exposure_.device_hazard[number] - hazard * reach_of(device));
        gain += device.weight * (chance_of(exposure_.device_hazard[number]) - chance_of(rest));
    }
    return total_weight_ > 0 ? std::max(0.0, exposure_.score - 100 * gain / total_weight_) : 0;
}

}  // namespace merlon::fleet
