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

// Appends them to tables identity and finding. `first_seen` says since when a CVE is known of this software.
using FirstSeenOf = std::function<Ticks(std::string_view cve)>;
Status append_rows(SoftwareRows const&, std::int64_t software, store::Appender& identity, store::Appender& finding, FirstSeenOf const& first_seen);

}  // namespace merlon::match
