// Debian's tracker, Microsoft, CSAF, OpenVEX, OVAL, exploit lists, CVE 5.
#include <gtest/gtest.h>

#include "base/embedded.h"
#include "base/text.h"
#include "feeds/msrc/product.h"
#include "feeds/purl.h"
#include "feeds/reading_for_tests.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

std::string statements(Advisory const& advisory) {
    std::string out;
    for (auto const& affected : advisory.affected) {
        out += subject_key(affected.subject) + " " + std::string(fix_state_name(affected.state));
        for (auto const& range : affected.ranges) out += " " + range.scheme + range_text(range);
        for (auto const& version : affected.versions) out += " =" + version;
        if (!affected.hotfix.empty()) out += " " + affected.hotfix;
        out += "\n";
    }
    return out;
}

TEST(DebianTracker, StatesOfReleases) {
    auto const read = read_text(R"({"openssl":{"CVE-2099-0001":{"description":"d","releases":{
        "bookworm":{"status":"resolved","fixed_version":"3.0-1","urgency":"low"},
        "bullseye":{"status":"open","nodsa":"Minor issue","nodsa_reason":"postponed","urgency":"unimportant"},
        "trixie":{"status":"resolved","fixed_version":"0","urgency":"low"},"buster":{"status":"undetermined"},
        "sid":{"status":"open","nodsa_reason":"ignored"}}}},"edk2":{"CVE-2099-0001":{"releases":{"bookworm":{"status":"open"}}}}})");
    ASSERT_TRUE(read.status) << describe(read.status.error());
    ASSERT_EQ(read.advisories.size(), 1U);
    EXPECT_EQ(read.advisories[0].id, "DEBIAN-CVE-2099-0001");
    EXPECT_EQ(statements(read.advisories[0]),
              "pkg:Debian:12/openssl fixed dpkg[, 3.0-1)\npkg:Debian:11/openssl deferred dpkg[, )\n"
              "pkg:Debian:13/openssl not_affected\npkg:Debian:10/openssl under_investigation dpkg[, )\n"
              "pkg:Debian:unstable/openssl will_not_fix dpkg[, )\npkg:Debian:12/edk2 affected dpkg[, )\n");
}

TEST(Msrc, ProductNames) {
    auto const key = [](std::string_view name) { return subject_key(msrc_product(name).subject); };
    EXPECT_EQ(key("Windows 10 Version 22H2 for x64-based Systems"), "o:microsoft:windows_10_22h2");
    EXPECT_EQ(key("Windows 10 for 32-bit Systems"), "o:microsoft:windows_10_1507");
    EXPECT_EQ(key("Windows 11 version 21H2 for ARM64-based Systems"), "o:microsoft:windows_11_21h2");
    EXPECT_EQ(key("Windows Server 2012 R2 (Server Core installation)"), "o:microsoft:windows_server_2012_r2");
    EXPECT_EQ(key("Windows Server 2008 R2 for x64-based Systems Service Pack 1"), "o:microsoft:windows_server_2008_r2");
    EXPECT_EQ(key("Windows Server 2022, 23H2 Edition (Server Core installation)"), "o:microsoft:windows_server_2022_23h2");
    EXPECT_EQ(key("Windows Server, version 20H2 (Server Core Installation)"), "o:microsoft:windows_server_20h2");
    EXPECT_EQ(key("Microsoft Edge (Chromium-based)"), "a:microsoft:edge_chromium");
    EXPECT_EQ(key("Microsoft Visual Studio 2022 version 17.8"), "a:microsoft:visual_studio_2022");
    EXPECT_EQ(key("Microsoft Exchange Server 2019 Cumulative Update 14"), "a:microsoft:exchange_server");
    EXPECT_EQ(key(".NET 8.0"), "a:microsoft:.net");
    EXPECT_EQ(msrc_product("Windows 11 Version 24H2 for ARM64-based Systems").architecture, "arm64");
    auto const range = [](std::string_view name, std::string_view build) {
        auto const found = msrc_range(msrc_product(name), build);
        return found ? range_text(*found) : "none";
    };
    EXPECT_EQ(range("Windows Server 2019", "10.0.17763.5696"), "[10.0.17763, 10.0.17763.5696)");
    EXPECT_EQ(range("Microsoft SQL Server 2019 for x64-based Systems (CU 25)", "15.0.4360.2"), "[15.0.4000, 15.0.4360.2)");
    EXPECT_EQ(range(".NET 8.0", "8.0.4"), "[8.0, 8.0.4)");
    EXPECT_EQ(range("Microsoft Office 2019 for 64-bit editions", "https://aka.ms/OfficeSecurityReleases"), "none");
}

