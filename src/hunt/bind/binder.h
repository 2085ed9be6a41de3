// Tree -> plan: names become columns, every expression gets a type, every operator an exact output schema.
// One Binder serves one query. Its methods lie in the files of this folder, an operator or a topic in each.
#pragma once
#include <functional>
#include <set>

#include "hunt/bind/catalog.h"
#include "hunt/bind/relation.h"
#include "hunt/dialect/dialect.h"
#include "hunt/functions/table.h"
#include "hunt/parse/parse.h"

namespace merlon::hunt {

// Runs a statement while compiling: the first pass of bag_unpack and pivot, constants that need the engine.
// Gives the text forms of all cells, row by row; nothing stands for NULL.
using Cells = std::vector<std::vector<std::optional<std::string>>>;
using RunNow = std::function<Result<Cells>(std::string const& sql)>;

struct BindOptions {
    Catalog const* catalog = &Catalog::hunting();
    Limits limits;
    std::int64_t now = 0;                  // ticks; the same for the whole query
    RunNow run_now;                        // absent: what needs it is refused
    Dialect const* dialect = &Dialect::duckdb();  // of the engine that run_now asks
    bool reads_data = true;                // false: bag_unpack and pivot see no rows
    std::optional<std::pair<std::int64_t, std::int64_t>> window;  // Timestamp from .. to, both included
    struct ExternalData const* external = nullptr;  // what externaldata may read (hunt/external.h)
    bool fleet_index = false;  // the functions that ask the fleet index are there (fleet/functions.h)
    std::string device_scope;              // SQL giving the DeviceIds the user may see; empty: all
    // The query names TimeGenerated: tables have their Timestamp a second time under that name, as those of a log workspace.
    bool two_times = false;
    std::string_view text = {};            // the query as it was written
};

struct RenderInfo {
    std::string kind;
    std::vector<std::pair<std::string, std::string>> properties;
};

using ColumnNames = std::set<std::string, std::less<>>;
ColumnNames names_of(std::vector<Relation> const&);
// Names that an expression speaks of, each once: columns, or constants of let.
void names_in(Node const&, std::vector<std::string>&);
// How a percentile stands in a column's name: "50", "99_9"; "" when it is no number.
std::string percentile_label(Constant const&);

// ---- What names mean ----------------------------------------------------------------------------------------

struct Scope;
using ScopePtr = std::shared_ptr<Scope const>;
struct TabularLet { Query const* query; };
struct Scope {
    std::string name;
    std::variant<ExprPtr, TabularLet, Lambda const*, Relation, DeclarePattern const*> value;
    ScopePtr parent;
};

// Aggregates found while binding the expressions of summarize.
struct AggregateSink {
    std::vector<Column> const* input;
    std::vector<Item> items;
};

// Window functions read rows in order: they need a row number, and columns computed level by level below.
struct WindowNeeds {
    std::optional<int> row_number;
    std::vector<std::vector<Item>> levels;
};

// What an expression may refer to.
struct Rows {
    std::vector<Column> const* columns = nullptr;
    std::vector<Column> const* left = nullptr;   // $left, $right in join conditions
    std::vector<Column> const* right = nullptr;
    Relation const* relation = nullptr;          // for window functions: must be serialized
    AggregateSink* aggregates = nullptr;
    struct WindowNeeds* windows = nullptr;       // what window functions found here ask for; null: not allowed
    std::map<std::string, std::vector<Column>, std::less<>> const* steps = nullptr;  // of scan: s1.x; of graph-match: n.x
    struct GraphPaths* paths = nullptr;          // edges of graph-match that stand for several in a row (graph.cpp)
    Relation const* part = nullptr;              // inside all, any and map: the nodes or edges that they look at
    std::vector<Column> const* not_aggregated = nullptr;  // columns that exist but need an aggregate around them
};

struct NamedExpr {
    std::string name;     // "" when nothing gives one
    bool given = false;   // written as name = ...
    ExprPtr value;
    Span span;
    bool of_several = false;  // one of the columns of a function that gives several
};

class Binder {
public:
    explicit Binder(BindOptions const& given) : options(given), now(given.now) {}
    Result<Relation> program(Program const&);
    Status take_setting(SetStatement const&);

