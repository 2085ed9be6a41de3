#include "store/history.h"

#include <gtest/gtest.h>

#include "store/inventory.h"
#include "store/store.h"

namespace merlon::store {
namespace {

class History : public testing::Test {
protected:
    Store store = Store::in_memory().value();
    Connection connection = store.connect().value();
    static constexpr Ticks day = ticks_per_day, start = 800'000 * ticks_per_day;

    void run(std::string_view sql) {
        auto const done = connection.execute(sql);
        ASSERT_TRUE(done) << describe(done.error());
    }
    // What a statement over main gives as of a time, as one text.
    std::string then(std::string sql, Ticks time) {
        auto const past = as_of(std::move(sql), time);
        if (!past) return past.error().code;
        auto const value = connection.scalar(*past);
        if (!value) return describe(value.error());
        auto const* text = std::get_if<std::string>(&*value);
        return text ? *text : "";
    }
    void keep(Ticks time, int days = 180) {
        auto const done = connection.transaction([&] { return keep_history(connection, time, days); });
        ASSERT_TRUE(done) << describe(done.error());
    }
    void report(std::vector<SoftwareItem> software, Ticks time) {
        DeviceReport one;
        one.name = "host";
        one.software = std::move(software);
        ASSERT_TRUE(connection.transaction([&]() -> Status {
            TRY(write_report(connection, one, time));
            return {};
        }));
    }
};

TEST_F(History, InstallationsAreExactToTheReport) {
    constexpr auto names = "SELECT coalesce(string_agg(s.name, ' ' ORDER BY s.name), '') FROM main.installation i JOIN main.software s ON s.id = i.software";
    report({{.source = "programs", .name = "editor", .version = "1"}}, start);
    report({{.source = "programs", .name = "player", .version = "1"}, {.source = "programs", .name = "viewer", .version = "1"}}, start + day);
    report({{.source = "programs", .name = "editor", .version = "1"}, {.source = "programs", .name = "viewer", .version = "1"}}, start + 2 * day);
    EXPECT_EQ(then(names, start - 1), "");
    EXPECT_EQ(then(names, start), "editor");
    EXPECT_EQ(then(names, start + day - 1), "editor");
    EXPECT_EQ(then(names, start + day), "player viewer");
    EXPECT_EQ(then(names, start + 2 * day), "editor viewer");
}

TEST_F(History, RowsAreKeptWithTheTimeTheyWereTrue) {
    run("INSERT INTO cve VALUES ('CVE-1', 'published', '', '', 'High', NULL, '', '', '', 0, 0, false, false, false, false, false, 0, '[]', '[]', NULL, NULL, '[]', '[]', '[]')");
    run("INSERT INTO finding VALUES (1, 'CVE-1', '[]', 'affected', '', '', '', 100, false, '[]', 7)");
    keep(start);
    keep(start + 1);
    EXPECT_EQ(connection.count("SELECT count(*) FROM finding_history").value(), 1);  // nothing changed, nothing written
    run("UPDATE finding SET state = 'fixed', fixed_version = '2'; UPDATE cve SET epss = 0.5, known_exploited = true");
    keep(start + day);
    run("DELETE FROM finding");
    keep(start + 2 * day);
    constexpr auto state = "SELECT string_agg(f.state || f.fixed_version || ' ' || coalesce(c.epss::VARCHAR, 'none')) FROM main.finding f JOIN main.cve c ON c.id = f.cve";
    EXPECT_EQ(then(state, start - 1), "");
    EXPECT_EQ(then(state, start + day - 1), "affected none");
    EXPECT_EQ(then(state, start + day), "fixed2 0.5");
    EXPECT_EQ(then(state, start + 2 * day), "");
    EXPECT_EQ(connection.count("SELECT count(*) FROM cve_history WHERE valid_to > 900000 * 864000000000").value(), 0);  // no finding, no rating kept
    // What ended longer ago than wanted is forgotten.
    keep(start + 20 * day, 10);
    EXPECT_EQ(connection.count("SELECT count(*) FROM finding_history").value(), 0);
}

TEST_F(History, OnlyTablesThatHaveOneAreAsked) {
    EXPECT_EQ(then("SELECT count(*) FROM main.alert", start), "store.no_history");
    EXPECT_EQ(as_of("FROM main.device d JOIN main.software s ON domain.device", 5).value(), "FROM past.device(5) d JOIN main.software s ON domain.device");
}

}  // namespace
}  // namespace merlon::store
