#include "fleet/counts.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace merlon::fleet {
namespace {

// Fleets with devices that have several versions of a product, CVEs in one product and in several, devices that do not
// count, cleared findings and exceptions.
TEST(ExposedCounts, AreWhatEachCveIsAskedFor) {
    std::mt19937 random(3);
    auto const pick = [&](std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); };
    for (int round = 0; round < 30; ++round) {
        Index index;
        index.groups = {"all"};
        constexpr std::uint32_t devices = 300, products = 6, versions = 5, cves = 40;
        for (std::uint32_t i = 0; i < devices; ++i) {
            bool const counts = round % 3 == 0 || pick(10) > 0;
            index.devices.push_back({"d" + std::to_string(i), 0, 1, false, counts, false});
            if (counts) index.counted.add(i);
        }
        for (std::uint32_t cve = 0; cve < cves; ++cve)
            index.cves.push_back({"CVE-" + std::to_string(cve), {}, 0.5, 0, {}});
        for (std::uint32_t product = 0; product < products; ++product) {
            IndexedProduct made{"v", "p" + std::to_string(product), {}};
            for (std::uint32_t version = 0; version < versions; ++version)
                made.software.push_back(product * versions + version);
            index.products.push_back(made);
            for (std::uint32_t version = 0; version < versions; ++version) {
                IndexedSoftware one;
                one.product_number = product;
                std::set<std::uint32_t> has;
                for (std::uint32_t cve = 0; cve < cves; ++cve)
                    if ((cve % products == product || cve % 7 == 0) && pick(2) == 0) has.insert(cve);
                one.cves.assign(has.begin(), has.end());
                for (auto const cve : one.cves) index.cves.edit(cve).software.push_back(product * versions + version);
                index.software.push_back(one);
            }
            for (std::uint32_t device = 0; device < devices; ++device)
                for (std::uint32_t times = pick(3); times > 0; --times)
                    if (product % 2 == 0 || times == 1)
                        index.software.edit(product * versions + pick(versions)).devices.add(device);
        }
        for (std::uint32_t number = 0; number < index.software.size(); ++number) {
            std::vector<ClearedFinding> cleared;
            for (auto const cve : index.software[number].cves)
                if (pick(4) == 0)
                    for (auto const device : index.software[number].devices)
                        if (pick(5) == 0) cleared.push_back({device, cve});
            if (round % 2 == 0) index.set_cleared(number, cleared);
        }
        Mask mask;
        for (std::uint32_t device = 0; device < devices; ++device) {
            if (pick(3) == 0) mask.cves[pick(cves)].add(device);
            if (pick(9) == 0) mask.products[pick(2)].add(device);
        }
        auto const before = exposed_counts(index), after = exposed_counts(index, mask);
        for (std::uint32_t cve = 0; cve < cves; ++cve) {
            DeviceSet one_by_one;
            for (auto const number : index.cves[cve].software)
                for (auto const device : index.software[number].devices)
                    if (index.counted.contains(device) &&
                        !std::ranges::binary_search(index.software[number].cleared, std::pair(cve, device), {},
                                                    [](ClearedFinding const& c) { return std::pair(c.cve, c.device); }))
                        one_by_one.add(device);
            EXPECT_EQ(before[cve], one_by_one.cardinality());
            EXPECT_EQ(index.exposed_to(cve), one_by_one);
            EXPECT_EQ(after[cve], exposed_to(index, cve, mask).cardinality());
        }
    }
}

}  // namespace
}  // namespace merlon::fleet
