// Statements of others about what does not count here.
#include <cstdint>

#include "match/vex.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    (void)merlon::match::read_vex({reinterpret_cast<char const*>(data), size}, "input");
    return 0;
}
