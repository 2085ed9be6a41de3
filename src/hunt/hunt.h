// Advanced hunting: KQL in, typed rows out. The room's door.
//
//   compile()  text -> plan and SQL, or an error with its place in the text (and all other independent errors).
//   run()      compile, then the rows one by one.
//
// Types: what a value means is its KQL type; how it lies in a cell, Cell says. Limits: parse/parse.h.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hunt/bind/binder.h"
#include "hunt/external.h"
#include "hunt/parse/parse.h"
#include "store/engine.h"

namespace merlon::hunt {

struct AnswerColumn {
    std::string name;
    Type type;
};

struct Compiled {
    std::string sql;
    std::vector<AnswerColumn> columns;
    std::optional<RenderInfo> render;
    std::vector<std::string> tables_without_source;  // hunting tables read that nothing feeds
    Relation relation;
    std::string name;                 // of the table, where fork or facet names it
    std::vector<Compiled> further;    // the other tables that fork and facet give, this one being the first
};

struct Options {
    Catalog const* catalog = &Catalog::hunting();
    Limits limits;
    std::int64_t now = 0;       // ticks; 0: the clock
    std::string device_scope;   // SQL giving the DeviceIds that the user may see; empty: all
    std::optional<std::pair<std::int64_t, std::int64_t>> window;  // ticks: only rows with Timestamp from .. to, both included
    bool reads_data = true;     // false: plugins that take their columns from the data see no rows
    std::int64_t as_of = 0;     // ticks: the tables as they were then (those that have a history: store/history.h)
    std::int64_t rows = 100'000;
    std::int64_t time_ms = 30'000;
    ExternalData const* external = nullptr;   // what externaldata may read; null: nothing
    bool fleet_index = false;   // the database has the functions of fleet/functions.h, and the reader may see the whole fleet
    Dialect const* dialect = &Dialect::duckdb();  // what the SQL is written in; another than the store's is for compile() alone
    std::function<bool()> cancelled = {};     // asked a few times a second while the query runs: true stops it
};

// datetime and timespan are ticks in int64; decimal, guid and string are text; dynamic is JSON text; monostate is null.
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
struct Answer {
    std::vector<AnswerColumn> columns;
    std::vector<std::vector<Cell>> rows;
    std::optional<RenderInfo> render;
    std::vector<std::string> tables_without_source;
    bool truncated = false;     // more rows than Options::rows
    std::string name;             // of the table, where fork or facet names it
    std::vector<Answer> further;  // the other tables that fork and facet give
    double compile_ms = 0;
    double elapsed_ms = 0;
};

// Registers all functions that compiled queries call. Once a database.
Status prepare(store::Connection&);

Result<Compiled> compile(std::string_view kql, Options const& = {}, RunNow const& run_now = {});
Result<Answer> run(store::Connection&, std::string_view kql, Options const& = {});

// What an editor shows while a query is being written. Stored rows are not looked at: columns that only the data tell
// (bag_unpack, pivot) are missing from `columns`, and names that may be theirs are let pass.
struct Check {
    std::vector<Error> errors;  // independent of each other, the first one first
    std::vector<AnswerColumn> columns;
    std::optional<RenderInfo> render;
    std::vector<std::string> tables_without_source;
};
// `connection` serves constants only that need the engine's functions.
Check check(store::Connection&, std::string_view kql, Options const& = {});
// The rows of a query as they come, without a limit on their number; who reads them minds the time.
struct RowStream {
    std::vector<AnswerColumn> columns;
    store::Rows rows;
};
Result<RowStream> stream(store::Connection&, std::string_view kql, Options const& = {});
Cell cell_of(store::Column const&, std::size_t row, Type);

// The stages of one query as text: the query as it was read, tree, columns, plan, SQL.
Result<std::string> explain(std::string_view kql, Options const& = {}, RunNow const& run_now = {});

// One value as the JSON of the wire: datetimes "2024-01-02T03:04:05.0000000Z", time spans "1.02:03:04", dynamic as is.
void append_cell_json(std::string& out, Cell const&, Type);

}  // namespace merlon::hunt
