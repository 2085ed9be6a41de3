// The order in which rooms are put to work when something changed: store, match, publish exposure. `now` is the moment at which
// it happens: a past one only for a fleet whose past is made up (server/demo_past.h).
#pragma once
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fleet/publish.h"
#include "model/alert.h"
#include "model/device.h"
#include "model/knowledge.h"
#include "store/engine.h"
#include "store/knowledge.h"

namespace merlon::server {

// Takes lines about how far long work is.
using Say = std::function<void(std::string_view)>;

struct Written {
    std::size_t devices = 0, changed = 0;
    std::vector<std::int64_t> new_software;  // to be matched
};
// Writes the reports of one input: all or none.
Result<Written> write_reports(store::Connection&, std::span<DeviceReport const>, Ticks now = now_ticks());

// What loads of feeds changed.
struct KnowledgeChange {
    std::vector<std::string> subjects;  // of which statements changed
    std::vector<std::string> names;     // that came or went
    bool everything = false;            // life cycles or something else that concerns all software
    std::int64_t loads = 0;             // of which it knows
    void add(store::WriteOutcome const&);
};
// After knowledge changed: the CVE table is made anew and, when `match`, what the change touches is evaluated again. Everything is,
// where a load was not matched that the change does not know of, or what is stored is of another release's rules.
Status knowledge_changed(store::Connection&, KnowledgeChange const&, bool match, Say const&, Ticks now = now_ticks());
// The same when nobody knows what changed.
inline Status knowledge_changed(store::Connection& connection, bool match, Say const& say, Ticks now = now_ticks()) {
    return knowledge_changed(connection, {.subjects = {}, .names = {}, .everything = true, .loads = 0}, match, say, now);
}
// After inventory changed: the new software is matched, exposure is published.
Status inventory_changed(store::Connection&, std::span<std::int64_t const> new_software, Say const&, Ticks now = now_ticks());
// What ran out by the clock while no server ran: corrections with an end.
Status end_what_ran_out(store::Connection&, Ticks now);
// Everything again.
Status match_everything(store::Connection&, Say const&, Ticks now = now_ticks());
// Whether a day (UTC) has begun since everything was evaluated, or knowledge or rules are others since; and there is something to evaluate.
Result<bool> evaluation_due(store::Connection&, Ticks now);

// The starter knowledge that travels in the binary; a part that is loaded already is skipped. Returns the number of
// records that were new. `unknown`, where given, says which records are left out for now: a later call without it, or with
// another, loads the parts that lacked some.
using Unknown = std::function<bool(KnowledgeRecord const&)>;
Result<std::int64_t> load_starter_knowledge(store::Connection&, Say const&, Unknown const& unknown = {}, Ticks now = now_ticks());

}  // namespace merlon::server
