// What engine.cpp and appending.cpp share: an open appender, and the words of the engine about a failure.
#pragma once
#include <duckdb.h>

#include <atomic>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include "store/engine.h"

namespace merlon::store {

// Of one database; see Database::changes.
using Changes = std::atomic<std::uint64_t>;

Error engine_error(char const* text);

// Values are put into the engine's own columns, as many rows at a time as it takes in one piece.
struct Appender::State {
    duckdb_appender handle = nullptr;
    duckdb_data_chunk chunk = nullptr;
    std::shared_ptr<Changes> changes;  // null inside a transaction, which is counted when it is committed
    struct Column {
        duckdb_type type;
        duckdb_vector vector;
        void* data;
        std::uint64_t* validity = nullptr;  // made when the first null comes
    };
    std::vector<Column> columns;
    idx_t rows = 0;
    std::size_t at = 0;   // column of the next value
    std::string problem;  // of a value; the engine's own otherwise
    bool failed = false;

    ~State() {
        if (chunk) duckdb_destroy_data_chunk(&chunk);
        if (handle) duckdb_appender_destroy(&handle);
    }
    void begin() {
        std::vector<duckdb_logical_type> types;
        for (idx_t i = 0, count = duckdb_appender_column_count(handle); i < count; ++i) types.push_back(duckdb_appender_column_type(handle, i));
        chunk = duckdb_create_data_chunk(types.data(), types.size());
        for (auto& type : types) {
            columns.push_back({duckdb_get_type_id(type), nullptr, nullptr});
            duckdb_destroy_logical_type(&type);
        }
        find_columns();
    }
    void find_columns() {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            columns[i].vector = duckdb_data_chunk_get_vector(chunk, i);
            columns[i].data = duckdb_vector_get_data(columns[i].vector);
            columns[i].validity = nullptr;
        }
    }
    void refuse(std::string why) {
        if (problem.empty()) problem = std::move(why);
        failed = true;
    }
    // Where the next value goes; nothing when there is no such column.
    Column* next() {
        if (at < columns.size()) return &columns[at++];
        refuse("a row has more values than the table has columns");
        return nullptr;
    }
    void whole(std::int64_t value) {
        auto* column = next();
        if (!column) return;
        switch (column->type) {
            case DUCKDB_TYPE_BIGINT: static_cast<std::int64_t*>(column->data)[rows] = value; return;
            case DUCKDB_TYPE_INTEGER:
                if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max()) break;
                static_cast<std::int32_t*>(column->data)[rows] = static_cast<std::int32_t>(value);
                return;
            case DUCKDB_TYPE_DOUBLE: static_cast<double*>(column->data)[rows] = static_cast<double>(value); return;
            default: break;
        }
        refuse(fmt::format("the number {} does not fit column {}", value, at));
    }
    void bytes(std::string_view value) {
        auto* column = next();
        if (column) duckdb_vector_assign_string_element_len(column->vector, rows, value.data() ? value.data() : "", value.size());
    }
    Status flush() {
        if (rows == 0) return {};
        duckdb_data_chunk_set_size(chunk, rows);
        if (duckdb_append_data_chunk(handle, chunk) == DuckDBError) return failure();
        duckdb_data_chunk_reset(chunk);
        find_columns();
        rows = 0;
        return {};
    }
    Status failure() {
        failed = true;
        return std::unexpected(engine_error(problem.empty() ? duckdb_appender_error(handle) : problem.c_str()));
    }
};

}  // namespace merlon::store
