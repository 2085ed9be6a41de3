// CycloneDX documents, JSON and XML.
#include "sensors/sbom/cyclonedx.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string const bytes(reinterpret_cast<char const*>(data), size);
    merlon::sensors::ImportCounts counts;
    (void)merlon::sensors::read_cyclonedx_xml(bytes, "input", counts);
    if (auto const document = merlon::json::Document::parse(bytes, "input"))
        (void)merlon::sensors::read_cyclonedx_json(document->root(), "input", counts);
    return 0;
}
