#include "advise/remediation.h"

#include "advise/device_groups.h"
#include "advise/remediation_progress.h"
#include "base/text.h"
#include "store/inventory.h"

namespace merlon::advise {
namespace {

constexpr std::string_view columns =
    "id, recommendation, title, description, component, type, vendor, product, scid, recommended_version, "
    "device_groups, quiet, "
    "priority, due, notes, owner, requester_id, requester, state, created, changed, method, completer_id, completer, "
    "ticket, "
    "ticket_state, target_devices, fixed_devices, away_devices";

Remediation read_row(store::Chunk const& chunk, std::size_t row) {
    std::size_t at = 0;
    auto const text = [&] { return std::string(chunk.columns[at++].text(row)); };
    auto const number = [&] { return chunk.columns[at++].int64(row); };
    Remediation one;
    for (auto* field : {&one.id, &one.recommendation, &one.title, &one.description, &one.component, &one.type,
                        &one.vendor, &one.product, &one.scid, &one.recommended_version})
        *field = text();
    one.groups = store::texts_of(text());
    one.quiet = chunk.columns[at++].boolean(row);
    one.priority = text();
    one.due = number();
    for (auto* field : {&one.notes, &one.owner, &one.requester_id, &one.requester, &one.state}) *field = text();
    one.created = number();
    one.changed = number();
    for (auto* field : {&one.method, &one.completer_id, &one.completer, &one.ticket, &one.ticket_state})
        *field = text();
    one.target_devices = number();
    one.fixed_devices = number();
    one.away_devices = number();
    return one;
}

Result<std::vector<Remediation>> read_where(store::Connection& connection, std::string_view where,
                                            std::span<store::Value const> values) {
    std::vector<Remediation> all;
    auto rows = TRY(connection.query("SELECT " + std::string(columns) + " FROM main.remediation " + std::string(where) +
                                         " ORDER BY created, id",
                                     values));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) all.push_back(read_row(*chunk, row));
    return all;
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
    std::array const key{store::Value{one.id}};
    TRY(connection.query("DELETE FROM main.remediation WHERE id = $1", key));
    auto table = TRY(connection.appender("remediation"));
    table.text(one.id)
        .text(one.recommendation)
        .text(one.title)
        .text(one.description)
        .text(one.component)
        .text(one.type);
    table.text(one.vendor)
        .text(one.product)
        .text(one.scid)
        .text(one.recommended_version)
        .text(store::texts_json(one.groups));
    table.boolean(one.quiet)
        .text(one.priority)
        .int64(one.due)
        .text(one.notes)
        .text(one.owner)
        .text(one.requester_id)
        .text(one.requester);
    table.text(one.state)
        .int64(one.created)
        .int64(one.changed)
        .text(one.method)
        .text(one.completer_id)
        .text(one.completer);
    table.text(one.ticket).text(one.ticket_state).int64(one.target_devices).int64(one.fixed_devices);
    TRY(table.int64(one.away_devices).end_row());
    return table.close();
}

Status forget_old_remediations(store::Connection& connection, Ticks now) {
    // M5. As long as the original keeps them.
    std::array const oldest{store::Value{now - 180 * ticks_per_day}};
    TRY(connection.query("DELETE FROM main.remediation WHERE state <> 'Active' AND changed < $1", oldest));
    return connection.execute(
        "DELETE FROM main.remediation_device WHERE remediation NOT IN (SELECT id FROM main.remediation)");
}

}  // namespace merlon::advise
