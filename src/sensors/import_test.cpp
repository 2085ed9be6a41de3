#include "sensors/import.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/test_places.h"
#include "base/text.h"

namespace merlon::sensors {
namespace {

namespace fs = std::filesystem;

Result<Imported> read(std::string_view text, std::string_view name = "input", ImportOptions const& options = {}) {
    Imported all;
    all.counts = TRY(import_text(text, name, options, [&](DeviceReport report) -> Status {
        all.reports.push_back(std::move(report));
        return {};
    }));
    return all;
}

// The one report of a text, which must be good.
DeviceReport one(std::string_view text, std::string_view name = "input", ImportOptions const& options = {}) {
    auto const all = read(text, name, options);
    if (!all) {
        ADD_FAILURE() << describe(all.error());
        return {};
    }
    EXPECT_EQ(all->reports.size(), 1U);
    return all->reports.empty() ? DeviceReport{} : all->reports.front();
}

std::string code_of(std::string_view text, std::string_view name = "input") {
    auto const all = read(text, name);
    return all ? "no error" : all.error().code;
}

// A folder of its own that goes away with the test.
struct Folder {
    fs::path path = fs::temp_directory_path() / ("merlon-import-" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() {
        std::error_code failed;
        fs::remove_all(path, failed);
    }
    fs::path write(std::string const& name, std::string_view bytes) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << bytes;
        return path / name;
    }
};

// ---- CycloneDX ----------------------------------------------------------------------------------------------

TEST(ImportCycloneDx, ReadsNestedComponentsQualifiersAndToolProperties) {
    auto const report = one(R"({"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:1",
      "metadata":{"tools":{"components":[{"type":"application","name":"trivy"}]},
        "component":{"type":"container","name":"web01"}},
      "components":[
        {"type":"operating-system","name":"debian","version":"12.5"},
        {"type":"library","name":"libssl3","version":"3.0.11-1","supplier":{"name":"OpenSSL Team"},
         "purl":"pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12.5&epoch=1",
         "properties":[{"name":"aquasecurity:trivy:SrcName","value":"openssl"},
           {"name":"aquasecurity:trivy:SrcVersion","value":"3.0.11"},
           {"name":"aquasecurity:trivy:SrcRelease","value":"1~deb12u2"}]},
        {"type":"application","name":"app","version":"1","components":[
          {"type":"library","group":"@acme","name":"ui","version":"2.0.0","purl":"pkg:npm/%40acme/ui@2.0.0",
           "components":[{"type":"library","name":"inner","version":"3","cpe":"cpe:2.3:a:acme:inner:3:*:*:*:*:*:*:*"}]}]},
        {"type":"file","name":"/etc/passwd"}]})");
    EXPECT_EQ(report.name, "web01");
    EXPECT_EQ(report.os.distribution, "debian");
    EXPECT_EQ(report.os.version, "12.5");
    EXPECT_EQ(report.os.platform, "Linux");
    ASSERT_TRUE(report.software);
    ASSERT_EQ(report.software->size(), 4U);
    auto const& ssl = report.software->at(0);
    EXPECT_EQ(ssl.source, "deb");
    EXPECT_EQ(ssl.version, "1:3.0.11-1~deb12u2");
    EXPECT_EQ(ssl.source_name, "openssl");
    EXPECT_EQ(ssl.source_version, "3.0.11-1~deb12u2");
    EXPECT_EQ(ssl.distribution, "debian:12");
    EXPECT_EQ(ssl.architecture, "amd64");
    EXPECT_EQ(ssl.vendor, "OpenSSL Team");
    EXPECT_EQ(ssl.purl, "pkg:deb/debian/libssl3@3.0.11-1~deb12u2");
    EXPECT_EQ(report.software->at(1).source, "generic");
    EXPECT_EQ(report.software->at(2).name, "@acme/ui");
    EXPECT_EQ(report.software->at(2).source, "npm");
    EXPECT_EQ(report.software->at(3).source, "cpe");
}

TEST(ImportCycloneDx, CountsWhatItSkips) {
    auto const all = read(R"({"bomFormat":"CycloneDX","specVersion":"1.4","components":[
        {"type":"library","name":"a","version":"1","purl":"pkg:gem/a@1"},
        {"type":"file","name":"x"},{"type":"library"},{"type":"application","name":"package-lock.json"},7]})");
    ASSERT_TRUE(all);
    EXPECT_EQ(all->counts.format, "CycloneDX 1.4 JSON");
    EXPECT_EQ(all->counts.components, 5U);
    EXPECT_EQ(all->counts.kept, 1U);
    EXPECT_EQ(all->counts.recognised, 1U);
    EXPECT_EQ(all->counts.skipped.size(), 4U);
}

