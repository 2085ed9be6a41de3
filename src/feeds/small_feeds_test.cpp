// KEV, EPSS and endoflife.date.
#include <gtest/gtest.h>

#include "feeds/reading_for_tests.h"

namespace merlon::feeds {
namespace {

TEST(Kev, EntriesBecomeFacts) {
    auto const read = read_text(R"({"title":"t","catalogVersion":"2099.01.01","dateReleased":"2099-01-01T00:00:00Z","count":3,"vulnerabilities":[
        {"cveID":"CVE-2099-0001","dateAdded":"2099-01-01","dueDate":"2099-01-22","requiredAction":"Patch.","knownRansomwareCampaignUse":"Known"},
        {"cveID":"CVE-2099-0002","dateAdded":"2099-01-01","knownRansomwareCampaignUse":"Unknown"},{"cveID":"nothing"}]})");
    ASSERT_TRUE(read.status) << describe(read.status.error());
    ASSERT_EQ(read.facts.size(), 3U);
    EXPECT_EQ(read.facts[0].kind, "exploited");
    EXPECT_EQ(iso_date(read.facts[0].due), "2099-01-22");
    EXPECT_EQ(read.facts[1].kind, "ransomware");
    EXPECT_EQ(read.counts.rejected, 1);
    EXPECT_EQ(iso_date(read.counts.data_time), "2099-01-01");
    EXPECT_TRUE(read.counts.notes.empty());
}

TEST(Epss, AllLayouts) {
    auto const oldest = read_text("cve,epss\nCVE-2099-0001,0.5\n");
    ASSERT_EQ(oldest.scores.size(), 1U);
    EXPECT_EQ(oldest.scores[0].score, 0.5);
    auto const newest = read_text("#model_version:v2023.03.01,score_date:2023-03-07T00:00:00+0000\r\ncve,epss,percentile\r\n"
                                  "CVE-2099-0001,0.5,0.25\r\nCVE-2099-0002,1.5,0.1\r\n");
    ASSERT_TRUE(newest.status) << describe(newest.status.error());
    ASSERT_EQ(newest.scores.size(), 1U);
    EXPECT_EQ(newest.scores[0].percentile, 0.25);
    EXPECT_EQ(newest.scores[0].model, "v2023.03.01");
    EXPECT_EQ(iso_date(newest.scores[0].date), "2023-03-07");
    EXPECT_EQ(newest.counts.rejections.at(0).id, "line 4");
    EXPECT_EQ(read_text("cve,epss\nCVE-2099-0001,0.5,7\n").status.error().code, "feeds.damaged_line");
}

TEST(Endoflife, BothForms) {
    auto const v0 = read_text(R"([{"cycle":"12","eol":"2026-06-10","support":true,"lts":false,"latest":"12.1"},{"cycle":11,"eol":true,"support":"2021-01-01"}])",
                              "folder/debian.json");
    ASSERT_EQ(v0.products.size(), 1U);
    EXPECT_EQ(v0.products[0].slug, "debian");
    ASSERT_EQ(v0.products[0].cycles.size(), 2U);
    EXPECT_EQ(v0.products[0].cycles[0].active_support.reached, std::optional(false));
    EXPECT_EQ(iso_date(*v0.products[0].cycles[0].end_of_life.date), "2026-06-10");
    EXPECT_EQ(v0.products[0].cycles[1].name, "11");
    EXPECT_EQ(v0.products[0].cycles[1].end_of_life.reached, std::optional(true));

    std::string const product = R"({"name":"debian","label":"Debian","category":"os","identifiers":[{"type":"repology","id":"d"},{"type":"cpe","id":"cpe:/o:d:d"}],
        "links":{"html":"https://x"},"releases":[{"name":"12","isEol":false,"eolFrom":null,"isEoes":null,"isLts":true,"latest":{"name":"12.1","date":"2025-01-01"}}]})";
    for (auto const& text : {product, R"({"schema_version":"1.2.0","result":)" + product + "}",
                             R"({"schema_version":"1.2.0","generated_at":"2025-01-01T00:00:00Z","result":[)" + product + "]}"}) {
        auto const v1 = read_text(text);
        ASSERT_TRUE(v1.status) << describe(v1.status.error());
        ASSERT_EQ(v1.products.size(), 1U);
        EXPECT_EQ(v1.products[0].identifiers, (std::vector<std::string>{"repology:d", "cpe:/o:d:d"}));
        auto const& cycle = v1.products[0].cycles.at(0);
        EXPECT_EQ(cycle.end_of_life.reached, std::optional(false));
        EXPECT_FALSE(cycle.extended_support.reached);
        EXPECT_EQ(cycle.latest, "12.1");
    }
}

TEST(Recognise, SaysWhatItSees) {
    auto const refused = [](std::string text) { return describe(read_text(std::move(text)).status.error()); };
    EXPECT_EQ(refused("  \n"), "test is empty.");
    EXPECT_EQ(refused("<!DOCTYPE html><html><body>"), "test is of no kind that Merlon reads: a web page; perhaps the address gave an error page.");
    EXPECT_EQ(refused("{\"a\":1,\"b\":2}"), "test is of no kind that Merlon reads: JSON with the members a, b.");
    EXPECT_EQ(refused("{\"bomFormat\":\"CycloneDX\"}"), "test is an SBOM, which Merlon does not need.");
    EXPECT_EQ(refused(std::string(100, '\x01')),
              "test is of no kind that Merlon reads: it is binary and begins with the bytes 0101010101010101.");
}

}  // namespace
}  // namespace merlon::feeds
