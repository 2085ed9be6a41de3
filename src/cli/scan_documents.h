// The findings of a scan in the forms that other tools read.
//   CycloneDX 1.6  every component, and a vulnerability for each finding (https://cyclonedx.org/docs/1.6/json/)
//   SARIF 2.1.0    a result for each finding (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)
#pragma once
#include <optional>
#include <span>
#include <string>

#include "match/run.h"

namespace merlon::cli {

struct CveFacts {
    std::string severity, title, vector, cvss_version;
    std::optional<double> cvss;
    bool exploited = false;
};

struct ScanRow {
    std::size_t software = 0;  // place among the components
    Finding const* finding = nullptr;
    CveFacts const* facts = nullptr;
};

struct Scanned {
    std::string file;                      // what was scanned
    std::span<match::Assessed const> all;  // the components
    std::span<std::string const> devices, paths;  // of each component; "" where not known
    std::span<ScanRow const> rows;
    Ticks now = 0;
};

std::string cyclonedx_of(Scanned const&);
std::string sarif_of(Scanned const&);

}  // namespace merlon::cli
