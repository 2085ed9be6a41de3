// A CVRF document as Microsoft writes it, whichever way it was written down.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "feeds/intake.h"

namespace merlon::feeds {

struct MsrcRemediation {
    std::string type, description, url, supersedes, fixed_build;
    std::vector<std::string> products;
};
struct MsrcThreat {
    std::string type, description, product;
};
struct MsrcVulnerability {
    std::string cve, title, description, cwe;
    std::vector<std::string> affected;  // product ids
    std::vector<MsrcThreat> threats;
    std::vector<std::pair<std::string, std::string>> scores;  // base score, vector
    std::vector<MsrcRemediation> remediations;
    Ticks modified = 0;
};
struct MsrcDocument {
    std::map<std::string, std::string> products;  // id -> name
    Ticks published = 0, modified = 0;
    std::vector<MsrcVulnerability> vulnerabilities;
};

// Turns each vulnerability into an advisory.
Status take_msrc_document(MsrcDocument const&, Intake&);

}  // namespace merlon::feeds
