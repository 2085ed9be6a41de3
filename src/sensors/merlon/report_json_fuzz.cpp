// Lines of our own form.
#include "sensors/merlon/report_json.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string const bytes(reinterpret_cast<char const*>(data), size);
    merlon::sensors::ImportCounts counts;
    (void)merlon::sensors::read_report_json(bytes, "input");
    return 0;
}
