#include "match/identity/purl.h"

#include <array>
#include <charconv>

#include "base/text.h"

namespace merlon::match {
namespace {

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
            out += static_cast<char>(static_cast<unsigned char>(value));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

// Non-empty segments, decoded, joined by '/'.
std::string path_of(std::string_view text) {
    std::string out;
    for (auto const part : split(text, '/')) {
        if (part.empty()) continue;
        if (!out.empty()) out += '/';
        out += decoded(part);
    }
    return out;
}

// Types whose names are the same in any case (purl-spec, "known purl types").
bool folds_case(std::string_view type) {
    for (std::string_view const name : {"pypi", "github", "bitbucket", "composer", "deb", "apk", "hex", "alpm",
                                        "bitnami", "golang", "gitlab", "pub", "luarocks"})
        if (type == name) return type != "golang";
    return false;
}

}  // namespace

std::optional<Purl> parse_purl(std::string_view text) {
    if (text.size() < 4 || text.size() > 8192 || !equal_ignoring_ascii_case(text.substr(0, 4), "pkg:")) return {};
    text.remove_prefix(4);
    while (text.starts_with('/')) text.remove_prefix(1);
    Purl purl;
    if (auto const hash = text.find('#'); hash != std::string_view::npos) {
        purl.subpath = path_of(text.substr(hash + 1));
        text = text.substr(0, hash);
    }
    if (auto const mark = text.rfind('?'); mark != std::string_view::npos) {
        for (auto const pair : split(text.substr(mark + 1), '&')) {
            auto const equals = pair.find('=');
            if (equals == std::string_view::npos || equals == 0) continue;
            purl.qualifiers[ascii_lower(pair.substr(0, equals))] = decoded(pair.substr(equals + 1));
        }
        text = text.substr(0, mark);
    }
    auto const first = text.find('/');
    if (first == std::string_view::npos || first == 0) return {};
    purl.type = ascii_lower(text.substr(0, first));
    text.remove_prefix(first + 1);
    // The version follows the last '@' that is not the first character of a scope ("@angular/core").
    auto const at = text.rfind('@');
    if (at != std::string_view::npos && at > 0 && text.find('/', at) == std::string_view::npos && text[at - 1] != '/') {
        purl.version = decoded(text.substr(at + 1));
        text = text.substr(0, at);
    }
    auto const slash = text.rfind('/');
    purl.name = decoded(text.substr(slash == std::string_view::npos ? 0 : slash + 1));
    if (slash != std::string_view::npos) purl.space = path_of(text.substr(0, slash));
    if (purl.name.empty()) return {};
    if (folds_case(purl.type)) {
        purl.name = ascii_lower(purl.name);
        purl.space = ascii_lower(purl.space);
    }
    if (purl.type == "pypi")
        for (auto& c : purl.name)
            if (c == '_' || c == '.') c = '-';
    return purl;
}

std::string full_name(Purl const& purl) {
    if (purl.space.empty()) return purl.name;
    return purl.space + (purl.type == "maven" ? ":" : "/") + purl.name;
}

std::optional<PackageName> package_name(std::string_view type, std::string_view name) {
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
    for (auto const& ecosystem : ecosystems) {
        if (ecosystem.type != type) continue;
        std::string normal(trim(name));
        if (type == "pypi") {
            // PEP 503: runs of -, _ and . are one -; lower case.
            std::string out;
            for (char const c : ascii_lower(normal)) {
                bool const separator = c == '-' || c == '_' || c == '.';
                if (!separator) out += c;
                else if (!out.empty() && out.back() != '-') out += '-';
            }
            normal = out;
        } else if (type == "composer" || type == "hex" || type == "pub" || type == "vscode_extensions") {
            normal = ascii_lower(normal);
        } else if (type == "golang" && (normal == "go" || normal == "std")) {
            normal = "stdlib";
        }
        return PackageName{std::string(ecosystem.name), std::move(normal)};
    }
    return {};
}

}  // namespace merlon::match
