// GET /api/openapi.json: the OpenAPI 3.1 document, made from the table of routes, schema/api (lists) and schema/operations
// (everything else). A route that neither describes makes a test fail.
#include "api/routes/openapi.h"

#include "api/routes/types.h"
#include "base/embedded.h"
#include "base/json_text.h"
#include "base/text.h"

#ifndef MERLON_VERSION
#define MERLON_VERSION "0"
#endif

namespace merlon::api {
namespace {

struct Described {
    std::vector<json::Document> documents;  // own the texts
    std::map<std::string, json::Value> operations;
};

// "machines/{}/x/{}" -> "/machines/{id}/x/{id2}".
std::string template_of(std::string_view pattern) {
    std::string out = "/";
    int gaps = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern.substr(i, 2) != "{}") {
            out += pattern[i];
            continue;
        }
        out += ++gaps == 1 ? "{id}" : "{id" + std::to_string(gaps) + "}";
        ++i;
    }
    return out;
}

std::string operation_id(Route const& route) {
    std::string out = ascii_lower(route.method);
    bool capital = true;
    for (char const c : route.pattern) {
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter) out += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        if (c == '{') out += "One";
        capital = !letter;
    }
    return out;
}

void type_name_or_null(JsonWriter& json, std::string_view name, bool or_null) {
    if (!or_null) return json.member("type", name);
    json.key("type");
    json.begin_array();
    json.string(name);
    json.string("null");
    json.end_array();
}

// "string", "integer", "number", "boolean", "object", with "[]" for lists; "" anything.
void append_type(JsonWriter& json, std::string_view type, bool or_null = false) {
    if (type.ends_with("[]")) {
        type_name_or_null(json, "array", or_null);
        json.key("items");
        json.begin_object();
        append_type(json, type.substr(0, type.size() - 2));
        json.end_object();
    } else if (type == "datetime") {
        type_name_or_null(json, "string", or_null);
        json.member("format", "date-time");
    } else if (!type.empty()) {
        type_name_or_null(json, type, or_null);
    }
}

std::string_view json_type(FieldType type) {
    switch (type) {
    case FieldType::string: return "string";
    case FieldType::integer: return "integer";
    case FieldType::real: return "number";
    case FieldType::boolean: return "boolean";
    case FieldType::datetime: return "datetime";
    case FieldType::strings: return "string[]";
    case FieldType::json: return "";
    }
    return "";
}

void parameter(JsonWriter& json, std::string_view name, std::string_view in, std::string_view type, std::string_view doc, bool required) {
    json.begin_object();
    json.member("name", name);
    json.member("in", in);
    if (required) json.member("required", true);
    json.key("schema");
    json.begin_object();
    append_type(json, type);
    json.end_object();
    if (!doc.empty()) json.member("description", doc);
    json.end_object();
}

void path_parameters(JsonWriter& json, std::string_view pattern) {
    int gaps = 0;
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
        if (pattern.substr(i, 2) != "{}") continue;
        parameter(json, ++gaps == 1 ? "id" : "id" + std::to_string(gaps), "path", "string", "", true);
    }
}

void list_parameters(JsonWriter& json, Resource const& resource, bool counting) {
    parameter(json, "$filter", "query", "string", "OData condition: eq ne gt ge lt le in and or not, arithmetic, functions, any/all over lists (docs/api.md).", false);
    parameter(json, "$search", "query", "string", "Words and \"phrases\" with AND, OR, NOT, looked for in every text.", false);
    if (counting) return;
    parameter(json, "$orderby", "query", "string", "Expressions with asc or desc, in their order.", false);
    parameter(json, "$select", "query", "string", "Names of the properties wanted.", false);
    parameter(json, "$expand", "query", "string", "Lists below each entity, with options in brackets.", false);
    parameter(json, "$top", "query", "integer", "Number of rows in all; what does not fit into a page of " + std::to_string(resource.page) + " follows by @odata.nextLink.", false);
    parameter(json, "$skip", "query", "integer", "Rows to leave out.", false);
    parameter(json, "$count", "query", "boolean", "With the number of all rows.", false);
    parameter(json, "$format", "query", "string", "json, csv, ndjson or parquet; the last three without any cap.", false);
    if (resource.page < resource.most) parameter(json, "pageSize", "query", "integer", "Rows of a page, up to " + std::to_string(resource.most) + ".", false);
    if (!resource.since.empty()) parameter(json, "sinceTime", "query", "datetime", "Only what is newer.", resource.since_days > 0);
}

