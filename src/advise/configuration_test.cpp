#include "advise/configuration.h"

#include <gtest/gtest.h>

#include <set>

#include "advise/osquery_pack.h"
#include "base/json_read.h"
#include "base/text.h"
#include "model/device.h"
#include "store/store.h"

namespace merlon::advise {
namespace {

Check check_of(std::string const& tests) {
    auto const text = R"({"checks": [{"scid": 1, "name": "n", "category": "OS", "platforms": ["linux"], "weight": 8, "remediation": "r",
        "sources": ["s"], "tests": [)" + tests + "]}]}" + std::string(64, ' ');
    auto const read = read_checks(text, "test");
    EXPECT_TRUE(read) << describe(read.error());
    return read->at(0);
}

std::string verdict(Check const& check, Settings const& settings) {
    std::vector<std::string> families;
    for (auto const& [key, value] : settings) families.emplace_back(setting_family(key));
    auto const got = judge(check, settings, families);
    return !got.assessed ? "unknown" : !got.applicable ? "not applicable" : got.compliant ? "passes" : "fails";
}

// S1: nothing of the family reported, nothing known. S2: what an unset value means is part of the test.
TEST(Judge, KnowsUnknownFromUnset) {
    auto const no = check_of(R"({"read": ["sshd.PermitRootLogin"], "pass": ["is", "no"], "unset": "fail"})");
    EXPECT_EQ(verdict(no, {}), "unknown");
    EXPECT_EQ(verdict(no, {{"sysctl.x", "1"}}), "unknown");
    EXPECT_EQ(verdict(no, {{"sshd.port", "22"}}), "fails");
    EXPECT_EQ(verdict(no, {{"sshd.permitrootlogin", "No"}}), "passes");
    EXPECT_EQ(verdict(no, {{"sshd.permitrootlogin", "yes"}}), "fails");
    EXPECT_EQ(verdict(check_of(R"({"read": ["sshd.X"], "pass": ["is", "no"], "unset": "pass"})"), {{"sshd.port", "22"}}), "passes");
    EXPECT_EQ(verdict(check_of(R"({"read": ["sshd.X"], "pass": ["is", "no"], "unset": "na"})"), {{"sshd.port", "22"}}), "not applicable");
}

TEST(Judge, ReadsRulesAboutNumbersTextAndMany) {
    auto const between = check_of(R"({"read": ["a.n"], "pass": ["between", 1, 900], "unset": "fail"})");
    EXPECT_EQ(verdict(between, {{"a.n", "900"}}), "passes");
    EXPECT_EQ(verdict(between, {{"a.n", "0"}}), "fails");
    EXPECT_EQ(verdict(between, {{"a.n", "many"}}), "fails");
    EXPECT_EQ(verdict(check_of(R"({"read": ["a.n"], "pass": ["contains", "noexec"], "unset": "fail"})"), {{"a.n", "rw,NOEXEC"}}), "passes");
    EXPECT_EQ(verdict(check_of(R"({"read": ["a.n"], "pass": ["not", "x"], "unset": "fail"})"), {{"a.n", "y"}}), "passes");
    // Every drive must be encrypted.
    auto const all = check_of(R"({"read": ["osquery.disk.*.on"], "pass": ["is", "1"], "unset": "fail"})");
    EXPECT_EQ(verdict(all, {{"osquery.disk.c.on", "1"}, {"osquery.disk.d.on", "1"}}), "passes");
    EXPECT_EQ(verdict(all, {{"osquery.disk.c.on", "1"}, {"osquery.disk.d.on", "0"}}), "fails");
    // One volume of a Mac that FileVault is on for is enough: others are never encrypted.
    auto const any = check_of(R"({"read": ["osquery.disk.*.on"], "pass": ["is", "1"], "unset": "fail", "any": true})");
    EXPECT_EQ(verdict(any, {{"osquery.disk.c.on", "1"}, {"osquery.disk.d.on", "0"}}), "passes");
    EXPECT_EQ(verdict(any, {{"osquery.disk.c.on", "0"}, {"osquery.disk.d.on", ""}}), "fails");
    auto const parts = check_of(R"({"read": ["a.n"], "pass": ["parts_at_most", 10, 100, 60], "unset": "fail"})");
    for (auto const* good : {"10:30:60", "4:50:10", "10"}) EXPECT_EQ(verdict(parts, {{"a.n", good}}), "passes") << good;
    for (auto const* bad : {"11:30:60", "10:30:61", "10:30:60:1", "", "10:many"}) EXPECT_EQ(verdict(parts, {{"a.n", bad}}), "fails") << bad;
    // The first key whose family is reported and that is set; all tests must pass.
    auto const either = check_of(R"({"read": ["a.n", "b.n"], "pass": ["is", "1"], "unset": "fail"})");
    EXPECT_EQ(verdict(either, {{"b.n", "1"}}), "passes");
    EXPECT_EQ(verdict(either, {{"a.m", "1"}, {"b.n", "1"}}), "passes");
    auto const both = check_of(R"({"read": ["a.n"], "pass": ["is", "1"], "unset": "fail"}, {"read": ["a.m"], "pass": ["is", "1"], "unset": "pass"})");
    EXPECT_EQ(verdict(both, {{"a.n", "1"}}), "passes");
    EXPECT_EQ(verdict(both, {{"a.n", "1"}, {"a.m", "0"}}), "fails");
}

