// merlon users, merlon roles, merlon apps: who may use the server; merlon audit: who did what.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/change.h"
#include "store/inventory.h"
#include "store/ledger.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Wanted {
    std::string name, role = "Reader", doc, output = "table";
    std::vector<std::string> permissions, groups;
};

void texts(JsonWriter& json, std::string_view name, std::vector<std::string> const& all) {
    json.key(name);
    json.raw(store::texts_json(all));
}

// The groups given with --group; none: all.
void device_groups(JsonWriter& json, Wanted const& wanted) {
    if (!wanted.groups.empty()) return texts(json, "deviceGroups", wanted.groups);
    json.key("deviceGroups");
    json.null();
}

std::string body_of(std::function<void(JsonWriter&)> const& members) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    members(json);
    json.end_object();
    return body;
}

// PATCH or DELETE of something below merlon/.
Status edit(Front const& front, std::string const& method, std::string const& list, std::string const& name, std::string const& body) {
    TRY(send(TRY(asker(front, Folder::change)), method, "merlon/" + list + "/" + api::percent_encode(name), body));
    return {};
}

Result<int> list(Front const& front, std::string const& path, std::vector<ViewColumn> columns, Wanted const& wanted) {
    View view{{.path = {path}, .output = wanted.output}, std::move(columns)};
    view.selects = false;
    view.widest = 200;
    return show_view(front, view);
}

ViewColumn const groups_seen{"device groups", "deviceGroups", Kind::list, "all"};

Result<int> list_users(Front const& front, Wanted const& wanted) {
    return list(front, "merlon/users", {{"name", "name"}, {"role", "role"}, groups_seen, {"disabled", "disabled", Kind::flag}, {"created", "created", Kind::second}}, wanted);
}

Result<int> add_user(Front const& front, Wanted const& wanted) {
    auto const body = body_of([&](JsonWriter& json) {
        json.member("name", wanted.name);
        json.member("password", password_from_input());
        json.member("role", wanted.role);
        device_groups(json, wanted);
    });
    TRY(send(TRY(asker(front, Folder::make)), "POST", "merlon/users", body));
    std::cout << fmt::format("user {} with the role {}\n", wanted.name, wanted.role);
    return done;
}

Result<int> edit_user(Front const& front, Wanted const& wanted, std::string const& action) {
    auto const body = body_of([&](JsonWriter& json) {
        if (action == "disable" || action == "enable") json.member("disabled", action == "disable");
        if (action == "password") json.member("password", password_from_input());
        if (action == "role") json.member("role", wanted.role);
        if (action == "groups") device_groups(json, wanted);
    });
    bool const gone = action == "remove";
    TRY(edit(front, gone ? "DELETE" : "PATCH", "users", wanted.name, gone ? std::string{} : body));
    std::cout << fmt::format("user {}: {} done\n", wanted.name, action);
    return done;
}

Result<int> list_roles(Front const& front, Wanted const& wanted) {
    return list(front, "merlon/roles", {{"role", "name"}, {"built in", "builtIn", Kind::flag}, groups_seen, {"what for", "description"}, {"permissions", "permissions", Kind::list}}, wanted);
}

Result<int> edit_role(Front const& front, Wanted const& wanted, std::string const& action) {
    auto const body = body_of([&](JsonWriter& json) {
        if (action == "add") json.member("name", wanted.name);
        json.member("description", wanted.doc);
        texts(json, "permissions", wanted.permissions);
        device_groups(json, wanted);
    });
    if (action == "add") TRY(send(TRY(asker(front, Folder::make)), "POST", "merlon/roles", body));
    else if (action == "remove") TRY(edit(front, "DELETE", "roles", wanted.name, {}));
    else TRY(edit(front, "PATCH", "roles", wanted.name, body));
    std::cout << fmt::format("role {}: {} done\n", wanted.name, action);
    return done;
}

View all_apps() {
    View view{{.path = {"merlon/applications"}}};
    view.columns = {{"name", "name"}, {"client id", "id"}, groups_seen, {"permissions", "permissions", Kind::list}};
    view.selects = false;
    view.widest = 200;
    return view;
}