    std::optional<RenderInfo> render;
    // The tables that fork and facet give after the first, which program() returns; with their names ("" where none is given).
    struct Further { std::string name; Relation relation; };
    std::vector<Further> further;
    std::string first_name;
    std::set<std::string> tables_without_source;
    std::map<std::string, Node const*, std::less<>> query_settings;  // set name = value;
    BindOptions const& options;
    std::int64_t now;  // what now() gives: of the options, or set query_now
    ScopePtr scope;

    int new_id() { return ++last_id_; }
    int new_shared() { return ++last_shared_; }

    // ---- names.cpp
    Scope const* lookup(std::string_view name) const;
    Error unknown_name(std::string_view name, Span, Rows const&) const;
    std::string default_name(Node const&) const;
    std::string unique_name(std::string wanted, std::set<std::string> const& taken) const;
    // What a lookup by range or place gives: all columns of `left`, then those of `right` that `keep` names, under names
    // that are not taken yet and without absent texts. `result` gets the columns, the items are what to project.
    std::vector<Item> looked_up(Relation const& left, Relation const& right, std::function<bool(Column const&)> const& keep, Relation& result);
    // An unknown name that a bag of the query may have, though none does now: it reads as empty.
    bool may_be_unpacked(std::string const& name) const;

    // ---- expression.cpp
    Result<ExprPtr> expression(Node const&, Rows const&);
    Result<ExprPtr> name(NameNode const&, Span, Rows const&);
    Result<ExprPtr> predicate(Node const&, Rows const&);
    Result<ExprPtr> json_of_text(Node const&, ExprPtr value, Rows const&);
    Result<ExprPtr> member(Node const&, Rows const&);
    Result<ExprPtr> logic(LogicNode const&, Rows const&);
    Result<ExprPtr> between(BetweenNode const&, Span, Rows const&);
    Result<ExprPtr> list_test(ListNode const&, Span, Rows const&);
    Result<ExprPtr> text_test(std::string const& op, ExprPtr left, ExprPtr right, Span);
    Result<ExprPtr> star_test(BinaryNode const&, Span, Rows const&);
    // ---- compare.cpp, arithmetic.cpp
    Result<ExprPtr> compare(std::string op, ExprPtr left, ExprPtr right, Span);
    Result<ExprPtr> arithmetic(char op, ExprPtr left, ExprPtr right, Span);
    Result<ExprPtr> negate(ExprPtr, Span);
    // ---- convert.cpp
    Result<ExprPtr> convert(ExprPtr, Type, Span);           // as toT(x) does
    Result<ExprPtr> to_text(ExprPtr, Span);
    Result<ExprPtr> to_json(ExprPtr, Span);
    Result<Type> common_type(std::vector<ExprPtr> const&, Span) const;
    ExprPtr widen(ExprPtr, Type);                           // int -> long -> real -> decimal
    Result<Constant> constant(Node const&, std::string_view what);   // known when compiling, run if need be
    Result<std::int64_t> constant_integer(Node const&, std::string_view what);
    Result<std::string> constant_text(Node const&, std::string_view what);
    // ---- call.cpp, special.cpp, window.cpp, user_functions.cpp
    Result<ExprPtr> call(CallNode const&, Span, Rows const&);
    Result<ExprPtr> call_table(Function const&, std::vector<ExprPtr> arguments, Span);
    std::optional<Result<ExprPtr>> special_call(CallNode const&, Span, Rows const&);
    std::optional<Result<ExprPtr>> window_call(CallNode const&, Span, Rows const&);
    Result<ExprPtr> aggregate_call(CallNode const&, Function const&, Span, Rows const&);
    Result<std::vector<ExprPtr>> arguments(CallNode const&, Rows const&);
    Result<ExprPtr> scalar_function(CallNode const&, Scope const&, Span, Rows const&);
    Result<Relation> tabular_function(CallNode const&, Scope const&, Span, std::optional<Relation> first);
    Result<Relation> scalar_as_table(Node const&);
    Status bind_parameters(CallNode const&, Lambda const&, Span, std::optional<Relation> first, Rows const&, ScopePtr&);

