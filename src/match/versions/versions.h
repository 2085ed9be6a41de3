// The order of versions, scheme by scheme. One door for the rest of the house:
//   compare(scheme, a, b)  exact order by the ecosystem's own rule
//   key(scheme, version)   bytes whose memcmp order is that order, where the rule is a total order
// Each scheme is one file here and names the rule that it follows.
#pragma once
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon::match {

enum class Scheme : std::uint8_t {
    dpkg,           // deb-version(7)
    rpm,            // [epoch:]version[-release] by rpmvercmp
    rpmvercmp,      // the plain segment walk, without epoch and release
    apk,            // apk-tools version.c
    semver,         // Semantic Versioning 2: npm, Cargo, Hex, Swift ...
    golang,         // semver with Go's own spellings (go1.21rc2, +incompatible, pseudo-versions)
    pub,            // semver where build metadata counts (Dart)
    nuget,          // up to four numbers, pre-release without regard to case
    pep440,         // Python
    maven,          // Maven "POM reference: version order specification"
    gem,            // Gem::Version
    packagist,      // PHP version_compare
    cran,           // numbers split by . and -; more numbers is newer
    hackage,        // the same, numbers only
    intdot,         // numbers, a missing one is 0
    cpe,            // no rule published: generic order for NVD ranges (cpe.cpp)
    windows,        // file versions: up to four numbers
    windows_build,  // Windows itself: 10.0.BUILD.UBR, ordered inside one servicing branch
    macos,          // 13.4.1 (c), build names 24D60
    openssl,        // 1.0.2zf < 1.1.1 < 3.0.0-beta1 < 3.0.0
    alpm,           // Arch Linux vercmp
    gentoo,         // Portage (PMS 3.3)
    lexicographic,  // bytes
    datetime,       // ISO dates: their digits
};

// A scheme by any of its names: our own, those of OSV ecosystems ("Debian:12", "crates.io", "Red Hat:..."), of purl
// types ("deb", "cargo"), of CVE 5 version types ("semver", "python"), of VERS ("vers:gem"), in any case.
// Nothing when no order is known for that name (git).
std::optional<Scheme> scheme_named(std::string_view);
std::string_view scheme_name(Scheme);
// All names of our own, for messages.
std::vector<std::string> scheme_names();

// <0, 0 or >0. Every text has a place in the order: what the ecosystem calls invalid sorts by its nearest reading.
int compare(Scheme, std::string_view a, std::string_view b);
// The same with the scheme by name; nothing when the scheme is not known.
std::optional<int> compare(std::string_view scheme, std::string_view a, std::string_view b);

// False for maven, packagist and alpm, whose rules are no total orders: no key can carry them.
bool has_key(Scheme);
// Order-preserving bytes; only for schemes with has_key().
std::string key(Scheme, std::string_view version);

// Reads lines SCHEME<TAB>A<TAB>B and writes one line "<", "=" or ">" for each; a line that cannot be read gives
// "?" and a sentence after a tab. Returns the number of lines that could not be read.
std::size_t compare_batch(std::istream& in, std::ostream& out);

}  // namespace merlon::match
