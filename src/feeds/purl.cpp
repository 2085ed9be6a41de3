#include "feeds/purl.h"

#include <charconv>

#include "base/text.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int value = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

std::optional<Purl> parse_purl(std::string_view text) {
    if (!text.starts_with("pkg:") || text.size() > 4096) return {};
    text.remove_prefix(4);
    while (text.starts_with('/')) text.remove_prefix(1);
    Purl purl;
    text = text.substr(0, text.find('#'));
    if (auto const mark = text.find('?'); mark != std::string_view::npos) {
        for (auto const pair : split(text.substr(mark + 1), '&')) {
            auto const equals = pair.find('=');
            if (equals != std::string_view::npos)
                purl.qualifiers[ascii_lower(pair.substr(0, equals))] = decoded(pair.substr(equals + 1));
        }
        text = text.substr(0, mark);
    }
    // The version begins at the last @ that is not the first character of a scope.
    if (auto const at = text.rfind('@'); at != std::string_view::npos && at > 0 && text[at - 1] != '/') {
        purl.version = decoded(text.substr(at + 1));
        text = text.substr(0, at);
    }
    auto const first = text.find('/');
    auto const last = text.rfind('/');
    if (first == std::string_view::npos || last + 1 >= text.size()) return {};
    purl.type = ascii_lower(text.substr(0, first));
    if (last > first) purl.name_space = decoded(text.substr(first + 1, last - first - 1));
    purl.name = decoded(text.substr(last + 1));
    return purl;
}

std::optional<PackageName> package_of(Purl const& purl) {
    auto const named = [&](std::string ecosystem, std::string name) {
        name = package_name(ecosystem, name);
        return PackageName{std::move(ecosystem), std::move(name)};
    };
    auto const with = [&](std::string_view joint) {
        return purl.name_space.empty() ? purl.name : purl.name_space + std::string(joint) + purl.name;
    };
    if (purl.type == "pypi") return named("PyPI", purl.name);
    if (purl.type == "npm") return named("npm", with("/"));
    if (purl.type == "maven") return named("Maven", with(":"));
    if (purl.type == "golang") return named("Go", with("/"));
    if (purl.type == "cargo") return named("crates.io", purl.name);
    if (purl.type == "gem") return named("RubyGems", purl.name);
    if (purl.type == "nuget") return named("NuGet", purl.name);
    if (purl.type == "composer") return named("Packagist", with("/"));
    if (purl.type == "hex") return named("Hex", purl.name);
    auto const distro = purl.qualifiers.find("distro");
    if (distro == purl.qualifiers.end()) return {};
    auto const dash = distro->second.find('-');
    if (dash == std::string::npos) return {};
    auto release = distro->second.substr(dash + 1);
    if (purl.type == "deb" && purl.name_space == "debian") return named("Debian:" + release.substr(0, release.find('.')), purl.name);
    if (purl.type == "apk" && purl.name_space == "alpine") {
        auto const second = release.find('.', release.find('.') + 1);
        return named("Alpine:v" + release.substr(0, second), purl.name);
    }
    return {};
}

}  // namespace merlon::feeds
