#include "feeds/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon::feeds;
    auto const format = recognise({reinterpret_cast<char const*>(data), size}, "fuzz");
    return format ? read_any_bytes(*format, data, size) : 0;
}
