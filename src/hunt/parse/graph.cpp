// Graph operators: make-graph, and what may follow it. Source: the pages of these operators in Kusto's documentation.
#include "hunt/parse/cursor.h"

namespace merlon::hunt {
namespace {

Result<MakeGraph> parse_make_graph(Cursor& at) {
    MakeGraph made;
    TRY(parse_settings(at, {"hint"}));
    auto const column = [&]() -> Result<NodePtr> {
        auto const begin = at.peek().span.begin;
        auto name = TRY(parse_name(at));
        return at.make(at.from(begin), NameNode{std::move(name.text)}, 1);
    };
    made.source = TRY(column());
    for (auto const* sign : {"-", "-", ">"}) TRY(at.expect(sign));
    made.target = TRY(column());
    if (at.sees_word("with_node_id")) {
        at.take();
        TRY(at.expect("="));
        made.node_id = TRY(parse_name(at));
    } else if (at.accept_word("with")) {
        do {
            GraphNodes nodes;
            nodes.table = TRY(parse_source(at));
            TRY(at.expect_word("on"));
            nodes.id = TRY(column());
            made.nodes.push_back(std::move(nodes));
        } while (at.accept(","));
    }
    if (at.accept_word("partitioned")) {
        TRY(at.expect("-"));
        TRY(at.expect_word("by"));
        made.partition = TRY(column());
        made.subquery = TRY(parse_bracketed_query(at));
    }
    return made;
}

Result<std::int64_t> parse_hops(Cursor& at) {
    auto const number = TRY(parse_expression(at));
    auto const* literal = form_of<LiteralNode>(*number);
    auto const* value = literal ? std::get_if<std::int64_t>(&literal->value.value) : nullptr;
    if (!value || *value < 0) return std::unexpected(error("KS005", "a whole number of edges", "something else").with(number->span));
    return *value;
}

// (n), then edges and nodes in turn: -[e]-> <-[e]- -[e]- --> <-- -- with e*1..3 for several in a row.
Result<std::vector<GraphPart>> parse_pattern(Cursor& at) {
    std::vector<GraphPart> parts;
    auto const node = [&]() -> Status {
        GraphPart part;
        auto const begin = at.peek().span.begin;
        TRY(at.expect("("));
        if (!at.sees(")")) part.name = TRY(parse_name(at));
        TRY(at.expect(")"));
        part.span = at.from(begin);
        parts.push_back(std::move(part));
        return {};
    };
    TRY(node());
    while (at.sees("-") || at.sees("<")) {
        GraphPart edge;
        edge.is_edge = true;
        auto const begin = at.peek().span.begin;
        bool const left = at.accept("<");
        TRY(at.expect("-"));
        if (at.accept("[")) {
            if (!at.sees("]") && !at.sees("*")) edge.name = TRY(parse_name(at));
            if (at.accept("*")) {
                edge.several = true;
                edge.least = edge.most = TRY(parse_hops(at));
                if (at.accept("..")) edge.most = TRY(parse_hops(at));
            }
            TRY(at.expect("]"));
        }
        TRY(at.expect("-"));
        bool const right = at.accept(">");
        edge.direction = left == right ? 0 : left ? -1 : 1;
        edge.span = at.from(begin);
        parts.push_back(std::move(edge));
        TRY(node());
    }
    return parts;
}

Result<GraphMatch> parse_match(Cursor& at, bool shortest) {
    GraphMatch made;
    made.shortest = shortest;
    made.settings = TRY(parse_settings(at, {"cycles", "output"}));
    do made.patterns.push_back(TRY(parse_pattern(at)));
    while (at.accept(","));
    if (at.accept_word("where")) made.where = TRY(parse_expression(at));
    TRY(at.expect_word("project"));
    made.project = TRY(parse_items(at));
    return made;
}

Result<GraphToTable> parse_to_table(Cursor& at) {
    GraphToTable made;
    if (at.accept_word("edges")) made.edges = true;
    else TRY(at.expect_word("nodes"));
    made.settings = TRY(parse_settings(at, {"with_node_id", "with_source_id", "with_target_id", "with_edge_id"}));
    if (at.sees_word("as") || at.sees(",")) return std::unexpected(error("hunt.not_supported", "graph-to-table with several answers").with(at.peek().span));
    return made;
}

}  // namespace

std::optional<Result<Operator>> parse_graph_operator(Cursor& at, std::string const& name, Span span) {
    if (name == "make-graph") return wrap(at, span, parse_make_graph(at));
    if (name == "graph-match" || name == "graph-shortest-paths") return wrap(at, span, parse_match(at, name != "graph-match"));
    if (name == "graph-to-table") return wrap(at, span, parse_to_table(at));
    if (name == "graph-mark-components") {
        auto settings = parse_settings(at, {"kind", "with_component_id"});
        if (!settings) return std::unexpected(std::move(settings).error());
        return wrap(at, span, Result<GraphComponents>(GraphComponents{std::move(*settings)}));
    }
    if (name == "graph-where-nodes" || name == "graph-where-edges") {
        auto predicate = parse_expression(at);
        if (!predicate) return std::unexpected(std::move(predicate).error());
        return wrap(at, span, Result<GraphWhere>(GraphWhere{name == "graph-where-edges", std::move(*predicate)}));
    }
    return {};
}

}  // namespace merlon::hunt