TEST(Msrc, BothFormsSayTheSame) {
    auto const json = read_text(R"({"document_title":"t","documenttracking":{"initial_release_date":"2099-01-01T00:00:00"},
        "producttree":{"branch":{"branch":[{"fullproductname":[{"text":"Windows Server 2019","productid":"1"}]}]}},
        "vulnerability":[{"title":"A flaw","cve":"CVE-2099-0001","productstatuses":{"status":{"type":"Known Affected","product_id":["1"]}},
        "threats":{"threat":[{"type":"Severity","description":"Important","product_id":"1"},{"type":"Exploit Status","description":"Publicly Disclosed:No;Exploited:Yes"}]},
        "remediations":{"remediation":[{"type":"Vendor Fix","description":"5036896","supercedence":"5035849","product_id":["1"],"fixed_build":"10.0.17763.5696"}]}}]})");
    auto const xml = read_text(R"(<?xml version="1.0"?><c:cvrfdoc xmlns:c="x" xmlns:v="y" xmlns:p="z"><c:DocumentTracking><c:InitialReleaseDate>2099-01-01T00:00:00</c:InitialReleaseDate></c:DocumentTracking>
        <p:ProductTree><p:Branch><p:FullProductName ProductID="1">Windows Server 2019</p:FullProductName></p:Branch></p:ProductTree>
        <v:Vulnerability><v:Title>A flaw</v:Title><v:CVE>CVE-2099-0001</v:CVE><v:ProductStatuses><v:Status Type="Known Affected"><v:ProductID>1</v:ProductID></v:Status></v:ProductStatuses>
        <v:Threats><v:Threat Type="Severity"><v:Description>Important</v:Description></v:Threat><v:Threat Type="Exploit Status"><v:Description>Exploited:Yes</v:Description></v:Threat></v:Threats>
        <v:Remediations><v:Remediation Type="Vendor Fix"><v:Description>5036896</v:Description><v:Supercedence>5035849</v:Supercedence><v:ProductID>1</v:ProductID><v:FixedBuild>10.0.17763.5696</v:FixedBuild></v:Remediation></v:Remediations></v:Vulnerability></c:cvrfdoc>)");
    for (auto const* read : {&json, &xml}) {
        ASSERT_TRUE(read->status) << describe(read->status.error());
        ASSERT_EQ(read->advisories.size(), 2U);
        EXPECT_EQ(read->advisories[1].source + " " + read->advisories[1].id, "msrc-kb KB5036896");
        EXPECT_EQ(read->advisories[1].aliases, std::vector<std::string>{"KB5035849"});
        EXPECT_EQ(statements(read->advisories[0]),
                  "o:microsoft:windows_server_2019 fixed windows_build[10.0.17763, 10.0.17763.5696) KB5036896\n");
        EXPECT_EQ(read->advisories[0].severities.at(0).word, "Important");
        ASSERT_EQ(read->facts.size(), 1U);
        EXPECT_EQ(read->facts[0].kind, "exploited");
    }
    EXPECT_EQ(read_text("<c:cvrfdoc><open></c:cvrfdoc>").status.error().code, "feeds.damaged_xml");
}

TEST(WindowsKb, OneRecordForEachUpdate) {
    auto const read = read_text("revisionid,updateid,creationdate,kb,securitybulletin,msrcseverity,title,supersededby_revisions,supersededby_kbs\n"
                                "1,a,2099-01-01T00:00:00Z,KB1000001,,,\"Update, with comma\",9,KB1000002 KB1000003\n"
                                "2,b,2099-01-02T00:00:00Z,KB1000001,,,other,9,KB1000003 KB1000004\n3,c,,,,,,,\n");
    ASSERT_TRUE(read.status) << describe(read.status.error());
    ASSERT_EQ(read.advisories.size(), 1U);
    EXPECT_EQ(read.advisories[0].title, "Update, with comma");
    EXPECT_EQ(read.advisories[0].aliases, (std::vector<std::string>{"KB1000002", "KB1000003", "KB1000004"}));
    EXPECT_EQ(read.counts.unused, 1);
}

