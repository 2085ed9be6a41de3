#include "cli/listing.h"

#include <iostream>

#include <fmt/format.h>

#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

// "a, b" of a JSON list of texts.
std::string items_of(std::string_view list) {
    auto const document = json::Document::parse(list, "list");
    if (!document) return std::string(list);
    std::vector<std::string> items;
    for (auto const one : json::array(document->root())) items.emplace_back(json::text(one));
    return join(items, ", ");
}

std::string shown(ListColumn const& column, store::Column const& values, std::size_t row, bool for_people) {
    if (values.is_null(row)) return "";
    if (column.kind == Kind::time) return for_people ? iso_date(values.int64(row)) : iso_seconds(values.int64(row));
    if (column.kind == Kind::moment) return for_people ? iso_seconds(values.int64(row)).substr(0, 16) : iso_seconds(values.int64(row));
    if (column.kind == Kind::list) return items_of(values.text(row));
    switch (values.type) {
    case store::ColumnType::text: return std::string(values.text(row));
    case store::ColumnType::real: return for_people ? fmt::format("{:.2f}", values.real(row)) : fmt::format("{}", values.real(row));
    case store::ColumnType::boolean: return values.boolean(row) ? "yes" : "no";
    default: return for_people ? with_thousands(values.integer(row)) : std::to_string(values.integer(row));
    }
}

void write_json(JsonWriter& json, ListColumn const& column, store::Column const& values, std::size_t row) {
    json.key(column.name);
    if (values.is_null(row)) return json.null();
    if (column.kind == Kind::time || column.kind == Kind::moment) return json.string(iso_seconds(values.int64(row)));
    if (column.kind == Kind::list) return json.raw(values.text(row));
    switch (values.type) {
    case store::ColumnType::text: return json.string(values.text(row));
    case store::ColumnType::real: return json.number(values.real(row));
    case store::ColumnType::boolean: return json.boolean(values.boolean(row));
    default: return json.integer(values.integer(row));
    }
}

Result<std::int64_t> print_json(store::Rows& rows, Listing const& listing) {
    std::int64_t count = 0;
    std::cout << "[";
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            std::string line;
            JsonWriter json(line);
            json.begin_object();
            for (std::size_t i = 0; i < listing.columns.size(); ++i) write_json(json, listing.columns[i], chunk->columns[i], row);
            json.end_object();
            std::cout << (count++ > 0 ? ",\n " : "\n ") << line;
        }
    std::cout << (count > 0 ? "\n]\n" : "]\n");
    return count;
}

Result<std::int64_t> print_csv(store::Rows& rows, Listing const& listing) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < listing.columns.size(); ++i) std::cout << (i > 0 ? "," : "") << csv_cell(listing.columns[i].name);
    std::cout << "\r\n";
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row, ++count) {
            for (std::size_t i = 0; i < listing.columns.size(); ++i)
                std::cout << (i > 0 ? "," : "") << csv_cell(shown(listing.columns[i], chunk->columns[i], row, false));
            std::cout << "\r\n";
        }
    return count;
}

Result<std::int64_t> print_rows(store::Rows& rows, Listing const& listing) {
    TextTable table;
    for (auto const& column : listing.columns) table.head.push_back(column.name);
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto& cells = table.rows.emplace_back();
            for (std::size_t i = 0; i < listing.columns.size(); ++i) {
                auto const& values = chunk->columns[i];
                cells.push_back(shown(listing.columns[i], values, row, true));
                bool const number = values.type != store::ColumnType::text && values.type != store::ColumnType::boolean;
                if (table.to_the_right.size() <= i) table.to_the_right.push_back(number && listing.columns[i].kind != Kind::time && listing.columns[i].kind != Kind::moment);
            }
        }
    if (table.rows.empty()) std::cout << listing.nothing << "\n";
    else std::cout << print_table(table);
    return static_cast<std::int64_t>(table.rows.size());
}

}  // namespace

Result<std::int64_t> print_listing(store::Connection& connection, Listing const& listing) {
    auto rows = TRY(connection.query(listing.sql, listing.parameters));
    if (listing.output == "json") return print_json(rows, listing);
    if (listing.output == "csv") return print_csv(rows, listing);
    return print_rows(rows, listing);
}

}  // namespace merlon::cli
