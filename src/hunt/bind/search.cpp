// search and find (semantics guide, section 11): a test over any column of many tables.
#include "base/text.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {

// A bare text means: it occurs as a term in any column; "column: text" means the same of that column.
Result<ExprPtr> Binder::search_test(Node const& node, Relation const& relation) {
    if (auto const* logic = form_of<LogicNode>(node)) {
        std::vector<ExprPtr> operands;
        for (auto const& operand : logic->operands) operands.push_back(TRY(search_test(*operand, relation)));
        return logic->is_or ? make_or(std::move(operands)) : make_and(std::move(operands));
    }
    if (auto const* call = form_of<CallNode>(node); call && call->name == "not" && call->arguments.size() == 1)
        return make_not(TRY(search_test(*call->arguments[0], relation)));
    auto const any_column = [&](Node const& needle) -> Result<ExprPtr> {
        auto text = TRY(constant_text(needle, "what is searched"));
        std::string op = "has";
        if (text == "*") return make_bool(true);
        bool const open_front = text.starts_with('*'), open_back = text.ends_with('*');
        if (open_front) text.erase(0, 1);
        if (open_back && !text.empty()) text.pop_back();
        op = open_front && open_back ? "contains" : open_front ? "hassuffix" : open_back ? "hasprefix" : "has";
        std::vector<ExprPtr> tests;
        for (auto const& c : relation.columns) {
            if (c.name == "$table") continue;
            auto value = TRY(to_text(make_column(c), needle.span));
            tests.push_back(TRY(text_test(op, std::move(value), make_text(text), needle.span)));
        }
        if (tests.empty()) return make_bool(false);
        return make_or(std::move(tests));
    };
    if (form_of<LiteralNode>(node)) return any_column(node);
    if (auto const* binary = form_of<BinaryNode>(node); binary && binary->op == ":") {
        auto const* name = form_of<NameNode>(*binary->left);
        auto const* column = name ? relation.find(name->name) : nullptr;
        if (!column) return make_bool(false);
        auto value = TRY(to_text(make_column(*column), node.span));
        auto text = TRY(constant_text(*binary->right, "what is searched"));
        bool const open_back = text.ends_with('*');
        if (open_back) text.pop_back();
        return text_test(open_back ? "hasprefix" : "has", std::move(value), make_text(text), node.span);
    }
    Rows rows;
    rows.columns = &relation.columns;
    auto made = predicate(node, rows);
    // A column that this table lacks: no row of it is meant.
    if (!made && made.error().code == "KS142") return make_bool(false);
    return made;
}

Result<Relation> Binder::search(Search const& o, std::optional<Relation> input, Span) {
    std::vector<Relation> parts;
    auto const add = [&](Relation relation, std::string const& name) -> Status {
        auto const test = TRY(search_test(*o.predicate, relation));
        relation.plan = make_plan(FilterPlan{relation.plan, test});
        relation.name = name.empty() ? "search_arg" + std::to_string(parts.size()) : name;
        parts.push_back(std::move(relation));
        return {};
    };
    if (input) {
        auto const name = input->name;
        TRY(add(std::move(*input), name));
    } else if (!o.tables.empty()) {
        for (auto const& node : o.tables) {
            auto const* pattern = form_of<PatternNode>(*node);
            if (!pattern && !form_of<StarNode>(*node)) {
                auto relation = TRY(source(*node));
                auto const name = relation.name;
                TRY(add(std::move(relation), name));
                continue;
            }
            auto const prefix = pattern ? pattern->pattern.substr(0, pattern->pattern.find('*')) : std::string{};
            for (auto const& one : options.catalog->tables())
                if (one.name.starts_with(prefix)) TRY(add(TRY(table(one, one.name)), one.name));
        }
    } else {
        for (auto const& one : options.catalog->tables()) TRY(add(TRY(table(one, one.name)), one.name));
    }
    if (parts.empty()) return std::unexpected(error("hunt.union_of_nothing"));
    return combine(std::move(parts), false, "$table");
}

Result<Relation> Binder::find(Find const& o, Span span) {
    std::vector<Relation> parts;
    std::string source_column = "source_";
    for (auto const& s : o.settings)
        if (s.name == "withsource" || s.name == "with_source") source_column = s.text;
    auto const add = [&](Relation relation, std::string const& name) -> Status {
        auto const test = TRY(search_test(*o.predicate, relation));
        relation.plan = make_plan(FilterPlan{relation.plan, test});
        relation.name = name;
        parts.push_back(std::move(relation));
        return {};
    };
    if (o.tables.empty()) {
        for (auto const& one : options.catalog->tables()) TRY(add(TRY(table(one, one.name)), one.name));
    }
    for (auto const& node : o.tables) {
        auto const* pattern = form_of<PatternNode>(*node);
        if (!pattern) {
            auto relation = TRY(source(*node));
            auto const name = relation.name;
            TRY(add(std::move(relation), name));
            continue;
        }
        auto const prefix = pattern->pattern.substr(0, pattern->pattern.find('*'));
        for (auto const& one : options.catalog->tables())
            if (one.name.starts_with(prefix)) TRY(add(TRY(table(one, one.name)), one.name));
    }
    if (parts.empty()) return std::unexpected(error("hunt.union_of_nothing").with(span));
    if (o.pack) return std::unexpected(error("hunt.not_supported", "find with pack_all").with(span));
    auto made = TRY(combine(std::move(parts), false, source_column));
    if (o.project.empty()) return made;
    // The named columns, those that no table has as empty text.
    std::vector<Item> items;
    Relation out = made;
    out.columns.clear();
    auto const keep = [&](Column const& c) {
        items.push_back({c.id, make_column(c)});
        out.columns.push_back(c);
    };
    if (auto const* first = made.find(source_column)) keep(*first);
    for (auto const& node : o.project) {
        auto const* name = form_of<NameNode>(*node);
        if (!name) return std::unexpected(error("hunt.not_supported", "find project of an expression").with(node->span));
        if (auto const* c = made.find(name->name)) keep(*c);
        else {
            Column const empty{name->name, new_id(), Type::string, false, false};
            items.push_back({empty.id, make_text("")});
            out.columns.push_back(empty);
        }
    }
    out.plan = make_plan(ProjectPlan{made.plan, std::move(items)});
    return out;
}

}  // namespace merlon::hunt
