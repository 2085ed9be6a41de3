#include <gtest/gtest.h>

#include "feeds/nvd/live.h"
#include "feeds/reading_for_tests.h"

namespace merlon::feeds {
namespace {

std::string page(std::string const& cves, std::string const& count = "1") {
    return R"({"resultsPerPage":)" + count + R"(,"startIndex":0,"totalResults":)" + count +
           R"(,"format":"NVD_CVE","version":"2.0","timestamp":"2026-01-02T03:04:05.678","vulnerabilities":[)" + cves + "]}";
}
std::string cve_with(std::string const& members) {
    return R"({"cve":{"id":"CVE-2099-0001","published":"2099-01-01T00:00:00.000","lastModified":"2099-01-02T00:00:00.000",)"
           R"("vulnStatus":"Analyzed","descriptions":[{"lang":"es","value":"uno"},{"lang":"en","value":"one"}],)" +
           members + "}}";
}
std::string row(std::string const& cpe, std::string const& more = "", bool vulnerable = true) {
    return R"({"vulnerable":)" + std::string(vulnerable ? "true" : "false") + R"(,"criteria":"cpe:2.3:)" + cpe + "\"" + more + "}";
}
std::string node(std::string const& rows, std::string const& operation = "OR") {
    return R"({"operator":")" + operation + R"(","negate":false,"cpeMatch":[)" + rows + "]}";
}

Advisory only(ReadText const& read) {
    EXPECT_TRUE(read.status) << describe(read.status.error());
    EXPECT_EQ(read.counts.rejected, 0) << (read.counts.rejections.empty() ? "" : read.counts.rejections[0].reason);
    EXPECT_EQ(read.advisories.size(), 1U);
    return read.advisories.empty() ? Advisory{} : read.advisories[0];
}

TEST(Nvd, GroupsRowsOfOneProduct) {
    auto const advisory = only(read_text(page(cve_with(
        R"("configurations":[{"nodes":[)" +
        node(row("a:v:p:*:*:*:*:*:*:*:*", R"(,"versionEndExcluding":"1.2")") + "," +
             row("a:v:p:*:*:*:*:*:*:*:*", R"(,"versionStartIncluding":"2.0","versionEndIncluding":"2.4")") + "," +
             row("a:v:p:3.0:beta1:*:*:*:*:*:*") + "," + row("a:v:p:3.1:-:*:*:*:*:*:*") + "," +
             row("a:v:p:*:*:*:*:*:wordpress:*:*", R"(,"versionStartExcluding":"1")")) +
        "]}]"))));
    EXPECT_EQ(advisory.description, "one");
    EXPECT_EQ(advisory.source, "nvd");
    ASSERT_EQ(advisory.affected.size(), 2U);
    auto const& first = advisory.affected[0];
    EXPECT_EQ(subject_key(first.subject), "a:v:p");
    ASSERT_EQ(first.ranges.size(), 2U);
    EXPECT_EQ(range_text(first.ranges[0]), "[, 1.2)");
    EXPECT_EQ(range_text(first.ranges[1]), "[2.0, 2.4]");
    EXPECT_EQ(first.versions, (std::vector<std::string>{"3.0 update beta1", "3.1 update -"}));
    EXPECT_EQ(first.state, FixState::fixed);
    EXPECT_EQ(first.fixed_version, "1.2");
    EXPECT_EQ(std::get<Cpe>(advisory.affected[1].subject).target_sw, "wordpress");
    EXPECT_EQ(range_text(advisory.affected[1].ranges[0]), "(1, )");
}

TEST(Nvd, PlatformsAreConditionsAndNeverFindings) {
    auto const advisory = only(read_text(page(cve_with(
        R"("configurations":[{"operator":"AND","nodes":[)" + node(row("a:google:chrome:*:*:*:*:*:*:*:*", R"(,"versionEndExcluding":"9")")) + "," +
        node(row("o:linux:linux_kernel:-:*:*:*:*:*:*:*", "", false) + "," + row("o:microsoft:windows:-:*:*:*:*:*:*:*", "", false)) +
        "]}]"))));
    ASSERT_EQ(advisory.affected.size(), 1U);
    EXPECT_EQ(subject_key(advisory.affected[0].subject), "a:google:chrome");
    ASSERT_EQ(advisory.affected[0].conditions.size(), 1U);
    ASSERT_EQ(advisory.affected[0].conditions[0].size(), 2U);
    EXPECT_EQ(advisory.affected[0].conditions[0][1].product, "windows");
}

TEST(Nvd, NodesThatNeedAllTheirRows) {
    auto const advisory = only(read_text(page(cve_with(
        R"("configurations":[{"nodes":[)" + node(row("a:v:one:1:*:*:*:*:*:*:*") + "," + row("a:v:two:2:*:*:*:*:*:*:*"), "AND") + "]}]"))));
    ASSERT_EQ(advisory.affected.size(), 2U);
    ASSERT_EQ(advisory.affected[0].conditions.size(), 1U);
    EXPECT_EQ(advisory.affected[0].conditions[0][0].product, "two");
    EXPECT_EQ(advisory.affected[1].conditions[0][0].product, "one");
}

TEST(Nvd, RatingsExploitSignsAndTags) {
    auto const read = read_text(page(cve_with(
        R"("cisaExploitAdd":"2099-01-03","cisaActionDue":"2099-01-24","cisaRequiredAction":"Patch.",)"
        R"("cveTags":[{"sourceIdentifier":"x","tags":["disputed"]}],)"
        R"("metrics":{"cvssMetricV2":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"vectorString":"AV:N/AC:L/Au:N/C:P/I:P/A:P","baseScore":7.5}}],)"
        R"("cvssMetricV31":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","baseScore":9.8}}],)"
        R"("ssvcV203":[{"ssvcData":{"timestamp":"2099-01-04T00:00:00Z","options":[{"exploitation":"poc"}]}}]},)"
        R"("weaknesses":[{"description":[{"lang":"en","value":"CWE-79"},{"lang":"en","value":"NVD-CWE-noinfo"}]}],)"
        R"("references":[{"url":"https://e/1","tags":["Exploit","Third Party Advisory"]},{"url":"https://e/1","tags":["Exploit"]}])")));
    auto const advisory = only(read);
    EXPECT_EQ(advisory.state, AdvisoryState::disputed);
    ASSERT_EQ(advisory.severities.size(), 2U);
    EXPECT_EQ(advisory.severities[1].word, "Critical");
    EXPECT_EQ(advisory.cwes, std::vector<std::string>{"CWE-79"});
    ASSERT_EQ(advisory.references.size(), 1U);
    EXPECT_EQ(advisory.references[0].tags, (std::vector<std::string>{"exploit", "third-party-advisory"}));
    std::string signs;
    for (auto const& fact : read.facts) signs += fact.source + ":" + fact.kind + " ";
    EXPECT_EQ(signs, "ssvc:poc nvd:public nvd:exploited ");
}

