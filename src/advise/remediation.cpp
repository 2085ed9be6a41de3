#include "advise/remediation.h"

#include "advise/device_groups.h"
#include "advise/remediation_progress.h"
#include "advise/rows.h"
#include "base/text.h"
#include "store/inventory.h"

namespace merlon::advise {
namespace {

constexpr RowColumn<Remediation> columns[] = {
    {"id", &Remediation::id}, {"recommendation", &Remediation::recommendation}, {"title", &Remediation::title},
    {"description", &Remediation::description}, {"component", &Remediation::component},
    {"type", &Remediation::type}, {"vendor", &Remediation::vendor}, {"product", &Remediation::product},
    {"scid", &Remediation::scid}, {"recommended_version", &Remediation::recommended_version},
    {"device_groups", &Remediation::groups}, {"quiet", &Remediation::quiet}, {"priority", &Remediation::priority},
    {"due", &Remediation::due}, {"notes", &Remediation::notes}, {"owner", &Remediation::owner},
    {"requester_id", &Remediation::requester_id}, {"requester", &Remediation::requester},
    {"state", &Remediation::state}, {"created", &Remediation::created}, {"changed", &Remediation::changed},
    {"method", &Remediation::method}, {"completer_id", &Remediation::completer_id},
    {"completer", &Remediation::completer}, {"ticket", &Remediation::ticket},
    {"ticket_state", &Remediation::ticket_state}, {"target_devices", &Remediation::target_devices},
    {"fixed_devices", &Remediation::fixed_devices}, {"away_devices", &Remediation::away_devices},
};

Result<std::vector<Remediation>> read_where(store::Connection& connection, std::string_view where, std::span<store::Value const> values) {
    return read_records<Remediation>(connection, "remediation", columns, std::string(where) + " ORDER BY created, id", values);
}

std::unexpected<Error> wrong(std::string text, std::string hint) {
    return fail("advise.bad_remediation", std::move(text), std::move(hint));
}

// The recommendation's own facts; `quiet` gets how many devices' users would notice nothing.
Result<Remediation> from_recommendation(store::Connection& connection, std::string const& id, std::int64_t& quiet) {
    std::array const key{store::Value{id}};
    auto rows = TRY(connection.query(
        "SELECT id, name, description, component, type, vendor, product, scid, recommended_version, quiet_devices "
        "FROM main.recommendation WHERE lower(id) = lower($1)",
        key));
    auto const chunk = TRY(rows.next());
    if (!chunk) return fail("advise.no_such_recommendation", clean_text(id, 200));
    Remediation one;
    std::size_t at = 0;
    for (auto* field : {&one.recommendation, &one.title, &one.description, &one.component, &one.type, &one.vendor,
                        &one.product, &one.scid, &one.recommended_version})
        *field = chunk->columns[at++].text(0);
    quiet = chunk->columns[at].int64(0);
    return one;
}

// M1. What may be asked for: what the recommendation says; a product can always be removed instead.
Status choose_type(Remediation& one, std::string const& wanted) {
    if (wanted.empty() || equal_ignoring_ascii_case(wanted, one.type)) return {};
    if (one.scid.empty() && equal_ignoring_ascii_case(wanted, "Uninstall")) {
        one.type = "Uninstall";
        one.title = "Uninstall " + one.component;
        one.recommended_version.clear();
        return {};
    }
    return wrong("«" + clean_text(wanted, 60) + "» is no option of this recommendation",
                 "Options: " + one.type + (one.scid.empty() && one.type != "Uninstall" ? ", Uninstall." : "."));
}

Status check_priority(std::string& priority) {
    for (std::string_view const known : {"High", "Medium", "Low"})
        if (equal_ignoring_ascii_case(priority, known)) {
            priority = known;
            return {};
        }
    return wrong("there is no priority «" + clean_text(priority, 30) + "»", "Priorities: High, Medium, Low.");
}

Status check_due(Remediation const& one, std::optional<Ticks> due, Ticks now) {
    if (one.watches_only()) {
        if (due) return wrong("what can only be watched has no due date", "Leave the due date out.");
        return {};
    }
    if (!due) return wrong("a due date is missing", "Give a date after now.");
    if (*due <= now) return wrong("the due date " + iso_date(*due) + " is past", "Give a date after now.");
    if (*due > now + 3660 * ticks_per_day)
        return wrong("the due date " + iso_date(*due) + " is too far away", "Give a date within ten years.");
    return {};
}

}  // namespace

Result<Remediation> add_remediation(store::Connection& connection, NewRemediation const& wanted, Ticks now) {
    std::int64_t quiet_devices = 0;
    auto one = TRY(from_recommendation(connection, wanted.recommendation, quiet_devices));
    one.id = wanted.id;
    TRY(choose_type(one, wanted.type));
    one.groups = wanted.groups;
    TRY(check_groups(connection, one.groups));
    if (wanted.quiet && quiet_devices == 0)
        return wrong("users may notice the change on every device",
                     "Leave out the limit to devices whose users notice nothing.");
    one.quiet = wanted.quiet;
    one.priority = wanted.priority;
    TRY(check_priority(one.priority));
    TRY(check_due(one, wanted.due, now));
    one.due = wanted.due.value_or(0);
    one.notes = clean_text(wanted.notes, 4000);
    one.owner = clean_text(wanted.owner, 200);
    one.requester_id = wanted.by.id;
    one.requester = wanted.by.name;
    one.state = "Active";
    one.created = one.changed = now;
    TRY(target_devices(connection, one, now));
    TRY(save_remediation(connection, one));
    return one;
}

Status change_remediation(store::Connection& connection, std::string const& id, RemediationChange const& change,
                          Person const& by, Ticks now) {
    auto one = TRY(find_remediation(connection, id));
    if (one.state != "Active") return fail("advise.remediation_state", one.id, one.state);
    if (change.priority) {
        one.priority = *change.priority;
        TRY(check_priority(one.priority));
    }
    if (change.due) {
        TRY(check_due(one, change.due, now));
        one.due = *change.due;
    }
    if (change.notes) one.notes = clean_text(*change.notes, 4000);
    if (change.owner) one.owner = clean_text(*change.owner, 200);
    if (change.ticket) one.ticket = clean_text(*change.ticket, 500);
    if (change.ticket_state) one.ticket_state = clean_text(*change.ticket_state, 60);
    if (change.complete || change.cancel) {
        one.state = change.complete ? "Completed" : "Cancelled";
        one.changed = now;
        if (change.complete) one.method = "Manual", one.completer_id = by.id, one.completer = by.name;
    }
    return save_remediation(connection, one);
}

Result<std::vector<Remediation>> read_remediations(store::Connection& connection) {
    return read_where(connection, "", {});
}

Result<Remediation> find_remediation(store::Connection& connection, std::string const& id) {
    std::array const key{store::Value{id}};
    auto found = TRY(read_where(connection, "WHERE lower(id) = lower($1)", key));
    if (found.empty()) return fail("advise.no_such_remediation", clean_text(id, 100));
    return std::move(found.front());
}

Status save_remediation(store::Connection& connection, Remediation const& one) {
    return replace_record<Remediation>(connection, "remediation", columns, one);
}

Status forget_old_remediations(store::Connection& connection, Ticks now) {
    // M5. As long as the original keeps them.
    std::array const oldest{store::Value{now - 180 * ticks_per_day}};
    TRY(connection.query("DELETE FROM main.remediation WHERE state <> 'Active' AND changed < $1", oldest));
    return connection.execute(
        "DELETE FROM main.remediation_device WHERE remediation NOT IN (SELECT id FROM main.remediation)");
}

}  // namespace merlon::advise
