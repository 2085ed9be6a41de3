// Calls that need more than a template: they look at the query's time, at columns, at types, or run a query.
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "hunt/bind/binder.h"
#include "hunt/functions/runtime/regex.h"

namespace merlon::hunt {
namespace {

using Made = std::optional<Result<ExprPtr>>;

Error wrong_count(CallNode const& node, std::string_view wanted, Span span) {
    auto const* function = find_scalar(node.name);
    return error("KS119", node.name, std::string(wanted)).with(span).with_hint(function ? function->doc : "");
}

bool is_flag_set(std::vector<NodePtr> const& arguments) {
    for (auto const& a : arguments) {
        auto const* named = form_of<NamedNode>(*a);
        auto const* literal = form_of<LiteralNode>(named ? *named->value : *a);
        if (auto const* flag = literal ? std::get_if<bool>(&literal->value.value) : nullptr) return *flag;
    }
    return false;
}

struct Special {
    Binder& binder;
    CallNode const& node;
    Span span;
    Rows const& rows;

    Result<ExprPtr> time() const {
        auto const now = make_constant({Type::datetime, binder.now});
        if (node.arguments.empty()) {
            if (node.name == "ago") return std::unexpected(wrong_count(node, "1", span));
            return now;
        }
        if (node.arguments.size() > 1) return std::unexpected(wrong_count(node, "1", span));
        auto offset = TRY(binder.expression(*node.arguments[0], rows));
        if (offset->type != Type::timespan) {
            if (offset->type != Type::dynamic) return std::unexpected(error("KS107", "timespan").with(node.arguments[0]->span).with_hint(
                "A span of time is written 7d, 12h or 30m, without quotes."));
            offset = TRY(binder.convert(offset, Type::timespan, span));
        }
        return binder.arithmetic(node.name == "ago" ? '-' : '+', now, offset, span);
    }

    Result<ExprPtr> branches() const {
        auto args = TRY(binder.arguments(node, rows));
        bool const is_case = node.name == "case";
        if (args.size() < 3 || (is_case ? args.size() % 2 == 0 : args.size() != 3))
            return std::unexpected(wrong_count(node, is_case ? "an odd number of" : "3", span));
        std::vector<ExprPtr> values;
        std::vector<Phrase> whens;
        for (std::size_t i = 0; i < args.size(); ++i) {
            bool const condition = i % 2 == 0 && i + 1 < args.size();
            if (!condition) {
                values.push_back(args[i]);
            } else if (args[i]->type != Type::bool_) {
                if (args[i]->type == Type::string || is_time(args[i]->type) || args[i]->type == Type::dynamic)
                    return std::unexpected(error("KS107", "bool").with(node.arguments[i]->span));
                args[i] = TRY(binder.convert(args[i], Type::bool_, span));
            }
        }
        auto const type = TRY(binder.common_type(values, span));
        bool nullable = false;
        for (std::size_t i = 0; i < args.size(); ++i) {
            bool const condition = i % 2 == 0 && i + 1 < args.size();
            if (!condition) {
                args[i] = TRY(binder.convert(std::move(args[i]), type, span));
                nullable = nullable || args[i]->nullable;
            }
            if (condition) whens.push_back({Say::branch, {slot(i), slot(i + 1)}});
        }
        Phrase phrase(Say::branches, {joined(Say::nothing, std::move(whens)), slot(args.size() - 1)});
        return make_call(type, std::move(phrase), std::move(args), nullable);
    }

    Result<ExprPtr> coalesce() const {
        auto args = TRY(binder.arguments(node, rows));
        if (args.size() < 2) return std::unexpected(wrong_count(node, "at least 2", span));
        auto const type = TRY(binder.common_type(args, span));
        std::vector<Phrase> values;
        bool nullable = true;
        for (std::size_t i = 0; i < args.size(); ++i) {
            args[i] = TRY(binder.convert(std::move(args[i]), type, span));
            values.push_back(type == Type::string ? Phrase(Say::null_if_empty, {slot(i)}) : slot(i));
            nullable = nullable && args[i]->nullable;
        }
        if (type == Type::string) values.push_back(Say::empty_text);
        return make_call(type, {Say::first_not_null, std::move(values)}, std::move(args), nullable);
    }

