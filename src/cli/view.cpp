#include "cli/view.h"

#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

std::vector<std::string> fields_of(ViewColumn const& column) {
    std::vector<std::string> fields;
    for (auto const one : split(column.field, '+')) fields.emplace_back(one);
    return fields;
}

std::string selected(View const& view) {
    std::vector<std::string> all;
    for (auto const& column : view.columns)
        for (auto& field : fields_of(column))
            if (std::ranges::find(all, field) == all.end()) all.push_back(std::move(field));
    return join(all, ",");
}

// The value of a column in a row; nothing for null.
std::optional<json::Value> value_of(json::Value row, std::string_view field) {
    auto const value = json::member(row, field);
    if (!value || json::is_null(*value)) return {};
    return value;
}

std::string time_text(json::Value value, std::size_t most) {
    auto const time = parse_iso_time(json::text(value));
    return time ? iso_seconds(*time).substr(0, most) : std::string(json::text(value));
}

std::string texts_of(ViewColumn const& column, json::Value row) {
    std::string out;
    for (auto const& field : fields_of(column))
        if (auto const value = value_of(row, field)) out += (out.empty() ? "" : " ") + std::string(json::text(*value));
    return out;
}

std::string cell(ViewColumn const& column, json::Value row, bool for_people) {
    if (column.kind == Kind::text) {
        auto text = texts_of(column, row);
        return text.empty() ? column.absent : text;
    }
    auto const value = value_of(row, column.field);
    if (!value) return column.absent;
    double number = 0;
    std::int64_t whole = 0;
    switch (column.kind) {
    case Kind::list: return items_of(*value);
    case Kind::flag: return json::dump(*value) == "true" ? "yes" : "no";
    case Kind::day: return time_text(*value, for_people ? 10 : std::string::npos);
    case Kind::moment: return time_text(*value, for_people ? 16 : std::string::npos);
    case Kind::second: return time_text(*value, std::string::npos);
    case Kind::real:
    case Kind::tenth:
        if (value->get(number)) return json::dump(*value);
        return for_people ? fmt::format("{:.{}f}", number, column.kind == Kind::real ? 2 : 1) : fmt::format("{}", number);
    default:
        if (value->get(whole)) return json::dump(*value);
        return for_people ? with_thousands(whole) : std::to_string(whole);
    }
}

void write_json(JsonWriter& json, ViewColumn const& column, json::Value row) {
    json.key(column.name);
    auto const first = fields_of(column).front();
    auto const value = value_of(row, first);
    if (!value) return column.absent.empty() ? json.null() : json.string(column.absent);
    if (column.kind == Kind::text) return json.string(texts_of(column, row));
    if (column.kind == Kind::day || column.kind == Kind::moment || column.kind == Kind::second) return json.string(time_text(*value, std::string::npos));
    json.raw(json::dump(*value));
}

// Rows as they come: printed at once, those of a table at the end.
struct Printer {
    View const& view;
    TextTable table = {};
    std::int64_t rows = 0;

    bool json() const { return view.question.output == "json"; }
    bool csv() const { return view.question.output == "csv"; }
    void begin() {
        for (auto const& column : view.columns) {
            table.head.push_back(column.name);
            table.to_the_right.push_back(column.kind == Kind::whole || column.kind == Kind::real || column.kind == Kind::tenth);
            if (csv()) std::cout << (table.head.size() > 1 ? "," : "") << csv_cell(column.name);
        }
        if (csv()) std::cout << "\r\n";
        if (json()) std::cout << "[";
    }
    void row(json::Value value) {
        ++rows;
        if (json()) {
            std::string line;
            JsonWriter out(line);
            out.begin_object();
            for (auto const& column : view.columns) write_json(out, column, value);
            out.end_object();
            std::cout << (rows > 1 ? ",\n " : "\n ") << line;
            return;
        }
        std::vector<std::string> cells;
        for (auto const& column : view.columns) cells.push_back(cell(column, value, !csv()));
        if (!csv()) return table.rows.push_back(std::move(cells));
        for (std::size_t i = 0; i < cells.size(); ++i) std::cout << (i > 0 ? "," : "") << csv_cell(cells[i]);
        std::cout << "\r\n";
    }
    void end() const {
        if (json()) std::cout << (rows > 0 ? "\n]\n" : "]\n");
        else if (!csv() && rows == 0) std::cout << view.nothing << "\n";
        else if (!csv()) std::cout << print_table(table, view.widest);
    }
};

}  // namespace

