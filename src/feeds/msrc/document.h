// A CVRF document as Microsoft writes it, whichever way it was written down.
#pragma once
#include <map>
#include <set>
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

// Which updates replace which, gathered over the documents of a file.
struct MsrcUpdates {
    std::map<std::string, std::set<std::string>> replaced;  // by the update: "KB5040427" -> {"KB5039211"}
    Ticks modified = 0;
};

// Turns each vulnerability into an advisory.
Status take_msrc_document(MsrcDocument const&, MsrcUpdates&, Intake&);
// An advisory for each update that replaces others.
Status take_msrc_updates(MsrcUpdates const&, Intake&);

}  // namespace merlon::feeds
