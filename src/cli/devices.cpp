// merlon devices set-value|tag|exclude|include|duplicates|merge, merlon groups: what people say of devices.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/publish.h"
#include "base/text.h"
#include "cli/change.h"
#include "cli/devices.h"
#include "cli/listing.h"
#include "store/device_facts.h"

namespace merlon::cli {
namespace {

constexpr std::string_view who = "command line";

struct Wanted {
    std::vector<std::string> devices;
    std::string value, justification, note, into;
    std::vector<std::string> add, remove;
};

Result<std::vector<std::string>> ids_of(store::Connection& connection, std::span<std::string const> named) {
    std::vector<std::string> ids;
    for (auto const& one : named) {
        auto const id = TRY(store::device_named(connection, one));
        if (!id) return fail("devices.no_such", one);
        ids.push_back(*id);
    }
    return ids;
}

Result<int> change_devices(Front const& front, std::string_view verb, std::vector<std::string> const& named, store::ChoiceChange wanted) {
    TRY(store::check_change(wanted));
    auto store = TRY(front.open_store(false));
    std::size_t count = 0;
    TRY(cli::change(store, "devices " + std::string(verb), join(named, " "), [&](store::Connection& connection) -> Status {
        auto const ids = TRY(ids_of(connection, named));
        count = TRY(store::change_devices(connection, ids, wanted, who, now_ticks()));
        TRY(advise::publish_all(connection, now_ticks()));
        return {};
    }));
    std::cout << fmt::format("{} of {} devices\n", verb, count);
    return done;
}

Result<int> duplicates(Front const& front) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    TextTable table{{"device", "last heard of as", "why", "id", "into"}, {}, {}};
    for (auto const& pair : TRY(store::find_duplicates(connection)))
        table.rows.push_back({pair.name, pair.other_name, pair.reason, pair.id, pair.other_id});
    if (table.rows.empty()) std::cout << "no duplicates\n";
    else std::cout << print_table(table);
    return done;
}

Result<int> merge(Front const& front, Wanted const& wanted) {
    auto store = TRY(front.open_store(false));
    TRY(cli::change(store, "devices merge", wanted.devices[0] + " into " + wanted.into, [&](store::Connection& connection) -> Status {
        std::array const both{wanted.devices[0], wanted.into};
        auto const ids = TRY(ids_of(connection, both));
        if (ids[0] == ids[1]) return fail("devices.same", wanted.into);
        TRY(store::merge_devices(connection, ids[0], ids[1], who, now_ticks()));
        TRY(advise::publish_all(connection, now_ticks()));
        return {};
    }));
    std::cout << fmt::format("{} is excluded as a duplicate of {}; merlon devices include {} takes it back\n", wanted.devices[0], wanted.into,
                             wanted.devices[0]);
    return done;
}

// ---- groups -------------------------------------------------------------------------------------------------

struct GroupWanted {
    std::string name, new_name, description;
    std::int64_t rank = 0;
    std::vector<std::string> rules;
    bool no_rules = false;
};

// "name startsWith ws-,pc-": property, operator, values.
Result<std::vector<store::GroupCondition>> conditions(std::vector<std::string> const& rules) {
    std::vector<store::GroupCondition> all;
    for (auto const& rule : rules) {
        auto const first = rule.find(' '), second = first == std::string::npos ? first : rule.find(' ', first + 1);
        if (second == std::string::npos) return fail("groups.bad_rule", "«" + rule + "» is not PROPERTY OPERATOR VALUE,...");
        auto& made = all.emplace_back();
        made.property = rule.substr(0, first);
        made.operator_ = rule.substr(first + 1, second - first - 1);
        for (auto const value : split(std::string_view(rule).substr(second + 1), ',')) made.values.emplace_back(trim(value));
    }
    return all;
}

std::string shown(std::span<store::GroupCondition const> conditions) {
    std::string out;
    for (auto const& one : conditions)
        out += (out.empty() ? "" : " and ") + one.property + " " + one.operator_ + " " + join(one.values, ",");
    return out;
}

Result<int> list_groups(Front const& front, std::string const& output) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    Listing listing;
    listing.output = output;
    listing.nothing = "no device group";
    listing.columns = {{"rank"}, {"group"}, {"devices"}, {"conditions"}, {"description"}};
    listing.sql = "SELECT nullif(g.rank, 0), CASE WHEN g.name = '' THEN 'Unassigned' ELSE g.name END, "
                  "(SELECT count(*) FROM main.device d WHERE d.device_group = g.name), "
                  "coalesce((SELECT string_agg((c.value->>'property') || ' ' || (c.value->>'operator') || ' ' || "
                  "array_to_string(from_json(c.value->'values', '[\"VARCHAR\"]'), ','), ' and ') FROM json_each(g.conditions) c), ''), g.description "
                  "FROM (SELECT name, rank, conditions, description FROM main.device_group UNION ALL SELECT DISTINCT device_group, 0, '[]', '' "
                  "FROM main.device WHERE device_group NOT IN (SELECT name FROM main.device_group)) g ORDER BY g.rank = 0, g.rank, g.name";
    TRY(print_listing(connection, listing));
    return done;
}

