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

// E5. Calls add(device, hazard) for the terms that one software brings: its hazard on each device, less what is cleared.
template <typename Add>
void add_terms(Index const& index, std::uint32_t number, bool fixable_only, Add add) {
    auto const& one = index.software[number];
    auto const hazard = fixable_only ? one.fixable_hazard : one.hazard;
    if (hazard <= 0) return;
    for (auto const device : one.devices) add(device, hazard);
    for (auto const& cleared : index.cleared_of(number)) {
        auto const at = std::ranges::lower_bound(one.cves, cleared.cve) - one.cves.begin();
        if (fixable_only && !one.fixable[static_cast<std::size_t>(at)]) continue;
        add(cleared.device, -index.cves[cleared.cve].hazard);
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

Exposure compute_exposure(Index const& index) {
    Exposure out;
    out.device_hazard.assign(index.devices.size(), 0);
    for (std::uint32_t number = 0; number < index.software.size(); ++number)
        add_terms(index, number, false, [&](std::uint32_t device, double more) { out.device_hazard[device] += more; });
    double hit = 0, all = 0;
    std::vector<double> group_hit(index.groups.size()), group_all(index.groups.size());
    std::vector<std::uint64_t> group_devices(index.groups.size());
    for (std::size_t number = 0; number < index.devices.size(); ++number) {
        auto const& device = index.devices[number];
        auto& hazard = out.device_hazard[number];
        hazard = device.counted ? without_rounding(hazard) * reach_of(device) : 0;
        if (!device.counted) continue;
        auto const weighted = device.weight * chance_of(hazard);
        hit += weighted;
        all += device.weight;
        group_hit[device.group] += weighted;
        group_all[device.group] += device.weight;
        ++group_devices[device.group];
    }
    // E7. The organisation's score is the value-weighted mean of the devices' chances, in percent.
    out.score = all > 0 ? 100 * hit / all : 0;
    for (std::uint32_t group = 0; group < index.groups.size(); ++group)
        out.groups.push_back({group, group_all[group] > 0 ? 100 * group_hit[group] / group_all[group] : 0, group_devices[group]});
    return out;
}

WhatIf::WhatIf(Index const& index, Exposure const& exposure)
    : index_(index), exposure_(exposure), total_weight_(total_weight(index)), less_(index.devices.size(), 0) {}

void WhatIf::take(std::uint32_t software, bool fixable_only) {
    add_terms(index_, software, fixable_only, [&](std::uint32_t device, double more) {
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
