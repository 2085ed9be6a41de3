// SPDX 2.2 and 2.3 as JSON and tag-value, SPDX 3.0 as JSON-LD (spdx.github.io/spdx-spec). Packages are read; files and
// snippets are no inventory.
#pragma once
#include "base/json_read.h"
#include "sensors/sbom/component.h"

namespace merlon::sensors {

bool looks_like_spdx2(json::Value root);
bool looks_like_spdx3(json::Value root);
Result<SbomDocument> read_spdx2_json(json::Value root, std::string_view file, ImportCounts&);
Result<SbomDocument> read_spdx3_json(json::Value root, std::string_view file, ImportCounts&);
Result<SbomDocument> read_spdx_tag_value(std::string_view bytes, std::string_view file, ImportCounts&);

// One external reference of a package: "PACKAGE-MANAGER purl pkg:...", "SECURITY cpe23Type cpe:2.3:...".
void take_reference(SbomComponent&, std::string_view type, std::string_view locator);
// "Organization: Debian <x@y>" -> "Debian <x@y>"; NOASSERTION and NONE -> "".
std::string_view spdx_party(std::string_view);
std::string_view spdx_value(std::string_view);
// SPDX's purpose as CycloneDX's word: "OPERATING-SYSTEM", "operatingSystem" -> "operating-system".
std::string component_type(std::string_view purpose);
// "built package from: openssl 3.0.16-1~deb12u1" (Trivy).
void take_source_info(SbomComponent&, std::string_view text);

}  // namespace merlon::sensors
