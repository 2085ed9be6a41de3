// Aggregates over smaller relations give what they give over the whole table.
#include <array>
#include <map>

#include "hunt/hunting_for_tests.h"

namespace merlon::hunt {
namespace {

class NarrowRelations : public HuntingStore {
protected:
    // 40 devices, 30 software versions of 10 products, 60 CVEs; some installed twice, some findings hidden or cleared. Software
    // 40 and 41 have the identity of 3, and some of its findings.
    void SetUp() override {
        HuntingStore::SetUp();
        have(R"sql(
            INSERT INTO main.device SELECT 'd' || i, 'x' || i, 'host-' || i, CASE WHEN i % 2 = 0 THEN 'Windows11' ELSE 'Linux' END,
                '', '', '10', '', '', '', 'x64', '', 'HQ', 'Normal', false, '', '[]', '[]', false, 'test', 1, 2, 0 FROM range(40) t(i);
            INSERT INTO main.software SELECT i, 'test', 'p' || i % 10, 'v', '1.' || i, '', '', '', '', '', '', '', 'cpe' || i, '', 0 FROM range(30) t(i);
            INSERT INTO main.identity SELECT i, 'v' || i % 3, 'p' || i % 10, '1.' || i // 2, '', '[]', true,
                CASE WHEN i % 7 = 0 THEN 'EOS Version' ELSE '' END, true, NULL, '', '', '', '' FROM range(30) t(i);
            INSERT INTO main.installation SELECT 'd' || d, s, 'path' || k, '', 0
                FROM range(40) a(d), range(29) b(s), range(2) c(k) WHERE (d * 7 + s * 3) % 5 < 2 AND (k = 0 OR (d + s) % 4 = 0);
            INSERT INTO main.finding SELECT s, 'CVE-2024-' || c, '[]', 'fixed', '2.0', CASE WHEN c % 5 = 0 THEN '50' || c ELSE '' END, '', 90,
                c % 11 = 0, '[]', 0 FROM range(30) a(s), range(60) b(c) WHERE (s + c) % 6 = 0;
            INSERT INTO main.cve SELECT 'CVE-2024-' || c, 'published', '', '', CASE WHEN c % 3 = 0 THEN 'Critical' ELSE 'High' END, 9.0, '', '', '',
                0, 0, c % 2 = 0, false, false, false, false, 0, '[]', '[]', 0.5, 0.5, '[]', '[]', '[]' FROM range(55) t(c);
            INSERT INTO main.finding_cleared SELECT 'd' || d, s, 'CVE-2024-' || c, 'hotfix'
                FROM range(40) a(d), range(30) b(s), range(60) e(c) WHERE (s + c) % 6 = 0 AND ((d + c) % 9 = 0 OR c = 12);
            INSERT INTO main.software SELECT s, 'test', 'q' || s, 'v', '1.3', '', '', '', '', '', '', '', 'cpe3', '', 0 FROM range(40, 42) t(s);
            INSERT INTO main.identity SELECT s, 'v0', 'p3', '1.1', '', '[]', true, '', true, NULL, '', '', '', '' FROM range(40, 42) t(s);
            INSERT INTO main.installation SELECT 'd' || d, s, 'q' || k, '', 0
                FROM range(40) a(d), range(40, 42) b(s), range(2) c(k) WHERE (d + s) % 3 < 2 AND (d * 7 + 9) % 5 < 2;
            INSERT INTO main.finding SELECT s, 'CVE-2024-' || c, '[]', 'fixed', '2.0', CASE WHEN c % 5 = 0 THEN '50' || c ELSE '' END, '', 90,
                c % 11 = 0, '[]', 0 FROM range(40, 42) a(s), range(60) b(c) WHERE c % 3 = 0;
            INSERT INTO main.finding_cleared SELECT 'd' || d, s, 'CVE-2024-' || c, 'hotfix'
                FROM range(40) a(d), range(40, 42) b(s), range(60) e(c) WHERE c % 3 = 0 AND (d + s + c) % 7 = 0)sql");
    }

