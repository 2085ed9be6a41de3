// The tree of a KQL text: what was written, nothing resolved yet. Each node carries its place in the text.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "hunt/types.h"

namespace merlon::hunt {

// A literal. Decimal digits, guid text and dynamic JSON stand in the string; monostate is null.
struct Constant {
    Type type = Type::long_;
    std::variant<std::monostate, bool, std::int64_t, double, std::string> value;
    bool is_null() const { return value.index() == 0; }
};

struct Node;
using NodePtr = std::unique_ptr<Node>;
struct Query;

struct Word {  // a name as written, without brackets
    std::string text;
    Span span;
};

struct NameNode { std::string name; };
struct PatternNode { std::string pattern; };  // Device*, *Time; "*" alone is StarNode
struct StarNode {};
struct LiteralNode { Constant value; bool bare_string = false; };
struct MemberNode { NodePtr object; std::string name; };
struct IndexNode { NodePtr object; NodePtr index; };
struct CallNode { std::string name; Span name_span; std::vector<NodePtr> arguments; };
struct UnaryNode { char sign; NodePtr operand; };
// Arithmetic, comparison, string operators: "+", "==", "has", "!contains", "matches regex", ":" (search).
struct BinaryNode { std::string op; NodePtr left; NodePtr right; Span op_span; };
// and/or over two or more operands, kept flat so that long chains do not nest.
struct LogicNode { bool is_or; std::vector<NodePtr> operands; };
// in, !in, in~, !in~, has_any, has_all.
struct ListNode { std::string op; NodePtr left; std::vector<NodePtr> items; };
struct BetweenNode { bool negated; NodePtr value, low, high; Span op_span; };
// a = expr, or (a, b) = expr: in lists of columns and as an argument.
struct NamedNode { std::vector<Word> names; NodePtr value; };
struct ColumnDeclaration { Word name; Type type = Type::string; bool star = false; };
struct TypeNode { std::optional<Type> type; std::vector<ColumnDeclaration> columns; };
struct QueryNode { std::unique_ptr<Query> query; };

struct Node {
    Span span;
    int depth = 1;
    std::variant<NameNode, PatternNode, StarNode, LiteralNode, MemberNode, IndexNode, CallNode, UnaryNode, BinaryNode,
                 LogicNode, ListNode, BetweenNode, NamedNode, TypeNode, QueryNode>
        form;
};

// ---- Operators ----------------------------------------------------------------------------------------------

struct Setting {  // kind=inner, hint.strategy=broadcast, with (format="csv")
    std::string name;
    std::string text;           // the value as a word
    NodePtr value;              // the value as an expression, where it is one
    Span span;
    Span value_span;
};
using Settings = std::vector<Setting>;

struct OrderKey {
    NodePtr value;
    bool descending = true;
    std::optional<bool> nulls_first;
    Span span;
};

struct Where { NodePtr predicate; };
enum class Columns : std::uint8_t { project, extend, away, keep, rename, reorder, serialize, by_names };
struct Project {
    Columns kind;
    std::vector<NodePtr> items;
    std::vector<std::string> orders;  // of reorder: "", "asc", "desc", "granny-asc", "granny-desc"
};
struct Summarize { Settings settings; std::vector<NodePtr> aggregates, keys; };
struct Sort { std::vector<OrderKey> keys; };
struct Top { NodePtr count; std::vector<OrderKey> keys; };
struct Take { NodePtr count; };
struct Distinct { std::vector<NodePtr> items; };
struct CountRows { std::string name = "Count"; };  // count as name
struct Join { bool lookup = false; Settings settings; NodePtr right; std::vector<NodePtr> on; };
struct Union { Settings settings; std::vector<NodePtr> sources; };
struct As { Word name; };
struct Print { std::vector<NodePtr> items; };
struct RangeRows { Word name; NodePtr from, to, step; };
struct Datatable { std::vector<ColumnDeclaration> columns; std::vector<NodePtr> values; };
struct Externaldata { std::vector<ColumnDeclaration> columns; std::vector<NodePtr> places; Settings settings; };
struct GetSchema {};
struct Sample { NodePtr count; NodePtr column; };  // column: sample-distinct
struct Search { Settings settings; std::vector<NodePtr> tables; NodePtr predicate; };
struct Find {
    Settings settings;
    std::vector<NodePtr> tables;
    NodePtr predicate;
    std::vector<NodePtr> project;
    bool pack = false;
    bool smart = true;
};
struct Render { std::string kind; Settings settings; };
struct Invoke { NodePtr call; };
struct Evaluate { Settings settings; NodePtr call; std::vector<ColumnDeclaration> schema; };
struct ParsePart {
    enum class Kind : std::uint8_t { star, text, column } kind;
    std::string text;  // the literal, or the column's name
    Type type = Type::string;
    Span span;
};
struct Parse { bool keep_matching_only = false; Settings settings; NodePtr source; std::vector<ParsePart> parts; };
struct ParseKv { NodePtr source; std::vector<ColumnDeclaration> columns; Settings settings; };
struct ExpandItem { Word name; NodePtr value; std::optional<Type> type; Span span; };
struct MvExpand { Settings settings; std::vector<ExpandItem> items; NodePtr limit; bool old_name = false; };
struct MvApply { Settings settings; std::vector<ExpandItem> items; NodePtr limit; std::unique_ptr<Query> subquery; };
struct SeriesItem { NodePtr value; NodePtr fill; };
struct MakeSeries { Settings settings; std::vector<SeriesItem> items; NodePtr axis, from, to, step; std::vector<NodePtr> keys; };
struct NestedLevel { NodePtr count; NodePtr key; NodePtr others; NodePtr measure; bool descending = true; };
struct TopNested { std::vector<NestedLevel> levels; };
struct TopHitters { NodePtr count; NodePtr key; NodePtr by; };
struct Partition { Settings settings; NodePtr key; std::unique_ptr<Query> subquery; bool own_source = false; };  // { }
struct ScanStep {
    Word name;
    bool optional = false;
    std::string output;  // all, last, none
    NodePtr condition;
    std::vector<NodePtr> assignments;
};
struct Scan {
    Settings settings;
    std::vector<OrderKey> order;
    std::vector<NodePtr> partition;
    std::vector<std::pair<ColumnDeclaration, NodePtr>> declared;
    std::vector<ScanStep> steps;
};
struct Branch { std::string name; std::unique_ptr<Query> query; };
struct Fork { std::vector<Branch> branches; };
struct Facet { std::vector<NodePtr> columns; std::unique_ptr<Query> query; };
struct GraphNodes { NodePtr table, id; };
struct MakeGraph {
    NodePtr source, target;
    std::vector<GraphNodes> nodes;
    Word node_id;
    NodePtr partition;                // partitioned-by: one graph for each of its values,
    std::unique_ptr<Query> subquery;  // and what each of them is asked
};
struct GraphPart {  // nodes at even places, edges at odd ones
    bool is_edge = false;
    Word name;                        // "": nobody speaks of it
    int direction = 1;                // 1 -->, -1 <--, 0 --
    bool several = false;             // e*least..most
    std::int64_t least = 1, most = 1;
    Span span;
};
struct GraphMatch {
    bool shortest = false;            // graph-shortest-paths
    Settings settings;
    std::vector<std::vector<GraphPart>> patterns;
    NodePtr where;
    std::vector<NodePtr> project;
};
struct GraphToTable { bool edges = false; Settings settings; };
struct GraphComponents { Settings settings; };
struct GraphWhere { bool edges = false; NodePtr predicate; };
struct Refused { std::string name; };  // known, not supported

struct Operator {
    Span span;       // the whole operator
    Span name_span;  // its name
    std::variant<Where, Project, Summarize, Sort, Top, Take, Distinct, CountRows, Join, Union, As, Print, RangeRows,
                 Datatable, Externaldata, GetSchema, Sample, Search, Find, Render, Invoke, Evaluate, Parse, ParseKv,
                 MvExpand, MvApply, MakeSeries, TopNested, TopHitters, Partition, Scan, Fork, Facet, MakeGraph, GraphMatch,
                 GraphToTable, GraphComponents, GraphWhere, Refused>
        form;
};

// source | operator | operator: the source is absent when the first operator makes rows itself (print, range ...).
struct Query {
    Span span;
    NodePtr source;
    std::vector<Operator> operators;
};

struct LetParameter {
    Word name;
    bool tabular = false;
    bool any_columns = false;                 // T:(*)
    std::vector<ColumnDeclaration> columns;   // T:(x:long)
    Type type = Type::string;
    NodePtr fallback;                         // default value
};
struct Statement;
struct Lambda {
    bool view = false;
    std::vector<LetParameter> parameters;
    std::vector<Statement> lets;
    std::unique_ptr<Query> body;
};
struct LetStatement { Word name; std::unique_ptr<Query> value; std::unique_ptr<Lambda> lambda; };
struct DeclareParameters { std::vector<LetParameter> parameters; };
// declare pattern P = (a:string)[path:string] { ("x").["y"] = { query }; ... }: tables by the text that stands in the call.
struct PatternCase { std::vector<std::string> arguments; std::optional<std::string> path; std::unique_ptr<Query> body; };
struct DeclarePattern { Word name; std::vector<Word> parameters; std::optional<Word> path; std::vector<PatternCase> cases; };
struct SetStatement { std::string name; NodePtr value; };  // value: null when none was written, or when it is no expression
struct Statement {
    Span span;
    std::variant<LetStatement, DeclareParameters, DeclarePattern, SetStatement, std::unique_ptr<Query>> form;
};

struct Program {
    std::vector<Statement> statements;
    std::size_t nodes = 0;
    int pipes = 0;
    int joins = 0;
};

template <typename Form, typename Tree>
auto* form_of(Tree& node) { return std::get_if<Form>(&node.form); }

}  // namespace merlon::hunt
