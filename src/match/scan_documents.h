// The findings of a scan in the forms that other tools read.
//   JSON           {"components", "assessed", "findings": [{"device", "software", "cve", "severity", ...}]}
//   CycloneDX 1.6  every component, and a vulnerability for each finding (https://cyclonedx.org/docs/1.6/json/)
//   SARIF 2.1.0    a result for each finding (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)
#pragma once
#include <string>

#include "match/scan.h"

namespace merlon::match {

std::string scan_json_of(Scanned const&);
std::string cyclonedx_of(Scanned const&);
std::string sarif_of(Scanned const&);

}  // namespace merlon::match
