// Local corrections as VEX documents, so that other tools can use them, and back.
//   OpenVEX 0.2.0   https://github.com/openvex/spec  status not_affected (also for false positives) and fixed
//   CycloneDX 1.6   https://cyclonedx.org/capabilities/vex/  analysis.state not_affected, false_positive, resolved
// Products are given as pkg:generic/VENDOR/PRODUCT@VERSION and by CPE. Device, group, path and day of expiry are qualifiers of
// that package URL, and then there is no CPE: a statement clears nowhere what it was not said of. Corrections without a CVE (of
// a whole product) cannot be said in VEX and are left out.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "match/local_corrections.h"

namespace merlon::match {

// Those in force at `now`. `left_out` counts what VEX cannot say. OpenVEX has no document without a statement:
// match.nothing_to_say.
Result<std::string> openvex_of(std::span<LocalCorrection const>, Ticks now, std::string_view author, std::size_t& left_out);
std::string cyclonedx_vex_of(std::span<LocalCorrection const>, Ticks now, std::size_t& left_out);

// The statements that clear something (affected and under investigation are counted as `skipped`): one correction for
// each vulnerability and product. Reasons name the author, unless they were written here. Errors: match.no_vex, json errors.
struct VexRead {
    std::vector<LocalCorrection> corrections;
    std::size_t skipped = 0;
};
Result<VexRead> read_vex(std::string_view bytes, std::string_view name);

}  // namespace merlon::match
