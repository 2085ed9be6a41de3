#include "sensors/collect/collect.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <map>

#include "base/digest.h"
#include "base/files.h"
#include "base/text.h"
#include "sensors/collect/settings.h"
#include "sensors/linux/packages.h"

namespace merlon::sensors {
namespace {

std::string small_file(std::string const& path) {
    auto bytes = read_file(path, 64 * 1024);
    return bytes ? std::string(trim(*bytes)) : std::string{};
}

std::vector<NetworkInterface> interfaces() {
    std::map<std::string, NetworkInterface> by_name;
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) return {};
    for (auto const* one = all; one; one = one->ifa_next) {
        if (!one->ifa_addr || (one->ifa_flags & IFF_LOOPBACK)) continue;
        std::array<char, INET6_ADDRSTRLEN> text{};
        void const* address = nullptr;
        if (one->ifa_addr->sa_family == AF_INET) address = &reinterpret_cast<sockaddr_in const*>(one->ifa_addr)->sin_addr;
        else if (one->ifa_addr->sa_family == AF_INET6) address = &reinterpret_cast<sockaddr_in6 const*>(one->ifa_addr)->sin6_addr;
        else continue;
        if (!::inet_ntop(one->ifa_addr->sa_family, address, text.data(), text.size())) continue;
        auto& made = by_name[one->ifa_name];
        made.name = field(one->ifa_name);
        made.addresses.emplace_back(text.data());
    }
    ::freeifaddrs(all);
    std::vector<NetworkInterface> out;
    for (auto& [name, made] : by_name) {
        made.mac = field(small_file("/sys/class/net/" + name + "/address"));
        out.push_back(std::move(made));
    }
    return out;
}

}  // namespace

Result<DeviceReport> collect_this_machine(ImportCounts& counts) {
    auto report = TRY(read_root_folder("/", counts));
    utsname system{};
    if (::uname(&system) == 0) {
        report.os.kernel = field(system.release);
        report.os.architecture = architecture_token(system.machine);
    }
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0) report.name = field(host.data());
    auto const machine = small_file("/etc/machine-id");
    report.identifier = machine.empty() ? report.name : sha256_hex("merlon:" + machine).substr(0, 32);
    report.device_id = device_id_of(report.identifier);
    report.interfaces = interfaces();
    report.settings = linux_settings("/");
    report.collected_at = now_ticks();
    report.source = "collect";
    return report;
}

}  // namespace merlon::sensors
