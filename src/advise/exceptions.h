// Exceptions: devices that need not be fixed for a while, why, and until when (docs/exceptions.md). Reading, checking
// and changing them; what they do to counts and scores is in exception_effects.h.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::advise {

struct Exception {
    std::string id;
    std::string subject;  // id of a recommendation (va-_-..., sca-_-...), or a CVE
    std::string kind;     // Recommendation, Vulnerability
    std::string title;
    std::string scope;  // Global, DeviceGroups, Query
    std::vector<std::string> groups;
    std::string query;
    Ticks query_time = 0;
    std::string query_error;
    std::string justification, notes;
    std::string state;  // PendingApproval InEffect Suspended Rejected Expired Cancelled Reopened
    Ticks created = 0;
    std::string created_by;
    Ticks ends = 0;
    Ticks decided = 0;
    std::string decided_by, decision_notes;
    Ticks ended = 0;
    std::string ended_by, ended_reason;
    bool reopen = false;
    std::int64_t reminder_days = 0;
    Ticks reminded = 0;
    bool exploited_then = false, exploit_then = false;
    std::int64_t devices_then = 0, devices = 0;

    // Not ended in any way.
    bool open() const { return state == "PendingApproval" || in_force(); }
    bool in_force() const { return state == "InEffect" || state == "Suspended"; }
    // Rule X2: whether its devices leave counts and scores.
    bool takes_out() const;
    friend bool operator==(Exception const&, Exception const&) = default;
};

// Justifications, those of CVEs only last.
std::vector<std::string> const& justifications();

// What the settings say.
struct ExceptionRules {
    std::int64_t most_days = 365;  // the latest end, from now
    bool approval = false;         // a second person must agree
};

// What somebody asks for.
struct NewException {
    std::string id, who;  // made by the caller
    std::string subject, justification, notes;
    std::optional<Ticks> ends;
    std::vector<std::string> groups;  // "Unassigned" is no group
    std::string query;
    std::vector<std::string> devices;  // the query's answer, asked by the caller
    bool reopen = false;
    std::int64_t reminder_days = 7;
};

// Checks it against what there is and fills in the rest; nothing is written. The scope is a query, device groups, or
// everything where neither is given. Errors: advise.bad_exception, advise.exception_exists (rule X5),
// advise.no_such_recommendation, advise.no_such_cve.
Result<Exception> prepare_exception(store::Connection&, NewException const&, ExceptionRules const&, Ticks now);
// prepare and write, inside the caller's transaction; counts and scores follow with publish_all().
Result<Exception> add_exception(store::Connection&, NewException const&, ExceptionRules const&, Ticks now);

struct ExceptionChange {
    std::optional<Ticks> ends;
    std::optional<std::string> notes;
    std::optional<bool> reopen;
    std::optional<std::int64_t> reminder_days;
    std::optional<bool> approve;  // false: reject
    std::string decision_notes;
};
// Errors: advise.no_such_exception, advise.exception_state, advise.same_person (rule X4), advise.bad_exception.
Status change_exception(store::Connection&, std::string const& id, ExceptionChange const&, std::string const& who,
                        ExceptionRules const&, Ticks now);
Status cancel_exception(store::Connection&, std::string const& id, std::string const& reason, std::string const& who,
                        Ticks now);

Result<std::vector<Exception>> read_exceptions(store::Connection&);
Result<Exception> find_exception(store::Connection&, std::string const& id);  // advise.no_such_exception
// Replaces the row of the same id.
Status save_exception(store::Connection&, Exception const&);

// ---- Queries as scope. This room knows no KQL: whoever does answers them. -----------------------------------------
using DeviceQuery = std::function<Result<std::vector<std::string>>(std::string const& kql)>;
struct QueryAnswer {
    std::string exception;
    std::vector<std::string> devices;
    std::string problem;  // why there is no answer; the last one stays
};
// Asks for each open exception that has a query. Call it outside a transaction: a query that fails would end it.
Result<std::vector<QueryAnswer>> ask_queries(store::Connection&, DeviceQuery const&);
Status keep_query_answers(store::Connection&, std::vector<QueryAnswer> const&, Ticks now);

}  // namespace merlon::advise
