#include "feeds/purl.h"

namespace merlon::feeds {

std::optional<PackageName> package_of(Purl const& purl) {
    if (auto package = language_package(purl.type, ecosystem_name(purl))) return package;
    auto const distro = purl.qualifiers.find("distro");
    if (distro == purl.qualifiers.end()) return {};
    auto const dash = distro->second.find('-');
    if (dash == std::string::npos) return {};
    auto release = distro->second.substr(dash + 1);
    if (purl.type == "deb" && purl.space == "debian") return PackageName{"Debian:" + release.substr(0, release.find('.')), purl.name};
    if (purl.type == "apk" && purl.space == "alpine") {
        auto const second = release.find('.', release.find('.') + 1);
        return PackageName{"Alpine:v" + release.substr(0, second), purl.name};
    }
    return {};
}

}  // namespace merlon::feeds