TEST(ImportCycloneDx, AVexDocumentIsNoEmptyInventory) {
    auto const all = read(R"({"bomFormat":"CycloneDX","specVersion":"1.4","vulnerabilities":[{"id":"CVE-2020-1"}]})");
    ASSERT_TRUE(all);
    EXPECT_TRUE(all->reports.empty());
    EXPECT_EQ(all->counts.skipped.size(), 1U);
}

TEST(ImportCycloneDx, ReadsXmlWithAndWithoutPrefix) {
    for (auto const* prefix : {"", "b:"}) {
        auto const tag = [&](std::string_view name) { return std::string(prefix) + std::string(name); };
        auto const xml = "<?xml version=\"1.0\"?><" + tag("bom") + " xmlns" + (*prefix ? ":b" : "") +
                         "=\"http://cyclonedx.org/schema/bom/1.3\"><" + tag("metadata") + "><" + tag("component") +
                         " type=\"application\"><" + tag("name") + ">shop</" + tag("name") + "></" + tag("component") +
                         "></" + tag("metadata") + "><" + tag("components") + "><" + tag("component") +
                         " type=\"library\"><" + tag("group") + ">org.x</" + tag("group") + "><" + tag("name") +
                         ">y</" + tag("name") + "><" + tag("version") + ">1</" + tag("version") + "><" + tag("purl") +
                         ">pkg:maven/org.x/y@1?type=jar</" + tag("purl") + "></" + tag("component") + "></" +
                         tag("components") + "></" + tag("bom") + ">";
        auto const report = one(xml);
        EXPECT_EQ(report.name, "shop");
        ASSERT_EQ(report.software->size(), 1U);
        EXPECT_EQ(report.software->front().name, "org.x:y");
    }
}

// ---- SPDX ---------------------------------------------------------------------------------------------------

TEST(ImportSpdx, ReadsVersion2Json) {
    auto const report = one(R"({"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"image","packages":[
      {"name":"alpine","versionInfo":"3.20.1","primaryPackagePurpose":"OPERATING-SYSTEM"},
      {"name":"musl","versionInfo":"1.2.5-r0","supplier":"Person: A B (a@b.c) ","sourceInfo":"built package from: musl 1.2.5-r0",
       "externalRefs":[{"referenceCategory":"PACKAGE_MANAGER","referenceType":"purl",
         "referenceLocator":"pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=3.20.1"},
         {"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:musl:musl:1.2.5:*:*:*:*:*:*:*"},
         {"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:musl-libc:musl:1.2.5:*:*:*:*:*:*:*"}]},
      {"name":"thing","versionInfo":"NOASSERTION"}]})");
    EXPECT_EQ(report.name, "image");
    EXPECT_EQ(report.os.distribution, "alpine");
    ASSERT_EQ(report.software->size(), 2U);
    EXPECT_EQ(report.software->at(0).source, "apk");
    EXPECT_EQ(report.software->at(0).vendor, "A B (a@b.c)");
    EXPECT_EQ(report.software->at(0).cpe, "cpe:2.3:a:musl:musl:1.2.5:*:*:*:*:*:*:*");
    EXPECT_EQ(report.software->at(0).source_name, "");
    EXPECT_EQ(report.software->at(1).version, "");
}

TEST(ImportSpdx, ReadsTagValueWithLongText) {
    auto const report = one(R"(# comment
SPDXVersion: SPDX-2.2
DocumentName: tool
LicenseComments: <text>PackageName: not a package
more</text>
PackageName: openssl
PackageVersion: 3.0.7-1.el9
PackageSupplier: Organization: Red Hat
ExternalRef: PACKAGE-MANAGER purl pkg:rpm/redhat/openssl@3.0.7-1.el9?arch=x86_64&epoch=1&distro=rhel-9.4&upstream=openssl-3.0.7-1.el9.src.rpm
FileName: ./x
PackageName: plain
)");
    EXPECT_EQ(report.name, "tool");
    ASSERT_EQ(report.software->size(), 2U);
    auto const& ssl = report.software->at(0);
    EXPECT_EQ(ssl.version, "1:3.0.7-1.el9");
    EXPECT_EQ(ssl.distribution, "rhel:9");
    EXPECT_EQ(report.os.distribution, "rhel");
    EXPECT_EQ(ssl.vendor, "Red Hat");
}

