// The steps that lead to a finding, told from its grounds. The store keeps grounds (about 100 bytes a finding) and not the
// words: what the software, its identity and the finding's own columns say is not kept a second time for each finding.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/device.h"
#include "model/finding.h"
#include "store/engine.h"

namespace merlon::match {

// The form kept in finding.evidence: {"c":0,"r":"before 3.14","s":"3.4 < 3.14"}; members that say nothing are left out.
std::string grounds_text(Grounds const&);

// What the steps need besides; `finding` gives advisories, fixed_version and hotfix.
std::vector<EvidenceStep> steps_of(SoftwareKey const&, std::span<Identity::Candidate const>, Finding const&, Grounds const&);

// The same from what is stored: finding.evidence, identity.candidates and finding.advisories as they lie in the tables. Rows
// written before grounds were kept hold the steps themselves.
Result<std::vector<EvidenceStep>> stored_steps(SoftwareKey const&, std::string_view candidates, std::string_view advisories, Finding const&,
                                               std::string_view evidence);

// [{"kind","text"}]
std::string steps_json(std::span<EvidenceStep const>);

// The list of candidates as table identity has it: [{"subject","confidence","rule"}].
std::string candidates_json(std::span<Identity::Candidate const>);

// Makes stored steps readable in SQL: merlon_steps(evidence, advisories, fixed_version, hotfix, candidates, source, name, vendor,
// version, distribution, platform, source_name, source_version), the last eight columns of table software.
Status add_evidence_function(store::Connection&);

}  // namespace merlon::match
