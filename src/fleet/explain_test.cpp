#include "fleet/explain.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace merlon::fleet {
namespace {

// A fleet in plain words, to be changed at random and made into an index.
struct Plain {
    struct Device {
        bool there = true, excluded = false, silent = false, facing = false;
        int group = 0;
        float weight = 1;
        std::map<int, int> version;                   // product -> version
        std::set<std::tuple<int, int, int>> cleared;  // product, version, CVE
    };
    std::map<int, Device> devices;
    std::map<int, CveFacts> cves;
    std::set<std::tuple<int, int, int>> findings;  // product, version, CVE
    std::set<std::pair<int, int>> ended;           // product, version

    Index index() const {
        Index out;
        out.unsupported_hazard = hazard_of_unsupported();
        out.groups = {"a", "b", "c"};
        out.in_group.resize(3);
        std::map<int, std::uint32_t> device_numbers, cve_numbers;
        for (auto const& [id, device] : devices) {
            if (!device.there) continue;
            auto const number = static_cast<std::uint32_t>(out.devices.size());
            device_numbers[id] = number;
            bool const counted = !device.excluded && !device.silent;
            out.devices.push_back({std::to_string(id), static_cast<std::uint32_t>(device.group), device.weight,
                                   device.facing, counted, device.excluded});
            if (counted) out.counted.add(number);
            out.in_group[static_cast<std::size_t>(device.group)].add(number);
        }
        for (auto const& [product, version, cve] : findings)
            if (cve_numbers.emplace(cve, out.cves.size()).second)
                out.cves.push_back({std::to_string(cve), cves.at(cve), hazard_of(cves.at(cve)), 0, {}});
        std::map<std::pair<int, int>, std::uint32_t> versions;
        std::map<int, std::uint32_t> products;
        for (auto const& [id, number] : device_numbers)
            for (auto const& [product, version] : devices.at(id).version) {
                auto const [place, fresh] = versions.emplace(std::pair(product, version), out.software.size());
                if (fresh) add_software(out, product, version, products, cve_numbers);
                auto& one = out.software.edit(place->second);
                one.devices.add(number);
                if (ended.contains({product, version})) one.ended.add(number);
            }
        std::map<std::uint32_t, std::vector<ClearedFinding>> cleared;
        for (auto const& [id, number] : device_numbers)
            for (auto const& [product, version, cve] : devices.at(id).cleared)
                if (auto const place = versions.find({product, version});
                    place != versions.end() && findings.contains({product, version, cve}) &&
                    out.software[place->second].devices.contains(number))
                    cleared[place->second].push_back({number, cve_numbers.at(cve)});
        for (auto& [place, list] : cleared) out.set_cleared(place, std::move(list));
        return out;
    }
    void add_software(Index& out, int product, int version, std::map<int, std::uint32_t>& products,
                      std::map<int, std::uint32_t> const& cve_numbers) const {
        auto const [place, fresh] = products.emplace(product, out.products.size());
        auto const number = static_cast<std::uint32_t>(out.software.size());
        if (fresh) out.products.push_back({"v", std::to_string(product), {}});
        out.products.edit(place->second).software.push_back(number);
        IndexedSoftware one{"v", std::to_string(product), std::to_string(version), place->second, {}, {}, 0, {}, 0, {},
                            {}};
        for (auto at = findings.lower_bound({product, version, 0});
             at != findings.end() && std::get<0>(*at) == product && std::get<1>(*at) == version; ++at)
            one.cves.push_back(cve_numbers.at(std::get<2>(*at)));
        std::ranges::sort(one.cves);
        for (auto const cve : one.cves) {
            one.hazard += out.cves[cve].hazard;
            one.fixable.push_back(true);
            out.cves.edit(cve).software.push_back(number);
        }
        one.fixable_hazard = one.hazard;
        out.software.push_back(std::move(one));
    }