void reference(JsonWriter& json, std::string_view name) {
    json.begin_object();
    json.member("$ref", "#/components/schemas/" + std::string(name));
    json.end_object();
}

// The schema of what a route of a resource answers.
void resource_answer(JsonWriter& json, Resource const& resource, bool list, bool count) {
    json.key("content");
    json.begin_object();
    json.key(count ? "text/plain" : "application/json");
    json.begin_object();
    json.key("schema");
    json.begin_object();
    if (count) {
        json.member("type", "integer");
    } else if (!list) {
        json.member("$ref", "#/components/schemas/" + type_name(resource));
    } else {
        json.member("type", "object");
        json.key("required");
        json.raw(R"(["@odata.context","value"])");
        json.key("properties");
        json.begin_object();
        json.key("@odata.context");
        json.raw(R"({"type":"string"})");
        json.key("@odata.count");
        json.raw(R"({"type":"integer"})");
        json.key("value");
        json.begin_object();
        json.member("type", "array");
        json.key("items");
        reference(json, type_name(resource));
        json.end_object();
        json.key("@odata.nextLink");
        json.raw(R"({"type":"string"})");
        json.end_object();
    }
    json.end_object();
    json.end_object();
    if (list)
        for (auto const* type : {"text/csv", "application/x-ndjson", "application/vnd.apache.parquet"}) {
            json.key(type);
            json.raw("{}");
        }
    json.end_object();
}

// {"name": {"type", "doc", "required", "values"}} as a JSON schema; what is not required may be null.
void object_schema(JsonWriter& json, json::Value members) {
    json.begin_object();
    json.member("type", "object");
    std::vector<std::string> required;
    json.key("properties");
    json.begin_object();
    simdjson::dom::object object;
    if (!members.get(object))
        for (auto const [name, about] : object) {
            json.key(name);
            json.begin_object();
            append_type(json, json::text(about, "type"), !json::boolean(about, "required").value_or(false));
            if (auto const doc = json::text(about, "doc"); !doc.empty()) json.member("description", doc);
            if (auto const values = json::member(about, "values")) {
                json.key("enum");
                json.raw(json::dump(*values));
            }
            json.end_object();
            if (json::boolean(about, "required").value_or(false)) required.emplace_back(name);
        }
    json.end_object();
    if (!required.empty()) {
        json.key("required");
        json.begin_array();
        for (auto const& name : required) json.string(name);
        json.end_array();
    }
    json.end_object();
}

bool has_required(json::Value members) {
    simdjson::dom::object object;
    if (members.get(object)) return false;
    for (auto const [name, about] : object)
        if (json::boolean(about, "required").value_or(false)) return true;
    return false;
}

