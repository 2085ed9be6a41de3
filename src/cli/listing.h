// Rows of a query printed as a table, JSON or CSV: what the verbs share that do not ask the API yet (notifications, corrections).
#pragma once
#include <initializer_list>
#include <span>
#include <string>

#include "base/result.h"
#include "cli/view.h"

namespace merlon::cli {

// A column of the SELECT, in its order. A list is text that holds a JSON list; tables show its items. Of a time tables
// show the day, of a moment the minute.
struct ListColumn {
    std::string name;
    enum class Kind { plain, list, time, moment } kind = Kind::plain;
};
struct Listing {
    std::string sql;
    std::vector<store::Value> parameters;
    std::vector<ListColumn> columns;
    std::string output = "table";  // table, json, csv
    std::string nothing = "none";  // what a table says when there is no row
};
// Returns the number of rows.
Result<std::int64_t> print_listing(store::Connection&, Listing const&);

}  // namespace merlon::cli