TEST(Checks, AreReadAndManyAndRefusedWhenBad) {
    auto const all = read_checks();
    ASSERT_TRUE(all) << describe(all.error());
    std::map<std::string, int> by_platform;
    for (auto const& check : *all) EXPECT_FALSE(check.advice.empty()) << check.scid << ": " << check.name;
    for (auto const& check : *all)
        for (auto const& platform : check.platforms) ++by_platform[platform];
    EXPECT_GE(by_platform["windows"], 80);
    EXPECT_GE(by_platform["linux"], 40);
    EXPECT_GE(by_platform["macos"], 15);
    for (std::string const bad : {R"({"read": [], "pass": ["is", "1"], "unset": "fail"})", R"({"read": ["a.b"], "pass": ["like", "1"], "unset": "fail"})",
                                  R"({"read": ["a.b"], "pass": ["between", 1], "unset": "fail"})", R"({"read": ["a.b"], "pass": ["at_least", "x"], "unset": "fail"})",
                                  R"({"read": ["a.b"], "pass": ["is", "1"]})"}) {
        auto const text = R"({"checks": [{"scid": 1, "name": "n", "category": "OS", "platforms": ["linux"], "weight": 8, "remediation": "r", "sources": ["s"], "tests": [)" +
                          bad + "]}]}" + std::string(64, ' ');
        auto const read = read_checks(text, "test");
        ASSERT_FALSE(read) << bad;
        EXPECT_EQ(read.error().code, "advise.bad_check");
    }
}

fleet::DeviceSet devices(std::initializer_list<std::uint32_t> numbers) {
    fleet::DeviceSet set;
    for (auto const number : numbers) set.add(number);
    return set;
}

// Three of four applicable devices pass a check of weight 8: 6 points of 8; in the group with the failing one alone 0 of 8.
TEST(SecureScore, IsWeightTimesTheShareThatPasses) {
    Check check;
    check.weight = 8;
    CheckOutcome outcome;
    outcome.applicable = devices({1, 2, 3, 4});
    outcome.failing = devices({4});
    auto const all = points_of(check, outcome, devices({1, 2, 3, 4, 5}));
    EXPECT_DOUBLE_EQ(all.got, 6);
    EXPECT_DOUBLE_EQ(all.possible, 8);
    EXPECT_DOUBLE_EQ(points_of(check, outcome, devices({4, 5})).got, 0);
    EXPECT_DOUBLE_EQ(points_of(check, outcome, devices({5})).possible, 0);
}

// A fleet that was judged.
struct Judged {
    std::shared_ptr<store::Store> data;
    std::shared_ptr<store::Connection> connection;
    std::shared_ptr<fleet::Index const> index;
    Assessment assessment;
};
Judged judged(std::string_view fleet) {
    auto store = std::make_shared<store::Store>(store::Store::in_memory().value());
    auto connection = std::make_shared<store::Connection>(store->connect().value());
    auto const made = connection->execute(std::string(fleet));
    EXPECT_TRUE(made) << describe(made.error());
    fleet::IndexOptions options;
    options.now = 1000;
    auto index = fleet::Index::build(*connection, options).value();
    auto assessment = assess_configuration(*connection, *index).value();
    return {std::move(store), std::move(connection), std::move(index), std::move(assessment)};
}

