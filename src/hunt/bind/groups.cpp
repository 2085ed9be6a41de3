// partition, top-nested, top-hitters, make-series: operators that look at groups of rows.
#include "base/text.h"
#include "base/time.h"
#include "hunt/bind/binder.h"
#include "hunt/emit/emit.h"

namespace merlon::hunt {
// partition by Key { query }: the query has a source of its own and sees the key's value only, so it is bound once for each
// value that the data hold.
Result<Relation> Binder::partition_each(Partition const& o, Relation relation, Span span) {
    constexpr std::size_t most = 64;  // as the engine's
    auto const& name = form_of<NameNode>(*o.key)->name;
    Rows rows;
    rows.columns = &relation.columns;
    auto const key = TRY(expression(*o.key, rows));
    std::vector<Constant> values;
    if (options.reads_data) {
        if (!options.run_now) return std::unexpected(error("hunt.not_supported", "partition with { }").with(span));
        auto const id = new_id();
        auto const plan = make_plan(ProjectPlan{relation.plan, {{id, key}}});
        auto const sql = TRY(emit_over({Say::some_distinct_values, {column_name(id), std::to_string(most + 1)}}, prune(plan, {id}), *options.dialect));
        for (auto const& row : TRY(options.run_now(sql))) {
            Constant value{key->type, {}};
            if (row[0]) {
                if (key->type == Type::bool_) value.value = *row[0] == "true";
                else if (key->type == Type::real) value.value = std::strtod(row[0]->c_str(), nullptr);
                else if (is_integer(key->type) || is_time(key->type)) value.value = to_int(*row[0]).value_or(0);
                else value.value = *row[0];
            }
            values.push_back(std::move(value));
        }
        if (values.size() > most) return std::unexpected(error("hunt.too_many_partitions", std::to_string(most)).with(o.key->span));
    }
    bool const nothing = values.empty();
    if (nothing) values.push_back({key->type, {}});  // for the columns
    std::vector<Relation> parts;
    auto const outer = scope;
    for (auto& value : values) {
        scope = std::make_shared<Scope>(Scope{name, make_constant(std::move(value)), outer});
        auto part = query(*o.subquery);
        scope = outer;
        if (!part) return part;
        parts.push_back(fresh(*part));
    }
    auto made = parts.size() == 1 ? std::move(parts[0]) : TRY(combine(std::move(parts), false, ""));
    if (nothing && options.reads_data) made.plan = make_plan(LimitPlan{made.plan, 0});
    made.row_number.reset();
    return made;
}

Result<Relation> Binder::partition(Partition const& o, Relation relation, Span span) {
    if (o.own_source) return partition_each(o, std::move(relation), span);
    Rows rows;
    rows.columns = &relation.columns;
    auto key = TRY(expression(*o.key, rows));
    if (key->type == Type::dynamic) return std::unexpected(error("KS116", "dynamic").with(o.key->span));
    auto const id = new_id();
    std::string const name = "$row" + std::to_string(id);
    relation = extended(std::move(relation), {{name, true, std::move(key), span}});
    relation.row_number.reset();
    auto const saved = std::exchange(group_row_, name);
    auto result = query(*o.subquery, std::move(relation));
    group_row_ = saved;
    if (!result) return result;
    if (!result->find(name)) return std::unexpected(error("hunt.not_supported", "this subquery of partition").with(span));
    std::erase_if(result->columns, [&](Column const& c) { return c.name == name; });
    std::vector<Item> items;
    for (auto const& c : result->columns) items.push_back({c.id, make_column(c)});
    result->row_number.reset();
    result->plan = make_plan(ProjectPlan{result->plan, std::move(items)});
    result->serialized = false;
    return result;
}

Result<Relation> Binder::top_hitters(TopHitters const& o, Relation relation, Span span) {
    auto const count = std::max<std::int64_t>(0, TRY(constant_integer(*o.count, "the number of rows")));
    Rows rows;
    rows.columns = &relation.columns;
    auto key = TRY(named_items(*o.key, rows));
    auto const id = new_id();
    auto const measure = new_id();
    std::vector<Item> items{{id, key[0].value}};
    for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
    ExprPtr value = make_call(Type::long_, Say::count_rows, {}, false);
    std::string name = "approximate_count_" + key[0].name;
    if (o.by) {
        auto by = TRY(expression(*o.by, rows));
        value = TRY(call_table(*find_aggregate("sum"), {by}, span));
        if (by->type == Type::int_) value = make_call(Type::int_, Say::cast_or_null, {std::move(value)});
        name = "approximate_sum_" + default_name(*o.by);
    }
    auto const type = value->type;
    auto plan = make_plan(AggregatePlan{make_plan(ProjectPlan{relation.plan, std::move(items)}), {id}, {{measure, std::move(value)}}});
    Relation made;
    made.columns = {{key[0].name.empty() ? "Column1" : key[0].name, id, key[0].value->type, true, true}, {name, measure, type, true, true}};
    // Which of equal groups comes first is not documented; the service gives the larger key.
    std::vector<SortKey> order = {{make_column(made.columns[1]), true, false}, {make_column(made.columns[0]), true, false}};
    made.plan = make_plan(LimitPlan{make_plan(SortPlan{std::move(plan), std::move(order)}), count});
    made.serialized = true;
    return made;
}

namespace {

ExprPtr of_id(int id, Type type) { return make_column({"", id, type, true, true}); }

// A level of top-nested. Rows belong together where they agree in `parents`: columns of the levels above, for each its key and
// whether that key stands for the groups that were left out there.
struct NestedStep {
    int key = 0, measure = 0, left_out = 0;
    Type key_type = Type::string, measure_type = Type::long_;
};

}  // namespace

// Each level keeps its best groups within the groups of the level above. Rows of groups that a level leaves out go on as one
// group where this level or one below it says `with others`: its key is what the level gives for the others, or null.
Result<Relation> Binder::top_nested(TopNested const& o, Relation relation) {
    std::set<std::string> taken;
    auto columns = relation.columns;
    std::vector<NestedStep> steps;
    std::vector<Column> path;
    PlanPtr rows_plan = relation.plan, result;
    std::size_t last_others = 0;  // levels up to here carry the rows that were left out
    for (std::size_t k = 0; k < o.levels.size(); ++k)
        if (o.levels[k].others) last_others = k + 1;
    for (std::size_t k = 0; k < o.levels.size(); ++k) {
        auto const& level = o.levels[k];
        Rows rows;
        rows.columns = &columns;
        auto key = TRY(named_items(*level.key, rows));
        AggregateSink sink{&columns, {}};
        Rows measures;
        measures.aggregates = &sink;
        measures.not_aggregated = &columns;
        auto const* named = form_of<NamedNode>(*level.measure);
        auto measure = TRY(expression(named ? *named->value : *level.measure, measures));
        NestedStep const step{new_id(), new_id(), new_id(), key[0].value->type, measure->type};
        auto const key_name = unique_name(key[0].name.empty() ? "Column1" : key[0].name, taken);
        taken.insert(key_name);
        auto const measure_name = unique_name(named ? named->names[0].text : "aggregated_" + key_name, taken);
        taken.insert(measure_name);
        std::vector<Item> below{{step.key, key[0].value}};
        for (auto const& c : columns) below.push_back({c.id, make_column(c)});
        std::vector<int> parents;
        ExprPtr already = make_bool(false);
        for (auto const& above : steps) {
            below.push_back({above.key, of_id(above.key, above.key_type)});
            below.push_back({above.left_out, of_id(above.left_out, Type::bool_)});
            parents.push_back(above.key);
            parents.push_back(above.left_out);
            already = of_id(above.left_out, Type::bool_);
        }
        auto const with_key = make_plan(ProjectPlan{rows_plan, std::move(below)});
        auto const parent_type = [&](std::size_t i) { return i % 2 ? Type::bool_ : steps[i / 2].key_type; };
        // The best groups, below parents that are groups of their own.
        auto keys = parents;
        keys.push_back(step.key);
        auto groups = make_plan(AggregatePlan{make_plan(FilterPlan{with_key, make_not(already)}), keys, sink.items});
        auto const rank = new_id();
        std::vector<Item> items;
        std::vector<ExprPtr> ranked;
        std::vector<Phrase> parts;
        for (std::size_t i = 0; i < keys.size(); ++i) items.push_back({keys[i], of_id(keys[i], i < parents.size() ? parent_type(i) : step.key_type)});
        for (std::size_t i = 0; i < parents.size(); ++i) {
            ranked.push_back(of_id(parents[i], parent_type(i)));
            parts.push_back(slot(ranked.size() - 1));
        }
        items.push_back({step.measure, measure});
        std::vector<SortKey> by;
        add_sort_key(by, measure, level.descending, false);
        std::vector<Phrase> best;
        for (auto const& one : by) {
            ranked.push_back(one.value);
            best.push_back(in_order(ranked.size() - 1, one.descending, one.nulls_first));
        }
        items.push_back({rank, make_window(Type::long_, {Say::row_number, {in_parts(std::move(parts), std::move(best))}}, std::move(ranked), false)});
        groups = make_plan(ProjectPlan{std::move(groups), std::move(items)});
        if (level.count) {
            auto const count = TRY(constant_integer(*level.count, "the number of groups"));
            groups = make_plan(FilterPlan{std::move(groups), make_call(Type::bool_, over_arguments(Say::less_or_equal, 2), {make_column({"", rank, Type::long_, false, false}), make_long(count)}, false)});
        }
        // Copies under other ids: rows and groups meet in joins.
        auto const copied = [&](PlanPtr const& plan, std::vector<int> const& ids, std::vector<ExprPtr> const& values) {
            std::vector<Item> made;
            for (std::size_t i = 0; i < ids.size(); ++i) made.push_back({ids[i], values[i]});
            return make_plan(ProjectPlan{plan, std::move(made)});
        };
        std::vector<int> copies;
        std::vector<ExprPtr> values;
        std::vector<std::pair<ExprPtr, ExprPtr>> on, result_on;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            auto const type = i < parents.size() ? parent_type(i) : step.key_type;
            copies.push_back(new_id());
            values.push_back(of_id(keys[i], type));
            on.emplace_back(of_id(keys[i], type), of_id(copies[i], type));
            if (i < parents.size()) result_on.emplace_back(of_id(keys[i], type), of_id(copies[i], type));
        }
        auto const key_copy = copies.back();
        auto const measure_copy = new_id(), left_out_copy = new_id();
        copies.push_back(measure_copy);
        copies.push_back(left_out_copy);
        values.push_back(of_id(step.measure, step.measure_type));
        values.push_back(make_bool(false));
        auto chosen = copied(groups, copies, values);
        auto const kept_on = on;
        auto next_rows = make_plan(JoinPlan{JoinKind::left_semi, make_plan(FilterPlan{with_key, make_not(already)}), chosen, kept_on, {}});
        std::vector<int> row_ids;
        std::vector<ExprPtr> row_values;
        for (auto const& c : columns) row_ids.push_back(c.id), row_values.push_back(make_column(c));
        for (std::size_t i = 0; i < parents.size(); ++i) row_ids.push_back(parents[i]), row_values.push_back(of_id(parents[i], parent_type(i)));
        row_ids.push_back(step.key);
        row_ids.push_back(step.left_out);
        auto kept_values = row_values;
        kept_values.push_back(of_id(step.key, step.key_type));
        kept_values.push_back(make_bool(false));
        next_rows = copied(next_rows, row_ids, kept_values);
        if (k < last_others) {
            auto const others_key = level.others ? TRY(convert(TRY(expression(*level.others, {})), step.key_type, level.others->span)) : make_null(step.key_type);
            auto rest = make_plan(JoinPlan{JoinKind::left_anti, with_key, chosen, kept_on, {}});
            auto rest_values = row_values;
            rest_values.push_back(others_key);
            rest_values.push_back(make_bool(true));
            rest = copied(rest, row_ids, rest_values);
            auto others = make_plan(AggregatePlan{rest, parents, sink.items});
            std::vector<ExprPtr> other_values;
            for (std::size_t i = 0; i < parents.size(); ++i) other_values.push_back(of_id(parents[i], parent_type(i)));
            other_values.push_back(others_key);
            other_values.push_back(level.others ? measure : make_null(step.measure_type));
            other_values.push_back(make_bool(true));
            // Without any row there is a group still when nothing parts them.
            if (parents.empty()) {
                auto const counted = new_id();
                auto with_count = sink.items;
                with_count.push_back({counted, make_call(Type::long_, Say::count_rows, {}, false)});
                others = make_plan(FilterPlan{make_plan(AggregatePlan{rest, parents, std::move(with_count)}), make_call(Type::bool_, Phrase(Say::greater, {slot(0), Phrase("0")}), {make_column({"", counted, Type::long_, false, false})}, false)});
            }
            std::vector<int> other_copies;
            for (std::size_t i = 0; i < copies.size(); ++i) other_copies.push_back(new_id());
            auto const other_groups = copied(others, other_copies, other_values);
            chosen = make_plan(UnionPlan{{chosen, other_groups}, {copies, other_copies}, copies});
            next_rows = make_plan(UnionPlan{{next_rows, rest}, {row_ids, row_ids}, row_ids});
        }
        rows_plan = next_rows;
        std::vector<Item> all;
        if (result) {
            result = make_plan(JoinPlan{JoinKind::inner, result, chosen, std::move(result_on), {}});
            for (auto const& c : path) all.push_back({c.id, make_column(c)});
            for (auto const& above : steps) all.push_back({above.left_out, of_id(above.left_out, Type::bool_)});
        }
        all.push_back({step.key, of_id(key_copy, step.key_type)});
        all.push_back({step.measure, of_id(measure_copy, step.measure_type)});
        all.push_back({step.left_out, of_id(left_out_copy, Type::bool_)});
        result = make_plan(ProjectPlan{result ? result : chosen, std::move(all)});
        path.push_back({key_name, step.key, step.key_type, true, true});
        path.push_back({measure_name, step.measure, step.measure_type, true, true});
        steps.push_back(step);
    }
    std::vector<SortKey> order;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        order.push_back({of_id(steps[i].left_out, Type::bool_), false, false});
        add_sort_key(order, make_column(path[2 * i + 1]), true, false);
    }
    Relation made;
    made.plan = make_plan(SortPlan{std::move(result), std::move(order)});
    made.columns = std::move(path);
    return made;
}