Result<int> write_group(Front const& front, GroupWanted const& wanted, bool fresh) {
    auto store = TRY(front.open_store(false));
    std::size_t moved = 0;
    store::DeviceGroup group;
    TRY(cli::change(store, fresh ? "groups add" : "groups edit", wanted.name, [&](store::Connection& connection) -> Status {
        group.name = wanted.name;
        if (!fresh) {
            auto const groups = TRY(store::read_groups(connection));
            auto const found = std::ranges::find_if(groups, [&](store::DeviceGroup const& g) { return equal_ignoring_ascii_case(g.name, wanted.name); });
            if (found == groups.end()) return fail("groups.no_such", wanted.name);
            group = *found;
            if (!wanted.new_name.empty()) group.name = wanted.new_name;
        }
        if (wanted.rank > 0) group.rank = wanted.rank;
        if (!wanted.description.empty()) group.description = wanted.description;
        if (!wanted.rules.empty() || wanted.no_rules) group.conditions = TRY(conditions(wanted.rules));
        TRY(store::write_group(connection, group, fresh ? std::string_view{} : std::string_view(wanted.name), who, now_ticks()));
        moved = TRY(store::regroup(connection));
        TRY(advise::publish_all(connection, now_ticks()));
        return {};
    }));
    std::cout << fmt::format("{}: {}; {} devices moved\n", group.name, group.conditions.empty() ? "no rule" : shown(group.conditions), moved);
    return done;
}

Result<int> remove_group(Front const& front, GroupWanted const& wanted) {
    auto store = TRY(front.open_store(false));
    std::size_t moved = 0;
    TRY(cli::change(store, "groups remove", wanted.name, [&](store::Connection& connection) -> Status {
        TRY(store::remove_group(connection, wanted.name));
        moved = TRY(store::regroup(connection));
        TRY(advise::publish_all(connection, now_ticks()));
        return {};
    }));
    std::cout << fmt::format("{} removed; {} devices moved\n", wanted.name, moved);
    return done;
}

Result<int> preview(Front const& front, GroupWanted const& wanted) {
    store::DeviceGroup group;
    group.name = "preview";
    group.conditions = TRY(conditions(wanted.rules));
    TRY(store::check_group(group));
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    TextTable table{{"device", "platform", "group now", "tags"}, {}, {}};
    std::size_t count = 0;
    TRY(store::read_devices(connection, [&](store::DeviceRow row) -> Status {
        if (store::fits(group, row) && ++count <= 10)
            table.rows.push_back({row.name, row.os.platform, row.group.empty() ? "Unassigned" : row.group, join(row.tags, ", ")});
        return {};
    }));
    if (count > 0) std::cout << print_table(table);
    std::cout << fmt::format("{} devices fit\n", count);
    return done;
}

void add_groups(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<GroupWanted>();
    auto* groups = app.add_subcommand("groups", "Device groups: a device belongs to the first, by rank, whose conditions all hold");
    groups->require_subcommand(1);
    auto output = std::make_shared<std::string>("table");
    auto* list = groups->add_subcommand("list", "The groups by rank, those that reports name, and how many devices each has");
    add_output_option(*list, *output);
    list->callback([&front, output] { throw run(list_groups(front, *output)); });
    auto const rules = [&](CLI::App* verb, bool needed) {
        auto* option = verb->add_option("--rule", wanted->rules, "PROPERTY OPERATOR VALUE,...: property name, domain, tag or osPlatform; operator equals, "
                                                                 "startsWith, endsWith or contains; again for more, which must all hold");
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
    value->callback([&front, wanted] {
        store::ChoiceChange change_wanted;
        change_wanted.value = wanted->value;
        throw run(change_devices(front, "set-value", wanted->devices, std::move(change_wanted)));
    });
    auto* tag = verb("tag", "Add and remove tags; what is set here stays whatever sensors report");
    auto* add = tag->add_option("--add", wanted->add, "A tag (again for more)");
    auto* remove = tag->add_option("--remove", wanted->remove, "A tag (again for more)");
    tag->callback([&front, wanted, add, remove] {
        if (add->empty() && remove->empty()) throw run(fail("cli.usage", "devices tag takes --add TAG, --remove TAG or both."));
        store::ChoiceChange change_wanted;
        change_wanted.add_tags = wanted->add;
        change_wanted.remove_tags = wanted->remove;
        throw run(change_devices(front, "tag", wanted->devices, std::move(change_wanted)));
    });
    auto* exclude = verb("exclude", "Leave devices out of counts and scores");
    exclude->add_option("--justification", wanted->justification, "InactiveDevice, DuplicateDevice, DeviceDoesNotExist, OutOfScope or Other")->required();
    exclude->add_option("--note", wanted->note, "Why");
    exclude->callback([&front, wanted] {
        store::ChoiceChange change_wanted;
        change_wanted.exclusion = {true, wanted->justification, wanted->note, ""};
        throw run(change_devices(front, "exclude", wanted->devices, std::move(change_wanted)));
    });
    verb("include", "Take an exclusion or a merge back")->callback([&front, wanted] {
        store::ChoiceChange change_wanted;
        change_wanted.exclusion = store::ChoiceChange::Exclusion{};
        throw run(change_devices(front, "include", wanted->devices, std::move(change_wanted)));
    });
    devices->add_subcommand("duplicates", "Devices that seem to be one")->callback([&front] { throw run(duplicates(front)); });
    auto* merging = devices->add_subcommand("merge", "Exclude a device as a duplicate of another, which takes over what people set on it");
    merging->add_option("DEVICE", wanted->devices, "The duplicate")->required()->expected(1);
    merging->add_option("INTO", wanted->into, "The device that stays")->required();
    merging->callback([&front, wanted] { throw run(merge(front, *wanted)); });
    add_groups(app, front);
}

}  // namespace merlon::cli
