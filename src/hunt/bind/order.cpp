// sort, top, take, sample, distinct, count.
#include "hunt/bind/binder.h"

namespace merlon::hunt {

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
        made.push_back({std::move(value), key.descending, key.nulls_first.value_or(!key.descending)});
    }
    relation.plan = make_plan(SortPlan{relation.plan, std::move(made)});
    relation.serialized = true;
    return relation;
}

namespace {
Result<std::int64_t> row_count(Binder& binder, Node const& node) {
    auto const count = TRY(binder.constant_integer(node, "the number of rows"));
    return std::max<std::int64_t>(0, count);
}
}  // namespace

Result<Relation> Binder::top(Top const& o, Relation relation) {
    if (o.keys.size() != 1) return std::unexpected(error("KS005", "one sort key", "several").with(o.keys[1].span).with_hint(
        "Use sort by a, b | take n."));
    auto const count = TRY(row_count(*this, *o.count));
    relation = TRY(sort(o.keys, std::move(relation)));
    if (!o.keys[0].nulls_first && o.keys[0].descending) {
        auto const& sorted = std::get<SortPlan>(relation.plan->form);
        auto keys = sorted.keys;
        keys[0].nulls_first = false;  // null is the least value: last when descending
        relation.plan = make_plan(SortPlan{sorted.input, std::move(keys)});
    }
    relation.plan = make_plan(LimitPlan{relation.plan, count});
    return relation;
}

Result<Relation> Binder::take(Node const& node, Relation relation) {
    auto const count = TRY(row_count(*this, node));
    return with_plan(relation, make_plan(LimitPlan{relation.plan, count}));
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
    return with_plan(relation, make_plan(LimitPlan{relation.plan, count}));
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

Result<Relation> Binder::count_rows(Relation relation) {
    Relation made;
    auto const id = new_id();
    made.plan = make_plan(AggregatePlan{relation.plan, {}, {{id, make_call(Type::long_, "count(*)", {}, false)}}});
    made.columns = {{"Count", id, Type::long_, false, false}};
    made.serialized = true;
    return made;
}

}  // namespace merlon::hunt
