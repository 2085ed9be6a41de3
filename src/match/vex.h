// Local corrections as VEX documents, so that other tools can use them, and back.
//   OpenVEX 0.2.0   https://github.com/openvex/spec  status not_affected (also for false positives) and fixed
//   CycloneDX 1.6   https://cyclonedx.org/capabilities/vex/  analysis.state not_affected, false_positive, resolved
// Products are given by CPE and, as OpenVEX wants an IRI, by pkg:generic/VENDOR/PRODUCT@VERSION; corrections without a CVE
// (of a whole product) cannot be said in VEX and are left out. Scope and path stand in the words of the statement.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "match/local_corrections.h"

namespace merlon::match {

// Those in force at `now`. `left_out` counts what VEX cannot say.
std::string openvex_of(std::span<LocalCorrection const>, Ticks now, std::string_view author, std::size_t& left_out);
std::string cyclonedx_vex_of(std::span<LocalCorrection const>, Ticks now, std::size_t& left_out);

// The statements that clear something (affected and under investigation are counted as `skipped`): one correction for
// each vulnerability and product. Reasons name the document. Errors: match.no_vex, json errors.
struct VexRead {
    std::vector<LocalCorrection> corrections;
    std::size_t skipped = 0;
};
Result<VexRead> read_vex(std::string_view bytes, std::string_view name);

}  // namespace merlon::match
