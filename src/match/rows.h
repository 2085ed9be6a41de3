// What a match writes of one software, in one piece of memory: the texts of a finding alone are a dozen small ones, and making and
// letting go of millions of these took longer than evaluating. Made where it was evaluated, written in order afterwards.
#pragma once
#include <functional>
#include <string>

#include "match/run.h"
#include "store/engine.h"

namespace merlon::match {

struct SoftwareRows {
    std::string bytes;  // values in the order of the columns; only append_rows() reads it
    bool assessed = false;
    std::size_t findings = 0, hidden = 0;
};
SoftwareRows rows_of(Assessed const&);

// Where they are appended to. `first_seen` says since when a CVE is known of this software.
struct FindingTables {
    store::Appender identity, finding, next_line;
};
using FirstSeenOf = std::function<Ticks(std::string_view cve)>;
Status append_rows(SoftwareRows const&, std::int64_t software, FindingTables&, FirstSeenOf const& first_seen);

}  // namespace merlon::match
