// merlon devices set-value|tag|exclude|include|duplicates|merge, merlon groups: what people say of devices.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/change.h"
#include "store/inventory.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Wanted {
    std::vector<std::string> devices;
    std::string value, justification, note, duplicate, into;
    std::vector<std::string> add, remove;
};

// A body of texts; empty ones are left out.
std::string body_of(std::initializer_list<std::pair<std::string_view, std::string>> members, std::string_view more = {}) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    for (auto const& [name, value] : members)
        if (!value.empty()) json.member(name, value);
    json.end_object();
    if (more.empty()) return body;
    body.back() = body.size() > 2 ? ',' : ' ';
    return body + std::string(more) + "}";
}

Result<std::vector<std::string>> ids_of(Ask const& ask, std::span<std::string const> named) {
    std::vector<std::string> ids;
    for (auto const& one : named) ids.push_back(TRY(known_device(ask, one)));
    return ids;
}

// One call for all of the devices: «path», with the body's further members.
Result<int> change_devices(Front const& front, Wanted const& wanted, std::string_view verb) {
    auto const ask = TRY(asker(front, Folder::change));
    auto const ids = TRY(ids_of(ask, wanted.devices));
    auto const machines = [&](std::string_view name) { return "\"" + std::string(name) + "\":" + store::texts_json(ids); };
    if (verb == "set-value")
        for (auto const& id : ids) TRY(send(ask, "POST", "machines/" + id + "/setDeviceValue", body_of({{"DeviceValue", wanted.value}})));
    for (auto const& [tags, action] : {std::pair{&wanted.add, "Add"}, std::pair{&wanted.remove, "Remove"}})
        for (auto const& tag : *tags)
            TRY(send(ask, "POST", "machines/AddOrRemoveTagForMultipleMachines", body_of({{"Value", tag}, {"Action", action}}, machines("MachineIds"))));
    if (verb == "exclude")
        TRY(send(ask, "POST", "machines/excludeMultiple",
                 body_of({{"justification", wanted.justification}, {"note", wanted.note}}, machines("machineIds"))));
    if (verb == "include") TRY(send(ask, "POST", "machines/includeMultiple", body_of({}, machines("machineIds"))));
    std::cout << fmt::format("{}: {}\n", verb, counted(static_cast<std::int64_t>(ids.size()), "device"));
    return done;
}

View all_duplicates() {
    View view{{.path = {"machines/duplicates"}}, {}, "no duplicates"};
    view.columns = {{"device", "computerDnsName"}, {"last heard of as", "intoComputerDnsName"}, {"why", "reason"}, {"id", "id"}, {"into", "intoMachineId"}};
    view.selects = false;
    return view;
}

Result<int> merge(Front const& front, Wanted const& wanted) {
    auto const ask = TRY(asker(front, Folder::change));
    std::array const both{wanted.duplicate, wanted.into};
    auto const ids = TRY(ids_of(ask, both));
    TRY(send(ask, "POST", "machines/" + ids[0] + "/merge", body_of({{"intoMachineId", ids[1]}})));
    std::cout << fmt::format("{} is excluded as a duplicate of {}; merlon devices include {} takes it back\n", wanted.duplicate, wanted.into, wanted.duplicate);
    return done;
}

// ---- groups -------------------------------------------------------------------------------------------------

struct GroupWanted {
    std::string name, new_name, description;
    std::int64_t rank = 0;
    std::vector<std::string> rules;
    bool no_rules = false;
};

// "name startsWith ws-,pc-" (property, operator, values) as the API's conditions.
Result<std::string> conditions(std::vector<std::string> const& rules) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& rule : rules) {
        auto const first = rule.find(' '), second = first == std::string::npos ? first : rule.find(' ', first + 1);
        if (second == std::string::npos) return fail("cli.usage", "--rule takes a property, an operator and values, such as 'name startsWith ws-,pc-', not «" + clean_text(rule, 100) + "».");
        std::vector<std::string> values;
        for (auto const value : split(std::string_view(rule).substr(second + 1), ',')) values.emplace_back(trim(value));
        json.begin_object();
        json.member("property", rule.substr(0, first));
        json.member("operator", rule.substr(first + 1, second - first - 1));
        json.key("values");
        json.raw(store::texts_json(values));
        json.end_object();
    }
    json.end_array();
    return out;
}

View all_groups() {
    View view{{.path = {"deviceGroups"}, .order = "rank eq null, rank, name"}, {}, "no device group"};
    view.columns = {{"rank", "rank", Kind::whole}, {"group", "name"}, {"devices", "machines", Kind::whole}, {"conditions", "rule"},
                    {"description", "description"}};
    return view;
}

// Makes a change; the answer says how many devices are in another group after it.
Result<std::int64_t> moved_by(Ask const& ask, std::string const& method, std::string const& path, std::string const& body) {
    auto const answer = TRY(send(ask, method, path, body));
    return json::integer(TRY(json::Document::parse(answer, "answer")).root(), "machinesMoved").value_or(0);
}

Result<int> write_group(Front const& front, GroupWanted const& wanted, bool fresh) {
    auto const ask = TRY(asker(front, Folder::change));
    std::string more;
    if (wanted.rank > 0) more = "\"rank\":" + std::to_string(wanted.rank);
    if (!wanted.rules.empty() || wanted.no_rules) more += (more.empty() ? "" : ",") + ("\"conditions\":" + TRY(conditions(wanted.rules)));
    auto const body = body_of({{"name", fresh ? wanted.name : wanted.new_name}, {"description", wanted.description}}, more);
    std::string const path = fresh ? "deviceGroups" : "deviceGroups/" + api::percent_encode(wanted.name);
    auto const moved = TRY(moved_by(ask, fresh ? "POST" : "PATCH", path, body));
    auto const name = fresh || wanted.new_name.empty() ? wanted.name : wanted.new_name;
    auto const answer = TRY(send(ask, "GET", "deviceGroups/" + api::percent_encode(name) + "?$select=name,rule"));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    auto const rule = json::text(document.root(), "rule");
    std::cout << fmt::format("{}: {}; {} moved\n", json::text(document.root(), "name"), rule.empty() ? "no rule" : rule, counted(moved, "device"));
    return done;
}

