// Package URLs (github.com/package-url/purl-spec): pkg:type/namespace/name@version?qualifiers#subpath
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

struct Purl {
    std::string type;        // lower case
    std::string space;       // namespace, percent-decoded: "debian", "@angular", "org.apache.logging.log4j"
    std::string name;
    std::string version;
    std::map<std::string, std::string> qualifiers;  // keys lower case
    std::string subpath;
    friend bool operator==(Purl const&, Purl const&) = default;
};

// Nothing when the text is no purl. Names of pypi, github, bitbucket, composer, deb, apk and the like are put in lower
// case as the specification asks.
std::optional<Purl> parse_purl(std::string_view);
// The canonical text, with qualifiers in order.
std::string purl_text(Purl const&);
// The name as the ecosystem itself writes it: "group:artifact" (maven), "@scope/name" (npm), "vendor/name" (composer),
// the module path (golang), else the bare name.
std::string ecosystem_name(Purl const&);

}  // namespace merlon
