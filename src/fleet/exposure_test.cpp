#include "fleet/exposure.h"

#include <gtest/gtest.h>

#include <random>

namespace merlon::fleet {
namespace {

// A fleet made by hand: `devices` devices of weight 1, software i on the devices of sets[i] with hazards[i].
Index fleet(std::uint32_t devices, std::vector<std::vector<std::uint32_t>> const& sets, std::vector<double> const& hazards) {
    Index index;
    index.groups = {"all"};
    for (std::uint32_t i = 0; i < devices; ++i) {
        index.devices.push_back({"d" + std::to_string(i), 0, 1, false, true});
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
    EXPECT_DOUBLE_EQ(hazard_of({.cvss = 7.0, .epss = 0.001}), 0.000245);
    // E2: known exploited sets 0.5; 0.5 * 0.5 * 0.9604.
    EXPECT_DOUBLE_EQ(hazard_of({.cvss = 9.8, .epss = 0.001, .known_exploited = true}), 0.2401);
    // EPSS above the floor counts.
    EXPECT_DOUBLE_EQ(hazard_of({.cvss = 10.0, .epss = 0.9, .known_exploited = true}), 0.45);
    EXPECT_GT(hazard_of({}), 0);
}

TEST(Exposure, IsTheMeanChanceOfTheDevices) {
    auto const index = fleet(4, {{0, 1}, {1}}, {0.5, 1.0});
    auto const exposure = compute_exposure(index);
    // Devices: 0.5, 1.5, 0, 0.
    EXPECT_DOUBLE_EQ(exposure.score, 100 * (chance_of(0.5) + chance_of(1.5)) / 4);
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

TEST(Exposure, ClearedFindingsAndUncountedDevicesDoNotCount) {
    auto index = fleet(2, {{0, 1}}, {0.7});
    index.cleared.push_back({0, 0, 0});
    EXPECT_EQ(compute_exposure(index).device_hazard[0], 0);
    EXPECT_EQ(index.exposed_to(0).cardinality(), 1U);
    index.devices[1].counted = false;
    index.counted.remove(1);
    EXPECT_EQ(compute_exposure(index).score, 0);
    EXPECT_EQ(index.exposed_to(0).cardinality(), 0U);
}

}  // namespace
}  // namespace merlon::fleet
