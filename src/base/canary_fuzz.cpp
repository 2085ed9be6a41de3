// Fails on purpose as soon as the fuzzer finds one byte: test/fuzz checks that it does.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size > 0 && data[0] == 'M') std::abort();
    return 0;
}
