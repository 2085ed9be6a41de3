// Readers of CSAF 2.0 advisories and VEX (Red Hat, Microsoft and others) and of OpenVEX.
//
// CSAF: one advisory for each vulnerability of a document; id the document's tracking id, with "/CVE" behind it when it
// holds several. Source "redhat", "msrc" or "csaf" by publisher. Products are resolved through product_tree:
// relationships give component and platform, helpers give CPE and purl; ids are never taken apart.
//   Red Hat: package "Red Hat:enterprise_linux:9::appstream" / name (binary names as rpm has them; debug packages left
//   out), scheme rpm; fixed: versions below epoch:version-release; modules from the purl's rpmmod qualifier.
//   Others: purl, CPE, or vendor and product of the branches; "product_version_range" leaves are the range.
// Status: fixed, known_affected (by remediation: no_fix_planned is will_not_fix, none_available stays affected, "Fix
// deferred" is deferred), known_not_affected, under_investigation.
// OpenVEX: one advisory for each statement, source "openvex", id the document's id and the statement's place.
#pragma once
#include "feeds/intake.h"
#include "feeds/recognise.h"
#include "feeds/source.h"

namespace merlon::feeds {
Status read_csaf(Source const&, Layout, Intake&);
Status read_openvex(Source const&, Layout, Intake&);
}
