// GET and PUT /api/serviceTargets, GET /api/serviceTargets/figures (docs/service-targets.md). Lists of breaches are
// schema/api/service_target_*.json.
#include "advise/answers.h"
#include "api/service.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::string_view example =
    R"(Send {"value": [{"name": "Critical", "severity": "Critical", "knownExploited": false, "deviceValue": "High", "days": 15}]}.)";

std::unexpected<Error> wrong(std::string what) { return fail("api.bad_body", std::move(what), std::string(example)); }

Result<advise::ServiceTarget> read_target(json::Value value) {
    simdjson::dom::object object;
    if (value.get(object)) return wrong("a member of \"value\" is no object");
    advise::ServiceTarget target;
    bool has_days = false;
    for (auto const [key, member] : object) {
        bool fits = true;
        if (key == "name" || key == "severity" || key == "deviceValue") {
            fits = json::is_string(member) || (json::is_null(member) && key != "name");
            (key == "name"       ? target.name
             : key == "severity" ? target.severity
                                 : target.device_value) = json::text(member);
        } else if (key == "knownExploited") {
            fits = !member.get(target.exploited);
        } else if (key == "days") {
            fits = has_days = !member.get(target.days);
        } else {
            return wrong("a target has no member \"" + clean_text(key, 60) + "\"");
        }
        if (!fits) return wrong("\"" + std::string(key) + "\" of a target is of the wrong type");
    }
    if (!has_days) return wrong("a target has no \"days\"");
    return target;
}

HttpResponse listed(std::vector<advise::ServiceTarget> const& all) {
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.key("value");
    json.begin_array();
    for (auto const& one : all) {
        json.begin_object();
        json.member("name", one.name);
        json.key("severity");
        if (one.severity.empty()) json.null();
        else json.string(one.severity);
        json.member("knownExploited", one.exploited);
        json.key("deviceValue");
        if (one.device_value.empty()) json.null();
        else json.string(one.device_value);
        json.member("days", one.days);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

Result<HttpResponse> read(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    auto const connection = TRY(service.lease());
    return listed(TRY(advise::read_service_targets(*connection)));
}

Result<HttpResponse> replace(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const document = json::Document::parse(request.body, "the body");
    if (!document) return wrong(describe(document.error()));
    simdjson::dom::object object;
    if (document->root().get(object)) return wrong("it is no JSON object");
    for (auto const [key, member] : object)
        if (key != "value") return wrong("there is no member \"" + clean_text(key, 60) + "\"");
    auto const list = json::member(document->root(), "value");
    if (!list || !json::is_array(*list)) return wrong("\"value\" is missing or no list");
    std::vector<advise::ServiceTarget> wanted;
    for (auto const one : json::array(*list)) wanted.push_back(TRY(read_target(one)));
    TRY(service.writer().run(
        [&](store::Connection& connection) { return advise::replace_service_targets(connection, wanted); }));
    return read(service, request, parts);
}

Result<HttpResponse> figures(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    std::int64_t days = 90;
    for (auto const& [name, value] : request.options()) {
        if (name != "days") return fail("odata.unknown_option", name);
        auto const given = to_int(value);
        if (!given || *given < 1 || *given > 3660)
            return fail("odata.bad_option", "days", value, "Give 1 to 3660 days back.");
        days = *given;
    }
    auto const connection = TRY(service.lease());
    auto const all = TRY(advise::service_figures(*connection, days, now_ticks()));
    HttpResponse response;
    response.body = advise::answer_json(all, days);
    return response;
}

}  // namespace

void add_service_target_routes(std::vector<Route>& all) {
    all.push_back({"GET", "api/serviceTargets", "RemediationTasks.Read.All", read});
    all.push_back({"PUT", "api/serviceTargets", "Merlon.ServiceTargets.Manage", replace});
    all.push_back({"GET", "api/serviceTargets/figures", "RemediationTasks.Read.All", figures});
}

}  // namespace merlon::api