    // ---- query.cpp
    Result<Relation> query(Query const&, std::optional<Relation> input = {});
    Result<Relation> source(Node const&);
    Result<Relation> source_or_graph(Node const&);
    Result<Relation> table(Table const&, std::string_view name);
    // P("x"), P("x").y or P("x")["y"] with P declared as a pattern; nothing: it is none.
    DeclarePattern const* declared_pattern(Node const&) const;
    Result<Relation> pattern_table(DeclarePattern const&, Scope const&, Node const&);
    bool is_tabular(Node const&) const;
    bool is_tabular(Query const&) const;
    Status let(LetStatement const&);
    Result<Relation> apply(Operator const&, Relation);
    // fork, facet: at the end of a query statement. The first table; the others go to `further`.
    Result<Relation> fork(Fork const&, Relation);
    Result<Relation> facet(Facet const&, Relation);
    Result<Relation> shared(Relation);

    // ---- operators, one file each
    Result<Relation> where(Where const&, Relation);
    Result<Relation> project(Project const&, Relation, Span);
    Result<Relation> pick_columns(Project const&, Relation, Span);
    Result<Relation> summarize(Summarize const&, Relation, Span);
    Result<Relation> sort(std::vector<OrderKey> const&, Relation);
    Result<Relation> top(Top const&, Relation);
    Result<Relation> take(Node const& count, Relation);
    Result<Relation> distinct(Distinct const&, Relation);
    Result<Relation> count_rows(Relation, std::string name);
    Result<Relation> join(Join const&, Relation, Span);
    Result<Relation> union_all(Union const&, std::optional<Relation>, Span);
    Result<std::vector<Relation>> tables_like(std::string_view pattern, bool lets);
    Result<Relation> combine(std::vector<Relation>, bool inner, std::string const& source_column);
    Result<Relation> print(Print const&);
    Result<Relation> range_rows(RangeRows const&);
    Result<Relation> datatable(Datatable const&, Span);
    Result<Relation> get_schema(Relation);
    Result<Relation> sample(Sample const&, Relation);
    // The first `count` rows; inside mv-apply and partition those of each group.
    Relation limited(Relation, std::int64_t count, std::vector<SortKey> const& keys);
    Result<Relation> search(Search const&, std::optional<Relation>, Span);
    Result<std::vector<Relation>> tables_to_search(std::vector<NodePtr> const& named);
    // `anywhere`: the columns of all tables searched; a test of one that `Relation` lacks does not hold there.
    Result<ExprPtr> search_test(Node const&, Relation const&, ColumnNames const& anywhere, bool exact = false);
    Result<ExprPtr> search_term(LiteralNode const&, Span, Relation const&, bool exact);
    Result<Relation> find(Find const&, Span);
    Result<Relation> invoke(Invoke const&, Relation, Span);
    Result<Relation> evaluate(Evaluate const&, std::optional<Relation>, Span);
    Result<Relation> parse_columns(Parse const&, Relation, Span);
    Result<Relation> parse_kv(ParseKv const&, Relation, Span);
    Result<Relation> mv_expand(MvExpand const&, Relation, Span);
    Result<Relation> mv_apply(MvApply const&, Relation, Span);
    Result<Relation> make_series(MakeSeries const&, Relation, Span);
    Result<Relation> top_nested(TopNested const&, Relation);
    Result<Relation> top_hitters(TopHitters const&, Relation, Span);
    Result<Relation> partition(Partition const&, Relation, Span);
    Result<Relation> scan(Scan const&, Relation, Span);
    Result<Relation> make_graph(MakeGraph const&, Relation, Span);
    Result<Relation> graph_match(GraphMatch const&, Relation, Span);
    Result<Relation> graph_to_table(GraphToTable const&, Relation, Span);
    Result<Relation> graph_components(GraphComponents const&, Relation, Span);
    Result<Relation> graph_where(GraphWhere const&, Relation, Span);
    // all, any and map over a path, inner_nodes, node_degree_in ...; nothing: it is no such call.
    std::optional<Result<ExprPtr>> graph_call(CallNode const&, Span, Rows const&);
    Result<ExprPtr> graph_member(std::string const& edge, Node const& node, Rows const&);
    std::optional<Result<ExprPtr>> graph_whole(std::string const& name, Span, Rows const&);
    Result<Relation> partition_each(Partition const&, Relation, Span);
    Result<Relation> external_data(Externaldata const&, Span);
    Result<Relation> sliding_counts(CallNode const&, Relation, Span);       // sliding_window_counts
    // A plugin whose meaning is a query of its own (schema/functions/plugins); nothing: there is no such text.
    std::optional<Result<Relation>> written_plugin(CallNode const&, Relation, Span);
    Result<Relation> patterns(CallNode const&, Relation, Span);      // basket, autocluster, diffpatterns
    Result<Relation> schema_merge(CallNode const&, Relation, Span);
    Result<Relation> rows_near(CallNode const&, Relation, Span);
    Result<Relation> lookup_by_place(CallNode const&, Relation, Span);  // geo_polygon_lookup, geo_line_lookup
    Result<Relation> file_profile(CallNode const&, Relation, Span);

