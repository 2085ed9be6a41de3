#include <gtest/gtest.h>

#include "feeds/reading_for_tests.h"

namespace merlon::feeds {
namespace {

std::string record(std::string const& id, std::string const& package, std::string const& rest, std::string const& more = "") {
    return R"({"id":")" + id + R"(","modified":"2099-01-01T00:00:00Z",)" + more + R"("affected":[{"package":)" + package + "," + rest + "}]}";
}
constexpr auto pypi = R"({"ecosystem":"PyPI","name":"Zope.Interface__x"})";
constexpr auto debian = R"({"ecosystem":"Debian:12","name":"openssl"})";

Affected one(std::string text) {
    auto const read = read_text(std::move(text));
    EXPECT_TRUE(read.status) << describe(read.status.error());
    EXPECT_EQ(read.advisories.size(), 1U);
    if (read.advisories.empty() || read.advisories[0].affected.empty()) return {};
    return read.advisories[0].affected[0];
}

TEST(Osv, EventsBecomeRanges) {
    auto const affected = one(record("PYSEC-1", pypi, R"("ranges":[{"type":"GIT","events":[{"introduced":"0"}]},{"type":"ECOSYSTEM","events":[)"
        R"({"introduced":"0"},{"fixed":"1.0"},{"fixed":"1.1"},{"introduced":"2.0"},{"last_affected":"2.5"},{"introduced":"3.0"}]}],"versions":["0.5"])"));
    EXPECT_EQ(subject_key(affected.subject), "pkg:PyPI/zope-interface-x");
    ASSERT_EQ(affected.ranges.size(), 3U);
    EXPECT_EQ(affected.ranges[0].scheme, "pep440");
    EXPECT_EQ(range_text(affected.ranges[0]), "[, 1.0)");
    EXPECT_EQ(range_text(affected.ranges[1]), "[2.0, 2.5]");
    EXPECT_EQ(range_text(affected.ranges[2]), "[3.0, )");
    EXPECT_EQ(affected.versions, std::vector<std::string>{"0.5"});
    EXPECT_EQ(affected.state, FixState::fixed);
}

TEST(Osv, DebianStates) {
    auto const open = one(record("CVE-2099-0001", debian, R"("ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}],"ecosystem_specific":{"urgency":"unimportant"})"));
    EXPECT_EQ(open.state, FixState::affected);
    EXPECT_EQ(open.urgency, "unimportant");
    EXPECT_EQ(open.ranges[0].scheme, "dpkg");
    auto const never = one(record("DEBIAN-CVE-2099-0001", debian, R"("ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"0"}]}])"));
    EXPECT_EQ(never.state, FixState::not_affected);
    EXPECT_TRUE(never.ranges.empty());
    auto const ended = one(record("DEBIAN-CVE-2099-0001", debian, R"("ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}],"ecosystem_specific":{"urgency":"end-of-life"})"));
    EXPECT_EQ(ended.state, FixState::will_not_fix);
}

TEST(Osv, NamesOfTheFlaw) {
    auto const bare = read_text(record("CVE-2099-0001", debian, R"("versions":["1"])"));
    EXPECT_EQ(bare.advisories.at(0).id, "DEBIAN-CVE-2099-0001");
    EXPECT_EQ(bare.advisories.at(0).cves, std::vector<std::string>{"CVE-2099-0001"});
    auto const bulletin = read_text(record("DSA-1-1", debian, R"("versions":["1"])", R"("related":["CVE-2099-0002","DLA-3"],)"));
    EXPECT_EQ(bulletin.advisories.at(0).cves, std::vector<std::string>{"CVE-2099-0002"});
    auto const flaw = read_text(record("GHSA-1", pypi, R"("versions":["1"])", R"("related":["CVE-2099-0009"],"aliases":["CVE-2099-0003"],"upstream":["CVE-2099-0004"],)"));
    EXPECT_EQ(flaw.advisories.at(0).cves, (std::vector<std::string>{"CVE-2099-0003", "CVE-2099-0004"}));
}

TEST(Osv, WithdrawnMaliciousAndRated) {
    auto const gone = read_text(record("GHSA-1", pypi, R"("versions":["1"])", R"("withdrawn":"2099-02-01T00:00:00Z",)"));
    EXPECT_EQ(gone.advisories.at(0).state, AdvisoryState::withdrawn);
    auto const bad = one(record("MAL-2099-1", R"({"ecosystem":"npm","name":"evil"})", R"("database_specific":{})"));
    EXPECT_EQ(bad.note, "malicious package");
    EXPECT_EQ(bad.ranges.size(), 1U);
    EXPECT_EQ(read_text(record("MAL-2099-1", pypi, R"("versions":["1"])")).advisories.at(0).severities.at(0).word, "critical");
    auto const rated = read_text(record("GHSA-1", pypi, R"("versions":["1"])",
        R"("severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"database_specific":{"severity":"CRITICAL","cwe_ids":["CWE-79"]},)"));
    ASSERT_EQ(rated.advisories.at(0).severities.size(), 2U);
    EXPECT_EQ(rated.advisories[0].severities[0].score, 9.8);
    EXPECT_EQ(rated.advisories[0].severities[0].source, "GitHub");
}

TEST(Osv, LastKnownRangeOfGitHub) {
    auto const affected = one(record("GHSA-1", pypi, R"("ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}],"database_specific":{"last_known_affected_version_range":"<= 1.4"})"));
    EXPECT_EQ(range_text(affected.ranges.at(0)), "[, 1.4]");
    EXPECT_EQ(affected.state, FixState::affected);
}

TEST(Osv, WhatIsNotKeptIsToldApart) {
    auto const read = read_text(record("GHSA-1", R"({"ecosystem":"PyPI"})", R"("versions":["1"])") + "\n" +
                                R"({"modified":"2099-01-01T00:00:00Z","affected":[]})" + "\n\n" + R"({"id":"X-1","modified":"soon","affected":[]})" +
                                "\n" + R"({"id":"X-2","modified":"2099-01-01T00:00:00Z","affected":{}})" + "\n");
    EXPECT_TRUE(read.status) << describe(read.status.error());
    EXPECT_EQ(read.counts.records, 4);
    EXPECT_EQ(read.counts.unused, 1);
    EXPECT_EQ(read.counts.rejected, 3);
    auto const damaged = read_text(R"({"id":"X-1","modified":"2099-01-01T00:00:00Z"})" "\n{\"id\":");
    ASSERT_FALSE(damaged.status);
    EXPECT_EQ(describe(damaged.status.error()).substr(0, 12), "test, line 2");
}

}  // namespace
}  // namespace merlon::feeds
