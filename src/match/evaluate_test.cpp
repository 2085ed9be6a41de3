#include "match/evaluate.h"

#include <gtest/gtest.h>

#include "match/evidence.h"

namespace merlon::match {
namespace {

using store::AdvisoryHead;
using store::StoredStatement;

struct Case {
    SoftwareKey key;
    std::vector<StoredStatement> statements;
    Coverage coverage{.loaded = true, .until = parse_iso_time("2024-06-01").value()};

    Affected& say(std::string id, std::string source, std::vector<std::string> cves, Subject subject) {
        auto head = std::make_shared<AdvisoryHead>();
        head->id = std::move(id);
        head->source = std::move(source);
        head->cves = std::move(cves);
        StoredStatement statement;
        statement.subject = subject_key(subject);
        statement.advisory = head;
        statement.affected.subject = std::move(subject);
        statements.push_back(std::move(statement));
        return statements.back().affected;
    }
    std::vector<Finding> findings() const {
        static auto const rules = *IdentityRules::embedded();
        static auto const corrections = *Corrections::embedded();
        std::vector<StoredStatement const*> all;
        for (auto const& s : statements) all.push_back(&s);
        std::vector<std::string> subjects;
        for (auto const& s : statements) subjects.push_back(s.subject);
        VendorCatalog const dictionary(subjects);
        auto const identity = identify(key, rules, dictionary);
        auto found = evaluate(key, identity, all, corrections, coverage);
        for (auto& finding : found) finding.evidence = steps_of(key, identity.candidates, finding, finding.grounds);
        return found;
    }
    // The CVEs that are shown.
    std::vector<std::string> shown() const {
        std::vector<std::string> out;
        for (auto const& finding : findings())
            if (!finding.hidden) out.push_back(finding.cve);
        return out;
    }
};

Cpe cpe(std::string part, std::string vendor, std::string product) {
    Cpe made;
    made.part = std::move(part);
    made.vendor = std::move(vendor);
    made.product = std::move(product);
    return made;
}

Case debian_openssl(std::string version) {
    Case made;
    made.key = {{.source = "deb", .name = "libssl3", .vendor = "Debian", .version = std::move(version),
                 .source_name = "openssl", .distribution = "debian:12"}, "linux"};
    return made;
}

using Names = std::vector<std::string>;

TEST(Evaluate, TakesTheDistributionsWordNotNvds) {
    auto made = debian_openssl("3.0.9-1");
    made.say("CVE-2023-0001", "nvd", {"CVE-2023-0001"}, cpe("a", "openssl", "openssl")).ranges = {{"cpe", "3.0.0", true, "3.0.10", false}};
    made.say("DSA-1", "osv", {"CVE-2023-0002"}, PackageName{"Debian:12", "openssl"}).ranges = {{"dpkg", "0", true, "3.0.10-1", false}};
    auto const findings = made.findings();
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].cve, "CVE-2023-0002");
    EXPECT_EQ(findings[0].fixed_version, "3.0.10-1");
    EXPECT_EQ(findings[0].state, FixState::fixed);
    ASSERT_GE(findings[0].evidence.size(), 5U);
    EXPECT_EQ(findings[0].evidence[3].text, "3.0.9-1 < 3.0.10-1 in the order of dpkg");
}

TEST(Evaluate, PrefersTheRecordOfTheCveToACollectiveAdvisory) {
    auto made = debian_openssl("3.0.10-2");
    made.say("DSA-2", "osv", {"CVE-2023-0003"}, PackageName{"Debian:12", "openssl"}).ranges = {{"dpkg", "0", true, "3.0.10-3", false}};
    made.say("DEBIAN-CVE-2023-0003", "osv", {"CVE-2023-0003"}, PackageName{"Debian:12", "openssl"}).ranges = {{"dpkg", "0", true, "3.0.10-2", false}};
    EXPECT_EQ(made.shown(), Names{});
}

TEST(Evaluate, HidesTheUnimportantAndKeepsIt) {
    auto made = debian_openssl("3.0.9-1");
    auto& affected = made.say("DEBIAN-CVE-2010-1", "osv", {"CVE-2010-1"}, PackageName{"Debian:12", "openssl"});
    affected.ranges = {{"dpkg", "0", true, "", false}};
    affected.urgency = "unimportant";
    ASSERT_EQ(made.findings().size(), 1U);
    EXPECT_TRUE(made.findings()[0].hidden);
    EXPECT_EQ(made.findings()[0].state, FixState::affected);
}

