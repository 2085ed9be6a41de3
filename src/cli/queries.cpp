// merlon queries: the built-in hunting queries and those that people saved.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/view.h"

namespace merlon::cli {
namespace {

struct Wanted {
    std::string name, note, file, kql, output = "table";
    bool shared = false;
};

struct Query {
    std::string id, name, kql;
};

// By its id or its name; the id of a built-in one may be written without what it begins with.
Result<Query> find(Ask const& ask, std::string const& wanted) {
    auto const page = TRY(first_page(ask, {.path = {"savedQueries"}}));
    auto const all = json::array(page.root(), "value");
    auto const read = [](json::Value one) {
        return Query{std::string(json::text(one, "id")), std::string(json::text(one, "name")), std::string(json::text(one, "query"))};
    };
    for (auto const one : all)
        if (auto const id = json::text(one, "id"); id == wanted || id == "builtin-" + wanted) return read(one);
    for (auto const one : all)
        if (equal_ignoring_ascii_case(json::text(one, "name"), wanted)) return read(one);
    return fail("hunt.no_such_saved", clean_text(wanted, 100));
}

Result<int> list(Front const& front, Wanted const& wanted) {
    View view{{.path = {"savedQueries"}, .output = wanted.output}, {}, "no query"};
    view.columns = {{"id", "id"}, {"name", "name"}, {"kind", "kind"}, {"what it answers", "description"}};
    view.selects = false;
    view.widest = 80;
    TRY(print_view(TRY(asker(front, Folder::if_any)), view));
    return done;
}

Result<int> show(Front const& front, Wanted const& wanted) {
    auto const query = TRY(find(TRY(asker(front, Folder::if_any)), wanted.name));
    std::cout << query.kql << (query.kql.ends_with('\n') ? "" : "\n");
    return done;
}

Result<int> save(Front const& front, Wanted const& wanted) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("name", wanted.name);
    json.member("description", wanted.note);
    json.member("query", wanted.file.empty() ? wanted.kql : TRY(read_file(wanted.file)));
    json.member("shared", wanted.shared);
    json.end_object();
    auto const answer = TRY(send(TRY(asker(front, Folder::make)), "POST", "savedQueries", body));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    std::cout << fmt::format("saved as {}\n", json::text(document.root(), "id"));
    return done;
}

Result<int> drop(Front const& front, Wanted const& wanted) {
    auto const ask = TRY(asker(front, Folder::change));
    auto const query = TRY(find(ask, wanted.name));
    TRY(send(ask, "DELETE", "savedQueries/" + api::percent_encode(query.id)));
    std::cout << fmt::format("query {} removed\n", query.name);
    return done;
}

}  // namespace

void add_queries(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Wanted>();
    auto* verb = app.add_subcommand("queries", "Built-in and saved hunting queries");
    verb->require_subcommand(1);
    auto* listing = verb->add_subcommand("list", "All queries, with what they answer");
    add_output_option(*listing, wanted->output);
    listing->callback([&front, wanted] { throw run(list(front, *wanted)); });
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
