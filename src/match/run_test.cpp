#include "match/run.h"

#include <gtest/gtest.h>

#include "base/embedded.h"
#include "store/knowledge.h"

namespace merlon::match {
namespace {

constexpr Ticks now = unix_epoch_ticks + 20'000 * ticks_per_day;

Advisory advisory(std::string cve, std::string product, std::string fixed) {
    Advisory made{.id = cve, .source = "nvd", .cves = {cve}};
    Affected affected;
    affected.subject = Cpe{.part = "a", .vendor = "acme", .product = std::move(product)};
    affected.ranges = {{"cpe", "", true, fixed, false}};
    affected.state = FixState::fixed;
    affected.fixed_version = fixed;
    made.affected.push_back(std::move(affected));
    return made;
}

struct World {
    store::Connection connection = store::Database::open({})->connect().value();
    World() {
        for (auto const& migration : embedded_under("schema/store/")) EXPECT_TRUE(connection.execute(migration.bytes));
        EXPECT_TRUE(connection.execute("INSERT INTO software SELECT i, 'programs', 'Acme Tool' || (i % 50), 'Acme Inc.', '1.' || i, '', '', '', '', '', '', '', '', "
                                       "'windows', 0 FROM range(1, 301) t(i)"));
    }
    store::WriteOutcome load(std::vector<Advisory> const& advisories, std::string const& digest) {
        auto const outcome = store::write_knowledge(connection, {.feed = "nvd", .file = digest, .digest = digest}, [&](store::PackedSink const& sink) -> Result<store::FeedCounts> {
            store::PackedBatch batch;
            for (auto const& one : advisories) batch.add(one);
            TRY(sink(batch));
            return store::FeedCounts{};
        });
        EXPECT_TRUE(outcome) << describe(outcome.error());
        return outcome ? *outcome : store::WriteOutcome{};
    }
    void match(std::vector<std::int64_t> only = {}, int threads = 0) {
        auto const ran = run(connection, {.now = now, .only = std::move(only), .threads = threads});
        ASSERT_TRUE(ran) << describe(ran.error());
    }
    std::string everything() {
        std::string out;
        for (auto const* sql : {"SELECT software || candidates || vendor || product || assessed FROM identity ORDER BY ALL",
                                "SELECT software || cve || advisories || state || fixed_version || confidence || hidden || evidence FROM finding ORDER BY ALL"}) {
            auto rows = connection.query(sql).value();
            while (auto const chunk = rows.next().value())
                for (std::size_t i = 0; i < chunk->rows; ++i) out += std::string(chunk->columns[0].text(i)) + "\n";
        }
        return out;
    }
};

TEST(Run, TheSameBytesWithAnyNumberOfThreads) {
    std::string first;
    for (int const threads : {1, 2, 7}) {
        World world;
        std::vector<Advisory> all;
        for (int i = 0; i < 50; ++i) all.push_back(advisory("CVE-2024-" + std::to_string(1000 + i), "tool" + std::to_string(i), "1.150"));
        world.load(all, "a");
        world.match({}, threads);
        if (first.empty()) first = world.everything();
        EXPECT_EQ(world.everything(), first) << threads;
        EXPECT_NE(first.find("CVE-2024-1007"), std::string::npos);
    }
}

TEST(Run, AChangeTouchesOnlyWhatItSpeaksOf) {
    World world;
    world.load({advisory("CVE-2024-1", "tool1", "1.150"), advisory("CVE-2024-2", "tool2", "1.150")}, "a");
    world.match();
    // One more flaw of a known product, and a product that nobody spoke of before.
    auto const changed = world.load({advisory("CVE-2024-3", "tool2", "1.90"), advisory("CVE-2024-4", "tool3", "1.90")}, "b");
    EXPECT_EQ(changed.changed_subjects, (std::vector<std::string>{"a:acme:tool2", "a:acme:tool3"}));
    EXPECT_EQ(changed.changed_names, (std::vector<std::string>{"a:acme:tool3"}));
    auto const touched = touched_by(world.connection, changed.changed_subjects, changed.changed_names);
    ASSERT_TRUE(touched) << describe(touched.error());
    EXPECT_FALSE(touched->everything);
    EXPECT_EQ(touched->software.size(), 12U);  // six versions of each
    world.match(touched->software);
    auto const by_parts = world.everything();
    world.match();
    EXPECT_EQ(by_parts, world.everything());
    EXPECT_NE(by_parts.find("CVE-2024-4"), std::string::npos);
    EXPECT_TRUE(touched_by(world.connection, {}, {})->software.empty());
    std::vector<std::string> const packages{"pkg:PyPI/x"}, ecosystems{"pkg:PyPI", "pkg:PyPI/x"};
    EXPECT_TRUE(touched_by(world.connection, packages, ecosystems)->everything);
    EXPECT_TRUE(touched_by(world.connection, std::vector<std::string>(6000, "a:b:c"), {})->everything);
}

TEST(Run, WhatIsOnlyGuessedAtIsNotAssessed) {
    World world;
    ASSERT_TRUE(world.connection.execute("INSERT INTO software SELECT 301, 'programs', 'Acme Tool1 Theme Manager', * EXCLUDE (id, source, name) FROM software WHERE id = 1"));
    world.load({advisory("CVE-2024-1", "tool1", "1.150")}, "a");
    world.match();
    EXPECT_EQ(world.connection.count("SELECT count(*) FROM identity WHERE assessed AND product = 'tool1'").value(), 6);
    EXPECT_EQ(world.connection.count("SELECT count(*) FROM identity WHERE software = 301 AND NOT assessed AND candidates LIKE '%tool1%'").value(), 1);
    EXPECT_EQ(world.connection.count("SELECT count(*) FROM finding WHERE software = 301 AND NOT hidden").value(), 0);
}

TEST(Run, RemembersWhenSupportTurned) {
    World world;
    ASSERT_TRUE(world.connection.execute("INSERT INTO installation VALUES ('d', 1, '', '', 0)"));
    world.match();
    EXPECT_EQ(world.connection.count("SELECT count(*) FROM support_change").value(), 0);
    ASSERT_TRUE(world.connection.execute("UPDATE identity SET support_status = 'EOS Version' WHERE software = 1"));
    world.match();
    EXPECT_EQ(world.connection.count("SELECT count(*) FROM support_change WHERE old_status = 'EOS Version' AND new_status = '' AND devices = 1").value(), 1);
}

}  // namespace
}  // namespace merlon::match