TEST(Evaluate, ComparesTheSourceVersionWithTheSourcePackage) {
    auto made = debian_openssl("2:1.0-1");
    made.key.item.source_version = "3.0.11-1";
    made.say("DSA-3", "osv", {"CVE-2023-0004"}, PackageName{"Debian:12", "openssl"}).ranges = {{"dpkg", "0", true, "3.0.12-1", false}};
    EXPECT_EQ(made.shown(), Names{"CVE-2023-0004"});
}

Case windows(std::string version, std::string edition = "Enterprise") {
    Case made;
    made.key = {{.source = "os", .name = "windows", .version = std::move(version), .architecture = "x64",
                 .edition = std::move(edition)}, "windows"};
    return made;
}

TEST(Evaluate, ComparesWindowsInsideOneServicingBranch) {
    // The advisory names the fixed build of the sibling family.
    for (auto const& [version, vulnerable] : {std::pair{"10.0.22631.3879", true}, {"10.0.22631.3880", false}}) {
        auto made = windows(version);
        auto& affected = made.say("CVE-2024-1", "msrc", {"CVE-2024-1"}, cpe("o", "microsoft", "windows_11_23h2"));
        affected.ranges = {{"windows", "", true, "10.0.22621.3880", false}};
        affected.hotfix = "KB5040442";
        EXPECT_EQ(made.shown(), vulnerable ? Names{"CVE-2024-1"} : Names{}) << version;
        if (vulnerable) {
            EXPECT_EQ(made.findings()[0].hotfix, "KB5040442");
        }
    }
    auto server = windows("10.0.17763.5000", "Server Datacenter");
    server.say("CVE-2024-2", "nvd", {"CVE-2024-2"}, cpe("o", "microsoft", "windows_10_1809")).ranges = {{"cpe", "", true, "10.0.17763.6000", false}};
    EXPECT_EQ(server.shown(), Names{});
}

Case program(std::string name, std::string vendor, std::string version, std::string platform = "windows") {
    Case made;
    made.key = {{.source = platform == "macos" ? "apps" : "programs", .name = std::move(name), .vendor = std::move(vendor),
                 .version = std::move(version)}, std::move(platform)};
    return made;
}

TEST(Evaluate, LooksAtPlatformConditions) {
    for (std::string const platform : {"windows", "macos"}) {
        auto made = program("Google Chrome" + std::string(platform == "macos" ? ".app" : ""), "", "120.0.1.0", platform);
        auto& affected = made.say("CVE-2024-3", "nvd", {"CVE-2024-3"}, cpe("a", "google", "chrome"));
        affected.ranges = {{"cpe", "", true, "121.0", false}};
        affected.conditions = {{cpe("o", "microsoft", "windows")}};
        auto android = cpe("a", "google", "chrome");
        android.target_sw = "android";
        made.say("CVE-2024-4", "nvd", {"CVE-2024-4"}, android).ranges = {{"cpe", "", true, "121.0", false}};
        EXPECT_EQ(made.shown(), platform == "windows" ? Names{"CVE-2024-3"} : Names{}) << platform;
    }
}

TEST(Evaluate, PackagesOfDistributionsRunOnLinux) {
    for (std::string const source : {"apk", "generic"}) {
        Case made;
        made.key = {{.source = source, .name = "go", .version = source == "apk" ? "1.13.15-r0" : "1.13.15"}, "other"};
        auto& affected = made.say("CVE-2021-3115", "nvd", {"CVE-2021-3115"}, cpe("a", "golang", "go"));
        affected.ranges = {{"cpe", "", true, "1.14.14", false}};
        affected.conditions = {{cpe("o", "microsoft", "windows")}};
        EXPECT_EQ(made.shown(), source == "apk" ? Names{} : Names{"CVE-2021-3115"}) << source;
    }
}

