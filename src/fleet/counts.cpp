#include "fleet/counts.h"

#include <algorithm>

namespace merlon::fleet {
namespace {

// A device mostly has one version of a product. So the devices of the versions of a product are counted once each, and
// a CVE in one product exposes their sum; only devices with several versions of the product are looked at one by one.
struct Counted {
    std::uint64_t alone = 0;  // devices with no other version of the product
    DeviceSet several;        // those with another one too
};

class Counting {
public:
    Counting(Index const& index, Mask const& mask) : index_(index), mask_(mask), versions_(index.software.size()) {
        for (std::uint32_t product = 0; product < index.products.size(); ++product) look_at(product);
    }

    std::vector<std::uint64_t> run() {
        std::vector<std::uint64_t> out(index_.cves.size());
        for (std::uint32_t cve = 0; cve < out.size(); ++cve) out[cve] = of(cve);
        return out;
    }

private:
    void look_at(std::uint32_t product) {
        bool const all_counted = index_.counted.cardinality() == index_.devices.size();
        auto const several = with_several_versions(index_, product) & index_.counted;
        for (auto const number : index_.products[product].software) {
            auto const& devices = index_.software[number].devices;
            if (index_.software[number].cves.empty() || devices.isEmpty()) continue;
            auto& counted = versions_[number];
            counted.alone = all_counted ? devices.cardinality() : devices.and_cardinality(index_.counted);
            if (several.isEmpty()) continue;
            counted.several = devices & several;
            counted.alone -= counted.several.cardinality();
        }
    }

    std::uint64_t of(std::uint32_t cve) {
        auto const& numbers = index_.cves[cve].software;
        bool one_product = true, masked = mask_.cve(cve) != nullptr;
        for (auto const number : numbers) {
            auto const product = index_.software[number].product_number;
            one_product = one_product && product == index_.software[numbers.front()].product_number;
            masked = masked || mask_.product(product);
        }
        if (masked) return exposed_to(index_, cve, mask_).cardinality();
        if (!one_product) return of_several_products(cve);
        std::uint64_t sum = 0;
        DeviceSet several;
        for (auto const number : numbers) {
            auto const& counted = versions_[number];
            sum += counted.alone;
            auto const cleared = cleared_of(index_, number, cve);
            if (cleared.empty()) {
                if (!counted.several.isEmpty()) several |= counted.several;
                continue;
            }
            auto rest = counted.several;
            for (auto const& one : cleared) {
                if (!index_.counted.contains(one.device)) continue;
                if (rest.contains(one.device)) rest.remove(one.device);
                else --sum;
            }
            several |= rest;
        }
        return sum + several.cardinality();
    }

    // CVEs of a library often come in crowds that speak of the same versions: one union for all of them.
    std::uint64_t of_several_products(std::uint32_t cve) {
        auto numbers = index_.cves[cve].software;
        bool const cleared =
            std::ranges::any_of(numbers, [&](auto number) { return !cleared_of(index_, number, cve).empty(); });
        if (cleared) return index_.exposed_to(cve).cardinality();
        std::ranges::sort(numbers);
        auto const [found, fresh] = crowds_.try_emplace(std::move(numbers), 0);
        if (fresh) found->second = index_.exposed_to(cve).cardinality();
        return found->second;
    }

    Index const& index_;
    Mask const& mask_;
    std::vector<Counted> versions_;
    std::map<std::vector<std::uint32_t>, std::uint64_t> crowds_;
};

}  // namespace

DeviceSet with_several_versions(Index const& index, std::uint32_t product) {
    std::vector<DeviceSet const*> sets;
    std::uint64_t sum = 0;
    for (auto const number : index.products[product].software) {
        auto const& one = index.software[number];
        auto const& devices = one.cves.empty() ? one.ended : one.devices;
        if (devices.isEmpty()) continue;
        sets.push_back(&devices);
        sum += devices.cardinality();
    }
    DeviceSet several;
    if (DeviceSet::fastunion(sets.size(), sets.data()).cardinality() == sum) return several;
    DeviceSet seen;
    for (auto const* set : sets) {
        several |= seen & *set;
        seen |= *set;
    }
    return several;
}

std::vector<std::uint64_t> exposed_counts(Index const& index, Mask const& mask) { return Counting(index, mask).run(); }

}  // namespace merlon::fleet
