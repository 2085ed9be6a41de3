// Writes to devices and the calls on /api/machines that are no list (specification, section 4.2): tags, value, exclusion,
// duplicates, findbytag, findbyip. What a person sets stays whatever sensors report (store/device_facts.h).
#include <arpa/inet.h>

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

constexpr std::string_view machine = "api/machines/{}";
constexpr std::size_t most_machines = 500;  // specification, section 4.2
constexpr Ticks findbyip_window = 15 * ticks_per_minute;
constexpr Ticks findbyip_reach = 30 * ticks_per_day;

// The id of the device that the caller sees under this id or name; the same error for one that is not theirs.
Result<std::string> device_id(Service& service, std::string const& named) {
    auto connection = TRY(service.lease());
    if (auto id = TRY(store::device_named(*connection, named))) return std::move(*id);
    return fail("api.no_such", "Machines", clean_text(named, 100));
}

// Exposure and scores depend on value, group and exclusion, not on tags alone; a tag may move a device to another group.
bool moves_scores(store::ChoiceChange const& change, std::span<store::DeviceGroup const> groups) {
    if (change.value || change.exclusion) return true;
    return std::ranges::any_of(groups, [](store::DeviceGroup const& group) {
        return std::ranges::any_of(group.conditions, [](store::GroupCondition const& one) { return one.property == "tag"; });
    });
}

Status change(Service& service, HttpRequest const& request, std::vector<std::string> const& ids, store::ChoiceChange wanted) {
    TRY(store::check_change(wanted));
    bool recompute = false;
    TRY(service.writer().run([&](store::Connection& connection) -> Status {
        recompute = moves_scores(wanted, TRY(store::read_groups(connection)));
        TRY(store::change_devices(connection, ids, wanted, request.caller->who, now_ticks()));
        return recompute ? keep_entitlements(service, connection) : Status{};
    }));
    return recompute ? service.recompute() : Status{};
}

Result<HttpResponse> change_one(Service& service, HttpRequest const& request, std::string const& named, store::ChoiceChange wanted) {
    auto const id = TRY(device_id(service, named));
    TRY(change(service, request, {id}, std::move(wanted)));
    return answer_as(service, request, machine, {id});
}

Result<HttpResponse> update(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(Body::read(request, {"machineTags", "deviceValue"}));
    store::ChoiceChange wanted;
    wanted.tags = TRY(body.optional_texts("machineTags"));
    wanted.value = TRY(body.optional_text("deviceValue"));
    if (!wanted.tags && !wanted.value) return fail("api.bad_body", "there is nothing to change", "Send machineTags, deviceValue or both.");
    return change_one(service, request, parts[0], std::move(wanted));
}

Result<HttpResponse> set_value(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(Body::read(request, {"DeviceValue"}));
    store::ChoiceChange wanted;
    wanted.value = TRY(body.text("DeviceValue"));
    if (wanted.value->empty()) return fail("devices.bad_value", "", "Low, Normal, High");
    return change_one(service, request, parts[0], std::move(wanted));
}

Result<store::ChoiceChange> tag_change(Body const& body) {
    store::ChoiceChange wanted;
    auto const action = TRY(body.text("Action"));
    auto& tags = equal_ignoring_ascii_case(action, "Remove") ? wanted.remove_tags : wanted.add_tags;
    if (&tags == &wanted.add_tags && !equal_ignoring_ascii_case(action, "Add"))
        return fail("api.bad_body", "the Action «" + clean_text(action, 50) + "» is unknown", "Action is Add or Remove.");
    tags.push_back(TRY(body.text("Value")));
    return wanted;
}

Result<HttpResponse> tag(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(Body::read(request, {"Value", "Action"}));
    return change_one(service, request, parts[0], TRY(tag_change(body)));
}

