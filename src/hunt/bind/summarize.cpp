// summarize (semantics guide, section 12): keys in written order, then aggregates; names and their numbers as Kusto's.
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {

std::string percentile_label(Constant const& at) {
    if (auto const* whole = std::get_if<std::int64_t>(&at.value)) return std::to_string(*whole);
    auto const* real = std::get_if<double>(&at.value);
    return real ? replace_all(fmt::format("{}", *real), ".", "_") : std::string{};
}

namespace {

// Aggregates that may give several columns.
bool gives_columns(std::string_view name) {
    static std::set<std::string_view> const names{"arg_max", "arg_min", "argmax", "argmin", "take_any", "any",
                                                  "percentile", "percentiles", "percentiles_array", "percentilew", "percentilesw",
                                                  "percentilesw_array"};
    return names.contains(name);
}

struct Summary {
    Binder& binder;
    std::vector<Column> const& columns;
    std::set<std::string> taken = {};
    std::set<std::string> given = {};
    std::set<int> key_columns = {};  // input columns that are keys as they are
    int unnamed = 0;
    AggregateSink sink = {};
    std::vector<NamedExpr> outputs = {};

    Rows input_rows() const {
        Rows rows;
        rows.columns = &columns;
        return rows;
    }
    std::string free_name(std::string name) {
        if (name.empty()) {
            do name = "Column" + std::to_string(++unnamed);
            while (taken.contains(name));
        } else {
            name = binder.unique_name(std::move(name), taken);
        }
        taken.insert(name);
        return name;
    }
    Result<std::string> name_for(std::string fallback, std::vector<Word> const& names, std::size_t place) {
        if (place >= names.size()) return free_name(std::move(fallback));
        if (!given.insert(names[place].text).second)
            return std::unexpected(error("KS171", names[place].text).with(names[place].span));
        return free_name(names[place].text);  // an expression before it may have got that name
    }
    ExprPtr aggregate(Type type, Phrase phrase, std::vector<ExprPtr> arguments, std::string name = {}) {
        auto const id = binder.new_id();
        auto made = std::make_shared<Expr>(*make_call(type, std::move(phrase), std::move(arguments)));
        std::get<CallExpr>(made->form).name = std::move(name);
        sink.items.push_back({id, std::move(made)});
        return make_column({"", id, type, type != Type::string, true});
    }

    // Columns that must all come from one row travel as one struct (plan/kept_rows.cpp).
    Status one_row(std::vector<std::pair<std::string, ExprPtr>> parts, std::string kind, std::vector<Word> const& names, Span span) {
        std::vector<int> fields;
        std::vector<ExprPtr> values;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            fields.push_back(static_cast<int>(i));
            values.push_back(parts[i].second);
        }
        auto row = kept_row(kind, fields, values);
        auto const whole = aggregate(Type::dynamic, std::move(row), std::move(values), std::move(kind));
        for (std::size_t i = 0; i < parts.size(); ++i) {
            auto const type = parts[i].second->type;
            Phrase field(Say::row_field, {"f" + std::to_string(i)});
            if (type == Type::string) field = {Say::text_or_empty, {std::move(field)}};
            auto name = TRY(name_for(parts[i].first, names, i));
            outputs.push_back({std::move(name), true, make_call(type, std::move(field), {whole}), span});
        }
        return {};
    }

    Status extreme_row(CallNode const& call, Span span, std::vector<Word> const& names) {
        if (call.arguments.empty()) return std::unexpected(error("KS119", call.name, "at least 1").with(span));
        bool const old_name = call.name == "argmax" || call.name == "argmin";
        bool const maximum = call.name.ends_with("max");
        auto const prefix = (maximum ? "max_" : "min_") + binder.default_name(*call.arguments[0]);
        auto const rows = input_rows();
        auto const by = TRY(binder.named_items(*call.arguments[0], rows));
        auto const measure = by[0].value;
        if (measure->type == Type::dynamic)
            return std::unexpected(error("KS116", "dynamic").with(call.arguments[0]->span).with_hint("Convert it, e.g. with todatetime() or tolong()."));
        std::vector<std::pair<std::string, ExprPtr>> parts;
        parts.emplace_back(by[0].name.empty() || (old_name && !by[0].given) ? prefix : by[0].name, measure);
        auto const old = [&](std::string const& name) { return old_name ? prefix + "_" + name : name; };
        for (std::size_t i = 1; i < call.arguments.size(); ++i) {
            if (form_of<StarNode>(*call.arguments[i])) {
                for (auto const& c : columns)
                    if (column_of(measure) != c.id && !key_columns.contains(c.id)) parts.emplace_back(old(c.name), make_column(c));
                continue;
            }
            auto one = TRY(binder.named_items(*call.arguments[i], rows));
            auto name = one[0].given ? one[0].name : one[0].name.empty() ? prefix + "_arg" + std::to_string(i) : old(one[0].name);
            parts.emplace_back(std::move(name), one[0].value);
        }
        return one_row(std::move(parts), maximum ? "row:arg_max" : "row:arg_min", names, span);
    }

    Status any_row(CallNode const& call, Span span, std::vector<Word> const& names) {
        std::string const prefix = call.name == "any" ? "any_" : "";
        std::vector<std::pair<std::string, ExprPtr>> parts;
        for (std::size_t i = 0; i < call.arguments.size(); ++i) {
            if (form_of<StarNode>(*call.arguments[i])) {
                for (auto const& c : columns)
                    if (!key_columns.contains(c.id)) parts.emplace_back(prefix + c.name, make_column(c));
                continue;
            }
            auto one = TRY(binder.named_items(*call.arguments[i], input_rows()));
            parts.emplace_back(one[0].given ? one[0].name : (one[0].name.empty() ? "any_arg" + std::to_string(i) : prefix + one[0].name), one[0].value);
        }
        if (call.arguments.empty()) return std::unexpected(error("KS119", call.name, "at least 1").with(span));
        if (parts.empty()) return {};  // the keys are all columns that there are
        if (parts.size() > 1) return one_row(std::move(parts), "row:first", names, span);
        auto const type = parts[0].second->type;
        auto value = aggregate(type, type == Type::string ? Phrase(Say::text_or_empty, {Say::any_value}) : Phrase(Say::any_value), {parts[0].second});
        auto name = TRY(name_for(parts[0].first, names, 0));
        outputs.push_back({std::move(name), true, std::move(value), span});
        return {};
    }

    Status percentiles(CallNode const& call, Span span, std::vector<Word> const& names) {
        if (call.arguments.size() < 2) return std::unexpected(error("KS119", call.name, "at least 2").with(span));
        auto value = TRY(binder.expression(*call.arguments[0], input_rows()));
        if (value->type == Type::int_) value = binder.widen(std::move(value), Type::long_);
        if (value->type == Type::decimal) value = binder.widen(std::move(value), Type::real);
        if (!is_number(value->type) && !is_time(value->type)) return std::unexpected(error("KS138", call.name).with(call.arguments[0]->span));
        auto const base = binder.default_name(*call.arguments[0]);
        bool const array = call.name.ends_with("_array");
        ExprPtr weight;
        if (call.name.ends_with("w") || call.name == "percentilesw_array") {
            weight = TRY(binder.expression(*call.arguments[1], input_rows()));
            if (!is_number(weight->type)) return std::unexpected(error("KS107", "number").with(call.arguments[1]->span));
        }
        std::vector<double> points;
        std::vector<std::string> labels;
        for (std::size_t i = weight ? 2 : 1; i < call.arguments.size(); ++i) {
            auto const c = TRY(binder.constant(*call.arguments[i], "the percentile"));
            if (auto const* whole = std::get_if<std::int64_t>(&c.value)) {
                points.push_back(static_cast<double>(*whole));
                labels.push_back(percentile_label(c));
            } else if (auto const* real = std::get_if<double>(&c.value)) {
                points.push_back(*real);
                labels.push_back(percentile_label(c));
            } else if (c.type == Type::dynamic && !c.is_null()) {
                for (auto const part : numbers_of(std::get<std::string>(c.value))) points.push_back(part), labels.emplace_back();
            } else {
                return std::unexpected(error("KS107", "number").with(call.arguments[i]->span));
            }
        }
        for (auto const p : points)
            if (!(p >= 0 && p <= 100)) return std::unexpected(error("hunt.percentile_range").with(span));
        for (std::size_t i = 0; i < points.size(); ++i) {
            // Weighted: the least value up to which the weights reach the fraction of their sum.
            Phrase const point(weight ? Say::weighted_percentile : Say::percentile, {fmt::format("{:.10f}", points[i] / 100)});
            std::vector<ExprPtr> arguments{value};
            if (weight) arguments.push_back(weight);
            if (array) {
                auto one = aggregate(value->type, point, arguments);
                array_items.push_back(TRY(binder.to_json(std::move(one), span)));
                continue;
            }
            auto name = TRY(name_for("percentile_" + base + "_" + labels[i], names, i));
            outputs.push_back({std::move(name), true, aggregate(value->type, point, arguments), span});
        }
        if (array) {
            auto packed = make_call(Type::dynamic, Say::pack_array, std::exchange(array_items, {}), false);
            auto name = TRY(name_for("percentiles_" + base, names, 0));
            outputs.push_back({std::move(name), true, std::move(packed), span});
        }
        return {};
    }
    std::vector<ExprPtr> array_items = {};

    static std::vector<double> numbers_of(std::string_view json) {
        std::vector<double> made;
        std::string digits;
        for (char c : std::string(json) + ",") {
            if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') digits += c;
            else if (!digits.empty()) made.push_back(std::stod(std::exchange(digits, "")));
        }
        return made;
    }

    Status item(Node const& node) {
        auto const* named = form_of<NamedNode>(node);
        auto const& value_node = named ? *named->value : node;
        static std::vector<Word> const no_names;
        auto const& names = named ? named->names : no_names;
        if (auto const* call = form_of<CallNode>(value_node); call && gives_columns(call->name) && !binder.lookup(call->name)) {
            if (call->name.starts_with("arg")) return extreme_row(*call, node.span, names);
            if (call->name.starts_with("percentile")) return percentiles(*call, node.span, names);
            return any_row(*call, node.span, names);
        }
        if (names.size() > 1) return std::unexpected(error("KS149").with(node.span));
        Rows rows;
        rows.aggregates = &sink;
        rows.not_aggregated = &columns;
        auto value = TRY(binder.expression(value_node, rows));
        auto name = TRY(name_for(binder.default_name(value_node), names, 0));
        if (form_of<NameNode>(value_node) && !named && constant_of(value) == nullptr)
            return std::unexpected(error("KS236", binder.default_name(value_node)).with(node.span));
        outputs.push_back({std::move(name), true, std::move(value), node.span});
        return {};
    }
};

}  // namespace

