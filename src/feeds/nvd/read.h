// Reader of NVD's CVE API 2.0 JSON: yearly and "modified" feed files, pages of the live API, and records that fill in
// configurations NVD never wrote ({"_annotation", "cve": {"configurations"}}, one a file or a line; source "nvd-override").
// Field by field: https://nvd.nist.gov/developers/vulnerabilities
//
// Configurations: the array is an OR. Rows with vulnerable=false are never findings: inside an AND they become
// conditions. Rows of one advisory with the same subject and conditions become one Affected. Version scheme "cpe".
// Records without configurations use the CNA's data in `affected` (since 2026), as CVE 5 has it.
// Exploit facts: references tagged Exploit (source nvd, kind public), cisaExploitAdd (source nvd, kind exploited),
// SSVC Exploitation (source ssvc, kinds active and poc).
#pragma once
#include "feeds/intake.h"
#include "feeds/recognise.h"
#include "feeds/source.h"

namespace merlon::feeds {

Status read_nvd(Source const&, Intake&);
Status read_nvd_overrides(Source const&, Layout, Intake&);

}  // namespace merlon::feeds
