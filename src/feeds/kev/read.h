// Reader of CISA's catalogue of known exploited vulnerabilities (JSON). Each entry gives a fact of source kev, kind
// exploited, with the date by which to act and the required action; and one of kind ransomware where CISA says so.
#pragma once
#include "feeds/intake.h"
#include "feeds/source.h"

namespace merlon::feeds {
Status read_kev(Source const&, Intake&);
}
