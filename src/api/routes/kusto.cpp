// The REST protocol of Kusto, so that its clients connect: /v1/rest/query, /v2/rest/query, /v1/rest/mgmt.
// A request is {"db": ..., "csl": text, "properties": {"Options": {...}}}, or the same as query options of a GET.
#include "api/routes/hunting_answers.h"
#include "api/routes/hunting_options.h"
#include "api/routes/kusto_commands.h"
#include "api/service.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::api {
namespace {

struct KustoRequest {
    std::string text;
    std::optional<std::int64_t> time_ms;  // servertimeout
    bool has_parameters = false;
};

// "00:00:30" or "1.00:00:00" in milliseconds.
std::optional<std::int64_t> timeout_ms(std::string_view text) {
    std::int64_t days = 0;
    if (auto const dot = text.find('.'); dot != std::string_view::npos && dot < text.find(':')) {
        days = to_int(text.substr(0, dot)).value_or(0);
        text = text.substr(dot + 1);
    }
    auto const parts = split(text, ':');
    if (parts.size() != 3) return {};
    auto const seconds = parts[2].substr(0, parts[2].find('.'));
    auto const h = to_int(parts[0]), m = to_int(parts[1]), s = to_int(seconds);
    if (!h || !m || !s) return {};
    return (((days * 24 + *h) * 60 + *m) * 60 + *s) * 1000;
}

void read_properties(KustoRequest& made, json::Value properties) {
    if (auto const options = json::member(properties, "Options"))
        made.time_ms = timeout_ms(json::text(*options, "servertimeout"));
    simdjson::dom::object parameters;
    if (auto const given = json::member(properties, "Parameters"); given && !given->get(parameters))
        made.has_parameters = parameters.size() > 0;
}

Result<KustoRequest> read(HttpRequest const& request) {
    KustoRequest made;
    if (request.method == "GET") {
        made.text = request.option("csl");
        if (made.text.empty()) return fail("api.bad_body", "the query option csl is missing", "Add ?csl=print%201.");
        return made;
    }
    auto const body = json::Document::parse(request.body, "the body");
    if (!body || !json::is_object(body->root()))
        return fail("api.bad_body", "it is no JSON object", R"(Send {"db": "Merlon", "csl": "print 1"}.)");
    made.text = json::text(body->root(), "csl");
    if (made.text.empty()) return fail("api.bad_body", "\"csl\" is missing", R"(Send {"db": "Merlon", "csl": "print 1"}.)");
    if (auto const properties = json::member(body->root(), "properties")) {
        if (json::is_object(*properties)) {
            read_properties(made, *properties);
        } else if (auto const text = json::text(*properties); !text.empty()) {
            auto const inner = json::Document::parse(std::string(text), "properties");
            if (!inner) return fail("api.bad_body", "\"properties\" is no JSON", "Leave it out, or send an object.");
            read_properties(made, inner->root());
        }
    }
    return made;
}

std::string client_request_id(HttpRequest const& request) {
    auto const given = request.header("x-ms-client-request-id");
    return clean_text(given.empty() ? std::string_view("Merlon.none") : given, 200);
}

HttpResponse kusto_refusal(Error const& e, std::string_view text, std::string_view id) {
    HttpResponse response;
    response.status = fault_of(e) == Fault::user ? 400 : 500;
    response.body = kusto_error_json(e, text, id);
    return response;
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    return text;
}

Result<HttpResponse> query(Service& service, HttpRequest const& request, int version) {
    auto const id = client_request_id(request);
    auto const asked = read(request);
    if (!asked) return kusto_refusal(asked.error(), {}, id);
    if (asked->has_parameters)
        return kusto_refusal(error("hunt.not_supported", "query parameters beside the query text"), {}, id);
    HttpResponse response;
    if (without_blanks(asked->text).starts_with('.')) {
        auto const answer = run_command(without_blanks(asked->text), catalog_of(request));
        if (!answer) return kusto_refusal(answer.error(), asked->text, id);
        response.body = version == 1 ? kusto_v1_json(*answer, 0) : kusto_v2_json(*answer, 0, id);
        return response;
    }
    auto options = TRY(hunt_options(service, request));
    if (asked->time_ms) options.time_ms = std::min(options.time_ms, *asked->time_ms);
    auto connection = TRY(lease_for_hunt(service));
    auto const answer = hunt::run(*connection, asked->text, options);
    if (!answer) return kusto_refusal(answer.error(), asked->text, id);
    response.body = version == 1 ? kusto_v1_json(*answer, options.rows) : kusto_v2_json(*answer, options.rows, id);
    return response;
}

Result<HttpResponse> query_v1(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    return query(service, request, 1);
}
Result<HttpResponse> query_v2(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    return query(service, request, 2);
}

Result<HttpResponse> manage(Service&, HttpRequest const& request, std::vector<std::string> const&) {
    auto const id = client_request_id(request);
    auto const asked = read(request);
    if (!asked) return kusto_refusal(asked.error(), {}, id);
    auto const answer = run_command(without_blanks(asked->text), catalog_of(request));
    if (!answer) return kusto_refusal(answer.error(), asked->text, id);
    HttpResponse response;
    response.body = kusto_v1_json(*answer, 0);
    return response;
}

// Clients ask here how to sign in.
Result<HttpResponse> sign_in(Service&, HttpRequest const&, std::vector<std::string> const&) {
    HttpResponse response;
    response.body = R"({"AzureAD":{"LoginEndpoint":"","LoginMfaRequired":false,"KustoClientAppId":"",)"
                    R"("KustoClientRedirectUri":"","KustoServiceResourceId":"","FirstPartyAuthorityUrl":""}})";
    return response;
}

}  // namespace

void add_kusto_routes(std::vector<Route>& all) {
    for (auto const* method : {"POST", "GET"}) {
        all.push_back({method, "v1/rest/query", "AdvancedQuery.Read.All", query_v1});
        all.push_back({method, "v2/rest/query", "AdvancedQuery.Read.All", query_v2});
    }
    all.push_back({"POST", "v1/rest/mgmt", "AdvancedQuery.Read.All", manage});
    all.push_back({"GET", "v1/rest/auth/metadata", "", sign_in});
}

}  // namespace merlon::api