namespace {

// What a series is called that got no name: as summarize calls the column.
Result<std::string> series_name(Binder& binder, Node const& node) {
    auto const* call = form_of<CallNode>(node);
    auto const first = call && !call->arguments.empty() ? binder.default_name(*call->arguments[0]) : "";
    if (call && !binder.lookup(call->name)) {
        if (call->name.starts_with("arg") || call->name == "percentiles")
            return std::unexpected(error("hunt.not_supported", call->name + " in make-series").with(node.span));
        if (call->name == "percentile" && call->arguments.size() == 2) {
            return "percentile_" + first + "_" + percentile_label(TRY(binder.constant(*call->arguments[1], "the percentile")));
        }
        if (call->name == "take_any" || call->name == "any") return first.empty() ? "any_arg0" : (call->name == "any" ? "any_" : "") + first;
    }
    auto made = binder.default_name(node);
    return made.empty() ? "Column1" : made;
}

}  // namespace

Result<Relation> Binder::make_series(MakeSeries const& o, Relation relation, Span span) {
    Rows rows;
    rows.columns = &relation.columns;
    auto axis = TRY(named_items(*o.axis, rows));
    auto const type = axis[0].value->type;
    if (!is_number(type) && !is_time(type)) return std::unexpected(error("KS138", "make-series").with(o.axis->span));
    bool const real = type == Type::real || type == Type::decimal;
    auto const bound = is_integer(type) ? Type::long_ : real ? Type::real : type;
    auto const step = TRY(convert(TRY(expression(*o.step, {})), bound == Type::datetime ? Type::timespan : bound, o.step->span));
    auto const axis_id = new_id();
    std::vector<Item> first{{axis_id, widen(axis[0].value, bound)}};
    for (auto const& c : relation.columns) first.push_back({c.id, make_column(c)});
    auto plan = make_plan(ProjectPlan{relation.plan, std::move(first)});
    Column const axis_column{"", axis_id, bound, true, true};
    auto const edge = [&](Say function) -> ExprPtr {
        return std::make_shared<Expr>(Expr{bound, true, true, ScalarPlanExpr{plan, axis_id, {function, {column_name(axis_id)}}}});
    };
    bool const open_end = !o.to;
    ExprPtr from = o.from ? TRY(convert(TRY(expression(*o.from, {})), bound, o.from->span)) : edge(Say::minimum);
    ExprPtr to = o.to ? TRY(convert(TRY(expression(*o.to, {})), bound, o.to->span)) : edge(Say::maximum);
    bool in_range = false;
    for (auto const& s : o.settings) in_range = in_range || s.name == "in_range";
    bool const with_end = open_end || in_range;
    auto const count = make_call(Type::long_, {Say::bins_at_most, {with_end ? Say::bins_to_end : Say::bins_before_end, Phrase("1048576")}}, {from, to, step});
    std::vector<ExprPtr> inside{make_call(Type::bool_, over_arguments(Say::greater_or_equal, 2), {make_column(axis_column), from}),
                                make_call(Type::bool_, over_arguments(with_end ? Say::less_or_equal : Say::less, 2), {make_column(axis_column), to})};
    plan = make_plan(FilterPlan{plan, make_and(std::move(inside))});
    Relation made;
    std::set<std::string> taken;
    auto const bin = new_id();
    std::vector<Item> second{{bin, make_call(Type::long_, Say::bin_of, {make_column(axis_column), from, step})}};
    std::vector<int> keys;
    for (auto const& node : o.keys)
        for (auto& one : TRY(named_items(*node, rows))) {
            if (one.value->type == Type::dynamic) return std::unexpected(error("KS116", "dynamic").with(one.span));
            Column c{unique_name(one.name.empty() ? "Column1" : one.name, taken), new_id(), one.value->type, true, true};
            taken.insert(c.name);
            second.push_back({c.id, one.value});
            keys.push_back(c.id);
            made.columns.push_back(c);
        }
    for (auto const& c : relation.columns) second.push_back({c.id, make_column(c)});
    plan = make_plan(ProjectPlan{plan, std::move(second)});
    AggregateSink sink{&relation.columns, {}};
    Rows measures;
    measures.aggregates = &sink;
    measures.not_aggregated = &relation.columns;
    struct Series { std::string name; ExprPtr value; ExprPtr fill; int id; int json; };
    std::vector<Series> series;
    for (auto const& item : o.items) {
        auto const* named = form_of<NamedNode>(*item.value);
        auto const& node = named ? *named->value : *item.value;
        auto fallback = TRY(series_name(*this, node));
        auto value = TRY(expression(node, measures));
        auto fill = item.fill ? TRY(expression(*item.fill, {})) : is_time(value->type) || value->type == Type::string ? make_null(value->type) : make_long(0);
        auto name = unique_name(named ? named->names[0].text : std::move(fallback), taken);
        taken.insert(name);
        auto json = TRY(to_json(std::move(fill), span));
        series.push_back({std::move(name), std::move(value), std::move(json), new_id(), new_id()});
    }
    auto group = keys;
    group.push_back(bin);
    plan = make_plan(AggregatePlan{plan, group, sink.items});
    std::vector<Item> third{{bin, make_column({"", bin, Type::long_, false, false})}};
    for (auto const id : keys) third.push_back({id, make_column({"", id, Type::dynamic, true, true})});
    for (auto const& s : series) {
        auto json = TRY(to_json(s.value, span));
        third.push_back({s.json, std::move(json)});
    }
    plan = make_plan(ProjectPlan{plan, std::move(third)});
    std::vector<Item> lists;
    Column const bin_column{"", bin, Type::long_, false, false};
    for (auto const& s : series)
        lists.push_back({s.id, make_call(Type::dynamic, Say::pairs_of_bins,
                                         {make_column(bin_column), make_column({"", s.json, Type::dynamic, true, true})})});
    // Without rows there is no series, unless kind=nonempty asks for one of defaults.
    auto const asked = std::find_if(o.settings.begin(), o.settings.end(), [](Setting const& s) { return s.name == "kind"; });
    bool const wants_rows = keys.empty() && (asked == o.settings.end() || asked->text != "nonempty");
    Column const bins{"", new_id(), Type::long_, false, false};
    if (wants_rows) lists.push_back({bins.id, make_call(Type::long_, Say::count_rows, {}, false)});
    plan = make_plan(AggregatePlan{plan, keys, std::move(lists)});
    if (wants_rows) plan = make_plan(FilterPlan{std::move(plan), make_call(Type::bool_, Phrase(Say::greater, {slot(0), Phrase("0")}), {make_column(bins)}, false)});
    std::vector<Item> last;
    for (auto const& c : made.columns) last.push_back({c.id, make_column(c)});
    for (auto const& s : series) {
        Column c{s.name, new_id(), Type::dynamic, true, true};
        last.push_back({c.id, make_call(Type::dynamic, Say::fill_series, {make_column({"", s.id, Type::dynamic, true, true}), count, s.fill})});
        made.columns.push_back(c);
    }
    // Bounds may be queries of their own, which the engine does not take inside a lambda: they become columns first.
    Column const begin{"", new_id(), bound, true, false}, steps{"", new_id(), Type::long_, false, false};
    last.push_back({begin.id, from});
    last.push_back({steps.id, count});
    auto const json = bound == Type::datetime ? Say::json_datetime : bound == Type::timespan ? Say::json_timespan : bound == Type::real ? Say::json_real : Say::json_long;
    Column axis_out{unique_name(axis[0].name.empty() ? "Column1" : axis[0].name, taken), new_id(), Type::dynamic, true, true};
    made.columns.push_back(axis_out);
    plan = make_plan(ProjectPlan{plan, std::move(last)});
    std::vector<Item> all;
    for (auto const& c : made.columns) all.push_back({c.id, make_column(c)});
    all.back().value = make_call(Type::dynamic, {Say::series_axis, {{json, {Say::start_of_bin}}}},
                                 {make_column(begin), step, make_column(steps)});
    made.plan = make_plan(ProjectPlan{std::move(plan), std::move(all)});
    if (keys.empty())  // nothing at all gives no series
        made.plan = make_plan(FilterPlan{made.plan, make_call(Type::bool_, over_arguments(Say::is_not_null, 1), {make_column(axis_out)}, false)});
    return made;
}

}  // namespace merlon::hunt
