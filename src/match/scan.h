// Findings of inventories that are not kept: `merlon scan`, POST /api/merlon/scan.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "match/run.h"

namespace merlon::match {

struct CveFacts {
    std::string severity, title, vector, cvss_version;
    std::optional<double> cvss;
    bool exploited = false;
};

struct ScanRow {
    std::size_t software = 0;  // place among the components
    Finding const* finding = nullptr;
    CveFacts facts;
};

struct Scanned {
    std::string file;                         // what was scanned
    std::vector<Assessed> all;                // the components; of them are the rows' findings
    std::vector<std::string> devices, paths;  // of each component; "" where not known
    std::vector<ScanRow> rows;                // what is shown, the worst first
    Ticks now = 0;
};

struct ScanOptions {
    std::string file;
    bool hidden_too = false;  // not affected, cleared, low confidence
    Ticks now = 0;
};

// What the knowledge at hand finds. Local corrections that count everywhere count here too.
Result<Scanned> scan(store::Connection& knowledge, std::span<DeviceReport const>, ScanOptions const&);

// Written as one of the forms of match/scan_documents.h: "json", "cyclonedx", "sarif".
std::string scan_text(Scanned const&, std::string_view form);

}  // namespace merlon::match
