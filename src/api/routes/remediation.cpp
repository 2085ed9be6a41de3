// POST /api/remediationTasks, PATCH /api/remediationTasks/{id}, POST .../{id}/cancel, GET .../{id}/actions,
// .../{id}/export (docs/remediation.md). Lists are schema/api/remediation_*.json.
#include "advise/remediation_actions.h"
#include "api/auth/secrets.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

// People by their id and name, programs and the local operator by what the audit calls them.
advise::Person person_of(Service& service, HttpRequest const& request) {
    auto const& caller = *request.caller;
    auto const directory = service.gate().directory();
    auto const* user = caller.user.empty() ? nullptr : directory->user(caller.user);
    return {caller.user.empty() ? caller.who : caller.user, user ? user->name : caller.who};
}

Result<std::optional<Ticks>> optional_time(Body const& body, std::string_view name) {
    auto const text = TRY(body.optional_text(name));
    if (!text) return std::optional<Ticks>{};
    auto const time = parse_iso_time(*text);
    if (!time)
        return fail("api.bad_body", "\"" + std::string(name) + "\" is no time", "Write it like 2026-12-31T00:00:00Z.");
    return std::optional<Ticks>(*time);
}

Result<HttpResponse> make(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(
        Body::read(request, {"recommendationId", "type", "rbacGroupNames", "productivityImpactRemediationType",
                             "priority", "dueOn", "requesterNotes", "owner"}));
    advise::NewRemediation wanted;
    wanted.id = new_id();
    wanted.by = person_of(service, request);
    wanted.recommendation = TRY(body.text("recommendationId"));
    wanted.type = TRY(body.optional_text("type")).value_or("");
    wanted.groups = TRY(body.texts("rbacGroupNames"));
    auto const reach = TRY(body.optional_text("productivityImpactRemediationType")).value_or("AllExposedAssets");
    if (reach != "AllExposedAssets" && reach != "NonProductivityImpactedAssets")
        return fail(
            "api.bad_body",
            "\"productivityImpactRemediationType\" is neither AllExposedAssets nor NonProductivityImpactedAssets",
            "Leave it out for all.");
    wanted.quiet = reach == "NonProductivityImpactedAssets";
    wanted.priority = TRY(body.optional_text("priority")).value_or("Medium");
    wanted.due = TRY(optional_time(body, "dueOn"));
    wanted.notes = TRY(body.optional_text("requesterNotes")).value_or("");
    wanted.owner = TRY(body.optional_text("owner")).value_or("");
    auto const now = now_ticks();
    TRY(service.writer().run([&](store::Connection& connection) -> Status {
        TRY(advise::add_remediation(connection, wanted, now));
        return {};
    }));
    return entity_response(service, request, "remediationTasks", wanted.id, 201);
}

Status change(Service& service, HttpRequest const& request, std::string const& id,
              advise::RemediationChange const& wanted) {
    auto const now = now_ticks();
    auto const by = person_of(service, request);
    return service.writer().run(
        [&](store::Connection& connection) { return advise::change_remediation(connection, id, wanted, by, now); });
}

Result<HttpResponse> edit(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const body = TRY(
        Body::read(request, {"status", "requesterNotes", "owner", "dueOn", "priority", "ticket", "ticketStatus"}));
    advise::RemediationChange wanted;
    if (auto const status = TRY(body.optional_text("status"))) {
        if (*status != "Completed")
            return fail("api.bad_body", "\"status\" can be set to Completed only",
                        "POST .../cancel ends an activity that is not to be done.");
        wanted.complete = true;
    }
    wanted.notes = TRY(body.optional_text("requesterNotes"));
    wanted.owner = TRY(body.optional_text("owner"));
    wanted.due = TRY(optional_time(body, "dueOn"));
    wanted.priority = TRY(body.optional_text("priority"));
    wanted.ticket = TRY(body.optional_text("ticket"));
    wanted.ticket_state = TRY(body.optional_text("ticketStatus"));
    TRY(change(service, request, parts[0], wanted));
    return entity_response(service, request, "remediationTasks", parts[0], 200);
}