TEST(Evaluate, TakesUnknownForNotAffected) {
    auto made = program("7-Zip", "Igor Pavlov", "");
    made.say("CVE-2023-5", "nvd", {"CVE-2023-5"}, cpe("a", "7-zip", "7-zip")).ranges = {{"cpe", "", true, "23.00", false}};
    ASSERT_EQ(made.findings().size(), 1U);
    EXPECT_TRUE(made.findings()[0].hidden);
    made.key.item.version = "24.01";
    made.say("CVE-2002-6", "nvd", {"CVE-2002-6"}, cpe("a", "7-zip", "7-zip")).ranges = {{"cpe", "", true, "", false}};
    EXPECT_EQ(made.shown(), Names{});
}

TEST(Evaluate, MergesSourcesIntoOneFindingAndNamesThemAll) {
    auto made = program("7-Zip 22.00 (x64)", "Igor Pavlov", "22.00");
    made.say("CVE-2023-7", "cve5", {"CVE-2023-7"}, cpe("a", "7-zip", "7-zip")).ranges = {{"cpe", "", true, "99", false}};
    made.say("CVE-2023-7", "nvd", {"CVE-2023-7"}, cpe("a", "7-zip", "7-zip")).ranges = {{"cpe", "", true, "23.00", false}};
    auto const findings = made.findings();
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].fixed_version, "23.00");
    EXPECT_EQ(findings[0].advisories, (Names{"nvd:CVE-2023-7", "cve5:CVE-2023-7"}));
}

TEST(Evaluate, DropsWithdrawnRecordsAndHidesWhatIsNotAffected) {
    Case made;
    made.key = {{.source = "pypi", .name = "Requests", .version = "2.19.0"}, "linux"};
    made.say("GHSA-a", "osv", {"CVE-2018-8"}, PackageName{"PyPI", "requests"}).ranges = {{"pep440", "0", true, "2.20.0", false}};
    made.say("PYSEC-b", "osv", {"CVE-2018-9"}, PackageName{"PyPI", "requests"}).ranges = {{"pep440", "0", true, "2.20.0", false}};
    const_cast<AdvisoryHead&>(*made.statements.back().advisory).state = AdvisoryState::withdrawn;
    EXPECT_EQ(made.shown(), Names{"CVE-2018-8"});
    auto& vex = made.say("VEX-1", "vex", {"CVE-2018-8"}, PackageName{"PyPI", "requests"});
    vex.state = FixState::not_affected;
    EXPECT_EQ(made.shown(), Names{});
    ASSERT_EQ(made.findings().size(), 1U);
    EXPECT_EQ(made.findings()[0].state, FixState::not_affected);
}

TEST(Evaluate, BringsAliasesWithoutCveTogether) {
    Case made;
    made.key = {{.source = "npm", .name = "left", .version = "1.0.0"}, "linux"};
    made.say("MAL-1", "osv", {}, PackageName{"npm", "left"}).versions = {"1.0.0"};
    const_cast<AdvisoryHead&>(*made.statements.back().advisory).aliases = {"GHSA-x"};
    made.say("GHSA-x", "osv", {}, PackageName{"npm", "left"}).ranges = {{"semver", "0", true, "", false}};
    const_cast<AdvisoryHead&>(*made.statements.back().advisory).aliases = {"MAL-1"};
    EXPECT_EQ(made.shown(), Names{"GHSA-x"});
}

TEST(Corrections, EveryCaseHolds) {
    auto const corrections = Corrections::embedded();
    ASSERT_TRUE(corrections) << describe(corrections.error());
    for (auto const& correction : corrections->all())
        for (auto const& wanted : correction.cases) {
            auto const first = correction.subjects.front().find(':', 2);
            Case made;
            made.key = {{.source = "cpe", .name = "x", .version = wanted.version,
                         .cpe = "cpe:2.3:" + wanted.subject + ":" + wanted.version + ":*:*:*:*:*:*:*"}, wanted.platform};
            auto subject = cpe("a", wanted.subject.substr(2, first - 2), wanted.subject.substr(first + 1));
            made.say(correction.cves[0], "nvd", {correction.cves[0]}, subject).ranges = {{"cpe", "", true, "9999", false}};
            EXPECT_EQ(!made.shown().empty(), wanted.affected) << correction.id << " " << wanted.platform;
        }
}