// The ids of a body's list, each a device that the caller sees: all or none.
Result<std::vector<std::string>> device_ids(Service& service, Body const& body, std::string_view member) {
    auto const named = TRY(body.texts(member));
    if (named.empty()) return fail("api.bad_body", "\"" + std::string(member) + "\" is missing or empty", "Send the ids of the machines.");
    if (named.size() > most_machines) return fail("api.too_many", std::to_string(named.size()), std::to_string(most_machines));
    std::vector<std::string> ids;
    for (auto const& one : named) ids.push_back(TRY(device_id(service, one)));
    return ids;
}

HttpResponse changed(std::size_t count) {
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("changed", count);
    json.end_object();
    return response;
}

Result<HttpResponse> tag_many(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(Body::read(request, {"Value", "Action", "MachineIds"}));
    auto wanted = TRY(tag_change(body));
    auto const ids = TRY(device_ids(service, body, "MachineIds"));
    TRY(change(service, request, ids, std::move(wanted)));
    ListCall call{service.resource("machines"), {}, {}, {}};
    call.within = "d.id IN (";
    for (auto const& id : ids) call.within += (call.within.ends_with('(') ? "" : ",") + store::quote_text(id);
    call.within += ")";
    return answer_list(service, without_wishes(request), call);
}

Result<store::ChoiceChange> exclusion(Body const& body) {
    store::ChoiceChange wanted;
    auto justification = TRY(body.text("justification"));
    auto note = TRY(body.optional_text("note")).value_or("");
    wanted.exclusion = {true, std::move(justification), std::move(note), ""};
    return wanted;
}
store::ChoiceChange inclusion() {
    store::ChoiceChange wanted;
    wanted.exclusion = store::ChoiceChange::Exclusion{};
    return wanted;
}

Result<HttpResponse> exclude(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(Body::read(request, {"justification", "note"}));
    return change_one(service, request, parts[0], TRY(exclusion(body)));
}

Result<HttpResponse> include(Service& service, HttpRequest const& request, Parts const& parts) {
    if (!trim(request.body).empty()) TRY(Body::read(request, {}));
    return change_one(service, request, parts[0], inclusion());
}

Result<HttpResponse> exclude_many(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(Body::read(request, {"machineIds", "justification", "note"}));
    auto wanted = TRY(exclusion(body));
    auto const ids = TRY(device_ids(service, body, "machineIds"));
    TRY(change(service, request, ids, std::move(wanted)));
    return changed(ids.size());
}

Result<HttpResponse> include_many(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(Body::read(request, {"machineIds"}));
    auto const ids = TRY(device_ids(service, body, "machineIds"));
    TRY(change(service, request, ids, inclusion()));
    return changed(ids.size());
}

// A duplicate is excluded, says whose duplicate it is, and gives what people set on it to the other: taken back by
// including it again.
Result<HttpResponse> merge(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(Body::read(request, {"intoMachineId"}));
    auto const from = TRY(device_id(service, parts[0])), into = TRY(device_id(service, TRY(body.text("intoMachineId"))));
    if (from == into) return fail("devices.same", clean_text(parts[0], 100));
    TRY(service.writer().run([&](store::Connection& c) { return store::merge_devices(c, from, into, request.caller->who, now_ticks()); }));
    TRY(service.recompute());
    return answer_as(service, request, machine, {into});
}

// The machines for which a condition holds. The options of a list are those of this one too: $filter, $top, $select ...
Result<HttpResponse> list_of(Service& service, HttpRequest const& request, std::string condition) {
    std::string options;
    for (auto const part : split(request.query, '&')) {
        auto const name = ascii_lower(percent_decode(part.substr(0, part.find('=')), true).value_or(""));
        if (part.empty() || name == "tag" || name == "usestartswithfilter" || name == "$filter" || name == "filter") continue;
        options += "&" + std::string(part);
    }
    for (auto const* name : {"$filter", "filter"})
        if (auto const also = request.option(name); !also.empty()) condition += " and (" + also + ")";
    return answer_as(service, request, "api/machines", {}, "$filter=" + percent_encode(condition) + options);
}

