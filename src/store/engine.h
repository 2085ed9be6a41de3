// The only door to the embedded engine (DuckDB through its C API). Rooms above see databases, connections,
// chunks of columns and functions, never the engine's own header.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace merlon::store {

// What a column of the engine holds. `decimal` and `hugeint` are read as text; `other` cannot be read.
enum class ColumnType : std::uint8_t { boolean, int32, int64, real, text, blob, decimal, hugeint, other };

// A parameter or a single value; std::monostate is NULL.
struct Blob {
    std::string bytes;
    friend bool operator==(Blob const&, Blob const&) = default;
};
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Blob>;

// ---- Reading ------------------------------------------------------------------------------------------------

// One column of a chunk: up to 2,048 values. Views into it live as long as the chunk.
class Column {
public:
    ColumnType type = ColumnType::other;
    std::size_t rows = 0;

    bool is_null(std::size_t row) const {
        return validity_ && (validity_[row / 64] & (std::uint64_t{1} << (row % 64))) == 0;
    }
    bool boolean(std::size_t row) const { return static_cast<bool const*>(data_)[row]; }
    std::int32_t int32(std::size_t row) const { return static_cast<std::int32_t const*>(data_)[row]; }
    std::int64_t int64(std::size_t row) const { return static_cast<std::int64_t const*>(data_)[row]; }
    double real(std::size_t row) const { return static_cast<double const*>(data_)[row]; }
    // Text and blobs.
    std::string_view text(std::size_t row) const;
    // Decimal digits of a decimal or hugeint: "-12.50" (the scale's zeros kept).
    std::string digits(std::size_t row) const;
    // Any type, as a value.
    Value value(std::size_t row) const;
    // An int32 or int64 column read as int64; a NULL reads as 0, text NULL as "".
    std::int64_t integer(std::size_t row) const;
    std::string_view text_or_empty(std::size_t row) const { return is_null(row) ? std::string_view{} : text(row); }

private:
    friend class Rows;
    friend struct ScalarDoor;
    void const* data_ = nullptr;
    std::uint64_t const* validity_ = nullptr;
    std::uint8_t scale_ = 0;
    std::uint8_t storage_ = 0;  // bytes of a decimal's integer
};

struct Chunk {
    std::size_t rows = 0;
    std::span<Column const> columns;
};

// A running or finished query. Rows stream: the next chunk replaces the one before.
class Rows {
public:
    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) noexcept;
    ~Rows();

    std::size_t column_count() const;
    std::string column_name(std::size_t) const;
    ColumnType column_type(std::size_t) const;
    // The next chunk, or nothing at the end. An error ends the query.
    Result<std::optional<Chunk>> next();
    // Number of rows that an INSERT, UPDATE or DELETE changed.
    std::int64_t changed() const;