TEST(Evaluate, TheUpstreamCountsWhereTheDistributionCannotKnow) {
    auto made = debian_openssl("3.0.9-1");
    made.say("CVE-2023-0001", "nvd", {"CVE-2023-0001"}, cpe("a", "openssl", "openssl")).ranges = {{"cpe", "3.0.0", true, "3.0.10", false}};
    made.say("CVE-2024-9999", "nvd", {"CVE-2024-9999"}, cpe("a", "openssl", "openssl")).ranges = {{"cpe", "3.0.0", true, "3.0.16", false}};
    made.say("CVE-2025-0001", "nvd", {"CVE-2025-0001"}, cpe("a", "openssl", "openssl")).ranges = {{"cpe", "3.0.0", true, "3.0.16", false}};
    made.say("CVE-2025-0002", "nvd", {"CVE-2025-0002"}, cpe("a", "openssl", "openssl")).ranges = {{"cpe", "3.0.0", true, "3.0.9", false}};
    // Records without a time are as old as their number says.
    EXPECT_EQ(made.shown(), (Names{"CVE-2025-0001"}));
    // The distribution has spoken: not affected in its version.
    made.say("DEBIAN-CVE-2025-0001", "osv", {"CVE-2025-0001"}, PackageName{"Debian:12", "openssl"}).ranges = {{"dpkg", "0", true, "3.0.8-1", false}};
    EXPECT_EQ(made.shown(), Names{});
    // Without any data of the distribution everything counts that is said of the upstream version.
    made.coverage.loaded = false;
    EXPECT_EQ(made.shown(), (Names{"CVE-2023-0001", "CVE-2024-9999"}));
}

TEST(Evaluate, AStatementWithoutVersionsDoesNotOutrankOneWithThem) {
    Case made;
    made.key = {{.source = "programs", .name = "7-Zip 22.01 (x64)", .vendor = "Igor Pavlov", .version = "22.01"}, "windows"};
    made.say("CVE-1", "msrc", {"CVE-1"}, cpe("a", "7-zip", "7-zip"));
    made.say("CVE-1", "nvd", {"CVE-1"}, cpe("a", "7-zip", "7-zip")).ranges = {{"cpe", "", true, "23.00", false}};
    EXPECT_EQ(made.shown(), (Names{"CVE-1"}));
}

TEST(Evaluate, StreamsOfAModuleAreKeptApart) {
    Case made;
    made.key = {{.source = "rpm", .name = "ruby", .vendor = "Red Hat, Inc.", .version = "2.5.9-110.module+el8.6.0+15956+aa803fc1", .distribution = "rhel:8"}, "linux"};
    auto const say = [&](std::string cve, std::string fixed) {
        auto& affected = made.say(cve, "redhat", {cve}, PackageName{"Red Hat:8", "ruby"});
        affected.ranges = {{"rpm", "", true, fixed, false}};
        affected.fixed_version = fixed;
    };
    say("CVE-1", "2.5.9-111.module+el8.6.0+16001+a");
    say("CVE-2", "2.7.4-137.module+el8.4.0+1+b");
    say("CVE-3", "2.6.7-107.module+el8.4.0+1+c");
    say("CVE-4", "2.9.0-1.el8");
    EXPECT_EQ(made.shown(), (Names{"CVE-1", "CVE-4"}));
    // A build outside of modules is none of them.
    made.key.item.version = "2.5.9-1.el8";
    EXPECT_EQ(made.shown(), (Names{"CVE-4"}));
    // The label of the module decides where both are known.
    made.key.item.version = "2.7.1-1.module+el8.6.0+1+a";
    made.key.item.edition = "ruby:2.7";
    made.statements[0].affected.modules = {"ruby:2.5"};
    made.statements[1].affected.modules = {"ruby:2.7"};
    made.statements[2].affected.modules = {"ruby:2.6"};
    EXPECT_EQ(made.shown(), (Names{"CVE-2", "CVE-4"}));
}

TEST(Evaluate, WhatWasBuiltAfterAFixAndIsLowerIsOfAnotherStream) {
    Case made;
    made.key = {{.source = "rpm", .name = "rubygem-io-console", .vendor = "Red Hat, Inc.", .version = "0.4.6-110.module+el8.6.0+15956+aa803fc1", .distribution = "rhel:8"}, "linux"};
    auto const say = [&](std::string cve, std::string fixed) {
        auto& affected = made.say(cve, "redhat", {cve}, PackageName{"Red Hat:8", "rubygem-io-console"});
        affected.ranges = {{"rpm", "", true, fixed, false}};
        affected.fixed_version = fixed;
    };
    say("CVE-1", "0.4.7-108.module+el8.5.0+13719+08a8ba32");  // of ruby 2.6, made before
    say("CVE-2", "0.4.6-111.module+el8.7.0+16500+b");         // made after: the next one of the stream, as far as one can tell
    say("CVE-3", "0.4.6-112.module+el8.10.0+15000+c");        // for a later minor release, of which this one is no successor
    EXPECT_EQ(made.shown(), (Names{"CVE-2", "CVE-3"}));
}

