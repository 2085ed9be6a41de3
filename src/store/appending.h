// What engine.cpp and appending.cpp share: an open appender, and the words of the engine about a failure.
#pragma once
#include <duckdb.h>

#include <atomic>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "store/commits.h"
#include "store/engine.h"

namespace merlon::store {

// Of one database; see Database::changes.
using Changes = std::atomic<std::uint64_t>;

Error engine_error(char const* text);

// Texts of the rows that the engine has not been given yet. They are let go of all at once, and their memory is used again.
class TextPieces {
public:
    char const* keep(std::string_view text) {
        if (text.size() > left_) begin_piece(text.size());
        auto* const place = next_;
        std::memcpy(place, text.data(), text.size());
        next_ += text.size();
        left_ -= text.size();
        return place;
    }
    void let_go() {
        if (pieces_.size() > most_kept) pieces_.resize(most_kept);
        large_.clear();
        used_ = left_ = 0;
    }

private:
    void begin_piece(std::size_t wanted) {
        if (wanted > piece_bytes) {
            next_ = large_.emplace_back(std::make_unique_for_overwrite<char[]>(wanted)).get();
            left_ = wanted;
            return;
        }
        if (used_ == pieces_.size()) pieces_.push_back(std::make_unique_for_overwrite<char[]>(piece_bytes));
        next_ = pieces_[used_++].get();
        left_ = piece_bytes;
    }
    static constexpr std::size_t piece_bytes = std::size_t{1} << 16, most_kept = 64;
    std::vector<std::unique_ptr<char[]>> pieces_, large_;
    std::size_t used_ = 0, left_ = 0;
    char* next_ = nullptr;
};

// Inside a transaction the rows go to the table bit by bit and not all at the end, when whoever waits for the load has nothing else
// to wait for.
constexpr idx_t rows_at_once = 16'384;

// Values are put into the engine's own columns, as many rows at a time as it takes in one piece. It copies what it takes, so that
// texts may lie in our memory until then: its own way of taking them looks at every byte twice more.
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
    TextPieces texts;
    idx_t rows = 0, given = 0;  // of the chunk; given to the engine since the table got some
    std::size_t at = 0;         // column of the next value
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
        if (!column) return;
        if (value.size() > std::numeric_limits<std::uint32_t>::max()) return refuse("a text is longer than 4 GB");
        // The form that the engine reads (duckdb.h): short ones lie in place, their rest zero; of others the first bytes do.
        auto& place = static_cast<duckdb_string_t*>(column->data)[rows];
        auto const size = static_cast<std::uint32_t>(value.size());
        place = {};
        if (size <= sizeof place.value.inlined.inlined) {
            place.value.inlined.length = size;
            if (size > 0) std::memcpy(place.value.inlined.inlined, value.data(), size);
            return;
        }
        place.value.pointer.length = size;
        std::memcpy(place.value.pointer.prefix, value.data(), sizeof place.value.pointer.prefix);
        place.value.pointer.ptr = const_cast<char*>(texts.keep(value));
    }
    Status flush() {
        if (rows == 0) return {};
        auto const held = committing(changes != nullptr);
        duckdb_data_chunk_set_size(chunk, rows);
        if (duckdb_append_data_chunk(handle, chunk) == DuckDBError) return failure();
        duckdb_data_chunk_reset(chunk);
        find_columns();
        texts.let_go();
        given += rows;
        rows = 0;
        if (changes || given < rows_at_once) return {};
        given = 0;
        return duckdb_appender_flush(handle) == DuckDBError ? failure() : Status{};
    }
    Status failure() {
        failed = true;
        return std::unexpected(engine_error(problem.empty() ? duckdb_appender_error(handle) : problem.c_str()));
    }
};

}  // namespace merlon::store
