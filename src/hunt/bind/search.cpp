// search: a test over every column of one or many tables. What it shares with find.
#include <fmt/format.h>

#include "base/text.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

// "x" has; "x*" hasprefix; "*x" hassuffix; "*x*" contains; "*" anything; with _cs where case matters.
std::pair<std::string, std::string> term_of(std::string text, bool exact) {
    bool const front = text.starts_with('*');
    if (front) text.erase(0, 1);
    bool const back = text.ends_with('*');
    if (back) text.pop_back();
    std::string const op = front && back ? "contains" : back ? "hasprefix" : front ? "hassuffix" : "has";
    return {exact ? op + "_cs" : op, std::move(text)};
}

}  // namespace

void names_in(Node const& node, std::vector<std::string>& out) {
    auto const add = [&](std::string const& name) {
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    };
    if (auto const* n = form_of<NameNode>(node)) add(n->name);
    if (auto const* n = form_of<MemberNode>(node)) names_in(*n->object, out);
    if (auto const* n = form_of<IndexNode>(node)) names_in(*n->object, out);
    if (auto const* n = form_of<BinaryNode>(node)) names_in(*n->left, out), names_in(*n->right, out);
    if (auto const* n = form_of<UnaryNode>(node)) names_in(*n->operand, out);
    if (auto const* n = form_of<LogicNode>(node))
        for (auto const& operand : n->operands) names_in(*operand, out);
    if (auto const* n = form_of<ListNode>(node)) names_in(*n->left, out);
    if (auto const* n = form_of<BetweenNode>(node)) names_in(*n->value, out);
    if (auto const* n = form_of<CallNode>(node))
        for (auto const& a : n->arguments) names_in(*a, out);
}

Result<ExprPtr> Binder::search_test(Node const& node, Relation const& relation, ColumnNames const& anywhere, bool exact) {
    Rows rows;
    rows.columns = &relation.columns;
    if (auto const* logic = form_of<LogicNode>(node)) {
        std::vector<ExprPtr> tests;
        for (auto const& operand : logic->operands) tests.push_back(TRY(search_test(*operand, relation, anywhere, exact)));
        return logic->is_or ? make_or(std::move(tests)) : make_and(std::move(tests));
    }
    auto const* call = form_of<CallNode>(node);
    if (call && call->name == "not" && call->arguments.size() == 1)
        return make_not(TRY(search_test(*call->arguments[0], relation, anywhere, exact)));
    std::vector<std::string> names;
    names_in(node, names);
    for (auto const& name : names)
        if (!relation.find_named(name) && !lookup(name) && (anywhere.contains(name) || anywhere.contains(current_name(name))))
            return make_bool(call && (call->name == "isempty" || call->name == "isnull"));  // this table has no value there
    if (auto const* literal = form_of<LiteralNode>(node); literal && literal->value.type != Type::bool_)
        return search_term(*literal, node.span, relation, exact);
    if (auto const* binary = form_of<BinaryNode>(node); binary && binary->op == ":") {
        auto left = TRY(to_text(TRY(expression(*binary->left, rows)), node.span));
        auto const right = TRY(constant_text(*binary->right, "the term"));
        auto const [op, term] = term_of(right, exact);
        if (term.empty()) return make_bool(true);
        return text_test(op, std::move(left), make_text(term), node.span);
    }
    return predicate(node, rows);
}

Result<ExprPtr> Binder::search_term(LiteralNode const& literal, Span span, Relation const& relation, bool exact) {
    auto const* real = std::get_if<double>(&literal.value.value);
    auto const as_text = real ? make_text(fmt::format("{}", *real)) : TRY(to_text(make_constant(literal.value), span));
    auto const* c = constant_of(as_text);
    if (!c || c->is_null()) return std::unexpected(error("KS107", "string").with(span));
    auto const [op, term] = term_of(std::get<std::string>(c->value), exact);
    if (term.empty()) return make_bool(true);
    std::vector<ExprPtr> tests;
    for (auto const& column : relation.columns)
        if (column.type != Type::real && column.type != Type::decimal)  // the engine does not look for terms there
            tests.push_back(TRY(text_test(op, TRY(to_text(make_column(column), span)), make_text(term), span)));
    return make_or(std::move(tests));
}

// The tables named after in, patterns included; without in every table and every view of the query.
Result<std::vector<Relation>> Binder::tables_to_search(std::vector<NodePtr> const& named) {
    if (named.empty()) return tables_like("*", false);
    std::vector<Relation> parts;
    for (auto const& node : named) {
        auto const* pattern = form_of<PatternNode>(*node);
        if (!pattern && !form_of<StarNode>(*node)) {
            parts.push_back(fresh(TRY(source(*node))));
            continue;
        }
        for (auto& part : TRY(tables_like(pattern ? pattern->pattern : "*", true))) parts.push_back(std::move(part));
    }
    if (parts.empty()) return std::unexpected(error("hunt.union_of_nothing").with(named.front()->span));
    return parts;
}

ColumnNames names_of(std::vector<Relation> const& parts) {
    ColumnNames names;
    for (auto const& part : parts)
        for (auto const& column : part.columns) names.insert(column.name);
    return names;
}

namespace {

// A table that lacks the columns of the condition takes no part, unless all do.
bool never_holds(ExprPtr const& test) {
    if (auto const* logic = std::get_if<LogicExpr>(&test->form))
        return logic->is_or ? std::all_of(logic->operands.begin(), logic->operands.end(), never_holds)
                            : std::any_of(logic->operands.begin(), logic->operands.end(), never_holds);
    auto const* c = constant_of(test);
    auto const* value = c ? std::get_if<bool>(&c->value) : nullptr;
    return value && !*value;
}

}  // namespace

Result<Relation> Binder::search(Search const& o, std::optional<Relation> input, Span) {
    std::vector<Relation> parts;
    if (input) {
        input->name = input->name.empty() ? "search_arg0" : input->name;
        parts.push_back(std::move(*input));
    } else {
        parts = TRY(tables_to_search(o.tables));
    }
    bool exact = false;
    for (auto const& s : o.settings) exact = exact || (s.name == "kind" && s.text == "case_sensitive");
    auto const anywhere = names_of(parts);
    std::vector<Relation> asked;
    for (auto& part : parts) {
        auto test = TRY(search_test(*o.predicate, part, anywhere, exact));
        if (parts.size() > 1 && never_holds(test)) continue;
        part.plan = make_plan(FilterPlan{part.plan, std::move(test)});
        asked.push_back(part);
    }
    if (asked.empty()) {  // no row anywhere
        asked.push_back(parts.front());
        asked.back().plan = make_plan(FilterPlan{asked.back().plan, make_bool(false)});
    }
    return combine(std::move(asked), false, "$table");
}

}  // namespace merlon::hunt