TEST(ImportSpdx, ReadsVersion3) {
    auto const report = one(R"({"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
      {"@id":"_:c","type":"CreationInfo","specVersion":"3.0.1"},
      {"type":"SpdxDocument","spdxId":"urn:d","name":"doc"},
      {"type":"Organization","spdxId":"urn:o","name":"Acme"},
      {"type":"software_Package","spdxId":"urn:p","name":"log4j-core","software_packageVersion":"2.14.1","suppliedBy":"urn:o",
       "externalIdentifier":[{"externalIdentifierType":"packageURL","identifier":"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"}]},
      {"type":"software_File","name":"x"}]})");
    EXPECT_EQ(report.name, "doc");
    ASSERT_EQ(report.software->size(), 1U);
    EXPECT_EQ(report.software->front().name, "org.apache.logging.log4j:log4j-core");
    EXPECT_EQ(report.software->front().vendor, "Acme");
}

// ---- osquery ------------------------------------------------------------------------------------------------

TEST(ImportOsquery, ReadsSnapshotLinesOfSeveralHosts) {
    auto const all = read(
        R"({"name":"pack_inv_deb_packages","hostIdentifier":"u1","unixTime":1700000000,"action":"snapshot","decorations":{"hostname":"h1"},"snapshot":[{"name":"libssl3","version":"3.0.1+b1","source":"openssl (3.0.1) ","status":"install ok installed","arch":"amd64","maintainer":"D"},{"name":"gone","version":"1","status":"deinstall ok config-files"},{"name":"libssl3","version":"3.0.1+b1","source":"openssl (3.0.1) ","status":"install ok installed","arch":"amd64","maintainer":"D"}]})"
        "\n"
        R"({"name":"os_version","hostIdentifier":"u1","unixTime":1700000001,"snapshot":[{"name":"Debian GNU/Linux","version":"12 (bookworm) ","platform":"debian","codename":"bookworm","arch":"x86_64"}]})"
        "\n"
        R"({"name":"programs","hostIdentifier":"u2","snapshot":[{"name":"7-Zip 19.00 (x64) ","version":"19.00","publisher":"Igor Pavlov","install_location":"C:\\Program Files\\7-Zip\\"}]})"
        "\n"
        R"({"name":"os_version","hostIdentifier":"u2","snapshot":[{"name":"Microsoft Windows 11 Enterprise","version":"10.0.22631","build":"22631","revision":"3155","platform":"windows","arch":"64-bit"}]})"
        "\n"
        R"({"name":"patches","hostIdentifier":"u2","snapshot":[{"hotfix_id":"KB5034765"},{"hotfix_id":"KB5034765"}]})");
    ASSERT_TRUE(all) << describe(all.error());
    ASSERT_EQ(all->reports.size(), 2U);
    auto const& linux_host = all->reports[0];
    EXPECT_EQ(linux_host.identifier, "u1");
    EXPECT_EQ(linux_host.name, "h1");
    EXPECT_EQ(linux_host.os.version, "12");
    EXPECT_EQ(linux_host.os.release, "bookworm");
    EXPECT_EQ(linux_host.os.architecture, "x64");
    EXPECT_EQ(linux_host.software_sources, std::vector<std::string>{"deb"});
    ASSERT_EQ(linux_host.software->size(), 1U);
    EXPECT_EQ(linux_host.software->front().source_name, "openssl");
    EXPECT_EQ(linux_host.software->front().source_version, "3.0.1");
    EXPECT_EQ(linux_host.collected_at, unix_epoch_ticks + 1700000001 * ticks_per_second);
    auto const& windows = all->reports[1];
    EXPECT_EQ(windows.os.platform, "Windows11");
    EXPECT_EQ(windows.os.version, "10.0.22631.3155");
    EXPECT_EQ(windows.os.build, "22631.3155");
    EXPECT_EQ(windows.os.edition, "Enterprise");
    EXPECT_EQ(windows.hotfixes, (std::vector<std::string>{"KB5034765"}));
    EXPECT_EQ(windows.software->front().vendor, "Igor Pavlov");
    EXPECT_EQ(all->counts.skipped.at("the same row again"), 1U);
    EXPECT_EQ(all->counts.skipped.at("package removed, configuration left"), 1U);
}

