// Results of OpenSCAP and other XCCDF scanners: a TestResult by itself, inside its Benchmark, or in an ARF collection
// (XCCDF 1.2, NIST SP 800-126). Each rule that was judged becomes a setting "xccdf.RULE" = pass or fail, and what the
// benchmark says of it a setting "xccdf-rule.RULE", from which a configuration check is made (docs/secure-score.md, S7).
#pragma once
#include <string_view>

#include "sensors/reading.h"

namespace merlon::sensors {

bool looks_like_xccdf(std::string_view bytes);
// One report for each TestResult; the device is its <target>, or the host name among its facts. Errors: sensors.bad_xml,
// sensors.unknown_format when no result is in it.
Status read_xccdf(std::string_view bytes, std::string_view name, ImportCounts&, ReportSink const&);

}  // namespace merlon::sensors
