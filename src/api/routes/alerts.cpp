// Alerts (specification, section 12): what people do about them, and the way in for alerts of other tools. The lists are
// resources of schema/api.
#include "api/auth/gate.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/alert_handling.h"
#include "store/device_facts.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;

constexpr std::string_view one_alert = "api/alerts/{}";
constexpr std::size_t most_alerts = 1000;

// The alert under this id, as the caller sees it.
Result<std::string> alert_id(Service& service, std::string const& named) {
    auto connection = TRY(service.lease());
    std::array const name{store::Value{named}};
    auto const id = TRY(connection->scalar("SELECT id FROM main.alert WHERE lower(id) = lower($1)", name));
    if (auto const* text = std::get_if<std::string>(&id)) return *text;
    return fail("api.no_such", "Alerts", clean_text(named, 100));
}

// ---- What people do -----------------------------------------------------------------------------------------

Result<store::AlertChange> alert_change(Body const& body) {
    store::AlertChange change;
    change.status = TRY(body.optional_text("status"));
    change.assigned_to = TRY(body.optional_text("assignedTo"));
    change.classification = TRY(body.optional_text("classification"));
    change.determination = TRY(body.optional_text("determination"));
    change.comment = TRY(body.optional_text("comment")).value_or("");
    if (!change.status && !change.assigned_to && !change.classification && !change.determination && change.comment.empty())
        return fail("api.bad_body", "there is nothing to change", "Send status, assignedTo, classification, determination or comment.");
    TRY(store::check_alert_change(change));
    return change;
}

Status change(Service& service, HttpRequest const& request, std::vector<std::string> const& ids, store::AlertChange const& wanted) {
    TRY(service.writer().run([&](store::Connection& c) { return store::change_alerts(c, ids, wanted, request.caller->who, now_ticks()); }));
    return wanted.status ? service.recompute(Service::Changed::other) : Status{};  // only open alerts count
}

Result<HttpResponse> update(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(Body::read(request, {"status", "assignedTo", "classification", "determination", "comment"}));
    auto const wanted = TRY(alert_change(body));
    auto const id = TRY(alert_id(service, parts[0]));
    TRY(change(service, request, {id}, wanted));
    return answer_as(service, request, one_alert, {id});
}

Result<HttpResponse> update_many(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(Body::read(request, {"alertIds", "status", "assignedTo", "classification", "determination", "comment"}));
    auto const wanted = TRY(alert_change(body));
    auto const named = TRY(body.texts("alertIds"));
    if (named.empty()) return fail("api.bad_body", "\"alertIds\" is missing or empty", "Send the ids of the alerts.");
    if (named.size() > most_alerts) return fail("api.too_many", std::to_string(named.size()), std::to_string(most_alerts));
    std::vector<std::string> ids;
    for (auto const& one : named) ids.push_back(TRY(alert_id(service, one)));
    TRY(change(service, request, ids, wanted));
    return HttpResponse{};
}

Result<HttpResponse> its_machine(Service& service, HttpRequest const& request, Parts const& parts) {
    std::string device;
    {
        auto const id = TRY(alert_id(service, parts[0]));
        auto connection = TRY(service.lease());
        std::array const which{store::Value{id}};
        auto const found = TRY(connection->scalar("SELECT device FROM main.alert WHERE id = $1", which));
        if (auto const* text = std::get_if<std::string>(&found)) device = *text;
    }
    return answer_as(service, request, "api/machines/{}", {device});
}

// ---- Alerts of other tools ----------------------------------------------------------------------------------

struct EvidenceField {
    char const* name;
    std::string AlertEntity::* place;
};
constexpr EvidenceField evidence_fields[] = {
    {"entityType", &AlertEntity::type},     {"fileName", &AlertEntity::file_name},        {"filePath", &AlertEntity::folder_path},
    {"sha1", &AlertEntity::sha1},           {"sha256", &AlertEntity::sha256},             {"ipAddress", &AlertEntity::remote_ip},
    {"url", &AlertEntity::remote_url},      {"accountName", &AlertEntity::account_name},  {"domainName", &AlertEntity::account_domain},
    {"userSid", &AlertEntity::account_sid}, {"userPrincipalName", &AlertEntity::account_upn},
    {"processCommandLine", &AlertEntity::process_command_line},
    {"registryKey", &AlertEntity::registry_key}, {"registryValueName", &AlertEntity::registry_value_name},
    {"registryValue", &AlertEntity::registry_value_data}};

