// Package URLs of VEX documents.
#include <cstdint>

#include "feeds/purl.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon::feeds;
    if (auto const purl = parse_purl({reinterpret_cast<char const*>(data), size})) (void)package_of(*purl);
    return 0;
}