Result<ExprPtr> Binder::aggregate_call(CallNode const& node, Function const& function, Span span, Rows const& rows) {
    Rows inside;
    inside.columns = rows.aggregates->input;
    std::vector<ExprPtr> args;
    bool const counts_rows = node.name == "count";
    for (auto const& a : node.arguments) {
        if (counts_rows && form_of<StarNode>(*a)) continue;
        auto const* named = form_of<NamedNode>(*a);
        auto made = TRY(expression(named ? *named->value : *a, inside));
        if (!counts_rows) args.push_back(std::move(made));
    }
    // Inside of an expression, an aggregate of several columns gives its first one.
    if (gives_columns(node.name) && !args.empty()) {
        Phrase phrase;
        if (node.name == "percentile" && args[0]->type == Type::decimal) args[0] = widen(std::move(args[0]), Type::real);
        auto const type = args[0]->type;
        if (node.name.starts_with("arg")) phrase = over_arguments(node.name.ends_with("max") ? Say::maximum : Say::minimum, 1);
        else if (node.name == "percentile" && args.size() == 2 && constant_of(args[1]))
            phrase = Say::percentile_of_argument;
        else if (!node.name.starts_with("percentile")) phrase = Say::any_value;
        if (is_empty(phrase)) return std::unexpected(error("hunt.not_supported", node.name + " inside an expression").with(span));
        if (type == Type::string) phrase = {Say::text_or_empty, {std::move(phrase)}};
        auto const id = new_id();
        rows.aggregates->items.push_back({id, make_call(type, std::move(phrase), std::move(args))});
        return make_column({"", id, type, true, true});
    }
    auto const made = TRY(call_table(function, std::move(args), span));
    auto const id = new_id();
    rows.aggregates->items.push_back({id, made});
    return make_column({"", id, made->type, made->nullable, true});
}