// The settings that the rows of a query of our own become, all of one family.
std::string settings_of(std::string const& query, std::string const& family, std::string const& rows) {
    auto const all = read(R"({"name":")" + query + R"(","hostIdentifier":"u1","snapshot":[)" + rows + "]}");
    if (!all || all->reports.size() != 1) return "no report";
    auto const& report = all->reports.front();
    if (report.setting_families != std::vector<std::string>{family}) return "other families";
    std::string out;
    for (auto const& fact : *report.settings) out += (out.empty() ? "" : " ") + fact.key + "=" + fact.value;
    return out;
}

TEST(ImportOsquery, TellsWhetherARestartIsPending) {
    auto const restart_of = [](std::string const& rows) { return settings_of("pending_restart", "restart", rows); };
    std::string const asked = R"({"reason":"windows","detail":"","since":"0"})";
    EXPECT_EQ(restart_of(asked), "restart.pending=0");
    EXPECT_EQ(restart_of(asked + R"(,{"reason":"component_servicing","detail":"","since":"1700000000"},{"reason":"file_renames","detail":"","since":"0"})"),
              R"(restart.pending=1 restart.reason.component_servicing={"detail":"","since":"2023-11-14T22:13:20Z"} restart.reason.file_renames={"detail":""})");
    EXPECT_EQ(restart_of(""), "") << "neither yes nor no, and what was known before is gone";
    std::string const running = R"({"reason":"running_kernel","detail":"6.1.0-9-amd64","since":"0"})";
    EXPECT_EQ(restart_of(running), "");
    EXPECT_EQ(restart_of(running + R"(,{"reason":"installed_kernel","detail":"6.1.0-9-amd64","since":"1"},{"reason":"installed_kernel","detail":"6.1.0-18-amd64","since":"1700000000"})"),
              R"(restart.pending=1 restart.reason.kernel={"detail":"6.1.0-18-amd64 is installed, 6.1.0-9-amd64 runs","since":"2023-11-14T22:13:20Z"})");
    EXPECT_EQ(restart_of(R"({"reason":"file","detail":"/usr/bin/zypper","since":"1700000000"})"), "restart.pending=0");
}

