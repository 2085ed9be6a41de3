#include "fleet/live.h"

#include <gtest/gtest.h>

#include <random>

#include "fleet/words_for_tests.h"
#include "store/store.h"

namespace merlon::fleet {
namespace {

constexpr Ticks now = 639'040'320'000'000'000;

// Reports at random, and what matching would make of their software: a version is known by two names (as distributions
// split one source into packages), every third has a hole, some are out of support.
class Random : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();
    std::mt19937 random{5};

    int pick(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }
    DeviceReport report() {
        DeviceReport one;
        one.name = "host-" + std::to_string(pick(1000));
        one.source = "test";
        one.group = std::array{"", "HQ", "Branch"}[static_cast<std::size_t>(pick(3))];
        if (pick(9) == 0) one.value = std::array{"Low", "Normal", "High"}[static_cast<std::size_t>(pick(3))];
        if (pick(9) == 0) one.internet_facing = pick(2) == 0;
        one.collected_at = pick(12) == 0 ? now - 60 * ticks_per_day : now - pick(20) * ticks_per_day;
        if (pick(8) > 0) {
            auto& software = one.software.emplace();
            for (int i = 0, many = pick(10); i < many; ++i)
                software.push_back({.source = pick(2) == 0 ? "deb" : "programs",
                                    .name = "p" + std::to_string(pick(12)),
                                    .version = std::to_string(pick(4))});
            if (pick(4) == 0) one.software_sources = {"deb"};
        }
        return one;
    }
    void match(std::vector<std::int64_t> const& fresh) {
        for (auto const id : fresh) {
            std::array const key{store::Value{id}};
            ASSERT_TRUE(
                connection.query("INSERT INTO identity SELECT id, 'v', name, version, 'intdot', '[]', true, "
                                 "CASE WHEN version = '0' AND source = 'deb' THEN 'EOS Version' WHEN version = '1' "
                                 "THEN 'Upcoming EOS Version' ELSE '' END, "
                                 "true, NULL, '', '', '', '' FROM software WHERE id = $1",
                                 key));
            ASSERT_TRUE(connection.query(
                "INSERT INTO finding SELECT s.id, c.id, '[]', 'fixed', CASE WHEN hash(c.id) % 2 = 0 THEN '9' ELSE '' "
                "END, '', '', 100, false, '[]', 0 "
                "FROM software s JOIN cve c ON hash(s.name || s.version || c.id) % 3 = 0 WHERE s.id = $1",
                key));
            ASSERT_TRUE(
                connection.query("INSERT INTO finding_cleared SELECT i.device, f.software, f.cve, 'test' FROM "
                                 "installation i JOIN finding f ON f.software = i.software "
                                 "WHERE f.software = $1 AND hash(i.device || f.cve) % 7 = 0",
                                 key));
        }
    }
};

// Compared in the engine, in memory, and in memory with what went only noted.
enum class Compared { in_the_engine, in_memory, noted };
class RandomReports : public Random, public testing::WithParamInterface<Compared> {};
INSTANTIATE_TEST_SUITE_P(All, RandomReports,
                         testing::Values(Compared::in_the_engine, Compared::in_memory, Compared::noted));

TEST_P(RandomReports, LeaveWhatBuildingAnewGives) {
    ASSERT_TRUE(
        connection.execute("INSERT INTO cve SELECT 'CVE-' || i, 'published', '', '', 'High', 4.0 + i % 7, '', '', '', "
                           "0, 0, i % 5 = 0, false, false, i % 9 = 0, "
                           "false, 0, '[]', '[]', 0.01 * i, NULL, '[]', '[]', '[]' FROM range(30) t(i)"));
    IndexOptions options;
    options.now = now;
    auto live = Live::build(connection, options).value();
    auto standing = store::Standing::read(connection).value();
    if (GetParam() == Compared::noted) standing.at_once_rows = 0;
    int const rounds = 9, reports_a_round = 400;  // 10,000 operations of every kind: server/operations_test.cpp
    for (int round = 0; round < rounds; ++round) {
        std::vector<DeviceReport> reports;
        for (int i = 0; i < reports_a_round; ++i) reports.push_back(report());
        auto const changes =
            store::write_reports(connection, reports, now, GetParam() == Compared::in_the_engine ? nullptr : &standing);
        standing.committed();
        if (round % 4 == 0) {
            ASSERT_TRUE(store::settle_installations(connection));
        }
        ASSERT_TRUE(changes) << describe(changes.error());
        std::vector<std::int64_t> fresh;
        for (auto const& one : *changes) fresh.insert(fresh.end(), one.new_software.begin(), one.new_software.end());
        auto const before = live.snapshot();
        auto const before_words = round % 8 == 0 ? words_of(*before) : Words{};
        ASSERT_TRUE(live.apply(connection, *changes, now));
        match(fresh);
        ASSERT_TRUE(live.matched(connection, fresh));
        if (round % 8 != 0 && round != rounds - 1) continue;
        // A snapshot never changes.
        if (!before_words.empty()) {
            EXPECT_EQ(words_of(*before), before_words);
        }
        ASSERT_TRUE(store::settle_installations(connection));
        auto const anew = Index::build(connection, options).value();
        ASSERT_EQ(words_of(live.index()), words_of(*anew)) << "round " << round;
        if (GetParam() != Compared::in_the_engine) {
            ASSERT_EQ(words_of(*Index::build(connection, options, &standing.installed()).value()), words_of(*anew));
        }
        auto const exposure = compute_exposure(*anew);
        EXPECT_EQ(live.all().score(), exposure.score);
        auto const hazards = device_hazards(live.index());
        for (std::size_t i = 0; i < hazards.size(); ++i) EXPECT_EQ(live.hazards()[i], hazards[i]);
        for (auto const& group : exposure.groups) {
            auto const place =
                std::ranges::find(live.index().groups, anew->groups[group.group]) - live.index().groups.begin();
            EXPECT_EQ(live.groups()[static_cast<std::size_t>(place)].score(), group.score);
        }
    }
    // Bounded, and counted within groups.
    EXPECT_GE(live.all().score(), 0);
    EXPECT_LE(live.all().score(), 100);
    std::array const group{std::string("HQ")};
    auto const& index = live.index();
    for (std::uint32_t cve = 0; cve < index.cves.size(); ++cve)
        EXPECT_LE((index.exposed_to(cve) & index.in_groups(group)).cardinality(), index.exposed_to(cve).cardinality());
}

// More holes, more exposure: a hazard added nowhere lowers a score.
TEST_F(Random, ScoresAreMonotone) {
    ASSERT_TRUE(
        connection.execute("INSERT INTO cve SELECT 'CVE-' || i, 'published', '', '', 'High', 8.0, '', '', '', 0, 0, "
                           "false, false, false, false, "
                           "false, 0, '[]', '[]', 0.2, NULL, '[]', '[]', '[]' FROM range(30) t(i)"));
    std::vector<DeviceReport> reports;
    for (int i = 0; i < 200; ++i) reports.push_back(report());
    ASSERT_TRUE(store::write_reports(connection, reports, now));
    ASSERT_TRUE(
        connection.execute("INSERT INTO identity SELECT id, 'v', name, version, 'intdot', '[]', true, '', true, NULL, "
                           "'', '', '', '' FROM software"));
    IndexOptions options;
    options.now = now;
    double last = 0;
    for (int cve = 0; cve < 30; cve += 3) {
        auto const name = "CVE-" + std::to_string(cve);
        std::array const key{store::Value{name}};
        ASSERT_TRUE(
            connection.query("INSERT INTO finding SELECT id, $1, '[]', 'affected', '', '', '', 100, false, '[]', 0 "
                             "FROM software WHERE hash(id) % 5 = 0",
                             key));
        auto const score = compute_exposure(*Index::build(connection, options).value()).score;
        EXPECT_GE(score, last);
        last = score;
    }
    EXPECT_GT(last, 0);
}

}  // namespace
}  // namespace merlon::fleet
