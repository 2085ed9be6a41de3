// What must hold of the score whatever the fleet: small fleets made at random, written to a store, and what the index
// says of them compared with the rules of docs/exposure-score.md counted out plainly.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "fleet/exposure.h"
#include "store/store.h"

namespace merlon::fleet {
namespace {

constexpr Ticks now = 639'040'320'000'000'000;
constexpr double nearly = 1e-9;

struct World {
    struct Device {
        std::string id, group, value;
        bool facing = false, excluded = false, silent = false;
        std::set<std::size_t> software;
        bool counts() const { return !excluded && !silent; }
    };
    // Several may be one version: a distribution's packages of one source.
    struct Software {
        std::int64_t id = 0;
        int product = 0, version = 0;
        bool ended = false;
        std::pair<int, int> key() const { return {product, version}; }
    };
    struct Cve {
        std::optional<double> cvss, epss;
        bool exploited = false, verified = false, known = false, kit = false;
    };
    struct Finding {
        bool fix = false, hidden = false;
    };
    std::vector<Device> devices;
    std::vector<Software> software;
    std::vector<Cve> cves;
    std::map<std::pair<std::size_t, std::size_t>, Finding> findings;      // (software, CVE)
    std::set<std::tuple<std::size_t, std::size_t, std::size_t>> cleared;  // (device, software, CVE)
    std::set<std::pair<int, std::size_t>> masked_products;                // exceptions: (product, device)
    std::set<std::pair<std::size_t, std::size_t>> masked_cves;            // (CVE, device)
    bool unsupported_counts = true;
};

std::string product_name(int product) { return "p" + std::to_string(product); }
std::string cve_name(std::size_t cve) { return "CVE-2030-" + std::to_string(1000 + cve); }

class Fleets : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();
    std::mt19937 random{20'300};

    std::size_t pick(std::size_t below) { return random() % below; }
    bool one_in(std::size_t many) { return pick(many) == 0; }

    World make() {
        World world;
        world.unsupported_counts = !one_in(4);
        world.cves.resize(1 + pick(20));
        for (auto& cve : world.cves) {
            if (!one_in(6)) cve.cvss = static_cast<double>(pick(101)) / 10;
            if (!one_in(3)) cve.epss = std::pow(static_cast<double>(pick(1000)) / 1000, 4);
            cve.exploited = one_in(8), cve.verified = one_in(8), cve.known = one_in(5), cve.kit = one_in(12);
        }
        auto const products = 1 + static_cast<int>(pick(6));
        for (int product = 0; product < products; ++product)
            for (int version = 0, many = 1 + static_cast<int>(pick(3)); version < many; ++version)
                for (auto names = 1 + pick(2); names > 0; --names)
                    world.software.push_back({static_cast<std::int64_t>(random()), product, version, one_in(3)});
        for (std::size_t software = 0; software < world.software.size(); ++software)
            for (std::size_t cve = 0; cve < world.cves.size(); ++cve)
                if (one_in(3)) world.findings[{software, cve}] = {one_in(2), one_in(7)};
        world.devices.resize(1 + pick(40));
        for (std::size_t i = 0; i < world.devices.size(); ++i) {
            auto& device = world.devices[i];
            device.id = std::to_string(random()) + "-" + std::to_string(i);
            device.group = std::array{"", "HQ", "Branch"}[pick(3)];
            device.value = std::array{"Low", "Normal", "High"}[pick(3)];
            device.facing = one_in(4), device.excluded = one_in(9), device.silent = one_in(9);
            for (std::size_t software = 0; software < world.software.size(); ++software)
                if (one_in(3)) device.software.insert(software);
            for (auto const& [finding, said] : world.findings)
                if (one_in(15)) world.cleared.emplace(i, finding.first, finding.second);
            if (one_in(4)) world.masked_products.emplace(static_cast<int>(pick(static_cast<std::size_t>(products))), i);
            if (one_in(4)) world.masked_cves.emplace(pick(world.cves.size()), i);
        }
        return world;
    }

    template <typename Rows>
    void shuffle(Rows& rows) {
        std::ranges::shuffle(rows, random);
    }

    // Rows of each table in any order.
    void write(World const& world) {
        ASSERT_TRUE(
            connection.execute("DELETE FROM device; DELETE FROM identity; DELETE FROM cve; DELETE FROM finding; DELETE "
                               "FROM finding_cleared; DELETE FROM installation"));
        ASSERT_TRUE(store::set_state_value(connection, unsupported_counts_state, world.unsupported_counts ? "on" : "off"));
        std::vector<std::size_t> devices(world.devices.size()), software(world.software.size());
        for (auto* all : {&devices, &software}) {
            for (std::size_t i = 0; i < all->size(); ++i) (*all)[i] = i;
            shuffle(*all);
        }
        auto device_rows = connection.appender("device").value();
        auto installations = connection.appender("installation").value();
        for (auto const i : devices) {
            auto const& device = world.devices[i];
            device_rows.text(device.id);
            for (int texts = 0; texts < 11; ++texts) device_rows.text("");
            device_rows.text(device.group)
                .text(device.value)
                .boolean(device.facing)
                .text("")
                .text("[]")
                .text("[]")
                .boolean(device.excluded)
                .text("");
            ASSERT_TRUE(
                device_rows.int64(0).int64(device.silent ? now - 90 * ticks_per_day : now).int64(now).end_row());
            for (auto const one : device.software)
                ASSERT_TRUE(
                    installations.text(device.id).int64(world.software[one].id).text("").text("").int64(0).end_row());
        }
        auto identities = connection.appender("identity").value();
        for (auto const i : software) {
            auto const& one = world.software[i];
            ASSERT_TRUE(identities.int64(one.id)
                            .text("v")
                            .text(product_name(one.product))
                            .text(std::to_string(one.version))
                            .text("intdot")
                            .text("[]")
                            .boolean(true)
                            .text(one.ended ? "EOS Version" : "")
                            .boolean(true)
                            .null()
                            .text("")
                            .text("")
                            .text("")
                            .text("")
                            .end_row());
        }
        auto cves = connection.appender("cve").value();
        for (std::size_t i = 0; i < world.cves.size(); ++i) {
            auto const& cve = world.cves[i];
            cves.text(cve_name(i))
                .text("published")
                .text("")
                .text("")
                .text("")
                .optional_real(cve.cvss)
                .text("")
                .text("")
                .text("")
                .int64(0)
                .int64(0);
            cves.boolean(cve.known)
                .boolean(cve.verified)
                .boolean(cve.kit)
                .boolean(cve.exploited)
                .boolean(false)
                .int64(0)
                .text("[]")
                .text("[]");
            ASSERT_TRUE(cves.optional_real(cve.epss).null().text("[]").text("[]").text("[]").end_row());
        }
        auto findings = connection.appender("finding").value();
        for (auto const& [finding, said] : world.findings)
            ASSERT_TRUE(findings.int64(world.software[finding.first].id)
                            .text(cve_name(finding.second))
                            .text("[]")
                            .text("affected")
                            .text(said.fix ? "9" : "")
                            .text("")
                            .text("")
                            .int32(100)
                            .boolean(said.hidden)
                            .text("[]")
                            .int64(0)
                            .end_row());
        auto cleared = connection.appender("finding_cleared").value();
        for (auto const& [device, one, cve] : world.cleared)
            ASSERT_TRUE(cleared.text(world.devices[device].id)
                            .int64(world.software[one].id)
                            .text(cve_name(cve))
                            .text("test")
                            .end_row());
        for (auto* table : {&device_rows, &installations, &identities, &cves, &findings, &cleared})
            ASSERT_TRUE(table->close());
    }

    struct Judged {
        std::shared_ptr<Index const> index;
        Exposure exposure;
        double group(std::string const& name) const {
            for (auto const& one : exposure.groups)
                if (index->groups[one.group] == name) return one.score;
            return 0;
        }
    };
    Judged judge(World const& world) {
        write(world);
        IndexOptions options;
        options.now = now;
        Judged out{Index::build(connection, options).value(), {}};
        Mask mask;
        auto const& index = *out.index;
        auto const device = [&](std::size_t i) { return *index.device_number(world.devices[i].id); };
        for (auto const& [product, i] : world.masked_products)
            for (std::uint32_t number = 0; number < index.products.size(); ++number)
                if (index.products[number].product == product_name(product)) mask.products[number].add(device(i));
        for (auto const& [cve, i] : world.masked_cves)
            for (std::uint32_t number = 0; number < index.cves.size(); ++number)
                if (index.cves[number].id == cve_name(cve)) mask.cves[number].add(device(i));
        out.exposure = compute_exposure(index, mask);
        return out;
    }
    double score(World const& world) { return judge(world).exposure.score; }
};

// ---- The rules, plainly ---------------------------------------------------------------------------------------

double hazard_by_rules(World::Cve const& cve) {
    auto const cvss = cve.cvss.value_or(5);
    double likelihood = cve.epss ? *cve.epss : cvss >= 9 ? 0.02 : cvss >= 7 ? 0.01 : cvss >= 4 ? 0.004 : 0.001;
    if (cve.known) likelihood = std::max(likelihood, 0.05);
    if (cve.verified || cve.kit) likelihood = std::max(likelihood, 0.2);
    if (cve.exploited) likelihood = std::max(likelihood, 0.5);
    return 0.5 * likelihood * cvss * cvss / 100;
}

double score_by_rules(World const& world, std::optional<std::string> const& group, bool after_exceptions) {
    double hit = 0, weight = 0;
    for (std::size_t i = 0; i < world.devices.size(); ++i) {
        auto const& device = world.devices[i];
        if (!device.counts() || (group && device.group != *group)) continue;
        std::set<std::pair<int, int>> has;
        for (auto const one : device.software) has.insert(world.software[one].key());
        std::set<std::tuple<int, int, std::size_t>> open, closed;
        for (auto const& [finding, said] : world.findings) {
            auto const [product, version] = world.software[finding.first].key();
            if (said.hidden || !has.contains({product, version})) continue;
            open.emplace(product, version, finding.second);
            if (after_exceptions &&
                (world.masked_products.contains({product, i}) || world.masked_cves.contains({finding.second, i})))
                closed.emplace(product, version, finding.second);
        }
        for (auto const& [on, one, cve] : world.cleared)
            if (on == i) closed.emplace(world.software[one].product, world.software[one].version, cve);
        double hazard = 0;
        for (auto const& one : open)
            if (!closed.contains(one)) hazard += hazard_by_rules(world.cves[std::get<2>(one)]);
        // E12: as often as versions that are out of support, whatever packages they came in.
        std::set<std::pair<int, int>> ended;
        for (auto const one : device.software)
            if (auto const& software = world.software[one]; software.ended && world.unsupported_counts &&
                !(after_exceptions && world.masked_products.contains({software.product, i})))
                ended.insert(software.key());
        hazard += 0.01 * static_cast<double>(ended.size());
        auto const value = device.value == "High" ? 2 : device.value == "Low" ? 0.5 : 1;
        hit += value * (1 - std::exp(-hazard * (device.facing ? 1.5 : 1)));
        weight += value;
    }
    return weight > 0 ? 100 * hit / weight : 0;
}

TEST_F(Fleets, HaveTheScoreOfTheRulesAndItIsBounded) {
    for (int round = 0; round < 12; ++round) {
        auto const world = make();
        auto const judged = judge(world);
        auto const& exposure = judged.exposure;
        EXPECT_NEAR(exposure.score, score_by_rules(world, {}, true), nearly);
        EXPECT_NEAR(exposure.score_before, score_by_rules(world, {}, false), nearly);
        for (auto const& group : exposure.groups) {
            auto const& name = judged.index->groups[group.group];
            EXPECT_NEAR(group.score, score_by_rules(world, name, true), nearly) << name;
            EXPECT_NEAR(group.score_before, score_by_rules(world, name, false), nearly) << name;
            EXPECT_TRUE(group.score >= 0 && group.score <= 100) << group.score;
        }
        EXPECT_TRUE(exposure.score >= 0 && exposure.score <= exposure.score_before && exposure.score_before <= 100);
    }
}

// To the last bit: other ids, other names of groups, rows in another order.
TEST_F(Fleets, ScoreTheSameInWhateverOrder) {
    for (int round = 0; round < 6; ++round) {
        auto const world = make();
        auto const judged = judge(world);
        auto other = world;
        for (auto& device : other.devices) device.id = std::to_string(random()) + "-" + device.id;
        for (auto& software : other.software) software.id = static_cast<std::int64_t>(random());
        std::map<std::string, std::string> const names{{"", "z"}, {"HQ", "a"}, {"Branch", ""}};
        for (auto& device : other.devices) device.group = names.at(device.group);
        auto const again = judge(other);
        EXPECT_EQ(judged.exposure.score, again.exposure.score);
        EXPECT_EQ(judged.exposure.score_before, again.exposure.score_before);
        for (auto const& [was, is] : names) EXPECT_EQ(judged.group(was), again.group(is));
        for (std::size_t i = 0; i < world.devices.size(); ++i)
            EXPECT_EQ(judged.exposure.device_hazard[*judged.index->device_number(world.devices[i].id)],
                      again.exposure.device_hazard[*again.index->device_number(other.devices[i].id)]);
    }
}

// What makes things worse for somebody makes no score lower, what makes them better none higher.
TEST_F(Fleets, ScoresAreMonotone) {
    using Change = std::pair<char const*, std::function<void(World&)>>;
    auto const any_device = [&](World& world) -> World::Device& { return world.devices[pick(world.devices.size())]; };
    auto const any_finding = [&](World& world) {
        return std::next(world.findings.begin(), static_cast<std::ptrdiff_t>(pick(world.findings.size())));
    };
    std::vector<Change> const worse{
        {"a new vulnerability",
         [&](World& w) {
             w.findings[{pick(w.software.size()), pick(w.cves.size())}].hidden = false;
         }},
        {"an exploit becomes known", [&](World& w) { w.cves[pick(w.cves.size())].exploited = true; }},
        {"a higher rating", [&](World& w) { w.cves[pick(w.cves.size())].cvss = 10; }},
        {"software is installed", [&](World& w) { any_device(w).software.insert(pick(w.software.size())); }},
        {"support ends", [&](World& w) { w.software[pick(w.software.size())].ended = true; }},
        {"a device faces the internet", [&](World& w) { any_device(w).facing = true; }},
        {"exceptions end", [&](World& w) { w.masked_cves.clear(), w.masked_products.clear(); }},
    };
    std::vector<Change> const better{
        {"a vulnerability is withdrawn", [&](World& w) { any_finding(w)->second.hidden = true; }},
        {"a finding is cleared",
         [&](World& w) {
             w.cleared.emplace(pick(w.devices.size()), any_finding(w)->first.first, any_finding(w)->first.second);
         }},
        {"support goes on after all", [&](World& w) { w.software[pick(w.software.size())].ended = false; }},
        {"ends of support do not count", [&](World& w) { w.unsupported_counts = false; }},
        {"software is removed", [&](World& w) { any_device(w).software.clear(); }},
        {"an exception for a CVE",
         [&](World& w) { w.masked_cves.emplace(pick(w.cves.size()), pick(w.devices.size())); }},
        {"an exception for a product",
         [&](World& w) { w.masked_products.emplace(w.software.front().product, pick(w.devices.size())); }},
    };
    std::size_t moved = 0;
    for (int round = 0; round < 3; ++round) {
        auto const world = make();
        if (world.findings.empty()) continue;
        auto const score_before = score(world);
        for (auto const* changes : {&worse, &better})
            for (auto const& [what, change] : *changes) {
                auto other = world;
                change(other);
                auto const after = score(other);
                if (changes == &worse) EXPECT_GE(after, score_before - nearly) << what;
                else EXPECT_LE(after, score_before + nearly) << what;
                moved += after != score_before;
            }
    }
    EXPECT_GT(moved, 10U);
}

TEST_F(Fleets, BreakdownsSumToTheScore) {
    for (int round = 0; round < 8; ++round) {
        auto const judged = judge(make());
        auto const parts = break_down(*judged.index, judged.exposure);
        for (auto const* list : {&parts.cves, &parts.products, &parts.devices}) {
            double sum = list == &parts.cves ? parts.unsupported : 0;
            for (auto const part : *list) {
                EXPECT_GE(part, -nearly);
                sum += part;
            }
            EXPECT_NEAR(sum, judged.exposure.score, nearly);
        }
    }
}

// What is said of doing something is what is true when it has been done: of one product, which is answered by sums, and
// of several, which are not.
TEST_F(Fleets, WhatIfIsTheTruthAfterwards) {
    for (int round = 0; round < 10; ++round) {
        auto const world = make();
        auto const judged = judge(world);
        WhatIf what_if(*judged.index, judged.exposure);
        for (std::size_t const most : {std::size_t{1}, std::size_t{1}, std::size_t{3}}) {
            std::map<int, bool> asked;  // product -> only what has a fix
            for (std::size_t i = 0; i < most; ++i) {
                auto const product = world.software[pick(world.software.size())].product;
                asked.emplace(product, one_in(2));
            }
            auto done = world;
            std::set<std::tuple<int, int, std::size_t>> fixable;  // a fix for any of its packages is a fix
            for (auto const& [finding, said] : world.findings)
                if (said.fix && !said.hidden)
                    fixable.emplace(world.software[finding.first].product, world.software[finding.first].version,
                                    finding.second);
            for (auto& [finding, said] : done.findings) {
                auto const [product, version] = world.software[finding.first].key();
                auto const wanted = asked.find(product);
                if (wanted != asked.end() && (!wanted->second || fixable.contains({product, version, finding.second})))
                    said.hidden = true;
            }
            for (auto& software : done.software)
                if (auto const wanted = asked.find(software.product); wanted != asked.end() && !wanted->second)
                    software.ended = false;
            std::vector<Removal> removals;
            for (auto const& [product, fixable_only] : asked)
                for (std::uint32_t number = 0; number < judged.index->products.size(); ++number)
                    if (judged.index->products[number].product == product_name(product))
                        removals.push_back({number, fixable_only});
            EXPECT_NEAR(what_if.score_without(removals), score_by_rules(done, {}, true), nearly);
        }
    }
}

}  // namespace
}  // namespace merlon::fleet
