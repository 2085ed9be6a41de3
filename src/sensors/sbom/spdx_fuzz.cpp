// SPDX documents of all three forms.
#include "sensors/sbom/spdx.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string const bytes(reinterpret_cast<char const*>(data), size);
    merlon::sensors::ImportCounts counts;
    (void)merlon::sensors::read_spdx_tag_value(bytes, "input", counts);
    auto const document = merlon::json::Document::parse(bytes, "input");
    if (!document) return 0;
    (void)merlon::sensors::read_spdx2_json(document->root(), "input", counts);
    (void)merlon::sensors::read_spdx3_json(document->root(), "input", counts);
    return 0;
}
