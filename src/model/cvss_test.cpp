#include "model/cvss.h"

#include <gtest/gtest.h>

namespace merlon {
namespace {

struct Case {
    std::string_view vector;
    double base;
    std::string_view word;
};

// Vectors of well-known CVEs with the scores that NVD publishes, and the worked examples of the specifications.
TEST(Cvss, BaseScoresOfKnownVectors) {
    for (auto const& [vector, base, word] : {
             Case{"AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8, "High"},       // 2.0 guide, CVE-2002-0392
             Case{"AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0, "High"},      // 2.0 guide, CVE-2003-0818
             Case{"AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2, "Medium"},     // 2.0 guide, CVE-2003-0062
             Case{"(AV:N/AC:M/Au:N/C:P/I:N/A:N/E:F/RL:OF/RC:C)", 4.3, "Medium"},
             Case{"AV:N/AC:L/Au:N/C:N/I:N/A:N", 0.0, "Low"},
             Case{"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, "Medium"},  // 3.0 examples, CVE-2013-1937
             Case{"CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4, "Medium"},  // CVE-2013-0375
             Case{"CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1, "Low"},     // CVE-2014-3566
             Case{"CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9, "Critical"},  // CVE-2012-1516
             Case{"CVSS:3.0/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8, "Medium"},  // CVE-2014-2005
             Case{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, "Critical"},
             Case{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "Critical"},
             Case{"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8, "High"},
             Case{"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H", 8.1, "High"},
             Case{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, "None"},
             Case{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:P/RL:O/RC:C/CR:H", 7.5, "High"},
             Case{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0, "Critical"},
             Case{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3, "Critical"},
             Case{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0, "None"},
             Case{"CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3, "High"},  // CVE-2022-22186's kin
             Case{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7, "High"},
             Case{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N/E:U/U:Red", 6.9, "Medium"},
             // A tie: 8.55 must go up whatever the machine's arithmetic makes of it.
             Case{"CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H", 8.6, "High"},
         }) {
        auto const score = cvss_base_score(vector);
        ASSERT_TRUE(score) << vector << ": " << describe(score.error());
        EXPECT_DOUBLE_EQ(score->base, base) << vector;
        EXPECT_EQ(score->word, word) << vector;
    }
}

TEST(Cvss, SchemeFollowsThePrefix) {
    EXPECT_EQ(cvss_base_score("AV:N/AC:L/Au:N/C:P/I:P/A:P")->scheme, "CVSS_V2");
    EXPECT_EQ(cvss_base_score("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")->scheme, "CVSS_V3");
    EXPECT_EQ(cvss_base_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")->scheme, "CVSS_V31");
    EXPECT_EQ(cvss_base_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")->scheme, "CVSS_V4");
}

TEST(Cvss, MetricsMayComeInAnyOrder) {
    EXPECT_DOUBLE_EQ(cvss_base_score("CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N")->base, 9.8);
}

TEST(Cvss, RefusesWhatIsNoVector) {
    struct Bad {
        std::string_view vector, why;
    };
    for (auto const& [vector, why] : {
             Bad{"", "has no colon"},
             Bad{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "\"A\" is missing"},
             Bad{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X", "is none of"},
             Bad{"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "twice"},
             Bad{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:1", "no metric \"ZZ\""},
             Bad{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", "has no colon"},
             Bad{"CVSS:9.9/AV:N", "version"},
             Bad{"CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "is none of S (X N P)"},
             Bad{"AV:N/AC:L/Au:N/C:P/I:P", "\"A\" is missing"},
         }) {
        auto const score = cvss_base_score(vector);
        ASSERT_FALSE(score) << vector;
        EXPECT_EQ(score.error().code, "cvss.malformed");
        EXPECT_NE(describe(score.error()).find(why), std::string::npos) << describe(score.error());
    }
}

TEST(Cvss, WordsBeginAtTheirBounds) {
    EXPECT_EQ(cvss_word(0), "None");
    EXPECT_EQ(cvss_word(3.9), "Low");
    EXPECT_EQ(cvss_word(4.0), "Medium");
    EXPECT_EQ(cvss_word(7.0), "High");
    EXPECT_EQ(cvss_word(9.0), "Critical");
    EXPECT_EQ(cvss_word(10.0, "CVSS_V2"), "High");
}

}  // namespace
}  // namespace merlon
