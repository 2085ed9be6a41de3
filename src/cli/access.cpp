// merlon users, merlon roles, merlon apps: who may use the server; merlon audit: who did what.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/json_read.h"
#include "cli/change.h"
#include "store/ledger.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;
using Of = Part::Kind;

ViewColumn const groups_seen{"device groups", "deviceGroups", Kind::list, "all"};

// A list of merlon/, as it answers: these routes take no $select.
View whole(std::string path, std::vector<ViewColumn> columns) {
    View view{{.path = {std::move(path)}}, std::move(columns)};
    view.selects = false;
    view.widest = 200;
    return view;
}

Result<int> list_audit(Front const& front, int last, std::string const& output) {
    View view{{.path = {"merlon/auditEvents"}, .order = "number desc", .top = std::to_string(last), .output = output}, {}, "nothing yet"};
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

void add_users(CLI::App& app, Front& front) {
    auto* users = app.add_subcommand("users", "People who may use the server");
    users->require_subcommand(1);
    add_list(*users, front, "list", "Names, roles, whether they may sign in",
             whole("merlon/users", {{"name", "name"}, {"role", "role"}, groups_seen, {"disabled", "disabled", Kind::flag}, {"created", "created", Kind::moment}}));
    Part const password{"", "password", "", Of::password};
    auto const groups = [](char const* doc) { return Part{.option = "--group", .member = "deviceGroups", .doc = doc, .kind = Of::texts, .otherwise = "null"}; };
    add_changes(*users, front, {.key_doc = "Who"},
                {{"add", "Add a user; the password is read from standard input", "POST", "merlon/users",
                  {needed({"NAME", "name", "Letters, digits and . _ - @ +"}), password,
                   {.option = "--role", .member = "role", .doc = "A role of merlon roles list (default: Reader)", .otherwise = "\"Reader\""},
                   groups("A device group that they see (several times; default: all)")},
                  "user {name} with the role {role}", {}, Folder::make},
                 {"password", "Set a new password, read from standard input", "PATCH", "merlon/users/{}", {password}, "user {name} has a new password"},
                 {"role", "Give another role", "PATCH", "merlon/users/{}", {needed({"--role", "role", "The role"})}, "user {name} has the role {role}"},
                 {"groups", "Choose the device groups that they see", "PATCH", "merlon/users/{}", {groups("A device group (several times; none: all)")}, "user {name}: device groups set"},
                 {"disable", "Let them in no more", "PATCH", "merlon/users/{}", {{"", "disabled", "", Of::constant, "true"}}, "user {name} is let in no more"},
                 {"enable", "Let them in again", "PATCH", "merlon/users/{}", {{"", "disabled", "", Of::constant, "false"}}, "user {name} is let in again"},
                 {"remove", "Remove with all tokens", "DELETE", "merlon/users/{}", {}, "user {name} removed"},
                 {.verb = "claim", .doc = "Make the first administrator of a server, with the one-time code that it printed; the password is read from standard input", .method = "POST",
                  .path = "merlon/claim", .parts = {needed({"NAME", "name", "Letters, digits and . _ - @ +"}), needed({"--code", "code", "As the server printed it at its start"}), password},
                  .said = "user {name} with the role Administrator", .footer = "Who may open the data folder needs no code: merlon users add NAME --role Administrator."}});
}

void add_roles(CLI::App& app, Front& front) {
    auto* roles = app.add_subcommand("roles", "What people may do, and the device groups that they see");
    roles->require_subcommand(1);
    add_list(*roles, front, "list", "Built-in roles and those that were made",
             whole("merlon/roles", {{"role", "name"}, {"built in", "builtIn", Kind::flag}, groups_seen, {"what for", "description"}, {"permissions", "permissions", Kind::list}}));
    std::vector<Part> const gives{needed({"--permission", "permissions", "Such as Machine.Read.All (several times)", Of::texts}),
                                  {.option = "--group", .member = "deviceGroups", .doc = "A device group that its people see (several times; default: all)", .kind = Of::texts, .otherwise = "null"},
                                  {.option = "--doc", .member = "description", .doc = "What it is for", .otherwise = "\"\""}};
    add_changes(*roles, front, {.key_doc = "The role"},
                {{"add", "Make a role", "POST", "merlon/roles", with({needed({"NAME", "name", "The role"})}, gives), "role {name} made", {}, Folder::make},
                 {"set", "Replace what a role gives", "PATCH", "merlon/roles/{}", gives, "role {name} changed"},
                 {"remove", "Remove roles that nobody has", "DELETE", "merlon/roles/{}", {}, "role {name} removed"}});
}

void add_apps(CLI::App& app, Front& front) {
    auto* apps = app.add_subcommand("apps", "Programs that get access tokens with a client id and secret");
    apps->require_subcommand(1);
    add_list(*apps, front, "list", "Names, client ids, permissions",
             whole("merlon/applications", {{"name", "name"}, {"client id", "id"}, groups_seen, {"permissions", "permissions", Kind::list}}));
    add_changes(*apps, front, {.what = "application", .lists = "merlon apps list", .list = {.path = {"merlon/applications"}}, .key_doc = "Name or client id"},
                {{.verb = "add", .doc = "Add a program; its secret is printed once", .method = "POST", .path = "merlon/applications",
                  .parts = {needed({"NAME", "name", "Letters, digits and . _ - @ +"}), needed({"--permission", "permissions", "Such as Machine.Read.All (several times)", Of::texts}),
                            {"--group", "deviceGroups", "A device group that it sees (several times; default: all)", Of::texts}},
                  .said = "client_id     {id}\nclient_secret {secret}\nThe secret is shown only now.", .folder = Folder::make},
                 {"remove", "Remove programs; their tokens end at once", "DELETE", "merlon/applications/{}", {}, "application {name} removed"}});
}

void add_audit(CLI::App& app, Front& front) {
    auto* ledger = app.add_subcommand("audit", "Who did what: the hash-chained ledger");
    ledger->require_subcommand(1);
    auto last = std::make_shared<int>(50);
    auto output = std::make_shared<std::string>("table");
    auto* newest = ledger->add_subcommand("list", "The newest entries, the newest first");
    newest->add_option("--last", *last, "How many (default 50)")->check(CLI::PositiveNumber);
    add_output_option(*newest, *output);
    newest->callback([&front, last, output] { throw run(list_audit(front, *last, *output)); });
    ledger->add_subcommand("verify", "Check every hash from the first entry to the last")->callback([&front] { throw run(verify_audit(front)); });
}

}  // namespace

void add_access(CLI::App& app, Front& front) {
    add_users(app, front);
    add_roles(app, front);
    add_apps(app, front);
    add_audit(app, front);
}

}  // namespace merlon::cli
