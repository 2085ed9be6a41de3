#include "store/engine.h"

#include <duckdb.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "base/wide.h"
#include "store/appending.h"
#include "store/scope.h"

namespace merlon::store {
namespace {

ColumnType column_type_of(duckdb_type type) {
    switch (type) {
    case DUCKDB_TYPE_BOOLEAN: return ColumnType::boolean;
    case DUCKDB_TYPE_INTEGER: return ColumnType::int32;
    case DUCKDB_TYPE_BIGINT: return ColumnType::int64;
    case DUCKDB_TYPE_DOUBLE: return ColumnType::real;
    case DUCKDB_TYPE_VARCHAR: return ColumnType::text;
    case DUCKDB_TYPE_BLOB: return ColumnType::blob;
    case DUCKDB_TYPE_DECIMAL: return ColumnType::decimal;
    case DUCKDB_TYPE_HUGEINT: return ColumnType::hugeint;
    default: return ColumnType::other;
    }
}

}  // namespace

// The words of the engine about a failure, without its own prefix lines about positions in SQL.
Error engine_error(char const* text) {
    std::string const words = text ? text : "unknown engine error";
    if (words.find("Interrupted") != std::string::npos || words.find("INTERRUPT") != std::string::npos)
        return error("store.interrupted");
    // The engine takes such a commit back, and goes on when there is room again.
    if (!words.starts_with("FATAL") && (words.find("No space left on device") != std::string::npos || words.find("Disk quota exceeded") != std::string::npos))
        return error("store.no_room");
    if (words.find("Out of Memory") != std::string::npos) return error("store.out_of_memory", words);
    if (words.starts_with("FATAL") || words.find("database has been invalidated") != std::string::npos)
        return error("store.fatal", words);
    // Another transaction that is not over, or ended after this one began, changed the same rows.
    if (words.find("Conflict on") != std::string::npos || words.find("write-write conflict") != std::string::npos ||
        words.find("Transaction conflict") != std::string::npos)
        return error("store.conflict", words);
    return error("store.engine", words);
}

// ---- Columns ------------------------------------------------------------------------------------------------

std::string_view Column::text(std::size_t row) const {
    auto const* strings = static_cast<duckdb_string_t const*>(data_);
    auto const& s = strings[row];
    auto const length = duckdb_string_t_length(s);
    return {length <= 12 ? s.value.inlined.inlined : s.value.pointer.ptr, length};
}

std::string Column::digits(std::size_t row) const {
    Wide value = 0;
    switch (storage_) {
    case 2: value = static_cast<std::int16_t const*>(data_)[row]; break;
    case 4: value = static_cast<std::int32_t const*>(data_)[row]; break;
    case 8: value = static_cast<std::int64_t const*>(data_)[row]; break;
    default: {
        auto const& huge = static_cast<duckdb_hugeint const*>(data_)[row];
        value = (static_cast<Wide>(huge.upper) << 64) | static_cast<Wide>(huge.lower);
    }
    }
    bool const negative = value < 0;
    auto rest = negative ? UnsignedWide{0} - static_cast<UnsignedWide>(value) : static_cast<UnsignedWide>(value);
    std::string out;
    for (std::size_t i = 0; rest != 0 || i <= scale_; ++i) {
        if (i == scale_ && scale_ > 0) out += '.';
        out += static_cast<char>('0' + static_cast<int>(rest % 10));
        rest /= 10;
    }
    if (negative) out += '-';
    std::reverse(out.begin(), out.end());
    return out;
}

std::int64_t Column::integer(std::size_t row) const {
    if (is_null(row)) return 0;
    switch (type) {
    case ColumnType::int64: return int64(row);
    case ColumnType::int32: return int32(row);
    case ColumnType::boolean: return boolean(row) ? 1 : 0;
    case ColumnType::hugeint:
    case ColumnType::decimal: return to_int(digits(row)).value_or(0);
    default: return 0;
    }
}

Value Column::value(std::size_t row) const {
    if (is_null(row)) return std::monostate{};
    switch (type) {
    case ColumnType::boolean: return boolean(row);
    case ColumnType::int32: return std::int64_t{int32(row)};
    case ColumnType::int64: return int64(row);
    case ColumnType::real: return real(row);
    case ColumnType::text: return std::string(text(row));
    case ColumnType::blob: return Blob{std::string(text(row))};
    case ColumnType::decimal:
    case ColumnType::hugeint: return digits(row);
    case ColumnType::other: break;
    }
    return std::monostate{};
}

// ---- Rows ---------------------------------------------------------------------------------------------------

struct Rows::State {
    duckdb_result result{};
    duckdb_data_chunk chunk = nullptr;
    std::vector<Column> columns;
    bool has_result = false;
    ~State() {
        if (chunk) duckdb_destroy_data_chunk(&chunk);
        if (has_result) duckdb_destroy_result(&result);
    }
};

Rows::Rows(std::unique_ptr<State> state) : state_(std::move(state)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

std::size_t Rows::column_count() const { return duckdb_column_count(&state_->result); }
std::string Rows::column_name(std::size_t index) const { return duckdb_column_name(&state_->result, index); }
ColumnType Rows::column_type(std::size_t index) const {
    return column_type_of(duckdb_column_type(&state_->result, index));
}
std::int64_t Rows::changed() const { return static_cast<std::int64_t>(duckdb_rows_changed(&state_->result)); }

Result<std::optional<Chunk>> Rows::next() {
    if (state_->chunk) duckdb_destroy_data_chunk(&state_->chunk);
    state_->chunk = duckdb_fetch_chunk(state_->result);
    if (!state_->chunk) {
        if (auto const* words = duckdb_result_error(&state_->result); words && *words)
            return std::unexpected(engine_error(words));
        return std::optional<Chunk>{};
    }
    auto const rows = duckdb_data_chunk_get_size(state_->chunk);
    if (rows == 0) return std::optional<Chunk>{};
    auto const count = duckdb_data_chunk_get_column_count(state_->chunk);
    state_->columns.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        auto vector = duckdb_data_chunk_get_vector(state_->chunk, i);
        auto& column = state_->columns[i];
        column.rows = rows;
        column.data_ = duckdb_vector_get_data(vector);
        column.validity_ = duckdb_vector_get_validity(vector);
        if (column.type != ColumnType::other) continue;  // set by an earlier chunk
        auto type = duckdb_vector_get_column_type(vector);
        column.type = column_type_of(duckdb_get_type_id(type));
        if (column.type == ColumnType::decimal) {
            column.scale_ = duckdb_decimal_scale(type);
            switch (duckdb_decimal_internal_type(type)) {
            case DUCKDB_TYPE_SMALLINT: column.storage_ = 2; break;
            case DUCKDB_TYPE_INTEGER: column.storage_ = 4; break;
            case DUCKDB_TYPE_BIGINT: column.storage_ = 8; break;
            default: column.storage_ = 16;
            }
        } else if (column.type == ColumnType::hugeint) {
            column.storage_ = 16;
        }
        duckdb_destroy_logical_type(&type);
    }
    return std::optional<Chunk>{Chunk{rows, state_->columns}};
}

// ---- Functions ----------------------------------------------------------------------------------------------

void Output::null(std::size_t row) {
    if (!validity_) {
        auto vector = static_cast<duckdb_vector>(vector_);
        duckdb_vector_ensure_validity_writable(vector);
        validity_ = duckdb_vector_get_validity(vector);
    }
    duckdb_validity_set_row_invalid(validity_, row);
}

void Output::text(std::size_t row, std::string_view value) {
    duckdb_vector_assign_string_element_len(static_cast<duckdb_vector>(vector_), row, value.data() ? value.data() : "",
                                            value.size());
}

bool ScalarCall::constant(std::size_t argument) const {
    auto const& column = arguments[argument];
    if (rows <= 1) return true;
    if (column.is_null(0)) return false;
    // The engine spreads a literal over the chunk: its rows share one text buffer. Looking at the ends and the
    // middle is no proof, so all rows are compared; that costs far less than compiling a pattern per row.
    for (std::size_t row = 1; row < rows; ++row) {
        if (column.is_null(row)) return false;
        switch (column.type) {
        case ColumnType::text:
        case ColumnType::blob: {
            auto const first = column.text(0), other = column.text(row);
            if (first.size() != other.size() || (first.data() != other.data() && first != other)) return false;
            break;
        }
        case ColumnType::int64:
            if (column.int64(row) != column.int64(0)) return false;
            break;
        case ColumnType::int32:
            if (column.int32(row) != column.int32(0)) return false;
            break;
        case ColumnType::boolean:
            if (column.boolean(row) != column.boolean(0)) return false;
            break;
        default: return false;
        }
    }
    return true;
}

// Reaches into Column and Output for the engine's callback.
struct ScalarDoor {
    ScalarFunction function;

