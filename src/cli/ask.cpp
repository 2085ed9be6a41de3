#include "cli/ask.h"

#include <cstdlib>
#include <iostream>

#include <fmt/format.h>

#include "api/http/server.h"
#include "api/service.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/service_options.h"
#include "server/management.h"

namespace merlon::cli {
namespace {

constexpr std::size_t most_table_columns = 8;

Ask remote_ask(api::Remote remote) {
    return [remote = std::move(remote)](auto const& method, auto const& target, auto const& accept, auto const& body, auto const& take) {
        std::vector<std::pair<std::string, std::string>> headers{{"Accept", accept}};
        if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
        return api::call(remote, method, target, headers, body, take);
    };
}

// The data folder, opened here.
struct Local {
    store::Store store;
    std::optional<store::Writer> writer;
    std::unique_ptr<api::Service> service;
};

Result<Ask> local_ask(Front const& front, Folder use) {
    auto store = front.open_store(use == Folder::make);
    if (!store && store.error().code == "store.in_use") {
        auto const settings = TRY(front.settings());
        auto const door = server::control_socket(settings.text("data"));
        std::error_code failed;
        if (!std::filesystem::exists(door, failed)) return std::unexpected(store.error());  // no server holds it, but another verb
        return remote_ask({"unix:" + door.string(), {}, {}, 600});
    }
    if (!store && store.error().code == "store.no_data" && use == Folder::if_any) store = store::Store::in_memory();
    auto opened = TRY(std::move(store));
    std::shared_ptr<Local> const local(new Local{std::move(opened), {}, nullptr});
    local->writer.emplace(TRY(store::Writer::start(local->store)));
    auto const settings = TRY(front.settings());
    auto options = TRY(service_options(settings, local->store));
    if (use == Folder::read || use == Folder::if_any) {  // nothing is written for who only looks
        options.audit_file.clear();
        options.gate.key_file.clear();
    }
    options.send_notifications = [raw = local.get(), settings] { return deliver_now(settings, raw->store, *raw->writer); };
    local->service = TRY(api::Service::create(local->store, *local->writer, options));
    return Ask([local](auto const& method, auto const& target, auto const& accept, auto const& body, auto const& take) -> Result<api::CallAnswer> {
        api::HttpRequest request;
        auto const question = target.find('?');
        request.method = method;
        request.path = api::percent_decode(target.substr(0, question), false).value_or("");
        if (question != std::string::npos) request.query = target.substr(question + 1);
        request.body = body;
        request.headers = {{"host", "localhost"}, {"accept", accept}};
        request.remote = "local";
        request.caller = std::make_shared<api::Caller const>(api::Caller{"local", {}, {"*"}});
        auto response = local->service->answer(request);
        api::CallAnswer answer{response.status, response.content_type, {}};
        bool const taken = take && response.status < 300;
        auto piece = std::move(response.body);
        for (bool more = static_cast<bool>(response.rest);; more = TRY(response.rest(piece))) {
            if (taken) TRY(take(piece));
            else answer.body += piece;
            piece.clear();
            if (!more) break;
        }
        return answer;
    });
}

std::string variable(char const* name) {
    auto const* value = std::getenv(name);
    return value ? value : "";
}

}  // namespace

std::string remote_server() { return variable("MERLON_SERVER"); }

Result<Ask> asker(Front const& front, Folder use) {
    auto const server = remote_server();
    if (server.empty()) return local_ask(front, use);
    api::Remote remote{server, variable("MERLON_TOKEN"), variable("MERLON_CA"), 600};
    if (auto const file = variable("MERLON_TOKEN_FILE"); !file.empty()) remote.token = std::string(trim(TRY(read_file(file, 1 << 16))));
    return remote_ask(std::move(remote));
}

std::string target_of(Question const& question) {
    std::string target = "/api";
    for (auto const& part : question.path)
        for (auto const piece : split(part, '/')) target += "/" + api::percent_encode(piece);
    std::string separator = "?";
    auto const add = [&](std::string_view name, std::string const& value) {
        if (value.empty()) return;
        target += separator + std::string(name) + "=" + api::percent_encode(value);
        separator = "&";
    };
    add("$filter", question.filter);
    add("$orderby", question.order);
    add("$select", question.select);
    add("$expand", question.expand);
    add("$search", question.search);
    add("$top", question.top);
    add("asOf", question.as_of);
    add("from", question.from);
    add("to", question.to);
    if (question.count) add("$count", "true");
    for (auto const& [name, value] : question.more) add(name, value);
    return target;
}

std::unexpected<Error> said(api::CallAnswer const& answer) {
    auto const document = json::Document::parse(answer.body, "answer");
    std::string words = clean_text(answer.body, 500);
    if (document)
        if (auto const inner = json::member(document->root(), "error"))
            if (auto const message = json::text(*inner, "message"); !message.empty()) words = std::string(message);
    if (answer.status == 401) return std::unexpected(error("cli.server_said", std::to_string(answer.status), words).with_hint("Give a token of that server: --token-file FILE, or MERLON_TOKEN; merlon tokens add makes one where its data are."));
    if (answer.status < 400 || answer.status == 403 || answer.status == 429 || answer.status >= 500)
        return fail("cli.server_said", std::to_string(answer.status), words);
    return fail("cli.asked_wrongly", words);
}

namespace {

std::string cell_of(json::Value value) {
    if (json::is_null(value)) return "";
    if (json::is_string(value)) return std::string(json::text(value));
    return json::is_array(value) ? items_of(value) : json::dump(value);
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

Result<int> print_list(Ask const& ask, Question const& question, json::Document first) {
    TextTable table;
    auto const wide = !question.select.empty();
    auto const count = json::integer(first.root(), "@odata.count");
    for (std::optional page(std::move(first)); page; page = TRY(next_page(ask, *page))) add_rows(table, *json::member(page->root(), "value"), wide);
    if (table.rows.empty()) std::cout << "none\n";
    else std::cout << print_table(table);
    if (count) std::cout << fmt::format("{} in all\n", with_thousands(*count));
    return done;
}

// The answer as it comes, in the format of `output`: json, csv or ndjson.
Result<int> print_as(Ask const& ask, std::string const& output, std::string const& method, std::string const& target, std::string const& body) {
    std::string const type = output == "csv" ? "text/csv" : output == "ndjson" ? "application/x-ndjson" : "application/json";
    auto const answer = TRY(ask(method, target, type, body, [](std::string_view piece) -> Status {
        std::cout << piece;
        return {};
    }));
    if (answer.status >= 300) return said(answer);
    if (output == "json") std::cout << "\n";
    return done;
}

}  // namespace

Result<int> ask_and_print(Ask const& ask, Question const& question) {
    auto const target = target_of(question);
    if (question.output != "table") return print_as(ask, question.output, "GET", target, {});
    auto const answer = TRY(ask("GET", target, "application/json", {}, {}));
    if (answer.status != 200) return said(answer);
    if (!answer.content_type.starts_with("application/json")) {
        std::cout << answer.body << "\n";
        return done;
    }
    auto document = TRY(json::Document::parse(answer.body, "answer"));
    auto const list = json::member(document.root(), "value");
    if (list && json::is_array(*list)) return print_list(ask, question, std::move(document));
    print_entity(document.root());
    return done;
}

Result<std::string> send(Ask const& ask, std::string const& method, std::string_view path, std::string const& body) {
    auto answer = TRY(ask(method, "/api/" + std::string(path), "application/json", body, {}));
    if (answer.status >= 300) return said(answer);
    return std::move(answer.body);
}

Result<std::string> get_one(Ask const& ask, std::string_view path, Error not_there) {
    auto answer = TRY(ask("GET", "/api/" + std::string(path), "application/json", {}, {}));
    if (answer.status == 404) return std::unexpected(std::move(not_there));
    if (answer.status != 200) return said(answer);
    return std::move(answer.body);
}

namespace {

Result<json::Document> page_at(Ask const& ask, std::string const& target) {
    auto const answer = TRY(ask("GET", target, "application/json", {}, {}));
    if (answer.status != 200) return said(answer);
    return json::Document::parse(answer.body, "answer");
}

}  // namespace

Result<json::Document> first_page(Ask const& ask, Question const& question) { return page_at(ask, target_of(question)); }

Result<std::optional<json::Document>> next_page(Ask const& ask, json::Document const& page) {
    std::string const next(json::text(page.root(), "@odata.nextLink"));
    if (next.empty()) return std::nullopt;
    return TRY(page_at(ask, next.substr(next.find("/api"))));
}

std::string items_of(json::Value list) {
    std::vector<std::string> items;
    for (auto const one : json::array(list)) items.push_back(json::is_string(one) ? std::string(json::text(one)) : json::dump(one));
    return join(items, ", ");
}

std::string seconds_of(std::string_view time) {
    auto const ticks = parse_iso_time(time);
    return ticks ? iso_seconds(*ticks) : std::string(time);
}

Result<int> query_and_print(Ask const& ask, std::string_view kql, std::string const& output) {
    auto const body = "{\"Query\":" + json_string(kql) + "}";
    if (output != "table") return print_as(ask, output, "POST", "/api/advancedhunting/run", body);
    auto const answer = TRY(ask("POST", "/api/advancedhunting/run", "application/json", body, {}));
    if (answer.status != 200) return said(answer);
    auto const document = TRY(json::Document::parse(answer.body, "answer"));
    TextTable table;
    add_rows(table, *json::member(document.root(), "Results"), true);
    if (table.rows.empty()) std::cout << "no rows\n";
    else std::cout << print_table(table) << counted(static_cast<std::int64_t>(table.rows.size()), "row") << "\n";
    for (auto const warning : json::array(document.root(), "Warnings")) std::cerr << "note: " << json::text(warning, "Message") << "\n";
    return done;
}

}  // namespace merlon::cli
