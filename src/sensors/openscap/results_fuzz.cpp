#include "sensors/openscap/results.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    merlon::sensors::ImportCounts counts;
    (void)merlon::sensors::read_xccdf({reinterpret_cast<char const*>(data), size}, "fuzz", counts, [](merlon::DeviceReport) -> merlon::Status { return {}; });
    return 0;
}
