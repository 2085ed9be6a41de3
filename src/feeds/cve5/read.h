// Reader of CVE JSON 5.x records with their ADP containers (CISA Vulnrichment): one record, an array or JSON lines.
// Source "cve5". The CNA's container says what is affected; CISA's adds products, ratings (source CISA-ADP), CWEs, SSVC
// and KEV facts where it has them. See affected.h for versions; `cpeApplicability` is read as NVD's configurations.
#pragma once
#include "feeds/intake.h"
#include "feeds/recognise.h"
#include "feeds/source.h"

namespace merlon::feeds {
Status read_cve5(Source const&, Layout, Intake&);
}
