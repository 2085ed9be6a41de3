// Which vulnerabilities a piece of software has, as a pure function of what it is, what it is taken to be, and what
// advisories say. Deterministic: the order of the statements does not change the answer.
//
// Who decides (shared rules of the field, docs/decisions):
//   distribution packages   the distribution's own records; a record about the one CVE before a collective advisory
//                           (DEBIAN-CVE-... before DSA-...); Ubuntu Pro's only where the others are silent. Statements
//                           about the upstream product count only for CVEs that the distribution's loaded data cannot
//                           speak of: it is not loaded at all, or older than the CVE (docs/decisions/009)
//   language packages       records of the ecosystem; CPE statements only at low confidence
//   programs, systems       msrc, then nvd and our own starter knowledge, then cve5; the best source that speaks decides
// Unknown is not affected: statements without bounds, unknown installed versions and conditions that cannot be checked
// give findings of low confidence, which are hidden (below 50).
#pragma once
#include <span>
#include <vector>

#include "match/corrections.h"
#include "match/identity/identify.h"
#include "model/finding.h"
#include "store/knowledge.h"

namespace merlon::match {

// Confidence from which a finding is shown.
inline constexpr int shown_from = 50;

// What of the time matters: until when the loaded records of a package's distribution speak of new CVEs, and since when
// there are no updates for an operating system, so that a later flaw of it stays.
struct Coverage {
    bool loaded = false;  // some record of its ecosystem is known
    Ticks until = 0;      // newest of them
    Ticks updates_ended = 0;  // 0: still supported, or not known
};

// One finding for each CVE (or advisory without CVE), sorted by name. Hidden ones are among them. They have their grounds, from
// which evidence.h tells the steps.
std::vector<Finding> evaluate(SoftwareKey const&, Identity const&,
                              std::span<store::StoredStatement const* const> statements, Corrections const&,
                              Coverage const&);

}  // namespace merlon::match