    // max_of, min_of: nulls are skipped, NaN wins.
    Result<ExprPtr> extreme() const {
        auto args = TRY(binder.arguments(node, rows));
        if (args.size() < 2) return std::unexpected(wrong_count(node, "at least 2", span));
        bool const numbers = std::all_of(args.begin(), args.end(), [](ExprPtr const& a) { return is_integer(a->type) || a->type == Type::real; });
        bool const reals = std::any_of(args.begin(), args.end(), [](ExprPtr const& a) { return a->type == Type::real; });
        auto const type = numbers && reals ? Type::real : TRY(binder.common_type(args, span));
        if (type == Type::dynamic) return std::unexpected(error("KS127", node.name, "dynamic").with(span));
        std::vector<Phrase> values, nan;
        for (std::size_t i = 0; i < args.size(); ++i) {
            args[i] = TRY(binder.convert(std::move(args[i]), type, span));
            values.push_back(slot(i));
            nan.push_back({Say::is_nan, {slot(i)}});
        }
        Phrase phrase(node.name == "max_of" ? Say::largest : Say::smallest, std::move(values));
        if (type == Type::real && node.name == "min_of") phrase = {Say::nan_if, {joined(Say::or_between, std::move(nan)), std::move(phrase)}};
        return make_call(type, std::move(phrase), std::move(args));
    }

    Result<ExprPtr> to_scalar() const {
        if (node.arguments.size() != 1) return std::unexpected(wrong_count(node, "1", span));
        auto const& inner = *node.arguments[0];
        if (!binder.is_tabular(inner)) return binder.expression(inner, rows);
        auto const relation = TRY(binder.source(inner));
        if (relation.columns.empty()) return std::unexpected(error("KS107", "table with a column").with(span));
        auto const& column = relation.columns[0];
        return std::make_shared<Expr>(Expr{column.type, column.type != Type::string, true, ScalarPlanExpr{relation.plan, column.id, {}}});
    }

    // iscolumnexists("name"): decided here, where the columns are known.
    Result<ExprPtr> column_exists() const {
        if (node.arguments.size() != 1) return std::unexpected(wrong_count(node, "1", span));
        auto const name = TRY(binder.constant_text(*node.arguments[0], "the name of a column"));
        bool found = false;
        if (rows.columns)
            for (auto const& c : *rows.columns) found = found || c.name == name || c.name == current_name(name);
        return make_constant({Type::bool_, found});
    }

    Result<ExprPtr> column_if_exists() const {
        if (node.arguments.size() != 2) return std::unexpected(wrong_count(node, "2", span));
        auto const& wanted = *node.arguments[0];
        std::string name;
        auto const* bare = form_of<NameNode>(wanted);
        auto const is_column = [&] {
            return rows.columns && std::any_of(rows.columns->begin(), rows.columns->end(), [&](Column const& c) { return c.name == bare->name; });
        };
        // A bare name is the column's, or stands for the text that holds the column's name.
        if (bare && (is_column() || !binder.lookup(bare->name))) name = bare->name;
        else name = TRY(binder.constant_text(wanted, "the name of a column"));
        if (rows.columns)
            for (auto const& c : *rows.columns)
                if (c.name == name || c.name == current_name(name)) return make_column(c);
        return binder.expression(*node.arguments[1], rows);
    }

    Result<ExprPtr> pack(std::vector<Column> const& columns, bool skip_empty) const {
        std::vector<ExprPtr> args;
        for (auto const& c : columns) {
            args.push_back(make_text(c.name));
            args.push_back(TRY(binder.to_json(make_column(c), span)));
        }
        return make_call(Type::dynamic, skip_empty ? Say::bag_pack_filled : Say::bag_pack, std::move(args), false);
    }

    Result<ExprPtr> pack_columns() const {
        std::vector<ExprPtr> args;
        for (auto const& a : node.arguments) {
            args.push_back(make_text(binder.default_name(*a)));
            args.push_back(TRY(binder.to_json(TRY(binder.expression(*a, rows)), span)));
        }
        return make_call(Type::dynamic, Say::bag_pack, std::move(args), false);
    }

    Result<ExprPtr> pack_array() const {
        if (node.arguments.size() == 1 && form_of<StarNode>(*node.arguments[0])) {
            std::vector<ExprPtr> all;
            if (rows.columns)
                for (auto const& c : *rows.columns) all.push_back(TRY(binder.to_json(make_column(c), span)));
            return make_call(Type::dynamic, Say::pack_array, std::move(all), false);
        }
        auto args = TRY(binder.arguments(node, rows));
        for (auto& a : args) a = TRY(binder.to_json(std::move(a), span));
        if (args.empty()) return make_constant({Type::dynamic, std::string("[]")});
        return make_call(Type::dynamic, Say::pack_array, std::move(args), false);
    }

