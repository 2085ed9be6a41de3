#include "match/evidence.h"

#include <gtest/gtest.h>

namespace merlon::match {
namespace {

SoftwareKey const openssl{.item = {.source = "deb", .name = "libssl3", .vendor = "Debian", .version = "3.0.9-1", .source_name = "openssl", .distribution = "debian:12"},
                          .platform = "linux"};
std::vector<Identity::Candidate> const candidates{{"pkg:Debian:12/\"odd\"", 95, "distribution package"}, {"pkg:Debian:12/openssl", 100, "distribution source package"}};

Grounds everything() {
    Grounds grounds;
    grounds.candidate = 1;
    grounds.range = "before 3.0.10-1";
    grounds.comparison = "3.0.9-1 < 3.0.10-1 in the order of dpkg";
    grounds.stated = FixState::will_not_fix;
    grounds.more = {{"condition", "for module \"a\""}, {"advisory", "corrected by rules/corrections: x"}};
    return grounds;
}

std::string told(std::vector<EvidenceStep> const& steps) {
    std::string out;
    for (auto const& step : steps) out += step.kind + ": " + step.text + "\n";
    return out;
}

TEST(Evidence, StepsAreTheSameBeforeAndAfterTheStore) {
    Finding finding;
    finding.advisories = {"debian:CVE-2024-1:x", "nvd:CVE-2024-1"};
    auto const direct = steps_of(openssl, candidates, finding, everything());
    EXPECT_EQ(told(direct),
              "fact: deb libssl3 3.0.9-1, vendor Debian, of debian:12, source package openssl\n"
              "identity: taken to be pkg:Debian:12/openssl by distribution source package (100%)\n"
              "advisory: debian CVE-2024-1:x says of pkg:Debian:12/openssl: before 3.0.10-1 affected\n"
              "advisory: corrected by rules/corrections: x\n"
              "comparison: 3.0.9-1 < 3.0.10-1 in the order of dpkg\n"
              "condition: for module \"a\"\n"
              "clears: nothing yet: the vendor will not fix it in this release\n");
    auto const stored = stored_steps(openssl, candidates_json(candidates), R"(["debian:CVE-2024-1:x","nvd:CVE-2024-1"])", {}, grounds_text(everything()));
    ASSERT_TRUE(stored) << describe(stored.error());
    EXPECT_EQ(told(*stored), told(direct));
    EXPECT_EQ(grounds_text({}), R"({"c":0})");
}

TEST(Evidence, RowsOfBeforeHoldTheStepsThemselves) {
    auto const stored = stored_steps(openssl, "", "[]", {}, R"([{"kind":"fact","text":"as it was"}])");
    ASSERT_TRUE(stored) << describe(stored.error());
    EXPECT_EQ(told(*stored), "fact: as it was\n");
    EXPECT_FALSE(stored_steps(openssl, "", "[]", {}, "{"));
}

TEST(Evidence, IsReadInSql) {
    auto connection = store::Database::open({})->connect().value();
    ASSERT_TRUE(add_evidence_function(connection));
    auto rows = connection.query(
        "SELECT merlon_steps($1, '[\"nvd:CVE-1\"]', '2.0', 'KB1', '[]', 'programs', 'A', 'B', '1.0', '', 'windows', '', '')", {store::Value{R"({"c":0,"n":true})"}});
    ASSERT_TRUE(rows) << describe(rows.error());
    auto const chunk = rows->next();
    ASSERT_TRUE(chunk && *chunk) << "no row";
    EXPECT_EQ((*chunk)->columns[0].text(0),
              R"([{"kind":"fact","text":"programs A 1.0, vendor B, on windows"},{"kind":"advisory","text":"nvd CVE-1 says of it: versions not named not affected"},)"
              R"({"kind":"comparison","text":""},{"kind":"clears","text":"version 2.0 or later, or update KB1"}])");
}

}  // namespace
}  // namespace merlon::match
