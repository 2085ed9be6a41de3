// POST /api/advancedqueries/run, /api/advancedhunting/run and Graph's /v1.0/security/runHuntingQuery: KQL in, rows out, in
// the three wire forms (specification, section 13; hunting schema, section 5).
#include "api/service.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "hunt/hunt.h"

namespace merlon::api {
namespace {

enum class Form { device_service, suite, graph };

// Type names as the device service prints them.
std::string_view clr_word(hunt::Type type) {
    switch (type) {
    case hunt::Type::bool_: return "SByte";
    case hunt::Type::int_: return "Int32";
    case hunt::Type::long_: return "Int64";
    case hunt::Type::real: return "Double";
    case hunt::Type::decimal: return "Decimal";
    case hunt::Type::datetime: return "DateTime";
    case hunt::Type::timespan: return "TimeSpan";
    case hunt::Type::guid: return "Guid";
    case hunt::Type::dynamic: return "Object";
    case hunt::Type::string: return "String";
    }
    return "String";
}

struct Body {
    std::string query;
};

Result<Body> read_body(HttpRequest const& request) {
    auto bytes = request.body;
    bytes.reserve(bytes.size() + 64);
    auto const document = json::Document::parse(bytes, "the body");
    if (!document || !json::is_object(document->root()))
        return fail("api.bad_body", "it is no JSON object", "Send {\"Query\": \"KQL\"}.");
    Body body;
    simdjson::dom::object members;
    if (document->root().get(members) != simdjson::SUCCESS) return fail("api.bad_body", "it is no JSON object", "");
    for (auto const [name, value] : members) {
        if (equal_ignoring_ascii_case(name, "Query")) body.query = json::text(value);
        else if (!equal_ignoring_ascii_case(name, "Timespan"))
            return fail("api.bad_body", "it has no member " + clean_text(name, 60), "Members: Query, Timespan.");
    }
    if (trim(body.query).empty()) return fail("api.bad_body", "it has no Query", "Send {\"Query\": \"KQL\"}.");
    return body;
}

void write_answer(std::string& out, hunt::Answer const& answer, Form form) {
    bool const graph = form == Form::graph;
    JsonWriter json(out);
    json.begin_object();
    if (form == Form::suite) {
        json.key("Stats");
        json.begin_object();
        json.member("ExecutionTime", answer.elapsed_ms / 1000);
        json.member("dataset_statistics_row_count", answer.rows.size());
        json.end_object();
    }
    json.key(graph ? "schema" : "Schema");
    json.begin_array();
    for (auto const& column : answer.columns) {
        json.begin_object();
        json.member(graph ? "name" : "Name", column.name);
        json.member(graph ? "type" : "Type", clr_word(column.type));
        json.end_object();
    }
    json.end_array();
    json.key(graph ? "results" : "Results");
    json.begin_array();
    for (auto const& row : answer.rows) {
        json.begin_object();
        for (std::size_t i = 0; i < answer.columns.size(); ++i) {
            json.key(answer.columns[i].name);
            std::string cell;
            hunt::append_cell_json(cell, row[i], answer.columns[i].type);
            json.raw(cell);
        }
        json.end_object();
    }
    json.end_array();
    // The original cuts silently; here the answer says that it was cut.
    if (answer.truncated) json.member(graph ? "truncated" : "Truncated", true);
    json.end_object();
}

Result<HttpResponse> run_query(Service& service, HttpRequest const& request, Form form) {
    auto const body = TRY(read_body(request));
    auto connection = TRY(service.lease());
    hunt::Options options;
    options.rows = service.options().query_rows;
    options.time_ms = service.options().query_seconds * 1000;
    auto const answer = hunt::run(*connection, body.query, options);
    if (!answer) return error_response(answer.error(), body.query);
    HttpResponse response;
    write_answer(response.body, *answer, form);
    return response;
}

}  // namespace

void add_hunting_routes(std::vector<Route>& all) {
    auto const add = [&](std::string path, std::string permission, Form form) {
        all.push_back({"POST", std::move(path), std::move(permission),
                       [form](Service& service, HttpRequest const& request, auto const&) -> Result<HttpResponse> {
                           return run_query(service, request, form);
                       }});
    };
    add("api/advancedqueries/run", "AdvancedQuery.Read.All", Form::device_service);
    add("api/advancedhunting/run", "AdvancedHunting.Read.All", Form::suite);
    add("v1.0/security/runHuntingQuery", "ThreatHunting.Read.All", Form::graph);
}

}  // namespace merlon::api
