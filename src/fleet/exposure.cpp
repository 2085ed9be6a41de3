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
    for (auto const& one : index.software) {
        if (one.hazard <= 0) continue;
        for (auto const device : one.devices) out.device_hazard[device] += one.hazard;
    }
    for (auto const& cleared : index.cleared) out.device_hazard[cleared.device] -= index.cves[cleared.cve].hazard;
    double hit = 0, all = 0;
    std::vector<double> group_hit(index.groups.size()), group_all(index.groups.size());
    std::vector<std::uint64_t> group_devices(index.groups.size());
    for (std::size_t number = 0; number < index.devices.size(); ++number) {
        auto const& device = index.devices[number];
        auto& hazard = out.device_hazard[number];
        // Sums of the same terms in another order may leave a rest of rounding where nothing is left.
        hazard = !device.counted || hazard < 1e-12 ? 0 : hazard * reach_of(device);
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

double score_without(Index const& index, Exposure const& exposure, std::span<std::uint32_t const> without) {
    std::unordered_map<std::uint32_t, double> less;
    for (auto const product : without)
        for (auto const number : index.products[product].software) {
            auto const& one = index.software[number];
            if (one.hazard <= 0) continue;
            for (auto const device : one.devices) less[device] += one.hazard;
        }
    if (less.empty()) return exposure.score;
    for (auto const& cleared : index.cleared) {
        auto const product = index.software[cleared.software].product_number;
        if (std::find(without.begin(), without.end(), product) != without.end())
            less[cleared.device] -= index.cves[cleared.cve].hazard;
    }
    double gain = 0;
    for (auto const& [number, hazard] : less) {
        auto const& device = index.devices[number];
        if (!device.counted) continue;
        auto const rest = std::max(0.0, exposure.device_hazard[number] - hazard * reach_of(device));
        gain += device.weight * (chance_of(exposure.device_hazard[number]) - chance_of(rest));
    }
    return std::max(0.0, exposure.score - 100 * gain / total_weight(index));
}

}  // namespace merlon::fleet
