// merlon queries: the built-in hunting queries and those that people saved.
#include <iostream>

#include <CLI/CLI.hpp>

#include "api/http/server.h"
#include "base/json_read.h"
#include "cli/change.h"
#include "cli/hunt.h"

namespace merlon::cli {
namespace {

using Kind = Part::Kind;
using Column = ViewColumn::Kind;

struct Wanted {
    std::string name, as_of, output = "table";
};

Noun const queries{.what = "query", .lists = "merlon queries list", .list = {.path = {"savedQueries"}}, .prefix = "builtin-"};

View all_queries() {
    View view{{.path = {"savedQueries"}}, {}, "no query"};
    view.columns = {{"id", "id"}, {"name", "name"}, {"kind", "kind"}, {"shared", "shared", Column::flag}, {"what it answers", "description"}};
    view.selects = false;
    view.widest = 80;
    return view;
}

Result<std::string> text_of(Front const& front, std::string const& wanted) {
    auto const ask = TRY(asker(front, Folder::if_any));
    auto const found = TRY(find_named(ask, queries, wanted));
    auto const answer = TRY(send(ask, "GET", "savedQueries/" + api::percent_encode(found.front().id)));
    return std::string(json::text(TRY(json::Document::parse(answer, "answer")).root(), "query"));
}

Result<int> show(Front const& front, Wanted const& wanted) {
    auto const kql = TRY(text_of(front, wanted.name));
    std::cout << kql << (kql.ends_with('\n') ? "" : "\n");
    return done;
}

Result<int> run_one(Front const& front, Wanted const& wanted) {
    return hunt_for(front, TRY(text_of(front, wanted.name)), wanted.name, wanted.as_of, wanted.output);
}

}  // namespace

void add_queries(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Wanted>();
    auto* verb = app.add_subcommand("queries", "Built-in and saved hunting queries");
    verb->require_subcommand(1);
    add_list(*verb, front, "list", "All queries, with what they answer", all_queries(), Folder::if_any);
    auto* showing = verb->add_subcommand("show", "Print the text of one");
    showing->add_option(queries.key, wanted->name, queries.key_doc)->required();
    showing->callback([&front, wanted] { throw run(show(front, *wanted)); });
    auto* running = verb->add_subcommand("run", "Ask one, as merlon hunt does");
    running->add_option(queries.key, wanted->name, queries.key_doc)->required();
    running->add_option("--as-of", wanted->as_of, "Ask what was true at TIME (docs/history.md says which tables know)")->type_name("TIME");
    add_output_option(*running, wanted->output);
    running->callback([&front, wanted] { throw run(run_one(front, *wanted)); });

    Part const text{"KQL", "query", "The query"}, file{"--file", "query", "Read the query from FILE (- for standard input)", Kind::file},
        note{"--note", "description", "What it answers"};
    Part const shared{"--shared", "shared", "Everybody who may hunt sees it", Kind::constant, "true"};
    add_changes(*verb, front, queries,
                {{"save", "Save a query", "POST", "savedQueries", {needed({"NAME", "name", "What to call it"}), needed(text), file, note, shared}, "saved as {id}", "{id}", Folder::make},
                 {.verb = "change", .doc = "Change what is given of one's own query, or share it", .method = "PATCH", .path = "savedQueries/{}",
                  .parts = {text, file, {"--name", "name", "Its new name"}, note, shared, {"--private", "shared", "Nobody else sees it any more", Kind::constant, "false"}},
                  .said = "query {name} changed", .footer = "Who manages access may change what others share, too."},
                 {"remove", "Remove saved queries", "DELETE", "savedQueries/{}", {}, "query {name} removed"}});
}

}  // namespace merlon::cli
