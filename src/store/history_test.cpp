#include "store/history.h"

#include <gtest/gtest.h>

#include <array>

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

// What changed, told from one pass over what touched the two times, is what two whole states differ in (EXCEPT both ways),
// on histories made at random: several rows of one product and version, rows that come back, findings cleared on a device.
TEST_F(History, ChangesAreTheDifferenceOfTwoStates) {
    constexpr auto interval = ", (hash(x, 'from') % 60)::BIGINT AS a, a + 1 + (hash(x, 'span') % 60)::BIGINT AS b FROM range(";
    auto const until = "CASE WHEN b > 60 THEN 9223372036854775807 ELSE b END";
    auto const made = [&](std::string const& table, std::string const& columns, int rows) {
        run("INSERT INTO " + table + " SELECT " + columns + " FROM (SELECT x" + interval + std::to_string(rows) + ") r(x))");
    };
    made("installation", "'d' || x % 7, (x * 13) % 11, 'p' || x, '', a", 60);
    made("installation_past", "'d' || x % 7, (x * 5) % 11, 'q' || x, '', a, b", 60);
    made("identity_history", "x % 11, 'v', 'product' || x % 4, '1', '', NULL, a, " + std::string(until), 30);
    made("finding_history", "x % 11, 'CVE-' || x % 5, 'affected', CASE WHEN x % 4 = 0 THEN '2' ELSE '' END, CASE WHEN x % 9 = 0 THEN 'KB1' ELSE '' END, x % 6 = 0, x, a, " + std::string(until), 80);
    made("finding_cleared_history", "'d' || x % 7, x % 11, 'CVE-' || x % 5, '', a, " + std::string(until), 60);
    made("configuration_result_history", "'d' || x, x % 3, x % 2 = 0, x % 5 = 0, '', a, " + std::string(until), 20);
    made("configuration_result_history", "'d' || x, x % 3, x % 2 = 1, x % 5 = 1, '', b, b + 20", 20);
    made("cve_history", "'CVE-' || x, 'High', 5 + x, NULL, false, false, x % 2 = 0, false, a, b", 5);
    made("cve_history", "'CVE-' || x, 'High', 5 + x, NULL, x % 2 = 1, false, false, false, b, b + 20", 5);
    auto const software = "SELECT DISTINCT i.device, y.vendor, y.product, y.version FROM main.installation i JOIN main.identity y ON y.software = i.software";
    auto const vulnerabilities = "SELECT DISTINCT i.device, y.vendor, y.product, y.version, f.cve FROM main.installation i JOIN main.identity y ON y.software = i.software "
                                 "JOIN main.finding f ON f.software = i.software AND NOT f.hidden WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x "
                                 "WHERE x.device = i.device AND x.software = i.software AND x.cve = f.cve)";
    auto const configurations = "SELECT device, scid, CASE WHEN NOT applicable THEN 'NotApplicable' WHEN compliant THEN 'Compliant' ELSE 'NotCompliant' END "
                                "FROM main.configuration_result";
    auto const told_of_each =
        "SELECT i.device, y.vendor, y.product, y.version, f.cve, min(f.hotfix) AS hotfix, min(f.fixed_version) AS fixed_version, min(greatest(f.first_seen, i.first_seen)) AS first_seen, "
        "to_json(coalesce(list(DISTINCT i.path ORDER BY i.path) FILTER (i.path <> ''), []))::VARCHAR AS paths, any_value(c.severity) AS severity, any_value(c.cvss) AS cvss, "
        "any_value(CASE WHEN c.exploit_in_kit THEN 'ExploitIsInKit' WHEN c.exploit_verified OR c.known_exploited THEN 'ExploitIsVerified' WHEN c.exploit_public THEN 'ExploitIsPublic' "
        "ELSE 'NoExploit' END) AS level FROM main.installation i JOIN main.finding f ON f.software = i.software AND NOT f.hidden JOIN main.identity y ON y.software = i.software "
        "LEFT JOIN main.cve c ON c.id = f.cve WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = i.device AND x.software = f.software AND x.cve = f.cve) GROUP BY ALL";
    std::int64_t changes = 0, updates = 0;
    for (auto const& [f, t] : std::array<std::pair<Ticks, Ticks>, 6>{{{0, 70}, {10, 20}, {20, 50}, {30, 31}, {40, 40}, {55, 60}}}) {
        auto const times = "(" + std::to_string(f) + ", " + std::to_string(t) + ")";
        auto const same = [&](std::string_view what, std::string const& state, std::string const& told) {
            auto const before = as_of(state, f).value(), after = as_of(state, t).value();
            auto const differ = "(SELECT 'Added', * FROM ((" + after + ") EXCEPT (" + before + ")) UNION ALL SELECT 'Removed', * FROM ((" + before + ") EXCEPT (" + after + ")))";
            auto const count = connection.count("SELECT count(*) FROM " + differ);
            ASSERT_TRUE(count) << describe(count.error());
            auto const once = connection.count("SELECT count(*) FROM (" + told + ")");
            ASSERT_TRUE(once) << describe(once.error());
            EXPECT_EQ(*once, *count) << what << times;
            EXPECT_EQ(connection.count("SELECT count(*) FROM ((" + told + ") EXCEPT FROM " + differ + ")").value(), 0) << what << times;
            changes += *count;
        };
        same("software", software, "SELECT change, device, vendor, product, version FROM past.software_changes" + times);
        same("vulnerabilities", vulnerabilities, "SELECT change, device, vendor, product, version, cve FROM past.vulnerability_changes" + times);
        auto const columns = std::string("device, vendor, product, version, cve, status, first_seen, hotfix, fixed_version, paths, severity, cvss, level");
        auto const both = std::string("(SELECT coalesce(n.device, o.device) AS device, coalesce(n.vendor, o.vendor) AS vendor, coalesce(n.product, o.product) AS product, "
            "coalesce(n.version, o.version) AS version, coalesce(n.cve, o.cve) AS cve, CASE WHEN o.device IS NULL THEN 'New' WHEN n.device IS NULL THEN 'Fixed' ELSE 'Updated' END AS status, "
            "coalesce(o.first_seen, n.first_seen) AS first_seen, coalesce(n.hotfix, o.hotfix) AS hotfix, coalesce(n.fixed_version, o.fixed_version) AS fixed_version, "
            "coalesce(n.paths, o.paths) AS paths, coalesce(n.severity, o.severity, '') AS severity, coalesce(n.cvss, o.cvss) AS cvss, coalesce(n.level, o.level) AS level FROM (") +
            as_of(told_of_each, t).value() + ") n FULL JOIN (" + as_of(told_of_each, f).value() + ") o USING (device, vendor, product, version, cve) WHERE o.device IS NULL OR n.device IS NULL "
            "OR o.severity IS DISTINCT FROM n.severity OR o.cvss IS DISTINCT FROM n.cvss OR o.level <> n.level OR o.paths <> n.paths OR o.hotfix <> n.hotfix OR o.fixed_version <> n.fixed_version)";
        for (auto const& [less, more] : {std::pair("past.vulnerability_updates" + times, both), std::pair(both, "past.vulnerability_updates" + times)}) {
            auto const missing = connection.count("SELECT count(*) FROM (SELECT " + columns + " FROM " + more + " EXCEPT SELECT " + columns + " FROM " + less + ")");
            ASSERT_TRUE(missing) << describe(missing.error());
            EXPECT_EQ(*missing, 0) << "missing of " << less.substr(0, 40) << times;
        }
        updates += connection.count("SELECT count(*) FROM " + both + " WHERE status = 'Updated'").value();
        auto const checks = " FROM past.configuration_changes" + times + " WHERE before <> after AND ";
        same("configurations", configurations, "SELECT 'Added', device, scid, after" + checks + "after <> 'Unknown' UNION ALL SELECT 'Removed', device, scid, before" + checks + "before <> 'Unknown'");
    }
    EXPECT_GT(changes, 200);
    EXPECT_GT(updates, 20);
}

}  // namespace
}  // namespace merlon::store
