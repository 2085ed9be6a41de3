// merlon queries: the built-in hunting queries and those that people saved.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/auth/secrets.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/front.h"
#include "hunt/saved.h"
#include "store/ledger.h"

namespace merlon::cli {
namespace {

using hunt::SavedQuery;

struct Wanted {
    std::string name, note, file, kql;
    bool shared = false;
};

// The stored queries too where there is a data folder; the built-in ones need none.
Result<std::vector<SavedQuery>> all_queries(Front const& front) {
    auto all = hunt::built_in_queries();
    auto store = front.open_store(false);
    if (!store && store.error().code == "store.no_data") return all;
    if (!store) return std::unexpected(std::move(store).error());
    auto connection = TRY(store->connect());
    for (auto& query : TRY(hunt::read_saved_queries(connection))) all.push_back(std::move(query));
    return all;
}

Result<SavedQuery> find(Front const& front, std::string_view wanted) {
    auto all = TRY(all_queries(front));
    for (auto& query : all)
        if (query.id == wanted || query.id == "builtin-" + std::string(wanted)) return std::move(query);
    for (auto& query : all)
        if (equal_ignoring_ascii_case(query.name, wanted)) return std::move(query);
    return fail("hunt.no_such_saved", std::string(wanted));
}

Result<int> list(Front const& front) {
    TextTable table{{"id", "name", "kind", "what it answers"}, {}, {}};
    for (auto const& query : TRY(all_queries(front)))
        table.rows.push_back({query.id, query.name, query.built_in() ? "built in" : query.shared ? "shared" : "private", query.note});
    std::cout << print_table(table, 80);
    return done;
}

Result<int> show(Front const& front, Wanted const& wanted) {
    auto const query = TRY(find(front, wanted.name));
    std::cout << query.kql << (query.kql.ends_with('\n') ? "" : "\n");
    return done;
}

// A change with its line in the audit ledger.
Status change(Front const& front, std::string_view action, std::string_view object, bool create,
              std::function<Status(store::Connection&)> const& operation) {
    auto store = TRY(front.open_store(create));
    auto ledger = TRY(store::Ledger::open(store.folder() / "audit.ndjson"));
    TRY(ledger.append({0, 0, "local", "command line", std::string(action), std::string(object), "admitted", ""}));
    auto connection = TRY(store.connect());
    return connection.transaction([&] { return operation(connection); });
}

Result<int> save(Front const& front, Wanted const& wanted) {
    SavedQuery query{api::new_id(), wanted.name, wanted.note, wanted.kql, "local", wanted.shared, now_ticks(), now_ticks()};
    if (!wanted.file.empty()) query.kql = TRY(read_file(wanted.file));
    TRY(hunt::check_saved_query(query));
    TRY(change(front, "queries save", query.name, true,
               [&](store::Connection& connection) { return hunt::add_saved_query(connection, query); }));
    std::cout << fmt::format("saved as {}\n", query.id);
    return done;
}

Result<int> drop(Front const& front, Wanted const& wanted) {
    auto const query = TRY(find(front, wanted.name));
    if (query.built_in()) return fail("hunt.saved_built_in", query.name);
    TRY(change(front, "queries remove", query.name, false,
               [&](store::Connection& connection) { return hunt::remove_saved_query(connection, query.id); }));
    std::cout << fmt::format("query {} removed\n", query.name);
    return done;
}

}  // namespace

void add_queries(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Wanted>();
    auto* verb = app.add_subcommand("queries", "Built-in and saved hunting queries (changes while the server is stopped; running, use its API)");
    verb->require_subcommand(1);
    verb->add_subcommand("list", "All queries, with what they answer")->callback([&front] { throw run(list(front)); });
    auto* showing = verb->add_subcommand("show", "Print one; run it with merlon hunt --file or a pipe");
    showing->add_option("NAME", wanted->name, "Its id or its name")->required();
    showing->callback([&front, wanted] { throw run(show(front, *wanted)); });
    auto* saving = verb->add_subcommand("save", "Save a query");
    saving->add_option("NAME", wanted->name, "What to call it")->required();
    auto* text = saving->add_option("KQL", wanted->kql, "The query");
    saving->add_option("--file", wanted->file, "Read the query from FILE")->type_name("FILE")->excludes(text);
    saving->add_option("--note", wanted->note, "What it answers");
    saving->add_flag("--shared", wanted->shared, "Everybody who may hunt sees it");
    saving->callback([&front, wanted] { throw run(save(front, *wanted)); });
    auto* removing = verb->add_subcommand("remove", "Remove a saved query");
    removing->add_option("NAME", wanted->name, "Its id or its name")->required();
    removing->callback([&front, wanted] { throw run(drop(front, *wanted)); });
}

}  // namespace merlon::cli
