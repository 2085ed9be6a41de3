// What a publication writes about each device's CVEs and recommendations is what counting them anew says: migration 50,
// which is plain SQL over installations, findings and exceptions. Fleets made at random, changed, and published again.
#include <random>

#include "advise/exceptions.h"
#include "advise/fixture_for_tests.h"
#include "base/embedded.h"
#include "base/repeats_for_tests.h"
#include "base/text.h"
#include "store/scope.h"

namespace merlon::advise {
namespace {

class DeviceCounts : public SmallFleet {
protected:
    std::mt19937 random{50};
    int names = 0, exceptions = 0;

    void SetUp() override {}
    bool one_in(unsigned many) { return random() % many == 0; }
    std::string any(std::string_view letter, unsigned many) { return std::string(letter) + std::to_string(random() % many); }

    // `source` with @N as "one in N of the rows, another choice each time": a hash of the row's columns.
    void rows(std::string sql, std::string const& row) {
        for (auto at = sql.find('@'); at != std::string::npos; at = sql.find('@'))
            sql.replace(at, 2, "(hash(" + row + ", " + std::to_string(random()) + ") % " + sql[at + 1] + " = 0)");
        run(sql);
    }
    // Rows of software 3k and 3k + 1 are one version, not always with the same findings; 3k + 2 is another of the product.
    void make() {
        for (auto const* table : {"device", "software", "identity", "installation", "finding", "finding_cleared", "cve", "setting", "exception", "exempt"})
            run("DELETE FROM " + std::string(table));
        rows("INSERT INTO device SELECT 'd' || i, 'd' || i, '', 'Linux', '', '', '', '', '', '', '', '', CASE WHEN @2 THEN 'HQ' WHEN @2 THEN 'Lab' ELSE '' END, "
             "'Normal', false, '', '[]', '[]', @9, 'test', 0, CASE WHEN @9 THEN 0 ELSE 639040320000000000 END, 0 FROM range(40) t(i)", "i");
        rows("INSERT INTO software SELECT i, 'programs', 's' || i, '', '1', '', '', '', '', '', '', '', '', 'windows', 0 FROM range(18) t(i)", "i");
        rows("INSERT INTO identity SELECT i, 'v', 'p' || (i // 3), CASE WHEN i % 3 < 2 THEN '1' ELSE '2' END, 'intdot', '[]', true, "
             "CASE WHEN @6 THEN 'EOS Version' WHEN @6 THEN 'Upcoming EOS Software' ELSE '' END, true, NULL, '', '', '', '' FROM range(18) t(i)", "i");
        rows("INSERT INTO cve SELECT 'CVE-' || c, 'published', '', '', 'High', 7, '', '', '', 0, 0, false, false, false, false, false, 0, '[]', '[]', 0.1, NULL, '[]', '[]', '[]' "
             "FROM range(12) t(c)", "c");
        // Of every second product both rows of a version have the same findings.
        rows("INSERT INTO finding SELECT s, 'CVE-' || c, '[]', 'affected', '', '', '', 100, @5, '[]', 0 FROM range(18) t(s), range(12) u(c) "
             "WHERE CASE WHEN s // 3 % 2 = 0 AND s % 3 < 2 THEN hash(s // 3, c, " + std::to_string(random()) + ") % 3 = 0 ELSE @3 END", "s, c");
        rows("INSERT INTO installation SELECT 'd' || d, s, '', '', 0 FROM range(40) t(d), range(18) u(s) WHERE @4", "d, s");
        rows("INSERT INTO installation SELECT device, software, '/opt', '', 0 FROM installation WHERE @9", "device, software");
        rows("INSERT INTO finding_cleared SELECT 'd' || d, software, cve, 'test' FROM range(40) t(d), finding WHERE @7", "d, software, cve");
        rows("INSERT INTO setting SELECT 'd' || d, 'sshd.PermitEmptyPasswords', CASE WHEN @2 THEN 'yes' ELSE 'no' END, 5 FROM range(40) t(d) WHERE @2", "d");
    }
    // Something of each kind, on a device or two.
    void change() {
        run("DELETE FROM installation WHERE device = '" + any("d", 40) + "' AND software = " + any("", 18));
        run("INSERT INTO installation VALUES ('" + any("d", 40) + "', " + any("", 18) + ", '', '', 0)");
        run("UPDATE finding SET hidden = NOT hidden WHERE software = " + any("", 18) + " AND cve = '" + any("CVE-", 12) + "'");
        run("DELETE FROM finding_cleared WHERE device = '" + any("d", 40) + "'");
        run("UPDATE device SET excluded = NOT excluded, device_group = 'Lab' WHERE id = '" + any("d", 40) + "'");
        run("UPDATE identity SET support_status = CASE support_status WHEN '' THEN 'EOS Version' ELSE '' END WHERE software = " + any("", 18));
    }
    // For a product, a CVE or a check; where that is not refused (there is one already).
    void except() {
        NewException one;
        one.id = "x" + std::to_string(++names);
        one.who = "user:anna";
        one.subject = one_in(3) ? "sca-_-scid-40003" : one_in(2) ? any("va-_-v-_-p", 6) : any("CVE-", 12);
        one.justification = one_in(4) ? "RiskAccepted" : "AlternateMitigation";
        one.ends = now + 30 * day;
        if (one_in(2)) one.groups = {one_in(2) ? "Lab" : "HQ"};
        exceptions += add_exception(connection, one, {}, now).has_value() ? 1 : 0;
    }
    std::string written() {
        return text("SELECT string_agg(device || ' ' || cves || '/' || cves_after || ' ' || recommendations || '/' || recommendations_after, ', ' ORDER BY device) "
                    "FROM device_exposure");
    }
    std::string counted_anew() {
        for (auto const* column : {"cves", "cves_after", "recommendations", "recommendations_after"})
            run("ALTER TABLE device_exposure DROP COLUMN " + std::string(column));
        run(embedded("schema/store/0050_device_counts.sql"));
        return written();
    }
};

TEST_F(DeviceCounts, AreThoseOfCountingAnew) {
    std::int64_t excused = 0;
    for (int round = 0; round < repeats(4, 12); ++round) {
        make();
        publish();
        auto published = written();
        EXPECT_EQ(published, counted_anew()) << "round " << round;
        for (int step = 0; step < 2; ++step) {
            change();
            except();
            publish(now + 1 + step);
            published = written();
            EXPECT_EQ(published, counted_anew()) << "round " << round << " step " << step;
        }
        excused += connection.count("SELECT count(*) FROM device_exposure WHERE cves > cves_after AND recommendations > recommendations_after").value();
    }
    EXPECT_GT(excused, 0);
    EXPECT_GT(exceptions, 4);
}

// In a scope the devices of its groups only, after its exceptions.
TEST_F(DeviceCounts, AreThoseOfADeviceGroupInItsScope) {
    make();
    publish();
    std::vector<std::string> const groups{"Lab"};
    ASSERT_TRUE(store::make_scope(connection, groups));
    while (exceptions < 5) except();
    publish(now + 1);
    auto const all = written();
    ASSERT_TRUE(store::inside_scope(connection, store::scope_schema(groups), [&]() -> Status {
        auto const inside = text("SELECT string_agg(e.device || ' ' || e.cves || '/' || e.cves_after || ' ' || e.recommendations || '/' || e.recommendations_after, ', ' ORDER BY e.device) "
                                 "FROM main.device_exposure e");
        for (auto const& device : split(inside, ',')) EXPECT_NE(all.find(trim(device)), std::string::npos) << device;
        EXPECT_EQ(connection.count("SELECT count(*) FROM main.device_exposure").value(), connection.count("SELECT count(*) FROM main.device").value());
        return {};
    }));
}

}  // namespace
}  // namespace merlon::advise
