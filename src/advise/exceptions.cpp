#include "advise/exceptions.h"

#include "advise/device_groups.h"
#include "advise/rows.h"
#include "base/text.h"
#include "store/inventory.h"

namespace merlon::advise {
namespace {

constexpr RowColumn<Exception> columns[] = {
    {"id", &Exception::id}, {"subject", &Exception::subject}, {"kind", &Exception::kind},
    {"title", &Exception::title}, {"scope", &Exception::scope}, {"device_groups", &Exception::groups},
    {"query", &Exception::query}, {"query_time", &Exception::query_time}, {"query_error", &Exception::query_error},
    {"justification", &Exception::justification}, {"notes", &Exception::notes}, {"state", &Exception::state},
    {"created", &Exception::created}, {"created_by", &Exception::created_by}, {"ends", &Exception::ends},
    {"decided", &Exception::decided}, {"decided_by", &Exception::decided_by},
    {"decision_notes", &Exception::decision_notes}, {"ended", &Exception::ended},
    {"ended_by", &Exception::ended_by}, {"ended_reason", &Exception::ended_reason}, {"reopen", &Exception::reopen},
    {"reminder_days", &Exception::reminder_days}, {"reminded", &Exception::reminded},
    {"exploited_then", &Exception::exploited_then}, {"exploit_then", &Exception::exploit_then},
    {"devices_then", &Exception::devices_then}, {"devices", &Exception::devices},
};

Result<std::vector<Exception>> read_where(store::Connection& connection, std::string_view where, std::span<store::Value const> values) {
    return read_records<Exception>(connection, "exception", columns, std::string(where) + " ORDER BY created, id", values);
}

bool is_cve(std::string_view subject) {
    return ascii_lower(subject).starts_with("cve-") || ascii_lower(subject).starts_with("tvm-");
}

std::unexpected<Error> wrong(std::string text, std::string hint) {
    return fail("advise.bad_exception", std::move(text), std::move(hint));
}

// The subject as it is stored, its title, and what is known of it now.
Status find_subject(store::Connection& connection, Exception& one) {
    std::array const key{store::Value{one.subject}};
    if (is_cve(one.subject)) {
        one.kind = "Vulnerability";
        auto rows = TRY(connection.query(
            "SELECT id, title, known_exploited, exploit_public OR exploit_verified OR exploit_in_kit, known_exploited "
            "FROM main.cve WHERE id = upper($1)",
            key));
        auto const chunk = TRY(rows.next());
        if (!chunk) return fail("advise.no_such_cve", clean_text(one.subject, 100));
        one.subject = chunk->columns[0].text(0);
        one.title = chunk->columns[1].text(0).empty() ? chunk->columns[0].text(0) : chunk->columns[1].text(0);
        one.exploited_then = chunk->columns[2].boolean(0);
        one.exploit_then = chunk->columns[3].boolean(0);
        return {};
    }
    one.kind = "Recommendation";
    auto rows = TRY(connection.query(
        "SELECT id, name, known_exploited, public_exploit FROM main.recommendation WHERE lower(id) = lower($1)", key));
    auto const chunk = TRY(rows.next());
    if (!chunk) return fail("advise.no_such_recommendation", clean_text(one.subject, 200));
    one.subject = chunk->columns[0].text(0);
    one.title = chunk->columns[1].text(0);
    one.exploited_then = chunk->columns[2].boolean(0);
    one.exploit_then = chunk->columns[3].boolean(0);
    return {};
}

// The justification as it is spelt; X1.
Status check_justification(Exception& one) {
    auto const& all = justifications();
    std::size_t const usable = one.kind == "Vulnerability" ? all.size() : 4;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!equal_ignoring_ascii_case(all[i], one.justification)) continue;
        if (i >= usable)
            return wrong("«" + all[i] + "» is for a single CVE only",
                         "Make the exception for the CVE, such as CVE-2024-1234.");
        one.justification = all[i];
        return {};
    }
    return wrong(one.justification.empty() ? "a justification is missing"
                                           : "there is no justification «" + clean_text(one.justification, 60) + "»",
                 "Justifications: " + join(std::span(all).first(usable), ", ") + ".");
}

