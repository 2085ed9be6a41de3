// What a query editor asks while a query is being written: POST /api/advancedqueries/validate, which runs nothing, and
// GET /api/advancedqueries/schema.
#include <mutex>

#include "api/routes/body.h"
#include "api/routes/hunting_answers.h"
#include "api/routes/hunting_options.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"
#include "hunt/functions/table.h"

namespace merlon::api {
namespace {

void columns_json(JsonWriter& json, std::vector<hunt::AnswerColumn> const& columns) {
    json.key("columns");
    json.begin_array();
    for (auto const& column : columns) {
        json.begin_object();
        json.member("name", column.name);
        json.member("type", hunt::type_name(column.type));
        json.end_object();
    }
    json.end_array();
}

// Line and column from 1; column and length count characters. An error without a place speaks of the whole text.
void error_json(JsonWriter& json, Error const& e, std::string_view text) {
    json.begin_object();
    json.member("code", e.code);
    json.member("message", describe(e));
    json.member("hint", hint_of(e));
    auto const span = e.span.value_or(Span{0, text.size()});
    auto const begin = std::min(span.begin, text.size());
    auto const end = std::clamp(span.end, begin, text.size());
    auto const from = line_column(text, begin), to = line_column(text, end);
    std::int64_t length = 0;
    for (char const c : text.substr(begin, end - begin)) length += (c & 0xC0) != 0x80;
    json.member("line", from.line);
    json.member("column", from.column);
    json.member("length", length);
    json.member("endLine", to.line);
    json.member("endColumn", to.column);
    json.end_object();
}

Result<HttpResponse> validate(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"Query", "query"}));
    auto const lower = TRY(body.optional_text("query"));
    auto const text = lower ? *lower : TRY(body.text("Query"));
    auto connection = TRY(service.lease());
    hunt::Options options;
    options.catalog = &catalog_of(request);
    auto const found = hunt::check(*connection, text, options);
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("valid", found.errors.empty());
    json.key("errors");
    json.begin_array();
    for (auto const& e : found.errors) error_json(json, e, text);
    json.end_array();
    columns_json(json, found.columns);
    json.key("tablesWithoutSource");
    json.begin_array();
    for (auto const& table : found.tables_without_source) json.string(table);
    json.end_array();
    json.end_object();
    return response;
}

std::string_view kind_name(hunt::Parameter const& parameter) {
    using Kind = hunt::Parameter::Kind;
    switch (parameter.kind) {
    case Kind::exact: return hunt::type_name(parameter.type);
    case Kind::any: return "any";
    case Kind::scalar: return "scalar";
    case Kind::number: return "number";
    case Kind::integer: return "long";
    case Kind::text: return "string";
    case Kind::json: return "dynamic";
    }
    return "any";
}

// "substring(string, long, long?): string"
std::string signature_text(hunt::Function const& function, hunt::Signature const& signature) {
    std::string out = function.name + "(";
    for (std::size_t i = 0; i < signature.parameters.size(); ++i) {
        auto const& parameter = signature.parameters[i];
        out += (i ? ", " : "") + std::string(kind_name(parameter)) + (parameter.optional ? "?" : "");
        if (signature.repeats && i + 1 == signature.parameters.size()) out += ", ...";
    }
    using Returns = hunt::Signature::Returns;
    return out + "): " + (signature.returns == Returns::type ? std::string(hunt::type_name(signature.type)) : "as its argument");
}

void function_json(JsonWriter& json, hunt::Function const& function) {
    json.begin_object();
    json.member("name", function.name);
    json.member("kind", function.is_aggregate ? "aggregate" : "scalar");
    json.member("doc", function.doc);
    json.member("supported", function.refused.empty());
    json.key("aliases");
    json.begin_array();
    for (auto const& alias : function.aliases) json.string(alias);
    json.end_array();
    json.key("signatures");
    json.begin_array();
    for (auto const& signature : function.signatures) json.string(signature_text(function, signature));
    json.end_array();
    json.end_object();
}

void table_json(JsonWriter& json, hunt::Table const& table) {
    json.begin_object();
    json.member("name", table.name);
    json.member("section", table.section);
    json.member("doc", table.notes);
    json.member("hasSource", !table.relation.empty());
    json.key("aliases");
    json.begin_array();
    for (auto const& alias : table.aliases) json.string(alias);
    json.end_array();
    json.key("columns");
    json.begin_array();
    for (auto const& column : table.columns) {
        json.begin_object();
        json.member("name", column.name);
        json.member("type", hunt::type_name(column.type));
        json.member("doc", column.description);
        json.member("hasSource", column.has_source);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

std::string schema_json(hunt::Catalog const& catalog) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("tables");
    json.begin_array();
    for (auto const& table : catalog.tables()) table_json(json, table);
    json.end_array();
    json.key("functions");
    json.begin_array();
    for (auto const& name : hunt::scalar_names()) function_json(json, *hunt::find_scalar(name));
    for (auto const& name : hunt::aggregate_names()) function_json(json, *hunt::find_aggregate(name));
    json.end_array();
    json.end_object();
    return out;
}

Result<HttpResponse> schema(Service&, HttpRequest const& request, std::vector<std::string> const&) {
    // The schema is part of the program: written once for those who may read the same tables.
    static std::mutex guard;
    static std::map<hunt::Catalog const*, std::string> written;
    auto const& catalog = catalog_of(request);
    std::lock_guard lock(guard);
    auto& text = written[&catalog];
    if (text.empty()) text = schema_json(catalog);
    HttpResponse response;
    response.body = text;
    return response;
}

}  // namespace

void add_hunting_editor_routes(std::vector<Route>& all) {
    Route checking{"POST", "api/advancedqueries/validate", "AdvancedQuery.Read.All", validate};
    checking.only_asks = true;
    all.push_back(std::move(checking));
    all.push_back({"GET", "api/advancedqueries/schema", "AdvancedQuery.Read.All", schema});
}

}  // namespace merlon::api