Result<std::int64_t> print_view(Ask const& ask, View const& view) {
    auto question = view.question;
    if (view.selects) question.select = selected(view);
    auto const answer = TRY(ask("GET", target_of(question), "application/json", {}, {}));
    if (answer.status == 404 && view.not_there) return std::unexpected(*view.not_there);
    if (answer.status == 404) TRY(known_group(ask, view.group));
    if (answer.status != 200) return said(answer);
    std::optional page(TRY(json::Document::parse(answer.body, "answer")));
    auto const first = json::array(page->root(), "value");
    if (first.begin() == first.end()) TRY(known_group(ask, view.group));
    Printer printer{view};
    printer.begin();
    for (; page; page = TRY(next_page(ask, *page)))
        for (auto const row : json::array(page->root(), "value")) printer.row(row);
    printer.end();
    return printer.rows;
}

Result<int> show_view(Front const& front, View const& view) {
    TRY(print_view(TRY(asker(front)), view));
    return done;
}

void only(Question& question, std::string_view condition, std::string_view value) {
    auto const text = replace_all(std::string(condition), "{}", "'" + replace_all(std::string(value), "'", "''") + "'");
    question.filter += (question.filter.empty() ? "(" : " and (") + text + ")";
}

void only_any(Question& question, std::string_view condition, std::span<std::string const> values) {
    Question either;
    for (auto const& value : values) {
        Question one;
        only(one, condition, value);
        either.filter += (either.filter.empty() ? "" : " or ") + one.filter;
    }
    if (!either.filter.empty()) only(question, either.filter);
}

Result<std::string> known_device(Ask const& ask, std::string const& named) {
    auto const answer = TRY(get_one(ask, "machines/" + api::percent_encode(named) + "?$select=id", error("cli.no_such_device", clean_text(named, 100))));
    return std::string(json::text(TRY(json::Document::parse(answer, "answer")).root(), "id"));
}

Status known_group(Ask const& ask, std::string const& named) {
    if (named.empty()) return {};
    auto const page = TRY(first_page(ask, {.path = {"deviceGroups"}, .select = "name"}));
    std::vector<std::string> names;
    for (auto const one : json::array(page.root(), "value")) names.emplace_back(json::text(one, "name"));
    if (std::ranges::any_of(names, [&](auto const& name) { return equal_ignoring_ascii_case(name, named); })) return {};
    return fail("advise.no_such_group", clean_text(named, 100), join(names, ", "));
}

void print_fact(std::string_view name, std::string const& value) {
    if (!value.empty()) std::cout << fmt::format("  {:<14} {}\n", name, value);
}

Result<std::optional<Ticks>> optional_date(std::string const& text, Ticks now) {
    if (text.empty()) return std::optional<Ticks>{};
    if (text.ends_with('d'))
        if (auto const days = to_int(std::string_view(text).substr(0, text.size() - 1)); days && *days > 0 && *days < 100'000)
            return std::optional<Ticks>(now + *days * ticks_per_day);
    if (auto const time = parse_iso_time(text)) return std::optional<Ticks>(*time);
    return fail("cli.bad_date", text);
}

void add_output_option(CLI::App& verb, std::string& output) {
    verb.add_option("--output", output, "table (default), json or csv")->check(CLI::IsMember({"table", "json", "csv"}));
}

}  // namespace merlon::cli