// X3. Every exception has an end, not later than the setting allows.
Status check_end(std::optional<Ticks> ends, ExceptionRules const& rules, Ticks now) {
    auto const latest = now + rules.most_days * ticks_per_day;
    auto const range = "Give a date after now and not later than " + iso_date(latest) + " (setting exceptions.days).";
    if (!ends) return wrong("an end date is missing", range);
    if (*ends <= now) return wrong("the end " + iso_seconds(*ends) + " is past", range);
    if (*ends > latest + ticks_per_day) return wrong("the end " + iso_date(*ends) + " is too far away", range);
    return {};
}

// X5. One global exception a subject, and one for each of its groups. A global one over group ones is allowed.
Status check_others(store::Connection& connection, Exception const& wanted) {
    for (auto const& other : TRY(read_exceptions(connection))) {
        if (!other.open() || other.subject != wanted.subject || other.scope != wanted.scope) continue;
        if (wanted.scope == "Global")
            return fail("advise.exception_exists", wanted.subject, other.id, "for all devices");
        if (wanted.scope == "Query" && other.query == wanted.query)
            return fail("advise.exception_exists", wanted.subject, other.id, "with this query");
        for (auto const& group : wanted.groups)
            if (std::ranges::find(other.groups, group) != other.groups.end())
                return fail("advise.exception_exists", wanted.subject, other.id,
                            "for the device group " + (group.empty() ? "Unassigned" : group));
    }
    return {};
}

Status keep_devices(store::Connection& connection, std::string const& id, std::vector<std::string> const& devices) {
    std::array const key{store::Value{id}};
    TRY(connection.query("DELETE FROM main.exception_device WHERE exception = $1", key));
    auto table = TRY(connection.appender("exception_device"));
    for (auto const& device : devices) TRY(table.text(id).text(device).end_row());
    return table.close();
}

Status require_open(Exception const& one, std::string_view what) {
    if (one.open()) return {};
    return fail("advise.exception_state", one.id, one.state, std::string(what));
}

Status check_reminder(std::int64_t days) {
    if (days >= 0 && days <= 90) return {};
    return wrong("the reminder cannot come " + std::to_string(days) + " days before the end",
                 "Give 0 (none) to 90 days.");
}

}  // namespace

std::vector<std::string> const& justifications() {
    static std::vector<std::string> const all{
        "ThirdPartyControl", "AlternateMitigation", "RiskAccepted", "PlannedRemediation", "NoPatch", "FalsePositive"};
    return all;
}

// X2. Risk accepted and planned remediation mark a recommendation and change no number; the others, and every exception
// of a single CVE, take their devices out.
bool Exception::takes_out() const {
    return kind == "Vulnerability" || justification == "ThirdPartyControl" || justification == "AlternateMitigation";
}

Result<Exception> prepare_exception(store::Connection& connection, NewException const& wanted,
                                    ExceptionRules const& rules, Ticks now) {
    Exception one;
    one.id = wanted.id;
    one.subject = wanted.subject;
    TRY(find_subject(connection, one));
    one.justification = wanted.justification;
    TRY(check_justification(one));
    TRY(check_end(wanted.ends, rules, now));
    TRY(check_reminder(wanted.reminder_days));
    if (!wanted.groups.empty() && !wanted.query.empty())
        return wrong("device groups and a query cannot both be the scope",
                     "Make two exceptions, or say it all in the query.");
    one.scope = !wanted.query.empty() ? "Query" : !wanted.groups.empty() ? "DeviceGroups" : "Global";
    one.groups = wanted.groups;
    TRY(check_groups(connection, one.groups));
    one.query = wanted.query;
    one.query_time = one.query.empty() ? 0 : now;
    one.notes = clean_text(wanted.notes, 4000);
    one.state = rules.approval ? "PendingApproval" : "InEffect";
    one.created = now;
    one.created_by = wanted.who;
    one.ends = *wanted.ends;
    one.reopen = wanted.reopen;
    one.reminder_days = wanted.reminder_days;
    one.devices_then = -1;  // counted when it first takes effect
    TRY(check_others(connection, one));
    return one;
}

