// Subqueries that run for each group of rows apart: mv-apply and partition (semantics guide, sections 14 and 16). The
// operators are bound once; what counts or sorts rows is done within the group.
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

// Names that no query can write, for columns that only carry a group along.
std::string hidden_name(std::size_t number) { return "\x01" + std::to_string(number); }
bool is_hidden(Column const& c) { return c.name.starts_with('\x01'); }

bool gives(Plan const& plan, int id) { return std::find(plan.columns.begin(), plan.columns.end(), id) != plan.columns.end(); }

// Carries the group's columns through a projection that dropped them.
PlanPtr with_group(PlanPtr const& plan, std::vector<Column> const& group) {
    auto const* project = std::get_if<ProjectPlan>(&plan->form);
    if (!project) return plan;
    auto copy = *project;
    for (auto const& c : group)
        if (!gives(*plan, c.id)) copy.items.push_back({c.id, make_column(c)});
    return make_plan(std::move(copy));
}

// A number for each row within its group, in the order of `keys`.
ExprPtr number_in_group(std::vector<Column> const& group, std::vector<SortKey> const& keys) {
    std::string sql = "row_number() OVER (PARTITION BY ";
    std::vector<ExprPtr> arguments;
    auto const place = [&](ExprPtr value) {
        arguments.push_back(std::move(value));
        return "{" + std::to_string(arguments.size() - 1) + "}";
    };
    for (std::size_t i = 0; i < group.size(); ++i) sql += (i > 0 ? ", " : "") + place(make_column(group[i]));
    for (std::size_t i = 0; i < keys.size(); ++i)
        sql += (i > 0 ? ", " : " ORDER BY ") + place(keys[i].value) + (keys[i].descending ? " DESC" : " ASC") +
               (keys[i].nulls_first ? " NULLS FIRST" : " NULLS LAST");
    auto made = std::make_shared<Expr>(*make_call(Type::long_, sql + ")", std::move(arguments), false));
    std::get<CallExpr>(made->form).is_window = true;
    return made;
}

}  // namespace

Result<Relation> Binder::per_group(Query const& subquery, Relation relation, std::vector<Column> const& group, Span span) {
    if (subquery.source) return std::unexpected(error("hunt.not_supported", "a table inside this subquery").with(span));
    std::vector<SortKey> order;
    auto const first_rows = [&](Relation rows, std::int64_t count) -> Result<Relation> {
        Column const number{"", new_id(), Type::long_, false, false};
        std::vector<Item> items;
        for (auto const& c : rows.columns) items.push_back({c.id, make_column(c)});
        items.push_back({number.id, number_in_group(group, order)});
        rows.plan = make_plan(ProjectPlan{rows.plan, std::move(items)});
        rows.plan = make_plan(FilterPlan{rows.plan, make_call(Type::bool_, "({0} <= {1})", {make_column(number), make_long(count)}, false)});
        rows.row_number.reset();
        return rows;
    };
    for (auto const& op : subquery.operators) {
        if (auto const* sorted = form_of<Sort>(op)) {
            relation = TRY(sort(sorted->keys, std::move(relation)));
            order = std::get<SortPlan>(relation.plan->form).keys;
            continue;
        }
        if (auto const* take_some = form_of<Take>(op)) {
            relation = TRY(first_rows(std::move(relation), TRY(constant_integer(*take_some->count, "the number of rows"))));
            continue;
        }
        if (auto const* best = form_of<Top>(op)) {
            relation = TRY(sort(best->keys, std::move(relation)));
            order = std::get<SortPlan>(relation.plan->form).keys;
            relation = TRY(first_rows(std::move(relation), TRY(constant_integer(*best->count, "the number of rows"))));
            continue;
        }
        bool const summarized = form_of<Summarize>(op) != nullptr;
        bool const plain = form_of<Where>(op) || form_of<Project>(op) || form_of<MvExpand>(op) || form_of<Parse>(op) || form_of<ParseKv>(op);
        if (!summarized && !plain) return std::unexpected(error("hunt.not_supported", "this operator inside mv-apply or partition").with(op.name_span));
        relation = TRY(apply(op, std::move(relation)));
        if (summarized) {
            // project <- aggregate <- project: the group joins the keys.
            auto outer = std::get<ProjectPlan>(relation.plan->form);
            auto inner = std::get<AggregatePlan>(outer.input->form);
            for (auto const& c : group) {
                inner.keys.push_back(c.id);
                outer.items.push_back({c.id, make_column(c)});
            }
            outer.input = make_plan(std::move(inner));
            relation.plan = make_plan(std::move(outer));
            order.clear();
        }
        relation.plan = with_group(relation.plan, group);
        for (auto const& c : group) {
            bool const there = std::any_of(relation.columns.begin(), relation.columns.end(), [&](Column const& one) { return one.id == c.id; });
            if (!there) relation.columns.push_back(c);
        }
    }
    return relation;
}