// Through the store: two devices that report sshd, one that reports nothing, one excluded.
TEST(SecureScore, IsPublishedWithResultsOfEachDevice) {
    auto const [store, connection, index, assessment] = judged(R"sql(
        INSERT INTO device SELECT d, d, d, 'Linux', '', '', '', '', '', '', '', '', 'HQ', 'Normal', false, '', '[]', '[]', d = 'd', 'test', 0, 1000, 0
        FROM (VALUES ('a'), ('b'), ('c'), ('d')) t(d);
        INSERT INTO setting VALUES ('a', 'sshd.PermitEmptyPasswords', 'no', 5), ('b', 'sshd.PermitEmptyPasswords', 'yes', 5), ('d', 'sshd.PermitEmptyPasswords', 'yes', 5);
    )sql");
    ASSERT_TRUE(publish_secure_score(*connection, *index, assessment, assessment, 1000));
    auto const rows = connection->scalar("SELECT string_agg(device || compliant, ' ' ORDER BY device) FROM configuration_result WHERE scid = 40003").value();
    EXPECT_EQ(std::get<std::string>(rows), "atrue bfalse dfalse");
    auto const advice = configuration_recommendations(*index, assessment, assessment);
    auto const found = std::ranges::find(advice, "sca-_-scid-40003", &Recommendation::id);
    ASSERT_NE(found, advice.end());
    EXPECT_EQ(found->total_devices, 2U);
    EXPECT_EQ(found->exposed_devices, 1U);
    EXPECT_DOUBLE_EQ(found->score_impact, 4.5);  // weight 9, half of the devices
    // What is missing is the sum of what the recommendations would bring.
    double missing = 0;
    for (auto const& one : advice) missing += one.score_impact;
    auto const gap = connection->scalar("SELECT possible - points FROM secure_score WHERE device_group = '*' AND category = '*'").value();
    EXPECT_NEAR(std::get<double>(gap), missing, 1e-9);
}

// What the shipped checks say of devices as they are, not of the demo's.
TEST(Checks, SayWhatIsSoOfRealDevices) {
    auto const all = read_checks().value();
    auto const says = [&](std::int64_t scid, Settings const& settings) { return verdict(*std::ranges::find(all, scid, &Check::scid), settings); };
    // osquery names every volume of a Mac: that of the data is encrypted on a chip of Apple also where FileVault is off.
    EXPECT_EQ(says(45005, {{"osquery.disk_encryption./dev/disk0.filevault_status", ""}, {"osquery.disk_encryption./dev/disk3s5.filevault_status", "on"}}), "passes");
    EXPECT_EQ(says(45005, {{"osquery.disk_encryption./dev/disk3s5.encrypted", "1"}, {"osquery.disk_encryption./dev/disk3s5.filevault_status", "off"}}), "fails");
    EXPECT_EQ(says(45005, {{"osquery.disk_encryption./dev/disk3s5.encrypted", "1"}}), "not applicable");
    EXPECT_EQ(says(45005, {{"osquery.disk_encryption./dev/disk0.filevault_status", "unknown"}}), "not applicable");
    std::string const machine = "registry.hkey_local_machine\\";
    auto const firewall = machine + "system\\currentcontrolset\\services\\sharedaccess\\parameters\\firewallpolicy\\standardprofile\\";
    auto const policy = machine + "software\\policies\\microsoft\\windowsfirewall\\privateprofile\\enablefirewall";
    // Without a policy the firewall is what the device itself says; a policy comes first.
    EXPECT_EQ(says(2072, {{firewall + "enablefirewall", "1"}}), "passes");
    EXPECT_EQ(says(2072, {{firewall + "enablefirewall", "1"}, {firewall + "defaultinboundaction", "0"}}), "fails");
    EXPECT_EQ(says(2072, {{firewall + "enablefirewall", "1"}, {policy, "0"}}), "fails");
    // SMB 1 is no part of a Windows of today: where neither its client nor a value is there, there is no server.
    auto const client = machine + "system\\currentcontrolset\\services\\mrxsmb10\\start";
    auto const server = machine + "system\\currentcontrolset\\services\\lanmanserver\\parameters\\smb1";
    EXPECT_EQ(says(54, {{machine + "other", "1"}}), "passes");
    EXPECT_EQ(says(54, {{client, "2"}}), "fails");
    EXPECT_EQ(says(54, {{client, "2"}, {server, "0"}}), "passes");
    EXPECT_EQ(says(54, {{client, "4"}, {server, "1"}}), "fails");
    // Windows Server has no security centre: osquery's word for that is no verdict.
    EXPECT_EQ(says(2010, {{"osquery.windows_security_center.antivirus", "Error"}}), "not applicable");
    EXPECT_EQ(says(2010, {{"osquery.windows_security_center.antivirus", "Poor"}}), "fails");
    EXPECT_EQ(says(40064, {{"files./etc/crontab.mode", "0644"}}), "fails");
    EXPECT_EQ(says(40013, {{"sshd.maxstartups", "4:50:10"}}), "passes");
}

