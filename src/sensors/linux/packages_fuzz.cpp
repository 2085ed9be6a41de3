// Package databases and os-release.
#include "sensors/linux/packages.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string const bytes(reinterpret_cast<char const*>(data), size);
    merlon::sensors::ImportCounts counts;
    std::vector<merlon::SoftwareItem> items;
    (void)merlon::sensors::read_dpkg_status(bytes, "input", items, counts);
    (void)merlon::sensors::read_apk_installed(bytes, "input", items, counts);
    (void)merlon::sensors::read_os_release(bytes);
    merlon::SoftwareItem item;
    (void)merlon::sensors::read_rpm_line(bytes, item);
    return 0;
}
