// Reader of the Debian security tracker's JSON {source package: {CVE or TEMP id: {releases}}}. One advisory for each
// flaw, id "DEBIAN-CVE-..." as OSV's newer dumps have it, source "debian"; statements by "Debian:12" and source package.
// fixed_version "0" means never affected; status open with nodsa ignored is will_not_fix, postponed is deferred,
// undetermined is under_investigation. Releases: the stable ones by their numbers; sid is "Debian:unstable".
#pragma once
#include "feeds/intake.h"
#include "feeds/source.h"

namespace merlon::feeds {
Status read_debian_tracker(Source const&, Intake&);
}