TEST(Csaf, RedHatRelationsAndRemediations) {
    auto const read = read_text(R"({"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"name":"Red Hat Product Security"},
        "tracking":{"id":"CVE-2099-0001","current_release_date":"2099-01-01T00:00:00Z"}},
        "product_tree":{"branches":[{"category":"vendor","name":"Red Hat","branches":[
          {"category":"product_name","name":"RHEL","product":{"product_id":"P","name":"RHEL","product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:9::baseos"}}},
          {"category":"product_version","name":"x","product":{"product_id":"x-new","name":"x-new","product_identification_helper":{"purl":"pkg:rpm/redhat/x@1.2-3.el9?arch=x86_64&epoch=2&rpmmod=nodejs:18:88:99"}}},
          {"category":"product_version","name":"x","product":{"product_id":"x-old","name":"y","product_identification_helper":{"purl":"pkg:rpm/redhat/y?arch=src"}}}]}],
          "relationships":[{"category":"default_component_of","full_product_name":{"product_id":"P:x-new","name":"n"},"product_reference":"x-new","relates_to_product_reference":"P"},
          {"category":"default_component_of","full_product_name":{"product_id":"P:x-old","name":"n"},"product_reference":"x-old","relates_to_product_reference":"P"}]},
        "vulnerabilities":[{"cve":"CVE-2099-0001","product_status":{"fixed":["P:x-new"],"known_affected":["P:x-old"]},
          "remediations":[{"category":"no_fix_planned","details":"Will not fix","product_ids":["P:x-old"]}],
          "threats":[{"category":"impact","details":"Low"}]}]})");
    ASSERT_TRUE(read.status) << describe(read.status.error());
    ASSERT_EQ(read.advisories.size(), 1U);
    EXPECT_EQ(read.advisories[0].source, "redhat");
    EXPECT_EQ(statements(read.advisories[0]), "pkg:Red Hat:enterprise_linux:9::baseos/x fixed rpm[, 2:1.2-3.el9)\n"
                                              "pkg:Red Hat:enterprise_linux:9::baseos/y will_not_fix rpm[, )\n");
    EXPECT_EQ(read.advisories[0].affected[0].modules, std::vector<std::string>{"nodejs:18"});
}

TEST(Csaf, RangesOfMicrosoft) {
    auto const read = read_text(R"x({"document":{"csaf_version":"2.0","publisher":{"name":"Microsoft Security Response Center"},"tracking":{"id":"msrc_CVE-2099-0001"}},
        "product_tree":{"branches":[{"category":"product_name","name":"Microsoft Edge (Chromium-based)","branches":[
        {"category":"product_version_range","name":"<129.0.1","product":{"product_id":"1","name":"n"}},
        {"category":"product_version","name":"129.0.1","product":{"product_id":"2","name":"n"}}]}]},
        "vulnerabilities":[{"cve":"CVE-2099-0001","product_status":{"fixed":["2"],"known_affected":["1"]}}]})x");
    EXPECT_EQ(statements(read.advisories.at(0)), "a:microsoft:edge_chromium fixed windows[, 129.0.1)\n");
}

TEST(OpenVex, Statements) {
    auto const read = read_text(R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"urn:x","timestamp":"2099-01-01T00:00:00Z","statements":[
        {"vulnerability":{"name":"CVE-2099-0001"},"products":[{"@id":"pkg:pypi/Some_Thing@1.0"}],"status":"not_affected","justification":"component_not_present"},
        {"vulnerability":"CVE-2099-0002","products":["pkg:npm/%40scope/name"],"status":"affected"},{"products":[]}]})");
    ASSERT_EQ(read.advisories.size(), 2U);
    EXPECT_EQ(statements(read.advisories[0]), "pkg:PyPI/some-thing not_affected =1.0\n");
    EXPECT_EQ(statements(read.advisories[1]), "pkg:npm/@scope/name affected npm[, )\n");
    EXPECT_EQ(read.counts.rejected, 1);
}