// As osquery writes them: type and flags of Windows, nodes of augeas.
TEST(ImportOsquery, TellsWhatIsShared) {
    auto const shares_of = [](std::string const& rows) { return settings_of("network_shares", "shares", rows); };
    EXPECT_EQ(shares_of(""), "");
    EXPECT_EQ(shares_of(R"({"kind":"windows","name":"C$","value":"C:\\","detail":"-2147483648","remark":"Default share"},{"kind":"windows","name":"IPC$","value":"","detail":"-2147483645","remark":"Remote IPC"},)"
                        R"({"kind":"windows","name":"Data","value":"D:\\","detail":"0","remark":""},{"kind":"flags","name":"data","value":"CATimeout=0,CSCFlags=2096,Path=D:\\,Type=0","detail":"","remark":""},)"
                        R"({"kind":"security","name":"Data","value":"0100048000000000000000000000000014000000020014000100000000001400FF011F00010100000000000100000000","detail":"","remark":""})"),
              "shares.Data.path=D:\\ shares.Data.at_root=1 shares.Data.offline=none shares.Data.enumeration=1") << "an entry that is longer than its list is not read";
    EXPECT_EQ(shares_of(R"({"kind":"windows","name":"Data","value":"D:\\data","detail":"0","remark":"x"},)"
                        R"({"kind":"security","name":"Data","value":"010004800000000000000000000000001400000002001C000100000000001400FF011F00010100000000000100000000","detail":"","remark":""})"),
              "shares.Data.path=D:\\data shares.Data.at_root=0 shares.Data.remark=x shares.Data.rights=Everyone: full control shares.Data.everyone_writes=1");
    EXPECT_EQ(shares_of(R"({"kind":"macos","name":"Ada's Public Folder","value":"/Users/ada/Public"})"), "shares.Ada's Public Folder.path=/Users/ada/Public shares.Ada's Public Folder.at_root=0");
    std::string const lines = R"({"kind":"samba","name":"/files/etc/samba/smb.conf","value":"","detail":"smb.conf"},{"kind":"samba","name":"/files/etc/samba/smb.conf/target[1]","value":"global","detail":"target"},)"
                              R"({"kind":"samba","name":"/files/etc/samba/smb.conf/target[1]/csc\\ policy","value":"disable","detail":"csc policy"},{"kind":"samba","name":"/files/etc/samba/smb.conf/target[2]","value":"data","detail":"target"},)"
                              R"({"kind":"samba","name":"/files/etc/samba/smb.conf/target[2]/path","value":"/srv/data","detail":"path"})";
    EXPECT_EQ(shares_of(lines), "") << "no server";
    EXPECT_EQ(shares_of(lines + R"(,{"kind":"file","name":"/etc/samba/smb.conf"},{"kind":"file","name":"/usr/sbin/smbd"})"),
              "shares.data.path=/srv/data shares.data.at_root=0 shares.data.rights=Everyone with an account: read shares.data.offline=none shares.data.enumeration=0 shares.data.everyone_writes=0");
}

TEST(ImportOsquery, TellsWhatWasUsedAndWhen) {
    auto const usage_of = [](std::string const& rows) { return settings_of("software_usage", "usage", rows); };
    EXPECT_EQ(usage_of(R"({"program":"{6D809377-6AF0-444B-8957-A3773F02200E}\\X\\x.exe","last":"1767312000","others":""},{"program":"C:\\Tools\\y.exe","last":"0","others":""},{"program":"Microsoft.Windows.Explorer","last":"1767312000","others":""},)"
                       R"({"program":"DE{01d8a1b2}\\WINDOWS\\SYSTEM32\\NTDLL.DLL,\\VOLUME{01d8a1b2}\\PROGRAM FILES\\X\\X.EXE","last":"1767398400","others":"1767312001,1767139200,-11644473600"})"),
              "usage.\\program files\\x\\x.exe=2025-12-31 2026-01-02 2026-01-03") << "nothing is told of what has no time";
}

TEST(ImportOsquery, ReplaysDifferentialResultsFromTheirBeginning) {
    std::string const line = R"({"name":"python_packages","hostIdentifier":"u1","epoch":0,)";
    auto const report = one(
        line + R"("counter":0,"columns":{"name":"requests","version":"2.0","path":"/usr/local/lib/x"},"action":"added"})" "\n" +
        line + R"("counter":0,"columns":{"name":"flask","version":"1.0","path":"/srv"},"action":"added"})" "\n" +
        line + R"("counter":1,"columns":{"name":"requests","version":"2.1","path":"/usr/local/lib/x"},"action":"added"})" "\n" +
        line + R"("counter":1,"columns":{"name":"requests","version":"2.0","path":"/usr/local/lib/x"},"action":"removed"})");
    ASSERT_EQ(report.software->size(), 2U);
    EXPECT_EQ(report.software->at(1).version, "2.1");
    auto const cut = read(line + R"("counter":4,"columns":{"name":"x","version":"1"},"action":"added"})");
    ASSERT_TRUE(cut);
    EXPECT_TRUE(cut->reports.empty());
    EXPECT_EQ(cut->counts.skipped.at("differential results without their beginning"), 1U);
}

TEST(ImportOsquery, KeepsFailureAndEmptinessApart) {
    auto const report = one(R"({"queries":{"deb_packages":[],"rpm_packages":[],"system_info":[{"uuid":"U","hostname":"h"}]},
      "statuses":{"deb_packages":0,"rpm_packages":1,"system_info":0},"messages":{"rpm_packages":"no such table"}})");
    ASSERT_TRUE(report.software);
    EXPECT_TRUE(report.software->empty());
    EXPECT_EQ(report.software_sources, std::vector<std::string>{"deb"});
    EXPECT_EQ(code_of(R"({"queries":{"rpm_packages":[]},"statuses":{"rpm_packages":1},"messages":{}})"),
              "sensors.osquery_failed");
}

TEST(ImportOsquery, ReadsRowsOfOneTableWhenTheDeviceIsNamed) {
    auto const rows = R"([{"name":"curl","version":"8.0","admindir":"/var/lib/dpkg","status":"install ok installed"}])";
    EXPECT_EQ(code_of(rows), "sensors.no_device");
    auto const report = one(rows, "rows.json", {"srv"});
    EXPECT_EQ(report.identifier, "srv");
    EXPECT_EQ(report.software->front().source, "deb");
    auto const id = std::string(40, 'a');
    EXPECT_EQ(one(rows, "rows.json", {id}).device_id, id);
    EXPECT_EQ(code_of(R"([{"a":"b"}])"), "sensors.unknown_format");
}

// ---- package databases --------------------------------------------------------------------------------------

TEST(ImportPackages, ReadsARootFolder) {
    Folder folder;
    folder.write("usr/lib/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\n");
    folder.write("etc/debian_version", "12.11\n");
    folder.write("etc/hostname", "srv01\n");
    folder.write("var/lib/dpkg/status",
                 "Package: libssl3\nStatus: install ok installed\nSource: openssl (3.0.1-1)\nVersion: 3.0.1-1+b1\n"
                 "Architecture: amd64\nMaintainer: A <a@b>\nDescription: x\n more: text\n .\n\n"
                 "Package: old\nStatus: deinstall ok config-files\nVersion: 1\n");
    folder.write("usr/lib/python3/dist-packages/apt-2.0.egg-info", "Name: apt\nVersion: 2.0\n");
    folder.write("usr/local/lib/python3.11/dist-packages/requests-2.31.0.dist-info/METADATA",
                 "Metadata-Version: 2.1\nName: requests\nVersion: 2.31.0\n\nName: no\n");
    folder.write("usr/local/lib/node_modules/@acme/ui/package.json", R"({"name":"@acme/ui","version":"1.0.0"})");
    auto const all = import_all(folder.path);
    ASSERT_TRUE(all) << describe(all.error());
    ASSERT_EQ(all->reports.size(), 1U);
    auto const& report = all->reports.front();
    EXPECT_EQ(report.os.version, "12.11");
    EXPECT_EQ(report.name, "srv01");
    ASSERT_EQ(report.software->size(), 3U);
    EXPECT_EQ(report.software->at(0).source_name, "openssl");
    EXPECT_EQ(report.software->at(1).name, "requests");
    EXPECT_EQ(report.software->at(1).path, "/usr/local/lib/python3.11/dist-packages/requests-2.31.0.dist-info");
    EXPECT_EQ(report.software->at(2).name, "@acme/ui");
    EXPECT_EQ(all->counts.skipped.size(), 2U);
    // The database file alone finds os-release in its root.
    auto const alone = import_all(folder.path / "var/lib/dpkg/status", {"srv01"});
    ASSERT_TRUE(alone) << describe(alone.error());
    EXPECT_EQ(alone->reports.front().os.distribution, "debian");
    EXPECT_EQ(alone->reports.front().software->size(), 1U);
}

TEST(ImportPackages, ReadsApk) {
    auto const report = one("C:Q1abc=\nP:libcrypto3\nV:3.3.1-r0\nA:x86_64\no:openssl\nm:N <n@x>\nF:usr/lib\n\nP:musl\nV:1.2.5-r0\no:musl\n",
                            "installed", {"box"});
    ASSERT_EQ(report.software->size(), 2U);
    EXPECT_EQ(report.software->at(0).source_name, "openssl");
    EXPECT_EQ(report.software->at(0).source, "apk");
    EXPECT_EQ(report.software->at(1).source_name, "");
}

// ---- what must be refused -----------------------------------------------------------------------------------

TEST(ImportRefuses, WhatIsDamagedOrUnknown) {
    EXPECT_EQ(code_of(""), "sensors.empty");
    EXPECT_EQ(code_of("  \n \n"), "sensors.empty");
    EXPECT_EQ(code_of(R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"lib)"), "json.malformed");
    EXPECT_EQ(code_of(R"({"bomFormat":"CycloneDX","specVersion":"2.0"})"), "sensors.sbom_version");
    EXPECT_EQ(code_of(R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":{}})"), "sensors.wrong_shape");
    EXPECT_EQ(code_of(R"({"spdxVersion":"SPDX-1.2"})"), "sensors.sbom_version");
    EXPECT_EQ(code_of(R"({"hello":"world"})"), "sensors.unknown_format");
    EXPECT_EQ(code_of("<html><body/></html>"), "sensors.unknown_format");
    EXPECT_EQ(code_of("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components>"), "sensors.bad_xml");
    EXPECT_EQ(code_of("name,version\nopenssl,3\n"), "sensors.unknown_format");
    EXPECT_EQ(code_of(std::string_view("\x7f" "ELF\0\0\0\1", 8)), "sensors.unknown_format");
    EXPECT_EQ(code_of("Package: a\nVersion: 1\ngarbage\n"), "sensors.bad_line");
    EXPECT_EQ(code_of("SPDXVersion: SPDX-2.3\nDocumentName: x\nComment: <text>never ends\n"), "sensors.wrong_shape");
}

TEST(ImportReads, APackageDatabaseCopiedWithItsOsRelease) {
    Folder folder;
    folder.write("status", "Package: curl\nStatus: install ok installed\nVersion: 7.88.1-10\nArchitecture: amd64\n");
    folder.write("os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    auto const read = import_all(folder.path, {"srv"});
    ASSERT_TRUE(read) << describe(read.error());
    ASSERT_EQ(read->reports.size(), 1U);
    EXPECT_EQ(read->reports[0].os.distribution, "debian");
    EXPECT_EQ(read->reports[0].software->front().name, "curl");
}

TEST(ImportRefuses, FoldersAndFilesThatCannotBeRead) {
    Folder folder;
    EXPECT_EQ(import_all(folder.path).error().code, "sensors.unknown_folder");
    EXPECT_EQ(import_all(folder.path / "none.json").error().code, "file.missing");
    auto const secret = folder.write("secret.json", "{}");
    ::chmod(secret.c_str(), 0);
    if (::access(secret.c_str(), R_OK) != 0) {
        EXPECT_EQ(import_all(secret).error().code, "file.unreadable");
    }
    // Garbage of a size that must not hurt: no line end, no structure.
    auto const garbage = folder.write("garbage.bin", std::string(std::size_t{100} << 20, '\x91'));
    EXPECT_EQ(import_all(garbage).error().code, "sensors.unknown_format");
}

// ---- the shared inventories ---------------------------------------------------------------------------------

TEST(ImportShared, EveryInventoryImports) {
    auto const data = shared_data();
    if (!fs::exists(data / "sbom")) GTEST_SKIP() << "no shared data at " << data;
    std::vector<fs::path> inputs;
    for (auto const& entry : fs::directory_iterator(data / "sbom"))
        if (entry.path().filename() != "README.md") inputs.push_back(entry.path());
    inputs.push_back(data / "osquery");
    for (auto const& entry : fs::directory_iterator(data / "osquery"))
        if (entry.path().filename() != "README.md") inputs.push_back(entry.path());
    std::sort(inputs.begin(), inputs.end());
    ASSERT_GT(inputs.size(), 40U);
    std::size_t recognised = 0;
    for (auto const& input : inputs) {
        ImportOptions options;
        if (input.parent_path().filename() == "osquery") options.device = "host";
        auto const all = import_all(input, options);
        ASSERT_TRUE(all) << input << ": " << describe(all.error());
        auto const& counts = all->counts;
        std::string skipped;
        std::size_t sum = counts.kept;
        for (auto const& [reason, count] : counts.skipped) {
            skipped += fmt::format("{}{} {}", skipped.empty() ? "" : "; ", count, reason);
            sum += count;
        }
        EXPECT_EQ(sum, counts.components) << input;
        recognised += counts.recognised;
        if (std::getenv("MERLON_SHOW"))
            std::cout << fmt::format("| {} | {} | {} | {} | {} | {} |\n", input.filename().string(), counts.format,
                                     counts.components, counts.kept, counts.recognised, skipped);
    }
    EXPECT_GT(recognised, 4000U);
}

TEST(ImportShared, TheDebianHostReadsTheSameFromEachSource) {
    auto const data = shared_data();
    if (!fs::exists(data / "sbom")) GTEST_SKIP() << "no shared data at " << data;
    auto debs = [&](fs::path const& input) {
        std::map<std::string, std::string> found;
        auto const all = import_all(input);
        EXPECT_TRUE(all) << describe(all.error());
        if (!all) return found;
        for (auto const& item : *all->reports.front().software)
            if (item.source == "deb") found[item.name + "/" + item.architecture] = item.version;
        return found;
    };
    auto const cyclonedx = debs(data / "sbom" / "debian12-host.cyclonedx.json.gz");
    auto const spdx = debs(data / "sbom" / "debian12-host.spdx-json.json.gz");
    auto const osquery = debs(data / "osquery");
    EXPECT_EQ(cyclonedx.size(), 922U);
    EXPECT_EQ(cyclonedx, spdx);
    EXPECT_EQ(osquery.size(), 915U);
    for (auto const& [name, version] : osquery) {
        auto const found = cyclonedx.find(name);
        if (found != cyclonedx.end()) {
            EXPECT_EQ(found->second, version) << name;
        }
    }
}

}  // namespace
}  // namespace merlon::sensors
