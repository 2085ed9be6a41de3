// merlon hunt 'KQL'
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/ask.h"
#include "cli/hunt.h"
#include "hunt/batch.h"
#include "server/external.h"

namespace merlon::cli {
namespace {

struct Options {
    std::string query, file, batch, as_of, output = "table", name = {};  // name: what errors call it; empty: by its file
    bool in_memory = false, explain = false;
};

// A cell as people read it.
std::string shown(json::Value cell) {
    if (json::is_null(cell)) return "";
    return json::is_string(cell) ? std::string(json::text(cell)) : json::dump(cell);
}

void print_csv(json::Value answer) {
    std::string line;
    for (auto const column : json::array(answer, "columns")) line += (line.empty() ? "" : ",") + csv_cell(json::text(column, "name"));
    std::cout << line << "\r\n";
    for (auto const row : json::array(answer, "rows")) {
        line.clear();
        bool first = true;
        for (auto const cell : json::array(row)) line += (std::exchange(first, false) ? "" : ",") + csv_cell(shown(cell));
        std::cout << line << "\r\n";
    }
}

void print_rows(json::Value answer, std::optional<double> elapsed_ms) {
    TextTable table;
    for (auto const column : json::array(answer, "columns")) {
        auto const type = json::text(column, "type");
        table.head.emplace_back(json::text(column, "name"));
        table.to_the_right.push_back(type == "int" || type == "long" || type == "real" || type == "decimal");
    }
    for (auto const row : json::array(answer, "rows")) {
        auto& cells = table.rows.emplace_back();
        for (auto const cell : json::array(row)) cells.push_back(shown(cell));
    }
    std::cout << print_table(table) << counted(static_cast<std::int64_t>(table.rows.size()), "row");
    std::cout << (elapsed_ms ? fmt::format(", {:.1f} ms\n", *elapsed_ms) : "\n");
}

// The tables as JSON, without what differs from one time to the next.
std::string tables_json(json::Value answer) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (auto const name : {"columns", "rows", "name", "truncated", "further"})
        if (auto const value = json::member(answer, name)) {
            json.key(name);
            json.raw(json::dump(*value));
        }
    json.end_object();
    return out;
}

// Tables that were asked and that nothing fills: the first of them by name, for a search asks a hundred.
void note_empty_tables(json::Value answer) {
    constexpr std::size_t most_named = 5;
    std::string names;
    std::size_t many = 0;
    for (auto const name : json::array(answer, "tablesWithoutSource"))
        if (++many <= most_named) names += (names.empty() ? "" : ", ") + std::string(json::text(name));
    if (many == 0) return;
    if (many > most_named) names += " and " + std::to_string(many - most_named) + " more tables";
    std::cerr << "note: nothing feeds " << names << " yet; " << (many == 1 ? "it reads" : "they read") << " as empty.\n";
}

void print_answer(json::Value answer, std::string const& output) {
    auto const table = [&](json::Value one, std::optional<double> elapsed_ms) {
        if (auto const name = json::text(one, "name"); !name.empty()) std::cout << name << "\n";
        if (output == "csv") print_csv(one);
        else print_rows(one, elapsed_ms);
    };
    auto const cut = [](json::Value one) { return json::boolean(one, "truncated").value_or(false); };
    if (output == "json") {
        std::cout << tables_json(answer) << "\n";
    } else {
        table(answer, json::number(answer, "elapsed_ms"));
        for (auto const one : json::array(answer, "further")) {
            std::cout << "\n";
            table(one, {});
            if (cut(one)) std::cerr << "Only the first rows of this table are shown.\n";
        }
    }
    if (cut(answer)) std::cerr << "Only the first rows are shown: the answer is longer than the setting query.rows allows.\n";
    note_empty_tables(answer);
}

// The errors that a server found in a query, as they are where it is read.
Error error_of(json::Value detail) {
    Error one;
    one.code = json::text(detail, "code");
    for (auto const argument : json::array(detail, "arguments")) one.args.emplace_back(json::text(argument));
    one.hint = json::text(detail, "hint");
    auto const begin = json::integer(detail, "begin"), end = json::integer(detail, "end");
    if (begin && end) one.span = Span{static_cast<std::size_t>(*begin), static_cast<std::size_t>(*end)};
    return one;
}

std::unexpected<Error> refused(api::CallAnswer const& answer) {
    auto const document = json::Document::parse(answer.body, "answer");
    auto const inner = document ? json::member(document->root(), "error") : std::nullopt;
    std::optional<Error> first;
    if (inner)
        for (auto const detail : json::array(*inner, "details")) {
            if (!first) first = error_of(detail);
            else first->others.push_back(error_of(detail));
        }
    return first && error_code_exists(first->code) ? std::unexpected(std::move(*first)) : said(answer);
}

hunt::Answering asked(Ask ask, std::string const& as_of) {
    auto const target = "/api/merlon/hunt" + (as_of.empty() ? std::string{} : "?asOf=" + api::percent_encode(as_of));
    return [ask = std::move(ask), target](std::string const& query) -> Result<std::string> {
        auto answer = TRY(ask("POST", target, "application/json", "{\"Query\":" + json_string(query) + "}", {}));
        if (answer.status != 200) return refused(answer);
        return std::move(answer.body);
    };
}

// Who answers: the folder here without a detour (many queries a second), or the server that runs on it or was named.
Result<hunt::Answering> answering(Front const& front, Options const& options, hunt::Options limits) {
    if (!options.in_memory && !remote_server().empty()) return asked(TRY(asker(front)), options.as_of);
    // What a query makes itself is small: on one thread its rows come in the same order every time.
    store::EngineOptions engine;
    engine.threads = 1;
    auto opened = options.in_memory ? store::Store::in_memory(engine) : front.open_store(false);
    if (!opened && opened.error().code == "store.in_use") return asked(TRY(asker(front)), options.as_of);
    struct Here {
        store::Store store;
        std::optional<store::Connection> connection;
        std::shared_ptr<hunt::ExternalData const> external;
    };
    auto store = TRY(std::move(opened));
    auto const settings = TRY(front.settings());
    auto here = std::make_shared<Here>(Here{std::move(store), {}, server::external_data(settings)});
    here->connection.emplace(TRY(here->store.connect()));
    TRY(hunt::prepare(*here->connection));
    limits.external = here->external.get();
    return [here, limits](std::string const& query) -> Result<std::string> { return hunt::answer_json(TRY(hunt::run(*here->connection, query, limits))); };
}

Result<int> batch(hunt::Answering const& answer, std::string const& name) {
    if (name == "-") {
        hunt::run_batch(std::cin, std::cout, answer);
        return done;
    }
    std::ifstream file(name);
    if (!file) return fail("file.missing", name);
    hunt::run_batch(file, std::cout, answer);
    return done;
}

Result<int> hunt_now(Front const& front, Options const& options) {
    auto query = options.query;
    if (!options.file.empty()) query = TRY(read_file(options.file));
    if (query.empty() && options.batch.empty()) return fail("cli.usage", "merlon hunt takes a query, --file or --batch.");
    auto const settings = TRY(front.settings());
    hunt::Options limits;
    // Who holds the data folder may read all of it.
    limits.catalog = options.in_memory ? &hunt::Catalog::empty() : &hunt::Catalog::hunting_for([](std::string_view) { return true; });
    if (!options.as_of.empty()) limits.as_of = TRY(time_option("--as-of", options.as_of));
    limits.rows = settings.integer("query.rows");
    limits.time_ms = settings.integer("query.seconds") * 1000;
    auto const told = [&, name = !options.name.empty() ? options.name : options.file.empty() ? std::string("query") : options.file](Error const& e) {
        print_error(e, query, name);
        return could_not;
    };
    if (options.explain) {  // of the text alone
        auto const text = hunt::explain(query, limits);
        if (!text) return told(text.error());
        std::cout << *text;
        return done;
    }
    auto const answer = TRY(answering(front, options, limits));
    if (!options.batch.empty()) return batch(answer, options.batch);
    auto const text = answer(query);
    if (!text) return told(text.error());
    print_answer(TRY(json::Document::parse(*text, "answer")).root(), options.output);
    return done;
}

}  // namespace

