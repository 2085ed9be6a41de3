// What the CycloneDX documents that are written here begin with: scans (cli/scan_documents.h) and corrections as VEX (match/vex.h).
#pragma once
#include <string>
#include <string_view>

#include "base/json_text.h"
#include "base/time.h"

namespace merlon::match {

constexpr std::string_view tooling = "Merlon";  // as documents name what wrote them

// urn:uuid:... of a document, the same for the same content (RFC 4122, version 5, but by SHA-256).
std::string document_id(std::string_view content);

// The members from "bomFormat" to "metadata", in the object that has begun. `version`: of the program; empty: left out.
void write_cyclonedx_head(JsonWriter&, std::string_view serial_number, Ticks now, std::string_view version);

}  // namespace merlon::match