    Result<ExprPtr> bag_pack() const {
        auto args = TRY(binder.arguments(node, rows));
        if (args.size() % 2 != 0) return std::unexpected(wrong_count(node, "an even number of", span));
        if (args.empty()) return make_constant({Type::dynamic, std::string("{}")});
        for (std::size_t i = 0; i < args.size(); ++i)
            args[i] = i % 2 == 0 ? TRY(binder.to_text(std::move(args[i]), span)) : TRY(binder.to_json(std::move(args[i]), span));
        return make_call(Type::dynamic, Say::bag_pack, std::move(args), false);
    }

    Result<ExprPtr> number_range() const {
        auto args = TRY(binder.arguments(node, rows));
        if (args.size() < 2 || args.size() > 3) return std::unexpected(wrong_count(node, "2 or 3", span));
        // Numbers, or times of one kind with a timespan between them.
        for (std::size_t i = 0; i < args.size(); ++i) {
            auto const type = args[i]->type, first = args[0]->type;
            bool const fits = is_time(first) ? type == (i == 2 ? Type::timespan : first) : is_number(type) || type == Type::dynamic;
            if (!fits) return std::unexpected(error("KS127", node.name, std::string(type_name(type))).with(node.arguments[i]->span));
        }
        bool real = false;
        for (auto& a : args) {
            if (a->type == Type::decimal) a = TRY(binder.convert(std::move(a), Type::real, span));
            real = real || a->type == Type::real;
        }
        auto const kind = args[0]->type;
        if (args.size() == 2) args.push_back(kind == Type::real ? make_constant({Type::real, 1.0}) : is_time(kind)
                ? make_constant({Type::timespan, ticks_per_hour}) : make_long(1));
        auto const json = kind == Type::datetime ? Say::json_datetime : kind == Type::timespan ? Say::json_timespan : real ? Say::json_real : Say::json_number;
        for (auto& a : args) {
            if (a->type == Type::dynamic) a = TRY(binder.convert(a, Type::long_, span));
            if (real) a = binder.widen(a, Type::real);
            else if (is_integer(a->type)) a = binder.widen(a, Type::long_);
        }
        // A negative step counts down; a step of nothing gives no array.
        return make_call(Type::dynamic, {Say::array_of_range, {real ? Say::real_range : Say::whole_range, {json, {Phrase("x")}}}}, std::move(args));
    }

    Result<ExprPtr> type_of_value() const {
        auto args = TRY(binder.arguments(node, rows));
        if (args.size() != 1) return std::unexpected(wrong_count(node, "1", span));
        if (args[0]->type == Type::dynamic) return make_call(Type::string, Say::type_of_dynamic, std::move(args));
        return make_text(std::string(type_name(args[0]->type)));
    }

    // extract(..., typeof(T)), extract_json(path, text, typeof(T)): the text, then converted.
    Result<ExprPtr> typed_extract() const {
        auto const* wanted = form_of<TypeNode>(*node.arguments.back());
        CallNode plain{node.name, node.name_span, {}};
        std::vector<ExprPtr> args;
        for (std::size_t i = 0; i + 1 < node.arguments.size(); ++i) args.push_back(TRY(binder.expression(*node.arguments[i], rows)));
        auto const* function = find_scalar(node.name);
        auto text = TRY(binder.call_table(*function, std::move(args), span));
        if (!wanted->type) return std::unexpected(error("KS107", "type").with(span));
        return binder.convert(std::move(text), *wanted->type, span);
    }

    // assert(condition, message): looked at while compiling, as its page says.
    Result<ExprPtr> assertion() const {
        if (node.arguments.size() != 2) return std::unexpected(wrong_count(node, "2", span));
        auto const condition = TRY(binder.constant(*node.arguments[0], "the condition of assert"));
        auto const message = TRY(binder.constant_text(*node.arguments[1], "the message of assert"));
        auto const* holds = std::get_if<bool>(&condition.value);
        if (!holds || !*holds) return std::unexpected(error("hunt.assertion", message).with(span));
        return make_bool(true);
    }

