#include "advise/timeline.h"

#include <gtest/gtest.h>

#include "store/store.h"

namespace merlon::advise {
namespace {

constexpr Ticks now = 639'040'320'000'000'000;

// Device a and b have editor 1.0, b also player 5; c has player 5 and is excluded.
constexpr std::string_view fleet_sql = R"sql(
    INSERT INTO device SELECT d.id, d.id, d.id, 'Linux', '', '', '', '', '', '', '', '', d.g, 'Normal', false, '', '[]', '[]', d.id = 'c', 'test', 0,
        639040320000000000, 0 FROM (VALUES ('a','HQ'),('b','Branch'),('c','HQ')) d(id, g);
    INSERT INTO software SELECT s.id, 'programs', s.product, '', s.version, '', '', '', '', '', '', '', '', 'windows', 0
    FROM (VALUES (1,'editor','1.0'),(2,'player','5')) s(id, product, version);
    INSERT INTO identity SELECT s.id, 'acme', s.name, s.version, 'intdot', '[]', true, '', false, NULL, '', '', '', '' FROM software s;
    INSERT INTO installation SELECT i.d, i.s, '', '', 0 FROM (VALUES ('a',1),('b',1),('b',2),('c',2)) i(d, s);
    INSERT INTO cve SELECT c.id, 'published', '', '', 'High', c.cvss, '', '', '', 0, 0, false, false, false, false, false, 0, '[]', '[]',
        0.1, NULL, '[]', '[]', '[]' FROM (VALUES ('CVE-1',9.0),('CVE-2',5.0),('CVE-3',7.0)) c(id, cvss);
    INSERT INTO finding VALUES (1, 'CVE-1', '[]', 'fixed', '2', '', '', 100, false, '[]', 0);
)sql";

class Timeline : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();
    Ticks time = now;

    void SetUp() override { change(fleet_sql); }
    void change(std::string_view sql) {
        auto const made = connection.execute(sql);
        ASSERT_TRUE(made) << describe(made.error());
    }
    // Publishes an hour later; "TYPE product NAMES then/now of total" for each new event.
    std::vector<std::string> publish() {
        time += ticks_per_hour;
        fleet::IndexOptions options;
        options.now = now;
        auto const index = fleet::Index::build(connection, options).value();
        Assessment none;
        auto const done = connection.transaction([&]() -> Status {
            TRY(publish_events(connection, *index, none, time));
            return {};
        });
        EXPECT_TRUE(done);
        std::array const since{store::Value{time}};
        return lines("SELECT type || ' ' || product || ' ' || names || ' ' || devices_then || '/' || devices_now || ' of ' || total_now FROM event WHERE time = $1 ORDER BY id", since);
    }
    std::vector<std::string> lines(std::string_view sql, std::span<store::Value const> parameters = {}) {
        std::vector<std::string> out;
        auto rows = connection.query(sql, parameters).value();
        while (auto const chunk = rows.next().value())
            for (std::size_t row = 0; row < chunk->rows; ++row) out.emplace_back(chunk->columns[0].text(row));
        return out;
    }
    using Lines = std::vector<std::string>;
};

TEST_F(Timeline, BeginsWithOneEventAndTellsNothingTwice) {
    EXPECT_EQ(publish(), Lines{"Baseline  [] 2/2 of 2"});
    EXPECT_EQ(publish(), Lines{});
    EXPECT_EQ(lines("SELECT sentence FROM event"), Lines{"The watch begins: 2 devices and 1 vulnerability"});
}

TEST_F(Timeline, NothingThereIsNoBaseline) {
    change("DELETE FROM finding");
    EXPECT_EQ(publish(), Lines{});
    change("INSERT INTO finding VALUES (1, 'CVE-1', '[]', 'fixed', '2', '', '', 100, false, '[]', 0)");
    EXPECT_EQ(publish().size(), 1U);
}

