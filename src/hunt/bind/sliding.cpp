// evaluate sliding_window_counts(Id, Time, start, end, lookback, bin, dimensions...): rows and distinct ids of each bin and the
// bins before it that the lookback reaches.
#include "hunt/bind/binder.h"

namespace merlon::hunt {

Result<Relation> Binder::sliding_counts(CallNode const& call, Relation relation, Span span) {
    auto const& args = call.arguments;
    if (args.size() < 6) return std::unexpected(error("KS119", call.name, "at least 6").with(span));
    Rows rows;
    rows.columns = &relation.columns;
    auto const column_at = [&](std::size_t i) -> Result<Column> {
        auto const* name = form_of<NameNode>(*args[i]);
        auto const* c = name ? relation.find_named(name->name) : nullptr;
        if (c) return *c;
        if (name) return std::unexpected(unknown_name(name->name, args[i]->span, rows));
        return std::unexpected(error("KS107", "column").with(args[i]->span));
    };
    auto const id = TRY(column_at(0)), time = TRY(column_at(1));
    if (time.type != Type::datetime && !is_integer(time.type)) return std::unexpected(error("KS107", "datetime").with(args[1]->span));
    std::vector<ExprPtr> limits;
    for (std::size_t i = 2; i < 6; ++i) limits.push_back(make_constant(TRY(constant(*args[i], "the window"))));
    for (std::size_t i = 2; i < 4; ++i) {
        auto const* width = std::get_if<std::int64_t>(&constant_of(limits[i])->value);
        if (!width || *width <= 0) return std::unexpected(error("hunt.zero_step").with(args[i + 2]->span));
    }
    auto const& bin = *find_scalar("bin");
    auto const first = TRY(call_table(bin, {make_column(time), limits[3]}, span));
    auto const from = TRY(call_table(bin, {limits[0], limits[3]}, span));
    Column const window{time.name, new_id(), time.type, true, false};
    RawPlan raw;
    raw.phrase = {Say::sliding_windows, {column_name(window.id)}};
    raw.expressions = {first, limits[2], limits[3]};
    raw.inputs = {relation.plan};
    raw.columns = {window.id};
    raw.keeps_input = true;
    auto plan = make_plan(std::move(raw));
    auto begun = TRY(compare(">=", make_column(window), from, span));
    auto not_over = TRY(compare("<=", make_column(window), limits[1], span));
    plan = make_plan(FilterPlan{std::move(plan), make_and({std::move(begun), std::move(not_over)})});
    Relation result;
    result.columns.push_back(window);
    std::vector<int> keys{window.id};
    for (std::size_t i = 6; i < args.size(); ++i) {
        auto const c = TRY(column_at(i));
        keys.push_back(c.id);
        result.columns.push_back(c);
    }
    Column const count{"Count", new_id(), Type::long_, false, false}, distinct{"Dcount", new_id(), Type::long_, false, false};
    result.plan = make_plan(AggregatePlan{std::move(plan), std::move(keys), {{count.id, make_call(Type::long_, Say::count_rows, {}, false)},
        {distinct.id, make_call(Type::long_, Say::count_distinct, {make_column(id)}, false)}}});
    std::vector<SortKey> order;
    for (auto const& c : result.columns) order.push_back({make_column(c), false, true});
    result.plan = make_plan(SortPlan{std::move(result.plan), std::move(order)});
    result.columns.push_back(count);
    result.columns.push_back(distinct);
    return result;
}

}  // namespace merlon::hunt