// A device without Chrome neither keeps to a policy of Chrome nor fails it.
TEST(Checks, OfAProgramDoNotApplyWhereItIsNotInstalled) {
    auto const [store, connection, index, assessment] = judged(R"sql(
        INSERT INTO device SELECT d, d, d, 'Windows11', '', '', '', '', '', '', '', '', 'HQ', 'Normal', false, '', '[]', '[]', false, 'test', 0, 1000, 0 FROM (VALUES ('a'), ('b')) t(d);
        INSERT INTO setting SELECT d, 'registry.HKEY_LOCAL_MACHINE\SOFTWARE\x', '1', 5 FROM (VALUES ('a'), ('b')) t(d);
        INSERT INTO software VALUES (1, 'programs', 'Chrome', '', '1', '', '', '', '', '', '', '', '', 'windows', 0);
        INSERT INTO identity VALUES (1, 'google', 'chrome', '1', 'intdot', '[]', true, '', false, NULL, '', '', '', '');
        INSERT INTO installation VALUES ('a', 1, '', '', 0);
    )sql");
    auto const advice = configuration_recommendations(*index, assessment, assessment);
    auto const found = std::ranges::find(advice, "sca-_-scid-22", &Recommendation::id);
    ASSERT_NE(found, advice.end());
    EXPECT_EQ(found->total_devices, 1U);
    auto const rows = connection->scalar("SELECT string_agg(device || ' ' || applicable || ' ' || compliant, ', ' ORDER BY device) FROM configuration_result WHERE scid = 22").value();
    EXPECT_EQ(std::get<std::string>(rows), "a true false, b false false");
}

// What is counted as the settings pass by is what hunting's table says device by device.
TEST(Configuration, CountsHardwareAndCertificatesAsTheTablesSayThem) {
    auto store = store::Store::in_memory().value();
    auto connection = store.connect().value();
    auto const made = connection.execute(R"sql(
        INSERT INTO device SELECT 'd' || i, i, i, 'Linux', '', '', '', '', '', '', '', '', 'HQ', 'Normal', false, '', '[]', '[]', i = 3, 'test', 0, 1000, 0 FROM range(8) t(i);
        INSERT INTO setting SELECT 'd' || i, 'osquery.system_info.' || k, v, 5 FROM range(6) t(i), (VALUES ('hardware_vendor', 'Dell Inc.'), ('hardware_model', 'Latitude'), ('cpu_brand', 'Intel(R) Core(TM) i7')) s(k, v);
        INSERT INTO setting SELECT 'd' || i, 'osquery.platform_info.version', '1.' || (i % 2), 5 FROM range(7) t(i);
        INSERT INTO setting VALUES ('d0', 'osquery.platform_info.vendor', 'Dell', 5), ('d6', 'osquery.system_info.hardware_vendor', 'nameless', 5), ('d7', 'osquery.system_info.cpu_brand', '', 5),
            ('d7', 'osquery.system_info.hardware_model', 'Box', 5), ('d7', 'osquery.system_info.hardware_version', 'v2', 5), ('d7', 'osquery.system_info.board_model', 'b', 5);
        INSERT INTO setting SELECT 'd' || i, 'osquery.certificates.' || repeat(k, 40) || './' || k, v, 5 FROM range(4) t(i), (VALUES ('a', '{"not_valid_after":"1700000000"}'), ('b', '{"not_valid_after":"1800000000"}'),
            ('c', '{"serial":"1"}'), ('d', 'no JSON')) s(k, v) WHERE i > 0 OR k = 'a')sql");
    ASSERT_TRUE(made) << describe(made.error());
    fleet::IndexOptions options;
    options.now = 1000;
    ASSERT_TRUE(assess_configuration(connection, *fleet::Index::build(connection, options).value()));
    auto const counted = connection.scalar("SELECT string_agg(concat_ws('|', kind, maker, name, version, devices), ' ' ORDER BY kind, maker, name, version) FROM hardware_count").value();
    EXPECT_EQ(std::get<std::string>(counted), "Bios||BIOS|1.0|3 Bios||BIOS|1.1|3 Bios|Dell|BIOS|1.0|1 Hardware||Box|v2|1 Hardware|Dell Inc.|Latitude||6 Processor|Intel|Intel(R) Core(TM) i7||6");
    EXPECT_EQ(connection.count(R"sql(SELECT count(*) FROM (SELECT "ComponentType" AS kind, "Manufacturer" AS maker, "ComponentName" AS name, coalesce("ComponentVersion", '') AS version, count(*) AS devices
        FROM hunting."DeviceTvmHardwareFirmware" GROUP BY ALL) t FULL JOIN hardware_count n USING (kind, maker, name, version, devices) WHERE t.kind IS NULL OR n.kind IS NULL)sql").value(), 0);
    auto const ends = connection.scalar("SELECT string_agg(concat_ws(' ', coalesce(ends::VARCHAR, 'never'), certificates), ', ' ORDER BY ends) FROM certificate_end").value();
    EXPECT_EQ(std::get<std::string>(ends), "638355968000000000 4, 639355968000000000 3, never 6");
}

