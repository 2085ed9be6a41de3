// join and lookup (semantics guide, section 13). The default kind, innerunique, keeps one left row per key.
#include "base/text.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

Setting const* setting(Settings const& settings, std::string_view name) {
    for (auto const& s : settings)
        if (s.name == name) return &s;
    return nullptr;
}

struct Keys {
    std::vector<std::pair<ExprPtr, ExprPtr>> pairs;
    std::vector<std::string> right_names;  // columns of the right side that lookup leaves out
};

bool joinable(Type a, Type b) {
    return a == b || (is_integer(a) && is_integer(b)) || (is_number(a) && is_number(b));
}

struct KeyReader {
    Binder& binder;
    Relation const& left;
    Relation const& right;
    Keys keys = {};

    Status add(ExprPtr l, ExprPtr r, std::string right_name, Span span) {
        if (l->type == Type::dynamic || r->type == Type::dynamic)
            return std::unexpected(error("KS116", "dynamic").with(span).with_hint("Convert the key before joining, e.g. with tostring()."));
        if (!joinable(l->type, r->type))
            return std::unexpected(error("KS227").with(span).with_hint(
                "The left key is " + std::string(type_name(l->type)) + ", the right key " + std::string(type_name(r->type)) + "."));
        keys.pairs.emplace_back(std::move(l), std::move(r));
        keys.right_names.push_back(std::move(right_name));
        return {};
    }

    // Which side a name of `$left.x == $right.y` belongs to.
    static std::string_view side_of(Node const& node) {
        NodePtr const* object = nullptr;
        if (auto const* m = form_of<MemberNode>(node)) object = &m->object;
        if (auto const* i = form_of<IndexNode>(node)) object = &i->object;
        if (!object) return {};
        auto const* name = form_of<NameNode>(**object);
        if (!name) return side_of(**object);
        return name->name == "$left" || name->name == "$right" ? std::string_view(name->name) : std::string_view{};
    }

    Status read(Node const& node) {
        if (auto const* logic = form_of<LogicNode>(node); logic && !logic->is_or) {
            for (auto const& operand : logic->operands) TRY(read(*operand));
            return {};
        }
        if (auto const* name = form_of<NameNode>(node)) {
            auto const* l = left.find_named(name->name);
            auto const* r = right.find_named(name->name);
            if (!l || !r) {
                Rows rows;
                rows.columns = l ? &right.columns : &left.columns;
                auto known = binder.unknown_name(name->name, node.span, rows);
                auto made = l || r ? error("KS145", name->name).with(node.span) : std::move(known);
                if (l || r) made.hint = hint_of(known);
                made.hint = std::string(l ? "The right side has no such column. " : "The left side has no such column. ") + made.hint;
                return std::unexpected(std::move(made));
            }
            return add(make_column(*l), make_column(*r), r->name, node.span);
        }
        auto const* binary = form_of<BinaryNode>(node);
        if (!binary || binary->op != "==")
            return std::unexpected(error("KS182").with(node.span));
        auto const* first = binary->left.get();
        auto const* second = binary->right.get();
        if (side_of(*first) == "$right" || side_of(*second) == "$left") std::swap(first, second);
        if (side_of(*first) != "$left" || side_of(*second) != "$right")
            return std::unexpected(error("KS182").with(node.span));
        Rows rows;
        rows.left = &left.columns;
        rows.right = &right.columns;
        auto l = TRY(binder.expression(*first, rows));
        auto r = TRY(binder.expression(*second, rows));
        std::string right_name;
        if (auto const id = column_of(r))
            for (auto const& c : right.columns)
                if (c.id == *id) right_name = c.name;
        return add(std::move(l), std::move(r), std::move(right_name), node.span);
    }
};

// After an outer join the unmatched side is null; text becomes '' again.
ExprPtr outer_value(Column const& c) {
    if (c.type != Type::string) {
        Column nullable = c;
        nullable.nullable = true;
        return make_column(nullable);
    }
    return make_call(Type::string, over_arguments(Say::text_or_empty, 1), {make_column(c)}, false);
}

bool keys_are_unique(PlanPtr const& plan, std::vector<std::pair<ExprPtr, ExprPtr>> const& pairs) {
    auto const* node = plan.get();
    std::set<int> keys;
    for (auto const& [l, r] : pairs) {
        auto const id = column_of(l);
        if (!id) return false;
        keys.insert(*id);
    }
    while (auto const* project = std::get_if<ProjectPlan>(&node->form)) {
        std::set<int> below;
        for (auto const key : keys)
            for (auto const& item : project->items)
                if (item.id == key) {
                    auto const id = column_of(item.value);
                    if (!id) return false;
                    below.insert(*id);
                }
        keys = std::move(below);
        node = project->input.get();
    }
    auto const* aggregate = std::get_if<AggregatePlan>(&node->form);
    if (!aggregate) return false;
    for (auto const key : aggregate->keys)
        if (!keys.contains(key)) return false;
    return true;
}

}  // namespace