void described_operation(JsonWriter& json, Route const& route, json::Value about) {
    json.member("summary", json::text(about, "summary"));
    auto description = std::string(json::text(about, "description"));
    if (!route.permission.empty() && route.permission != signed_in)
        description += (description.empty() ? "" : "\n\n") + ("Needs the permission " + route.permission + ".");
    if (!description.empty()) json.member("description", description);
    json.key("tags");
    json.begin_array();
    json.string(json::text(about, "tag"));
    json.end_array();
    json.key("parameters");
    json.begin_array();
    path_parameters(json, route.pattern);
    for (auto const one : json::array(about, "parameters"))
        parameter(json, json::text(one, "name"), "query", json::text(one, "type"), json::text(one, "doc"), json::boolean(one, "required").value_or(false));
    json.end_array();
    if (auto const body = json::member(about, "body")) {
        auto const type = json::text(about, "bodyType");
        json.key("requestBody");
        json.begin_object();
        json.member("required", has_required(*body));
        json.key("content");
        json.begin_object();
        json.key(type.empty() ? std::string_view("application/json") : type);
        json.begin_object();
        json.key("schema");
        object_schema(json, *body);
        if (auto const example = json::member(about, "example")) {
            json.key("example");
            json.raw(json::dump(*example));
        }
        json.end_object();
        json.end_object();
        json.end_object();
    }
    json.key("responses");
    json.begin_object();
    auto const status = json::integer(about, "status").value_or(200);
    json.key(std::to_string(status));
    json.begin_object();
    json.member("description", status < 400 ? "Done." : "Refused.");
    auto const answer = json::member(about, "answer");
    auto const type = json::text(about, "answerType");
    if (answer || !type.empty()) {
        json.key("content");
        json.begin_object();
        json.key(type.empty() ? std::string_view("application/json") : type);
        json.begin_object();
        if (answer) {
            json.key("schema");
            if (json::is_string(*answer)) reference(json, json::text(*answer));
            else object_schema(json, *answer);
        }
        json.end_object();
        json.end_object();
    }
    json.end_object();
    json.key("default");
    json.raw(R"({"$ref":"#/components/responses/Error"})");
    json.end_object();
}

void resource_operation(JsonWriter& json, Route const& route, Resource const& resource) {
    bool const count = route.pattern.ends_with("/$count");
    bool const one = !count && (resource.single || (route.pattern.ends_with("/{}") && !resource.path.ends_with("/{}")));
    json.member("summary", count ? "Number of: " + resource.doc : one && !resource.single ? "One of: " + resource.doc : resource.doc);
    json.member("description", "Needs the permission " + route.permission + ".");
    json.key("tags");
    json.begin_array();
    json.string(resource.path.substr(0, resource.path.find('/')));
    json.end_array();
    json.key("parameters");
    json.begin_array();
    path_parameters(json, route.pattern);
    if (one) parameter(json, "$select", "query", "string", "Names of the properties wanted.", false);
    else list_parameters(json, resource, count);
    json.end_array();
    json.key("responses");
    json.begin_object();
    json.key("200");
    json.begin_object();
    json.member("description", resource.doc);
    resource_answer(json, resource, !one && !count, count);
    json.end_object();
    json.key("default");
    json.raw(R"({"$ref":"#/components/responses/Error"})");
    json.end_object();
}

void resource_schema(JsonWriter& json, Resource const& resource) {
    json.key(type_name(resource));
    json.begin_object();
    json.member("type", "object");
    if (!resource.doc.empty()) json.member("description", resource.doc);
    json.key("properties");
    json.begin_object();
    for (auto const& field : resource.fields) {
        json.key(field.name);
        json.begin_object();
        auto const type = json_type(field.type);
        if (type.empty() || type.ends_with("[]")) {
            append_type(json, type);
        } else {
            json.key("type");
            json.raw("[\"" + std::string(type == "datetime" ? "string" : type) + "\",\"null\"]");
            if (type == "datetime") json.member("format", "date-time");
        }
        if (field.on_demand) json.member("x-onDemand", true);  // comes when $select names it
        if (!field.doc.empty()) json.member("description", field.doc);
        json.end_object();
    }
    json.end_object();
    json.end_object();
}

Result<Described> read_operations() {
    Described made;
    for (auto const& file : embedded_under("schema/operations/")) {
        made.documents.push_back(TRY(json::Document::parse(file.bytes, file.path)));
        for (auto const one : json::array(made.documents.back().root())) {
            if (json::text(one, "route").empty() || json::text(one, "summary").empty() || json::text(one, "tag").empty())
                return fail("api.bad_schema", std::string(file.path), "an operation without route, summary or tag");
            made.operations.emplace(json::text(one, "route"), one);
        }
    }
    return made;
}

// The resource that a route answers, when it is one of those that schema/api makes.
Resource const* resource_of(std::vector<Resource> const& all, Route const& route) {
    if (route.method != "GET") return nullptr;
    for (auto const& resource : all) {
        auto const path = "api/" + resource.path;
        if (route.pattern == path || route.pattern == path + "/$count" || route.pattern == path + "/{}" || route.pattern == "api/" + resource.file)
            return &resource;
    }
    return nullptr;
}

void file_operation(JsonWriter& json, Resource const& resource) {
    json.member("summary", "File form of: " + resource.doc);
    json.member("description", "Names gzip files of one JSON object a line, whose links need no other credential. Needs the permission " + resource.permission + ".");
    json.key("tags");
    json.raw(R"(["exports"])");
    json.key("parameters");
    json.begin_array();
    parameter(json, "sasValidHours", "query", "integer", "How long the links are good; 1 to 24.", false);
    json.end_array();
    json.key("responses");
    json.raw(R"({"200":{"description":"The files.","content":{"application/json":{"schema":{"type":"object","properties":{)"
             R"("exportFiles":{"type":"array","items":{"type":"string"}},"generatedTime":{"type":"string","format":"date-time"}}}}}},)"
             R"("default":{"$ref":"#/components/responses/Error"}})");
}

void components(JsonWriter& json, std::vector<Resource> const& resources) {
    json.key("components");
    json.begin_object();
    json.key("securitySchemes");
    json.raw(R"({"bearer":{"type":"http","scheme":"bearer","description":"A personal token (mer_...) or an access token of /{tenant}/oauth2/v2.0/token."},)"
             R"("session":{"type":"apiKey","in":"cookie","name":"__Host-merlon"}})");
    json.key("responses");
    json.raw(R"({"Error":{"description":"What was wrong, where, and what to do.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}}})");
    json.key("schemas");
    json.begin_object();
    json.key("Error");
    json.raw(R"({"type":"object","required":["error"],"properties":{"error":{"type":"object","required":["code","message"],"properties":{)"
             R"("code":{"type":"string"},"message":{"type":"string"},"target":{"type":"string","description":"The request's id, as in X-Request-Id."}}}}})");
    for (auto const& resource : resources) resource_schema(json, resource);
    json.end_object();
    json.end_object();
}

}  // namespace