Result<Relation> Binder::mv_apply(MvApply const& o, Relation input, Span span) {
    std::int64_t most = -1;
    if (o.limit) most = TRY(constant_integer(*o.limit, "the limit"));
    auto relation = numbered(std::move(input));
    // Copies of the input's columns tell the groups apart and come back beside the subquery's answer.
    auto const visible = relation.columns;
    std::vector<Column> group;
    std::vector<Item> items;
    for (auto const& c : visible) items.push_back({c.id, make_column(c)});
    Column const number{hidden_name(0), new_id(), Type::long_, false, false};
    items.push_back({number.id, make_column({"", *relation.row_number, Type::long_, false, false})});
    group.push_back(number);
    for (std::size_t i = 0; i < visible.size(); ++i) {
        auto copy = visible[i];
        copy.id = new_id();
        copy.name = hidden_name(i + 1);
        items.push_back({copy.id, make_column(visible[i])});
        group.push_back(copy);
    }
    relation.plan = make_plan(ProjectPlan{relation.plan, std::move(items)});
    relation.row_number.reset();
    for (auto const& c : group) relation.columns.push_back(c);
    relation = TRY(expand_rows(o.settings, o.items, most, std::move(relation), span));
    relation = TRY(per_group(*o.subquery, std::move(relation), group, span));
    std::set<std::string> expanded;
    for (auto const& item : o.items) expanded.insert(item.name.text.empty() ? default_name(*item.value) : item.name.text);
    Relation out = relation;
    out.columns.clear();
    std::set<std::string> taken;
    for (std::size_t i = 0; i < visible.size(); ++i) {
        if (expanded.contains(visible[i].name)) continue;
        auto c = group[i + 1];
        c.name = visible[i].name;
        taken.insert(c.name);
        out.columns.push_back(std::move(c));
    }
    for (auto const& c : relation.columns) {
        bool const from_input = std::any_of(visible.begin(), visible.end(), [&](Column const& one) { return one.id == c.id; });
        if (is_hidden(c) || from_input) continue;
        auto named = c;
        named.name = unique_name(c.name, taken);
        taken.insert(named.name);
        out.columns.push_back(std::move(named));
    }
    out.row_number.reset();
    return out;
}

Result<Relation> Binder::partition(Partition const& o, Relation relation, Span span) {
    Rows rows;
    rows.columns = &relation.columns;
    auto const key = TRY(expression(*o.key, rows));
    Column group{hidden_name(0), new_id(), key->type, key->nullable, key->may_be_nan};
    std::vector<Item> items;
    for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
    items.push_back({group.id, key});
    relation.plan = make_plan(ProjectPlan{relation.plan, std::move(items)});
    relation.columns.push_back(group);
    relation.row_number.reset();
    auto out = TRY(per_group(*o.subquery, std::move(relation), {group}, span));
    std::erase_if(out.columns, is_hidden);
    out.serialized = false;
    return out;
}

// top-hitters N of key [by value]: the N keys with the largest sums, or counts.
Result<Relation> Binder::top_hitters(TopHitters const& o, Relation relation, Span) {
    auto const count = TRY(constant_integer(*o.count, "the number of rows"));
    Rows rows;
    rows.columns = &relation.columns;
    auto const key = TRY(named_items(*o.key, rows));
    auto const key_name = key[0].name.empty() ? std::string("Column1") : key[0].name;
    Column const key_column{key_name, new_id(), key[0].value->type, key[0].value->nullable, true};
    std::vector<Item> below_items{{key_column.id, key[0].value}};
    ExprPtr measure;
    std::string name = "approximate_count_" + key_name;
    auto type = Type::long_;
    if (o.by) {
        auto const by = TRY(named_items(*o.by, rows));
        Column const value{"", new_id(), by[0].value->type, true, true};
        below_items.push_back({value.id, by[0].value});
        type = value.type == Type::real ? Type::real : Type::long_;
        measure = make_call(type, type == Type::real ? "coalesce(sum({0}), 0)" : "coalesce(TRY_CAST(sum({0}) AS BIGINT), 0)", {make_column(value)}, false);
        name = "approximate_sum_" + by[0].name;
    } else {
        measure = make_call(type, "count(*)", {}, false);
    }
    Column const measured{name, new_id(), type, false, false};
    Relation out;
    out.plan = make_plan(ProjectPlan{relation.plan, std::move(below_items)});
    out.plan = make_plan(AggregatePlan{out.plan, {key_column.id}, {{measured.id, std::move(measure)}}});
    out.plan = make_plan(SortPlan{out.plan, {{make_column(measured), true, false}}});
    out.plan = make_plan(LimitPlan{out.plan, std::max<std::int64_t>(0, count)});
    out.columns = {key_column, measured};
    out.serialized = true;
    return out;
}

}  // namespace merlon::hunt
