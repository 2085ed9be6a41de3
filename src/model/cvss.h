// Base scores of CVSS vectors, by FIRST's specifications:
//   2.0  A Complete Guide to the Common Vulnerability Scoring System Version 2.0 (June 2007), section 3.2.1
//   3.0  Common Vulnerability Scoring System v3.0: Specification Document, section 8
//   3.1  Common Vulnerability Scoring System v3.1: Specification Document, section 7 and appendix A
//   4.0  Common Vulnerability Scoring System v4.0: Specification Document, section 8
// Threat, temporal, environmental and supplemental metrics are checked for well-formedness and do not change the
// base score.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon {

struct CvssScore {
    std::string scheme;  // CVSS_V2, CVSS_V3 (3.0), CVSS_V31, CVSS_V4: as Severity::scheme
    double base = 0;     // 0.0 .. 10.0, one decimal
    std::string word;    // cvss_word() of it
};

// "AV:N/AC:L/Au:N/C:P/I:P/A:P" (2.0, parentheses allowed), "CVSS:3.0/...", "CVSS:3.1/...", "CVSS:4.0/...".
// Error: cvss.malformed (unknown, doubled or missing metric, value that the metric does not have).
Result<CvssScore> cvss_base_score(std::string_view vector);

// Qualitative rating: None 0, Low < 4, Medium < 7, High < 9, Critical (3.x section 5, 4.0 section 6).
// Version 2 has no such words; NVD rates it Low < 4, Medium < 7, High.
std::string_view cvss_word(double score, std::string_view scheme = "CVSS_V31");

}  // namespace merlon