TEST(Evaluate, NoUpdateCameAfterTheEnd) {
    Case made;
    made.key = {{.source = "os", .name = "windows", .version = "6.1.7600", .edition = "Server 2008 R2"}, "windows"};
    made.say("CVE-2018-0001", "nvd", {"CVE-2018-0001"}, cpe("o", "microsoft", "windows_server_2008")).versions = {"r2 update sp1"};
    made.say("CVE-2012-0001", "nvd", {"CVE-2012-0001"}, cpe("o", "microsoft", "windows_server_2008")).versions = {"r2 update sp1"};
    EXPECT_EQ(made.shown(), Names{});
    made.coverage.updates_ended = parse_iso_time("2013-04-09").value();
    EXPECT_EQ(made.shown(), (Names{"CVE-2018-0001"}));
}

TEST(Evaluate, LongTermLinesAreToldApartByNumber) {
    Case made;
    made.key = {{.source = "programs", .name = "Node.js", .vendor = "Node.js Foundation", .version = "18.1.0"}, "windows"};
    auto lts = cpe("a", "nodejs", "node.js");
    lts.sw_edition = "lts";
    made.say("CVE-1", "nvd", {"CVE-1"}, lts).ranges = {{"cpe", "18.0.0", true, "18.14.1", false}};
    EXPECT_EQ(made.shown(), (Names{"CVE-1"}));
}

TEST(Evaluate, OverridesStandInForNvdOnly) {
    Case made;
    made.key = {{.source = "programs", .name = "Node.js", .vendor = "Node.js Foundation", .version = "18.0.0"}, "windows"};
    made.say("CVE-1", "cve5", {"CVE-1"}, cpe("a", "nodejs", "node.js")).ranges = {{"cpe", "18.20.0", true, "18.20.0", true}};
    made.say("CVE-1", "nvd-override", {"CVE-1"}, cpe("a", "nodejs", "node.js")).ranges = {{"cpe", "", true, "18.20.1", false}};
    EXPECT_EQ(made.shown(), (Names{"CVE-1"}));
    made.say("CVE-1", "nvd", {"CVE-1"}, cpe("a", "nodejs", "node.js")).ranges = {{"cpe", "18.19.0", true, "18.20.1", false}};
    EXPECT_EQ(made.shown(), Names{});
}

TEST(Evaluate, BeforeItsServicePackASystemHasNoneOfItsUpdates) {
    Case made;
    made.key = {{.source = "os", .name = "windows", .version = "6.1.7600", .edition = "Server 2008 R2"}, "windows"};
    made.say("CVE-1", "msrc", {"CVE-1"}, cpe("o", "microsoft", "windows_server_2008_r2")).ranges = {{"windows_build", "6.1.7601", true, "6.1.7601.27320", false}};
    EXPECT_EQ(made.shown(), (Names{"CVE-1"}));
}

TEST(Evaluate, LibrariesOfTheDistributionAreItsOwnAffair) {
    Case made;
    SoftwareItem item{.source = "pypi", .name = "requests", .version = "2.28.1", .path = "/usr/lib/python3/dist-packages/requests-2.28.1.egg-info"};
    made.key = software_key(item, {.distribution = "debian", .version = "12.5"});
    EXPECT_EQ(made.key.item.distribution, "debian:12");
    made.say("PYSEC-1", "osv", {"CVE-1"}, PackageName{"PyPI", "requests"}).ranges = {{"pep440", "", true, "2.31.0", false}};
    EXPECT_EQ(made.shown(), Names{});
    ASSERT_EQ(made.findings().size(), 1U);
    item.path = "/usr/local/lib/python3.11/dist-packages/requests-2.28.1.dist-info";
    made.key = software_key(item, {.distribution = "debian", .version = "12.5"});
    EXPECT_EQ(made.shown(), (Names{"CVE-1"}));
}

}  // namespace
}  // namespace merlon::match