TEST_F(Timeline, EventsOfOneProductAndTypeAreOne) {
    publish();
    change("INSERT INTO finding VALUES (1, 'CVE-2', '[]', 'affected', '', '', '', 100, false, '[]', 0), (2, 'CVE-2', '[]', 'affected', '', '', '', 100, false, '[]', 0), "
           "(1, 'CVE-3', '[]', 'affected', '', '', '', 100, false, '[]', 0)");
    // Player: b only; c does not count.
    EXPECT_EQ(publish(), (Lines{R"(NewVulnerability editor ["CVE-2","CVE-3"] 2/2 of 2)", R"(NewVulnerability player ["CVE-2"] 1/1 of 2)"}));
    EXPECT_EQ(lines("SELECT sentence FROM event WHERE type <> 'Baseline' ORDER BY id"),
              (Lines{"Acme Editor has 2 new vulnerabilities", "Acme Player has a new vulnerability: CVE-2"}));
    EXPECT_EQ(lines("SELECT device_groups FROM event WHERE product = 'player'"), Lines{R"(["Branch"])"});
    EXPECT_EQ(publish(), Lines{});
}

TEST_F(Timeline, WhatBecomesKnownOfExploitsIsToldByStage) {
    publish();
    change("UPDATE cve SET exploit_public = true WHERE id = 'CVE-1'");
    EXPECT_EQ(publish(), Lines{R"(NewPublicExploit editor ["CVE-1"] 2/2 of 2)"});
    change("UPDATE cve SET exploit_verified = true, exploit_in_kit = true, known_exploited = true WHERE id = 'CVE-1'");
    EXPECT_EQ(publish(), (Lines{R"(ExploitVerified editor ["CVE-1"] 2/2 of 2)", R"(ExploitAddedToKit editor ["CVE-1"] 2/2 of 2)",
                                R"(KnownExploited editor ["CVE-1"] 2/2 of 2)"}));
    // A CVE that comes with an exploit is one event.
    change("UPDATE cve SET exploit_public = true, known_exploited = true WHERE id = 'CVE-3'; "
           "INSERT INTO finding VALUES (2, 'CVE-3', '[]', 'affected', '', '', '', 100, false, '[]', 0)");
    EXPECT_EQ(publish(), Lines{R"(NewVulnerability player ["CVE-3"] 1/1 of 2)"});
    EXPECT_EQ(lines("SELECT sentence FROM event WHERE product = 'player'"), Lines{"Acme Player has a new vulnerability: CVE-3, with a known exploit"});
}

TEST_F(Timeline, EndOfSupportComesInTwoStages) {
    publish();
    change("UPDATE identity SET support_status = 'Upcoming EOS Version' WHERE product = 'player'");
    EXPECT_EQ(publish(), Lines{R"(UpcomingEndOfSupport player ["5"] 1/1 of 2)"});
    change("UPDATE identity SET support_status = 'EOS Version' WHERE product = 'player'");
    EXPECT_EQ(publish(), Lines{R"(EndOfSupport player ["5"] 1/1 of 2)"});
    EXPECT_EQ(publish(), Lines{});
    // On c it is still, which does not count.
    change("DELETE FROM installation WHERE device = 'b' AND software = 2");
    EXPECT_EQ(publish(), Lines{R"(EndOfSupportResolved player ["5"] 0/0 of 2)"});
    EXPECT_EQ(publish(), Lines{});
    // Back again, and gone again: nothing is told twice.
    change("INSERT INTO installation VALUES ('b', 2, '', '', 0)");
    EXPECT_EQ(publish(), Lines{});
    change("DELETE FROM installation WHERE device = 'b' AND software = 2");
    EXPECT_EQ(publish(), Lines{});
}

TEST_F(Timeline, TheDevicesOfNowFollow) {
    publish();
    change("INSERT INTO finding VALUES (1, 'CVE-2', '[]', 'affected', '', '', '', 100, false, '[]', 0)");
    publish();
    change("DELETE FROM installation WHERE device = 'a'");
    EXPECT_EQ(publish(), Lines{});
    EXPECT_EQ(lines("SELECT devices_then || '/' || devices_now FROM event WHERE type = 'NewVulnerability'"), Lines{"2/1"});
    // Back again: no new event.
    change("INSERT INTO installation VALUES ('a', 1, '', '', 0)");
    EXPECT_EQ(publish(), Lines{});
    EXPECT_EQ(lines("SELECT devices_then || '/' || devices_now FROM event WHERE type = 'NewVulnerability'"), Lines{"2/2"});
}

}  // namespace
}  // namespace merlon::advise
