#include "hunt/hunt.h"

#include "base/embedded.h"
#include "store/history.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "hunt/emit/emit.h"
#include "hunt/first_rows.h"
#include "hunt/functions/runtime/register.h"
#include "hunt/functions/support.h"

namespace merlon::hunt {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

// Stops the connection's statement when the time is over or nobody waits for the answer any more; its destructor ends
// the watch.
class Alarm {
public:
    Alarm(store::Connection& connection, std::int64_t time_ms, std::function<bool()> cancelled)
        : watcher_([this, &connection, end = Clock::now() + std::chrono::milliseconds(time_ms), cancelled = std::move(cancelled)] {
              std::unique_lock lock(mutex_);
              while (true) {
                  auto const look = cancelled ? std::min(end, Clock::now() + std::chrono::milliseconds(200)) : end;
                  if (done_.wait_until(lock, look, [this] { return finished_; })) return;
                  rang_ = Clock::now() >= end;
                  left_ = !rang_ && cancelled && cancelled();
                  // Again and again: between two statements there is nothing to stop.
                  while (rang_ || left_) {
                      connection.interrupt();
                      if (done_.wait_for(lock, std::chrono::milliseconds(50), [this] { return finished_; })) return;
                  }
              }
          }) {}
    ~Alarm() {
        {
            std::lock_guard const lock(mutex_);
            finished_ = true;
        }
        done_.notify_all();
        watcher_.join();
    }
    Alarm(Alarm const&) = delete;
    bool rang() const { return rang_; }
    bool left() const { return left_; }

private:
    std::mutex mutex_;
    std::condition_variable done_;
    bool finished_ = false;
    std::atomic<bool> rang_ = false, left_ = false;
    std::thread watcher_;
};

// What one of our functions refuses while it reads rows (a pattern that is computed, a format) comes back in the engine's
// words; it is the query's fault all the same.
Error of_function(Error e) {
    // Decimals of unlike size meet, or a value grows past its type.
    for (std::string_view const range : {"Conversion Error: ", "Out of Range Error: "})
        if (e.code == "store.engine" && !e.args.empty() && e.args[0].find(range) != std::string::npos) return error("hunt.value_range");
    constexpr std::string_view mark = "Invalid Input Error: ";
    auto const at = e.code == "store.engine" && !e.args.empty() ? e.args[0].find(mark) : std::string::npos;
    if (at == std::string::npos) return e;
    auto text = e.args[0].substr(at + mark.size());
    return error("hunt.refused_value", text.substr(0, text.find('\n')));
}

std::string text_of(store::Column const& column, std::size_t row) {
    switch (column.type) {
        case store::ColumnType::boolean: return column.boolean(row) ? "true" : "false";
        case store::ColumnType::int32:
        case store::ColumnType::int64: return std::to_string(column.integer(row));
        case store::ColumnType::real: {
            std::array<char, 64> buffer{};
            auto const [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), column.real(row));
            return {buffer.data(), end};
        }
        case store::ColumnType::decimal:
        case store::ColumnType::hugeint: return column.digits(row);
        default: return std::string(column.text(row));
    }
}