private:
    friend class Connection;
    struct State;
    explicit Rows(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

// ---- Writing many rows --------------------------------------------------------------------------------------

// Appends rows to a table, column by column in the table's order. Nothing is visible before close() inside the
// surrounding transaction, or at all when the transaction is rolled back.
class Appender {
public:
    Appender(Appender&&) noexcept;
    Appender& operator=(Appender&&) noexcept;
    ~Appender();

    Appender& null();
    Appender& boolean(bool);
    Appender& int32(std::int32_t);
    Appender& int64(std::int64_t);
    Appender& real(double);
    Appender& text(std::string_view);
    Appender& blob(std::string_view);
    Appender& optional_text(std::optional<std::string> const& t) { return t ? text(*t) : null(); }
    Appender& optional_int64(std::optional<std::int64_t> v) { return v ? int64(*v) : null(); }
    Appender& optional_real(std::optional<double> v) { return v ? real(*v) : null(); }
    // Ends the row; the first error of any column shows here and again at close().
    Status end_row();
    Status close();

private:
    friend class Connection;
    struct State;
    explicit Appender(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

// ---- Functions of our own -----------------------------------------------------------------------------------

// Where a scalar function writes its results: exactly one value for each row.
class Output {
public:
    void null(std::size_t row);
    void boolean(std::size_t row, bool value) { static_cast<bool*>(data_)[row] = value; }
    void int32(std::size_t row, std::int32_t value) { static_cast<std::int32_t*>(data_)[row] = value; }
    void int64(std::size_t row, std::int64_t value) { static_cast<std::int64_t*>(data_)[row] = value; }
    void real(std::size_t row, double value) { static_cast<double*>(data_)[row] = value; }
    void text(std::size_t row, std::string_view);

private:
    friend struct ScalarDoor;
    void* vector_ = nullptr;
    void* data_ = nullptr;
    std::uint64_t* validity_ = nullptr;
};

struct ScalarCall {
    std::size_t rows = 0;
    std::span<Column const> arguments;
    Output& out;
    // True when the argument holds the same value in each row of this chunk (a literal, most often).
    bool constant(std::size_t argument) const;
};

// A scalar function for SQL. The body sees NULLs itself (no default null handling), is called from several threads
// at once, and reports failure of the whole query by an error.
struct ScalarFunction {
    std::string name;
    std::vector<ColumnType> parameters;
    std::optional<ColumnType> variadic;  // type of any further arguments
    ColumnType returns = ColumnType::text;
    std::function<Status(ScalarCall&)> body;
    bool is_volatile = false;  // gives another answer each time (rand, new_guid)
};

// ---- Connections --------------------------------------------------------------------------------------------

// One connection is used by one thread at a time; interrupt() may be called from another.
class Connection {
public:
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    // Runs one or more statements and drops their rows.
    Status execute(std::string_view sql);
    // Runs one statement; `parameters` stand for $1, $2 ...
    Result<Rows> query(std::string_view sql, std::span<Value const> parameters = {});
    Result<Rows> query(std::string_view sql, std::initializer_list<Value> parameters) {
        return query(sql, std::span(parameters.begin(), parameters.size()));
    }
    // First column of the first row; monostate when there is none.
    Result<Value> scalar(std::string_view sql, std::span<Value const> parameters = {});
    // The same read as an integer; 0 when there is none.
    Result<std::int64_t> count(std::string_view sql, std::span<Value const> parameters = {});
    Result<Appender> appender(std::string_view table);
    // Runs `work` inside one transaction: committed when it succeeds, else rolled back. Inside another transaction of
    // the same connection it takes part in that one, which must pass the error on.
    Status transaction(std::function<Status()> const& work);
    // Stops the running statement, which then fails with store.interrupted.
    void interrupt();
    // Registers functions for the whole database; several of one name are overloads.
    Status add_functions(std::span<ScalarFunction const>);

private:
    friend class Database;
    struct State;
    explicit Connection(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

struct EngineOptions {
    std::string memory_limit = "";  // "2GB"; empty: the engine's default of 80% of memory
    int threads = 0;                // 0: one a core
    bool read_only = false;
    std::filesystem::path temporary_folder;  // empty: beside the database, none for a database in memory
};

// An open database file, or one in memory when `path` is empty. Copies share the same database.
class Database {
public:
    static Result<Database> open(std::filesystem::path const& path, EngineOptions const& = {});
    Result<Connection> connect() const;
    // Closes every door the engine has to the outside (files, network, extensions, settings) and proves it by trying
    // each; no statement can open them again. Fails with store.unlocked when one attempt gets through.
    Status lock_down() const;
    // Grows with each commit of any connection, after what it changed is visible and before the commit returns: whoever
    // remembers the number knows whether anything can have changed since.
    std::uint64_t changes() const;

private:
    struct State;
    explicit Database(std::shared_ptr<State>);
    std::shared_ptr<State> state_;
};

// An SQL string literal / identifier, quoted.
std::string quote_text(std::string_view);
std::string quote_name(std::string_view);

}  // namespace merlon::store