    // ---- shared pieces
    Result<std::vector<NamedExpr>> named_items(Node const&, Rows const&);
    bool gives_several(CallNode const&) const;
    Result<std::vector<NamedExpr>> several_items(CallNode const&, NamedNode const*, Span, Rows const&);
    Result<std::vector<std::pair<std::string, ExprPtr>>> sorted_arrays(CallNode const&, Span, Rows const&);
    Relation with_plan(Relation, PlanPtr) const;
    // A projection that also carries the hidden row number along.
    PlanPtr project_plan(Relation const&, std::vector<Item>) const;
    // Column items under new ids: the same rows may then be used twice.
    Relation fresh(Relation const&);
    // Replaces or appends columns as extend does.
    Relation extended(Relation, std::vector<NamedExpr> const&);
    Column const* group_column(std::vector<Column> const& columns) const;
    // The relation with a hidden row number in its present order.
    Relation numbered(Relation, std::optional<int> id = {});
    // The relation with what the windows of an operator's expressions need below them.
    Relation below(Relation, WindowNeeds const&);
    Status spend(Span);  // one operator or expression more; refuses what has grown too large

private:
    int last_id_ = 0;
    int last_shared_ = 0;
    std::size_t spent_ = 0;
    std::size_t call_depth_ = 0;
    bool at_top_ = false;      // the query that comes next is a statement of its own
    bool open_names_ = false;  // a plugin found no data to take columns from: unknown names read as empty
    bool unpacked_ = false;    // a plugin took columns from bags: a name that the query itself writes as a key reads as empty
    std::string group_row_;  // inside mv-apply and partition: the hidden column that tells the groups apart
};

// ---- Making expressions -------------------------------------------------------------------------------------

ExprPtr make_column(Column const&);
ExprPtr make_constant(Constant);
ExprPtr make_call(Type, Phrase, std::vector<ExprPtr> arguments, bool nullable = true);
// One that looks at other rows; and what stands after OVER: its parts, and the order in them.
ExprPtr make_window(Type, Phrase, std::vector<ExprPtr> arguments, bool nullable = true);
Phrase in_parts(std::vector<Phrase> keys, std::vector<Phrase> order);
Phrase in_order(std::size_t argument, bool descending, bool nulls_first);
// NaN stands beside null, whichever way is sorted.
void add_sort_key(std::vector<SortKey>&, ExprPtr value, bool descending, bool nulls_first);
ExprPtr make_text(std::string);
ExprPtr make_long(std::int64_t);
ExprPtr make_bool(bool);
ExprPtr make_null(Type);
ExprPtr make_not(ExprPtr);
ExprPtr make_and(std::vector<ExprPtr>);
ExprPtr make_or(std::vector<ExprPtr>);

}  // namespace merlon::hunt
