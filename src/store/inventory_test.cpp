#include "store/inventory.h"

#include <gtest/gtest.h>

#include "store/store.h"

namespace merlon::store {
namespace {

constexpr Ticks t0 = unix_epoch_ticks + 20'000 * ticks_per_day;

Connection inventory() {
    auto connection = Database::open({})->connect().value();
    auto const made = migrate(connection);
    if (!made) throw std::runtime_error(describe(made.error()));
    return connection;
}

DeviceReport report_of(std::string name, std::vector<SoftwareItem> software) {
    DeviceReport report;
    report.identifier = name;
    report.name = std::move(name);
    report.os = {.platform = "Linux", .distribution = "debian", .version = "12.11"};
    report.software = std::move(software);
    report.source = "test";
    return report;
}
SoftwareItem deb(std::string name, std::string version, std::string path = {}) {
    SoftwareItem item{.source = "deb", .name = std::move(name), .version = std::move(version)};
    item.path = std::move(path);
    return item;
}

ReportChange write(Connection& connection, DeviceReport const& report, Ticks now) {
    std::optional<ReportChange> change;
    auto const done = connection.transaction([&]() -> Status {
        change = TRY(write_report(connection, report, now));
        return {};
    });
    EXPECT_TRUE(done) << describe(done.error());
    return change.value_or(ReportChange{});
}

std::string dump(Connection& connection) {
    std::string out;
    for (auto const* sql :
         {"SELECT id||name||os_version||tags||interfaces||value||first_seen FROM device ORDER BY ALL",
          "SELECT id||source||name||version||distribution||first_seen FROM software ORDER BY ALL",
          "SELECT device||software||path||installed_at||first_seen FROM installation ORDER BY ALL",
          "SELECT device||kb FROM hotfix ORDER BY ALL", "SELECT device||key||value||seen FROM setting ORDER BY ALL"}) {
        auto rows = connection.query(sql).value();
        while (auto const chunk = rows.next().value())
            for (std::size_t i = 0; i < chunk->rows; ++i) out += std::string(chunk->columns[0].text(i)) + "\n";
    }
    return out;
}

TEST(Inventory, TheSameReportTwiceChangesNothing) {
    auto connection = inventory();
    auto report = report_of("host", {deb("bash", "5.2"), deb("openssl", "3.0", "/usr/bin"), deb("openssl", "3.0", "/opt")});
    report.hotfixes = {"KB1", "KB2", "KB1"};
    report.settings = std::vector<SettingFact>{{"sshd.PermitRootLogin", "no"}};
    report.interfaces = {{"eth0", "aa:bb", {"10.0.0.1"}}};
    report.tags = {"a", "b"};
    auto const first = write(connection, report, t0);
    EXPECT_TRUE(first.new_device);
    EXPECT_EQ(first.new_software.size(), 3U);  // bash, openssl, the operating system
    EXPECT_EQ(first.installed.size(), 3U);
    auto const before = dump(connection);
    EXPECT_EQ(connection.count("SELECT count(*) FROM installation").value(), 4);
    auto const second = write(connection, report, t0 + ticks_per_hour);
    EXPECT_FALSE(second.new_device);
    EXPECT_FALSE(second.changed);
    EXPECT_TRUE(second.new_software.empty());
    EXPECT_TRUE(second.installed.empty());
    EXPECT_TRUE(second.gone.empty());
    EXPECT_EQ(dump(connection), before);
    EXPECT_EQ(connection.count("SELECT last_seen FROM device").value(), t0 + ticks_per_hour);
    EXPECT_EQ(connection.count("SELECT software_seen FROM device").value(), t0 + ticks_per_hour);
}

TEST(Inventory, AnUpgradeReplacesOneInstallationAndKeepsTheOthersAge) {
    auto connection = inventory();
    auto const first = write(connection, report_of("host", {deb("bash", "5.2"), deb("openssl", "3.0")}), t0);
    auto const change = write(connection, report_of("host", {deb("bash", "5.2"), deb("openssl", "3.1")}), t0 + 5);
    ASSERT_EQ(change.installed.size(), 1U);
    ASSERT_EQ(change.gone.size(), 1U);
    EXPECT_EQ(change.new_software, change.installed);
    EXPECT_TRUE(change.changed);
    EXPECT_EQ(connection.count("SELECT i.first_seen FROM installation i JOIN software s ON s.id = i.software "
                               "WHERE s.name = 'bash'").value(), t0);
    EXPECT_EQ(connection.count("SELECT count(*) FROM installation").value(), 3);
    // Back again: the software was known, so there is nothing new to match.
    auto const back = write(connection, report_of("host", {deb("bash", "5.2"), deb("openssl", "3.0")}), t0 + 6);
    EXPECT_EQ(back.installed, change.gone);
    EXPECT_TRUE(back.new_software.empty());
}

TEST(Inventory, SilenceKeepsAndEmptinessRemoves) {
    auto connection = inventory();
    auto report = report_of("host", {deb("bash", "5.2")});
    report.hotfixes = {"KB1"};
    report.settings = std::vector<SettingFact>{{"sshd.X", "1"}, {"sysctl.Y", "2"}};
    write(connection, report, t0);
    DeviceReport silent;
    silent.identifier = "host";
    auto const quiet = write(connection, silent, t0 + 1);
    EXPECT_FALSE(quiet.changed);
    EXPECT_EQ(connection.count("SELECT count(*) FROM installation").value(), 2);
    EXPECT_EQ(connection.count("SELECT software_seen FROM device").value(), t0);
    // Only what the lists cover is replaced.
    auto partial = silent;
    partial.software = {SoftwareItem{.source = "pypi", .name = "requests", .version = "2.0"}};
    partial.software_sources = {"pypi"};
    partial.settings = std::vector<SettingFact>{};
    partial.setting_families = {"sshd"};
    auto const some = write(connection, partial, t0 + 2);
    EXPECT_EQ(some.installed.size(), 1U);
    EXPECT_TRUE(some.gone.empty());
    EXPECT_EQ(connection.count("SELECT count(*) FROM setting WHERE key = 'sysctl.Y'").value(), 1);
    EXPECT_EQ(connection.count("SELECT count(*) FROM setting").value(), 1);
    auto empty = silent;
    empty.software = std::vector<SoftwareItem>{};
    empty.hotfixes = std::vector<std::string>{};
    empty.settings = std::vector<SettingFact>{};
    auto const none = write(connection, empty, t0 + 3);
    EXPECT_EQ(none.gone.size(), 2U);
    EXPECT_EQ(connection.count("SELECT count(*) FROM installation").value(), 1);  // the operating system stays
    EXPECT_EQ(connection.count("SELECT count(*) FROM hotfix").value(), 0);
    EXPECT_EQ(connection.count("SELECT count(*) FROM setting").value(), 0);
}

TEST(Inventory, AnOperatingSystemUpgradeReplacesItsRowAndItsFields) {
    auto connection = inventory();
    DeviceReport report;
    report.identifier = "pc";
    report.os = {.platform = "Windows10", .distribution = "windows", .version = "10.0.19045.1", .release = "22H2"};
    write(connection, report, t0);
    report.os = {.platform = "Windows11", .distribution = "windows", .version = "10.0.22631.1"};
    auto const change = write(connection, report, t0 + 1);
    EXPECT_EQ(change.installed.size(), 1U);
    EXPECT_EQ(change.gone.size(), 1U);
    auto const row = read_device(connection, device_id_of("pc")).value().value();
    EXPECT_EQ(row.os.release, "");
    EXPECT_EQ(row.os.platform, "Windows11");
    EXPECT_EQ(row.value, "Normal");
    EXPECT_FALSE(read_device(connection, "nobody").value());
}

TEST(Inventory, OneCallMayHoldSeveralReportsOfOneDevice) {
    auto connection = inventory();
    std::vector<DeviceReport> reports{report_of("a", {deb("bash", "1")}), report_of("b", {deb("bash", "1")}),
                                      report_of("a", {deb("bash", "2")}), report_of("a", {deb("bash", "3")})};
    std::vector<ReportChange> changes;
    auto const done = connection.transaction([&]() -> Status {
        changes = TRY(write_reports(connection, reports, t0));
        return {};
    });
    ASSERT_TRUE(done) << describe(done.error());
    ASSERT_EQ(changes.size(), 4U);
    EXPECT_TRUE(changes[1].new_device);
    EXPECT_FALSE(changes[2].new_device);
    EXPECT_EQ(changes[3].gone, changes[2].installed);
    EXPECT_EQ(connection.count("SELECT count(*) FROM installation").value(), 4);
    EXPECT_EQ(connection.count("SELECT count(*) FROM device").value(), 2);
    EXPECT_EQ(connection.count("SELECT count(*) FROM software").value(), 4);
}

TEST(Inventory, RefusesAReportOfNobodyAndKeepsTheRest) {
    auto connection = inventory();
    write(connection, report_of("a", {deb("bash", "1")}), t0);
    auto const before = dump(connection);
    std::vector<DeviceReport> reports{report_of("b", {deb("bash", "1")}), DeviceReport{}};
    auto const done = connection.transaction([&]() -> Status {
        TRY(write_reports(connection, reports, t0));
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, "inventory.no_device");
    EXPECT_EQ(dump(connection), before);
    reports[1].device_id = "XYZ";
    EXPECT_EQ(write_reports(connection, reports, t0).error().code, "inventory.bad_device_id");
}

TEST(Inventory, TakesHostileText) {
    auto connection = inventory();
    auto report = report_of("h\xff\x01ost", {deb(std::string("na\0me", 5), "1\x80"), deb("x", "1", std::string("/p\0q", 4))});
    report.settings = std::vector<SettingFact>{{"k\xff", std::string("v\0w", 3)}};
    write(connection, report, t0);
    EXPECT_FALSE(write(connection, report, t0 + 1).changed);
}

TEST(Inventory, ReadsBackSoftwareAndAlerts) {
    auto connection = inventory();
    write(connection, report_of("a", {deb("bash", "1"), deb("zsh", "2")}), t0);
    std::vector<SoftwareRow> rows;
    ASSERT_TRUE(read_software(connection, [&](SoftwareRow row) -> Status { rows.push_back(std::move(row)); return {}; }));
    ASSERT_EQ(rows.size(), 3U);
    for (auto const& row : rows) EXPECT_EQ(row.key.id(), row.id);
    std::vector<std::int64_t> const only{rows[1].id};
    std::size_t count = 0;
    ASSERT_TRUE(read_software(connection, [&](SoftwareRow) -> Status { ++count; return {}; }, only));
    EXPECT_EQ(count, 1U);

    Alert alert;
    alert.id = "da1";
    alert.device_id = device_id_of("a");
    alert.time = t0;
    alert.title = "Suspicious \"PowerShell\"\n";
    alert.severity = "High";
    alert.service_source = "Merlon";
    alert.techniques = {"T1059.001"};
    alert.report_id = 7;
    alert.evidence = {{.type = "Machine", .role = "Impacted"}, {.type = "File", .file_name = "a.exe", .file_size = 9}};
    ASSERT_TRUE(write_alerts(connection, std::span(&alert, 1)));
    alert.status = "Resolved";
    ASSERT_TRUE(write_alerts(connection, std::span(&alert, 1)));
    auto const read = read_alerts(connection, alert.device_id).value();
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0].evidence, alert.evidence);
    EXPECT_EQ(read[0].status, "Resolved");
    EXPECT_EQ(read[0].techniques, alert.techniques);
    alert.device_id.clear();
    EXPECT_EQ(write_alerts(connection, std::span(&alert, 1)).error().code, "inventory.bad_alert");
}

}  // namespace
}  // namespace merlon::store
