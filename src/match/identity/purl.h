// Package URLs: scheme:type/namespace/name@version?qualifiers#subpath, percent-encoded (package-url/purl-spec).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/knowledge.h"

namespace merlon::match {

struct Purl {
    std::string type;       // lower case
    std::string space;      // the namespace, segments joined by '/'
    std::string name;       // as the type's rules want it: pypi, github, composer ... lower case
    std::string version;
    std::map<std::string, std::string> qualifiers;  // keys lower case
    std::string subpath;
};
// Nothing when it is no package URL (no "pkg:", no type, no name).
std::optional<Purl> parse_purl(std::string_view);

// The names under which advisories speak of a language package of this purl type: {"PyPI", "requests"}. Nothing for
// types that are no ecosystem of their own (deb, rpm, generic ...). `name` is the full name: "group:artifact",
// "@scope/name", "github.com/owner/module".
std::optional<PackageName> package_name(std::string_view purl_type, std::string_view name);
// The full name in its ecosystem of a purl: namespace and name joined as the ecosystem does.
std::string full_name(Purl const&);

}  // namespace merlon::match