Result<int> remove_group(Front const& front, GroupWanted const& wanted) {
    auto const moved = TRY(moved_by(TRY(asker(front, Folder::change)), "DELETE", "deviceGroups/" + api::percent_encode(wanted.name), ""));
    std::cout << fmt::format("{} removed; {} moved\n", wanted.name, counted(moved, "device"));
    return done;
}

Result<int> preview(Front const& front, GroupWanted const& wanted) {
    auto const answer = TRY(send(TRY(asker(front)), "POST", "deviceGroups/preview", "{\"conditions\":" + TRY(conditions(wanted.rules)) + "}"));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    TextTable table{{"device", "platform", "group now"}, {}, {}};
    for (auto const one : json::array(document.root(), "value"))
        table.rows.push_back({std::string(json::text(one, "computerDnsName")), std::string(json::text(one, "osPlatform")),
                              std::string(json::text(one, "rbacGroupName"))});
    if (!table.rows.empty()) std::cout << print_table(table);
    std::cout << fmt::format("that fit: {}\n", counted(json::integer(document.root(), "count").value_or(0), "device"));
    return done;
}

void add_groups(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<GroupWanted>();
    auto* groups = app.add_subcommand("groups", "Device groups: a device belongs to the first, by rank, whose conditions all hold");
    groups->require_subcommand(1);
    add_list(*groups, front, "list", "The groups by rank, those that reports name, and how many devices each has", all_groups());
    auto const rules = [&](CLI::App* verb, bool needed) {
        auto* option = verb->add_option("--rule", wanted->rules, "PROPERTY OPERATOR VALUE,...: property name, domain, tag or osPlatform; operator equals, "
                                                                 "startsWith, endsWith or contains; several times: all must hold");
        if (needed) option->required();
    };
    for (bool const fresh : {true, false}) {
        auto* verb = groups->add_subcommand(fresh ? "add" : "edit", fresh ? "Add a group" : "Change a group");
        verb->add_option("NAME", wanted->name, "The group")->required();
        if (!fresh) verb->add_option("--name", wanted->new_name, "Another name");
        verb->add_option("--rank", wanted->rank, "Its place: 1 is tried first (default: last)")->check(CLI::PositiveNumber);
        verb->add_option("--description", wanted->description, "What it is for");
        rules(verb, false);
        if (!fresh) verb->add_flag("--no-rules", wanted->no_rules, "No device by rule any more");
        verb->callback([&front, wanted, fresh] { throw run(write_group(front, *wanted, fresh)); });
    }
    auto* remove = groups->add_subcommand("remove", "Remove a group; its devices go where the other rules put them");
    remove->add_option("NAME", wanted->name, "The group")->required();
    remove->callback([&front, wanted] { throw run(remove_group(front, *wanted)); });
    auto* look = groups->add_subcommand("preview", "The devices that conditions would take");
    rules(look, true);
    look->callback([&front, wanted] { throw run(preview(front, *wanted)); });
}

}  // namespace

void add_device_verbs(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Wanted>();
    auto* devices = app.get_subcommand("devices");
    devices->require_subcommand(0, 1);
    auto const verb = [&](char const* name, char const* doc) {
        auto* made = devices->add_subcommand(name, doc);
        made->add_option("DEVICE", wanted->devices, "Names or ids")->required();
        return made;
    };
    auto* value = verb("set-value", "Set the device value, which weighs its exposure");
    value->add_option("--value", wanted->value, "Low, Normal or High")->required();
    value->callback([&front, wanted] { throw run(change_devices(front, *wanted, "set-value")); });
    auto* tag = verb("tag", "Add and remove tags; what is set here stays whatever sensors report");
    auto* add = tag->add_option("--add", wanted->add, "A tag (several times)");
    auto* remove = tag->add_option("--remove", wanted->remove, "A tag (several times)");
    tag->callback([&front, wanted, add, remove] {
        if (add->empty() && remove->empty()) throw run(fail("cli.usage", "devices tag takes --add TAG, --remove TAG or both."));
        throw run(change_devices(front, *wanted, "tag"));
    });
    auto* exclude = verb("exclude", "Leave devices out of counts and scores");
    exclude->add_option("--justification", wanted->justification, "InactiveDevice, DuplicateDevice, DeviceDoesNotExist, OutOfScope or Other")->required();
    exclude->add_option("--note", wanted->note, "Why");
    exclude->callback([&front, wanted] { throw run(change_devices(front, *wanted, "exclude")); });
    verb("include", "Take an exclusion or a merge back")->callback([&front, wanted] { throw run(change_devices(front, *wanted, "include")); });
    add_list(*devices, front, "duplicates", "Devices that seem to be one", all_duplicates());
    auto* merging = devices->add_subcommand("merge", "Exclude a device as a duplicate of another, which takes over what people set on it");
    merging->add_option("DEVICE", wanted->duplicate, "The duplicate")->required();
    merging->add_option("INTO", wanted->into, "The device that stays")->required();
    merging->callback([&front, wanted] { throw run(merge(front, *wanted)); });
    add_groups(app, front);
}

}  // namespace merlon::cli
