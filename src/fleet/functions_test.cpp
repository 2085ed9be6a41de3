// What the index says in SQL is what the database counts.
#include "fleet/functions.h"

#include <gtest/gtest.h>

#include "store/store.h"

namespace merlon::fleet {
namespace {

class IndexFunctions : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();
    std::shared_ptr<Index const> index;

    void run(std::string const& sql) {
        auto const done = connection.execute(sql);
        ASSERT_TRUE(done) << describe(done.error());
    }
    void build() {
        IndexOptions options;
        options.now = 1'000 * ticks_per_day;
        index = Index::build(connection, options).value();
    }
    void SetUp() override {
        // Some devices are silent or excluded: the tables of hunting list them all the same.
        run("INSERT INTO main.device SELECT 'd' || i, 'x' || i, 'host-' || i, 'Linux', '', '', '10', '', '', '', 'x64', '', 'HQ', 'Normal', false, '', '[]', '[]', i % 5 = 0, "
            "'test', 1, CASE WHEN i % 7 = 0 THEN 1 ELSE 999 * 864000000000 END, 0 FROM range(90) t(i)");
        run("INSERT INTO main.software SELECT i, 'test', 'p' || i % 10, 'v', '1.' || i, '', '', '', '', '', '', '', '', '', 0 FROM range(30) t(i)");
        run("INSERT INTO main.identity SELECT i, 'v' || i % 3, 'p' || i % 6, '1.' || i, '', '[]', true, '', true, NULL, '', '', '', '' FROM range(30) t(i)");
        run("INSERT INTO main.installation SELECT 'd' || d, s, 'path' || k, '', 0 FROM range(90) a(d), range(29) b(s), range(2) c(k) WHERE (d * 7 + s * 3) % 5 < 2 AND (k = 0 OR (d + s) % 4 = 0)");
        run("INSERT INTO main.finding SELECT s, 'CVE-' || c, '[]', 'fixed', '2.0', '', '', 90, c % 11 = 0, '[]', 0 FROM range(30) a(s), range(60) b(c) WHERE (s + c) % 6 = 0");
        run("INSERT INTO main.finding_cleared SELECT 'd' || d, s, 'CVE-' || c, 'hotfix' FROM range(90) a(d), range(30) b(s), range(60) e(c) WHERE (s + c) % 6 = 0 AND ((d + c) % 9 = 0 OR c = 12)");
        build();
        ASSERT_TRUE(add_index_functions(connection, [this] { return index; }));
    }
    void same() {
        auto const differ = [&](std::string const& told, std::string const& columns, std::string const& counted) {
            auto const sql = "SELECT count(*) FROM (SELECT " + columns + ", " + told + "(" + columns + ") FROM (SELECT DISTINCT " + columns + " FROM " + counted +
                             ") EXCEPT SELECT " + columns + ", count(DISTINCT device) FROM " + counted + " GROUP BY ALL)";
            auto const found = connection.count(sql);
            ASSERT_TRUE(found) << describe(found.error());
            EXPECT_EQ(*found, 0) << told;
            EXPECT_GT(connection.count("SELECT max(" + told + "(" + columns + ")) FROM " + counted).value(), 10) << told;
        };
        std::string const installed = "(SELECT i.device, y.vendor, y.product, y.version FROM main.installation i JOIN main.identity y ON y.software = i.software)";
        differ("fleet_devices_of_version", "vendor, product, version", installed);
        differ("fleet_devices_of_product", "vendor, product", installed);
        differ("fleet_devices_of_name", "product", installed);
        differ("fleet_devices_of_cve", "cve",
               "(SELECT i.device, f.cve FROM main.installation i JOIN main.finding f ON f.software = i.software AND NOT f.hidden "
               "ANTI JOIN main.finding_cleared x ON x.device = i.device AND x.software = f.software AND x.cve = f.cve)");
    }
};

TEST_F(IndexFunctions, SayWhatTheDatabaseCounts) {
    same();
    EXPECT_EQ(connection.count("SELECT fleet_devices_of_cve('CVE-12') + fleet_devices_of_name('nothing')").value(), 0);  // cleared everywhere; not there
}

// An index that was built anew numbers everything otherwise.
TEST_F(IndexFunctions, FollowTheIndex) {
    same();
    run("UPDATE main.identity SET product = 'p' || (software + 3) % 7, vendor = 'v' || software % 2; DELETE FROM main.installation WHERE device = 'd2'");
    build();
    same();
}

}  // namespace
}  // namespace merlon::fleet
