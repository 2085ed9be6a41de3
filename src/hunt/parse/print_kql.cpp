// The tree as KQL again: one operator a line, every compound operand in brackets. What it prints reads back as the same tree.
#include <cmath>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/time.h"
#include "hunt/lex/token.h"
#include "hunt/parse/literals.h"
#include "hunt/parse/parse.h"

namespace merlon::hunt {
namespace {

bool is_identifier(std::string_view text) {
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
    for (char const c : text.substr(text[0] == '$' ? 1 : 0))
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
}

std::string as_literal(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') out += '\\', out += c;
        else if (c == '\n') out += "\\n";
        else if (c == '\r') out += "\\r";
        else if (c == '\t') out += "\\t";
        else if (static_cast<unsigned char>(c) < ' ') out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        else out += c;
    }
    return out + "\"";
}

std::string name(std::string_view text) {
    bool const plain = is_identifier(text) && !is_reserved_name(text) && !is_reserved_in_expression(text) && !boolean_of(text);
    return plain ? std::string(text) : "[" + as_literal(text) + "]";
}

std::string literal(Constant const& c) {
    auto const type = std::string(type_name(c.type));
    if (c.is_null()) return c.type == Type::string ? "\"\"" : type + "(null)";
    switch (c.type) {
        case Type::string: return as_literal(std::get<std::string>(c.value));
        case Type::bool_: return std::get<bool>(c.value) ? "true" : "false";
        case Type::long_:
            if (auto const value = std::get<std::int64_t>(c.value); value >= 0) return std::to_string(value);
            return "long(" + std::to_string(std::get<std::int64_t>(c.value)) + ")";
        case Type::int_: return "int(" + std::to_string(std::get<std::int64_t>(c.value)) + ")";
        case Type::real: {
            auto const value = std::get<double>(c.value);
            if (std::isnan(value)) return "real(nan)";
            if (std::isinf(value)) return value > 0 ? "real(+inf)" : "real(-inf)";
            return "real(" + fmt::format("{}", value) + ")";
        }
        case Type::datetime: return "datetime(" + iso_time(std::get<std::int64_t>(c.value)) + ")";
        case Type::timespan: return "timespan(" + timespan_text(std::get<std::int64_t>(c.value)) + ")";
        default: return type + "(" + std::get<std::string>(c.value) + ")";
    }
}

std::string print(Node const&);
std::string print(Query const&);

// An operand: in brackets unless it is one word, one call or one literal.
std::string operand(Node const& node) {
    bool const compound = form_of<BinaryNode>(node) || form_of<LogicNode>(node) || form_of<ListNode>(node) || form_of<BetweenNode>(node) ||
                          form_of<UnaryNode>(node);
    return compound ? "(" + print(node) + ")" : print(node);
}

// What a dot or a bracket follows: "4.x" would begin with a real.
std::string object(Node const& node) { return form_of<LiteralNode>(node) ? "(" + print(node) + ")" : operand(node); }

template <typename List, typename Print>
std::string joined(List const& all, std::string_view between, Print print_one) {
    std::string out;
    for (auto const& one : all) out += (out.empty() ? "" : std::string(between)) + print_one(one);
    return out;
}
std::string list(std::vector<NodePtr> const& all) {
    return joined(all, ", ", [](NodePtr const& one) { return print(*one); });
}
// A table of join, union, search or find: in brackets unless it is a name, a pattern or a call.
std::string source(Node const& node) {
    bool const word = form_of<NameNode>(node) || form_of<PatternNode>(node) || form_of<CallNode>(node) || form_of<QueryNode>(node);
    return word ? print(node) : "(" + print(node) + ")";
}
std::string sources(std::vector<NodePtr> const& all) {
    return joined(all, ", ", [](NodePtr const& one) { return source(*one); });
}
std::string columns(std::vector<ColumnDeclaration> const& all) {
    return "(" + joined(all, ", ", [](ColumnDeclaration const& c) { return c.star ? "*" : name(c.name.text) + ":" + std::string(type_name(c.type)); }) + ")";
}

struct NodePrinter {
    std::string operator()(NameNode const& n) const { return name(n.name); }
    std::string operator()(PatternNode const& n) const { return n.pattern; }
    std::string operator()(StarNode const&) const { return "*"; }
    std::string operator()(LiteralNode const& n) const { return literal(n.value); }
    std::string operator()(MemberNode const& n) const {
        return object(*n.object) + "." + (is_identifier(n.name) ? n.name : "[" + as_literal(n.name) + "]");
    }
    std::string operator()(IndexNode const& n) const { return object(*n.object) + "[" + print(*n.index) + "]"; }
    std::string operator()(CallNode const& n) const {
        if (n.name == "$typed" && n.arguments.size() == 2)  // unless somebody wrote that name
            if (auto const* type = form_of<TypeNode>(*n.arguments[1]); type && type->type) return print(*n.arguments[0]) + ":" + std::string(type_name(*type->type));
        return n.name + "(" + list(n.arguments) + ")";
    }
    std::string operator()(UnaryNode const& n) const { return std::string(1, n.sign) + operand(*n.operand); }
    std::string operator()(BinaryNode const& n) const { return operand(*n.left) + " " + n.op + " " + operand(*n.right); }
    std::string operator()(LogicNode const& n) const {
        return joined(n.operands, n.is_or ? " or " : " and ", [](NodePtr const& one) { return operand(*one); });
    }
    std::string operator()(ListNode const& n) const { return operand(*n.left) + " " + n.op + " (" + list(n.items) + ")"; }
    std::string operator()(BetweenNode const& n) const {
        return operand(*n.value) + (n.negated ? " !between (" : " between (") + operand(*n.low) + " .. " + operand(*n.high) + ")";
    }
    std::string operator()(NamedNode const& n) const {
        auto const names = joined(n.names, ", ", [](Word const& w) { return name(w.text); });
        return (n.names.size() > 1 ? "(" + names + ")" : names) + " = " + print(*n.value);
    }
    std::string operator()(TypeNode const& n) const {
        return "typeof" + (n.type ? "(" + std::string(type_name(*n.type)) + ")" : columns(n.columns));
    }
    std::string operator()(QueryNode const& n) const { return "(" + print(*n.query) + ")"; }
};

std::string print(Node const& node) { return std::visit(NodePrinter{}, node.form); }

std::string setting(Setting const& s) { return s.name + "=" + (s.value ? operand(*s.value) : s.text); }
std::string settings(Settings const& all) {
    std::string out;
    for (auto const& s : all) out += setting(s) + " ";
    return out;
}
std::string with(Settings const& all) {
    if (all.empty()) return "";
    return " with (" + joined(all, ", ", setting) + ")";
}
std::string order(std::vector<OrderKey> const& keys) {
    return joined(keys, ", ", [](OrderKey const& k) {
        return print(*k.value) + (k.descending ? " desc" : " asc") + (!k.nulls_first ? "" : *k.nulls_first ? " nulls first" : " nulls last");
    });
}
std::string expand_items(std::vector<ExpandItem> const& items, NodePtr const& limit) {
    return joined(items, ", ", [](ExpandItem const& i) {
        return (i.name.text.empty() ? "" : name(i.name.text) + " = ") + print(*i.value) + (i.type ? " to typeof(" + std::string(type_name(*i.type)) + ")" : "");
    }) + (limit ? " limit " + print(*limit) : "");
}
std::string in_tables(std::vector<NodePtr> const& tables) { return tables.empty() ? "" : "in (" + sources(tables) + ") "; }

struct OperatorPrinter {
    std::string operator()(Where const& o) const { return "where " + print(*o.predicate); }
    std::string operator()(Project const& o) const {
        static constexpr std::array<std::string_view, 8> words{"project", "extend", "project-away", "project-keep", "project-rename",
                                                               "project-reorder", "serialize", "project-by-names"};
        std::string items;
        for (std::size_t i = 0; i < o.items.size(); ++i)
            items += (i ? ", " : " ") + print(*o.items[i]) + (i < o.orders.size() && !o.orders[i].empty() ? " " + o.orders[i] : "");
        return std::string(words[static_cast<std::size_t>(o.kind)]) + items;
    }
    std::string operator()(Summarize const& o) const {
        return "summarize " + settings(o.settings) + list(o.aggregates) + (o.keys.empty() ? "" : " by " + list(o.keys));
    }
    std::string operator()(Sort const& o) const { return "sort by " + order(o.keys); }
    std::string operator()(Top const& o) const { return "top " + operand(*o.count) + " by " + order(o.keys); }
    std::string operator()(Take const& o) const { return "take " + print(*o.count); }
    std::string operator()(Distinct const& o) const { return "distinct " + list(o.items); }
    std::string operator()(CountRows const& o) const { return o.name == "Count" ? "count" : "count as " + name(o.name); }
    std::string operator()(Join const& o) const {
        return (o.lookup ? "lookup " : "join ") + settings(o.settings) + source(*o.right) + (o.on.empty() ? "" : " on " + list(o.on));
    }
    std::string operator()(Union const& o) const { return "union " + settings(o.settings) + sources(o.sources); }
    std::string operator()(As const& o) const { return "as " + name(o.name.text); }
    std::string operator()(Print const& o) const { return "print " + list(o.items); }
    std::string operator()(RangeRows const& o) const {
        return "range " + name(o.name.text) + " from " + operand(*o.from) + " to " + operand(*o.to) + " step " + operand(*o.step);
    }
    std::string operator()(Datatable const& o) const { return "datatable" + columns(o.columns) + "[" + list(o.values) + "]"; }
    std::string operator()(Externaldata const& o) const { return "externaldata" + columns(o.columns) + "[" + list(o.places) + "]" + with(o.settings); }
    std::string operator()(GetSchema const&) const { return "getschema"; }
    std::string operator()(Sample const& o) const {
        return o.column ? "sample-distinct " + operand(*o.count) + " of " + print(*o.column) : "sample " + print(*o.count);
    }
    std::string operator()(Search const& o) const { return "search " + in_tables(o.tables) + settings(o.settings) + print(*o.predicate); }
    std::string operator()(Find const& o) const {
        auto out = "find " + settings(o.settings) + in_tables(o.tables) + "where " + print(*o.predicate);
        if (o.smart) return out;
        return out + " project " + list(o.project) + (o.pack ? std::string(o.project.empty() ? "" : ", ") + "pack(*)" : "");
    }
    std::string operator()(Render const& o) const { return "render " + o.kind + with(o.settings); }
    std::string operator()(Invoke const& o) const { return "invoke " + print(*o.call); }
    std::string operator()(Evaluate const& o) const {
        return "evaluate " + settings(o.settings) + print(*o.call) + (o.schema.empty() ? "" : " : " + columns(o.schema));
    }
    std::string operator()(Parse const& o) const {
        auto out = (o.keep_matching_only ? "parse-where " : "parse ") + settings(o.settings) + operand(*o.source) + " with";
        for (auto const& p : o.parts)
            out += p.kind == ParsePart::Kind::star ? " *" : p.kind == ParsePart::Kind::text ? " " + as_literal(p.text) : " " + name(p.text) + ":" + std::string(type_name(p.type));
        return out;
    }
    std::string operator()(ParseKv const& o) const { return "parse-kv " + operand(*o.source) + " as " + columns(o.columns) + with(o.settings); }
    std::string operator()(MvExpand const& o) const { return (o.old_name ? "mvexpand " : "mv-expand ") + settings(o.settings) + expand_items(o.items, o.limit); }
    std::string operator()(MvApply const& o) const {
        return "mv-apply " + settings(o.settings) + expand_items(o.items, o.limit) + " on (" + print(*o.subquery) + ")";
    }
    std::string operator()(MakeSeries const& o) const {
        Settings const* own = &o.settings;
        bool in_range = false;
        std::string out = "make-series ";
        for (auto const& s : *own) {
            if (s.name == "in_range") in_range = true;
            else out += setting(s) + " ";
        }
        out += joined(o.items, ", ", [](SeriesItem const& i) { return print(*i.value) + (i.fill ? " default=" + operand(*i.fill) : ""); }) + " on " + print(*o.axis);
        if (in_range) out += " in range(" + print(*o.from) + ", " + print(*o.to) + ", " + print(*o.step) + ")";
        else out += (o.from ? " from " + operand(*o.from) : "") + (o.to ? " to " + operand(*o.to) : "") + " step " + operand(*o.step);
        return out + (o.keys.empty() ? "" : " by " + list(o.keys));
    }
    std::string operator()(TopNested const& o) const {
        return joined(o.levels, ", ", [](NestedLevel const& l) {
            return "top-nested " + (l.count ? operand(*l.count) + " " : "") + "of " + print(*l.key) + (l.others ? " with others=" + operand(*l.others) : "") + " by " +
                   print(*l.measure) + (l.descending ? " desc" : " asc");
        });
    }
    std::string operator()(TopHitters const& o) const {
        return "top-hitters " + operand(*o.count) + " of " + print(*o.key) + (o.by ? " by " + print(*o.by) : "");
    }
    std::string operator()(Partition const& o) const {
        return "partition " + settings(o.settings) + "by " + print(*o.key) + (o.own_source ? " { " : " (") + print(*o.subquery) + (o.own_source ? " }" : ")");
    }
    std::string operator()(Scan const& o) const {
        std::string out = "scan " + settings(o.settings);
        if (!o.order.empty()) out += "order by " + order(o.order) + " ";
        if (!o.partition.empty()) out += "partition by " + list(o.partition) + " ";
        if (!o.declared.empty())
            out += "declare (" + joined(o.declared, ", ", [](auto const& d) {
                return name(d.first.name.text) + ":" + std::string(type_name(d.first.type)) + (d.second ? " = " + print(*d.second) : "");
            }) + ") ";
        out += "with (";
        for (auto const& s : o.steps)
            out += "step " + name(s.name.text) + (s.optional ? " optional" : "") + (s.output.empty() ? "" : " output=" + s.output) + ": " + print(*s.condition) +
                   (s.assignments.empty() ? "" : " => " + list(s.assignments)) + "; ";
        return out + ")";
    }
    std::string operator()(Fork const& o) const {
        return "fork" + joined(o.branches, "", [](Branch const& b) { return " " + (b.name.empty() ? "" : b.name + "=") + "(" + print(*b.query) + ")"; });
    }
    std::string operator()(Facet const& o) const { return "facet by " + list(o.columns) + (o.query ? " with (" + print(*o.query) + ")" : ""); }
    std::string operator()(MakeGraph const& o) const {
        auto const nodes = joined(o.nodes, ", ", [](GraphNodes const& n) { return print(*n.table) + " on " + print(*n.id); });
        return "make-graph " + print(*o.source) + " --> " + print(*o.target) + (o.node_id.text.empty() ? "" : " with_node_id=" + name(o.node_id.text)) +
               (nodes.empty() ? "" : " with " + nodes) +
               (o.partition ? " partitioned-by " + print(*o.partition) + " (" + print(*o.subquery) + ")" : "");
    }
    static std::string part(GraphPart const& p) {
        auto const label = p.name.text.empty() ? "" : name(p.name.text);
        if (!p.is_edge) return "(" + label + ")";
        auto const hops = p.several ? "*" + std::to_string(p.least) + ".." + std::to_string(p.most) : "";
        return (p.direction < 0 ? "<-[" : "-[") + label + hops + (p.direction > 0 ? "]->" : "]-");
    }
    std::string operator()(GraphMatch const& o) const {
        auto const patterns = joined(o.patterns, ", ", [](std::vector<GraphPart> const& parts) { return joined(parts, "", part); });
        return (o.shortest ? "graph-shortest-paths " : "graph-match ") + settings(o.settings) + patterns + (o.where ? " where " + print(*o.where) : "") +
               " project " + list(o.project);
    }
    std::string operator()(GraphToTable const& o) const { return std::string("graph-to-table ") + (o.edges ? "edges " : "nodes ") + settings(o.settings); }
    std::string operator()(GraphComponents const& o) const { return "graph-mark-components " + settings(o.settings); }
    std::string operator()(GraphWhere const& o) const { return std::string("graph-where-") + (o.edges ? "edges " : "nodes ") + print(*o.predicate); }
    std::string operator()(Refused const& o) const { return o.name; }
};

std::string print(Query const& q) {
    auto out = q.source ? print(*q.source) : std::string{};
    for (auto const& op : q.operators) out += (out.empty() ? "" : "\n| ") + std::visit(OperatorPrinter{}, op.form);
    return out;
}

std::string parameters(std::vector<LetParameter> const& all) {
    return "(" + joined(all, ", ", [](LetParameter const& p) {
        auto const type = !p.tabular ? std::string(type_name(p.type)) : p.any_columns ? "(*)" : columns(p.columns);
        return name(p.name.text) + ":" + type + (p.fallback ? " = " + print(*p.fallback) : "");
    }) + ")";
}

std::string print(LetStatement const& let) {
    auto const head = "let " + name(let.name.text) + " = ";
    if (!let.lambda) return head + print(*let.value);
    auto out = head + (let.lambda->view ? "view " : "") + parameters(let.lambda->parameters) + " {\n";
    for (auto const& inner : let.lambda->lets)
        if (auto const* l = std::get_if<LetStatement>(&inner.form)) out += print(*l) + ";\n";
    return out + print(*let.lambda->body) + "\n}";
}

std::string print(DeclarePattern const& pattern) {
    auto const texts = [](std::vector<std::string> const& all) {
        return joined(all, ", ", [](std::string const& text) { return as_literal(text); });
    };
    auto const declared = [](Word const& word) { return name(word.text) + ":string"; };
    auto out = "declare pattern " + name(pattern.name.text);
    if (pattern.parameters.empty()) return out;
    out += " = (" + joined(pattern.parameters, ", ", declared) + ")" + (pattern.path ? "[" + declared(*pattern.path) + "]" : "") + " {\n";
    for (auto const& one : pattern.cases)
        out += "(" + texts(one.arguments) + ")" + (one.path ? ".[" + as_literal(*one.path) + "]" : "") + " = {\n" + print(*one.body) + "\n};\n";
    return out + "}";
}

}  // namespace

std::string print_kql(Program const& program) {
    std::string out;
    for (auto const& s : program.statements) {
        if (auto const* let = std::get_if<LetStatement>(&s.form)) out += print(*let);
        else if (auto const* declared = std::get_if<DeclareParameters>(&s.form)) out += "declare query_parameters" + parameters(declared->parameters);
        else if (auto const* pattern = std::get_if<DeclarePattern>(&s.form)) out += print(*pattern);
        else if (auto const* set = std::get_if<SetStatement>(&s.form)) out += "set " + set->name + (set->value ? " = " + print(*set->value) : "");
        else out += print(*std::get<std::unique_ptr<Query>>(s.form));
        out += ";\n";
    }
    return out;
}

}  // namespace merlon::hunt
