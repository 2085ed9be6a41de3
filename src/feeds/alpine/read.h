// Reader of Alpine's secdb {distroversion, packages: [{pkg: {name, secfixes: {version: [CVE ...]}}}]}. One advisory for
// each CVE of a repository and release, id "ALPINE-CVE-...@v3.20/main", source "alpine". Version "0": never affected.
#pragma once
#include "feeds/intake.h"
#include "feeds/source.h"

namespace merlon::feeds {
Status read_alpine_secdb(Source const&, Intake&);
}
