// Is a version among those of a statement? Ranges and exact versions in the order of the right scheme.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "match/versions/versions.h"
#include "model/knowledge.h"

namespace merlon::match {

struct VersionAnswer {
    enum Kind { inside, outside, unknown } kind = outside;
    std::string comparison;    // step by step, for people
    std::string range;         // the range or version that decided, for people: "from 3.0.0 before 3.0.7"
    std::string fixed_version; // first version outside, when the range says so
    bool bounded = true;       // false: the statement speaks of every version
};

// What is installed, as the statement must compare it.
struct InstalledVersion {
    std::string text;            // "" , "*" and "-" are unknown
    std::string scheme;          // the identity's own order; overrides "cpe" in ranges
    std::string release;         // Windows: "22h2", "r2" or "" where advisories give the release as version
    bool windows = false;        // compare inside one servicing branch only
    bool any_epoch = false;      // an rpm whose epoch is not known: that of a bound does not count
    // Made when they are first needed: what is the same for all statements it is compared with.
    mutable std::optional<std::optional<Scheme>> own_scheme;
    mutable std::optional<Scheme> keyed_in;
    mutable std::string key_there;
};

// With `tell` off the answer is without words, which cost more than the comparing.
VersionAnswer version_affected(InstalledVersion const&, Affected const&, bool tell = true);

// "from 1.0 before 2.0", "up to and including 2.0", "every version".
std::string range_text(VersionRange const&);

}  // namespace merlon::match
