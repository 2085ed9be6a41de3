// Matching at work: reads software from the store, identifies it, evaluates what knowledge says of it, writes identities
// and findings. Each distinct software is done once, however many devices have it (docs/decisions/002).
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "match/evaluate.h"
#include "match/lifecycle.h"
#include "model/device.h"
#include "store/engine.h"

namespace merlon::match {

struct MatchOptions {
    Ticks now = 0;
    std::vector<std::int64_t> only;  // software ids; empty: everything
    int window_days = 0;             // of "upcoming" end of support; 0: window_days_of() the data folder
    int threads = 0;                 // 0: one a core; the answer does not depend on it
    std::function<void(std::string_view)> progress;
};

struct MatchReport {
    std::size_t software = 0, assessed = 0, subjects = 0, statements = 0, findings = 0, hidden = 0;
};

// Writes in one transaction: readers see the old findings or the new ones. Findings that remain keep their first_seen.
Result<MatchReport> run(store::Connection&, MatchOptions const&);

// The day (UTC) as of which everything is evaluated that was there then, "" not known: ends of support depend on it.
Result<std::string> evaluated_day(store::Connection&);
Status forget_evaluated_day(store::Connection&);
// Whether that was done by this release with the rules that it has.
Result<bool> evaluated_by_these_rules(store::Connection&);

// The software that a change of knowledge touches, by the subjects of which some statement came, went or changed and the names
// that came or went (store::WriteOutcome): what is identified by one of them or may now be, and packages with findings of
// their upstream product only. run() with `only` then gives what a full run would.
struct Touched {
    bool everything = false;  // so much changed that a full run is the shorter way, or an ecosystem of packages came or went
    std::vector<std::int64_t> software;  // sorted
};
Result<Touched> touched_by(store::Connection&, std::span<std::string const> changed_subjects, std::span<std::string const> changed_names,
                           int threads = 0);

// Clears anew, device by device, what installed updates and local corrections clear. run() does it itself; call it when
// devices, their software or their updates changed and there was nothing to match.
Status clear_findings(store::Connection&, Ticks now);
// The same for these devices alone; returns those on which something else is cleared than before.
Result<std::vector<std::string>> clear_findings_of(store::Connection&, std::span<std::string const> devices, Ticks now);

// One software with all that was found of it.
struct Assessed {
    SoftwareKey key;
    Identity identity;
    SupportFact support;
    std::vector<Finding> findings;
};
// The same for software that is not in the store: `merlon scan`. Sorted as given.
Result<std::vector<Assessed>> assess(store::Connection& knowledge, std::span<SoftwareKey const>, MatchOptions const&);

}  // namespace merlon::match
