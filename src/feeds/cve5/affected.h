// `affected` of CVE JSON 5.x (https://cveproject.github.io/cve-schema/), also carried by NVD's records since 2026.
//
// One entry gives statements about each product it names: by its CPE names where it has some (identity only: the
// version in them is often the fixed one), else by vendor and product as CPE words; both by NVD's names (names.h). Red Hat's
// entries of single packages are left out: they go by the CPE name of the whole system. Entries of versions with status
// "affected" become ranges; with defaultStatus "affected" everything is, less a second statement with state
// not_affected that holds the unaffected ranges. A version matched by both is not affected.
// Bounds: "*" is open; "<= 4.19.*" becomes "< 4.20"; "0", "unspecified" and "n/a" are no lower bound; operators inside
// `version` (">= 1.0, < 1.3"; "Fixed in X 1.3 (Affected 1.0-1.2)") are read. Git commits are left out. The order is cpe unless versionType or the
// product says otherwise (Windows itself: windows_build).
#pragma once
#include <vector>

#include "base/json_read.h"
#include "model/knowledge.h"

namespace merlon::feeds {

// Adds the statements of one entry that are not there yet.
void add_cve5_affected(json::Value entry, std::vector<Affected>& out);

// Entries of one product that only say "before 13.7", "before 14.7", "before 15" are its branches, each fixed in its own:
// the ones behind the first begin with their major version.
void separate_branches(std::vector<Affected>&);

// SSVC decision points (CISA): Exploitation "active" and "poc" become facts of source ssvc.
void add_ssvc_facts(json::Value content, std::string_view cve, std::vector<ExploitFact>& facts);

}  // namespace merlon::feeds
