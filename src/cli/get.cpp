// merlon get SET [KEY [LIST]] and merlon query KQL: the API from the command line, of a remote server (--server), of the one
// that runs on the data folder, or of the data folder itself.
#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/client.h"
#include "api/http/server.h"
#include "api/service.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/front.h"
#include "server/management.h"

namespace merlon::cli {
namespace {

constexpr std::size_t most_table_columns = 8;

struct Options {
    std::vector<std::string> path;
    std::string filter, order, select, expand, search, top, as_of, output = "table", query, file;
    bool count = false;
};

// Something that answers API calls.
using Ask = std::function<Result<api::CallAnswer>(std::string const& method, std::string const& target, std::string const& accept, std::string const& body,
                                                  std::function<Status(std::string_view)> const& take)>;

Ask remote_ask(api::Remote remote) {
    return [remote = std::move(remote)](auto const& method, auto const& target, auto const& accept, auto const& body, auto const& take) {
        std::vector<std::pair<std::string, std::string>> headers{{"Accept", accept}};
        if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
        return api::call(remote, method, target, headers, body, take);
    };
}

// The data folder, opened here; whoever may open it may do everything.
struct Local {
    store::Store store;
    std::optional<store::Writer> writer;
    std::unique_ptr<api::Service> service;
};

Result<Ask> local_ask(Front const& front) {
    auto store = front.open_store(false);
    if (!store && store.error().code == "store.in_use") {
        auto const settings = TRY(front.settings());
        return remote_ask({"unix:" + server::control_socket(settings.text("data")).string(), {}, {}, 600});
    }
    auto local = std::make_shared<Local>(Local{TRY(std::move(store)), {}, nullptr});
    local->writer.emplace(TRY(store::Writer::start(local->store)));
    local->service = TRY(api::Service::create(local->store, *local->writer, {}));
    return Ask([local](auto const& method, auto const& target, auto const& accept, auto const& body, auto const& take) -> Result<api::CallAnswer> {
        api::HttpRequest request;
        auto const question = target.find('?');
        request.method = method;
        request.path = api::percent_decode(target.substr(0, question), false).value_or("");
        if (question != std::string::npos) request.query = target.substr(question + 1);
        request.body = body;
        request.headers = {{"host", "localhost"}, {"accept", accept}};
        request.caller = std::make_shared<api::Caller const>(api::Caller{"local", {}, {"*"}});
        auto response = local->service->answer(request);
        api::CallAnswer answer{response.status, response.content_type, {}};
        bool const taken = take && response.status < 300;
        auto piece = std::move(response.body);
        for (bool more = true; more; piece.clear()) {
            if (taken) TRY(take(piece));
            else answer.body += piece;
            piece.clear();
            if (!response.rest) break;
            more = TRY(response.rest(piece));
            if (!more && taken) TRY(take(piece));
            if (!more && !taken) answer.body += piece;
        }
        return answer;
    });
}

std::string variable(char const* name) {
    auto const* value = std::getenv(name);
    return value ? value : "";
}

Result<Ask> asker(Front const& front) {
    auto const server = variable("MERLON_SERVER");
    if (server.empty()) return local_ask(front);
    api::Remote remote{server, variable("MERLON_TOKEN"), variable("MERLON_CA"), 600};
    if (auto const file = variable("MERLON_TOKEN_FILE"); !file.empty()) remote.token = std::string(trim(TRY(read_file(file, 1 << 16))));
    return remote_ask(std::move(remote));
}

// The server's own words, and the exit code that goes with them.
std::unexpected<Error> said(api::CallAnswer const& answer) {
    auto const document = json::Document::parse(answer.body, "answer");
    std::string words = clean_text(answer.body, 500);
    if (document)
        if (auto const inner = json::member(document->root(), "error"))
            if (auto const message = json::text(*inner, "message"); !message.empty()) words = std::string(message);
    return fail("cli.server_said", std::to_string(answer.status), words);
}

std::string cell_of(json::Value value) {
    if (json::is_null(value)) return "";
    if (json::is_string(value)) return std::string(json::text(value));
    if (json::is_array(value)) {
        std::vector<std::string> items;
        for (auto const one : json::array(value)) items.push_back(json::is_string(one) ? std::string(json::text(one)) : json::dump(one));
        return join(items, ", ");
    }
    return json::dump(value);
}

bool is_number(json::Value value) {
    double number = 0;
    return !value.get(number);
}

// Rows of objects as a table; without a choice of columns, the first ones that fit.
void add_rows(TextTable& table, json::Value list, bool all_columns) {
    for (auto const entity : json::array(list)) {
        simdjson::dom::object object;
        if (entity.get(object)) continue;
        if (table.head.empty())
            for (auto const [name, value] : object) {
                if (!all_columns && (table.head.size() == most_table_columns || json::is_array(value) || json::is_object(value))) continue;
                table.head.emplace_back(name);
                table.to_the_right.push_back(is_number(value));
            }
        auto& cells = table.rows.emplace_back();
        for (auto const& name : table.head) {
            auto const value = json::member(entity, name);
            cells.push_back(value ? cell_of(*value) : std::string{});
        }
    }
}

void print_entity(json::Value entity) {
    simdjson::dom::object object;
    if (entity.get(object)) return;
    TextTable table{{"property", "value"}, {}, {}};
    for (auto const [name, value] : object)
        if (!name.starts_with("@odata.")) table.rows.push_back({std::string(name), cell_of(value)});
    std::cout << print_table(table, 100);
}

std::string target_of(Options const& options) {
    std::string target = "/api";
    for (auto const& part : options.path)
        for (auto const piece : split(part, '/')) target += "/" + api::percent_encode(piece);
    std::string separator = "?";
    auto const add = [&](std::string_view name, std::string const& value) {
        if (value.empty()) return;
        target += separator + std::string(name) + "=" + api::percent_encode(value);
        separator = "&";
    };
    add("$filter", options.filter);
    add("$orderby", options.order);
    add("$select", options.select);
    add("$expand", options.expand);
    add("$search", options.search);
    add("$top", options.top);
    add("asOf", options.as_of);
    if (options.count) add("$count", "true");
    return target;
}

Result<int> print_list(Ask const& ask, Options const& options, json::Document first) {
    TextTable table;
    std::optional<json::Document> page(std::move(first));
    auto const wide = !options.select.empty();
    auto const count = json::integer(page->root(), "@odata.count");
    while (true) {
        add_rows(table, *json::member(page->root(), "value"), wide);
        std::string next(json::text(page->root(), "@odata.nextLink"));
        if (next.empty()) break;
        auto const path = next.find("/api");
        auto const answer = TRY(ask("GET", next.substr(path), "application/json", {}, {}));
        if (answer.status != 200) return said(answer);
        page = TRY(json::Document::parse(answer.body, "answer"));
    }
    if (table.rows.empty()) std::cout << "none\n";
    else std::cout << print_table(table);
    if (count) std::cout << fmt::format("{} in all\n", with_thousands(*count));
    return done;
}

Result<int> get(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front));
    auto const target = target_of(options);
    auto const show = [](std::string_view piece) -> Status {
        std::cout << piece;
        return {};
    };
    if (options.output != "table") {
        std::string const type = options.output == "csv" ? "text/csv" : options.output == "ndjson" ? "application/x-ndjson" : "application/json";
        auto const answer = TRY(ask("GET", target, type, {}, show));
        if (answer.status >= 300) return said(answer);
        if (options.output == "json") std::cout << "\n";
        return done;
    }
    auto const answer = TRY(ask("GET", target, "application/json", {}, {}));
    if (answer.status != 200) return said(answer);
    if (!answer.content_type.starts_with("application/json")) {
        std::cout << answer.body << "\n";
        return done;
    }
    auto document = TRY(json::Document::parse(answer.body, "answer"));
    auto const list = json::member(document.root(), "value");
    if (list && json::is_array(*list)) return print_list(ask, options, std::move(document));
    print_entity(document.root());
    return done;
}

