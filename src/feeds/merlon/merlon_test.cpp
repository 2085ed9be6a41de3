#include <gtest/gtest.h>

#include "feeds/merlon/read.h"
#include "feeds/merlon/write.h"

namespace merlon::feeds {
namespace {

Result<std::vector<KnowledgeRecord>> read_all(std::string_view bytes) {
    std::vector<KnowledgeRecord> all;
    TRY(read_knowledge(bytes, "notes.ndjson", [&](KnowledgeRecord record) -> Status {
        all.push_back(std::move(record));
        return {};
    }));
    return all;
}

std::string refused(std::string_view bytes) {
    auto const read = read_all(bytes);
    return read ? "nothing was wrong" : describe(read.error());
}

// One of each kind, with every field set: reading and writing give the same line back.
constexpr std::string_view full_lines[] = {
    R"({"kind":"advisory","id":"CVE-2099-0001","source":"merlon","cves":["CVE-2099-0001"],"aliases":["GHSA-1"],)"
    R"("state":"disputed","title":"A title","description":"Some \"words\".","published":"2099-01-02",)"
    R"("modified":"2099-01-03T04:05:06.0000000Z","severities":[{"scheme":"CVSS_V31","vector":"CVSS:3.1/AV:N",)"
    R"("score":9.8,"word":"Critical","source":"nvd@nist.gov","primary":true}],"cwes":["CWE-79"],)"
    R"("references":[{"url":"https://example.org/a","tags":["patch"]}],)"
    R"("affected":[{"subject":{"cpe":"cpe:2.3:a:7-zip:7-zip:*:*:*:*:*:*:*:*"},"ranges":[{"scheme":"cpe","from":"1",)"
    R"("from_inclusive":false,"to":"2","to_inclusive":true}],"versions":["3"],"state":"fixed","fixed_version":"2.1",)"
    R"("urgency":"high","conditions":[["cpe:2.3:o:microsoft:windows:*:*:*:*:*:*:*:*"]],"modules":["php:7.4"],)"
    R"("architecture":"x64","hotfix":"KB1","note":"n"},)"
    R"({"subject":{"package":{"ecosystem":"Debian:12","name":"openssl"}}}]})",
    R"({"kind":"exploit","cve":"CVE-2099-0001","source":"kev","sign":"exploited","type":"remote",)"
    R"("url":"https://example.org","date":"2099-01-05","due":"2099-01-26","detail":"Apply updates."})",
    R"({"kind":"epss","cve":"CVE-2099-0001","score":0.5,"percentile":0.75,"date":"2099-01-05","model":"v1"})",
    R"({"kind":"lifecycle","slug":"thing","label":"Thing","category":"app","source":"merlon",)"
    R"("identifiers":["cpe:/a:v:thing"],"cycles":[{"name":"1","codename":"One","label":"Thing 1",)"
    R"("released":"2090-01-01","active_support":"2091-01-01","end_of_life":"2092-01-01","extended_support":false,)"
    R"("lts":true,"latest":"1.9","latest_date":"2091-06-01"},{"name":"2"}],"url":"https://example.org"})"};

TEST(MerlonKnowledge, WhatIsWrittenIsWhatWasRead) {
    for (auto const line : full_lines) {
        auto const read = read_all(line);
        ASSERT_TRUE(read) << describe(read.error());
        ASSERT_EQ(read->size(), 1u);
        std::string written;
        write_knowledge(read->front(), written);
        EXPECT_EQ(written, std::string(line) + "\n");
    }
}

TEST(MerlonKnowledge, FieldsLandWhereTheyBelong) {
    auto const all = read_all(std::string("# a comment\n\n") + std::string(full_lines[0]) + "\r\n" +
                              std::string(full_lines[1]) + "\n" + std::string(full_lines[3]));
    ASSERT_TRUE(all) << describe(all.error());
    ASSERT_EQ(all->size(), 3u);
    auto const& advisory = std::get<Advisory>((*all)[0]);
    EXPECT_EQ(advisory.state, AdvisoryState::disputed);
    EXPECT_EQ(advisory.published, ticks_of({2099, 1, 2}));
    EXPECT_EQ(subject_key(advisory.affected.at(0).subject), "a:7-zip:7-zip");
    EXPECT_EQ(subject_key(advisory.affected.at(1).subject), "pkg:Debian:12/openssl");
    EXPECT_EQ(advisory.affected.at(0).ranges.at(0), (VersionRange{"cpe", "1", false, "2", true}));
    EXPECT_EQ(advisory.affected.at(1).state, FixState::unknown);
    EXPECT_EQ(std::get<ExploitFact>((*all)[1]).kind, "exploited");
    auto const& product = std::get<LifecycleProduct>((*all)[2]);
    EXPECT_EQ(product.cycles.at(0).end_of_life.date, ticks_of({2092, 1, 1}));
    EXPECT_EQ(product.cycles.at(0).extended_support.reached, false);
    EXPECT_FALSE(product.cycles.at(1).end_of_life.date);
}

TEST(MerlonKnowledge, ErrorsNameFileLineAndField) {
    EXPECT_EQ(refused("\n{\"kind\":\"rumour\"}"), "notes.ndjson, line 2: there is no kind of record called \"rumour\".");
    EXPECT_EQ(refused("{\"id\":\"x\"}"), "notes.ndjson, line 1: \"kind\" is missing.");
    EXPECT_EQ(refused("[]"), "notes.ndjson, line 1: the record is wanted as an object.");
    EXPECT_NE(refused("{\"kind\":\"epss\"").find("line 1 is no well-formed JSON"), std::string::npos);
    EXPECT_EQ(refused(R"({"kind":"advisory","id":"x"})"), "notes.ndjson, line 1: \"source\" is missing.");
    EXPECT_EQ(refused(R"({"kind":"advisory","id":"x","source":"m","published":"yesterday"})"),
              "notes.ndjson, line 1: \"published\" is wanted as an ISO date or time, such as \"2024-07-09\".");
    EXPECT_EQ(refused(R"({"kind":"advisory","id":"x","source":"m","affected":[{"subject":{"cpe":"7zip"}}]})"),
              "notes.ndjson, line 1: \"affected[0].subject.cpe\" is wanted as a CPE name, such as "
              "\"cpe:2.3:a:7-zip:7-zip\".");
    EXPECT_EQ(refused(R"({"kind":"advisory","id":"x","source":"m","affected":[{"ranges":[]}]})"),
              "notes.ndjson, line 1: \"affected[0].subject\" is wanted as a cpe or a package.");
    EXPECT_EQ(refused(R"({"kind":"epss","cve":"x","score":1.5})"),
              "notes.ndjson, line 1: \"score\" is wanted as a number from 0 to 1.");
    EXPECT_EQ(refused(R"({"kind":"epss","cve":"x","score":"0.5"})"),
              "notes.ndjson, line 1: \"score\" is wanted as a number.");
}

TEST(MerlonKnowledge, AMistypedFieldIsNamedWithItsNeighbour) {
    auto const read = read_all(R"({"kind":"advisory","id":"x","source":"m","publishd":"2024-01-01"})");
    ASSERT_FALSE(read);
    EXPECT_EQ(describe(read.error()), "notes.ndjson, line 1: \"publishd\" is no field of this record.");
    EXPECT_EQ(hint_of(read.error()), "Did you mean \"published\"?");
}

TEST(MerlonKnowledge, TheSinkCanStopTheReader) {
    int taken = 0;
    auto const lines = std::string(full_lines[1]) + "\n" + std::string(full_lines[1]) + "\n";
    auto const read = read_knowledge(lines, "x", [&](KnowledgeRecord) -> Status {
        ++taken;
        return fail("file.missing", "sink");
    });
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, "file.missing");
    EXPECT_EQ(taken, 1);
}

TEST(MerlonKnowledge, IsRecognisedByItsFirstRecord) {
    EXPECT_TRUE(looks_like_knowledge("# notes\n" + std::string(full_lines[0])));
    EXPECT_FALSE(looks_like_knowledge("{\"vulnerabilities\":[]}"));
    EXPECT_FALSE(looks_like_knowledge("cve,epss\n"));
    EXPECT_FALSE(looks_like_knowledge(""));
}

}  // namespace
}  // namespace merlon::feeds