TEST(UbuntuOval, NoticesOverBinaryPackages) {
    auto const read = read_text(R"(<oval_definitions xmlns:l="a"><definitions>
        <definition class="inventory" id="oval:com.ubuntu.jammy:def:1"/>
        <definition class="patch" id="oval:com.ubuntu.jammy:def:2"><metadata><title>USN-1-1</title><affected><platform>Ubuntu 22.04 LTS</platform></affected>
        <reference source="USN" ref_id="USN-1-1" ref_url="https://u"/><reference source="CVE" ref_id="CVE-2099-0001" ref_url="https://c"/>
        <advisory><severity>Medium</severity><issued date="2099-01-01"/></advisory></metadata>
        <criteria><criteria operator="OR"><criterion test_ref="t" comment="esm-apps"/></criteria></criteria></definition></definitions>
        <tests><l:dpkginfo_test id="t"><l:object object_ref="o"/><l:state state_ref="s"/></l:dpkginfo_test></tests>
        <objects><l:dpkginfo_object id="o"><l:name var_ref="v"/></l:dpkginfo_object></objects>
        <states><l:dpkginfo_state id="s"><l:evr operation="less than">0:1.2-3</l:evr></l:dpkginfo_state></states>
        <variables><constant_variable id="v"><value>mutt</value><value>^mutt-doc(?::\w+|)\s+(.*)$</value></constant_variable></variables></oval_definitions>)");
    ASSERT_TRUE(read.status) << describe(read.status.error());
    ASSERT_EQ(read.advisories.size(), 1U);
    EXPECT_EQ(read.advisories[0].id, "USN-1-1@22.04");
    EXPECT_EQ(read.advisories[0].cves, std::vector<std::string>{"CVE-2099-0001"});
    EXPECT_EQ(statements(read.advisories[0]), "pkg:Ubuntu:22.04:LTS/mutt fixed dpkg[, 1.2-3)\npkg:Ubuntu:22.04:LTS/mutt-doc fixed dpkg[, 1.2-3)\n");
    EXPECT_EQ(read.advisories[0].affected[0].note, "binary package; the fix needs Ubuntu Pro");
}

TEST(ExploitLists, KindsByTrust) {
    auto const list = read_text("id,file,description,date_published,author,type,platform,port,date_added,date_updated,verified,codes,tags,aliases,screenshot_url,application_url,source_url\n"
                                "1,exploits/a/1.c,\"A \"\"quoted\"\",\nname\",2099-01-01,x,remote,linux,,,,1,CVE-2099-0001;OSVDB-1;CVE-2099-0002,,,,,\n"
                                "2,exploits/a/2.c,b,2099-01-01,x,dos,linux,,,,0,,,,,,\n");
    ASSERT_TRUE(list.status) << describe(list.status.error());
    ASSERT_EQ(list.facts.size(), 2U);
    EXPECT_EQ(list.facts[1].cve, "CVE-2099-0002");
    EXPECT_EQ(list.facts[0].kind, "verified");
    EXPECT_EQ(list.facts[0].detail, "A \"quoted\",\nname");
    EXPECT_EQ(list.counts.unused, 1);
    auto const modules = read_text(R"({"exploit_a":{"fullname":"exploit/a","type":"exploit","rank":600,"mod_time":"x","references":["CVE-2099-0001","URL-x"]},
        "auxiliary_b":{"fullname":"auxiliary/b","type":"auxiliary","rank":300,"references":["CVE-2099-0001"]}})");
    ASSERT_EQ(modules.facts.size(), 2U);
    EXPECT_EQ(modules.facts[0].kind + modules.facts[1].kind, "kitpublic");
    auto const repositories = read_text(R"({"CVE-2099-0001":[{"html_url":"https://a","stargazers_count":2},{"html_url":"https://b","stargazers_count":50}]})");
    ASSERT_EQ(repositories.facts.size(), 2U);
    EXPECT_EQ(repositories.facts[0].url + repositories.facts[0].kind + repositories.facts[1].kind, "https://bpocunrated");
    // The project's own files: one for each CVE, which only its name tells.
    std::string const list_of_one = R"([{"id":1,"full_name":"a/b","html_url":"https://b","stargazers_count":50,"created_at":"2099-01-01T00:00:00Z"}])";
    auto const one = read_text(list_of_one, "list.zip:PoC-in-GitHub-master/2099/CVE-2099-0001.json");
    ASSERT_EQ(one.facts.size(), 1U);
    EXPECT_EQ(one.facts[0].cve + " " + one.facts[0].kind, "CVE-2099-0001 poc");
    EXPECT_EQ(read_text(list_of_one, "list.json").counts.rejected, 1);
}

