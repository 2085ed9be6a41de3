// Packages of Linux distributions: which ecosystems speak of them, and whether a package is the distribution's own.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/device.h"

namespace merlon::match {

// Names of the ecosystems whose records speak of packages of this distribution release, best first:
// "ubuntu:22.04" -> "Ubuntu:22.04:LTS", "Ubuntu:22.04", "Ubuntu:Pro:22.04:LTS"; "rocky:9" -> "Rocky Linux:9", ...
// The names are those of the OSV schema; distributions without one are named by the same pattern.
std::vector<std::string> ecosystems_of(std::string_view distribution);

// Version order of a package format (deb, rpm, apk, pacman, portage); empty for others.
std::string_view scheme_of_format(std::string_view source);

// False when the package comes from somebody else's repository, who must not be judged by the distribution's
// advisories (and whom these do not know). Decided by the maintainer or vendor field and by the version's own marks.
bool from_distribution(SoftwareItem const&);

// The source package name as advisories use it: signed kernels and their like go by the source they were signed
// from ("linux-signed-amd64" -> "linux").
std::string advisory_source_name(std::string_view source_name, std::string_view distribution);

// Names under which the upstream product of a package may be known, best first: the source package and what is left of
// it, then of the binary package, without version, "lib", "-dev" and their like: "libpython3.10-dev" -> "python".
// The kernel's packages give "linux".
std::vector<std::string> upstream_names(SoftwareItem const&);

}  // namespace merlon::match
