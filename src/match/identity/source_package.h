// The source package of a binary package, where the inventory does not give it: advisories of Debian, Ubuntu and Alpine go
// by source packages (libc6 is of glibc, libssl3 of openssl).
#pragma once
#include <string>
#include <string_view>

namespace merlon::match {

// "" when the name is its own source, or nobody knows. `source` is the package format: deb or apk.
//   deb  data/packages/debian-sources.txt, made from Debian's Packages index; SOURCE-... is of the longest source that begins so
//   apk  the subpackages that aports makes of base packages; "-libs", "-utils" ... of a package of that name
std::string source_package_of(std::string_view binary, std::string_view source);

}  // namespace merlon::match
