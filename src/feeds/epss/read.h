// Reader of EPSS scores (CSV of FIRST): cve,epss with or without percentile, with or without the leading comment
// "#model_version:...,score_date:..." (since 2022-02-04).
#pragma once
#include "feeds/intake.h"
#include "feeds/source.h"

namespace merlon::feeds {
Status read_epss(Source const&, Intake&);
}
