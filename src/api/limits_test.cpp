#include "api/limits.h"

#include <gtest/gtest.h>

namespace merlon::api {
namespace {

TEST(Limits, CountEachCallerAndKindByTheMinute) {
    Limiter limiter({.calls = 5, .queries = 2});
    EXPECT_EQ(kind_of("api/advancedqueries/run"), CallKind::query);
    EXPECT_EQ(kind_of("api/machines/SoftwareInventoryExport"), CallKind::export_file);
    EXPECT_EQ(kind_of("api/machines/{}"), CallKind::other);
    EXPECT_FALSE(limiter.count("anna", CallKind::query, 6000));
    EXPECT_FALSE(limiter.count("anna", CallKind::query, 6010));
    auto const refused = limiter.count("anna", CallKind::query, 6020);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->retry_after_s, 40);
    EXPECT_EQ(refused->limit, "2 queries a minute");
    EXPECT_FALSE(limiter.count("bea", CallKind::query, 6020));
    EXPECT_FALSE(limiter.count("anna", CallKind::other, 6020));
    EXPECT_FALSE(limiter.count("anna", CallKind::other, 6020));
    EXPECT_TRUE(limiter.count("anna", CallKind::other, 6020));
    EXPECT_FALSE(limiter.count("anna", CallKind::other, 6060));
}

TEST(Limits, HoldAPlaceForEachRunningQuery) {
    Limiter limiter({.running_queries = 2});
    auto one = limiter.begin_query("anna"), two = limiter.begin_query("anna");
    EXPECT_TRUE(one && two);
    EXPECT_FALSE(limiter.begin_query("anna"));
    EXPECT_TRUE(limiter.begin_query("bea"));
    two.reset();
    EXPECT_TRUE(limiter.begin_query("anna"));
    EXPECT_EQ(limiter.running(), 1);
}

}  // namespace
}  // namespace merlon::api
