#include "model/purl.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace merlon {
namespace {

std::string encoded(std::string_view text, std::string_view keep) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        bool const plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                           c == '-' || c == '_' || c == '~' || keep.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

// purl-spec, "Known purl types": these names are not case sensitive and must be lower case.
bool lower_case_type(std::string_view type) {
    for (auto const* known : {"alpm", "apk", "bitbucket", "bitnami", "composer", "deb", "github", "gitlab", "hex", "luarocks", "pub", "pypi"})
        if (type == known) return true;
    return false;
}

// Segments, decoded one by one; empty ones count for nothing.
std::string path_of(std::string_view text) {
    std::string out;
    for (auto const segment : split(text, '/')) {
        if (segment.empty()) continue;
        if (!out.empty()) out += '/';
        out += percent_decoded(segment);
    }
    return out;
}

}  // namespace

std::optional<Purl> parse_purl(std::string_view text) {
    text = trim(text);
    if (text.size() > 8192 || text.size() < 7 || !equal_ignoring_ascii_case(text.substr(0, 4), "pkg:")) return {};
    text.remove_prefix(4);
    while (text.starts_with('/')) text.remove_prefix(1);
    Purl purl;
    // From the right, as the specification parses: subpath, qualifiers, then version.
    if (auto const at = text.rfind('#'); at != std::string_view::npos) {
        purl.subpath = path_of(text.substr(at + 1));
        text = text.substr(0, at);
    }
    if (auto const at = text.rfind('?'); at != std::string_view::npos) {
        for (auto const pair : split(text.substr(at + 1), '&')) {
            auto const equals = pair.find('=');
            if (equals == std::string_view::npos || equals == 0 || equals + 1 == pair.size()) continue;
            purl.qualifiers[ascii_lower(pair.substr(0, equals))] = percent_decoded(pair.substr(equals + 1));
        }
        text = text.substr(0, at);
    }
    while (text.ends_with('/')) text.remove_suffix(1);
    auto const slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0) return {};
    purl.type = ascii_lower(text.substr(0, slash));
    auto const last = text.rfind('/');
    purl.space = path_of(text.substr(slash + 1, std::max(last, slash + 1) - (slash + 1)));
    text.remove_prefix(last + 1);
    // "@scope" begins a part of its own and is no version, unless nothing else is there.
    if (auto const at = text.rfind('@'); at != std::string_view::npos && (at > 0 || last == slash)) {
        purl.version = percent_decoded(text.substr(at + 1));
        text = text.substr(0, at);
    }
    purl.name = percent_decoded(text);
    if (purl.name.empty()) return {};
    if (lower_case_type(purl.type)) {
        purl.name = ascii_lower(purl.name);
        purl.space = ascii_lower(purl.space);
    }
    if (purl.type == "pypi") purl.name = replace_all(purl.name, "_", "-");
    return purl;
}

std::string purl_text(Purl const& purl) {
    std::string out = "pkg:" + purl.type + "/";
    if (!purl.space.empty()) out += encoded(purl.space, "/:") + "/";
    out += encoded(purl.name, ":");
    if (!purl.version.empty()) out += "@" + encoded(purl.version, ":");
    char sign = '?';
    for (auto const& [key, value] : purl.qualifiers) {
        out += sign + key + "=" + encoded(value, ":/");
        sign = '&';
    }
    if (!purl.subpath.empty()) out += "#" + encoded(purl.subpath, "/:");
    return out;
}

std::string ecosystem_name(Purl const& purl) {
    if (purl.space.empty()) return purl.name;
    if (purl.type == "maven") return purl.space + ":" + purl.name;
    for (auto const* bare : {"alpm", "apk", "deb", "generic", "rpm"})
        if (purl.type == bare) return purl.name;
    return purl.space + "/" + purl.name;
}

std::optional<PackageName> language_package(std::string_view type, std::string_view name) {
    struct Ecosystem {
        std::string_view type, name;
    };
    static constexpr std::array<Ecosystem, 25> ecosystems{{
        {"pypi", "PyPI"},         {"npm", "npm"},           {"maven", "Maven"},     {"gem", "RubyGems"},
        {"nuget", "NuGet"},       {"golang", "Go"},         {"cargo", "crates.io"}, {"composer", "Packagist"},
        {"hex", "Hex"},           {"pub", "Pub"},           {"cran", "CRAN"},       {"conan", "ConanCenter"},
        {"swift", "SwiftURL"},    {"hackage", "Hackage"},   {"bitnami", "Bitnami"}, {"julia", "Julia"},
        {"githubactions", "GitHub Actions"},                {"cocoapods", "CocoaPods"},
        {"k8s", "Kubernetes"},    {"vscode_extensions", "VSCode"},                  {"vscode-extension", "VSCode"},
        {"chrome_extensions", "Chrome"},                    {"opam", "opam"},       {"bioconductor", "Bioconductor"},
        {"conda", "conda"},
    }};
    for (auto const& ecosystem : ecosystems)
        if (ecosystem.type == type) return PackageName{std::string(ecosystem.name), package_name(ecosystem.name, name)};
    return {};
}

}  // namespace merlon