    // The engine repeats scalars only, though the language service takes anything.
    Result<ExprPtr> repeated() const {
        auto args = TRY(binder.arguments(node, rows));
        if (!args.empty() && args[0]->type == Type::dynamic)
            return std::unexpected(error("hunt.not_supported", "repeat() of a dynamic value").with(node.arguments[0]->span));
        return binder.call_table(*find_scalar("repeat"), std::move(args), span);
    }

    Result<ExprPtr> ingestion_time() const {
        if (rows.columns)
            for (auto const& c : *rows.columns)
                if (c.name == "Timestamp" && c.type == Type::datetime) return make_column(c);
        return make_null(Type::datetime);
    }

    // By type, as the documentation counts: a long takes 8 bytes, a text its own bytes. * stands for all columns.
    Result<ExprPtr> data_size() const {
        std::vector<ExprPtr> values;
        for (auto const& a : node.arguments) {
            if (!form_of<StarNode>(*a)) values.push_back(TRY(binder.expression(*a, rows)));
            else if (rows.columns)
                for (auto const& c : *rows.columns) values.push_back(make_column(c));
        }
        std::int64_t fixed = 0;
        std::vector<Phrase> sizes;
        std::vector<ExprPtr> texts;
        for (auto& value : values) {
            auto const type = value->type;
            if (type == Type::string || type == Type::dynamic) {
                sizes.push_back({Say::text_size, {slot(texts.size())}});
                texts.push_back(std::move(value));
            } else {
                fixed += type == Type::bool_ ? 1 : type == Type::int_ ? 4 : type == Type::guid || type == Type::decimal ? 16 : 8;
            }
        }
        return make_call(Type::long_, {Say::sum_of_sizes, {std::to_string(fixed), joined(Say::nothing, std::move(sizes))}}, std::move(texts), false);
    }

    // The part named by a literal: week_of_year and dayofyear exist in datetime_part only, week only in the others.
    Status known_part() const {
        auto const* literal = node.arguments.empty() ? nullptr : form_of<LiteralNode>(*node.arguments[0]);
        auto const* text = literal ? std::get_if<std::string>(&literal->value.value) : nullptr;
        if (!text) return {};
        static std::set<std::string_view> const common{"year", "quarter", "month", "day", "hour", "minute", "second",
                                                       "millisecond", "microsecond", "nanosecond"};
        static std::set<std::string_view> const of_part{"week_of_year", "weekofyear", "dayofyear", "day_of_year"};
        auto const part = ascii_lower(*text);
        bool const own = node.name == "datetime_part" || node.name == "datepart" ? of_part.contains(part) : part == "week";
        if (common.contains(part) || own) return {};
        return std::unexpected(error("hunt.date_part", *text, node.name).with(node.arguments[0]->span));
    }

    // Of all parts, the engine counts weeks alone as real.
    Made in_weeks() const {
        auto const* literal = node.name == "datetime_diff" && !node.arguments.empty() ? form_of<LiteralNode>(*node.arguments[0]) : nullptr;
        auto const* text = literal ? std::get_if<std::string>(&literal->value.value) : nullptr;
        if (!text || ascii_lower(*text) != "week") return {};
        auto args = binder.arguments(node, rows);
        if (!args) return Result<ExprPtr>(std::unexpected(std::move(args).error()));
        auto made = binder.call_table(*find_scalar(node.name), std::move(*args), span);
        return made ? Result<ExprPtr>(binder.widen(std::move(*made), Type::real)) : made;
    }

    Status has_groups() const {
        auto const* literal = node.arguments.empty() ? nullptr : form_of<LiteralNode>(*node.arguments[0]);
        auto const* text = literal ? std::get_if<std::string>(&literal->value.value) : nullptr;
        if (!text) return {};
        auto const pattern = compiled(*text);
        if (!pattern->ok() || pattern->NumberOfCapturingGroups() > 0) return {};
        return std::unexpected(error("hunt.no_groups", node.name).with(node.arguments[0]->span));
    }

    // not(5) counts any number but 0 as true.
    Made negation() const {
        if (node.arguments.size() != 1) return {};
        auto operand = binder.expression(*node.arguments[0], rows);
        if (!operand) return Result<ExprPtr>(std::unexpected(std::move(operand).error()));
        if (!is_number((*operand)->type)) return {};
        auto flag = binder.convert(std::move(*operand), Type::bool_, span);
        if (!flag) return flag;
        return Result<ExprPtr>(make_not(std::move(*flag)));
    }