Result<int> list_audit(Front const& front, int last, Wanted const& wanted) {
    View view{{.path = {"merlon/auditEvents"}, .order = "number desc", .top = std::to_string(last), .output = wanted.output}, {}, "nothing yet"};
    view.columns = {{"number", "number", Kind::whole}, {"time", "time", Kind::second}, {"who", "who"}, {"from", "address"}, {"action", "action"}, {"object", "object"}, {"outcome", "outcome"}};
    // The list is brought up to date with the ledger by whoever may write to it.
    TRY(print_view(TRY(asker(front, Folder::change)), view));
    return done;
}

// Of the folder here the file is read, store or not: beside a server, too.
Result<std::int64_t> verified_entries(Front const& front) {
    if (remote_server().empty()) return store::read_ledger(std::filesystem::path(TRY(front.settings()).text("data")) / "audit.ndjson", {});
    auto const answer = TRY(send(TRY(asker(front)), "GET", "merlon/audit/verify"));
    auto const checked = TRY(json::Document::parse(answer, "answer"));
    if (!json::boolean(checked.root(), "whole").value_or(false))
        return fail("audit.broken", remote_server(), std::to_string(json::integer(checked.root(), "brokenAtLine").value_or(0)), std::string(json::text(checked.root(), "problem")));
    return json::integer(checked.root(), "entries").value_or(0);
}

Result<int> verify_audit(Front const& front) {
    std::cout << fmt::format("{} entries, each bound to the one before: nothing is missing or changed\n", TRY(verified_entries(front)));
    return done;
}

}  // namespace

void add_access(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Wanted>();
    auto const lists = [&front, wanted](CLI::App& noun, char const* doc, Result<int> (*show)(Front const&, Wanted const&)) {
        auto* verb = noun.add_subcommand("list", doc);
        add_output_option(*verb, wanted->output);
        verb->callback([&front, wanted, show] { throw run(show(front, *wanted)); });
    };
    auto* users = app.add_subcommand("users", "People who may use the server");
    users->require_subcommand(1);
    lists(*users, "Names, roles, whether they may sign in", list_users);
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
    lists(*roles, "Built-in roles and those that were made", list_roles);
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
    add_list(*apps, front, "Names, client ids, permissions", all_apps());
    add_changes(*apps, front, {.what = "application", .lists = "merlon apps list", .list = {.path = {"merlon/applications"}}, .key_doc = "Name or client id"},
                {{.verb = "add", .doc = "Add a program; its secret is printed once", .method = "POST", .path = "merlon/applications",
                  .parts = {needed({"NAME", "name", "Letters, digits and . _ - @ +"}), needed({"--permission", "permissions", "Such as Machine.Read.All", Part::Kind::texts}),
                            {"--group", "deviceGroups", "A device group that it sees (again for more; default: all)", Part::Kind::texts}},
                  .said = "client_id     {id}\nclient_secret {secret}\nThe secret is shown only now.", .folder = Folder::make},
                 {"remove", "Remove programs; their tokens end at once", "DELETE", "merlon/applications/{}", {}, "application {name} removed"}});

    add_changes(*users, front, {},
                {{.verb = "claim", .doc = "Make the first administrator of a server, with the one-time code that it printed; the password is read from standard input", .method = "POST",
                  .path = "merlon/claim", .parts = {needed({"NAME", "name", "Letters, digits and . _ - @ +"}), needed({"--code", "code", "As the server printed it at its start"}), {"", "password", "", Part::Kind::password}},
                  .said = "user {name} with the role Administrator", .footer = "Who may open the data folder needs no code: merlon users add NAME --role Administrator."}});

    auto* ledger = app.add_subcommand("audit", "Who did what: the hash-chained ledger");
    ledger->require_subcommand(1);
    auto last = std::make_shared<int>(50);
    auto* newest = ledger->add_subcommand("list", "The newest entries, the newest first");
    newest->add_option("--last", *last, "How many (default 50)")->check(CLI::PositiveNumber);
    add_output_option(*newest, wanted->output);
    newest->callback([&front, last, wanted] { throw run(list_audit(front, *last, *wanted)); });
    ledger->add_subcommand("verify", "Check every hash from the first entry to the last")->callback([&front] { throw run(verify_audit(front)); });
}

}  // namespace merlon::cli
