#include <gtest/gtest.h>

#include "base/files.h"
#include "base/test_places.h"
#include "base/text.h"
#include "match/identity/clean.h"
#include "match/identity/distribution.h"
#include "match/identity/identify.h"
#include "match/identity/source_package.h"
#include "match/identity/windows_release.h"

namespace merlon::match {
namespace {

IdentityRules const& rules() {
    static auto const loaded = IdentityRules::embedded();
    if (!loaded) ADD_FAILURE() << describe(loaded.error());
    return *loaded;
}

std::string first_subject(Identity const& identity) {
    return identity.candidates.empty() ? std::string{} : identity.candidates.front().subject;
}

TEST(IdentityRules, EveryCaseOfEveryRuleHolds) {
    ASSERT_GE(rules().all().size(), 150U);
    VendorCatalog const none;
    for (auto const& rule : rules().all())
        for (auto const& wanted : rule.cases) {
            SoftwareKey const key{wanted.item, wanted.platform};
            auto const identity = identify(key, rules(), none);
            EXPECT_EQ(first_subject(identity), wanted.expect) << rule.file << ": " << rule.id << ": " << wanted.item.name;
            if (!wanted.expect_version.empty()) {
                EXPECT_EQ(identity.version, wanted.expect_version) << rule.file << ": " << rule.id;
            }
        }
}

TEST(IdentityRules, RefuseABadRuleByName) {
    std::vector<std::pair<std::string, std::string_view>> files{
        {"rules/identity/x.json", R"({"rules":[{"id":"bad","name":"(","cpe":["a:b:c"],"link":"l","cases":[{"name":"x"}]}]})"}};
    std::string padded(files[0].second);
    padded.reserve(padded.size() + 64);
    files[0].second = padded;
    auto const refused = IdentityRules::parse(files);
    ASSERT_FALSE(refused);
    EXPECT_NE(describe(refused.error()).find("rule bad"), std::string::npos) << describe(refused.error());
    padded = R"({"rules":[{"id":"bad","name":"x","cpe":["a:b:c\\/d"],"link":"l","cases":[{"name":"x"}]}]})";
    padded.reserve(padded.size() + 64);
    files[0].second = padded;
    auto const escaped = IdentityRules::parse(files);
    ASSERT_FALSE(escaped);
    EXPECT_NE(describe(escaped.error()).find("backslash"), std::string::npos) << describe(escaped.error());
}

TEST(NamesAndVersions, AreFreedOfWhatInstallersAdd) {
    EXPECT_EQ(name_words("Mozilla Firefox 115.0 (x64 en-US)"), (std::vector<std::string>{"mozilla", "firefox"}));
    EXPECT_EQ(name_words("7-Zip 22.01 (x64)"), (std::vector<std::string>{"7-zip"}));
    EXPECT_EQ(squeezed("Intel® Unison™"), "intelunison");
    EXPECT_EQ(vendor_words("Docker Inc. <support@docker.com>"), (std::vector<std::string>{"docker"}));
    EXPECT_EQ(bundle_words("com.google.Chrome"), (std::vector<std::string>{"google", "chrome"}));
    EXPECT_EQ(clean_version("26.3.1_1", "homebrew"), "26.3.1");
    EXPECT_EQ(clean_version("1:2.4.7-1ubuntu3", "deb"), "2.4.7");
    EXPECT_EQ(fixed_version("python_windows", "3.13.3150.0"), "3.13.3");
    EXPECT_EQ(fixed_version("python_windows", "3.13.0121.0"), "3.13.0 update rc1");
    EXPECT_EQ(version_in_name("PuTTY release 0.80 (64-bit)"), "0.80");
}

TEST(Distributions, AreNamedAsAdvisoriesNameThem) {
    EXPECT_EQ(ecosystems_of("debian:12.5").front(), "Debian:12");
    EXPECT_EQ(ecosystems_of("ubuntu:22.04").front(), "Ubuntu:22.04:LTS");
    EXPECT_EQ(ecosystems_of("ubuntu:23.10").front(), "Ubuntu:23.10");
    EXPECT_EQ(ecosystems_of("alpine:3.20.1").front(), "Alpine:v3.20");
    EXPECT_EQ(ecosystems_of("rocky:9.3").front(), "Rocky Linux:9");
    EXPECT_TRUE(from_distribution({.source = "deb", .name = "x", .vendor = "Jane Doe <jane@debian.org>"}));
    EXPECT_TRUE(from_distribution({.source = "deb", .name = "x", .vendor = "Jane Doe <jane@example.org>"}));
    EXPECT_FALSE(from_distribution({.source = "deb", .name = "x", .vendor = "Docker <support@docker.com>"}));
    EXPECT_FALSE(from_distribution({.source = "deb", .name = "x", .vendor = "contact@grafana.com"}));
    EXPECT_TRUE(from_distribution({.source = "rpm", .name = "x", .vendor = "Red Hat, Inc."}));
    EXPECT_FALSE(from_distribution({.source = "rpm", .name = "x", .vendor = "Elastic"}));
    EXPECT_EQ(advisory_source_name("linux-signed-amd64", "debian:12"), "linux");
    EXPECT_EQ(advisory_source_name("linux-signed-hwe-6.5", "ubuntu:22.04"), "linux-hwe-6.5");
}

TEST(WindowsBuilds, AreReleases) {
    EXPECT_EQ(windows_release("10.0.22631.3155", false)->cpe, "windows_11_23h2");
    EXPECT_EQ(windows_release("19045.4651", false)->cpe, "windows_10_22h2");
    EXPECT_EQ(windows_release("10.0.17763.5329", true)->cpe, "windows_server_2019");
    EXPECT_EQ(windows_release("10.0.17763.5329", false)->cpe, "windows_10_1809");
    EXPECT_EQ(windows_release("10.0.18363.1", true)->cycle, "1909-sac");
    EXPECT_EQ(windows_release("10.0.20348.1", false)->cpe, "windows_server_2022");
    EXPECT_EQ(windows_release("10.0.28000.1575", false)->cycle, "11-26h1");
    EXPECT_EQ(windows_release("10.0.26300.9457", false)->cpe, "windows_11_26h2");
    EXPECT_FALSE(windows_release("10.0.12345.1", false));
}

TEST(Identify, TakesTheSourcePackageOfADistribution) {
    SoftwareKey const key{{.source = "deb",
                           .name = "libssl3",
                           .vendor = "Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>",
                           .version = "3.0.15-1~deb12u1",
                           .source_name = "openssl",
                           .distribution = "debian:12"},
                          "linux"};
    auto const identity = identify(key, rules(), {});
    EXPECT_EQ(first_subject(identity), "pkg:Debian:12/openssl");
    EXPECT_EQ(identity.scheme, "dpkg");
    EXPECT_EQ(identity.product, "libssl3");
}

TEST(Identify, FindsProductsThatOnlyTheDictionaryKnows) {
    std::vector<std::string> const subjects{"a:acme:rocket_launcher", "a:other:launcher", "a:druid_project:druid",
                                            "a:apache:druid", "a:acme:anvil"};
    VendorCatalog const catalog(subjects);
    SoftwareKey key{{.source = "programs", .name = "Acme Rocket Launcher 3.1 (x64)", .vendor = "ACME Corp.", .version = "3.1"},
                    "windows"};
    auto identity = identify(key, rules(), catalog);
    ASSERT_FALSE(identity.candidates.empty());
    EXPECT_EQ(identity.candidates.front().subject, "a:acme:rocket_launcher");
    EXPECT_GE(identity.candidates.front().confidence, 85);
    EXPECT_EQ(identity.vendor, "acme");
    // A product of the same name by another vendor is no match.
    key.item = {.source = "programs", .name = "Anvil", .vendor = "Forge GmbH", .version = "1.0"};
    identity = identify(key, rules(), catalog);
    for (auto const& candidate : identity.candidates) EXPECT_LT(candidate.confidence, 50);
}

TEST(Identify, KeepsTheUnknownAsNotAssessed) {
    SoftwareKey const key{{.source = "programs", .name = "Lohnbuchhaltung Müller", .vendor = "Müller GmbH", .version = "1"},
                          "windows"};
    auto const identity = identify(key, rules(), {});
    EXPECT_FALSE(identity.assessed);
    EXPECT_EQ(identity.product, "lohnbuchhaltung_müller");
    EXPECT_NE(explain_identity(key, identity).find("not assessed"), std::string::npos);
}

TEST(SourcePackage, ByTheDistributionsIndex) {
    EXPECT_EQ(source_package_of("libc6", "deb"), "glibc");
    EXPECT_EQ(source_package_of("libssl1.1", "deb"), "openssl");
    EXPECT_EQ(source_package_of("libssl3t64", "deb"), "openssl");
    EXPECT_EQ(source_package_of("libpython3.11-minimal", "deb"), "python3.11");
    EXPECT_EQ(source_package_of("libdb5.3", "deb"), "db5.3");
    EXPECT_EQ(source_package_of("libgssapi-krb5-2", "deb"), "krb5");
    EXPECT_EQ(source_package_of("bash", "deb"), "");
    EXPECT_EQ(source_package_of("libudev1", "deb"), "systemd");
    EXPECT_EQ(source_package_of("perl-base", "deb"), "perl");
    EXPECT_EQ(source_package_of("ncurses-base", "deb"), "ncurses");
    EXPECT_EQ(source_package_of("libpython3.9-stdlib", "deb"), "python3.9");
    EXPECT_EQ(source_package_of("libpython3-stdlib", "deb"), "python3-defaults");
    EXPECT_EQ(source_package_of("libldap-2.4-2", "deb"), "openldap");
    EXPECT_EQ(source_package_of("openssh-client", "deb"), "openssh");
    EXPECT_EQ(source_package_of("linux-base", "deb"), "");
    EXPECT_EQ(source_package_of("libcrypto1.1", "apk"), "openssl");
    EXPECT_EQ(source_package_of("nghttp2-libs", "apk"), "nghttp2");
    EXPECT_EQ(source_package_of("libc6", "rpm"), "");
    SoftwareKey const key{{.source = "deb", .name = "libc6", .version = "2.36-9", .distribution = "debian:12"}, "linux"};
    auto const identity = identify(key, rules(), {});
    EXPECT_TRUE(std::ranges::any_of(identity.candidates, [](auto const& it) { return it.subject == "pkg:Debian:12/glibc" && it.confidence == 90; }));
}

TEST(Identify, UpstreamNamesOfPackages) {
    auto const names = [](std::string name, std::string source) {
        return upstream_names({.source = "deb", .name = std::move(name), .source_name = std::move(source), .distribution = "ubuntu:22.04"});
    };
    auto const has = [](std::vector<std::string> const& all, std::string_view name) { return std::ranges::find(all, name) != all.end(); };
    EXPECT_TRUE(has(names("libpython3.10-dev", "python3.10"), "python"));
    EXPECT_TRUE(has(names("libopenssl1_1", ""), "openssl"));
    EXPECT_EQ(names("linux-image-5.15.0-91-generic", "linux"), (std::vector<std::string>{"linux"}));
}

TEST(Identify, OtherSpellingsOfAVendorAreTheSameProduct) {
    std::vector<std::string> const subjects{"a:docker:docker_desktop", "a:docker_inc.:docker_desktop", "a:mobydock:docker_desktop", "a:getpostman:postman"};
    VendorCatalog const catalog(subjects);
    EXPECT_EQ(catalog.siblings("a:docker:docker_desktop"), (std::vector<std::string>{"a:docker_inc.:docker_desktop"}));
    SoftwareKey const key{{.source = "programs", .name = "Postman x86_64 6.3.0", .vendor = "Postman", .version = "6.3.0"}, "windows"};
    EXPECT_TRUE(std::ranges::any_of(identify(key, rules(), catalog).candidates,
                                    [](auto const& it) { return it.subject == "a:getpostman:postman" && it.confidence >= 90; }));
}

TEST(Identify, AnExtensionNamedByCpeIsNoProgram) {
    EXPECT_EQ(kind_of({{.source = "cpe", .name = "zoom", .cpe = "cpe:2.3:a:zoom:zoom:5.0:*:*:*:*:chrome:*:*"}, ""}), Kind::extension);
    EXPECT_EQ(kind_of({{.source = "cpe", .name = "zoom", .cpe = "cpe:2.3:a:zoom:zoom:5.0:*:*:*:*:windows:*:*"}, ""}), Kind::program);
}

TEST(Identify, ABareNameIsNotEnough) {
    std::vector<std::string> const subjects{"a:docker:docker"};
    VendorCatalog const catalog(subjects);
    SoftwareKey key{{.source = "generic", .name = "docker", .version = "0.4.0"}, "linux"};
    for (auto const& candidate : identify(key, rules(), catalog).candidates) EXPECT_LT(candidate.confidence, 50);
}

TEST(Identify, ASharedBeginningOfANameIsNoProof) {
    std::vector<std::string> const subjects{"a:acme:anvil", "a:acme:anvil_shell", "a:acme:anvil_router_kit"};
    VendorCatalog const catalog(subjects);
    auto const sure = [&](std::string_view name) {
        std::vector<std::string> out;
        for (auto const& hit : catalog.search({.source = "programs", .name = std::string(name), .vendor = "Acme Inc.", .version = "1"}))
            if (hit.confidence >= 50) out.push_back(hit.subject);
        return out;
    };
    EXPECT_EQ(sure("Anvil 4.2 (x64)"), (std::vector<std::string>{"a:acme:anvil"}));
    EXPECT_EQ(sure("Anvil Enterprise Edition"), (std::vector<std::string>{"a:acme:anvil"}));
    EXPECT_EQ(sure("Anvil Beta"), (std::vector<std::string>{"a:acme:anvil"}));
    EXPECT_EQ(sure("Anvil Shell 4.2"), (std::vector<std::string>{"a:acme:anvil_shell"}));
    for (std::string_view const other : {"Anvil Router 4.2", "Anvil Auto Updater", "Anvil SDK", "Anvil ODBC Driver"})
        EXPECT_TRUE(sure(other).empty()) << other;
}

TEST(Identify, OnlyWhatLeavesTheProductMayFollowItsName) {
    auto const text = read_file(source_root() / "test/matching/names.txt");
    ASSERT_TRUE(text) << describe(text.error());
    std::vector<std::string> subjects;
    for (auto const& rule : rules().all()) subjects.insert(subjects.end(), rule.cpe.begin(), rule.cpe.end());
    VendorCatalog const catalog(subjects);
    std::string_view section;
    std::size_t lines = 0;
    for (auto const line : split(*text, '\n')) {
        if (line.empty() || line.starts_with('#')) continue;
        auto const parts = split(line, '|');
        if (parts.size() == 1) {
            section = line;
            continue;
        }
        ASSERT_EQ(parts.size(), 3U) << line;
        ++lines;
        std::string const name(trim(parts[0])), vendor(trim(parts[1])), product(trim(parts[2]));
        EXPECT_TRUE(catalog.knows(product)) << line;
        SoftwareKey const key{{.source = "programs", .name = name, .vendor = vendor, .version = "1.0"}, "windows"};
        auto const identity = identify(key, rules(), catalog);
        if (section == "is") EXPECT_EQ(first_subject(identity), product) << line;
        else for (auto const& it : identity.candidates) EXPECT_FALSE(it.subject == product && it.confidence >= 50) << line << ": " << it.rule;
    }
    EXPECT_GT(lines, 80U);
}

TEST(IdentityRules, AnotherMakersBundleIdIsAnotherProgram) {
    auto const subject = [](std::string_view name, std::string_view bundle) {
        SoftwareKey const key{{.source = "apps", .name = std::string(name), .version = "1.0", .bundle_id = std::string(bundle)}, "macos"};
        return first_subject(identify(key, rules(), {}));
    };
    EXPECT_EQ(subject("Telegram.app", "ru.keepcoder.Telegram"), "a:telegram:telegram");
    EXPECT_EQ(subject("Telegram.app", "com.tdesktop.Telegram"), "a:telegram:telegram_desktop");
    EXPECT_EQ(subject("Workspaces.app", "com.amazon.workspaces"), "a:amazon:aws_workspaces");
    EXPECT_EQ(subject("Workspaces.app", "com.apptorium.Workspaces2-paddle"), "");
    EXPECT_EQ(subject("Slack.app", "com.example.slack"), "");
    EXPECT_EQ(subject("Slack.app", ""), "a:slack:slack");
}

TEST(IdentityRules, WhatIsInsideHasAVersionOfItsOwn) {
    SoftwareKey const key{{.source = "programs", .name = "Azul Zulu JDK 17.48.15 (17.0.10), 64-bit", .vendor = "Azul Systems, Inc.", .version = "17.48.15"}, "windows"};
    auto const identity = identify(key, rules(), {});
    EXPECT_TRUE(std::ranges::any_of(identity.candidates, [](auto const& it) { return it.subject == "a:oracle:openjdk" && it.version == "17.0.10"; }));
    EXPECT_EQ(identity.version, "17.48");
}

TEST(IdentityRules, TheVersionInANameMayCountBeforeTheInstallers) {
    auto const version = [](std::string_view name, std::string_view installed) {
        SoftwareKey const key{{.source = "programs", .name = std::string(name), .vendor = "JetBrains s.r.o.", .version = std::string(installed)}, "windows"};
        return identify(key, rules(), VendorCatalog{}).version;
    };
    EXPECT_EQ(version("IntelliJ IDEA 2023.3.4", "233.14475.28"), "2023.3.4");
    EXPECT_EQ(version("IntelliJ IDEA", "233.14475.28"), "2023.3");
}

TEST(Identify, WhatNobodyKnowsGetsANameOfItsOwn) {
    SoftwareKey const app{{.source = "apps", .name = "DevToys.app", .version = "2.0.9", .bundle_id = "com.devtoys"}, "macos"};
    auto const identity = identify(app, rules(), {});
    EXPECT_EQ(identity.vendor + ":" + identity.product, "devtoys:devtoys");
    EXPECT_FALSE(identity.assessed);
}

}  // namespace
}  // namespace merlon::match
