// Package URLs (github.com/package-url/purl-spec): pkg:type/namespace/name@version?qualifiers#subpath
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/knowledge.h"

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

// Nothing when the text is no purl (no "pkg:", no type, no name). Names of pypi, github, bitbucket, composer, deb, apk and
// the like are put in lower case as the specification asks.
std::optional<Purl> parse_purl(std::string_view);
// The canonical text, with qualifiers in order.
std::string purl_text(Purl const&);
// The name as the ecosystem itself writes it: "group:artifact" (maven), "@scope/name" (npm), "vendor/name" (composer),
// the module path (golang); the bare name where the namespace is a distribution or a vendor (deb, rpm, generic ...).
std::string ecosystem_name(Purl const&);
// The name under which advisories speak of a language package: purl type and ecosystem_name, {"PyPI", "requests"}.
// Nothing for types that are no ecosystem of their own (deb, rpm, generic ...).
std::optional<PackageName> language_package(std::string_view type, std::string_view name);

}  // namespace merlon
