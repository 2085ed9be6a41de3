// GET /api (the service document) and GET /api/$metadata (CSDL 4.01, XML), made from schema/api.
#include "api/routes/list.h"
#include "api/routes/types.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

std::string_view edm_type(FieldType type) {
    switch (type) {
    case FieldType::string: return "Edm.String";
    case FieldType::integer: return "Edm.Int64";
    case FieldType::real: return "Edm.Double";
    case FieldType::boolean: return "Edm.Boolean";
    case FieldType::datetime: return "Edm.DateTimeOffset";
    case FieldType::strings: return "Collection(Edm.String)";
    case FieldType::json: return "Edm.Untyped";
    }
    return "Edm.Untyped";
}

std::string xml(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '&') out += "&amp;";
        else if (c == '"') out += "&quot;";
        else out += c;
    }
    return out;
}

// The lists below an entity, by their names.
std::vector<std::pair<std::string, Resource const*>> lists_below(std::vector<Resource> const& all, Resource const& resource) {
    std::vector<std::pair<std::string, Resource const*>> found;
    auto const prefix = resource.path + "/{}/";
    for (auto const& one : all) {
        if (!one.path.starts_with(prefix)) continue;
        auto const name = one.path.substr(prefix.size());
        if (name.find('/') == std::string::npos && !resource.field(name)) found.emplace_back(name, &one);
    }
    return found;
}

void append_type(std::string& out, std::vector<Resource> const& all, Resource const& resource) {
    out += "<EntityType Name=\"" + type_name(resource) + "\"><Key><PropertyRef Name=\"" + xml(resource.key) + "\"/></Key>\n";
    for (auto const& field : resource.fields) {
        bool const key = field.name == resource.field(resource.key)->name;
        out += "<Property Name=\"" + xml(field.name) + "\" Type=\"" + std::string(edm_type(field.type)) + "\"";
        if (key || field.type == FieldType::strings) out += " Nullable=\"false\"";
        out += "/>\n";
    }
    for (auto const& [name, below] : lists_below(all, resource)) {
        auto const type = "merlon." + type_name(*below);
        out += "<NavigationProperty Name=\"" + xml(name) + "\" Type=\"" + (below->single ? type : "Collection(" + type + ")") +
               "\" ContainsTarget=\"true\"/>\n";
    }
    if (!resource.doc.empty()) out += "<Annotation Term=\"Org.OData.Core.V1.Description\" String=\"" + xml(resource.doc) + "\"/>\n";
    out += "</EntityType>\n";
}

std::string metadata(std::vector<Resource> const& all) {
    std::string out =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        "<edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\">\n"
        "<edmx:Reference Uri=\"https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1.xml\">"
        "<edmx:Include Namespace=\"Org.OData.Core.V1\"/></edmx:Reference>\n"
        "<edmx:DataServices>\n<Schema Namespace=\"merlon\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\n";
    for (auto const& resource : all) append_type(out, all, resource);
    // "machines/SoftwareInventoryByMachine" is a function of the collection of machines.
    std::string sets;
    for (auto const& resource : all) {
        if (is_entity_set(resource)) {
            sets += "<EntitySet Name=\"" + xml(resource.set) + "\" EntityType=\"merlon." + type_name(resource) + "\"/>\n";
            continue;
        }
        auto const slash = resource.path.find('/');
        if (resource.below || slash == std::string::npos || resource.path.find('/', slash + 1) != std::string::npos) continue;
        for (auto const& owner : all)
            if (is_entity_set(owner) && equal_ignoring_ascii_case(owner.path, resource.path.substr(0, slash)))
                out += "<Function Name=\"" + xml(resource.path.substr(slash + 1)) + "\" IsBound=\"true\"><Parameter Name=\"of\" Type=\"Collection(merlon." +
                       type_name(owner) + ")\"/><ReturnType Type=\"Collection(merlon." + type_name(resource) + ")\" Nullable=\"false\"/></Function>\n";
    }
    return out + "<EntityContainer Name=\"Service\">\n" + sets + "</EntityContainer>\n</Schema>\n</edmx:DataServices>\n</edmx:Edmx>\n";
}

Result<HttpResponse> answer_metadata(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    HttpResponse response;
    response.content_type = "application/xml";
    response.body = metadata(service.resources());
    response.headers.emplace_back("OData-Version", "4.0");
    return response;
}

Result<HttpResponse> answer_service_document(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata");
    json.key("value");
    json.begin_array();
    for (auto const& resource : service.resources()) {
        if (!is_entity_set(resource)) continue;
        json.begin_object();
        json.member("name", resource.set);
        json.member("kind", "EntitySet");
        json.member("url", resource.path);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

}  // namespace

std::string type_name(Resource const& resource) {
    std::string out;
    bool capital = true;
    for (char const c : resource.path) {
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter) out += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        capital = !letter;
    }
    return out;
}

bool is_entity_set(Resource const& resource) { return !resource.below && equal_ignoring_ascii_case(resource.set, resource.path); }

void add_metadata_routes(std::vector<Route>& all) {
    all.push_back({"GET", "api", std::string(signed_in), answer_service_document});
    all.push_back({"GET", "api/$metadata", std::string(signed_in), answer_metadata});
}

}  // namespace merlon::api
