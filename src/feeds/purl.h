// Package URLs as subjects of statements.
#pragma once
#include <optional>

#include "model/purl.h"

namespace merlon::feeds {

// The package by OSV's names; nothing for types without an ecosystem, and for distribution packages whose release the
// purl does not say.
std::optional<PackageName> package_of(Purl const&);

}  // namespace merlon::feeds