    // The same over the whole table: what materialize() holds is not looked into.
    void same(std::string const& table, std::string const& pipes, bool smaller) {
        auto const plain = rows(table + pipes);
        EXPECT_EQ(plain, rows("materialize(" + table + ")" + pipes)) << pipes;
        EXPECT_NE(plain, "") << pipes;
        auto const plan = explain(table + pipes, options).value();
        EXPECT_EQ(plan.find('@') != std::string::npos, smaller) << pipes << "\n" << plan;
    }
};

TEST_F(NarrowRelations, CountsByWeight) {
    std::string const table = "DeviceTvmSoftwareVulnerabilities";
    same(table, " | summarize n = count() by CveId | order by CveId asc", true);
    same(table, " | count", true);
    same(table, " | where VulnerabilitySeverityLevel == 'Critical' | summarize n = count(), c = countif(CveId has '1'), v = dcount(SoftwareVersion) by SoftwareName | order by SoftwareName asc", true);
    same(table, " | summarize n = count() by OSPlatform | order by OSPlatform asc", false);
    same(table, " | extend Product = strcat(SoftwareVendor, SoftwareName) | summarize n = count() by Product | order by Product asc", true);
}

// Device, vendor, product, version and CVE, as the export of vulnerabilities counts them.
TEST_F(NarrowRelations, OneRowForAnIdentity) {
    auto const exported = connection.count(
        "SELECT count(*) FROM (SELECT DISTINCT i.device, y.vendor, y.product, y.version, f.cve FROM main.installation i "
        "JOIN main.finding f ON f.software = i.software AND NOT f.hidden JOIN main.identity y ON y.software = i.software "
        "WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = i.device AND x.software = f.software AND x.cve = f.cve))");
    auto const expected = std::to_string(exported.value()) + " \n";
    std::string const table = "DeviceTvmSoftwareVulnerabilities";
    EXPECT_EQ(rows(table + " | count"), expected);
    EXPECT_EQ(rows("materialize(" + table + ") | count"), expected);
    EXPECT_EQ(rows(table + " | distinct DeviceId, SoftwareVendor, SoftwareName, SoftwareVersion, CveId | count"), expected);
    EXPECT_EQ(rows(table + " | where CveId startswith 'CVE' | summarize count() by DeviceName | summarize sum(count_)"), expected);
    auto const shared = " | where SoftwareName == 'p3' and SoftwareVersion == '1.1'";
    auto const in_rows = rows(table + shared + " | project DeviceName, CveId | count");
    EXPECT_EQ(in_rows, rows("materialize(" + table + ")" + shared + " | count"));
    EXPECT_NE(in_rows, "0 \n");
}

// The table of 2020 has the same rows, and one without CVE for each identity of a device that has none.
TEST_F(NarrowRelations, OneRowForAnIdentityWithoutFindings) {
    ASSERT_TRUE(connection.execute("UPDATE main.finding SET hidden = true WHERE software IN (3, 5, 6, 40)"));
    std::string const table = "DeviceTvmSoftwareInventoryVulnerabilities";
    EXPECT_EQ(rows(table + " | where isnotempty(CveId) | count"), rows("DeviceTvmSoftwareVulnerabilities | count"));
    EXPECT_EQ(rows(table + " | distinct DeviceId, SoftwareVendor, SoftwareName, SoftwareVersion, CveId | count"), rows(table + " | count"));
    auto const expected = connection.count(
        "SELECT count(*) FROM (SELECT DISTINCT i.device, y.vendor, y.product, y.version FROM main.installation i "
        "JOIN main.identity y ON y.software = i.software WHERE NOT EXISTS (SELECT 1 FROM main.installation j "
        "JOIN main.identity o ON o.software = j.software JOIN main.finding f ON f.software = j.software AND NOT f.hidden "
        "WHERE j.device = i.device AND o.vendor = y.vendor AND o.product = y.product AND o.version = y.version AND NOT EXISTS "
        "(SELECT 1 FROM main.finding_cleared x WHERE x.device = j.device AND x.software = j.software AND x.cve = f.cve)))");
    EXPECT_EQ(rows(table + " | where isempty(CveId) | count"), std::to_string(expected.value()) + " \n");
    EXPECT_GT(expected.value(), 0);
}

TEST_F(NarrowRelations, DistinctValuesWithoutDevices) {
    std::string const table = "DeviceTvmSoftwareVulnerabilities";
    same(table, " | summarize cves = dcount(CveId), names = make_set(SoftwareName) by SoftwareVendor | order by SoftwareVendor asc", true);
    same(table, " | summarize dcount(DeviceId), dcount(CveId) by SoftwareName | order by SoftwareName asc", true);
    same(table, " | distinct CveId, SoftwareName | order by CveId asc, SoftwareName asc", true);
    same(table, " | join kind=inner DeviceTvmSoftwareVulnerabilitiesKB on CveId | where IsExploitAvailable | summarize dcount(DeviceId), max(CvssScore) by CveId | order by CveId asc", true);
    same(table, " | take 5 | summarize dcount(CveId)", false);
    // A finding that is cleared wherever its software is does not show, nor one of which nobody has the software.
    ASSERT_TRUE(connection.execute("INSERT INTO main.finding_cleared SELECT DISTINCT i.device, f.software, f.cve, 'test' FROM main.finding f JOIN main.installation i ON i.software = f.software "
                                   "WHERE f.software % 3 = 0 AND f.cve LIKE '%4'; DELETE FROM main.installation WHERE software % 7 = 0"));
    for (std::string const pipes : {" | summarize make_set(SoftwareName) by CveId | order by CveId asc", " | distinct CveId, SoftwareName, SoftwareVersion | order by CveId asc, SoftwareName asc, SoftwareVersion asc",
                                    " | where VulnerabilitySeverityLevel == 'Critical' | distinct CveId | order by CveId asc"}) {
        same(table, pipes, true);
        EXPECT_NE(explain(table + pipes).value().find("@there"), std::string::npos) << pipes;
    }
}

// Device, software and CVE alone; and all rows, where the query names what it looks for.
TEST_F(NarrowRelations, JoinsAndNamedValues) {
    std::string const table = "DeviceTvmSoftwareVulnerabilities";
    auto const uses = [&](std::string const& pipes, std::string_view view) {
        return explain(table + pipes).value().find(view) != std::string::npos;
    };
    std::string const joined = " | join kind=inner (DeviceTvmSoftwareVulnerabilitiesKB | where IsExploitAvailable) on CveId "
                               "| summarize n = dcount(CveId) by DeviceId | order by n desc, DeviceId asc";
    same(table, joined, true);
    EXPECT_TRUE(uses(joined, "@bare"));
    std::string const order = " | order by DeviceName asc, SoftwareVersion asc, SoftwareName asc, CveId asc";
    for (std::string const named : {"CveId == 'CVE-2024-14'", "CveId in ('CVE-2024-14', 'CVE-2024-18')", "SoftwareName has 'p3' and OSPlatform == 'Linux'",
                                    "SoftwareName =~ 'P3' or CveId endswith '-6'", "DeviceName == 'host-7'", "DeviceId in ('d3', 'd8') and OSPlatform == 'Linux'",
                                    "DeviceName =~ 'HOST-11'"}) {
        auto const pipes = " | where " + named + order + " | project DeviceName, SoftwareName, SoftwareVersion, CveId, VulnerabilitySeverityLevel, RecommendedSecurityUpdate";
        same(table, pipes, true);
        EXPECT_TRUE(uses(pipes, "@few")) << pipes;
    }
    for (std::string const other : {"DeviceName startswith 'host'", "DeviceName has 'host'", "CveId != 'CVE-2024-12'", "OSPlatform == 'Linux'", "CveId == 'CVE-2024-12' or OSPlatform == 'Linux'", "isnotempty(CveId)"})
        EXPECT_FALSE(uses(" | where " + other + " | project DeviceName, CveId", "@few")) << other;
}

// A CVE that attackers use and that nothing fixes has all three tags, in the table and in what stands in for it.
TEST_F(NarrowRelations, TagsOfFindings) {
    ASSERT_TRUE(connection.execute(R"sql(
        UPDATE main.finding SET state = 'affected', fixed_version = '', hotfix = '' WHERE cve IN ('CVE-2024-4', 'CVE-2024-8', 'CVE-2024-58');
        UPDATE main.cve SET known_exploited = true WHERE id IN ('CVE-2024-8', 'CVE-2024-9'))sql"));
    std::string const table = "DeviceTvmSoftwareVulnerabilities", order = " | order by CveId asc, CveTags asc";
    std::string const cves = " | where CveId in ('CVE-2024-3', 'CVE-2024-4', 'CVE-2024-8', 'CVE-2024-9', 'CVE-2024-58') | project CveId, CveTags = tostring(CveTags)";
    auto const expected = "\"CVE-2024-3\" \"[]\" \n"
                          "\"CVE-2024-4\" \"[\\\"NoSecurityUpdate\\\"]\" \n"
                          "\"CVE-2024-58\" \"[\\\"NoSecurityUpdate\\\"]\" \n"
                          "\"CVE-2024-8\" \"[\\\"KnownExploited\\\",\\\"ZeroDay\\\",\\\"NoSecurityUpdate\\\"]\" \n"
                          "\"CVE-2024-9\" \"[\\\"KnownExploited\\\"]\" \n";
    EXPECT_EQ(rows("materialize(" + table + ")" + cves + " | distinct CveId, CveTags" + order), expected);
    EXPECT_EQ(rows(table + cves + " | distinct CveId, CveTags" + order), expected);
    same(table, cves + " | summarize n = count(), d = dcount(CveId) by CveId, CveTags" + order, true);
    same(table, " | summarize n = countif(CveTags has 'ZeroDay'), u = countif(CveTags has 'NoSecurityUpdate') by SoftwareName | order by SoftwareName asc", true);
}

// The exposure level of a device is joined where it is read, and only there.
TEST_F(NarrowRelations, DevicesWithoutTheirExposure) {
    ASSERT_TRUE(connection.execute("INSERT INTO main.device_exposure (device, hazard, level) SELECT 'd' || i, 1, 'High' FROM range(0, 40, 3) t(i)"));
    std::string const table = "DeviceInfo";
    same(table, " | summarize n = count(), d = dcount(DeviceId) by OSPlatform, SensorHealthState | order by OSPlatform asc", true);
    same(table, " | where OSPlatform == 'Linux' | project DeviceName, OSBuild, MachineGroup | order by DeviceName asc", true);
    same(table, " | summarize n = count() by ExposureLevel | order by ExposureLevel asc", false);
    same(table, " | where ExposureLevel == 'High' | project DeviceName | order by DeviceName asc", false);
}

// Which software has a CVE is looked up where it is read, and only there.
TEST_F(NarrowRelations, CvesWithoutTheirSoftware) {
    std::string const table = "DeviceTvmSoftwareVulnerabilitiesKB";
    same(table, " | where CvssScore >= 9 | project CveId, VulnerabilitySeverityLevel | order by CveId asc", true);
    same(table, " | where AffectedSoftware has 'p3' | project CveId | order by CveId asc", false);
    auto const expected = connection.count(
        "SELECT count(*) FROM (SELECT DISTINCT f.cve, y.vendor, y.product FROM main.finding f JOIN main.identity y ON y.software = f.software "
        "JOIN main.cve c ON c.id = f.cve WHERE NOT f.hidden)");
    EXPECT_EQ(rows(table + " | mv-expand s = AffectedSoftware to typeof(string) | where s contains ':p' | count"), std::to_string(expected.value()) + " \n");
    EXPECT_EQ(rows(table + " | where CveId == 'CVE-2024-11' | project AffectedSoftware"), "[] \n");  // hidden everywhere
}

TEST_F(NarrowRelations, RowsThatAreOnlyAskedFor) {
    ASSERT_TRUE(connection.execute("DELETE FROM main.installation WHERE device IN ('d1', 'd2')"));  // without any finding
    std::string const critical = "(DeviceTvmSoftwareVulnerabilities | where VulnerabilitySeverityLevel == 'Critical' and CveId endswith '4')";
    for (auto const& pipes : {" | join kind=leftanti " + critical + " on DeviceId", " | where DeviceId in (" + critical + " | distinct DeviceId)"}) {
        same("DeviceInfo", pipes + " | project DeviceName | order by DeviceName asc", true);
        EXPECT_NE(explain("DeviceInfo" + pipes + " | project DeviceName").value().find("@rated"), std::string::npos) << pipes;
    }
    for (std::string const kind : {"leftanti", "leftsemi"})
        same("DeviceInfo", " | join kind=" + kind + " (DeviceTvmSoftwareInventory | where SoftwareName == 'p3') on DeviceId | project DeviceName | order by DeviceName asc", true);
}

// A column said to be never null is read as it is: no row may have NULL there.
TEST_F(NarrowRelations, ColumnsThatAreNeverNull) {
    ASSERT_TRUE(connection.execute("INSERT INTO main.alert SELECT 'a' || i, 'd' || i, i, 'High', 'Malware', 'Title', 'New', 'test', '{}' FROM range(45) t(i)"));
    std::size_t columns = 0;
    for (auto const& table : Catalog::hunting().tables())
        for (auto const& column : table.columns) {
            if (!column.not_null) continue;
            ++columns;
            auto relations = std::vector<std::string>{table.relation};
            for (auto const& narrow : table.narrow)
                if (std::find(narrow.columns.begin(), narrow.columns.end(), column.name) != narrow.columns.end()) relations.push_back(narrow.relation);
            for (auto const& relation : relations)
                EXPECT_EQ(connection.count("SELECT count(*) FROM " + relation + " WHERE \"" + column.name + "\" IS NULL").value(), 0) << relation << " " << column.name;
        }
    EXPECT_GT(columns, 20U);
}

TEST_F(NarrowRelations, Inventory) {
    std::string const table = "DeviceTvmSoftwareInventory";
    same(table, " | summarize versions = dcount(SoftwareVersion) by SoftwareVendor, SoftwareName | order by SoftwareVendor asc, SoftwareName asc", true);
    same(table, " | summarize devices = dcount(DeviceId) by SoftwareName, SoftwareVersion | order by SoftwareName asc, SoftwareVersion asc", true);
    same(table, " | summarize n = count() by SoftwareName | order by SoftwareName asc", false);
    for (std::string const named : {"DeviceName == 'host-7'", "DeviceId in ('d3', 'd8')", "DeviceName =~ 'HOST-11' and SoftwareName has 'p3'"})
        same(table, " | where " + named + " | project DeviceName, SoftwareName, SoftwareVersion, ProductCodeCpe | order by DeviceName asc, SoftwareName asc, SoftwareVersion asc", true);
}

// What a server's index says (fleet/functions.h), said by the database here.
TEST_F(NarrowRelations, CountsOfTheFleetIndex) {
    auto const says = [&](std::string name, std::string const& sql) {
        auto known = std::make_shared<std::map<std::string, std::int64_t>>();
        auto found = connection.query(sql);
        while (auto const chunk = found->next().value())
            for (std::size_t row = 0; row < chunk->rows; ++row) {
                std::string key;
                for (std::size_t i = 0; i + 1 < chunk->columns.size(); ++i) key += std::string(chunk->columns[i].text(row)) + "/";
                (*known)[key] = chunk->columns.back().int64(row);
            }
        store::ScalarFunction made;
        made.name = std::move(name);
        made.parameters.assign(found->column_count() - 1, store::ColumnType::text);
        made.returns = store::ColumnType::int64;
        made.is_volatile = true;
        made.body = [known](store::ScalarCall& call) -> Status {
            for (std::size_t row = 0; row < call.rows; ++row) {
                std::string key;
                for (auto const& argument : call.arguments) key += std::string(argument.text(row)) + "/";
                call.out.int64(row, known->contains(key) ? known->at(key) : 0);
            }
            return {};
        };
        ASSERT_TRUE(connection.add_functions(std::array{made}));
    };
    std::string const installed = "count(DISTINCT i.device) FROM main.installation i JOIN main.identity y ON y.software = i.software GROUP BY ALL";
    says("fleet_devices_of_version", "SELECT y.vendor, y.product, y.version, " + installed);
    says("fleet_devices_of_product", "SELECT y.vendor, y.product, " + installed);
    says("fleet_devices_of_name", "SELECT y.product, " + installed);
    says("fleet_devices_of_cve", "SELECT f.cve, count(DISTINCT i.device) FROM main.installation i JOIN main.finding f ON f.software = i.software AND NOT f.hidden "
                                 "WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = i.device AND x.software = f.software AND x.cve = f.cve) GROUP BY ALL");
    options.fleet_index = true;
    auto const from_index = [&](std::string const& table, std::string const& pipes, bool indexed = true) {
        same(table, pipes, indexed || explain(table + pipes, options).value().find('@') != std::string::npos);
        auto const plan = explain(table + pipes, options).value();
        EXPECT_EQ(plan.find("from the fleet index") != std::string::npos, indexed) << plan;
    };
    std::string const inventory = "DeviceTvmSoftwareInventory", vulnerabilities = "DeviceTvmSoftwareVulnerabilities";
    from_index(inventory, " | summarize n = count() by SoftwareName | order by SoftwareName asc");
    from_index(inventory, " | where EndOfSupportStatus has 'EOS' | summarize n = count(), c = countif(SoftwareName == 'p3') by SoftwareVendor | order by SoftwareVendor asc");
    from_index(inventory, " | count");
    from_index(inventory, " | summarize dcount(DeviceId) by SoftwareName | order by SoftwareName asc");
    from_index(inventory, " | where SoftwareName != 'p4' | summarize d = dcount(DeviceId), take_any(SoftwareVendor) by SoftwareVendor, SoftwareName | order by SoftwareVendor asc, SoftwareName asc");
    from_index(inventory, " | project Product = SoftwareName, SoftwareVendor, SoftwareVersion, DeviceId | summarize Devices = dcount(DeviceId) by Product, SoftwareVendor, SoftwareVersion"
                          " | order by Product asc, SoftwareVendor asc, SoftwareVersion asc");
    from_index(vulnerabilities, " | summarize dcount(DeviceId) by CveId | order by CveId asc");
    from_index(vulnerabilities, " | where VulnerabilitySeverityLevel == 'Critical' | summarize d = dcount(DeviceId) by CveId, VulnerabilitySeverityLevel | order by d desc, CveId asc | take 7");
    from_index(vulnerabilities, " | summarize n = count() by SoftwareName | order by SoftwareName asc");
    from_index(vulnerabilities, " | count");
    // Not what the index knows: devices by something else, devices looked at, a part of them.
    from_index(inventory, " | summarize dcount(DeviceId) by SoftwareVendor | order by SoftwareVendor asc", false);
    from_index(inventory, " | where DeviceId startswith 'd1' | summarize dcount(DeviceId) by SoftwareName | order by SoftwareName asc", false);
    from_index(inventory, " | summarize dcount(DeviceId), s = make_set(DeviceId) by SoftwareName | project dcount_DeviceId, n = array_length(s), SoftwareName | order by SoftwareName asc", false);
    from_index(inventory, " | summarize dcount(DeviceName) by SoftwareName | order by SoftwareName asc", false);
    from_index(vulnerabilities, " | summarize dcount(DeviceId) by CveId, SoftwareName | order by CveId asc, SoftwareName asc", false);
    options.as_of = 5;
    EXPECT_EQ(explain(inventory + " | summarize dcount(DeviceId) by SoftwareName", options).value().find("fleet index"), std::string::npos);
}

TEST_F(NarrowRelations, AScopedPersonReadsTheTable) {
    options.device_scope = "SELECT 'd1'";
    auto const plan = explain("DeviceTvmSoftwareVulnerabilities | summarize count() by CveId", options).value();
    EXPECT_EQ(plan.find('@'), std::string::npos) << plan;
}

}  // namespace
}  // namespace merlon::hunt
