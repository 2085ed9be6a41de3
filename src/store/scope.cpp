#include "store/scope.h"

#include <map>
#include <set>

#include "base/digest.h"
#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"
#include "store/inventory.h"
#include "store/store.h"
#include "store/views.h"

namespace merlon::store {
namespace {

// Schemas of ours besides main; each has its like beside a scope's.
constexpr std::array<std::string_view, 2> schemas_beside{"hunting", "past"};

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_name(char c) { return starts_name(c) || (c >= '0' && c <= '9') || c == '$'; }

// Where the literal, quoted name or comment that begins at `at` ends; `at` itself when none does.
std::size_t end_of_quoted(std::string_view sql, std::size_t at) {
    auto const after = [&](std::string_view what, std::size_t from) {
        auto const found = sql.find(what, from);
        return found == std::string_view::npos ? sql.size() : found + what.size();
    };
    auto const rest = sql.substr(at);
    if (rest.starts_with("--")) return after("\n", at);
    if (rest.starts_with("/*")) return after("*/", at + 2);
    if (rest[0] != '\'' && rest[0] != '"') return at;
    // A doubled quote is two literals side by side: the same end.
    return after(std::string_view(&sql[at], 1), at + 1);
}

// What a scope has of a table: "whole", "hidden", "copied", "derived", or a condition on its rows; with columns that say
// something else there than in main, by their expressions.
struct Rule {
    std::string of;
    std::vector<std::pair<std::string, std::string>> columns;
};

std::map<std::string, Rule> const& rules() {
    static std::map<std::string, Rule> const all = [] {
        std::map<std::string, Rule> made;
        auto const document = json::Document::parse(embedded("schema/scope.json"), "schema/scope.json");
        simdjson::dom::object object;
        if (!document || document->root().get(object)) return made;
        for (auto const [table, about] : object) {
            Rule rule{std::string(json::is_string(about) ? json::text(about) : json::text(about, "rows")), {}};
            simdjson::dom::object columns;
            if (auto const given = json::member(about, "columns"); given && !given->get(columns))
                for (auto const [column, expression] : columns) rule.columns.emplace_back(column, json::text(expression));
            made.emplace(table, std::move(rule));
        }
        return made;
    }();
    return all;
}

std::vector<std::string> sorted_once(std::span<std::string const> groups) {
    std::set<std::string> const names(groups.begin(), groups.end());
    return {names.begin(), names.end()};
}

Result<std::vector<std::string>> texts(Connection& connection, std::string_view sql) {
    std::vector<std::string> all;
    auto rows = TRY(connection.query(sql));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) all.emplace_back(chunk->columns[0].text(i));
    return all;
}

Result<std::vector<std::string>> tables(Connection& connection) {
    return texts(connection, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT temporary ORDER BY table_name");
}
// Their columns, in order. A scope names them: a table that has gained one is another definition (make_scope).
Result<std::map<std::string, std::vector<std::string>, std::less<>>> columns(Connection& connection) {
    std::map<std::string, std::vector<std::string>, std::less<>> all;
    auto rows = TRY(connection.query("SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'main' ORDER BY table_name, column_index"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) all[std::string(chunk->columns[0].text(i))].emplace_back(chunk->columns[1].text(i));
    return all;
}
// The statements that make the views of main, each after those that it reads: in a folder that was opened again the engine
// lists them in another order than they were made in.
Result<std::vector<std::string>> views(Connection& connection) {
    std::map<std::string, std::string> waiting;  // by name
    auto rows = TRY(connection.query("SELECT view_name, sql FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal AND NOT temporary"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) waiting.emplace(chunk->columns[0].text(i), chunk->columns[1].text(i));
    std::vector<std::string> ordered;
    while (!waiting.empty()) {
        auto const before = waiting.size();
        for (auto at = waiting.begin(); at != waiting.end();) {
            bool const reads_another = std::any_of(waiting.begin(), waiting.end(), [&](auto const& other) {
                return other.first != at->first && at->second.find("main." + other.first) != std::string::npos;
            });
            if (reads_another) {
                ++at;
                continue;
            }
            ordered.push_back(std::move(at->second));
            at = waiting.erase(at);
        }
        if (waiting.size() == before) return fail("store.engine", "views of main read each other");
    }
    return ordered;
}

// One statement for each table of main: what it is inside the scope.
Result<std::string> table_definitions(Connection& connection, std::string const& schema, std::span<std::string const> groups) {
    std::string list;
    for (auto const& group : groups) list += (list.empty() ? "" : ", ") + quote_text(group == no_group ? "" : group);
    if (list.empty()) list = "NULL";
    auto const devices = "SELECT id FROM main.device WHERE device_group IN (" + list + ")";
    auto const columns_of = TRY(columns(connection));
    std::string sql;
    for (auto const& table : TRY(tables(connection))) {
        auto const found = rules().find(table);
        auto const rule = found == rules().end() ? Rule{"hidden", {}} : found->second;
        auto const filled = [&](std::string const& text) { return replace_all(replace_all(text, "$groups", list), "$devices", devices); };
        auto const name = quote_name(schema) + "." + quote_name(table);
        std::string selected;
        for (auto const& column : columns_of.at(table)) {
            auto const said = std::ranges::find(rule.columns, column, &std::pair<std::string, std::string>::first);
            selected += (selected.empty() ? "SELECT " : ", ") + (said == rule.columns.end() ? "" : filled(said->second) + " AS ") + quote_name(column);
        }
        selected += " FROM main." + quote_name(table);
        if (rule.of == "derived" || rule.of == "copied") {
            sql += "CREATE TABLE " + name + " AS " + selected + " LIMIT 0;\n";
            continue;
        }
        auto const rows = rule.of == "whole" ? std::string("true") : rule.of == "hidden" ? std::string("false") : filled(rule.of);
        sql += "CREATE VIEW " + name + " AS " + selected + " t WHERE " + rows + ";\n";
    }
    return sql;
}

Status drop(Connection& connection, std::string const& schema) {
    std::string beside;
    for (auto const one : schemas_beside)
        beside += "DROP SCHEMA IF EXISTS " + quote_name(schema + "_" + std::string(one)) + " CASCADE; ";
    return connection.execute(beside + "DROP SCHEMA IF EXISTS " + quote_name(schema) + " CASCADE; DELETE FROM main.device_scope WHERE name = " + quote_text(schema));
}

}  // namespace

std::string in_scope(std::string_view sql, std::string_view schema) {
    std::string out;
    out.reserve(sql.size() + 256);
    char before = ' ';
    for (std::size_t at = 0; at < sql.size();) {
        auto end = end_of_quoted(sql, at);
        if (end == at && starts_name(sql[at]) && !continues_name(before))
            while (end < sql.size() && continues_name(sql[end])) ++end;
        if (end == at) end = at + 1;
        auto const word = sql.substr(at, end - at);
        auto name = word;
        if (name.size() > 2 && name.front() == '"') name = name.substr(1, name.size() - 2);
        auto const dot = sql.find_first_not_of(" \t\n\r", end);
        bool const qualifies = before != '.' && dot != std::string_view::npos && sql[dot] == '.';
        if (qualifies && equal_ignoring_ascii_case(name, "main")) out += quote_name(schema);
        else if (auto const beside = std::ranges::find_if(schemas_beside, [&](std::string_view one) { return equal_ignoring_ascii_case(name, one); });
                 qualifies && beside != schemas_beside.end())
            out += quote_name(std::string(schema) + "_" + std::string(*beside));
        else out += word;
        before = sql[end - 1];
        at = end;
    }
    return out;
}

std::string scope_schema(std::span<std::string const> groups) {
    return "scope_" + sha256_hex(join(sorted_once(groups), "\n")).substr(0, 16);
}

Result<std::vector<std::vector<std::string>>> scopes(Connection& connection) {
    std::vector<std::vector<std::string>> all;
    for (auto const& groups : TRY(texts(connection, "SELECT groups FROM main.device_scope ORDER BY name"))) all.push_back(texts_of(groups));
    return all;
}

Result<bool> make_scope(Connection& connection, std::span<std::string const> wanted) {
    auto const groups = sorted_once(wanted);
    auto const schema = scope_schema(groups);
    auto definitions = TRY(table_definitions(connection, schema, groups));
    auto further = TRY(views(connection));
    // Statements of hunting views, which name their schema themselves.
    auto const hunting = view_definitions();
    auto const digest = sha256_hex(definitions + join(further, ";") + hunting);
    std::array const named{Value{schema}, Value{digest}};
    if (TRY(connection.count("SELECT count(*) FROM main.device_scope WHERE name = $1 AND definition = $2", named)) > 0) return false;
    TRY(drop(connection, schema));
    TRY(connection.execute("CREATE SCHEMA " + quote_name(schema)));
    for (auto const one : schemas_beside) TRY(connection.execute("CREATE SCHEMA " + quote_name(schema + "_" + std::string(one))));
    TRY(connection.execute(definitions));
    TRY(inside_scope(connection, schema, [&]() -> Status {
        for (auto const& one : further) TRY(connection.execute(one));
        return connection.execute(hunting);
    }));
    std::array const row{Value{schema}, Value{texts_json(groups)}, Value{digest}};
    TRY(connection.query("INSERT INTO main.device_scope VALUES ($1, $2, $3)", row));
    return true;
}

Status refresh_scope(Connection& connection, std::string_view schema) {
    for (auto const& [table, rule] : rules()) {
        if (rule.of != "copied") continue;
        auto const name = quote_name(schema) + "." + quote_name(table);
        TRY(connection.execute("DELETE FROM " + name + "; INSERT INTO " + name + " FROM main." + quote_name(table)));
    }
    return {};
}

Status drop_scopes_but(Connection& connection, std::span<std::vector<std::string> const> wanted) {
    std::set<std::string> kept;
    for (auto const& groups : wanted) kept.insert(scope_schema(groups));
    for (auto const& groups : TRY(scopes(connection)))
        if (auto const schema = scope_schema(groups); !kept.contains(schema)) TRY(drop(connection, schema));
    return {};
}

Result<std::vector<std::string>> tables_without_scope_rule(Connection& connection) {
    auto const present = TRY(tables(connection));
    std::vector<std::string> wrong;
    for (auto const& table : present)
        if (!rules().contains(table)) wrong.push_back(table);
    for (auto const& [table, rule] : rules())
        if (std::find(present.begin(), present.end(), table) == present.end()) wrong.push_back(table);
    return wrong;
}

Status enter_scope(Connection& connection, std::string_view schema) {
    return connection.execute("SET schema = " + quote_text(schema.empty() ? std::string_view("main") : schema));
}

Status inside_scope(Connection& connection, std::string_view schema, std::function<Status()> const& work) {
    auto const outer = TRY(connection.scalar("SELECT current_schema()"));
    TRY(enter_scope(connection, schema));
    auto done = work();
    if (auto const left = enter_scope(connection, std::get<std::string>(outer)); !left && done) return left;
    return done;
}

}  // namespace merlon::store