Result<Relation> Binder::join(Join const& o, Relation left, Span span) {
    static std::map<std::string_view, std::string_view> const kinds{
        {"innerunique", "innerunique"}, {"inner", "inner"}, {"leftouter", "left"}, {"rightouter", "right"}, {"fullouter", "full"},
        {"leftsemi", "leftsemi"}, {"rightsemi", "rightsemi"}, {"leftanti", "leftanti"}, {"anti", "leftanti"}, {"leftantisemi", "leftanti"},
        {"rightanti", "rightanti"}, {"rightantisemi", "rightanti"}};
    std::string_view kind = o.lookup ? "left" : "innerunique";
    if (auto const* given = setting(o.settings, "kind")) {
        auto const found = kinds.find(given->text);
        bool const allowed = found != kinds.end() && (!o.lookup || given->text == "leftouter" || given->text == "inner");
        if (!allowed)
            return std::unexpected(error("KS005", o.lookup ? "one of: inner, leftouter" : "one of: innerunique, inner, leftouter, rightouter, fullouter, leftsemi, rightsemi, leftanti, rightanti", "'" + given->text + "'").with(given->value_span));
        kind = found->second;
    }
    auto right = TRY(source(*o.right));
    right = fresh(right);
    if (o.on.empty()) return std::unexpected(error("KS006").with(span).with_hint("The join has no condition. Write: join kind=inner (T) on Key"));
    KeyReader reader{*this, left, right};
    for (auto const& condition : o.on) TRY(reader.read(*condition));
    auto& pairs = reader.keys.pairs;
    Relation result;
    result.name = left.name;
    if (kind == "leftsemi" || kind == "leftanti") {
        result.plan = make_plan(JoinPlan{kind == "leftsemi" ? JoinKind::left_semi : JoinKind::left_anti, left.plan, right.plan, std::move(pairs), {}});
        result.columns = left.columns;
        return result;
    }
    if (kind == "rightsemi" || kind == "rightanti") {
        for (auto& pair : pairs) std::swap(pair.first, pair.second);
        result.plan = make_plan(JoinPlan{kind == "rightsemi" ? JoinKind::left_semi : JoinKind::left_anti, right.plan, left.plan, std::move(pairs), {}});
        result.columns = right.columns;
        return result;
    }
    if (kind == "innerunique" && !keys_are_unique(left.plan, pairs)) {
        std::vector<ExprPtr> keys;
        for (auto const& pair : pairs) keys.push_back(pair.first);
        left.plan = make_plan(FirstPerKeyPlan{left.plan, std::move(keys)});
    }
    auto const join_kind = kind == "left" ? JoinKind::left : kind == "right" ? JoinKind::right : kind == "full" ? JoinKind::full : JoinKind::inner;
    auto plan = make_plan(JoinPlan{join_kind, left.plan, right.plan, std::move(pairs), {}});
    std::set<std::string> taken;
    std::vector<Item> items;
    auto const add = [&](Column const& c, std::string name, bool outer) {
        Column const made{std::move(name), outer ? new_id() : c.id, c.type, outer || c.nullable, c.may_be_nan};
        items.push_back({made.id, outer ? outer_value(c) : make_column(c)});
        result.columns.push_back(made);
    };
    for (auto const& c : left.columns) {
        taken.insert(c.name);
        add(c, c.name, join_kind == JoinKind::right || join_kind == JoinKind::full);
    }
    // A number that makes a name of a column to come is passed over: a, a1 beside another a become a2, a1.
    auto names = taken;
    for (auto const& c : right.columns) names.insert(c.name);
    for (auto const& c : right.columns) {
        auto const& dropped = reader.keys.right_names;
        if (o.lookup && std::find(dropped.begin(), dropped.end(), c.name) != dropped.end()) continue;
        auto name = taken.contains(c.name) ? unique_name(c.name, names) : c.name;
        names.insert(name);
        taken.insert(name);
        add(c, std::move(name), join_kind == JoinKind::left || join_kind == JoinKind::full);
    }
    result.plan = make_plan(ProjectPlan{std::move(plan), std::move(items)});
    return result;
}

}  // namespace merlon::hunt
