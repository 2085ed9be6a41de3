// What came of a day or a week, in a few lines: the events digest.daily and digest.weekly (docs/notifications.md, N7).
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::advise {

struct DigestLine {
    std::string id;    // exposureScore, secureScore, newVulnerabilities ...; of a recommendation its own
    std::string text;  // one line of words
    std::string page;  // of the portal: "/timeline"
    std::int64_t devices = 0;
    bool detail = false;  // it belongs to the line before
};
struct Digest {
    std::string title;
    std::vector<DigestLine> lines;
};

// The time from `from` until before `to`, with what is to be done now. Inside a scope it is about the scope's devices.
Result<Digest> make_digest(store::Connection&, Ticks from, Ticks to);

}  // namespace merlon::advise
