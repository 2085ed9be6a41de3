// Package URLs (https://github.com/package-url/purl-spec) as subjects of statements.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/knowledge.h"

namespace merlon::feeds {

struct Purl {
    std::string type, name_space, name, version;  // percent-decoded
    std::map<std::string, std::string> qualifiers;
};
std::optional<Purl> parse_purl(std::string_view);

// The package by OSV's names; nothing for types without an ecosystem, and for distribution packages whose release the
// purl does not say.
std::optional<PackageName> package_of(Purl const&);

}  // namespace merlon::feeds
