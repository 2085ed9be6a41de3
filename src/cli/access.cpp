// merlon users, merlon apps, merlon tokens: who may use the server, with the server stopped (running, ask its API).
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/auth/directory.h"
#include "api/auth/permissions.h"
#include "api/auth/secrets.h"
#include "base/text.h"
#include "cli/change.h"
#include "store/ledger.h"

namespace merlon::cli {
namespace {

// The first line of standard input; passwords never stand in an argument list.
std::string password_from_input() {
    std::string line;
    std::getline(std::cin, line);
    return line;
}

struct Wanted {
    std::string name, role = "Reader", owner, doc;
    std::vector<std::string> permissions, groups;
};

// The groups given with --group; none: all.
Result<api::DeviceGroups> groups_of(store::Connection& connection, Wanted const& wanted) {
    if (wanted.groups.empty()) return api::DeviceGroups{};
    return api::DeviceGroups{TRY(api::check_groups(connection, wanted.groups))};
}
std::string shown(api::DeviceGroups const& groups) { return groups ? join(*groups, ", ") : "all"; }

Result<int> list_users(Front const& front) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const directory = TRY(api::read_directory(connection));
    TextTable table{{"name", "role", "device groups", "state", "created"}, {}, {}};
    for (auto const& user : directory.users)
        table.rows.push_back({user.name, user.role, shown(user.groups), user.disabled ? "disabled" : "active", iso_seconds(user.created)});
    std::cout << print_table(table);
    return done;
}

Result<int> add_user(Front const& front, Wanted const& wanted) {
    auto store = TRY(front.open_store(true));
    auto user = TRY(api::prepare_user(wanted.name, password_from_input(), wanted.role));
    {
        auto connection = TRY(store.connect());
        user.groups = TRY(groups_of(connection, wanted));
    }
    TRY(change(store, "users add", user.name, [&](store::Connection& c) { return api::add_user(c, user); }));
    std::cout << fmt::format("user {} with the role {}\n", user.name, user.role);
    return done;
}

Result<int> edit_user(Front const& front, Wanted const& wanted, std::string const& action) {
    auto store = TRY(front.open_store(false));
    api::UserChange edit;
    if (action == "disable" || action == "enable") edit.disabled = action == "disable";
    if (action == "password") {
        auto const password = password_from_input();
        TRY(api::check_password(password, wanted.name));
        edit.password_hash = TRY(api::hash_password(password));
    }
    if (action == "role") edit.role = wanted.role;
    if (action == "groups") {
        auto connection = TRY(store.connect());
        edit.groups = TRY(groups_of(connection, wanted));
    }
    TRY(change(store, "users " + action, wanted.name, [&](store::Connection& c) {
        return action == "remove" ? api::remove_user(c, wanted.name) : api::change_user(c, wanted.name, edit);
    }));
    std::cout << fmt::format("user {}: {} done\n", wanted.name, action);
    return done;
}

Result<int> list_roles(Front const& front) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const directory = TRY(api::read_directory(connection));
    TextTable table{{"role", "device groups", "what for", "permissions"}, {}, {}};
    for (auto const* all : {&api::roles(), &directory.roles})
        for (auto const& role : *all) table.rows.push_back({role.name, shown(role.groups), role.doc, join(role.permissions, " ")});
    std::cout << print_table(table, 200);
    return done;
}

Result<int> edit_role(Front const& front, Wanted const& wanted, std::string const& action) {
    auto store = TRY(front.open_store(action == "add"));
    api::Role role{wanted.name, wanted.doc, wanted.permissions, {}};
    {
        auto connection = TRY(store.connect());
        role.groups = TRY(groups_of(connection, wanted));
    }
    TRY(change(store, "roles " + action, wanted.name, [&](store::Connection& c) {
        return action == "remove" ? api::remove_role(c, wanted.name) : action == "add" ? api::add_role(c, role) : api::change_role(c, role);
    }));
    std::cout << fmt::format("role {}: {} done\n", wanted.name, action);
    return done;
}

Result<int> list_apps(Front const& front) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const directory = TRY(api::read_directory(connection));
    TextTable table{{"name", "client id", "device groups", "permissions"}, {}, {}};
    for (auto const& app : directory.applications) table.rows.push_back({app.name, app.id, shown(app.groups), join(app.permissions, " ")});
    std::cout << print_table(table, 200);
    return done;
}

Result<int> add_app(Front const& front, Wanted const& wanted) {
    auto store = TRY(front.open_store(true));
    api::Application made;
    made.name = TRY(api::check_name(wanted.name));
    made.permissions = wanted.permissions;
    TRY(api::check_permissions(made.permissions));
    {
        auto connection = TRY(store.connect());
        made.groups = TRY(groups_of(connection, wanted));
    }
    auto const secret = api::new_secret();
    made.id = api::new_id();
    made.secret = api::secret_hash(secret);
    made.created = now_ticks();
    TRY(change(store, "apps add", made.name, [&](store::Connection& c) { return api::add_application(c, made); }));
    std::cout << fmt::format("client_id     {}\nclient_secret {}\nThe secret is shown only now.\n", made.id, secret);
    return done;
}