    static void call(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
        auto const* door = static_cast<ScalarDoor const*>(duckdb_scalar_function_get_extra_info(info));
        auto const count = duckdb_data_chunk_get_column_count(input);
        auto const rows = duckdb_data_chunk_get_size(input);
        std::vector<Column> arguments(count);
        for (std::size_t i = 0; i < count; ++i) {
            auto vector = duckdb_data_chunk_get_vector(input, i);
            auto& column = arguments[i];
            column.rows = rows;
            column.type = i < door->function.parameters.size() ? door->function.parameters[i]
                                                               : door->function.variadic.value_or(ColumnType::other);
            column.data_ = duckdb_vector_get_data(vector);
            column.validity_ = duckdb_vector_get_validity(vector);
            if (column.type == ColumnType::hugeint || column.type == ColumnType::decimal) column.storage_ = 16;
        }
        Output out;
        out.vector_ = output;
        out.data_ = duckdb_vector_get_data(output);
        ScalarCall scalar_call{rows, arguments, out};
        if (auto done = door->function.body(scalar_call); !done)
            duckdb_scalar_function_set_error(info, describe(done.error()).c_str());
    }
    static void destroy(void* extra) { delete static_cast<ScalarDoor*>(extra); }
};

namespace {

duckdb_logical_type logical_type(ColumnType type) {
    switch (type) {
    case ColumnType::boolean: return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case ColumnType::int32: return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    case ColumnType::int64: return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case ColumnType::real: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case ColumnType::text: return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    case ColumnType::blob: return duckdb_create_logical_type(DUCKDB_TYPE_BLOB);
    case ColumnType::hugeint: return duckdb_create_logical_type(DUCKDB_TYPE_HUGEINT);
    case ColumnType::decimal: return duckdb_create_decimal_type(38, 0);
    case ColumnType::other: break;
    }
    return duckdb_create_logical_type(DUCKDB_TYPE_ANY);
}

duckdb_scalar_function make_scalar(ScalarFunction const& function) {
    auto made = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(made, function.name.c_str());
    for (auto const type : function.parameters) {
        auto logical = logical_type(type);
        duckdb_scalar_function_add_parameter(made, logical);
        duckdb_destroy_logical_type(&logical);
    }
    if (function.variadic) {
        auto logical = logical_type(*function.variadic);
        duckdb_scalar_function_set_varargs(made, logical);
        duckdb_destroy_logical_type(&logical);
    }
    auto returns = logical_type(function.returns);
    duckdb_scalar_function_set_return_type(made, returns);
    duckdb_destroy_logical_type(&returns);
    duckdb_scalar_function_set_special_handling(made);
    if (function.is_volatile) duckdb_scalar_function_set_volatile(made);
    duckdb_scalar_function_set_extra_info(made, new ScalarDoor{function}, ScalarDoor::destroy);
    duckdb_scalar_function_set_function(made, ScalarDoor::call);
    return made;
}

}  // namespace

// ---- Connections --------------------------------------------------------------------------------------------

struct Database::State {
    duckdb_database handle = nullptr;
    std::shared_ptr<Changes> changes = std::make_shared<Changes>(0);
    ~State() {
        if (handle) duckdb_close(&handle);
    }
};

namespace {
// The statement by which a connection enters a scope (store/scope.h), and the schema that it names; "" for main.
constexpr std::string_view set_schema = "SET schema = '";
std::string scope_set_by(std::string_view sql) {
    auto const name = sql.substr(set_schema.size(), sql.rfind('\'') - set_schema.size());
    return name == "main" ? std::string{} : std::string(name);
}
}  // namespace

struct Connection::State {
    std::shared_ptr<void> database;  // keeps the database open while a connection lives
    std::shared_ptr<Changes> changes;
    duckdb_connection handle = nullptr;
    ~State() {
        if (handle) duckdb_disconnect(&handle);
    }
    bool in_transaction = false;  // inside transaction()
    std::string scope;            // schema that statements mean instead of main; "" none
    // A statement that may have changed something was carried out; inside a transaction the commit is what counts.
    void changed() {
        if (!in_transaction) ++*changes;
    }
    std::string meant(std::string_view sql) const { return scope.empty() ? std::string(sql) : in_scope(sql, scope); }
};

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

namespace {

duckdb_state bind_value(duckdb_prepared_statement statement, idx_t index, Value const& value) {
    struct Binder {
        duckdb_prepared_statement statement;
        idx_t index;
        duckdb_state operator()(std::monostate) const { return duckdb_bind_null(statement, index); }
        duckdb_state operator()(bool v) const { return duckdb_bind_boolean(statement, index, v); }
        duckdb_state operator()(std::int64_t v) const { return duckdb_bind_int64(statement, index, v); }
        duckdb_state operator()(double v) const { return duckdb_bind_double(statement, index, v); }
        duckdb_state operator()(std::string const& v) const {
            return duckdb_bind_varchar_length(statement, index, v.data(), v.size());
        }
        duckdb_state operator()(Blob const& v) const {
            return duckdb_bind_blob(statement, index, v.bytes.data(), v.bytes.size());
        }
    };
    return std::visit(Binder{statement, index}, value);
}

struct PreparedStatement {
    duckdb_prepared_statement handle = nullptr;
    ~PreparedStatement() { duckdb_destroy_prepare(&handle); }
};
struct PendingResult {
    duckdb_pending_result handle = nullptr;
    ~PendingResult() {
        if (handle) duckdb_destroy_pending(&handle);
    }
};
struct Statements {
    duckdb_extracted_statements handle = nullptr;
    ~Statements() { duckdb_destroy_extracted(&handle); }
};

// The engine asks in a circle while other threads do the last tasks of a query, which takes a core from these (and from whoever
// reads a feed meanwhile): a fifth of all work when loading. Here the calling thread works as long as there is something to do,
// then looks again after a while that is short beside a task.
Status finish(duckdb_pending_result pending, duckdb_result* result) {
    constexpr int looks_at_once = 64;
    for (int idle = 0;;) {
        auto const state = duckdb_pending_execute_task(pending);
        if (state == DUCKDB_PENDING_ERROR) return std::unexpected(engine_error(duckdb_pending_error(pending)));
        if (state == DUCKDB_PENDING_RESULT_READY) break;
        if (state == DUCKDB_PENDING_RESULT_NOT_READY) idle = 0;
        else if (++idle < looks_at_once) std::this_thread::yield();
        else std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    if (duckdb_execute_pending(pending, result) == DuckDBError) return std::unexpected(engine_error(duckdb_result_error(result)));
    return {};
}

Status run_one(duckdb_connection connection, duckdb_extracted_statements statements, idx_t place) {
    PreparedStatement statement;
    if (duckdb_prepare_extracted_statement(connection, statements, place, &statement.handle) == DuckDBError)
        return std::unexpected(engine_error(duckdb_prepare_error(statement.handle)));
    PendingResult pending;
    if (duckdb_pending_prepared(statement.handle, &pending.handle) == DuckDBError)
        return std::unexpected(engine_error(duckdb_pending_error(pending.handle)));
    duckdb_result result{};
    auto done = finish(pending.handle, &result);
    duckdb_destroy_result(&result);
    return done;
}

}  // namespace

Status Connection::execute(std::string_view sql) {
    Statements statements;
    auto const count = duckdb_extract_statements(state_->handle, state_->meant(sql).c_str(), &statements.handle);
    if (auto const* problem = count == 0 ? duckdb_extract_statements_error(statements.handle) : nullptr)
        return std::unexpected(engine_error(problem));
    auto const held = committing(!state_->in_transaction && !sql.starts_with(set_schema) && !sql.starts_with("BEGIN"));
    for (idx_t place = 0; place < count; ++place)
        if (auto const done = run_one(state_->handle, statements.handle, place); !done) {
            if (place > 0) state_->changed();  // what came before it stands
            return done;
        }
    if (sql.starts_with(set_schema)) state_->scope = scope_set_by(sql);
    else state_->changed();
    return {};
}

Result<Rows> Connection::query(std::string_view sql, std::span<Value const> parameters) {
    PreparedStatement statement;
    if (duckdb_prepare(state_->handle, state_->meant(sql).c_str(), &statement.handle) == DuckDBError)
        return std::unexpected(engine_error(duckdb_prepare_error(statement.handle)));
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (bind_value(statement.handle, i + 1, parameters[i]) == DuckDBError)
            return std::unexpected(engine_error(duckdb_prepare_error(statement.handle)));
    PendingResult pending;
    if (duckdb_pending_prepared_streaming(statement.handle, &pending.handle) == DuckDBError)
        return std::unexpected(engine_error(duckdb_pending_error(pending.handle)));
    auto state = std::make_unique<Rows::State>();
    auto const type = duckdb_prepared_statement_type(statement.handle);
    bool const only_reads = type == DUCKDB_STATEMENT_TYPE_SELECT || type == DUCKDB_STATEMENT_TYPE_EXPLAIN;
    auto const held = committing(!state_->in_transaction && !only_reads);
    auto const outcome = finish(pending.handle, &state->result);
    state->has_result = true;
    if (!outcome) return std::unexpected(outcome.error());
    if (!only_reads) state_->changed();
    return Rows(std::move(state));
}

Result<Value> Connection::scalar(std::string_view sql, std::span<Value const> parameters) {
    auto rows = TRY(query(sql, parameters));
    auto const chunk = TRY(rows.next());
    if (!chunk || chunk->columns.empty()) return Value{};
    return chunk->columns[0].value(0);
}

Result<std::int64_t> Connection::count(std::string_view sql, std::span<Value const> parameters) {
    auto rows = TRY(query(sql, parameters));
    auto const chunk = TRY(rows.next());
    if (!chunk || chunk->columns.empty()) return 0;
    return chunk->columns[0].integer(0);
}

Result<Appender> Connection::appender(std::string_view table) {
    auto state = std::make_unique<Appender::State>();
    if (!state_->in_transaction) state->changes = state_->changes;
    auto const& scope = state_->scope;
    auto const name = std::string(table);
    auto outcome = duckdb_appender_create(state_->handle, scope.empty() ? nullptr : scope.c_str(), name.c_str(), &state->handle);
    if (outcome == DuckDBError && !scope.empty()) {  // a temporary table belongs to no scope
        duckdb_appender_destroy(&state->handle);
        outcome = duckdb_appender_create_ext(state_->handle, "temp", "main", name.c_str(), &state->handle);
    }
    if (outcome == DuckDBError) return std::unexpected(engine_error(duckdb_appender_error(state->handle)));
    state->begin();
    return Appender(std::move(state));
}

Status Connection::transaction(std::function<Status()> const& work) {
    if (state_->in_transaction) return work();
    auto const scope = state_->scope;
    TRY(execute("BEGIN TRANSACTION"));
    state_->in_transaction = true;
    auto done = work();
    state_->in_transaction = false;
    if (!done) {
        // The error of the work is what the caller must hear of first.
        if (auto const undone = execute("ROLLBACK"); !undone) done.error().others.push_back(undone.error());
        // A failed statement also keeps the work from leaving a scope it had entered.
        if (auto const left = enter_scope(*this, scope); !left) done.error().others.push_back(left.error());
        return done;
    }
    return execute("COMMIT");
}

void Connection::interrupt() { duckdb_interrupt(state_->handle); }

Status Connection::add_functions(std::span<ScalarFunction const> functions) {
    std::map<std::string, std::vector<ScalarFunction const*>> by_name;
    for (auto const& function : functions) by_name[function.name].push_back(&function);
    for (auto const& [name, overloads] : by_name) {
        duckdb_state outcome = DuckDBSuccess;
        if (overloads.size() == 1) {
            auto made = make_scalar(*overloads.front());
            outcome = duckdb_register_scalar_function(state_->handle, made);
            duckdb_destroy_scalar_function(&made);
        } else {
            auto set = duckdb_create_scalar_function_set(name.c_str());
            for (auto const* overload : overloads) {
                auto made = make_scalar(*overload);
                if (duckdb_add_scalar_function_to_set(set, made) == DuckDBError) outcome = DuckDBError;
                duckdb_destroy_scalar_function(&made);
            }
            if (outcome == DuckDBSuccess) outcome = duckdb_register_scalar_function_set(state_->handle, set);
            duckdb_destroy_scalar_function_set(&set);
        }
        if (outcome == DuckDBError) return fail("store.function_refused", name);
    }
    return {};
}

// ---- Database -----------------------------------------------------------------------------------------------

Database::Database(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<Database> Database::open(std::filesystem::path const& path, EngineOptions const& options) {
    duckdb_config config = nullptr;
    if (duckdb_create_config(&config) == DuckDBError) return fail("store.engine", "no configuration");
    auto set = [&](char const* name, std::string const& value) { duckdb_set_config(config, name, value.c_str()); };
    set("autoinstall_known_extensions", "false");
    set("autoload_known_extensions", "false");
    set("allow_community_extensions", "false");
    set("preserve_insertion_order", "true");
    // A load of yearly files fills row groups bit by bit; each checkpoint packs the last one of a table again, whole.
    set("checkpoint_threshold", "512MB");
    // Full row groups are packed when they are full, beside whoever reads what comes next, and not five at a time or at the commit.
    set("write_buffer_row_group_count", "1");
    if (!options.memory_limit.empty()) set("memory_limit", options.memory_limit);
    if (options.threads > 0) set("threads", std::to_string(options.threads));
    if (options.read_only) set("access_mode", "READ_ONLY");
    if (!options.temporary_folder.empty()) set("temp_directory", options.temporary_folder.string());
    auto state = std::make_shared<State>();
    char* words = nullptr;
    auto const name = path.string();
    auto const outcome = duckdb_open_ext(path.empty() ? nullptr : name.c_str(), &state->handle, config, &words);
    duckdb_destroy_config(&config);
    if (outcome == DuckDBError) {
        std::string const reason = words ? words : "unknown";
        duckdb_free(words);
        if (reason.find("lock") != std::string::npos) return fail("store.in_use", name, reason);
        return fail("store.cannot_open", name, reason);
    }
    return Database(std::move(state));
}

Result<Connection> Database::connect() const {
    auto state = std::make_unique<Connection::State>();
    state->database = state_;
    state->changes = state_->changes;
    if (duckdb_connect(state_->handle, &state->handle) == DuckDBError) return fail("store.engine", "no connection");
    return Connection(std::move(state));
}

std::uint64_t Database::changes() const { return *state_->changes; }

std::shared_mutex& commit_gate() {
    static std::shared_mutex gate;
    return gate;
}

Status Database::lock_down() const {
    auto connection = TRY(connect());
    for (auto const* statement :
         {"SET enable_external_access = false", "SET allow_community_extensions = false",
          "SET autoinstall_known_extensions = false", "SET autoload_known_extensions = false",
          "SET lock_configuration = true"})
        TRY(connection.execute(statement));
    // Each of these must be refused (shared measurements: trust, section 2).
    for (auto const* attempt :
         {"SELECT * FROM read_text('/etc/hostname')", "SELECT * FROM read_csv('/etc/passwd')",
          "SELECT * FROM glob('/etc/*')", "COPY (SELECT 1) TO '/tmp/merlon-lock-test.csv'",
          "ATTACH '/tmp/merlon-lock-test.db' AS other", "INSTALL httpfs", "LOAD httpfs",
          "EXPORT DATABASE '/tmp/merlon-lock-test'", "SET memory_limit = '1TB'", "SET lock_configuration = false",
          "SET enable_external_access = true", "RESET enable_external_access", "PRAGMA threads = 99",
          "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')"})
        if (connection.execute(attempt)) return fail("store.unlocked", attempt);
    return {};
}

std::string quote_text(std::string_view text) {
    std::string out = "'";
    for (char const c : text) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + "'";
}

std::string quote_name(std::string_view name) {
    std::string out = "\"";
    for (char const c : name) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

}  // namespace merlon::store
