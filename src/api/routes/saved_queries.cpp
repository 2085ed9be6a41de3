// /api/savedQueries: the caller's own queries, the shared ones and the built-in ones.
#include "api/auth/gate.h"
#include "api/auth/permissions.h"
#include "api/auth/secrets.h"
#include "api/routes/body.h"
#include "api/routes/list.h"
#include "api/service.h"
#include "base/json_time.h"
#include "base/text.h"
#include "hunt/saved.h"

namespace merlon::api {
namespace {

using hunt::SavedQuery;
using Parts = std::vector<std::string>;

// People own by their id, so that a new name keeps their queries; applications and the unclaimed server by what they are.
std::string owner_of(Caller const& caller) { return caller.user.empty() ? caller.who : caller.user; }

bool sees(Caller const& caller, SavedQuery const& query) {
    return query.built_in() || query.shared || query.owner == owner_of(caller);
}

// One's own; who manages access also those that others share.
bool may_change(Caller const& caller, SavedQuery const& query) {
    return query.owner == owner_of(caller) || (query.shared && holds(caller.permissions, "Merlon.Access.Manage"));
}

void query_json(JsonWriter& json, SavedQuery const& query, Caller const& caller, Directory const& directory) {
    auto const* user = directory.user(query.owner);
    json.begin_object();
    json.member("id", query.id);
    json.member("name", query.name);
    json.member("description", query.note);
    json.member("query", query.kql);
    json.member("kind", query.built_in() ? "builtIn" : query.owner == owner_of(caller) ? "own" : "shared");
    json.member("shared", query.shared);
    json.member("owner", query.built_in() ? "Merlon" : user ? user->name : query.owner);
    json.member("canChange", !query.built_in() && may_change(caller, query) && holds(caller.permissions, "Merlon.SavedQueries.Write"));
    time_or_null(json, "created", query.created);
    time_or_null(json, "changed", query.changed);
    json.end_object();
}

// What the caller sees: built-in ones first, then by name.
Result<std::vector<SavedQuery>> visible(Service& service, Caller const& caller) {
    auto all = hunt::built_in_queries();
    auto connection = TRY(service.lease());
    for (auto& query : TRY(hunt::read_saved_queries(*connection)))
        if (sees(caller, query)) all.push_back(std::move(query));
    return all;
}

// A query that the caller does not see is not there.
Result<SavedQuery> find(Service& service, Caller const& caller, std::string_view id) {
    for (auto& query : TRY(visible(service, caller)))
        if (query.id == id) return std::move(query);
    return fail("hunt.no_such_saved", clean_text(id, 100));
}

Result<SavedQuery> find_changeable(Service& service, Caller const& caller, std::string_view id) {
    auto query = TRY(find(service, caller, id));
    if (query.built_in()) return fail("hunt.saved_built_in", query.name);
    if (!may_change(caller, query)) return fail("hunt.saved_foreign", query.name);
    return query;
}

bool holds_text(SavedQuery const& query, std::string_view wanted) {
    auto const text = ascii_lower(query.name + "\n" + query.note + "\n" + query.kql);
    return text.find(ascii_lower(wanted)) != std::string::npos;
}

// $search: text in name, description or query; $filter: kind eq 'own'; $top and $skip.
Result<HttpResponse> list(Service& service, HttpRequest const& request, Parts const&) {
    std::string search, kind;
    std::int64_t top = 1000, skip = 0;
    for (auto const& [name, value] : request.options()) {
        if (name == "$search") search = value;
        else if (name == "$top" || name == "$skip") {
            auto const number = to_int(value);
            if (!number || *number < 0 || *number > 100'000)
                return fail("odata.bad_option", name, value, "Give a whole number from 0 on.");
            (name == "$top" ? top : skip) = *number;
        } else if (name == "$filter") {
            for (std::string_view const one : {"own", "shared", "builtIn"})
                if (value == "kind eq '" + std::string(one) + "'") kind = one;
            if (kind.empty()) return fail("odata.bad_option", name, value, "Write kind eq 'own', 'shared' or 'builtIn'.");
        } else {
            return fail("odata.unknown_option", name);
        }
    }
    auto const& caller = *request.caller;
    auto const directory = service.gate().directory();
    std::vector<SavedQuery> found;
    for (auto& query : TRY(visible(service, caller))) {
        auto const own = query.built_in() ? "builtIn" : query.owner == owner_of(caller) ? "own" : "shared";
        if ((kind.empty() || kind == own) && holds_text(query, search)) found.push_back(std::move(query));
    }
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#SavedQueries");
    json.member("@odata.count", found.size());
    json.key("value");
    json.begin_array();
    for (auto i = static_cast<std::size_t>(skip); i < found.size() && i < static_cast<std::size_t>(skip + top); ++i)
        query_json(json, found[i], caller, *directory);
    json.end_array();
    json.end_object();
    return response;
}

HttpResponse one(Service& service, HttpRequest const& request, SavedQuery const& query, int status = 200) {
    HttpResponse response;
    response.status = status;
    JsonWriter json(response.body);
    query_json(json, query, *request.caller, *service.gate().directory());
    return response;
}

Result<HttpResponse> get(Service& service, HttpRequest const& request, Parts const& parts) {
    return one(service, request, TRY(find(service, *request.caller, parts[0])));
}

Result<HttpResponse> add(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(Body::read(request, {"name", "description", "query", "shared"}));
    SavedQuery query;
    query.id = new_id();
    query.name = TRY(body.text("name"));
    query.note = TRY(body.optional_text("description")).value_or("");
    query.kql = TRY(body.text("query"));
    query.shared = TRY(body.optional_flag("shared")).value_or(false);
    query.owner = owner_of(*request.caller);
    query.created = query.changed = now_ticks();
    TRY(service.writer().run([query](store::Connection& connection) { return hunt::add_saved_query(connection, query); }));
    return one(service, request, query, 201);
}

Result<HttpResponse> change(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(Body::read(request, {"name", "description", "query", "shared"}));
    auto query = TRY(find_changeable(service, *request.caller, parts[0]));
    if (auto text = TRY(body.optional_text("name"))) query.name = std::move(*text);
    if (auto text = TRY(body.optional_text("description"))) query.note = std::move(*text);
    if (auto text = TRY(body.optional_text("query"))) query.kql = std::move(*text);
    if (auto const flag = TRY(body.optional_flag("shared"))) query.shared = *flag;
    query.changed = now_ticks();
    TRY(service.writer().run([query](store::Connection& connection) { return hunt::change_saved_query(connection, query); }));
    return one(service, request, query);
}

Result<HttpResponse> drop(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const query = TRY(find_changeable(service, *request.caller, parts[0]));
    TRY(service.writer().run([id = query.id](store::Connection& connection) { return hunt::remove_saved_query(connection, id); }));
    return nothing();
}

}  // namespace

void add_saved_query_routes(std::vector<Route>& all) {
    std::string const reading = "AdvancedQuery.Read.All", writing = "Merlon.SavedQueries.Write";
    all.push_back({"GET", "api/savedQueries", reading, list});
    all.push_back({"GET", "api/savedQueries/{}", reading, get});
    all.push_back({"POST", "api/savedQueries", writing, add});
    all.push_back({"PATCH", "api/savedQueries/{}", writing, change});
    all.push_back({"DELETE", "api/savedQueries/{}", writing, drop});
}

}  // namespace merlon::api