Result<int> remove_app(Front const& front, Wanted const& wanted) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const directory = TRY(api::read_directory(connection));
    auto const* app = directory.application(wanted.name);
    if (!app) return fail("auth.no_such", "application", wanted.name);
    TRY(change(store, "apps remove", app->name, [&](store::Connection& c) { return api::remove_application(c, app->id); }));
    std::cout << fmt::format("application {} removed\n", app->name);
    return done;
}

Result<int> audit(Front const& front, bool verify, int last) {
    auto const settings = TRY(front.settings());
    auto const file = std::filesystem::path(settings.text("data")) / "audit.ndjson";
    std::vector<store::LedgerEntry> entries;
    auto const count = TRY(store::read_ledger(file, [&](store::LedgerEntry const& entry) -> Status {
        if (!verify) entries.push_back(entry);
        if (entries.size() > static_cast<std::size_t>(last)) entries.erase(entries.begin());
        return {};
    }));
    if (verify) {
        std::cout << fmt::format("{} entries, each bound to the one before: nothing is missing or changed\n", count);
        return done;
    }
    TextTable table{{"number", "time", "who", "from", "action", "object", "outcome"}, {}, {true}};
    for (auto const& e : entries)
        table.rows.push_back({std::to_string(e.number), iso_seconds(e.time), e.who, e.address, e.action, e.object, e.outcome});
    std::cout << print_table(table);
    return done;
}

}  // namespace

void add_access(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Wanted>();
    auto* users = app.add_subcommand("users", "People who may use the server (while it is stopped; running, use its API)");
    users->require_subcommand(1);
    users->add_subcommand("list", "Names, roles, states")->callback([&front] { throw run(list_users(front)); });
    auto* add = users->add_subcommand("add", "Add a user; the password is read from standard input");
    add->add_option("NAME", wanted->name, "Letters, digits and . _ - @ +")->required();
    add->add_option("--role", wanted->role, "A role of merlon roles list (default: Reader)");
    add->add_option("--group", wanted->groups, "A device group that they see (again for more; default: all)");
    add->callback([&front, wanted] { throw run(add_user(front, *wanted)); });
    for (auto const& [action, doc] : {std::pair{"password", "Set a new password, read from standard input"},
                                      std::pair{"role", "Give another role"}, std::pair{"groups", "Choose the device groups that they see"},
                                      std::pair{"disable", "Let them in no more"},
                                      std::pair{"enable", "Let them in again"}, std::pair{"remove", "Remove with all tokens"}}) {
        auto* verb = users->add_subcommand(action, doc);
        verb->add_option("NAME", wanted->name, "Who")->required();
        if (std::string(action) == "groups") verb->add_option("--group", wanted->groups, "A device group (again for more; none: all)");
        if (std::string(action) == "role") verb->add_option("--role", wanted->role, "The role")->required();
        verb->callback([&front, wanted, name = std::string(action)] { throw run(edit_user(front, *wanted, name)); });
    }

    auto* roles = app.add_subcommand("roles", "What people may do, and the device groups that they see");
    roles->require_subcommand(1);
    roles->add_subcommand("list", "Built-in roles and those that were made")->callback([&front] { throw run(list_roles(front)); });
    for (auto const& [action, doc] : {std::pair{"add", "Make a role"}, std::pair{"set", "Replace what a role gives"}, std::pair{"remove", "Remove a role that nobody has"}}) {
        auto* verb = roles->add_subcommand(action, doc);
        verb->add_option("NAME", wanted->name, "The role")->required();
        if (std::string(action) != "remove") {
            verb->add_option("--permission", wanted->permissions, "Such as Machine.Read.All (again for more)")->required();
            verb->add_option("--group", wanted->groups, "A device group that its people see (again for more; default: all)");
            verb->add_option("--doc", wanted->doc, "What it is for");
        }
        verb->callback([&front, wanted, name = std::string(action)] { throw run(edit_role(front, *wanted, name)); });
    }

    auto* apps = app.add_subcommand("apps", "Programs that get access tokens with a client id and secret");
    apps->require_subcommand(1);
    apps->add_subcommand("list", "Names, client ids, permissions")->callback([&front] { throw run(list_apps(front)); });
    auto* add_one = apps->add_subcommand("add", "Add a program; its secret is printed once");
    add_one->add_option("NAME", wanted->name, "Letters, digits and . _ - @ +")->required();
    add_one->add_option("--permission", wanted->permissions, "Such as Machine.Read.All")->required();
    add_one->add_option("--group", wanted->groups, "A device group that it sees (again for more; default: all)");
    add_one->callback([&front, wanted] { throw run(add_app(front, *wanted)); });
    auto* remove_one = apps->add_subcommand("remove", "Remove a program; its tokens end at once");
    remove_one->add_option("NAME", wanted->name, "Name or client id")->required();
    remove_one->callback([&front, wanted] { throw run(remove_app(front, *wanted)); });

    auto* ledger = app.add_subcommand("audit", "Who did what: the hash-chained ledger of the data folder");
    ledger->require_subcommand(1);
    auto last = std::make_shared<int>(50);
    auto* list = ledger->add_subcommand("list", "The newest entries");
    list->add_option("--last", *last, "How many (default 50)")->check(CLI::PositiveNumber);
    list->callback([&front, last] { throw run(audit(front, false, *last)); });
    ledger->add_subcommand("verify", "Check every hash from the first entry to the last")->callback([&front] {
        throw run(audit(front, true, 0));
    });
}

}  // namespace merlon::cli
