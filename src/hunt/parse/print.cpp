// The tree, an operator a line.
#include "hunt/parse/parse.h"

namespace merlon::hunt {
namespace {

constexpr std::array<std::string_view, 39> names{
    "where", "project", "summarize", "sort", "top", "take", "distinct", "count", "join", "union", "as", "print", "range",
    "datatable", "externaldata", "getschema", "sample", "search", "find", "render", "invoke", "evaluate", "parse",
    "parse-kv", "mv-expand", "mv-apply", "make-series", "top-nested", "top-hitters", "partition", "scan", "fork", "facet",
    "make-graph", "graph-match", "graph-to-table", "graph-mark-components", "graph-where", "refused"};
static_assert(names.size() == std::variant_size_v<decltype(Operator::form)>);

std::string place(Span span) { return " [" + std::to_string(span.begin) + "," + std::to_string(span.end) + ")"; }

void print_query(Query const& q, int level, std::string& out) {
    std::string const indent(static_cast<std::size_t>(level) * 2, ' ');
    if (q.source) out += indent + "source" + place(q.source->span) + "\n";
    for (auto const& op : q.operators) {
        out += indent + std::string(names[op.form.index()]) + place(op.span) + "\n";
        if (auto const* join = form_of<Join>(op))
            if (auto const* inner = form_of<QueryNode>(*join->right)) print_query(*inner->query, level + 1, out);
        if (auto const* apply = form_of<MvApply>(op)) print_query(*apply->subquery, level + 1, out);
        if (auto const* partition = form_of<Partition>(op)) print_query(*partition->subquery, level + 1, out);
        if (auto const* graph = form_of<MakeGraph>(op); graph && graph->subquery) print_query(*graph->subquery, level + 1, out);
        if (auto const* fork = form_of<Fork>(op))
            for (auto const& branch : fork->branches) print_query(*branch.query, level + 1, out);
        if (auto const* facet = form_of<Facet>(op); facet && facet->query) print_query(*facet->query, level + 1, out);
    }
}

}  // namespace

std::string print_tree(Program const& program) {
    std::string out;
    for (auto const& s : program.statements) {
        if (auto const* l = std::get_if<LetStatement>(&s.form)) {
            out += "let " + l->name.text + place(s.span) + "\n";
            if (l->value) print_query(*l->value, 1, out);
            if (l->lambda) print_query(*l->lambda->body, 1, out);
        } else if (auto const* pattern = std::get_if<DeclarePattern>(&s.form)) {
            out += "pattern " + pattern->name.text + place(s.span) + "\n";
            for (auto const& one : pattern->cases) print_query(*one.body, 1, out);
        } else if (auto const* set = std::get_if<SetStatement>(&s.form)) {
            out += "set " + set->name + place(s.span) + "\n";
        } else if (std::holds_alternative<DeclareParameters>(s.form)) {
            out += "parameters" + place(s.span) + "\n";
        } else if (auto const* q = std::get_if<std::unique_ptr<Query>>(&s.form)) {
            out += "query" + place(s.span) + "\n";
            print_query(**q, 1, out);
        }
    }
    return out;
}

}  // namespace merlon::hunt