TEST(Cve5, VersionsAndDefaults) {
    auto const record = [](std::string const& affected) {
        return read_text(R"({"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-0001","state":"PUBLISHED"},"containers":{"cna":{"affected":[)" + affected + "]}}}");
    };
    EXPECT_EQ(statements(record(R"({"vendor":"V","product":"A Product","versions":[{"version":">= 1.0, < 1.3","status":"affected"},{"version":"2.0","lessThan":"2.5","status":"affected","versionType":"semver","changes":[{"at":"2.2","status":"unaffected"}]},{"version":"n/a","status":"affected"},{"version":"abc","versionType":"git","status":"affected"}]})").advisories.at(0)),
              "a:v:a_product fixed cpe[1.0, 1.3) semver[2.0, 2.2)\na:v:a_product not_affected semver[2.2, 2.5)\n");
    EXPECT_EQ(statements(record(R"({"vendor":"Linux","product":"Linux","defaultStatus":"affected","versions":[{"version":"4.19.5","lessThanOrEqual":"4.19.*","status":"unaffected"},{"version":"6.1","lessThanOrEqual":"*","status":"unaffected"}]})").advisories.at(0)),
              "o:linux:linux_kernel unknown cpe[, )\no:linux:linux_kernel not_affected cpe[4.19.5, 4.20) cpe[6.1, )\n");
    // Branches that all begin at nothing.
    EXPECT_EQ(statements(record(R"({"vendor":"V","product":"P","versions":[{"version":"0","lessThanOrEqual":"16.20.1","versionType":"semver","status":"affected"},{"version":"0","lessThan":"18.17.0","versionType":"semver","status":"affected"}]})").advisories.at(0)),
              "a:v:p fixed semver[, 16.20.1] semver[18, 18.17.0)\n");
    EXPECT_EQ(statements(record(R"({"vendor":"V","product":"P","versions":[{"version":"0","lessThan":"2.1","status":"affected"},{"version":"1","lessThan":"1.9","status":"affected"}]})").advisories.at(0)),
              "a:v:p fixed cpe[, 2.1) cpe[1, 1.9)\n");
    // The fixed version in Microsoft's CPE names says who it is, never what is affected.
    EXPECT_EQ(statements(record(R"({"vendor":"Microsoft","product":"Windows 11 version 21H2","cpes":["cpe:2.3:o:microsoft:windows_11_21H2:10.0.22000.2777:*:*:*:*:*:x64:*"],"versions":[{"version":"10.0.0","lessThan":"10.0.22000.2777","versionType":"custom","status":"affected"}]})").advisories.at(0)),
              "o:microsoft:windows_11_21h2 fixed windows_build[, 10.0.22000.2777)\n");
}

