// Operators that give several tables, and tables that are chosen by the text in a call (declare pattern).
#include "hunt/bind/binder.h"

namespace merlon::hunt {

Result<Relation> Binder::fork(Fork const& o, Relation relation) {
    std::optional<Relation> first;
    for (auto const& branch : o.branches) {
        auto made = TRY(query(*branch.query, fresh(relation)));
        auto const name = !branch.name.empty() ? branch.name : made.named_by_as ? made.name : "";
        if (first) further.push_back({name, std::move(made)});
        else first = std::move(made), first_name = name;
    }
    return std::move(*first);
}

// The table of `with`, when there is one, then the values of each column with their numbers.
Result<Relation> Binder::facet(Facet const& o, Relation relation) {
    std::vector<Further> tables;
    if (o.query) {
        auto made = TRY(query(*o.query, fresh(relation)));
        tables.push_back({"", std::move(made)});
    }
    for (auto const& node : o.columns) {
        auto const* name = form_of<NameNode>(*node);
        auto const* found = name ? relation.find_named(name->name) : nullptr;
        Rows rows;
        rows.columns = &relation.columns;
        if (name && !found) return std::unexpected(unknown_name(name->name, node->span, rows));
        if (!found) return std::unexpected(error("KS107", "column").with(node->span));
        if (found->type == Type::dynamic) return std::unexpected(error("KS116", "dynamic").with(node->span));
        Column const count{"count_" + found->name, new_id(), Type::long_, false, false};
        Relation table;
        table.plan = make_plan(AggregatePlan{relation.plan, {found->id}, {{count.id, make_call(Type::long_, Say::count_rows, {}, false)}}});
        table.columns = {*found, count};
        tables.push_back({found->name, fresh(table)});
    }
    auto first = std::move(tables.front().relation);
    first_name = tables.front().name;
    for (std::size_t i = 1; i < tables.size(); ++i) further.push_back(std::move(tables[i]));
    return first;
}

namespace {

struct Invoked { CallNode const* call = nullptr; std::optional<std::string> path; };

Invoked invoked(Node const& node) {
    if (auto const* call = form_of<CallNode>(node)) return {call, {}};
    if (auto const* member = form_of<MemberNode>(node)) return {form_of<CallNode>(*member->object), member->name};
    auto const* index = form_of<IndexNode>(node);
    auto const* literal = index ? form_of<LiteralNode>(*index->index) : nullptr;
    auto const* text = literal ? std::get_if<std::string>(&literal->value.value) : nullptr;
    if (text) return {form_of<CallNode>(*index->object), *text};
    return {};
}

}  // namespace

DeclarePattern const* Binder::declared_pattern(Node const& node) const {
    auto const wanted = invoked(node);
    auto const* found = wanted.call ? lookup(wanted.call->name) : nullptr;
    auto const* pattern = found ? std::get_if<DeclarePattern const*>(&found->value) : nullptr;
    return pattern ? *pattern : nullptr;
}

Result<Relation> Binder::pattern_table(DeclarePattern const& pattern, Scope const& found, Node const& node) {
    auto const wanted = invoked(node);
    std::vector<std::string> arguments;
    for (auto const& argument : wanted.call->arguments) arguments.push_back(TRY(constant_text(*argument, "an argument of a pattern")));
    for (auto const& one : pattern.cases) {
        if (one.arguments != arguments || one.path != wanted.path) continue;
        auto const before = std::exchange(scope, found.parent);
        auto made = query(*one.body);
        scope = before;
        if (made) made->name = pattern.name.text;
        return made;
    }
    std::string text = pattern.name.text + "(";
    for (std::size_t i = 0; i < arguments.size(); ++i) text += (i ? ", '" : "'") + arguments[i] + "'";
    return std::unexpected(error("SEM0036", text + ")" + (wanted.path ? ".['" + *wanted.path + "']" : "")).with(node.span));
}

}  // namespace merlon::hunt
