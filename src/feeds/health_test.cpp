#include "feeds/health.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/embedded.h"

namespace merlon::feeds {
namespace {

constexpr Ticks now = unix_epoch_ticks + 20'000 * ticks_per_day;
constexpr Ticks hour = 3600 * ticks_per_second;

TEST(FeedHealth, AgeAndTheLastTry) {
    auto connection = store::Database::open({})->connect().value();
    for (auto const& migration : embedded_under("schema/store/")) ASSERT_TRUE(connection.execute(migration.bytes));
    std::vector<store::Value> const loaded{now - 5 * hour};
    ASSERT_TRUE(connection.query("INSERT INTO feed VALUES ('kev', '/data/feeds/kev', 'd', $1, 7, 10, 9, 1)", loaded));
    ASSERT_TRUE(connection.query("INSERT INTO feed VALUES ('osv', '/home/anna/mine.json', 'e', $1, 0, 1, 1, 0)", loaded));
    auto const named = [&](std::string_view name) {
        auto const all = feed_health(connection, now).value();
        for (auto const& health : all)
            if (health.name == name) return health;
        ADD_FAILURE() << "no feed " << name;
        return FeedHealth{};
    };
    EXPECT_EQ(named("kev").freshness, Freshness::fresh);
    EXPECT_EQ(named("kev").records, 10);
    EXPECT_FALSE(is_due(named("kev"), now));
    EXPECT_TRUE(is_due(named("kev"), now + 2 * hour));  // every six hours
    EXPECT_EQ(named("epss").freshness, Freshness::never);
    EXPECT_TRUE(is_due(named("epss"), now));
    EXPECT_EQ(named("redhat-vex").freshness, Freshness::on_request);
    EXPECT_EQ(freshness_name(named("redhat-vex").freshness), "on request");
    EXPECT_FALSE(is_due(named("redhat-vex"), now));
    ASSERT_TRUE(note_attempt(connection, "redhat-vex", now, "failed", "no route"));  // asked for: no longer
    EXPECT_EQ(named("redhat-vex").freshness, Freshness::never);
    EXPECT_EQ(named("osv").freshness, Freshness::given);
    EXPECT_FALSE(is_due(named("osv"), now));

    ASSERT_TRUE(note_attempt(connection, "kev", now, "failed", "no route"));
    EXPECT_EQ(named("kev").detail, "no route");
    EXPECT_FALSE(is_due(named("kev"), now + hour - 1));
    EXPECT_TRUE(is_due(named("kev"), now + hour));
    // A clock that was a year ahead holds nothing up once it is right again, and makes nothing fresh.
    ASSERT_TRUE(note_attempt(connection, "kev", now + 365 * 24 * hour, "unchanged", ""));
    EXPECT_TRUE(is_due(named("kev"), now + 7 * hour));
    auto const once_right = feed_health(connection, now + 100 * hour).value();
    EXPECT_EQ(std::ranges::find(once_right, "kev", &FeedHealth::name)->freshness, Freshness::stale);
    ASSERT_TRUE(note_attempt(connection, "kev", now + hour, "unchanged", ""));
    EXPECT_EQ(named("kev").outcome, "unchanged");
    auto const later = feed_health(connection, now + 100 * hour).value();
    for (auto const& health : later)
        if (health.name == "kev") {
            EXPECT_EQ(health.freshness, Freshness::stale);
        }
}

}  // namespace
}  // namespace merlon::feeds
