// merlon get SET [KEY [LIST]], merlon query KQL, merlon call METHOD PATH [BODY]: the API from the command line (cli/ask.h).
#include <iostream>

#include <CLI/CLI.hpp>

#include "base/files.h"
#include "base/text.h"
#include "cli/ask.h"

namespace merlon::cli {
namespace {

Result<int> get(Front const& front, Question const& question) { return ask_and_print(TRY(asker(front)), question); }

struct Options {
    std::string query, file, output = "table";
};
Result<int> query(Front const& front, Options const& options) {
    auto kql = options.query;
    if (!options.file.empty()) kql = TRY(read_file(options.file, 1 << 20));
    if (trim(kql).empty()) return fail("cli.usage", "merlon query takes a query, or --file.");
    return query_and_print(TRY(asker(front)), kql, options.output);
}

struct Call {
    std::string method, path, body;
};
Result<int> call(Front const& front, Call call) {
    if (call.body == "-") call.body = standard_input();
    std::string_view path = call.path;
    if (path.starts_with('/')) path.remove_prefix(1);
    if (path.starts_with("api/")) path.remove_prefix(4);
    auto const ask = TRY(asker(front, call.method == "GET" ? Folder::read : Folder::change));
    auto const answer = TRY(send(ask, call.method, replace_all(std::string(path), " ", "%20"), call.body));
    if (!answer.empty()) std::cout << answer << "\n";
    return done;
}

template <typename Wanted>
void add_output(CLI::App& verb, Wanted& wanted) {
    verb.add_option("--output", wanted.output, "table (default), json, csv or ndjson; the last two without any cap")
        ->check(CLI::IsMember({"table", "json", "csv", "ndjson"}));
}

}  // namespace

void add_get(CLI::App& app, Front& front) {
    auto options = std::make_shared<Question>();
    auto* verb = app.add_subcommand("get", "A list of the API, one entity of it, or a list below one: get machines [ID [software]]");
    verb->add_option("SET", options->path, "machines, Software, vulnerabilities, recommendations ...; then a key; then a list below it")->required()->expected(1, 5);
    verb->add_option("--filter", options->filter, "OData condition: \"osPlatform eq 'Linux' and exposureLevel ne 'None'\"");
    verb->add_option("--orderby", options->order, "\"cvssV3 desc, id\"");
    verb->add_option("--select", options->select, "Properties, with commas");
    verb->add_option("--expand", options->expand, "Lists below each entity (with --output json)");
    verb->add_option("--search", options->search, "Words looked for in every text");
    verb->add_option("--top", options->top, "Number of rows");
    verb->add_option("--as-of", options->as_of, "What was true at TIME (docs/history.md says which lists know)")->type_name("TIME");
    verb->add_flag("--count", options->count, "Also the number of all rows");
    add_output(*verb, *options);
    verb->callback([&front, options] { throw run(get(front, *options)); });
}

void add_query(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("query", "Ask in KQL through the API: of a remote server, of a running one, or of the data folder");
    verb->add_option("KQL", options->query, "The query");
    verb->add_option("--file", options->file, "Read the query from FILE")->type_name("FILE");
    add_output(*verb, *options);
    verb->callback([&front, options] { throw run(query(front, *options)); });
}

void add_call(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Call>();
    auto* verb = app.add_subcommand("call", "Any call of the API (/api/docs has them): call POST machines/ID/tags '{\"Value\": \"lab\", \"Action\": \"Add\"}'");
    verb->add_option("METHOD", wanted->method, "GET, POST, PATCH, PUT or DELETE")->required()->transform([](std::string text) {
        for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        return text;
    })->check(CLI::IsMember({"GET", "POST", "PATCH", "PUT", "DELETE"}));
    verb->add_option("PATH", wanted->path, "Below /api/, with ?options where it takes any")->required();
    verb->add_option("BODY", wanted->body, "JSON; - reads standard input");
    verb->callback([&front, wanted] { throw run(call(front, *wanted)); });
}

}  // namespace merlon::cli
