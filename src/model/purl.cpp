#include "model/purl.h"

#include <charconv>

#include "base/text.h"

namespace merlon {
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
    for (auto const* known : {"alpm", "apk", "bitbucket", "bitnami", "composer", "deb", "github", "hex", "pypi"})
        if (type == known) return true;
    return false;
}

std::string_view without(std::string_view text, char front) {
    while (!text.empty() && text.front() == front) text.remove_prefix(1);
    while (!text.empty() && text.back() == front) text.remove_suffix(1);
    return text;
}

}  // namespace

std::optional<Purl> parse_purl(std::string_view text) {
    text = trim(text);
    if (text.size() > 8192 || text.size() < 7 || !equal_ignoring_ascii_case(text.substr(0, 4), "pkg:")) return {};
    text.remove_prefix(4);
    text = without(text, '/');
    Purl purl;
    // From the right, as the specification parses: subpath, qualifiers, then version.
    if (auto const at = text.rfind('#'); at != std::string_view::npos) {
        purl.subpath = decoded(without(text.substr(at + 1), '/'));
        text = text.substr(0, at);
    }
    if (auto const at = text.rfind('?'); at != std::string_view::npos) {
        for (auto const pair : split(text.substr(at + 1), '&')) {
            auto const equals = pair.find('=');
            if (equals == std::string_view::npos || equals == 0 || equals + 1 == pair.size()) continue;
            purl.qualifiers[ascii_lower(pair.substr(0, equals))] = decoded(pair.substr(equals + 1));
        }
        text = text.substr(0, at);
    }
    auto const slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0) return {};
    purl.type = ascii_lower(text.substr(0, slash));
    text = without(text.substr(slash + 1), '/');
    // The version follows the last @ that stands in the last part of the path; "@scope" begins a part of its own.
    if (text.starts_with('@') && text.find('/') == std::string_view::npos) return {};  // a version without a name
    if (auto const at = text.rfind('@'); at != std::string_view::npos && at > 0 && text[at - 1] != '/') {
        auto const last = text.rfind('/');
        // A version may hold a slash only when the writer did not encode it (Go branch names); none do in practice.
        if (last == std::string_view::npos || at > last) {
            purl.version = decoded(text.substr(at + 1));
            text = text.substr(0, at);
        }
    }
    text = without(text, '/');
    if (auto const last = text.rfind('/'); last != std::string_view::npos) {
        purl.space = decoded(text.substr(0, last));
        text = text.substr(last + 1);
    }
    purl.name = decoded(text);
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
    for (auto const* path_like : {"npm", "golang", "composer", "swift", "github", "bitbucket", "githubactions", "hex",
                                  "docker", "oci", "huggingface", "clojars", "julia"})
        if (purl.type == path_like) return purl.space + "/" + purl.name;
    return purl.name;
}

}  // namespace merlon
