#include "fleet/exposure.h"

#include <gtest/gtest.h>

#include <random>

namespace merlon::fleet {
namespace {

// A fleet made by hand: `devices` devices of weight 1, software i on the devices of sets[i] with hazards[i].
Index fleet(std::uint32_t devices, std::vector<std::vector<std::uint32_t>> const& sets,
            std::vector<double> const& hazards) {
    Index index;
    index.groups = {"all"};
    for (std::uint32_t i = 0; i < devices; ++i) {
        index.devices.push_back({"d" + std::to_string(i), 0, 1, false, true, false});
        index.counted.add(i);
    }
    for (std::uint32_t i = 0; i < sets.size(); ++i) {
        IndexedSoftware one{"v", "p" + std::to_string(i), "1", i, {}, {i}, hazards[i], {true}, hazards[i], {}, {}};
        one.devices.addMany(sets[i].size(), sets[i].data());
        index.software.push_back(std::move(one));
        index.products.push_back({"v", "p" + std::to_string(i), {i}});
        index.cves.push_back({"CVE-" + std::to_string(i), {}, hazards[i], 0, {i}});
    }
    return index;
}

TEST(Hazard, FollowsTheRules) {
    // E1, E3, E4: 0.5 * 0.001 * 0.49.
    EXPECT_NEAR(hazard_of({.cvss = 7.0, .epss = 0.001}), 0.000245, 1e-12);
    // E2: known exploited sets 0.5; 0.5 * 0.5 * 0.9604.
    EXPECT_NEAR(hazard_of({.cvss = 9.8, .epss = 0.001, .known_exploited = true}), 0.2401, 1e-12);
    // EPSS above the floor counts.
    EXPECT_NEAR(hazard_of({.cvss = 10.0, .epss = 0.9, .known_exploited = true}), 0.45, 1e-12);
    EXPECT_GT(hazard_of({}), 0);
}

TEST(Exposure, IsTheMeanChanceOfTheDevices) {
    auto const index = fleet(4, {{0, 1}, {1}}, {0.5, 1.0});
    auto const exposure = compute_exposure(index);
    // Devices: 0.5, 1.5, 0, 0.
    EXPECT_NEAR(exposure.score, 100 * (chance_of(0.5) + chance_of(1.5)) / 4, 1e-9);
    EXPECT_EQ(exposure_level(exposure.score), ExposureLevel::low);
}

TEST(Exposure, WhatIfEqualsRecomputingWithoutTheProduct) {
    std::mt19937 random(7);
    std::vector<std::vector<std::uint32_t>> sets;
    std::vector<double> hazards;
    for (int i = 0; i < 40; ++i) {
        std::vector<std::uint32_t> set;
        for (std::uint32_t device = 0; device < 500; ++device)
            if (random() % 5 == 0) set.push_back(device);
        sets.push_back(set);
        hazards.push_back(static_cast<double>(random() % 1000) / 2000);
    }
    auto const index = fleet(500, sets, hazards);
    auto const exposure = compute_exposure(index);
    WhatIf what_if(index, exposure);
    for (std::uint32_t product = 0; product < 40; ++product) {
        auto without = hazards;
        without[product] = 0;
        auto const expected = compute_exposure(fleet(500, sets, without)).score;
        std::array const alone{Removal{product, false}};
        auto const said = what_if.score_without(alone);
        EXPECT_NEAR(said, expected, 1e-9);
        // Monotone and bounded.
        EXPECT_LE(said, exposure.score + 1e-12);
        EXPECT_GE(said, 0);
    }
    EXPECT_LE(exposure.score, 100);
}

// Without CVEs too: a device that has two of them is spared both.
TEST(Exposure, WhatIfTakesAllVersionsOutOfSupport) {
    auto index = fleet(2, {{0, 1}, {0}}, {0, 0});
    index.unsupported_hazard = 0.01;
    index.products.edit(0).software = {0, 1};
    for (std::uint32_t number = 0; number < 2; ++number) {
        auto& one = index.software.edit(number);
        one.product_number = 0;
        one.cves.clear(), one.fixable.clear();
        one.ended = one.devices;
    }
    auto const exposure = compute_exposure(index);
    EXPECT_NEAR(exposure.score, 100 * (chance_of(0.02) + chance_of(0.01)) / 2, 1e-9);
    EXPECT_NEAR(WhatIf(index, exposure).score_without(std::array{Removal{0, false}}), 0, 1e-9);
}

TEST(Exposure, ClearedFindingsAndUncountedDevicesDoNotCount) {
    auto index = fleet(2, {{0, 1}}, {0.7});
    index.software.edit(0).cleared.push_back({0, 0});
    EXPECT_EQ(compute_exposure(index).device_hazard[0], 0);
    EXPECT_EQ(index.exposed_to(0).cardinality(), 1U);
    index.devices.edit(1).counted = false;
    index.counted.remove(1);
    EXPECT_EQ(compute_exposure(index).score, 0);
    EXPECT_EQ(index.exposed_to(0).cardinality(), 0U);
}

// Exceptions say the same as clearing the same findings one by one: scores, exposed devices, what-if; and the numbers
// before them do not move.
TEST(Exposure, MaskEqualsClearingEachFinding) {
    std::mt19937 random(11);
    std::vector<std::vector<std::uint32_t>> sets;
    std::vector<double> hazards;
    for (int i = 0; i < 12; ++i) {
        std::vector<std::uint32_t> set;
        for (std::uint32_t device = 0; device < 60; ++device)
            if (random() % 3 == 0) set.push_back(device);
        sets.push_back(set);
        hazards.push_back(static_cast<double>(random() % 1000 + 1) / 2000);
    }
    auto index = fleet(60, sets, hazards);
    // Software i has the CVE of software i + 1 as well, with a fix; some findings are cleared.
    for (std::uint32_t i = 0; i + 1 < 12; ++i) {
        auto& one = index.software.edit(i);
        one.cves.push_back(i + 1);
        one.hazard += hazards[i + 1];
        one.fixable = {false, true};
        one.fixable_hazard = hazards[i + 1];
        index.cves.edit(i + 1).software.push_back(i);
        one.cleared.push_back({sets[i].front(), i});
    }
    auto const before = compute_exposure(index);
    Mask mask;
    for (std::uint32_t device = 0; device < 60; ++device) {
        if (random() % 2 == 0) mask.products[2].add(device);
        if (random() % 2 == 0) mask.products[7].add(device);
        if (random() % 2 == 0) mask.cves[3].add(device);
        if (random() % 4 == 0) mask.cves[9].add(device);
    }
    auto plain = index;
    for (std::uint32_t number = 0; number < 12; ++number) {
        auto all_cleared = index.software[number].cleared;
        for (auto const device : index.software[number].devices)
            for (auto const cve : index.software[number].cves) {
                bool const product = mask.products.contains(number) && mask.products[number].contains(device);
                bool const hole = mask.cves.contains(cve) && mask.cves[cve].contains(device);
                if (product || hole) all_cleared.push_back({device, cve});
            }
        plain.set_cleared(number, std::move(all_cleared));
    }

    auto const after = compute_exposure(index, mask);
    auto const expected = compute_exposure(plain);
    EXPECT_NEAR(after.score, expected.score, 1e-9);
    EXPECT_LT(after.score, before.score);
    EXPECT_NEAR(after.score_before, before.score, 1e-12);
    EXPECT_NEAR(without_exceptions(after).score, before.score, 1e-12);
    WhatIf masked(index, after), cleared(plain, expected);
    for (std::uint32_t number = 0; number < 12; ++number) {
        EXPECT_EQ(exposed_to(index, number, mask), plain.exposed_to(number)) << number;
        EXPECT_EQ(exposed_by(index, number, mask), plain.exposed_by(number)) << number;
        for (bool const fixable_only : {false, true}) {
            std::array const removal{Removal{number, fixable_only}};
            EXPECT_NEAR(masked.score_without(removal), cleared.score_without(removal), 1e-9) << number;
        }
    }
}

}  // namespace
}  // namespace merlon::fleet
