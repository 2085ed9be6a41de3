// The plan: a small relational algebra over typed expressions, into which binding lowers every KQL operator.
// Columns are numbers (c1, c2 ... in SQL), unique in a query; KQL names live in the binder and in the final answer.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "hunt/dialect/dialect.h"
#include "hunt/parse/tree.h"
#include "hunt/types.h"

namespace merlon::hunt {

struct Narrow;
struct Plan;
using PlanPtr = std::shared_ptr<Plan const>;
struct Expr;
using ExprPtr = std::shared_ptr<Expr const>;

// ---- Expressions --------------------------------------------------------------------------------------------

struct ColumnExpr { int id; };
struct ConstantExpr { Constant value; };
// A phrase over arguments, which stand in it as {0}, {1} ...
struct CallExpr {
    Phrase phrase;
    std::vector<ExprPtr> arguments;
    bool is_volatile = false;
    bool is_window = false;
    std::string name;  // of the KQL function, for printing
};
// == != < <= > >= with KQL's meaning of nulls and NaN (semantics guide, section 4).
struct CompareExpr { std::string op; ExprPtr left, right; };
struct LogicExpr { bool is_or; std::vector<ExprPtr> operands; };
struct NotExpr { ExprPtr operand; };
// value in (rows of plan's first column).
struct InPlanExpr { ExprPtr value; PlanPtr plan; int column; bool fold_case = false; };
// The one value of a plan: its first column in its first row.
struct ScalarPlanExpr { PlanPtr plan; int column; Phrase aggregate; };

struct Expr {
    Type type = Type::dynamic;
    bool nullable = true;      // may be NULL in the engine (never for strings)
    bool may_be_nan = true;    // reals only
    std::variant<ColumnExpr, ConstantExpr, CallExpr, CompareExpr, LogicExpr, NotExpr, InPlanExpr, ScalarPlanExpr> form;
};

Constant const* constant_of(ExprPtr const&);
std::optional<int> column_of(ExprPtr const&);
bool has_window(ExprPtr const&);
bool is_volatile(ExprPtr const&);
void columns_used(ExprPtr const&, std::vector<int>& out);
int size_of(ExprPtr const&);  // number of nodes, capped at 10,000
// The expression with the queries inside of it changed; `column` is what it takes of them, is_list: it stands after in.
ExprPtr with_plans(ExprPtr const&, std::function<PlanPtr(PlanPtr const&, int column, bool is_list)> const&);

// ---- Relations ----------------------------------------------------------------------------------------------

struct Item { int id; ExprPtr value; };
struct SortKey { ExprPtr value; bool descending; bool nulls_first; };

// Columns of a stored relation. `relation` is SQL that may stand after FROM; empty when no source feeds the table.
struct ScanPlan {
    std::string table;
    std::string relation;
    struct Field { int id; std::string name; Type type; bool has_source; bool not_null = false; };
    std::vector<Field> fields;
    Phrase where;       // the row scope of the user and the time window
    std::vector<Narrow> const* narrow = nullptr;  // relations that may stand in for it (of the catalog)
    std::string key;                // column that no two rows share; "": there is none
};
struct ValuesPlan { std::vector<std::pair<int, Type>> columns; std::vector<std::vector<ExprPtr>> rows; };
struct ProjectPlan { PlanPtr input; std::vector<Item> items; };
struct FilterPlan { PlanPtr input; ExprPtr predicate; };
// Keys are columns of the input and keep their ids. Each aggregate is a call over input columns.
struct AggregatePlan { PlanPtr input; std::vector<int> keys; std::vector<Item> aggregates; };
enum class JoinKind : std::uint8_t { inner, left, right, full, left_semi, left_anti };
struct JoinPlan { JoinKind kind; PlanPtr left, right; std::vector<std::pair<ExprPtr, ExprPtr>> keys; ExprPtr condition; };
struct UnionPlan { std::vector<PlanPtr> inputs; std::vector<std::vector<int>> columns; std::vector<int> ids; };
struct SortPlan { PlanPtr input; std::vector<SortKey> keys; };
struct LimitPlan { PlanPtr input; std::int64_t count; std::int64_t sample = 0; };
// One row per key: which one is not defined.
struct FirstPerKeyPlan { PlanPtr input; std::vector<ExprPtr> keys; };
// A statement of its own: {0} expressions, {in0} inputs. Gives its input's columns (all of input 0 when `keeps_input`) and more.
struct RawPlan {
    Phrase phrase;
    std::vector<ExprPtr> expressions;
    std::vector<PlanPtr> inputs;
    std::vector<int> columns;
    bool keeps_input = false;
    std::vector<int> uses;  // input columns that the phrase names itself
};
// A relation computed once and read in several places.
struct SharedPlan { int name; PlanPtr plan; };

struct Plan {
    std::variant<ScanPlan, ValuesPlan, ProjectPlan, FilterPlan, AggregatePlan, JoinPlan, UnionPlan, SortPlan, LimitPlan,
                 FirstPerKeyPlan, RawPlan, SharedPlan>
        form;
    std::vector<int> columns;  // what it gives, in order
    int depth = 1;
};

PlanPtr make_plan(decltype(Plan::form) form);

// Drops what nobody reads: columns of scans and projections. `needed` are the columns of the answer.
PlanPtr prune(PlanPtr const&, std::vector<int> const& needed);
// Filters move down through projections (and unions, and the sides of joins) as far as they may.
PlanPtr push_filters(PlanPtr const&);

// The aggregate that keeps a whole row of each group, as a struct of `fields` f0, f1 ...; `name` is "row:arg_max",
// "row:arg_min" or "row:first", {0} the measure. trim_rows() leaves out the fields that nobody reads.
Phrase kept_row(std::string_view name, std::vector<int> const& fields, std::vector<ExprPtr> const& values);
PlanPtr trim_rows(PlanPtr const&);

// Aggregates over tables that the fleet index or a smaller relation can answer are taken from there (Narrow in
// bind/catalog.h). Run it after prune(), when scans hold only the columns that somebody reads.
PlanPtr use_narrow_relations(PlanPtr const&);

std::string print_plan(PlanPtr const&, Dialect const&);

}  // namespace merlon::hunt
