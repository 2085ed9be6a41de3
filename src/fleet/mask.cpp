#include "fleet/mask.h"

namespace merlon::fleet {
namespace {

DeviceSet const* find(std::map<std::uint32_t, DeviceSet> const& sets, std::uint32_t number) {
    auto const found = sets.find(number);
    return found == sets.end() ? nullptr : &found->second;
}

}  // namespace

DeviceSet const* Mask::product(std::uint32_t number) const { return find(products, number); }
DeviceSet const* Mask::cve(std::uint32_t number) const { return find(cves, number); }

DeviceSet still_exposed(IndexedSoftware const& one, Mask const& mask) {
    auto gone = one.devices;
    for (auto const cve : one.cves) {
        DeviceSet here;
        if (auto const* masked = mask.cve(cve)) here = one.devices & *masked;
        for (auto const& cleared : cleared_of(one, cve)) here.add(cleared.device);
        gone &= here;
        if (gone.isEmpty()) return one.devices;
    }
    return one.devices - gone;
}

std::span<ClearedFinding const> cleared_of(IndexedSoftware const& one, std::uint32_t cve) {
    auto const range = std::ranges::equal_range(one.cleared, cve, {}, &ClearedFinding::cve);
    return {range.begin(), range.end()};
}
std::span<ClearedFinding const> cleared_of(Index const& index, std::uint32_t software, std::uint32_t cve) {
    return cleared_of(index.software[software], cve);
}

DeviceSet exposed_to(Index const& index, std::uint32_t cve, Mask const& mask) {
    if (mask.empty()) return index.exposed_to(cve);
    DeviceSet all;
    for (auto const number : index.cves[cve].software) {
        auto const& one = index.software[number];
        auto rest = one.devices;
        for (auto const& cleared : cleared_of(index, number, cve)) rest.remove(cleared.device);
        if (auto const* masked = mask.product(one.product_number)) rest -= *masked;
        all |= rest;
    }
    if (auto const* masked = mask.cve(cve)) all -= *masked;
    return all & index.counted;
}

DeviceSet exposed_by(Index const& index, std::uint32_t product, Mask const& mask) {
    DeviceSet all;
    if (mask.cves.empty()) all = index.exposed_by(product);
    else
        for (auto const number : index.products[product].software)
            all |= still_exposed(index.software[number], mask);
    if (auto const* masked = mask.product(product)) all -= *masked;
    return all & index.counted;
}

}  // namespace merlon::fleet