Result<int> query(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front));
    auto kql = options.query;
    if (!options.file.empty()) kql = TRY(read_file(options.file, 1 << 20));
    if (trim(kql).empty()) return fail("cli.usage", "merlon query takes a query, or --file.");
    auto const body = "{\"Query\":" + json_string(kql) + "}";
    std::string const type = options.output == "csv" ? "text/csv" : options.output == "ndjson" ? "application/x-ndjson" : "application/json";
    if (options.output != "table") {
        auto const answer = TRY(ask("POST", "/api/advancedhunting/run", type, body, [](std::string_view piece) -> Status {
            std::cout << piece;
            return {};
        }));
        if (answer.status >= 300) return said(answer);
        if (options.output == "json") std::cout << "\n";
        return done;
    }
    auto const answer = TRY(ask("POST", "/api/advancedhunting/run", type, body, {}));
    if (answer.status != 200) return said(answer);
    auto const document = TRY(json::Document::parse(answer.body, "answer"));
    TextTable table;
    add_rows(table, *json::member(document.root(), "Results"), true);
    if (table.rows.empty()) std::cout << "no rows\n";
    else std::cout << print_table(table) << fmt::format("{} rows\n", with_thousands(static_cast<std::int64_t>(table.rows.size())));
    for (auto const warning : json::array(document.root(), "Warnings")) std::cerr << "note: " << json::text(warning, "Message") << "\n";
    return done;
}

void add_output(CLI::App& verb, Options& options) {
    verb.add_option("--output", options.output, "table (default), json, csv or ndjson; the last two without any cap")
        ->check(CLI::IsMember({"table", "json", "csv", "ndjson"}));
}

}  // namespace

void add_get(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
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

}  // namespace merlon::cli
