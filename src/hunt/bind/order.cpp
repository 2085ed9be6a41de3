// sort, top, take, sample, distinct, count.
#include "hunt/bind/binder.h"

namespace merlon::hunt {

void add_sort_key(std::vector<SortKey>& keys, ExprPtr value, bool descending, bool nulls_first) {
    // The engine takes NaN for the greatest number.
    if (value->type == Type::real && value->may_be_nan && !is_volatile(value))
        keys.push_back({make_call(Type::bool_, over_arguments(Say::is_nan, 1), {value}), nulls_first, nulls_first});
    keys.push_back({std::move(value), descending, nulls_first});
}

Result<Relation> Binder::sort(std::vector<OrderKey> const& keys, Relation relation) {
    relation.row_number.reset();
    std::vector<SortKey> made;
    Rows rows;
    rows.columns = &relation.columns;
    rows.relation = &relation;
    for (auto const& key : keys) {
        auto const* named = form_of<NamedNode>(*key.value);
        auto value = TRY(expression(named ? *named->value : *key.value, rows));
        if (value->type == Type::dynamic)
            return std::unexpected(error("KS116", "dynamic").with(key.span).with_hint("Convert it, e.g. with tostring() or tolong()."));
        if (named) {
            relation = extended(std::move(relation), {{named->names[0].text, true, value, key.span}});
            value = make_column(relation.columns.back());
        }
        // Null is the smallest value: first when ascending, last when descending.
        add_sort_key(made, std::move(value), key.descending, key.nulls_first.value_or(!key.descending));
    }
    relation.plan = make_plan(SortPlan{relation.plan, std::move(made)});
    relation.serialized = true;
    return relation;
}

namespace {
Result<std::int64_t> row_count(Binder& binder, Node const& node) {
    auto const* literal = form_of<LiteralNode>(node);
    if (literal && literal->value.type == Type::real) return std::unexpected(error("KS134").with(node.span));
    auto const given = binder.constant_integer(node, "the number of rows");
    if (!given && given.error().code == "KS107") return std::unexpected(error("KS134").with(node.span));
    auto const count = TRY(given);
    return std::max<std::int64_t>(0, count);
}
}  // namespace

Relation Binder::limited(Relation relation, std::int64_t count, std::vector<SortKey> const& keys) {
    auto const* group = group_column(relation.columns);
    if (!group) return with_plan(relation, make_plan(LimitPlan{relation.plan, count}));
    std::vector<ExprPtr> arguments{make_column(*group)};
    std::vector<Phrase> order;
    for (auto const& k : keys) {
        arguments.push_back(k.value);
        order.push_back(in_order(arguments.size() - 1, k.descending, k.nulls_first));
    }
    auto const id = new_id();
    auto rank = make_window(Type::long_, {Say::row_number, {in_parts({slot(0)}, std::move(order))}}, std::move(arguments), false);
    std::vector<Item> items;
    for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
    items.push_back({id, std::move(rank)});
    auto plan = project_plan(relation, std::move(items));
    return with_plan(relation, make_plan(FilterPlan{std::move(plan), make_call(Type::bool_, over_arguments(Say::less_or_equal, 2), {make_column({"", id, Type::long_, false, false}), make_long(count)}, false)}));
}

Result<Relation> Binder::top(Top const& o, Relation relation) {
    if (o.keys.size() != 1) return std::unexpected(error("KS198").with({o.keys[0].span.end, o.keys[0].span.end + 1}).with_hint(
        "Use sort by a, b | take n."));
    auto const count = TRY(row_count(*this, *o.count));
    relation = TRY(sort(o.keys, std::move(relation)));
    auto const sorted = std::get<SortPlan>(relation.plan->form).keys;
    return limited(std::move(relation), count, sorted);
}

Result<Relation> Binder::take(Node const& node, Relation relation) {
    auto const count = TRY(row_count(*this, node));
    auto const* sorted = std::get_if<SortPlan>(&relation.plan->form);
    auto const keys = sorted ? sorted->keys : std::vector<SortKey>{};
    return limited(std::move(relation), count, keys);
}

Result<Relation> Binder::sample(Sample const& o, Relation relation) {
    auto const count = TRY(row_count(*this, *o.count));
    if (o.column) {
        Rows rows;
        rows.columns = &relation.columns;
        auto made = TRY(named_items(*o.column, rows));
        auto const id = new_id();
        auto const type = made[0].value->type;
        auto plan = make_plan(ProjectPlan{relation.plan, {{id, made[0].value}}});
        Relation result;
        result.plan = make_plan(LimitPlan{make_plan(AggregatePlan{std::move(plan), {id}, {}}), count});
        result.columns = {{made[0].name.empty() ? "Column1" : made[0].name, id, type, true, true}};
        return result;
    }
    relation.serialized = false;
    relation.row_number.reset();
    return with_plan(relation, make_plan(LimitPlan{relation.plan, count, 1}));  // not those of the first devices (first_rows.h)
}

Result<Relation> Binder::distinct(Distinct const& o, Relation relation) {
    Rows rows;
    rows.columns = &relation.columns;
    std::vector<NamedExpr> made;
    std::set<std::string> taken;
    int unnamed = 0;
    for (auto const& item : o.items) {
        if (form_of<StarNode>(*item)) {
            for (auto const& c : relation.columns)
                if (taken.insert(c.name).second) made.push_back({c.name, true, make_column(c), item->span});
            continue;
        }
        for (auto& one : TRY(named_items(*item, rows))) {
            if (one.name.empty()) one.name = "Column" + std::to_string(++unnamed);
            one.name = unique_name(one.name, taken);
            taken.insert(one.name);
            made.push_back(std::move(one));
        }
    }
    if (auto const* group = group_column(relation.columns); group && taken.insert(group->name).second)
        made.push_back({group->name, true, make_column(*group), {}});
    Relation result;
    std::vector<Item> items;
    std::vector<int> keys;
    for (auto& one : made) {
        if (one.value->type == Type::dynamic)
            return std::unexpected(error("KS116", "dynamic").with(one.span).with_hint("Convert " + one.name + ", e.g. with tostring()."));
        Column const c{one.name, new_id(), one.value->type, one.value->nullable, one.value->may_be_nan};
        items.push_back({c.id, std::move(one.value)});
        keys.push_back(c.id);
        result.columns.push_back(c);
    }
    result.plan = make_plan(AggregatePlan{make_plan(ProjectPlan{relation.plan, std::move(items)}), std::move(keys), {}});
    result.name = relation.name;
    return result;
}

Result<Relation> Binder::count_rows(Relation relation, std::string name) {
    Relation made;
    auto const id = new_id();
    if (auto const* group = group_column(relation.columns)) {
        made.plan = make_plan(AggregatePlan{relation.plan, {group->id}, {{id, make_call(Type::long_, Say::count_rows, {}, false)}}});
        made.columns = {*group, {std::move(name), id, Type::long_, false, false}};
        return made;
    }
    made.plan = make_plan(AggregatePlan{relation.plan, {}, {{id, make_call(Type::long_, Say::count_rows, {}, false)}}});
    made.columns = {{std::move(name), id, Type::long_, false, false}};
    made.serialized = true;
    return made;
}

}  // namespace merlon::hunt