Result<Exception> add_exception(store::Connection& connection, NewException const& wanted, ExceptionRules const& rules,
                                Ticks now) {
    auto one = TRY(prepare_exception(connection, wanted, rules, now));
    TRY(save_exception(connection, one));
    if (one.scope == "Query") TRY(keep_devices(connection, one.id, wanted.devices));
    return one;
}

Status change_exception(store::Connection& connection, std::string const& id, ExceptionChange const& change,
                        std::string const& who, ExceptionRules const& rules, Ticks now) {
    auto one = TRY(find_exception(connection, id));
    TRY(require_open(one, "changed"));
    if (change.ends) {
        TRY(check_end(change.ends, rules, now));
        // X4. Where two must agree, a longer life is somebody else's to give too.
        if (rules.approval && one.in_force() && *change.ends > one.ends && one.created_by == who)
            return fail("advise.same_person", who);
        one.ends = *change.ends;
        one.reminded = 0;
    }
    if (change.notes) one.notes = clean_text(*change.notes, 4000);
    if (change.reopen) one.reopen = *change.reopen;
    if (change.reminder_days) {
        TRY(check_reminder(*change.reminder_days));
        one.reminder_days = *change.reminder_days;
    }
    if (change.approve) {
        if (one.state != "PendingApproval")
            return fail("advise.exception_state", one.id, one.state, *change.approve ? "approved" : "rejected");
        // X4. Nobody agrees to their own; taking one's own back is no matter of agreement.
        if (*change.approve && one.created_by == who) return fail("advise.same_person", who);
        one.state = *change.approve ? "InEffect" : "Rejected";
        one.decided = now;
        one.decided_by = who;
        one.decision_notes = clean_text(change.decision_notes, 1000);
        if (!*change.approve) one.ended = now, one.ended_by = who, one.ended_reason = one.decision_notes;
    }
    return save_exception(connection, one);
}

Status cancel_exception(store::Connection& connection, std::string const& id, std::string const& reason,
                        std::string const& who, Ticks now) {
    auto one = TRY(find_exception(connection, id));
    TRY(require_open(one, "cancelled"));
    one.state = "Cancelled";
    one.ended = now;
    one.ended_by = who;
    one.ended_reason = clean_text(reason, 1000);
    return save_exception(connection, one);
}

Result<std::vector<Exception>> read_exceptions(store::Connection& connection) { return read_where(connection, "", {}); }

Result<Exception> find_exception(store::Connection& connection, std::string const& id) {
    std::array const key{store::Value{id}};
    auto found = TRY(read_where(connection, "WHERE lower(id) = lower($1)", key));
    if (found.empty()) return fail("advise.no_such_exception", clean_text(id, 100));
    return std::move(found.front());
}

Status save_exception(store::Connection& connection, Exception const& one) {
    return replace_record<Exception>(connection, "exception", columns, one);
}

Result<std::vector<QueryAnswer>> ask_queries(store::Connection& connection, DeviceQuery const& ask) {
    std::vector<QueryAnswer> answers;
    for (auto const& one : TRY(read_exceptions(connection))) {
        if (!one.open() || one.query.empty()) continue;
        auto devices = ask(one.query);
        if (devices) answers.push_back({one.id, std::move(*devices), ""});
        else answers.push_back({one.id, {}, describe(devices.error())});
    }
    return answers;
}

Status keep_query_answers(store::Connection& connection, std::vector<QueryAnswer> const& answers, Ticks now) {
    for (auto const& answer : answers) {
        auto one = TRY(find_exception(connection, answer.exception));
        one.query_error = answer.problem;
        if (answer.problem.empty()) {
            one.query_time = now;
            TRY(keep_devices(connection, one.id, answer.devices));
        }
        TRY(save_exception(connection, one));
    }
    return {};
}

}  // namespace merlon::advise