TEST(Checks, JudgeEveryShareOfADevice) {
    auto const checks = read_checks().value();
    auto const verdict = [&](std::int64_t scid, Settings const& settings) {
        auto const made = judge(*std::ranges::find(checks, scid, &Check::scid), settings, {"shares"});
        std::string out = !made.assessed ? "not assessed" : !made.applicable ? "na" : made.compliant ? "good" : "bad";
        for (auto const& [key, value] : made.read) out += " " + key + "=" + value;
        return out;
    };
    Settings const two{{"shares.a.b.path", "c:\\x"}, {"shares.a.b.offline", "none"}, {"shares.a.b.everyone_writes", "0"}, {"shares.a.b.at_root", "0"}, {"shares.a.b.enumeration", "1"},
                       {"shares.d.offline", "manual"}, {"shares.d.everyone_writes", "1"}, {"shares.d.at_root", "1"}};
    EXPECT_EQ(verdict(4000, two), "bad shares.a.b.offline=none shares.d.offline=manual");
    EXPECT_EQ(verdict(4001, two), "bad shares.a.b.everyone_writes=0 shares.d.everyone_writes=1");
    EXPECT_EQ(verdict(4002, two), "bad shares.a.b.at_root=0 shares.d.at_root=1");
    EXPECT_EQ(verdict(4003, two), "good shares.a.b.enumeration=1") << "nobody told of the other";
    EXPECT_EQ(verdict(4001, {}), "na shares.*.everyone_writes=");
}

// Every key that a check of a platform reads from osquery is asked for.
TEST(OsqueryPack, AsksForAllThatChecksRead) {
    auto const checks = read_checks().value();
    for (std::string const platform : {"windows", "macos", "linux"}) {
        auto const pack = osquery_pack(osquery_queries(checks, platform), platform);
        auto const document = json::Document::parse(pack, "pack").value();
        auto const queries = json::member(document.root(), "queries").value();
        for (auto const& check : checks) {
            if (std::ranges::find(check.platforms, platform) == check.platforms.end()) continue;
            for (auto const& test : check.tests)
                for (auto const& key : test.keys) {
                    if (key.starts_with("osquery.")) {
                        EXPECT_TRUE(json::member(queries, key.substr(8, key.find('.', 8) - 8))) << key;
                    }
                    if (!key.starts_with("registry.")) continue;
                    auto const registry = json::member(queries, "registry");
                    ASSERT_TRUE(registry) << key;
                    auto path = replace_all(key.substr(9), "*", "%");
                    EXPECT_NE(json::text(*registry, "query").find("'" + path + "'"), std::string_view::npos) << key;
                }
        }
    }
}

}  // namespace
}  // namespace merlon::advise
