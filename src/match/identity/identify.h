// From what an installer or package database says to what advisories call it: a set of weighted candidates.
// In this order: package URL, explicit CPE, distribution source package, operating system by build, rules/identity,
// the dictionary of vendor:product pairs that loaded knowledge speaks of. What nobody knows stays, as "not assessed".
#pragma once
#include <string>

#include "match/identity/catalog.h"
#include "match/identity/rules.h"
#include "model/finding.h"

namespace merlon::match {

// How the software is judged, by where it was read.
enum class Kind {
    distribution_package,  // only the distribution's own advisories speak of it
    language_package,      // records of its ecosystem; CPE statements only at low confidence
    extension,             // browser and editor extensions: only statements for that target
    operating_system,
    program,               // everything else: CPE statements
};
Kind kind_of(SoftwareKey const&);

Identity identify(SoftwareKey const&, IdentityRules const&, VendorCatalog const&);

// The mapping in words, for `merlon identify`: each step that spoke and what it gave.
std::string explain_identity(SoftwareKey const&, Identity const&);

}  // namespace merlon::match
