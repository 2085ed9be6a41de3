// Reader of OSV records (https://ossf.github.io/osv-schema/): one record, a JSON array, JSON lines; members of an
// archive or files of a folder are one source each.
//
// Each affected[] entry with a package becomes one Affected: ECOSYSTEM and SEMVER ranges with their events (introduced,
// fixed, last_affected, limit) and the listed versions. GIT ranges are left out: installed software has no commit. A
// record whose entries name no package is kept without statements when it names a CVE, else counted as unused.
// CVEs: the id, aliases and upstream[] of the record; Debian's and Alpine's "related" CVEs only when nothing else names
// one and the id is an advisory's (DSA, DLA, ALSA, RLSA ...), whose related CVEs are what it fixes.
// Urgency of Debian ("unimportant", "end-of-life"), Ubuntu priority and GitHub's severity word are kept. MAL- records
// are malicious packages: note "malicious package", every listed version or all.
// fixed_version is the last fix named; the range that holds the installed version says its own fix in `to`.
#pragma once
#include "feeds/intake.h"
#include "feeds/source.h"

namespace merlon::feeds {
enum class OsvLayout : std::uint8_t { record, array, lines };
Status read_osv(Source const&, OsvLayout, Intake&);
}
