// POST /api/exceptions, PATCH /api/exceptions/{id}, POST /api/exceptions/{id}/cancel, POST /api/exceptions/preview
// (docs/exceptions.md). Lists are schema/api/exceptions.json.
#include "advise/answers.h"
#include "advise/publish.h"
#include "api/auth/permissions.h"
#include "api/auth/secrets.h"
#include "api/device_query.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::string_view reading = "Exception.Read.All", writing = "Exception.ReadWrite.All";
constexpr std::string_view hunting = "AdvancedQuery.Read.All";

Result<std::optional<Ticks>> optional_time(Body const& body, std::string_view name) {
    auto const text = TRY(body.optional_text(name));
    if (!text) return std::optional<Ticks>{};
    auto const time = parse_iso_time(*text);
    if (!time)
        return fail("api.bad_body", "\"" + std::string(name) + "\" is no time", "Write it like 2026-12-31T00:00:00Z.");
    return std::optional<Ticks>(*time);
}

Result<advise::NewException> read_wanted(Body const& body, HttpRequest const& request) {
    advise::NewException wanted;
    wanted.id = new_id();
    wanted.who = request.caller->who;
    wanted.subject = TRY(body.text("subjectId"));
    wanted.justification = TRY(body.text("justification"));
    wanted.notes = TRY(body.optional_text("notes")).value_or("");
    wanted.ends = TRY(optional_time(body, "endsOn"));
    wanted.groups = TRY(body.texts("deviceGroups"));
    wanted.query = TRY(body.optional_text("query")).value_or("");
    wanted.reopen = TRY(body.optional_flag("reopenWhenWorse")).value_or(false);
    wanted.reminder_days = TRY(body.optional_integer("reminderDays")).value_or(wanted.reminder_days);
    return wanted;
}

Result<Body> read_body(HttpRequest const& request) {
    return Body::read(request, {"subjectId", "justification", "notes", "endsOn", "deviceGroups", "query",
                                "reopenWhenWorse", "reminderDays"});
}

// A query shows which devices it fits, so it asks for the right to hunt as well.
bool may_ask(HttpRequest const& request, std::string const& query) {
    return query.empty() || holds(request.caller->permissions, hunting);
}

HttpResponse may_not_hunt() {
    return refusal(403, "Forbidden", "A query as scope needs the permission " + std::string(hunting) + " as well.");
}

// Makes the change, and everything that follows from it before it is answered: what is answered is what lists then say.
Status change_and_publish(Service& service, std::function<Status(store::Connection&, Ticks)> const& change) {
    auto const now = now_ticks();
    auto const& publish = service.options().publish;
    TRY(service.writer().run([&, now](store::Connection& connection) -> Status {
        TRY(change(connection, now));
        if (!publish) TRY(advise::publish_all(connection, now));
        return {};
    }));
    return publish ? publish(false) : Status{};
}

Result<HttpResponse> make(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(read_body(request));
    auto wanted = TRY(read_wanted(body, request));
    if (!may_ask(request, wanted.query)) return may_not_hunt();
    if (!wanted.query.empty()) {
        auto const connection = TRY(service.lease());
        auto devices = devices_of_query(*connection, wanted.query);
        if (!devices) return error_response(devices.error(), wanted.query);
        wanted.devices = std::move(*devices);
    }
    TRY(change_and_publish(service, [&](store::Connection& connection, Ticks now) -> Status {
        TRY(advise::add_exception(connection, wanted, service.options().exceptions, now));
        return {};
    }));
    return entity_response(service, request, "exceptions", wanted.id, 201);
}

Result<HttpResponse> edit(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const body = TRY(
        Body::read(request, {"endsOn", "notes", "reopenWhenWorse", "reminderDays", "decision", "decisionNotes"}));
    advise::ExceptionChange change;
    change.ends = TRY(optional_time(body, "endsOn"));
    change.notes = TRY(body.optional_text("notes"));
    change.reopen = TRY(body.optional_flag("reopenWhenWorse"));
    change.reminder_days = TRY(body.optional_integer("reminderDays"));
    if (auto const decision = TRY(body.optional_text("decision"))) {
        if (*decision != "approve" && *decision != "reject")
            return fail("api.bad_body", "\"decision\" is neither approve nor reject",
                        R"(Send {"decision": "approve"}.)");
        change.approve = *decision == "approve";
    }
    change.decision_notes = TRY(body.optional_text("decisionNotes")).value_or("");
    TRY(change_and_publish(service, [&](store::Connection& connection, Ticks now) {
        return advise::change_exception(connection, parts[0], change, request.caller->who, service.options().exceptions,
                                        now);
    }));
    return entity_response(service, request, "exceptions", parts[0], 200);
}

Result<HttpResponse> cancel(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    std::string reason;
    if (!request.body.empty()) reason = TRY(TRY(Body::read(request, {"reason"})).optional_text("reason")).value_or("");
    TRY(change_and_publish(service, [&](store::Connection& connection, Ticks now) {
        return advise::cancel_exception(connection, parts[0], reason, request.caller->who, now);
    }));
    return entity_response(service, request, "exceptions", parts[0], 200);
}

Result<HttpResponse> preview(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(read_body(request));
    auto wanted = TRY(read_wanted(body, request));
    if (!may_ask(request, wanted.query)) return may_not_hunt();
    auto const now = now_ticks();
    if (!wanted.ends) wanted.ends = now + ticks_per_day;  // an end changes nothing of the effect
    auto const connection = TRY(service.lease());
    if (!wanted.query.empty()) {
        auto devices = devices_of_query(*connection, wanted.query);
        if (!devices) return error_response(devices.error(), wanted.query);
        wanted.devices = std::move(*devices);
    }
    auto const one = TRY(advise::prepare_exception(*connection, wanted, service.options().exceptions, now));
    auto const effect = TRY(advise::preview_exception(*connection, one, wanted.devices, now));
    HttpResponse response;
    response.body = advise::answer_json(one, effect);
    return response;
}

}  // namespace

void add_exception_routes(std::vector<Route>& all) {
    std::string const read(reading), write(writing);
    all.push_back({"POST", "api/exceptions", write, make});
    all.push_back({"POST", "api/exceptions/preview", read, preview});
    all.push_back({"PATCH", "api/exceptions/{}", write, edit});
    all.push_back({"POST", "api/exceptions/{}/cancel", write, cancel});
}

}  // namespace merlon::api