TEST(Nvd, CnaDataWhenThereAreNoConfigurations) {
    auto const advisory = only(read_text(page(cve_with(
        R"("affected":[{"source":"x","affectedData":[{"vendor":"Mozilla","product":"Firefox ESR","versions":)"
        R"([{"version":"unspecified","lessThan":"102.3","versionType":"custom","status":"affected"}]}]}])"))));
    ASSERT_EQ(advisory.affected.size(), 1U);
    EXPECT_EQ(subject_key(advisory.affected[0].subject), "a:mozilla:firefox_esr");
    EXPECT_EQ(range_text(advisory.affected[0].ranges[0]), "[, 102.3)");
}

TEST(Nvd, RejectedKeepTheIdAndLoseTheStatements) {
    auto const advisory = only(read_text(page(
        R"({"cve":{"id":"CVE-2099-0001","vulnStatus":"Rejected","configurations":[{"nodes":[)" + node(row("a:v:p:1:*:*:*:*:*:*:*")) + "]}]}}")));
    EXPECT_EQ(advisory.state, AdvisoryState::rejected);
    EXPECT_TRUE(advisory.affected.empty());
}

TEST(Nvd, BadRecordsAreRejectedWithTheReasonAndDamageIsRefused) {
    auto const read = read_text(page(R"({"cve":{"id":"CVE-1"}},{"no":1},)" + cve_with(R"("configurations":"none")") + "," +
                                     cve_with(R"("configurations":[{"nodes":[)" + node(R"({"vulnerable":true,"criteria":"firefox"})") + "]}]"), "9"));
    EXPECT_TRUE(read.status);
    EXPECT_EQ(read.counts.records, 4);
    EXPECT_EQ(read.counts.rejected, 4);
    ASSERT_EQ(read.counts.rejections.size(), 4U);
    EXPECT_EQ(read.counts.rejections[0].id, "CVE-1");
    EXPECT_EQ(read.counts.rejections[3].reason, "a row of its configurations has no CPE name that can be read");
    EXPECT_EQ(read.counts.notes, std::vector<std::string>{"it says that it holds 9 records, but it holds 4"});

    auto text = page(cve_with(R"("metrics":{})"));
    auto const cut = read_text(text.substr(0, text.size() - 20));
    ASSERT_FALSE(cut.status);
    EXPECT_EQ(cut.status.error().code, "feeds.cut_off");
    auto const broken = read_text(page(cve_with(R"("metrics":{"a" 1})")));
    ASSERT_FALSE(broken.status);
    EXPECT_EQ(broken.status.error().code, "feeds.damaged_json");
}

TEST(Nvd, OverridesOneALineOrOneAFile) {
    std::string const record = R"({"_annotation":{"cve_id":"CVE-2099-0001"},"cve":{"configurations":[{"nodes":[{"cpeMatch":[)"
                               R"({"criteria":"cpe:2.3:a:v:p:*:*:*:*:*:*:*:*","versionEndExcluding":"2","vulnerable":true}],"negate":false,"operator":"OR"}]}]}})";
    auto pretty = record;
    pretty.insert(1, "\n  ");
    for (auto const& text : {record + "\n" + record, pretty}) {
        auto const read = read_text(text);
        ASSERT_TRUE(read.status) << describe(read.status.error());
        ASSERT_GE(read.advisories.size(), 1U);
        EXPECT_EQ(read.advisories[0].source + " " + read.advisories[0].id, "nvd-override CVE-2099-0001");
        EXPECT_EQ(read.advisories[0].affected.size(), 1U);
    }
    // The project's snapshots of what NVD once said name no CVE: they are files beside the records.
    EXPECT_FALSE(read_text(R"({"cve":{"configurations":[]}})").status);
}

// A clock that is behind what is known would ask for nothing, and take that for "nothing new".
TEST(NvdLive, AClockThatIsBehindIsSaid) {
    auto const now = parse_iso_time("2026-01-02T00:00:00Z").value();
    auto const fetched = fetch_nvd_changes("https://nvd.example/", "/nonexistent/nvd-recent", now + 1, now, {}, "", {});
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, "feeds.clock");
}

}  // namespace
}  // namespace merlon::feeds
