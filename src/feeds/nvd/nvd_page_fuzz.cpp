// Answers of NVD's live API.
#include <cstdint>

#include "feeds/nvd/live.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    (void)merlon::feeds::nvd_page_of({reinterpret_cast<char const*>(data), size}, "fuzz");
    return 0;
}
