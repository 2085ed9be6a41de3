// Any bytes through the recognition and every reader behind it.
#include "sensors/import.h"

#include "sensors/merlon/report_json.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string const bytes(reinterpret_cast<char const*>(data), size);
    (void)merlon::sensors::import_text(bytes, "input", {"device"}, [](merlon::DeviceReport report) -> merlon::Status {
        // Whatever a reader lets through can be written, and read again.
        auto const line = merlon::sensors::report_json(report);
        if (!merlon::sensors::read_report_json(line, "line")) __builtin_trap();
        return {};
    });
    return 0;
}