RunNow runner(store::Connection& connection) {
    return [&connection](std::string const& sql) -> Result<Cells> {
        auto rows = TRY(connection.query(sql));
        Cells cells;
        while (auto chunk = TRY(rows.next())) {
            for (std::size_t r = 0; r < chunk->rows; ++r) {
                auto& row = cells.emplace_back();
                for (auto const& column : chunk->columns) {
                    if (column.is_null(r)) row.emplace_back();
                    else row.emplace_back(text_of(column, r));
                }
            }
            if (cells.size() > 100'000) return fail("hunt.first_pass_too_large", "100000");
        }
        return cells;
    };
}

// "1.500000" -> "1.5", "7.000" -> "7".
std::string trimmed_decimal(std::string digits) {
    if (digits.find('.') == std::string::npos) return digits;
    while (digits.ends_with('0')) digits.pop_back();
    if (digits.ends_with('.')) digits.pop_back();
    // Quotients go through doubles: more digits than those hold would only look exact.
    auto const count = std::count_if(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (count > 17 && digits.find('.') != std::string::npos)
        if (auto const value = to_double(digits)) return fmt::format("{}", *value);
    return digits;
}

}  // namespace

Cell cell_of(store::Column const& column, std::size_t row, Type type) {
    if (column.is_null(row)) return type == Type::string ? Cell{std::string{}} : Cell{};
    switch (column.type) {
        case store::ColumnType::boolean: return column.boolean(row);
        case store::ColumnType::int32: return std::int64_t{column.int32(row)};
        case store::ColumnType::int64: return column.int64(row);
        case store::ColumnType::real: return column.real(row);
        case store::ColumnType::decimal:
        case store::ColumnType::hugeint: return trimmed_decimal(column.digits(row));
        case store::ColumnType::text: return std::string(column.text(row));
        default: return Cell{};
    }
}

namespace {

// The statement over the tables as they were: each view is replaced by its text as of the time.
Result<std::string> sql_as_of(std::string const& sql, std::int64_t time) {
    constexpr std::array<std::string_view, 4> with_history{"DeviceTvmSoftwareInventory", "DeviceTvmSoftwareVulnerabilities",
                                                           "DeviceTvmSoftwareInventoryVulnerabilities", "DeviceTvmSecureConfigurationAssessment"};
    constexpr std::string_view schema = "hunting.\"";
    std::string out;
    std::size_t done = 0;
    for (auto at = sql.find(schema); at != sql.npos; at = sql.find(schema, done)) {
        auto const name_at = at + schema.size(), end = sql.find('"', name_at);
        auto const name = sql.substr(name_at, end - name_at);
        if (std::ranges::find(with_history, name) == with_history.end()) return fail("hunt.no_history", name);
        out += sql.substr(done, at - done) + "(" + TRY(store::as_of(std::string(embedded("schema/views/" + name + ".sql")), time)) + ")";
        done = end + 1;
    }
    return out + sql.substr(done);
}

}  // namespace

Status prepare(store::Connection& connection) {
    TRY(register_functions(connection));
    std::vector<store::ScalarFunction> support;
    add_support(support);
    return connection.add_functions(support);
}

namespace {

// From what was bound to SQL.
Status finish(Compiled& made, Options const& options) {
    std::vector<int> needed;
    for (auto const& c : made.relation.columns) {
        made.columns.push_back({c.name, c.type});
        needed.push_back(c.id);
    }
    made.relation.plan = prune(trim_rows(prune(push_filters(made.relation.plan), needed)), needed);
    // What stands in for a table knows the present only, and is there in the store alone.
    if (!options.as_of && options.dialect == &Dialect::duckdb()) made.relation.plan = use_narrow_relations(made.relation.plan);
    made.sql = TRY(emit_query(made.relation, *options.dialect));
    if (options.as_of) made.sql = TRY(sql_as_of(made.sql, options.as_of));
    return {};
}

}  // namespace

Result<Compiled> compile(std::string_view kql, Options const& options, RunNow const& run_now) {
    auto const program = TRY(parse(kql, options.limits));
    BindOptions bind;
    bind.catalog = options.catalog;
    bind.limits = options.limits;
    bind.now = options.now ? options.now : now_ticks();
    bind.run_now = run_now;
    // What the query asks on the way (toscalar, plugins) is asked of the same time.
    if (options.as_of && run_now)
        bind.run_now = [&](std::string const& sql) -> Result<Cells> { return run_now(TRY(sql_as_of(sql, options.as_of))); };
    bind.device_scope = options.device_scope;
    bind.window = options.window;
    bind.reads_data = options.reads_data;
    bind.external = options.external;
    bind.fleet_index = options.fleet_index && !options.as_of;
    bind.text = kql;
    bind.two_times = kql.find("TimeGenerated") != kql.npos;
    Binder binder(bind);
    Compiled made;
    made.relation = TRY(binder.program(program));
    made.name = std::move(binder.first_name);
    TRY(finish(made, options));
    for (auto& [name, relation] : binder.further) {
        auto& other = made.further.emplace_back();
        other.relation = std::move(relation);
        other.name = std::move(name);
        TRY(finish(other, options));
    }
    made.render = std::move(binder.render);
    made.tables_without_source.assign(binder.tables_without_source.begin(), binder.tables_without_source.end());
    return made;
}

namespace {

Status read_rows(store::Connection& connection, std::string const& sql, std::int64_t most, Answer& answer) {
    auto rows = TRY(connection.query(sql));
    while (auto chunk = TRY(rows.next())) {
        for (std::size_t r = 0; r < chunk->rows; ++r) {
            if (static_cast<std::int64_t>(answer.rows.size()) >= most) {
                answer.truncated = true;
                return {};
            }
            auto& row = answer.rows.emplace_back();
            row.reserve(answer.columns.size());
            for (std::size_t k = 0; k < answer.columns.size(); ++k) row.push_back(cell_of(chunk->columns[k], r, answer.columns[k].type));
        }
    }
    return {};
}

// True where the answer has the rows that a `take` asks for, and nothing else is to be looked at.
Result<bool> read_of_first_devices(store::Connection& connection, Compiled const& compiled, Options const& options, Answer& answer) {
    constexpr std::int64_t most = 5000, least_devices = 100;
    if (options.as_of || options.dialect != &Dialect::duckdb()) return false;
    auto const asked = of_first_devices(compiled.relation.plan, "");
    if (!asked || asked->count > most) return false;
    auto const find_last = TRY(compile(last_of_first_devices(std::max(asked->count, least_devices)), options, {}));
    auto const last = TRY(runner(connection)(find_last.sql));
    if (last.empty() || !last[0][0] || last[0][0]->empty()) return false;
    auto relation = compiled.relation;
    relation.plan = of_first_devices(compiled.relation.plan, *last[0][0])->plan;
    TRY(read_rows(connection, TRY(emit_query(relation, *options.dialect)), options.rows, answer));
    if (answer.truncated || static_cast<std::int64_t>(answer.rows.size()) >= asked->count) return true;
    answer.rows.clear();
    return false;
}

}  // namespace

Result<Answer> run(store::Connection& connection, std::string_view kql, Options const& options) {
    auto const begin = Clock::now();
    Answer answer;
    Alarm const alarm(connection, options.time_ms, options.cancelled);  // the first passes of plugins count as well
    auto const late_compile = [&](Error e) {
        if (e.code == "store.interrupted" && alarm.left()) return error("hunt.cancelled");
        return e.code == "store.interrupted" && alarm.rang() ? error("hunt.time_over", std::to_string(options.time_ms / 1000)) : of_function(std::move(e));
    };
    auto compiled_or_not = compile(kql, options, runner(connection));
    if (!compiled_or_not) return std::unexpected(late_compile(std::move(compiled_or_not).error()));
    auto const& compiled = *compiled_or_not;
    answer.columns = compiled.columns;
    answer.render = compiled.render;
    answer.tables_without_source = compiled.tables_without_source;
    answer.compile_ms = milliseconds_since(begin);
    auto const late = [&](Error e) {
        if (alarm.left()) return error("hunt.cancelled");
        if (!alarm.rang()) return of_function(std::move(e));
        return error("hunt.time_over", std::to_string(options.time_ms / 1000));
    };
    auto const found = read_of_first_devices(connection, compiled, options, answer);
    if (!found) return std::unexpected(late(found.error()));
    if (!*found)
        if (auto read = read_rows(connection, compiled.sql, options.rows, answer); !read) return std::unexpected(late(std::move(read).error()));
    answer.name = compiled.name;
    for (auto const& other : compiled.further) {
        auto& table = answer.further.emplace_back();
        table.columns = other.columns;
        table.name = other.name;
        if (auto read = read_rows(connection, other.sql, options.rows, table); !read) return std::unexpected(late(std::move(read).error()));
    }
    answer.elapsed_ms = milliseconds_since(begin);
    return answer;
}

Check check(store::Connection& connection, std::string_view kql, Options const& options) {
    auto own = options;
    own.reads_data = false;
    Check found;
    auto compiled = compile(kql, own, runner(connection));
    if (compiled) {
        found.columns = std::move(compiled->columns);
        found.render = std::move(compiled->render);
        found.tables_without_source = std::move(compiled->tables_without_source);
        return found;
    }
    auto first = std::move(compiled).error();
    auto others = std::exchange(first.others, {});
    found.errors.push_back(std::move(first));
    for (auto& other : others) found.errors.push_back(std::move(other));
    return found;
}

Result<RowStream> stream(store::Connection& connection, std::string_view kql, Options const& options) {
    auto compiled = TRY(compile(kql, options, runner(connection)));
    auto rows = TRY(connection.query(compiled.sql));
    return RowStream{std::move(compiled.columns), std::move(rows)};
}

Result<std::string> explain(std::string_view kql, Options const& options, RunNow const& run_now) {
    auto const program = TRY(parse(kql, options.limits));
    auto const compiled = TRY(compile(kql, options, run_now));
    std::string out = "-- query\n" + print_kql(program) + "-- tree\n" + print_tree(program) + "-- columns\n";
    for (auto const& c : compiled.columns) out += c.name + ": " + std::string(type_name(c.type)) + "\n";
    out += "-- plan\n" + print_plan(compiled.relation.plan, *options.dialect) + "-- sql\n" + compiled.sql + "\n";
    for (auto const& other : compiled.further) {
        out += "-- further table " + other.name + "\n-- plan\n" + print_plan(other.relation.plan, *options.dialect) + "-- sql\n" + other.sql + "\n";
    }
    return out;
}

void append_cell_json(std::string& out, Cell const& cell, Type type) {
    if (auto const* flag = std::get_if<bool>(&cell)) {
        out += *flag ? "true" : "false";
    } else if (auto const* whole = std::get_if<std::int64_t>(&cell)) {
        if (type == Type::datetime) append_json_string(out, iso_time(*whole));
        else if (type == Type::timespan) append_json_string(out, timespan_text(*whole));
        else out += std::to_string(*whole);
    } else if (auto const* real = std::get_if<double>(&cell)) {
        append_json_number(out, *real);
    } else if (auto const* text = std::get_if<std::string>(&cell)) {
        if (type == Type::dynamic) out += *text;
        else append_json_string(out, *text);
    } else {
        out += type == Type::string ? "\"\"" : "null";
    }
}

}  // namespace merlon::hunt
