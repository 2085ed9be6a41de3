// Rows of a table as records: each column with the member that keeps it, in the table's order, the key first. What is
// read and what is written cannot come apart.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/result.h"
#include "store/engine.h"
#include "store/inventory.h"

namespace merlon::advise {

// Lists of text are kept as JSON.
template <typename Record>
struct RowColumn {
    std::string_view name;
    std::variant<std::string Record::*, std::int64_t Record::*, bool Record::*, std::vector<std::string> Record::*>
        member;
};

// The records of a table of main; `rest`: WHERE and ORDER BY. Errors are the store's.
template <typename Record>
Result<std::vector<Record>> read_records(store::Connection& connection, std::string_view table,
                                         std::span<RowColumn<Record> const> columns, std::string_view rest,
                                         std::span<store::Value const> values = {}) {
    std::string sql;
    for (auto const& column : columns) sql += (sql.empty() ? "SELECT " : ", ") + std::string(column.name);
    auto rows = TRY(connection.query(sql + " FROM main." + std::string(table) + " " + std::string(rest), values));
    std::vector<Record> all;
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto& one = all.emplace_back();
            for (std::size_t i = 0; i < columns.size(); ++i)
                std::visit(
                    [&, &from = chunk->columns[i]](auto member) {
                        using Kept = std::remove_cvref_t<decltype(one.*member)>;
                        if constexpr (std::is_same_v<Kept, std::string>) one.*member = from.text(row);
                        else if constexpr (std::is_same_v<Kept, std::int64_t>) one.*member = from.int64(row);
                        else if constexpr (std::is_same_v<Kept, bool>) one.*member = from.boolean(row);
                        else one.*member = store::texts_of(from.text(row));
                    },
                    columns[i].member);
        }
    return all;
}

// Writes a record in place of the one with the same key. Inside the caller's transaction.
template <typename Record>
Status replace_record(store::Connection& connection, std::string_view table, std::span<RowColumn<Record> const> columns,
                      Record const& one) {
    std::array const key{store::Value{one.*std::get<std::string Record::*>(columns[0].member)}};
    TRY(connection.query("DELETE FROM main." + std::string(table) + " WHERE " + std::string(columns[0].name) + " = $1",
                         key));
    auto rows = TRY(connection.appender(table));
    for (auto const& column : columns)
        std::visit(
            [&](auto member) {
                using Kept = std::remove_cvref_t<decltype(one.*member)>;
                if constexpr (std::is_same_v<Kept, std::string>) rows.text(one.*member);
                else if constexpr (std::is_same_v<Kept, std::int64_t>) rows.int64(one.*member);
                else if constexpr (std::is_same_v<Kept, bool>) rows.boolean(one.*member);
                else rows.text(store::texts_json(one.*member));
            },
            column.member);
    TRY(rows.end_row());
    return rows.close();
}

}  // namespace merlon::advise