    // bin_auto(x): the width and the fixed point come from set query_bin_auto_size, query_bin_auto_at.
    Result<ExprPtr> bin_auto() const {
        if (node.arguments.size() != 1) return std::unexpected(wrong_count(node, "1", span));
        auto const size = binder.query_settings.find("query_bin_auto_size");
        if (size == binder.query_settings.end())
            return std::unexpected(error("hunt.bin_auto").with(span));
        auto value = TRY(binder.expression(*node.arguments[0], rows));
        auto width = TRY(binder.expression(*size->second, {}));
        auto const at = binder.query_settings.find("query_bin_auto_at");
        if (at == binder.query_settings.end())
            return binder.call_table(*find_scalar("bin"), {std::move(value), std::move(width)}, span);
        auto from = TRY(binder.expression(*at->second, {}));
        return binder.call_table(*find_scalar("bin_at"), {std::move(value), std::move(width), std::move(from)}, span);
    }

    Result<ExprPtr> column_names() const {
        if (node.arguments.size() != 1) return std::unexpected(wrong_count(node, "1", span));
        auto const relation = TRY(binder.source(*node.arguments[0]));
        std::string names = "[";
        for (auto const& c : relation.columns) names += (names.size() > 1 ? "," : "") + json_string(c.name);
        return make_constant({Type::dynamic, names + "]"});
    }

    Made make() const {
        auto const& n = node.name;
        if (n == "not") return negation();
        if (n == "bin_auto") return bin_auto();
        if (n == "column_names_of") return column_names();
        if (n == "extract_all" || n == "extractall") {
            if (auto checked = has_groups(); !checked) return Result<ExprPtr>(std::unexpected(std::move(checked).error()));
            return {};
        }
        if (n.starts_with("date")) {
            if (auto checked = known_part(); !checked) return Result<ExprPtr>(std::unexpected(std::move(checked).error()));
            return in_weeks();
        }
        if (n == "ago" || n == "now") return time();
        if (n == "iff" || n == "iif" || n == "case") return branches();
        if (n == "coalesce") return coalesce();
        if (n == "max_of" || n == "min_of") return extreme();
        if (n == "toscalar") return to_scalar();
        if (n == "column_ifexists" || n == "columnifexists") return column_if_exists();
        if (n == "iscolumnexists") return column_exists();
        if (n == "pack_all") return rows.columns ? pack(*rows.columns, is_flag_set(node.arguments)) : Result<ExprPtr>(make_constant({Type::dynamic, std::string("{}")}));
        if (n == "bag_pack_columns") return pack_columns();
        if (n == "pack_array") return pack_array();
        if (n == "bag_pack" || n == "pack" || n == "pack_dictionary") return bag_pack();
        if (n == "range") return number_range();
        if (n == "gettype") return type_of_value();
        if (n == "ingestion_time") return ingestion_time();
        bool const typed = !node.arguments.empty() && form_of<TypeNode>(*node.arguments.back());
        if (typed && (n == "extract" || n == "extractjson" || n == "extract_json" || n == "percentile_tdigest")) return typed_extract();
        if (n == "assert") return assertion();
        if (n == "repeat") return repeated();
        if (n == "estimate_data_size") return data_size();
        if (n == "materialize" || n == "datatable")
            return Result<ExprPtr>(std::unexpected(error("KS107", "scalar").with(span).with_hint("Take one value with toscalar(...).")));
        return {};
    }
};

}  // namespace

std::optional<Result<ExprPtr>> Binder::special_call(CallNode const& node, Span span, Rows const& rows) {
    static std::set<std::string_view> const names{"ago", "now", "iff", "iif", "case", "coalesce", "max_of", "min_of", "toscalar",
        "column_ifexists", "columnifexists", "iscolumnexists", "pack_all", "bag_pack_columns", "pack_array", "bag_pack", "pack", "pack_dictionary",
        "range", "gettype", "ingestion_time", "extract", "extractjson", "extract_json", "percentile_tdigest", "assert", "repeat", "estimate_data_size", "materialize", "datatable",
        "not", "bin_auto", "column_names_of", "extract_all", "extractall", "datetime_part", "datepart", "datetime_add", "datetime_diff"};
    if (!names.contains(node.name)) return {};
    return Special{*this, node, span, rows}.make();
}

}  // namespace merlon::hunt
