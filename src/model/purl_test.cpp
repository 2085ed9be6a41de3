#include "model/purl.h"

#include <gtest/gtest.h>

namespace merlon {
namespace {

TEST(PackageUrl, ReadsItsParts) {
    auto const deb = parse_purl("pkg:deb/debian/libssl3@3.0.16-1~deb12u1?arch=amd64&distro=debian-12.11&epoch=1");
    ASSERT_TRUE(deb);
    EXPECT_EQ(deb->type, "deb");
    EXPECT_EQ(deb->space, "debian");
    EXPECT_EQ(deb->name, "libssl3");
    EXPECT_EQ(deb->version, "3.0.16-1~deb12u1");
    EXPECT_EQ(deb->qualifiers.at("distro"), "debian-12.11");
    auto const scoped = parse_purl("pkg:npm/%40angular/core@17.0.1#src/x");
    ASSERT_TRUE(scoped);
    EXPECT_EQ(ecosystem_name(*scoped), "@angular/core");
    EXPECT_EQ(scoped->version, "17.0.1");
    EXPECT_EQ(scoped->subpath, "src/x");
    EXPECT_EQ(parse_purl("pkg:npm/@angular/core")->name, "core");
    EXPECT_EQ(ecosystem_name(*parse_purl("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1")),
              "org.apache.logging.log4j:log4j-core");
    EXPECT_EQ(ecosystem_name(*parse_purl("pkg:golang/github.com/Masterminds/semver/v3@v3.2.0")),
              "github.com/Masterminds/semver/v3");
    EXPECT_EQ(parse_purl("pkg:PYPI/Typing_Extensions@4.0")->name, "typing-extensions");
}

TEST(PackageUrl, NamesTheLanguagePackage) {
    auto const subject = [](std::string_view text) {
        auto const purl = parse_purl(text).value();
        auto const package = language_package(purl.type, ecosystem_name(purl));
        return package ? subject_key(*package) : "";
    };
    EXPECT_EQ(subject("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"), "pkg:Maven/org.apache.logging.log4j:log4j-core");
    EXPECT_EQ(subject("pkg:pypi/Zope..Interface@5"), "pkg:PyPI/zope-interface");
    EXPECT_EQ(subject("pkg:nuget/Newtonsoft.Json@12.0.3"), "pkg:NuGet/newtonsoft.json");
    EXPECT_EQ(subject("pkg:githubactions/Actions/Checkout@v4"), "pkg:GitHub Actions/actions/checkout");
    EXPECT_EQ(subject("pkg:golang/std@1.22"), "pkg:Go/stdlib");
    EXPECT_EQ(subject("pkg:deb/debian/openssl@3.0"), "");
}

TEST(PackageUrl, WritesWhatItReads) {
    for (auto const* text :
         {"pkg:deb/debian/libssl3@3.0.16-1~deb12u1?arch=amd64&distro=debian-12.11", "pkg:npm/%40angular/core@17.0.1",
          "pkg:gem/rails@7.0.0", "pkg:generic/a%20b@1%2B2?k=v#sub/path", "pkg:golang/example.org/x/y@v1.0.0"}) {
        auto const purl = parse_purl(text);
        ASSERT_TRUE(purl) << text;
        EXPECT_EQ(purl_text(*purl), text);
        EXPECT_EQ(parse_purl(purl_text(*purl)), purl);
    }
}

TEST(PackageUrl, RefusesWhatIsNone) {
    for (auto const* text : {"", "pkg:", "pkg:deb", "pkg:/deb/", "pkg:deb/", "http://x/y", "pkg:deb/@1", "pkg:npm"})
        EXPECT_FALSE(parse_purl(text)) << text;
}

}  // namespace
}  // namespace merlon
