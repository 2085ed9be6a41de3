// Service targets on the small fleet (golden_fleet_for_tests.h): a to e count; editor 1.0 (CVE-1 with a fix, CVE-2
// without) on a (CVE-2 cleared) and b, editor 1.1 (CVE-2) on c, relic (CVE-3, known exploited) on e, viewer (CVE-4) on
// a. All are High.
#include "advise/service_targets.h"

#include <gtest/gtest.h>

#include "advise/golden_fleet_for_tests.h"
#include "advise/publish.h"
#include "store/store.h"

namespace merlon::advise {
namespace {

constexpr Ticks day = ticks_per_day;

class ServiceTargets : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();

    void SetUp() override {
        run(fleet_sql);
        // All was first seen 40 days ago.
        run("UPDATE installation SET first_seen = " + std::to_string(now - 40 * day) +
            "; UPDATE finding SET first_seen = " + std::to_string(now - 40 * day));
        publish();
    }
    void run(std::string_view sql) {
        auto const ran = connection.execute(sql);
        ASSERT_TRUE(ran) << describe(ran.error());
    }
    void publish(Ticks at = now) {
        run("UPDATE device SET last_seen = " + std::to_string(at) + " WHERE id <> 'g'");
        auto const ran = connection.transaction([&]() -> Status {
            TRY(publish_all(connection, at));
            return {};
        });
        ASSERT_TRUE(ran) << describe(ran.error());
    }
    std::string text(std::string const& sql) {
        auto const found = connection.scalar(sql).value();
        auto const* value = std::get_if<std::string>(&found);
        return value ? *value : "";
    }
    SeverityFigures all(Ticks at = now) { return service_figures(connection, 90, at).value().front(); }
};

TEST_F(ServiceTargets, SayWhatIsOpenAndLate) {
    EXPECT_EQ(text("SELECT string_agg(device || ' ' || cve || ' ' || fixable, ', ' ORDER BY device, cve) FROM open_finding"),
              "a CVE-1 true, a CVE-4 false, b CVE-1 true, b CVE-2 false, c CVE-2 false, e CVE-3 false");
    // CVE-1 on a and b: High, 30 days, 40 days old. The others have no fix.
    auto const figures = all();
    EXPECT_EQ(figures.open, 2);
    EXPECT_EQ(figures.breached, 2);
    EXPECT_EQ(figures.without_fix, 4);
    EXPECT_EQ(figures.ages, (std::array<std::int64_t, 5>{0, 0, 2, 0, 0}));  // 31 to 90 days
    // b is of value High: 60 days for it alone are milder than 30 for all; 20 are stricter.
    ASSERT_TRUE(
        replace_service_targets(connection, {{"all", "high", false, "", 50}, {"valued", "", false, "high", 20}}));
    EXPECT_EQ(text("SELECT string_agg(device, ' ') FROM due_finding WHERE fixable AND due < " + std::to_string(now)),
              "b");
}

TEST_F(ServiceTargets, CountExploitedOnesFromTheDayTheyWere) {
    run("UPDATE cve SET known_exploited = true WHERE id = 'CVE-1';"
        "INSERT INTO exploit VALUES ('CVE-1', 'kev', 'known', '', '', " +
        std::to_string(now - 10 * day) + ", 0, '')");
    ASSERT_TRUE(replace_service_targets(connection, {{"exploited", "", true, "", 14}}));
    publish();
    EXPECT_EQ(all().breached, 0);  // 10 of 14 days
    EXPECT_EQ(all(now + 5 * day).breached, 2);
}

TEST_F(ServiceTargets, RememberWhatWasClosedAndHowLongItTook) {
    // b moves from 1.0 to 1.1: CVE-1 goes after 45 days, CVE-2 stays and keeps its age.
    run("DELETE FROM installation WHERE device = 'b' AND software = 1; INSERT INTO installation VALUES ('b', 2, '', "
        "'', " +
        std::to_string(now + 5 * day) + ")");
    publish(now + 5 * day);
    EXPECT_EQ(text("SELECT string_agg(cve || ' ' || devices || ' ' || ((closed - opened) // 864000000000), ', ') FROM "
                   "closed_finding"),
              "CVE-1 1 45");
    EXPECT_EQ(text("SELECT ((" + std::to_string(now) +
                   " - opened) // 864000000000)::VARCHAR FROM open_finding WHERE device = 'b'"),
              "40");
    // a gets a hotfix for CVE-1 after 60 days.
    run("INSERT INTO finding_cleared VALUES ('a', 1, 'CVE-1', 'installed update KB1')");
    publish(now + 20 * day);
    // What knowledge takes back is no remediation; what an excluded device had neither.
    run("DELETE FROM finding WHERE cve = 'CVE-4'; UPDATE device SET excluded = true WHERE id = 'e'; DELETE FROM "
        "installation WHERE device = 'e'");
    publish(now + 21 * day);
    auto const figures = all(now + 21 * day);
    EXPECT_EQ(figures.closed, 2);
    EXPECT_EQ(figures.closed_in_time, 0);  // 30 days were asked for
    EXPECT_DOUBLE_EQ(figures.mean_days_to_close, 52.5);
    EXPECT_EQ(figures.open, 0);
    ASSERT_TRUE(replace_service_targets(connection, {{"mild", "", false, "", 50}}));
    EXPECT_EQ(all(now + 21 * day).closed_in_time, 1);
    // Published again without a change nothing is counted twice.
    publish(now + 22 * day);
    EXPECT_EQ(all(now + 22 * day).closed, 2);
}

TEST_F(ServiceTargets, AreChecked) {
    EXPECT_EQ(read_service_targets(connection)->size(), 5U);
    EXPECT_EQ(replace_service_targets(connection, {{"a", "Worst", false, "", 5}}).error().code, "advise.bad_target");
    EXPECT_EQ(replace_service_targets(connection, {{"a", "", false, "", 0}}).error().code, "advise.bad_target");
    EXPECT_EQ(replace_service_targets(connection, {{"a", "", false, "", 5}, {"A", "", false, "", 6}}).error().code,
              "advise.bad_target");
    EXPECT_EQ(read_service_targets(connection)->size(), 5U);
}

}  // namespace
}  // namespace merlon::advise
