// make-series (semantics guide, section 16): for each key one row with arrays over an axis [from, to), empty places filled.
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

// What stands where a series has no rows.
std::string fill_of(Type type) { return type == Type::real ? "0.0" : "0"; }

}  // namespace

Result<Relation> Binder::make_series(MakeSeries const& o, Relation relation, Span span) {
    Rows rows;
    rows.columns = &relation.columns;
    auto const axis = TRY(named_items(*o.axis, rows));
    auto const axis_type = axis[0].value->type;
    if (!is_time(axis_type) && !is_number(axis_type)) return std::unexpected(error("KS138", "make-series").with(o.axis->span));
    auto const step_type = axis_type == Type::datetime ? Type::timespan : axis_type;
    auto const step = TRY(convert(TRY(expression(*o.step, {})), step_type, o.step->span));
    ExprPtr from, to;
    if (o.from) from = TRY(convert(TRY(expression(*o.from, {})), axis_type, o.from->span));
    if (o.to) to = TRY(convert(TRY(expression(*o.to, {})), axis_type, o.to->span));

    // Keys and the axis under ids of their own; then the place of each row on the axis.
    std::vector<Column> keys;
    std::vector<Item> items;
    for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
    for (auto const& node : o.keys)
        for (auto const& one : TRY(named_items(*node, rows))) {
            Column const key{one.name.empty() ? "Column" + std::to_string(keys.size() + 1) : one.name, new_id(), one.value->type, one.value->nullable, true};
            items.push_back({key.id, one.value});
            keys.push_back(key);
        }
    Column const time{"", new_id(), axis_type, true, true};
    items.push_back({time.id, axis[0].value});
    auto const rows_plan = make_plan(ProjectPlan{relation.plan, std::move(items)});

    // Without bounds the data's own: the first and the last place of the step's grid that has a row.
    auto const bound = [&](char const* aggregate) -> ExprPtr {
        auto made = std::make_shared<Expr>();
        made->type = axis_type;
        made->form = ScalarPlanExpr{rows_plan, time.id, aggregate};
        return made;
    };
    bool const real = axis_type == Type::real || axis_type == Type::decimal;
    if (!from) from = make_call(axis_type, real ? "(floor({0} / {1}) * {1})" : "(({0} // {1}) * {1})", {bound("min"), step});
    if (!to) to = make_call(axis_type, "({0} + {1})", {bound("max"), step_type == axis_type ? make_constant(Constant{step_type, std::int64_t{1}}) : make_constant(Constant{Type::timespan, std::int64_t{1}})});

    auto in_range = make_call(Type::bool_, "({0} >= {1} AND {0} < {2})", {make_column(time), from, to});
    auto plan = make_plan(FilterPlan{rows_plan, in_range});
    Column const place{"", new_id(), Type::long_, false, false};
    std::vector<Item> placed;
    for (auto const id : plan->columns)
        if (id != time.id) placed.push_back({id, make_column({"", id, Type::dynamic, true, true})});
    placed.push_back({place.id, make_call(Type::long_, real ? "CAST(floor(({0} - {1}) / {2}) AS BIGINT)" : "(({0} - {1}) // {2})", {make_column(time), from, step})});
    plan = make_plan(ProjectPlan{plan, std::move(placed)});

    AggregateSink sink;
    sink.input = &relation.columns;
    Rows aggregates = rows;
    aggregates.columns = nullptr;
    aggregates.aggregates = &sink;
    struct Series {
        std::string name;
        ExprPtr value, fill;
        Type type;
    };
    std::vector<Series> series;
    std::set<std::string> taken;
    for (auto const& key : keys) taken.insert(key.name);
    for (auto const& item : o.items) {
        auto const* named = form_of<NamedNode>(*item.value);
        auto value = TRY(expression(named ? *named->value : *item.value, aggregates));
        auto name = named ? named->names[0].text : default_name(*item.value);
        if (name.empty()) name = "Column" + std::to_string(series.size() + 1);
        name = unique_name(std::move(name), taken);
        taken.insert(name);
        auto const type = value->type;
        ExprPtr fill;
        if (item.fill) fill = TRY(to_json(TRY(convert(TRY(expression(*item.fill, {})), type, item.fill->span)), item.fill->span));
        series.push_back({std::move(name), TRY(to_json(std::move(value), span)), std::move(fill), type});
    }
    std::vector<int> group{place.id};
    for (auto const& key : keys) group.push_back(key.id);
    plan = make_plan(AggregatePlan{plan, group, sink.items});

    RawPlan raw;
    raw.inputs = {plan};
    Relation out;
    auto const expression_place = [&](ExprPtr value) {
        raw.expressions.push_back(std::move(value));
        return "{" + std::to_string(raw.expressions.size() - 1) + "}";
    };
    auto const first = expression_place(from), last = expression_place(to), width = expression_place(step);
    std::string select, grouping, matching, distinct;
    for (auto const& key : keys) {
        auto const name = "c" + std::to_string(key.id);
        select += "k." + name + " AS " + name + ", ";
        grouping += (grouping.empty() ? "" : ", ") + std::string("k.") + name;
        distinct += (distinct.empty() ? "" : ", ") + name;
        matching += " AND a." + name + " IS NOT DISTINCT FROM k." + name;
        raw.columns.push_back(key.id);
        out.columns.push_back(key);
    }
    for (auto const& one : series) {
        auto const id = new_id();
        auto const fill = one.fill ? expression_place(one.fill) : "'" + fill_of(one.type) + "'";
        auto const value = expression_place(one.value);
        select += "'[' || string_agg(CASE WHEN a.c" + std::to_string(place.id) + " IS NULL THEN coalesce(" + fill + ", 'null') ELSE coalesce(" + value +
                  ", 'null') END, ',' ORDER BY g.i) || ']' AS c" + std::to_string(id) + ", ";
        raw.columns.push_back(id);
        out.columns.push_back({one.name, id, Type::dynamic, true, false});
    }
    auto const axis_id = new_id();
    std::string const at = real ? "(" + first + " + g.i * " + width + ")" : "(" + first + " + g.i * " + width + ")";
    std::string const shown = axis_type == Type::datetime ? "kql_json_datetime(" + at + ")" : axis_type == Type::timespan ? "kql_json_timespan(" + at + ")"
                            : real ? "kql_json_real(" + at + ")" : "CAST(" + at + " AS VARCHAR)";
    select += "'[' || string_agg(" + shown + ", ',' ORDER BY g.i) || ']' AS c" + std::to_string(axis_id);
    raw.columns.push_back(axis_id);
    out.columns.push_back({axis[0].name.empty() ? "Column" + std::to_string(out.columns.size() + 1) : axis[0].name, axis_id, Type::dynamic, true, false});
    auto const places = real ? "CAST(ceil((" + last + " - " + first + ") / " + width + ") AS BIGINT)" : "((" + last + " - " + first + " + " + width + " - 1) // " + width + ")";
    raw.sql = "SELECT " + select + " FROM (" + (keys.empty() ? std::string("SELECT 1 AS one") : "SELECT DISTINCT " + distinct + " FROM {in0} d") +
              ") k CROSS JOIN (SELECT unnest(range(least(" + places + ", 10000000))) AS i) g LEFT JOIN {in0} a ON a.c" + std::to_string(place.id) + " = g.i" + matching +
              (grouping.empty() ? std::string{} : " GROUP BY " + grouping);
    out.plan = make_plan(std::move(raw));
    return out;
}

}  // namespace merlon::hunt
