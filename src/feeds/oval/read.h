// Reader of Ubuntu's OVAL (USN, CVE and package files; dpkg and container-manifest tests alike). One advisory for each
// definition of class patch or vulnerability, source "ubuntu": id the USN or "UBUNTU-CVE-...".
// Packages are binary packages of "Ubuntu:22.04:LTS", note "binary package". A criterion with a state "less than X" is
// fixed in X; one without a state is an open flaw. Tests that say that a fix needs Ubuntu Pro keep that in the note.
#pragma once
#include "feeds/intake.h"
#include "feeds/source.h"

namespace merlon::feeds {
Status read_ubuntu_oval(Source const&, Intake&);
}