Result<std::string> openapi_document(std::vector<Route> const& all, std::vector<Resource> const& resources) {
    auto const described = TRY(read_operations());
    std::map<std::string, std::vector<Route const*>> paths;
    for (auto const& route : all) paths[template_of(route.pattern)].push_back(&route);
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("openapi", "3.1.0");
    json.key("info");
    json.begin_object();
    json.member("title", "Merlon");
    json.member("version", MERLON_VERSION);
    json.member("description", "Threat and vulnerability management: devices, software, vulnerabilities, recommendations, scores, hunting. Paths are matched "
                               "without regard to case, and /api/v1.0 is the same as /api.");
    json.end_object();
    json.key("security");
    json.raw(R"([{"bearer":[]},{"session":[]}])");
    json.key("paths");
    json.begin_object();
    for (auto const& [path, here] : paths) {
        json.key(path);
        json.begin_object();
        for (auto const* route : here) {
            json.key(ascii_lower(route->method));
            json.begin_object();
            json.member("operationId", operation_id(*route));
            if (route->permission.empty()) {
                json.key("security");
                json.raw("[]");
            } else {
                json.member("x-permission", route->permission);
            }
            auto const* resource = resource_of(resources, *route);
            auto const operation = described.operations.find(route->method + " " + route->pattern);
            if (operation != described.operations.end()) described_operation(json, *route, operation->second);
            else if (resource && route->pattern == "api/" + resource->file) file_operation(json, *resource);
            else if (resource) resource_operation(json, *route, *resource);
            else return fail("api.undescribed", route->method + " " + route->pattern);
            json.end_object();
        }
        json.end_object();
    }
    json.end_object();
    components(json, resources);
    json.end_object();
    return out;
}

Result<std::vector<std::string>> operations_without_route(std::vector<Route> const& all) {
    std::vector<std::string> lost;
    auto const described = TRY(read_operations());
    for (auto const& [name, about] : described.operations) {
        bool found = false;
        for (auto const& route : all) found = found || route.method + " " + route.pattern == name;
        if (!found) lost.push_back(name);
    }
    return lost;
}

namespace {

Result<HttpResponse> answer_openapi(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    static Result<std::string> const document = openapi_document(routes(), service.resources());
    HttpResponse response;
    response.body = TRY(document);
    return response;
}

}  // namespace

void add_openapi_routes(std::vector<Route>& all) {
    all.push_back({"GET", "api/openapi.json", std::string(signed_in), answer_openapi});
}

}  // namespace merlon::api
