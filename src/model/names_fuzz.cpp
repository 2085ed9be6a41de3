// Names and vectors as strangers write them: CPE, CVSS. (Package URLs: feeds/purl_fuzz.cpp.)
#include <cstdint>
#include <string_view>

#include "model/cvss.h"
#include "model/knowledge.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    (void)merlon::parse_cpe(text);
    (void)merlon::cvss_base_score(text);
    return 0;
}