TEST(Cve5, NamesOfTheDictionary) {
    auto const said = [](std::string const& affected) {
        auto const read = read_text(R"({"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-0001","state":"PUBLISHED"},"containers":{"cna":{"affected":[)" + affected + "]}}}");
        return statements(read.advisories.at(0));
    };
    auto const named = [&](std::string const& vendor, std::string const& product) {
        return said(R"({"vendor":")" + vendor + R"(","product":")" + product + R"(","versions":[{"version":"1","lessThan":"2","status":"affected"}]})");
    };
    EXPECT_EQ(named("Oracle Corporation", "MySQL Server"), "a:oracle:mysql fixed cpe[1, 2)\n");
    EXPECT_EQ(named("Oracle Corporation", "Java SE JDK and JRE"), "a:oracle:jdk fixed cpe[1, 2)\na:oracle:jre fixed cpe[1, 2)\n");
    EXPECT_EQ(named("Apache Software Foundation", "Apache Tomcat"), "a:apache:tomcat fixed cpe[1, 2)\n");
    EXPECT_EQ(named("n/a", "PostgreSQL"), "a:postgresql:postgresql fixed cpe[1, 2)\n");
    EXPECT_EQ(named("Go standard library", "net/http"), "a:golang:go fixed cpe[1, 2)\n");
    EXPECT_EQ(named("Palo Alto Networks", "PAN-OS"), "o:paloaltonetworks:pan-os fixed cpe[1, 2)\n");
    EXPECT_EQ(named("n/a", "Something"), "");
    EXPECT_EQ(named("TeamViewer", "Remote Full Client"), "a:teamviewer:full_client fixed cpe[1, 2)\n");
    EXPECT_EQ(named("TeamViewer GmbH", "Meeting for Windows"), "a:teamviewer:meeting_for_windows fixed cpe[1, 2)\na:teamviewer:meeting fixed cpe[1, 2)\n");
    EXPECT_EQ(said(R"x({"vendor":"7-Zip","product":"7-Zip","versions":[{"version":"24.08 (x64)","status":"affected"}]})x"), "a:7-zip:7-zip unknown =24.08\n");
    EXPECT_EQ(said(R"({"vendor":"python","product":"cpython","cpes":["cpe:2.3:a:python_software_foundation:cpython:*:*:*:*:*:*:*:*"],"versions":[{"version":"1","lessThan":"2","status":"affected"}]})"),
              "a:python:python fixed cpe[1, 2)\n");
    EXPECT_EQ(said(R"x({"vendor":"OpenSSL","product":"OpenSSL","versions":[{"version":"Fixed in OpenSSL 1.1.1d (Affected 1.1.1-1.1.1c)","status":"affected"}]})x"),
              "a:openssl:openssl fixed cpe[1.1.1, 1.1.1d)\n");
    EXPECT_EQ(said(R"({"vendor":"NodeJS","product":"Node","versions":[{"version":"20.5.0","lessThanOrEqual":"20.5.0","versionType":"semver","status":"affected"}]})"),
              "a:nodejs:node.js unknown semver[20.0.0, 20.5.0]\n");
    // Packages of Red Hat under the name of the whole system.
    EXPECT_EQ(said(R"({"vendor":"Red Hat","product":"Red Hat Enterprise Linux 9","packageName":"openssh","cpes":["cpe:/o:redhat:enterprise_linux:9::baseos"],"defaultStatus":"affected","versions":[{"version":"0:8.7p1-38.el9_4.1","lessThan":"*","versionType":"rpm","status":"unaffected"}]})"), "");
}

// Every line of the list is one that the reader takes.
TEST(Cve5, ListOfNames) {
    for (auto const line : split(embedded("rules/cna-names.txt"), '\n')) {
        if (line.empty() || line.starts_with('#')) continue;
        auto const words = split(line, ' ');
        EXPECT_TRUE((words[0] == "vendor" && (words.size() == 3 || words.size() == 4)) || (words[0] == "last" && words.size() == 3) || (words[0] == "product" && (words.size() == 4 || words.size() == 5))) << line;
        for (auto const word : words) EXPECT_TRUE(cpe_word(word) == word || word == "*") << line;
        EXPECT_TRUE(words[0] != "product" || split(words.at(3), ':').size() == 3) << line;
    }
}

TEST(Purl, DistributionPackagesNeedTheirRelease) {
    EXPECT_EQ(package_of(*parse_purl("pkg:npm/%40angular/core@1.0?a=b#sub")).value().name, "@angular/core");
    EXPECT_EQ(package_of(*parse_purl("pkg:deb/debian/openssl@3.0?distro=debian-12.11")).value().ecosystem, "Debian:12");
    EXPECT_FALSE(package_of(*parse_purl("pkg:deb/debian/openssl@3.0")));
}

TEST(Cve5, BranchesOfASystem) {
    auto const read = read_text(R"({"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2099-0001","state":"PUBLISHED"},
        "containers":{"cna":{"affected":[
        {"vendor":"Apple","product":"macOS","versions":[{"status":"affected","version":"unspecified","lessThan":"13.7","versionType":"custom"}]},
        {"vendor":"Apple","product":"macOS","versions":[{"status":"affected","version":"unspecified","lessThan":"15","versionType":"custom"}]},
        {"vendor":"Apple","product":"macOS","versions":[{"status":"affected","version":"unspecified","lessThan":"14.7","versionType":"custom"}]}]}}})");
    ASSERT_TRUE(read.status) << describe(read.status.error());
    ASSERT_EQ(read.advisories.size(), 1U);
    EXPECT_EQ(statements(read.advisories[0]),
              "o:apple:macos fixed cpe[, 13.7)\no:apple:macos fixed cpe[15, 15)\no:apple:macos fixed cpe[14, 14.7)\n");
}

}  // namespace
}  // namespace merlon::feeds
