// Custom detections: made, changed, tried and run. The lists of them and of their runs are resources of schema/api.
#include "api/auth/gate.h"
#include "api/auth/secrets.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"
#include "hunt/detections/detection.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;

constexpr std::string_view one_detection = "api/customDetections/{}";
Result<Body> read_body(HttpRequest const& request) {
    return Body::read(request, {"name", "query", "frequencyMinutes", "lookbackMinutes", "severity", "category", "title", "description",
                                "recommendedAction", "mitreTechniques", "actions", "enabled"});
}

// What the body says, over what there was.
Status take(Body const& body, hunt::Detection& into) {
    for (auto const& [name, place] : {std::pair{"name", &into.name}, std::pair{"query", &into.query}, std::pair{"severity", &into.severity},
                                      std::pair{"category", &into.category}, std::pair{"title", &into.title}, std::pair{"description", &into.description},
                                      std::pair{"recommendedAction", &into.recommended_action}})
        if (auto const text = TRY(body.optional_text(name))) *place = *text;
    if (auto const minutes = TRY(body.optional_integer("frequencyMinutes"))) into.frequency_minutes = *minutes;
    if (auto const minutes = TRY(body.optional_integer("lookbackMinutes"))) into.lookback_minutes = *minutes;
    if (auto const enabled = TRY(body.optional_flag("enabled"))) into.enabled = *enabled;
    if (auto techniques = TRY(body.optional_texts("mitreTechniques"))) into.techniques = std::move(*techniques);
    if (auto const actions = json::member(body.root(), "actions"); actions && !json::is_null(*actions)) {
        into.actions.clear();
        for (auto const one : json::array(*actions)) {
            simdjson::dom::object object;
            if (!json::is_array(*actions) || one.get(object)) return fail("api.bad_body", "\"actions\" is no list of objects", "Send [{\"type\": \"tag\", \"value\": \"suspicious\"}].");
            for (auto const [key, value] : object)
                if ((key != "type" && key != "value") || !json::is_string(value))
                    return fail("api.bad_body", "\"" + clean_text(key, 50) + "\" is no member of an action", "Send type and value.");
            into.actions.push_back({std::string(json::text(one, "type")), std::string(json::text(one, "value"))});
        }
    }
    return {};
}

// The error of a query points into the query.
std::optional<HttpResponse> refused(Status const& checked, hunt::Detection const& detection) {
    if (checked) return {};
    return error_response(checked.error(), checked.error().span ? std::string_view(detection.query) : std::string_view{});
}

Result<hunt::Detection> existing(Service& service, std::string const& named) {
    auto connection = TRY(service.lease());
    return hunt::read_detection(*connection, named);
}

Result<HttpResponse> create(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(read_body(request));
    hunt::Detection made;
    TRY(take(body, made));
    if (auto response = refused(hunt::check_detection(made), made)) return std::move(*response);
    made.id = new_id();
    made.next_run = now_ticks();
    TRY(service.writer().run([&](store::Connection& c) { return hunt::write_detection(c, made, request.caller->who, now_ticks()); }));
    auto response = TRY(answer_as(service, request, one_detection, {made.id}));
    response.status = 201;
    return response;
}

Result<HttpResponse> edit(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(read_body(request));
    auto changed = TRY(existing(service, parts[0]));
    TRY(take(body, changed));
    if (auto response = refused(hunt::check_detection(changed), changed)) return std::move(*response);
    TRY(service.writer().run([&](store::Connection& c) { return hunt::write_detection(c, changed, request.caller->who, now_ticks()); }));
    return answer_as(service, request, one_detection, {changed.id});
}

Result<HttpResponse> remove(Service& service, HttpRequest const&, Parts const& parts) {
    auto const gone = TRY(existing(service, parts[0]));
    TRY(service.writer().run([&](store::Connection& c) { return hunt::remove_detection(c, gone.id); }));
    return nothing();
}

HttpResponse described(hunt::DetectionOutcome const& outcome, bool dry) {
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("dryRun", dry);
    json.member("rows", outcome.rows);
    json.member("truncated", outcome.truncated);
    json.member("elapsedMs", outcome.elapsed_ms);
    json.key("error");
    if (outcome.error.empty()) json.null();
    else json.string(outcome.error);
    json.key("machineIds");
    json.begin_array();
    for (auto const& id : outcome.devices) json.string(id);
    json.end_array();
    json.key("alerts");
    json.begin_array();
    for (auto const& [alert, detail] : outcome.alerts) {
        json.begin_object();
        if (!dry) json.member("id", alert.id);
        json.member("machineId", alert.device_id);
        json.member("title", alert.title);
        json.member("severity", alert.severity);
        json.member("firstEventTime", iso_time(detail.first_event));
        json.member("lastEventTime", iso_time(detail.last_event));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

Result<hunt::DetectionOutcome> tried(Service& service, hunt::Detection const& detection, Ticks now) {
    auto connection = TRY(service.lease());
    return hunt::try_detection(*connection, detection, now);
}

Result<HttpResponse> run_now(Service& service, HttpRequest const& request, Parts const& parts) {
    bool dry = false;
    if (!trim(request.body).empty()) dry = TRY(TRY(Body::read(request, {"dryRun"})).optional_flag("dryRun")).value_or(false);
    auto const detection = TRY(existing(service, parts[0]));
    auto const now = now_ticks();
    auto const outcome = TRY(tried(service, detection, now));
    if (!dry) {
        TRY(service.writer().run([&](store::Connection& c) { return hunt::finish_detection(c, detection, outcome, now); }));
        if (!outcome.devices.empty()) TRY(service.recompute(Service::Changed::other));
    }
    return described(outcome, dry);
}

// What one that is not saved yet would raise.
Result<HttpResponse> dry_run(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(read_body(request));
    hunt::Detection detection;
    detection.name = "dry run";
    TRY(take(body, detection));
    if (auto response = refused(hunt::check_detection(detection), detection)) return std::move(*response);
    return described(TRY(tried(service, detection, now_ticks())), true);
}

}  // namespace

void add_detection_routes(std::vector<Route>& all) {
    std::string const write = "CustomDetection.ReadWrite.All", one(one_detection);
    all.push_back({"POST", "api/customDetections", write, create});
    all.push_back({"POST", "api/customDetections/dryRun", write, dry_run});
    all.push_back({"PATCH", one, write, edit});
    all.push_back({"DELETE", one, write, remove});
    all.push_back({"POST", one + "/run", write, run_now});
}

}  // namespace merlon::api