Result<Relation> Binder::summarize(Summarize const& o, Relation relation, Span) {
    // make_list keeps the order of arrival where there is one.
    Summary summary{*this, relation.columns};
    summary.sink.input = &relation.columns;
    std::vector<Item> below_items;
    std::vector<int> keys;
    Relation result;
    if (auto const* group = group_column(relation.columns)) {  // within the rows of one source row
        Column const c{group->name, new_id(), group->type, group->nullable, true};
        below_items.push_back({c.id, make_column(*group)});
        keys.push_back(c.id);
        summary.key_columns.insert(group->id);
        result.columns.push_back(c);
    }
    for (auto const& key : o.keys) {
        if (form_of<StarNode>(*key)) return std::unexpected(error("hunt.star_here").with(key->span));
        for (auto& one : TRY(named_items(*key, summary.input_rows()))) {
            if (one.value->type == Type::dynamic)
                return std::unexpected(error("KS116", "dynamic").with(one.span).with_hint("Convert the key, e.g. with tostring()."));
            if (auto const column = column_of(one.value)) summary.key_columns.insert(*column);
            std::vector<Word> names;
            if (one.given) names.push_back({one.name, one.span});
            auto name = TRY(summary.name_for(one.name, names, 0));
            if (form_of<NameNode>(*key)) summary.given.insert(one.name);
            Column const c{std::move(name), new_id(), one.value->type, one.value->nullable, one.value->may_be_nan};
            below_items.push_back({c.id, std::move(one.value)});
            keys.push_back(c.id);
            result.columns.push_back(c);
        }
    }
    std::vector<Error> errors;
    for (auto const& item : o.aggregates)
        if (auto done = summary.item(*item); !done) errors.push_back(std::move(done).error());
    if (!errors.empty()) {
        auto first = std::move(errors.front());
        for (std::size_t i = 1; i < errors.size(); ++i) first.others.push_back(std::move(errors[i]));
        return std::unexpected(std::move(first));
    }
    for (auto const& c : relation.columns) below_items.push_back({c.id, make_column(c)});
    auto plan = make_plan(ProjectPlan{relation.plan, std::move(below_items)});
    plan = make_plan(AggregatePlan{std::move(plan), keys, summary.sink.items});
    std::vector<Item> items;
    for (auto const& c : result.columns) items.push_back({c.id, make_column(c)});
    for (auto const& output : summary.outputs) {
        Column const c{output.name, new_id(), output.value->type, output.value->nullable, output.value->may_be_nan};
        items.push_back({c.id, output.value});
        result.columns.push_back(c);
    }
    result.plan = make_plan(ProjectPlan{std::move(plan), std::move(items)});
    result.name = relation.name;
    return result;
}

}  // namespace merlon::hunt