Result<HttpResponse> find_by_tag(Service& service, HttpRequest const& request, Parts const&) {
    auto const wanted = request.option("tag");
    if (wanted.empty()) return fail("api.missing_parameter", "tag", "/api/machines/findbytag?tag=finance");
    auto const text = "'" + replace_all(wanted, "'", "''") + "'";
    auto const test = equal_ignoring_ascii_case(request.option("useStartsWithFilter"), "true") ? "startswith(t," + text + ")" : "t eq " + text;
    return list_of(service, request, "machineTags/any(t: " + test + ")");
}

// findbyip(ip='10.0.4.17',timestamp=2024-05-02T00:00:00Z): devices whose last report, within 15 minutes of the time, had
// the address.
Result<HttpResponse> find_by_ip(Service& service, HttpRequest const& request, Parts const& parts) {
    std::string ip, time;
    for (auto const part : split(parts[0], ',')) {
        auto const pair = trim(part);
        auto const equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        auto const name = trim(pair.substr(0, equals));
        auto value = trim(pair.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'') value = value.substr(1, value.size() - 2);
        if (equal_ignoring_ascii_case(name, "ip")) ip = value;
        if (equal_ignoring_ascii_case(name, "timestamp")) time = value;
    }
    constexpr std::string_view example = "/api/machines/findbyip(ip='10.0.4.17',timestamp=2024-05-02T00:00:00Z)";
    if (ip.empty()) return fail("api.missing_parameter", "ip", example);
    std::array<unsigned char, 16> address;
    if (::inet_pton(AF_INET, ip.c_str(), address.data()) != 1 && ::inet_pton(AF_INET6, ip.c_str(), address.data()) != 1)
        return fail("devices.bad_address", clean_text(ip, 50));
    auto const at = parse_iso_time(time);
    if (!at) return fail("api.missing_parameter", "timestamp", example);
    auto const now = now_ticks();
    if (*at < now - findbyip_reach || *at > now + findbyip_window) return fail("devices.bad_time", clean_text(time, 50));
    std::string filter;
    {
        auto connection = TRY(service.lease());
        auto rows = TRY(connection->query(
            "SELECT id FROM main.device d WHERE last_seen BETWEEN $2 AND $3 AND (public_address = $1 OR EXISTS (SELECT 1 FROM json_each(d.interfaces) i, "
            "json_each(json_extract(i.value, '$.addresses')) a WHERE a.value->>'$' = $1)) ORDER BY id LIMIT 100",
            {store::Value{ip}, store::Value{*at - findbyip_window}, store::Value{*at + findbyip_window}}));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t i = 0; i < chunk->rows; ++i) filter += (filter.empty() ? "id in ('" : "','") + std::string(chunk->columns[0].text(i));
    }
    return list_of(service, request, filter.empty() ? "id eq ''" : filter + "')");
}

// The device's agent sends a fresh inventory when it next calls.
Result<HttpResponse> rescan(Service& service, HttpRequest const&, Parts const& parts) {
    TRY(service.agents().rescan(TRY(device_id(service, parts[0]))));
    HttpResponse response;
    response.status = 202;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("withinSeconds", agents_call_every_s);
    json.end_object();
    return response;
}

}  // namespace

void add_machine_routes(std::vector<Route>& all) {
    std::string const read = "Machine.Read.All", write = "Machine.ReadWrite.All", one(machine);
    all.push_back({"GET", "api/machines/findbytag", read, find_by_tag});
    all.push_back({"GET", "api/machines/findbyip({})", read, find_by_ip});
    all.push_back({"PATCH", one, write, update});
    all.push_back({"POST", one + "/tags", write, tag});
    all.push_back({"POST", one + "/setDeviceValue", write, set_value});
    all.push_back({"POST", one + "/exclude", write, exclude});
    all.push_back({"POST", one + "/include", write, include});
    all.push_back({"POST", one + "/merge", write, merge});
    all.push_back({"POST", one + "/rescan", write, rescan});
    all.push_back({"POST", "api/machines/AddOrRemoveTagForMultipleMachines", write, tag_many});
    all.push_back({"POST", "api/machines/excludeMultiple", write, exclude_many});
    all.push_back({"POST", "api/machines/includeMultiple", write, include_many});
}

}  // namespace merlon::api