// One alert in the words of the API. A member that is not known is refused by name.
Result<store::DetailedAlert> alert_of(store::Connection& connection, json::Value value, Ticks now) {
    simdjson::dom::object object;
    if (value.get(object)) return fail("alerts.bad", "it is no JSON object");
    store::DetailedAlert made;
    auto& [alert, detail] = made;
    std::string device;
    auto const time = [&](json::Value of, Ticks& into) -> Status {
        auto const at = parse_iso_time(json::text(of));
        if (!at) return fail("alerts.bad", "«" + clean_text(json::text(of), 50) + "» is no time");
        into = std::min(*at, now);
        return {};
    };
    for (auto const [key, of] : object) {
        if (key == "id") alert.id = json::text(of);
        else if (key == "title") alert.title = json::text(of);
        else if (key == "description") detail.description = json::text(of);
        else if (key == "recommendedAction") detail.recommended_action = json::text(of);
        else if (key == "severity") alert.severity = TRY(store::alert_severity(json::text(of)));
        else if (key == "category") alert.category = json::text(of);
        else if (key == "status") alert.status = json::text(of);
        else if (key == "detectionSource") alert.detection_source = json::text(of);
        else if (key == "serviceSource") alert.service_source = json::text(of);
        else if (key == "detectorId") detail.detector = json::text(of);
        else if (key == "machineId" || key == "computerDnsName") device = device.empty() || key == "machineId" ? std::string(json::text(of)) : device;
        else if (key == "alertCreationTime") TRY(time(of, alert.time));
        else if (key == "firstEventTime") TRY(time(of, detail.first_event));
        else if (key == "lastEventTime") TRY(time(of, detail.last_event));
        else if (key == "mitreTechniques")
            for (auto const one : json::array(of)) alert.techniques.emplace_back(json::text(one));
        else if (key == "evidence")
            for (auto const one : json::array(of)) {
                auto& entity = alert.evidence.emplace_back();
                for (auto const& [name, place] : evidence_fields) entity.*place = json::text(one, name);
                entity.role = "Related";
            }
        else return fail("alerts.bad", "there is no member \"" + clean_text(key, 50) + "\"");
    }
    if (trim(alert.title).empty()) return fail("alerts.bad", "it has no title");
    if (alert.severity.empty()) return fail("alerts.bad", "it has no severity");
    alert.device_id = TRY(store::device_named(connection, device)).value_or("");
    if (alert.device_id.empty()) return fail("alerts.bad", "its device «" + clean_text(device, 100) + "» is not known");
    if (alert.category.empty()) alert.category = "SuspiciousActivity";
    store::AlertChange words;
    words.status = alert.status;
    TRY(store::check_alert_change(words));
    alert.status = *words.status;
    if (alert.time == 0) alert.time = detail.last_event > 0 ? detail.last_event : now;
    if (alert.service_source.empty()) alert.service_source = "Other";
    if (alert.detection_source.empty()) alert.detection_source = alert.service_source;
    // Sent again without an id it is the same alert when it says the same.
    if (alert.id.empty())
        alert.id = store::new_alert_id(alert.time, alert.service_source + "\n" + alert.title + "\n" + alert.device_id);
    return made;
}

// The objects of a JSON array, of {"value": [...]}, or of lines.
struct Sent {
    std::vector<json::Document> documents;
    std::vector<json::Value> alerts;
};
Result<Sent> sent_alerts(std::string_view body) {
    Sent sent;
    if (auto whole = json::Document::parse(body, "the body")) {
        auto root = whole->root();
        if (auto const value = json::member(root, "value"); json::is_object(root) && value) root = *value;
        if (json::is_array(root))
            for (auto const one : json::array(root)) sent.alerts.push_back(one);
        else sent.alerts.push_back(root);
        sent.documents.push_back(std::move(*whole));
        return sent;
    }
    for (auto const line : split(body, '\n')) {
        if (trim(line).empty()) continue;
        auto document = json::Document::parse(trim(line), "line " + std::to_string(sent.documents.size() + 1));
        if (!document) return fail("alerts.none", describe(document.error()));
        sent.alerts.push_back(document->root());
        sent.documents.push_back(std::move(*document));
    }
    return sent;
}

