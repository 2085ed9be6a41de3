// Device groups: who is in them by rule, and a look at whom a rule would take. The list is a resource of schema/api.
#include "api/auth/gate.h"
#include "api/routes/body.h"
#include "api/routes/list.h"
#include "api/routes/support.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/device_facts.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;

constexpr std::string_view one_group = "api/deviceGroups/{}";
constexpr std::size_t shown_in_preview = 10;  // specification of the portal, section 12

// [{"property", "operator", "values": []}]; members that are not known are refused.
Result<std::vector<store::GroupCondition>> conditions(Body const& body) {
    std::vector<store::GroupCondition> all;
    auto const found = json::member(body.root(), "conditions");
    if (!found || json::is_null(*found)) return all;
    auto const wrong = [](std::string_view why) {
        return fail("groups.bad_rule", std::string(why));
    };
    if (!json::is_array(*found)) return wrong("\"conditions\" is no list");
    for (auto const entry : json::array(*found)) {
        simdjson::dom::object object;
        if (entry.get(object)) return wrong("a condition is no JSON object");
        auto& made = all.emplace_back();
        for (auto const [key, value] : object) {
            if (key == "property") made.property = json::text(value);
            else if (key == "operator") made.operator_ = json::text(value);
            else if (key == "values" && json::is_array(value))
                for (auto const one : json::array(value)) made.values.emplace_back(json::text(one));
            else return wrong("«" + clean_text(key, 50) + "» is no member of a condition, or no list");
        }
    }
    return all;
}

Result<std::optional<store::DeviceGroup>> find_group(store::Connection& connection, std::string_view named) {
    std::array const id{store::Value{std::string(named)}};
    auto const by_id = TRY(connection.scalar("SELECT name FROM main.device_group WHERE ((hash(name) % 1000000)::BIGINT + 1)::VARCHAR = $1", id));
    auto const* name = std::get_if<std::string>(&by_id);
    for (auto& group : TRY(store::read_groups(connection)))
        if (equal_ignoring_ascii_case(group.name, name ? std::string_view(*name) : named)) return std::optional(std::move(group));
    return std::optional<store::DeviceGroup>{};
}

// Returns how many devices are in another group after it.
Result<std::size_t> write(Service& service, HttpRequest const& request, store::DeviceGroup const& group, std::string_view instead_of) {
    TRY(store::check_group(group));
    std::size_t moved = 0;
    // Names of groups stand with users and applications as well.
    TRY(service.gate().change([&](store::Connection& connection) -> Status {
        TRY(store::write_group(connection, group, instead_of, request.caller->who, now_ticks()));
        moved = TRY(store::regroup(connection));
        return keep_entitlements(service, connection);
    }));
    TRY(service.recompute());
    return moved;
}

// The group as it is now, and how many devices the change moved.
Result<HttpResponse> written(Service& service, HttpRequest const& request, std::string const& name, std::size_t moved) {
    ListCall call{service.resource("deviceGroups"), {}, {}, {}};
    call.also = {{"machinesMoved", static_cast<std::int64_t>(moved)}};
    return answer_entity(service, without_wishes(request), call, name);
}

Result<HttpResponse> create(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(Body::read(request, {"name", "rank", "description", "conditions"}));
    store::DeviceGroup group;
    group.name = TRY(body.text("name"));
    group.rank = TRY(body.optional_integer("rank")).value_or(0);
    group.description = TRY(body.optional_text("description")).value_or("");
    group.conditions = TRY(conditions(body));
    auto const moved = TRY(write(service, request, group, {}));
    auto response = TRY(written(service, request, group.name, moved));
    response.status = 201;
    return response;
}

Result<HttpResponse> edit(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(Body::read(request, {"name", "rank", "description", "conditions"}));
    std::optional<store::DeviceGroup> group;
    {
        auto connection = TRY(service.lease());
        group = TRY(find_group(*connection, parts[0]));
    }
    if (!group) return fail("groups.no_such", clean_text(parts[0], 100));
    auto const before = group->name;
    if (auto const name = TRY(body.optional_text("name"))) group->name = *name;
    if (auto const rank = TRY(body.optional_integer("rank"))) group->rank = *rank;
    if (auto const description = TRY(body.optional_text("description"))) group->description = *description;
    if (body.has("conditions")) group->conditions = TRY(conditions(body));
    auto const moved = TRY(write(service, request, *group, before));
    return written(service, request, group->name, moved);
}

Result<HttpResponse> remove(Service& service, HttpRequest const&, Parts const& parts) {
    auto connection = TRY(service.lease());
    auto const group = TRY(find_group(*connection, parts[0]));
    if (!group) return fail("groups.no_such", clean_text(parts[0], 100));
    for (auto const& scope : service.gate().directory()->scopes())
        if (std::ranges::find(scope, group->name) != scope.end()) return fail("groups.in_use", group->name);
    std::size_t moved = 0;
    TRY(service.writer().run([&](store::Connection& c) -> Status {
        TRY(store::remove_group(c, group->name));
        moved = TRY(store::regroup(c));
        return keep_entitlements(service, c);
    }));
    TRY(service.recompute());
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("machinesMoved", moved);
    json.end_object();
    return response;
}

// The devices that the conditions would take, whatever other groups say: how many, and the first of them.
Result<HttpResponse> preview(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(Body::read(request, {"conditions"}));
    store::DeviceGroup group;
    group.name = "preview";
    group.conditions = TRY(conditions(body));
    TRY(store::check_group(group));
    std::size_t count = 0;
    std::vector<store::DeviceRow> first;
    auto connection = TRY(service.lease());
    TRY(store::read_devices(*connection, [&](store::DeviceRow row) -> Status {
        if (!store::fits(group, row)) return {};
        if (++count <= shown_in_preview) first.push_back(std::move(row));
        return {};
    }));
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("count", count);
    json.key("value");
    json.begin_array();
    for (auto const& row : first) {
        json.begin_object();
        json.member("id", row.id);
        json.member("computerDnsName", row.name);
        json.member("osPlatform", row.os.platform);
        json.member("rbacGroupName", row.group.empty() ? std::string_view("Unassigned") : std::string_view(row.group));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

Result<HttpResponse> duplicates(Service& service, HttpRequest const&, Parts const&) {
    auto connection = TRY(service.lease());
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.key("value");
    json.begin_array();
    for (auto const& pair : TRY(store::find_duplicates(*connection))) {
        json.begin_object();
        json.member("id", pair.id);
        json.member("computerDnsName", pair.name);
        json.member("intoMachineId", pair.other_id);
        json.member("intoComputerDnsName", pair.other_name);
        json.member("reason", pair.reason);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

}  // namespace

void add_device_group_routes(std::vector<Route>& all) {
    std::string const write = "DeviceGroup.ReadWrite.All", one(one_group);
    all.push_back({"POST", "api/deviceGroups", write, create});
    all.push_back({"PATCH", one, write, edit});
    all.push_back({"DELETE", one, write, remove});
    all.push_back({"POST", "api/deviceGroups/preview", "DeviceGroup.Read.All", preview});
    all.push_back({"GET", "api/machines/duplicates", "Machine.Read.All", duplicates});
}

}  // namespace merlon::api
