// merlon hunt 'KQL'
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/files.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/front.h"
#include "hunt/batch.h"
#include "server/external.h"

namespace merlon::cli {
namespace {

struct Options {
    std::string query, file, batch, as_of, output = "table";
    bool in_memory = false, explain = false;
};

// A cell as people read it.
std::string shown(hunt::Cell const& cell, hunt::Type type) {
    if (auto const* text = std::get_if<std::string>(&cell)) return *text;
    if (std::holds_alternative<std::monostate>(cell)) return "";
    std::string out;
    hunt::append_cell_json(out, cell, type);
    if (out.size() >= 2 && out.front() == '"') return out.substr(1, out.size() - 2);
    return out;
}

void print_csv(hunt::Answer const& answer) {
    std::string line;
    for (std::size_t i = 0; i < answer.columns.size(); ++i) line += (i > 0 ? "," : "") + csv_cell(answer.columns[i].name);
    std::cout << line << "\r\n";
    for (auto const& row : answer.rows) {
        line.clear();
        for (std::size_t i = 0; i < row.size(); ++i) line += (i > 0 ? "," : "") + csv_cell(shown(row[i], answer.columns[i].type));
        std::cout << line << "\r\n";
    }
}

void print_rows(hunt::Answer const& answer) {
    TextTable table;
    for (auto const& column : answer.columns) {
        table.head.push_back(column.name);
        table.to_the_right.push_back(hunt::is_number(column.type));
    }
    for (auto const& row : answer.rows) {
        auto& cells = table.rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) cells.push_back(shown(row[i], answer.columns[i].type));
    }
    std::cout << print_table(table);
    std::cout << fmt::format("{} rows, {:.1f} ms\n", with_thousands(static_cast<std::int64_t>(answer.rows.size())), answer.elapsed_ms);
}

Status print_answer(hunt::Answer const& answer, std::string const& output) {
    if (!answer.name.empty() && output != "json") std::cout << answer.name << "\n";
    if (output == "csv") {
        print_csv(answer);
    } else if (output == "json") {
        std::string text = "{";
        hunt::append_answer_json(text, answer);
        std::cout << text << "}\n";
    } else {
        print_rows(answer);
    }
    for (auto const& table : answer.further) {
        if (output == "json") break;  // they stand in the object
        std::cout << "\n" << (table.name.empty() ? "" : table.name + "\n");
        if (output == "csv") print_csv(table);
        else print_rows(table);
        if (table.truncated) std::cerr << "Only the first rows of this table are shown.\n";
    }
    if (answer.truncated)
        std::cerr << "Only the first rows are shown: the answer is longer than the setting query.rows allows.\n";
    for (auto const& table : answer.tables_without_source) std::cerr << "note: nothing feeds " << table << " yet; it reads as empty.\n";
    return {};
}

Result<int> batch(store::Connection& connection, Options const& options, hunt::Options const& limits) {
    if (options.batch == "-") {
        hunt::run_batch(connection, std::cin, std::cout, limits);
        return done;
    }
    std::ifstream file(options.batch);
    if (!file) return fail("file.missing", options.batch);
    hunt::run_batch(connection, file, std::cout, limits);
    return done;
}

Result<int> hunt_now(Front const& front, Options const& options) {
    auto query = options.query;
    if (!options.file.empty()) query = TRY(read_file(options.file));
    if (query.empty() && options.batch.empty()) return fail("cli.usage", "merlon hunt takes a query, --file or --batch.");
    auto const settings = TRY(front.settings());
    auto store = options.in_memory ? store::Store::in_memory() : front.open_store(false);
    if (!store) return std::unexpected(store.error());
    auto connection = TRY(store->connect());
    TRY(hunt::prepare(connection));
    hunt::Options limits;
    // Who holds the data folder may read all of it.
    limits.catalog = options.in_memory ? &hunt::Catalog::empty() : &hunt::Catalog::hunting_for([](std::string_view) { return true; });
    if (!options.as_of.empty()) limits.as_of = TRY(time_option("--as-of", options.as_of));
    limits.rows = settings.integer("query.rows");
    limits.time_ms = settings.integer("query.seconds") * 1000;
    auto const external = server::external_data(settings);
    limits.external = external.get();
    if (!options.batch.empty()) return batch(connection, options, limits);
    auto const name = options.file.empty() ? std::string("query") : options.file;
    if (options.explain) {
        auto const text = hunt::explain(query, limits);
        if (!text) {
            print_error(text.error(), query, name);
            return could_not;
        }
        std::cout << *text;
        return done;
    }
    auto const answer = hunt::run(connection, query, limits);
    if (!answer) {
        print_error(answer.error(), query, name);
        return could_not;
    }
    TRY(print_answer(*answer, options.output));
    return done;
}

}  // namespace

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
