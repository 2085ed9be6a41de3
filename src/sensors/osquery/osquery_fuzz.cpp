// osquery results of any kind.
#include "sensors/osquery/results.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string const bytes(reinterpret_cast<char const*>(data), size);
    merlon::sensors::ImportCounts counts;
    auto const document = merlon::json::Document::parse(bytes, "input");
    if (!document) return 0;
    merlon::sensors::OsqueryLog log;
    if (merlon::json::is_array(document->root())) log.take_rows("deb_packages", merlon::json::array(document->root()), counts);
    else (void)log.take(document->root(), counts);
    (void)log.finish("input", "", counts, [](merlon::DeviceReport) -> merlon::Status { return {}; });
    return 0;
}
