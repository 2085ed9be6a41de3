// evaluate basket, autocluster, diffpatterns: rows that share the values of some columns (docs/decisions/017), and schema_merge.
// What counts as a pattern: functions/runtime/patterns.h.
#include "base/text.h"
#include "hunt/bind/binder.h"
#include "hunt/emit/emit.h"

namespace merlon::hunt {
namespace {

// The optional arguments, each of which may be '~' for its default.
struct Wanted {
    std::optional<double> share;        // Threshold, SizeWeight
    std::optional<Column> weight;       // WeightColumn
    std::optional<std::int64_t> most;   // MaxDimensions, NumSeeds
    std::map<Type, ExprPtr> wildcards;
};

}  // namespace

Result<Relation> Binder::patterns(CallNode const& call, Relation relation, Span span) {
    auto const& args = call.arguments;
    bool const differs = call.name == "diffpatterns";
    Rows rows;
    rows.columns = &relation.columns;
    auto const column_at = [&](Node const& node) -> Result<Column> {
        auto const* name = form_of<NameNode>(node);
        auto const* found = name ? relation.find_named(name->name) : nullptr;
        if (found) return *found;
        if (name) return std::unexpected(unknown_name(name->name, node.span, rows));
        return std::unexpected(error("KS109").with(node.span));
    };
    std::optional<Column> split_by;
    std::string side_a, side_b;
    std::size_t next = 0;
    if (differs) {
        if (args.size() < 3) return std::unexpected(error("KS119", call.name, "3 or more").with(span));
        split_by = TRY(column_at(*args[0]));
        side_a = TRY(constant_text(*args[1], "the value of the first set"));
        side_b = TRY(constant_text(*args[2], "the value of the second set"));
        next = 3;
    }
    Wanted wanted;
    auto const is_default = [](Node const& node) {
        auto const* literal = form_of<LiteralNode>(node);
        auto const* text = literal ? std::get_if<std::string>(&literal->value.value) : nullptr;
        return text && *text == "~";
    };
    // Threshold and weight change places between the plugins.
    for (int place = 0; next < args.size(); ++next, ++place) {
        auto const& node = *args[next];
        auto const kind = place > 2 ? 'w' : place == 2 ? 'n' : (place == 0) != differs ? 's' : 'c';
        if (is_default(node)) continue;
        if (kind == 'c') {
            wanted.weight = TRY(column_at(node));
            if (!is_number(wanted.weight->type)) return std::unexpected(error("KS107", "number").with(node.span));
        } else if (kind == 'n') {
            wanted.most = TRY(constant_integer(node, "the number of dimensions"));
        } else {
            auto const value = TRY(constant(node, "an argument of " + call.name));
            if (kind == 's') {
                auto const* whole = std::get_if<std::int64_t>(&value.value);
                auto const* real = std::get_if<double>(&value.value);
                wanted.share = whole ? static_cast<double>(*whole) : real ? *real : -1;
                auto const least = call.name == "autocluster" ? 0.0 : 0.015;
                if (!(*wanted.share >= least && *wanted.share <= 1))
                    return std::unexpected(error("KS107", "number from " + std::string(least > 0 ? "0.015" : "0") + " to 1").with(node.span));
            } else {
                wanted.wildcards[value.type] = make_constant(value);
            }
        }
    }
    // One row for each combination of values, with how many rows have it (on each side).
    std::vector<Column> shown;
    for (auto const& c : relation.columns)
        if ((!split_by || c.id != split_by->id) && (!wanted.weight || c.id != wanted.weight->id)) shown.push_back(c);
    if (shown.empty()) return std::unexpected(error("KS107", "column beside those of the arguments").with(span));
    std::vector<ExprPtr> values;
    for (auto const& c : shown) values.push_back(TRY(to_json(make_column(c), span)));
    auto const key = new_id(), count_a = new_id(), count_b = new_id(), weight = new_id(), side = new_id();
    auto const weighs = wanted.weight ? make_column(*wanted.weight) : make_long(1);
    std::vector<Item> items{{key, make_call(Type::dynamic, Say::pack_array, std::move(values))}, {weight, weighs}};
    auto side_value = split_by ? TRY(to_text(make_column(*split_by), span)) : make_text("");
    items.push_back({side, std::move(side_value)});
    auto const side_column = make_column({"", side, Type::string, false, false});
    auto const weight_column = make_column({"", weight, weighs->type, true, false});
    auto const sum_of = [&](std::string const& which) {
        return make_call(Type::long_, Say::sum_where, {weight_column, side_column, make_text(which)});
    };
    auto grouped = make_plan(AggregatePlan{make_plan(ProjectPlan{relation.plan, std::move(items)}), {key}, {{count_a, sum_of(side_a)}, {count_b, differs ? sum_of(side_b) : make_long(0)}}});
    auto const share = wanted.share.value_or(call.name == "autocluster" ? 0.5 : 0.05);
    auto const most = wanted.most.value_or(call.name == "basket" ? 5 : call.name == "autocluster" ? 25 : 1000);
    RawPlan raw;
    auto const found = new_id(), number = new_id();
    raw.expressions = {make_text(call.name), make_constant({Type::real, share}), make_long(most)};
    raw.phrase = {Say::patterns_found, {column_name(found), column_name(number), column_name(count_a), column_name(count_b), column_name(key)}};
    raw.inputs = {std::move(grouped)};
    raw.columns = {found, number};
    raw.uses = {key, count_a, count_b};
    auto const pattern = make_column({"", found, Type::dynamic, true, false});
    auto const member = [&](int index) { return make_call(Type::dynamic, {Say::item_at, {std::to_string(index)}}, {pattern}); };
    Relation made;
    std::vector<Item> answer;
    auto const add = [&](std::string column, Type type, ExprPtr value) {
        Column c{std::move(column), new_id(), type, true, true};
        answer.push_back({c.id, std::move(value)});
        made.columns.push_back(std::move(c));
    };
    add("SegmentId", Type::long_, make_column({"", number, Type::long_, false, false}));
    add(differs ? "CountA" : "Count", Type::long_, TRY(convert(member(0), Type::long_, span)));
    if (differs) add("CountB", Type::long_, TRY(convert(member(1), Type::long_, span)));
    add(differs ? "PercentA" : "Percent", Type::real, TRY(convert(member(2), Type::real, span)));
    if (differs) {
        add("PercentB", Type::real, TRY(convert(member(3), Type::real, span)));
        add("PercentDiffAB", Type::real, TRY(convert(member(4), Type::real, span)));
    }
    std::set<std::string> taken;
    for (auto const& c : made.columns) taken.insert(c.name);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        auto const cell = make_call(Type::dynamic, {Say::item_of_pattern, {std::to_string(i)}}, {pattern});
        auto value = TRY(convert(cell, shown[i].type, span));
        if (auto const wildcard = wanted.wildcards.find(shown[i].type); wildcard != wanted.wildcards.end())
            value = make_call(shown[i].type, Say::replaced_where_null, {cell, wildcard->second, value});
        auto column = unique_name(shown[i].name, taken);
        taken.insert(column);
        add(std::move(column), shown[i].type, std::move(value));
    }
    made.plan = make_plan(SortPlan{make_plan(ProjectPlan{make_plan(std::move(raw)), std::move(answer)}), {{make_column(made.columns[0]), false, false}}});
    return made;
}