Result<HttpResponse> cancel(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    if (!request.body.empty()) TRY(Body::read(request, {}));
    advise::RemediationChange wanted;
    wanted.cancel = true;
    TRY(change(service, request, parts[0], wanted));
    return entity_response(service, request, "remediationTasks", parts[0], 200);
}

HttpResponse file_response(std::string name, std::string type, std::string text) {
    HttpResponse response;
    response.content_type = std::move(type);
    response.body = std::move(text);
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
    return response;
}

Result<HttpResponse> actions(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    std::vector<std::string> devices;
    std::string wanted;
    for (auto const& [name, value] : request.options()) {
        if (name == "device") devices.push_back(value);
        else if (name == "kind") wanted = value;
        else return fail("odata.unknown_option", name);
    }
    auto const kind = advise::action_kind(wanted);
    if (!kind) return fail("odata.bad_option", "kind", wanted, "Kinds: shell, powershell, ansible.");
    auto const connection = TRY(service.lease());
    auto const task = TRY(advise::find_remediation(*connection, parts[0]));
    auto const facts = TRY(advise::action_facts(*connection, task, devices));
    return file_response(advise::action_file(*kind, task), "text/plain; charset=utf-8",
                         advise::write_action(*kind, task, facts));
}

// A cell as spreadsheets read it (RFC 4180), with what they would take for a formula made harmless.
std::string csv_cell(std::string_view text) {
    std::string value(text.empty() || std::string_view("=+-@\t\r").find(text.front()) == std::string_view::npos ? ""
                                                                                                                : "'");
    value += text;
    if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
    return "\"" + replace_all(value, "\"", "\"\"") + "\"";
}

Result<HttpResponse> export_devices(Service& service, HttpRequest const&, std::vector<std::string> const& parts) {
    auto const connection = TRY(service.lease());
    auto const task = TRY(advise::find_remediation(*connection, parts[0]));
    std::array const key{store::Value{task.id}, store::Value{task.vendor}, store::Value{task.product}};
    auto rows = TRY(
        connection->query("SELECT t.device, coalesce(d.name, ''), coalesce(d.os_platform, ''), "
                          "coalesce(nullif(d.device_group, ''), 'Unassigned'), t.state, t.changed, "
                          "coalesce((SELECT string_agg(DISTINCT y.version, '; ' ORDER BY y.version) FROM main.installation i JOIN main.identity y ON y.software = i.software "
                          "WHERE i.device = t.device AND y.vendor = $2 AND y.product = $3 AND $3 <> ''), '') "
                          "FROM main.remediation_device t LEFT JOIN main.device d ON d.id = t.device WHERE "
                          "t.remediation = $1 ORDER BY d.name, t.device",
                          key));
    std::string text = "device id,device,platform,device group,state,since,installed version,go to version,activity,priority,due\r\n";
    // A ticket system wants each line to stand for itself.
    auto const same = csv_cell(task.recommended_version) + "," + csv_cell(task.title) + "," + csv_cell(task.priority) + "," + (task.due > 0 ? iso_date(task.due) : "") + "\r\n";
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            for (std::size_t i = 0; i < 5; ++i) text += csv_cell(chunk->columns[i].text(row)) + ",";
            text += iso_seconds(chunk->columns[5].int64(row)) + "," + csv_cell(chunk->columns[6].text(row)) + "," + same;
        }
    return file_response("remediation-" + task.id + ".csv", "text/csv; charset=utf-8", std::move(text));
}

}  // namespace

void add_remediation_routes(std::vector<Route>& all) {
    std::string const read("RemediationTasks.Read.All"), write("RemediationTasks.ReadWrite.All");
    all.push_back({"POST", "api/remediationTasks", write, make});
    all.push_back({"PATCH", "api/remediationTasks/{}", write, edit});
    all.push_back({"POST", "api/remediationTasks/{}/cancel", write, cancel});
    all.push_back({"GET", "api/remediationTasks/{}/actions", read, actions});
    all.push_back({"GET", "api/remediationTasks/{}/export", read, export_devices});
}

}  // namespace merlon::api