Result<int> hunt_for(Front const& front, std::string const& kql, std::string const& name, std::string const& as_of, std::string const& output) {
    Options options;
    options.query = kql;
    options.name = name;
    options.as_of = as_of;
    options.output = output;
    return hunt_now(front, options);
}

void add_hunt(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("hunt", "Ask in KQL: advanced hunting over devices, software, vulnerabilities and alerts");
    verb->add_option("KQL", options->query, "The query");
    verb->add_option("--file", options->file, "Read the query from FILE")->type_name("FILE");
    verb->add_option("--output", options->output, "table (default), json or csv")->check(CLI::IsMember({"table", "json", "csv"}));
    verb->add_option("--batch", options->batch, "Answer lines {\"id\",\"query\"} of FILE (- for standard input), a line each")
        ->type_name("FILE");
    verb->add_option("--as-of", options->as_of, "Ask what was true at TIME (docs/history.md says which tables know)")->type_name("TIME");
    verb->add_flag("--in-memory", options->in_memory, "Without a data folder: every table is declared and empty");
    verb->add_flag("--explain", options->explain, "Show the query as it was read, its tree, columns, plan and SQL instead of the answer");
    verb->callback([&front, options] { throw run(hunt_now(front, *options)); });
}

}  // namespace merlon::cli