Result<HttpResponse> ingest(Service& service, HttpRequest const& request, Parts const&) {
    auto const sent = TRY(sent_alerts(request.body));
    if (sent.alerts.empty()) return fail("alerts.none", "the body is empty");
    if (sent.alerts.size() > most_alerts) return fail("api.too_many", std::to_string(sent.alerts.size()), std::to_string(most_alerts));
    std::vector<store::DetailedAlert> alerts;
    std::vector<std::pair<std::size_t, std::string>> refused;
    {
        auto connection = TRY(service.lease());
        for (std::size_t i = 0; i < sent.alerts.size(); ++i) {
            auto alert = alert_of(*connection, sent.alerts[i], now_ticks());
            // An id that is somebody else's alert is no way to it.
            if (alert) {
                std::array const id{store::Value{alert->alert.id}};
                auto const whole = TRY(service.lease_for({}));
                auto const mine = TRY(connection->count("SELECT count(*) FROM main.alert WHERE id = $1", id));
                if (TRY(whole->count("SELECT count(*) FROM main.alert WHERE id = $1", id)) != mine)
                    alert = std::unexpected(error("alerts.bad", "its id is taken"));
            }
            if (alert) alerts.push_back(std::move(*alert));
            else refused.emplace_back(i, describe(alert.error()));
        }
    }
    if (alerts.empty()) return fail("alerts.none", refused.front().second);
    TRY(service.writer().run([&](store::Connection& c) { return store::write_detailed_alerts(c, alerts); }));
    TRY(service.recompute(Service::Changed::other));
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("accepted", alerts.size());
    json.key("ids");
    json.begin_array();
    for (auto const& one : alerts) json.string(one.alert.id);
    json.end_array();
    json.key("refused");
    json.begin_array();
    for (auto const& [index, why] : refused) {
        json.begin_object();
        json.member("index", index);
        json.member("message", why);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

// An alert about an event of a device; the event itself need not be stored. An open alert of the same title on the device
// takes it in (specification, section 12).
Result<HttpResponse> create_by_reference(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(Body::read(request, {"eventTime", "reportId", "machineId", "severity", "title", "description", "recommendedAction", "category"}));
    auto const now = now_ticks();
    store::DetailedAlert made;
    auto& [alert, detail] = made;
    alert.title = clean_text(trim(TRY(body.text("title"))), 400);
    if (alert.title.empty()) return fail("alerts.bad", "it has no title");
    alert.severity = TRY(store::alert_severity(TRY(body.text("severity"))));
    alert.category = TRY(store::alert_category(TRY(body.text("category"))));
    detail.description = TRY(body.optional_text("description")).value_or("");
    detail.recommended_action = TRY(body.optional_text("recommendedAction")).value_or("");
    if (auto const text = TRY(body.optional_text("eventTime"))) {
        auto const at = parse_iso_time(*text);
        if (!at) return fail("alerts.bad", "«" + clean_text(*text, 50) + "» is no time");
        detail.first_event = detail.last_event = std::min(*at, now);
    }
    alert.time = now;
    if (auto const id = json::member(body.root(), "reportId"); id && json::is_string(*id)) alert.report_id = to_int(json::text(*id)).value_or(0);
    else alert.report_id = json::integer(body.root(), "reportId").value_or(0);
    auto const named = TRY(body.text("machineId"));
    {
        auto connection = TRY(service.lease());
        alert.device_id = TRY(store::device_named(*connection, named)).value_or("");
    }
    if (alert.device_id.empty()) return fail("api.no_such", "Machines", clean_text(named, 100));
    alert.service_source = "CustomerTI";
    alert.detection_source = "CustomerTI";
    std::string id;
    TRY(service.writer().run([&](store::Connection& connection) -> Status {
        id = TRY(store::open_alert(connection, made.alert.device_id, made.alert.title));
        if (!id.empty()) return {};
        id = made.alert.id = store::new_alert_id(now, made.alert.device_id + "\n" + made.alert.title);
        return store::write_detailed_alerts(connection, std::span(&made, 1));
    }));
    TRY(service.recompute(Service::Changed::other));
    return answer_as(service, request, one_alert, {id});
}

}  // namespace

void add_alert_routes(std::vector<Route>& all) {
    std::string const write = "Alert.ReadWrite.All", one(one_alert);
    all.push_back({"PATCH", one, write, update});
    all.push_back({"GET", one + "/machine", "Machine.Read.All", its_machine});
    all.push_back({"POST", "api/alerts/batchUpdate", write, update_many});
    all.push_back({"POST", "api/alerts/CreateAlertByReference", write, create_by_reference});
    all.push_back({"POST", "api/alerts/ingest", write, ingest});
}

}  // namespace merlon::api
