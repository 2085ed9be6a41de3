// search and find: a test over every column of one or many tables.
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

Result<ExprPtr> Binder::search_test(Node const& node, Relation const& relation, bool exact) {
    Rows rows;
    rows.columns = &relation.columns;
    if (auto const* logic = form_of<LogicNode>(node)) {
        std::vector<ExprPtr> tests;
        for (auto const& operand : logic->operands) tests.push_back(TRY(search_test(*operand, relation, exact)));
        return logic->is_or ? make_or(std::move(tests)) : make_and(std::move(tests));
    }
    if (auto const* call = form_of<CallNode>(node); call && call->name == "not" && call->arguments.size() == 1)
        return make_not(TRY(search_test(*call->arguments[0], relation, exact)));
    if (auto const* literal = form_of<LiteralNode>(node); literal && literal->value.type != Type::bool_) {
        auto const* real = std::get_if<double>(&literal->value.value);
        auto const as_text = real ? make_text(fmt::format("{}", *real)) : TRY(to_text(make_constant(literal->value), node.span));
        auto const* c = constant_of(as_text);
        if (!c || c->is_null()) return std::unexpected(error("KS107", "string").with(node.span));
        auto const [op, term] = term_of(std::get<std::string>(c->value), exact);
        if (term.empty()) return make_bool(true);
        std::vector<ExprPtr> tests;
        for (auto const& column : relation.columns)
            if (column.type != Type::real && column.type != Type::decimal)  // the engine does not look for terms there
                tests.push_back(TRY(text_test(op, TRY(to_text(make_column(column), node.span)), make_text(term), node.span)));
        return make_or(std::move(tests));
    }
    if (auto const* binary = form_of<BinaryNode>(node)) {
        if (auto const* name = form_of<NameNode>(*binary->left); name && !relation.find_named(name->name) && !lookup(name->name))
            return make_bool(false);  // this table has no such column
        if (binary->op == ":") {
            auto left = TRY(to_text(TRY(expression(*binary->left, rows)), node.span));
            auto const right = TRY(constant_text(*binary->right, "the term"));
            auto const [op, term] = term_of(right, exact);
            if (term.empty()) return make_bool(true);
            return text_test(op, std::move(left), make_text(term), node.span);
        }
    }
    return predicate(node, rows);
}

Result<Relation> Binder::search(Search const& o, std::optional<Relation> input, Span) {
    std::vector<Relation> parts;
    if (input) {
        input->name = input->name.empty() ? "search_arg0" : input->name;
        parts.push_back(std::move(*input));
    } else if (o.tables.empty()) {
        for (auto const& t : options.catalog->tables()) parts.push_back(TRY(table(t, t.name)));
    } else {
        Union tables;
        for (auto const& node : o.tables) {
            if (auto const* pattern = form_of<PatternNode>(*node)) {
                auto const star = pattern->pattern.find('*');
                for (auto const& t : options.catalog->tables())
                    if (t.name.starts_with(pattern->pattern.substr(0, star)) && t.name.ends_with(pattern->pattern.substr(star + 1)))
                        parts.push_back(TRY(table(t, t.name)));
            } else {
                parts.push_back(fresh(TRY(source(*node))));
            }
        }
    }
    bool exact = false;
    for (auto const& s : o.settings) exact = exact || (s.name == "kind" && s.text == "case_sensitive");
    for (auto& part : parts) {
        auto test = TRY(search_test(*o.predicate, part, exact));
        part.plan = make_plan(FilterPlan{part.plan, std::move(test)});
    }
    return combine(std::move(parts), false, "$table");
}

namespace {

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

}  // namespace

// source_, the columns named in project (or in the condition), and the rest of each row packed.
Result<Relation> Binder::find(Find const& o, Span span) {
    Search tables;
    std::vector<Relation> parts;
    if (o.tables.empty()) {
        for (auto const& t : options.catalog->tables()) parts.push_back(TRY(table(t, t.name)));
    } else {
        for (auto const& node : o.tables) {
            if (auto const* pattern = form_of<PatternNode>(*node)) {
                auto const star = pattern->pattern.find('*');
                for (auto const& t : options.catalog->tables())
                    if (t.name.starts_with(pattern->pattern.substr(0, star)) && t.name.ends_with(pattern->pattern.substr(star + 1)))
                        parts.push_back(TRY(table(t, t.name)));
            } else {
                parts.push_back(fresh(TRY(source(*node))));
            }
        }
    }
    std::vector<std::string> wanted;
    if (o.smart) names_in(*o.predicate, wanted);
    for (auto const& item : o.project) {
        auto const* typed = form_of<CallNode>(*item);
        auto const& name_node = typed && typed->name == "$typed" ? *typed->arguments[0] : *item;
        wanted.push_back(default_name(name_node));
    }
    bool const pack = o.pack || o.smart;
    std::vector<Relation> kept;
    for (auto& part : parts) {
        auto test = search_test(*o.predicate, part);
        if (!test) {
            if (o.tables.empty() && test.error().code == "KS142") continue;  // this table lacks the columns
            return std::unexpected(std::move(test).error());
        }
        part.plan = make_plan(FilterPlan{part.plan, std::move(*test)});
        std::vector<Item> items;
        std::vector<Column> columns;
        std::vector<ExprPtr> rest;
        for (auto const& c : part.columns) {
            bool const chosen = std::any_of(wanted.begin(), wanted.end(), [&](std::string const& w) { return part.find_named(w) == part.find(c.name); });
            if (chosen) {
                items.push_back({c.id, make_column(c)});
                columns.push_back(c);
            } else if (pack) {
                rest.push_back(make_text(c.name));
                rest.push_back(TRY(to_json(make_column(c), span)));
            }
        }
        if (pack) {
            Column const packed{"pack_", new_id(), Type::dynamic, true, true};
            items.push_back({packed.id, rest.empty() ? make_constant({Type::dynamic, std::string("{}")}) : make_call(Type::dynamic, "kql_bag_pack({0*})", std::move(rest), false)});
            columns.push_back(packed);
        }
        part.plan = make_plan(ProjectPlan{part.plan, std::move(items)});
        part.columns = std::move(columns);
        kept.push_back(std::move(part));
    }
    if (kept.empty()) return std::unexpected(error("hunt.union_of_nothing").with(span));
    std::string source_column = "source_";
    for (auto const& s : o.settings)
        if (s.name == "withsource" || s.name == "with_source") source_column = s.text;
    return combine(std::move(kept), false, source_column);
}

}  // namespace merlon::hunt