    // One random change of any kind.
    void change(std::mt19937& random) {
        auto const pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
        auto& device = devices[pick(60)];
        int const product = pick(12), version = pick(4), cve = pick(40);
        switch (pick(15)) {
        case 0:
            device.there = !device.there;
            break;
        case 1:
            device.excluded = !device.excluded;
            break;
        case 2:
            device.silent = !device.silent;
            break;
        case 3:
            device.facing = !device.facing;
            break;
        case 4:
            device.group = pick(3);
            break;
        case 5:
            device.weight = std::array{0.5F, 1.0F, 2.0F}[static_cast<std::size_t>(pick(3))];
            break;
        case 6:
            device.version.erase(product);
            break;
        case 7:
        case 8:
            device.version[product] = version;
            break;
        case 9:
        case 10:
            cves.try_emplace(cve, CveFacts{.cvss = 5.0 + pick(6), .epss = pick(100) / 100.0});
            findings.emplace(product, version, cve);
            break;
        case 11:
            findings.erase({product, version, cve});
            break;
        case 12:
            if (auto const found = cves.find(cve); found != cves.end()) {
                found->second.known_exploited = pick(2) == 0;
                if (pick(2) == 0) found->second.epss = pick(100) / 100.0;
            }
            break;
        case 13:
            if (!ended.erase({product, version})) ended.emplace(product, version);
            break;
        default:
            device.cleared.emplace(product, version, cve);
        }
    }
};

double sum(ScoreChange const& change) {
    double all = 0;
    for (auto const part : change.parts) all += part;
    return all;
}
double part(ScoreChange const& change, Cause cause) { return change.parts[static_cast<std::size_t>(cause)]; }

TEST(Explain, PartsSumToTheDifferenceWhateverHappens) {
    std::mt19937 random(11);
    Plain plain;
    for (int i = 0; i < 600; ++i) plain.change(random);
    for (int round = 0; round < 300; ++round) {
        auto const before = plain.index();
        for (int i = 0, many = 1 + static_cast<int>(random() % 12); i < many; ++i) plain.change(random);
        auto const after = plain.index();
        auto const old_exposure = compute_exposure(before), new_exposure = compute_exposure(after);
        auto const changes = explain_change(before, after);
        ASSERT_EQ(changes.front().group, "*");
        // The steps end where computing anew ends, to the last bit.
        EXPECT_EQ(changes.front().before, old_exposure.score);
        EXPECT_EQ(changes.front().after, new_exposure.score);
        for (std::size_t i = 0; i < changes.size(); ++i) {
            EXPECT_NEAR(sum(changes[i]), changes[i].after - changes[i].before, 1e-9);
            for (auto const& group : new_exposure.groups)
                if (after.groups[group.group] == changes[i].group) {
                    EXPECT_EQ(changes[i].after, group.score);
                }
        }
        // E11: the parts sum to the score.
        auto const parts = break_down(after, new_exposure);
        for (auto const* list : {&parts.cves, &parts.products, &parts.devices}) {
            double all = list == &parts.cves ? parts.unsupported : 0;
            for (auto const one : *list) all += one;
            EXPECT_NEAR(all, new_exposure.score, 1e-8);
        }
    }
}

// Two devices of weight 1, editor 1 on both; CVE 1 has CVSS 10, EPSS 0.2: hazard 0.1.
struct Each : testing::Test {
    Plain plain;
    void SetUp() override {
        plain.cves[1] = {.cvss = 10.0, .epss = 0.2};
        plain.cves[2] = {.cvss = 10.0, .epss = 0.4};
        plain.devices[0].version[1] = 1;
        plain.devices[1].version[1] = 1;
        plain.findings.emplace(1, 1, 1);
    }
    ScoreChange after(auto change) {
        auto const before = plain.index();
        change();
        return explain_change(before, plain.index()).front();
    }
    static double points(double hazard) { return 100 * chance_of(hazard); }
};

TEST_F(Each, CauseIsNamed) {
    EXPECT_NEAR(part(after([&] { plain.findings.emplace(1, 1, 2); }), Cause::new_vulnerability),
                points(0.3) - points(0.1), 1e-9);
    EXPECT_NEAR(part(after([&] { plain.cves[2].known_exploited = true; }), Cause::exploit_known),
                points(0.35) - points(0.3), 1e-9);
    EXPECT_NEAR(part(after([&] { plain.cves[1].epss = 0.4; }), Cause::rating_changed), points(0.45) - points(0.35),
                1e-9);
    EXPECT_NEAR(part(after([&] {
                         plain.findings.erase({1, 1, 2});
                     }),
                     Cause::vulnerability_withdrawn),
                points(0.2) - points(0.45), 1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[0].cleared.emplace(1, 1, 1); }), Cause::fix_installed), -points(0.2) / 2,
                1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[0].cleared.clear(); }), Cause::fix_lost), points(0.2) / 2, 1e-9);
    EXPECT_NEAR(part(after([&] { plain.ended.emplace(1, 1); }), Cause::support_ended), points(0.21) - points(0.2), 1e-9);
    EXPECT_NEAR(part(after([&] { plain.ended.erase({1, 1}); }), Cause::support_extended), points(0.2) - points(0.21), 1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[0].version[1] = 2; }), Cause::software_updated), -points(0.2) / 2, 1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[1].version.erase(1); }), Cause::software_removed), -points(0.2) / 2,
                1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[1].version[1] = 1; }), Cause::software_installed), points(0.2) / 2,
                1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[1].facing = true; }), Cause::reach_changed),
                (points(0.3) - points(0.2)) / 2, 1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[1].weight = 2; }), Cause::value_changed), points(0.3) * (2.0 / 3 - 0.5),
                1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[1].silent = true; }), Cause::device_silent), -points(0.3) * 2 / 3, 1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[1].silent = false; }), Cause::device_returned), points(0.3) * 2 / 3,
                1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[0].excluded = true; }), Cause::device_excluded), points(0.3) / 3, 1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices[2].version[1] = 2; }), Cause::device_new), -points(0.3) / 3, 1e-9);
    EXPECT_NEAR(part(after([&] { plain.devices.erase(2); }), Cause::device_removed), points(0.3) / 3, 1e-9);
}

// What was cleared all along is no cause, nor is a new CVE for a device that is born without it.
TEST_F(Each, ClearedFindingsDoNotReturnByThemselves) {
    plain.devices[0].cleared.emplace(1, 1, 2);
    auto const change = after([&] { plain.findings.emplace(1, 1, 2); });
    EXPECT_NEAR(part(change, Cause::new_vulnerability), (points(0.3) - points(0.1)) / 2, 1e-9);
    EXPECT_EQ(part(change, Cause::fix_installed), 0);
}

}  // namespace
}  // namespace merlon::fleet
