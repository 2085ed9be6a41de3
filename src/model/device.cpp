#include "model/device.h"

#include <algorithm>

#include <map>

#include "base/digest.h"
#include "base/text.h"

namespace merlon {
namespace {

bool distribution_package(std::string_view source) {
    return source == "deb" || source == "rpm" || source == "apk" || source == "pacman" || source == "portage" ||
           source == "os";
}

}  // namespace

std::string device_id_of(std::string_view identifier) {
    return sha1_hex(ascii_lower(trim(identifier)));
}

namespace {

// Where only the distribution's own packages put libraries of a language: Debian's dist-packages and vendor_ruby (its
// Python and Ruby policies), the site-packages below /usr/lib of Red Hat and its kin, whose pip installs to /usr/local.
bool placed_by_distribution(SoftwareItem const& item, OperatingSystem const& os) {
    std::string_view const path = item.path, family = os.distribution;
    auto const below = [&](std::initializer_list<std::string_view> folders) {
        return std::any_of(folders.begin(), folders.end(), [&](std::string_view folder) { return path.starts_with(folder); });
    };
    bool const debian = family == "debian" || family == "ubuntu";
    bool const red_hat = family == "rhel" || family == "centos" || family == "rocky" || family == "almalinux" || family == "fedora" || family == "ol";
    if (item.source == "pypi")
        return (debian && below({"/usr/lib/python3/dist-packages/"})) ||
               (red_hat && below({"/usr/lib/python", "/usr/lib64/python"}) && path.find("/site-packages/") != std::string_view::npos);
    if (item.source == "gem") return (debian && below({"/usr/share/rubygems-integration/", "/usr/lib/ruby/vendor_ruby/"})) || (red_hat && below({"/usr/share/gems/"}));
    if (item.source == "npm") return debian && below({"/usr/share/nodejs/"});
    if (item.source == "maven") return (debian || red_hat) && below({"/usr/share/java/", "/usr/share/maven-repo/"});
    return false;
}

}  // namespace

SoftwareKey software_key(SoftwareItem item, OperatingSystem const& os) {
    if (item.distribution.empty() && placed_by_distribution(item, os)) item.distribution = distribution_release(os);
    item.path.clear();
    item.installed_at.clear();
    if (item.distribution.empty() && distribution_package(item.source)) item.distribution = distribution_release(os);
    std::string platform = os.distribution == "windows" || os.distribution == "macos" ? os.distribution
                           : os.distribution.empty()                                  ? "other"
                                                                                      : "linux";
    return {std::move(item), std::move(platform)};
}

std::string distribution_release(OperatingSystem const& os) {
    if (os.distribution.empty()) return {};
    if (os.version.empty()) return os.distribution;
    // How many numbers of the version name a release: os-release VERSION_ID and OSV ecosystem names agree on these.
    static std::map<std::string_view, int> const numbers{
        {"ubuntu", 2}, {"alpine", 2}, {"sles", 2}, {"opensuse-leap", 2}, {"opensuse", 2}, {"photon", 2}, {"mariner", 2}, {"azurelinux", 2}, {"windows", 3}};
    auto const found = numbers.find(os.distribution);
    int wanted = found == numbers.end() ? 1 : found->second;
    std::size_t end = 0;
    while (end < os.version.size() && os.version[end] != ' ') {
        if (os.version[end] == '.' && --wanted == 0) break;
        ++end;
    }
    return os.distribution + ":" + os.version.substr(0, end);
}

std::string_view setting_family(std::string_view key) {
    auto const first = key.find('.');
    if (first == std::string_view::npos || key.substr(0, first) != "osquery") return key.substr(0, first);
    return key.substr(0, key.find('.', first + 1));
}

std::optional<SoftwareItem> operating_system_item(OperatingSystem const& os) {
    if (os.distribution.empty()) return {};
    SoftwareItem item;
    item.source = "os";
    item.name = os.distribution;
    item.version = os.version;
    item.edition = os.edition;
    // A client and a server may have the same build; the edition tells them apart, also where only the name says it.
    auto const says_server = [](std::string_view text) { return ascii_lower(text).find("server") != std::string::npos; };
    if (os.distribution == "windows" && !says_server(os.edition) && (says_server(os.name) || says_server(os.platform)))
        item.edition = os.edition.empty() ? "Server" : "Server " + os.edition;
    // CentOS Stream calls itself "centos" like the CentOS that ended before it; its name says which it is.
    if (os.distribution == "centos" && os.edition.empty() && os.name.find("Stream") != std::string::npos) item.edition = "Stream";
    item.architecture = os.architecture;
    item.distribution = distribution_release(os);
    return item;
}

std::int64_t SoftwareKey::id() const {
    std::string bytes;
    for (auto const* field : {&item.source, &item.name, &item.vendor, &item.version, &item.architecture,
                              &item.source_name, &item.source_version, &item.distribution, &item.bundle_id,
                              &item.edition, &item.purl, &item.cpe, &platform}) {
        bytes += *field;
        bytes += '\0';
    }
    return stable_id(bytes);
}

}  // namespace merlon
