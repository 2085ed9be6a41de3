// Names and vectors as strangers write them: CPE, package URL, CVSS.
#include <cstdint>
#include <string_view>

#include "model/cvss.h"
#include "model/knowledge.h"
#include "model/purl.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    (void)merlon::parse_cpe(text);
    (void)merlon::parse_purl(text);
    (void)merlon::cvss_base_score(text);
    return 0;
}