// Schemas as getschema gives them, one after another, made one. A column that stands at different places is an error in
// the answer unless PreserveOrder is false: then it stands at the last of them.
Result<Relation> Binder::schema_merge(CallNode const& call, Relation relation, Span span) {
    bool keeps_order = true;
    if (call.arguments.size() > 1) return std::unexpected(error("KS119", call.name, "0 or 1").with(span));
    if (!call.arguments.empty()) {
        auto const* named = form_of<NamedNode>(*call.arguments[0]);
        auto const value = TRY(constant(named ? *named->value : *call.arguments[0], "PreserveOrder"));
        auto const* flag = std::get_if<bool>(&value.value);
        if (!flag) return std::unexpected(error("KS107", "bool").with(call.arguments[0]->span));
        keeps_order = *flag;
    }
    std::vector<int> ids;
    std::vector<Phrase> items;
    for (std::string_view const name : {"ColumnName", "ColumnOrdinal", "DataType", "ColumnType"}) {
        auto const* c = relation.find(name);
        Rows rows;
        rows.columns = &relation.columns;
        if (!c) return std::unexpected(unknown_name(name, span, rows));
        ids.push_back(c->id);
        items.push_back(column_name(c->id));
    }
    struct Merged { std::string name, data_type, type; std::int64_t place; bool moved; };
    std::vector<Merged> merged;
    if (options.reads_data) {
        if (!options.run_now) return std::unexpected(error("hunt.not_supported", "schema_merge()").with(span));
        auto const sql = TRY(emit_over({Say::rows_selected, {joined(Say::comma, std::move(items))}}, prune(relation.plan, ids), *options.dialect));
        for (auto const& row : TRY(options.run_now(sql))) {
            Merged one{row[0].value_or(""), row[2].value_or(""), row[3].value_or(""), to_int(row[1].value_or("")).value_or(0), false};
            auto const known = std::find_if(merged.begin(), merged.end(), [&](Merged const& m) { return m.name == one.name; });
            if (known == merged.end()) {
                merged.push_back(std::move(one));
                continue;
            }
            if (known->type != one.type) return std::unexpected(error("hunt.not_supported", "schema_merge() of a column with several types (" + one.name + ")").with(span));
            known->moved = known->moved || known->place != one.place;
            known->place = std::max(known->place, one.place);
        }
    }
    for (auto& one : merged)
        if (keeps_order && one.moved) one = {one.name, "ERROR(unknown CSL type:ERROR(columns are out of order))", "ERROR(columns are out of order)", -1, true};
    std::stable_sort(merged.begin(), merged.end(), [](Merged const& a, Merged const& b) {
        return (a.place < 0 ? INT64_MAX : a.place) < (b.place < 0 ? INT64_MAX : b.place);
    });
    ValuesPlan values;
    Relation made;
    for (auto const& [name, type] : std::initializer_list<std::pair<char const*, Type>>{
             {"ColumnName", Type::string}, {"ColumnOrdinal", Type::long_}, {"DataType", Type::string}, {"ColumnType", Type::string}}) {
        made.columns.push_back({name, new_id(), type, true, false});
        values.columns.emplace_back(made.columns.back().id, type);
    }
    for (std::size_t i = 0; i < merged.size(); ++i) {
        auto const& one = merged[i];
        if (i > 0 && one.place >= 0 && one.place == merged[i - 1].place)
            return std::unexpected(error("hunt.not_supported", "schema_merge() of columns that share a place (" + merged[i - 1].name + ", " + one.name + ")").with(span));
        values.rows.push_back({make_text(one.name), make_long(one.place), make_text(one.data_type), make_text(one.type)});
    }
    made.plan = make_plan(std::move(values));
    return made;
}

}  // namespace merlon::hunt
