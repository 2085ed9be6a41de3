// POST /api/advancedqueries/run, /api/advancedhunting/run and Graph's /v1.0/security/runHuntingQuery (specification,
// section 13).
#include "api/envelope.h"
#include "api/routes/hunting_answers.h"
#include "api/routes/hunting_options.h"
#include "api/routes/hunting_stream.h"
#include "api/routes/window.h"
#include "api/service.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

// The member named `wanted`, whatever the case of its letters: clients write "Query" and "query".
std::optional<json::Value> member_of(json::Value body, std::string_view wanted) {
    simdjson::dom::object object;
    if (body.get(object)) return {};
    for (auto const [key, value] : object)
        if (equal_ignoring_ascii_case(key, wanted)) return value;
    return {};
}

void detail_json(JsonWriter& json, Error const& e) {
    json.begin_object();
    json.member("code", e.code);
    json.key("arguments");
    json.begin_array();
    for (auto const& argument : e.args) json.string(argument);
    json.end_array();
    json.member("hint", e.hint);
    if (e.span) {
        json.member("begin", e.span->begin);
        json.member("end", e.span->end);
    }
    json.end_object();
    for (auto const& other : e.others) detail_json(json, other);
}

// What is wrong with the query, piece by piece, for programs that show it in its place: bytes of the text.
HttpResponse with_details(HttpResponse response, Error const& e) {
    std::string details;
    JsonWriter json(details);
    json.begin_array();
    detail_json(json, e);
    json.end_array();
    if (response.status < 500) add_to_envelope(response.body, "details", details);
    return response;
}

Result<HttpResponse> hunt_with(Service& service, HttpRequest const& request, HuntShape shape) {
    auto const body = json::Document::parse(request.body, "the body");
    if (!body || !json::is_object(body->root()))
        return fail("api.bad_body", "it is no JSON object", R"(Send {"Query": "DeviceInfo | take 10"}.)");
    auto const query = member_of(body->root(), "Query");
    if (!query || !json::is_string(*query))
        return fail("api.bad_body", "\"Query\" is missing or no text", R"(Send {"Query": "DeviceInfo | take 10"}.)");
    auto options = TRY(hunt_options(service, request));
    if (auto const span = member_of(body->root(), "Timespan"); span && !json::is_null(*span)) {
        auto const window = parse_window(json::text(*span), now_ticks());
        if (!window) return fail("api.bad_body", "\"Timespan\" is no ISO 8601 duration or interval", "Examples: P7D, PT12H.");
        options.window = *window;
    }
    auto const text = json::text(*query);
    if (auto const format = TRY(odata::read_format(request)); format != odata::Format::json) return stream_hunt(service, text, options, format);
    auto connection = TRY(lease_for_hunt(service));
    auto const answer = hunt::run(*connection, text, options);
    if (!answer && shape == HuntShape::whole) return with_details(error_response(answer.error(), text), answer.error());
    if (!answer) return error_response(answer.error(), text);
    HttpResponse response;
    response.body = hunting_json(*answer, shape, options.rows);
    return response;
}

template <HuntShape shape>
Result<HttpResponse> run(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    return hunt_with(service, request, shape);
}

}  // namespace

void add_hunting_routes(std::vector<Route>& all) {
    all.push_back({"POST", "api/advancedqueries/run", "AdvancedQuery.Read.All", run<HuntShape::device>});
    all.push_back({"POST", "api/advancedhunting/run", "AdvancedHunting.Read.All", run<HuntShape::suite>});
    all.push_back({"POST", "v1.0/security/runHuntingQuery", "ThreatHunting.Read.All", run<HuntShape::graph>});
    all.push_back({"POST", "api/merlon/hunt", "AdvancedHunting.Read.All", run<HuntShape::whole>});
    add_hunting_editor_routes(all);
    add_saved_query_routes(all);
    add_kusto_routes(all);
}

}  // namespace merlon::api
