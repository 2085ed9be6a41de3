// CycloneDX 1.2 to 1.7, JSON and XML (cyclonedx.org/docs). Components are read wherever they are nested; the component
// that the document is about is software itself when it has a purl or a CPE. Vulnerability (VEX) statements in the
// document are no inventory and are left to the feeds.
#pragma once
#include "base/json_read.h"
#include "sensors/sbom/component.h"

namespace merlon::sensors {

bool looks_like_cyclonedx(json::Value root);
Result<SbomDocument> read_cyclonedx_json(json::Value root, std::string_view file, ImportCounts&);
Result<SbomDocument> read_cyclonedx_xml(std::string_view bytes, std::string_view file, ImportCounts&);

}  // namespace merlon::sensors
