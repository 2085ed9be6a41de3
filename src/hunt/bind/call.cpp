// Calls: functions of the table, matched by signature.
#include "base/text.h"
#include "hunt/bind/binder.h"
#include "hunt/parse/habits.h"

namespace merlon::hunt {
namespace {

using Kind = Parameter::Kind;

// How far an argument is from what a parameter takes: 0 fits, 1 widens, 2 dynamic to text; nothing: does not.
std::optional<int> distance(ExprPtr const& argument, Parameter const& parameter) {
    auto const type = argument->type;
    switch (parameter.kind) {
        case Kind::any:
        case Kind::text:
        case Kind::json: return 0;
        case Kind::scalar: return type == Type::dynamic ? std::nullopt : std::optional(0);
        case Kind::number: return is_number(type) ? std::optional(0) : std::nullopt;
        case Kind::integer: return is_integer(type) ? std::optional(0) : std::nullopt;
        case Kind::exact: break;
    }
    auto const to = parameter.type;
    if (type == to) return 0;
    if (is_integer(type) && to == Type::long_) return 1;
    if (type == Type::long_ && to == Type::int_ && constant_of(argument)) return 1;
    if (is_integer(type) && to == Type::real) return 2;
    if (is_number(type) && to == Type::decimal) return 3;
    if (type == Type::decimal && to == Type::real) return 4;
    if (type == Type::dynamic && to == Type::string) return 3;
    if (auto const* c = constant_of(argument); c && type == Type::string && (to == Type::datetime || to == Type::timespan || to == Type::guid))
        return 4;
    if (type == Type::dynamic && (to == Type::datetime || to == Type::timespan)) return 5;
    if (type == Type::guid && to == Type::string) return 3;
    return {};
}

std::optional<int> distance(std::vector<ExprPtr> const& arguments, Signature const& signature) {
    auto const count = signature.parameters.size();
    std::size_t least = 0;
    for (auto const& p : signature.parameters)
        if (!p.optional) ++least;
    if (signature.repeats && count > 0 && signature.parameters.back().optional) least = std::min(least, count - 1);
    if (arguments.size() < least || (!signature.repeats && arguments.size() > count)) return {};
    int total = 0;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        auto const one = distance(arguments[i], signature.parameters[std::min(i, count - 1)]);
        if (!one) return {};
        total += *one;
    }
    return total;
}

std::string types_of(std::vector<ExprPtr> const& arguments) {
    std::string out;
    for (auto const& a : arguments) out += (out.empty() ? "" : ", ") + std::string(type_name(a->type));
    return out;
}

Error no_match(Function const& f, std::vector<ExprPtr> const& arguments, Span span) {
    std::size_t least = SIZE_MAX;
    std::size_t most = 0;
    for (auto const& s : f.signatures) {
        std::size_t needed = 0;
        for (auto const& p : s.parameters)
            if (!p.optional) ++needed;
        least = std::min(least, needed);
        most = std::max(most, s.repeats ? SIZE_MAX : s.parameters.size());
    }
    if (arguments.size() < least || arguments.size() > most) {
        auto const wanted = least == most ? std::to_string(least) : most == SIZE_MAX ? "at least " + std::to_string(least)
                                          : std::to_string(least) + " to " + std::to_string(most);
        return error("KS119", f.name, wanted).with({span.begin, std::min(span.begin + f.name.size(), span.end)})  // an alias may be shorter
            .with_hint(f.doc);
    }
    return error("KS127", f.name, types_of(arguments)).with(span).with_hint(f.doc);
}

}  // namespace

Result<std::vector<ExprPtr>> Binder::arguments(CallNode const& node, Rows const& rows) {
    std::vector<ExprPtr> made;
    for (auto const& a : node.arguments) {
        auto const* named = form_of<NamedNode>(*a);
        made.push_back(TRY(expression(named ? *named->value : *a, rows)));
    }
    return made;
}

Result<ExprPtr> Binder::call_table(Function const& function, std::vector<ExprPtr> args, Span span) {
    if (!function.refused.empty())
        return std::unexpected(error("hunt.not_supported", function.name).with(span).with_hint(function.refused));
    Signature const* best = nullptr;
    int least = 1'000'000;
    for (auto const& s : function.signatures) {
        auto const d = distance(args, s);
        if (d && *d < least) {
            least = *d;
            best = &s;
        }
    }
    if (!best) return std::unexpected(no_match(function, args, span));
    bool nullable = false;
    for (std::size_t i = 0; i < args.size(); ++i) {
        auto const& p = best->parameters[std::min(i, best->parameters.size() - 1)];
        if (p.kind == Kind::text) args[i] = TRY(to_text(std::move(args[i]), span));
        if (p.kind == Kind::json) args[i] = TRY(to_json(std::move(args[i]), span));
        if (p.kind == Kind::exact) args[i] = TRY(convert(std::move(args[i]), p.type, span));
        if (p.constant && !constant_of(args[i])) {
            std::vector<int> used;
            columns_used(args[i], used);
            if (!used.empty()) return std::unexpected(error("KS129", "argument " + std::to_string(i + 1) + " of " + function.name).with(span));
        }
        nullable = nullable || args[i]->nullable;
    }
    Type type = best->type;
    if (best->returns == Signature::Returns::argument && best->argument < args.size()) type = args[best->argument]->type;
    if (best->returns == Signature::Returns::common) {
        type = TRY(common_type(args, span));
        for (auto& a : args) a = TRY(convert(std::move(a), type, span));
    }
    Phrase phrase(*best);
    if (type == Type::string && !function.total) phrase = {Say::text_or_empty, {std::move(phrase)}};
    if (best->returns == Signature::Returns::argument && type == Type::int_) phrase = {Say::cast_result, {std::move(phrase)}};
    bool const never_null = type == Type::string || (function.total && !nullable);
    auto made = make_call(type, std::move(phrase), std::move(args), !never_null);
    auto copy = std::make_shared<Expr>(*made);
    auto& call_form = std::get<CallExpr>(copy->form);
    call_form.name = function.name;
    call_form.is_volatile = function.is_volatile;
    return copy;
}

Result<ExprPtr> Binder::call(CallNode const& node, Span span, Rows const& rows) {
    if (auto const* found = lookup(node.name); found && std::holds_alternative<Lambda const*>(found->value))
        return scalar_function(node, *found, span, rows);
    if (rows.paths || rows.part)
        if (auto made = graph_call(node, span, rows)) return std::move(*made);
    if (auto made = special_call(node, span, rows)) return std::move(*made);
    if (auto made = window_call(node, span, rows)) return std::move(*made);
    if (auto const* aggregate = find_aggregate(node.name)) {
        if (rows.aggregates) return aggregate_call(node, *aggregate, span, rows);
        if (!find_scalar(node.name))
            return std::unexpected(error("KS144", node.name).with(node.name_span).with_hint("Aggregates belong into summarize."));
    }
    if (auto const* function = find_scalar(node.name)) {
        auto made = TRY(call_table(*function, TRY(arguments(node, rows)), span));
        if (function->columns.empty()) return made;
        // Inside of an expression, a function of several columns gives its first one.
        return convert(make_call(Type::dynamic, Say::item, {std::move(made), make_long(0)}), function->columns[0].type, span);
    }
    auto made = error("KS211", node.name).with(node.name_span);
    auto names = scalar_names();
    names.insert(names.end(), aggregate_names().begin(), aggregate_names().end());
    if (auto const other = function_for(node.name); !other.empty())
        made.hint = "Write " + std::string(other) + (other.ends_with(')') ? "." : "().");
    else if (auto const near = nearest(node.name, names)) made.hint = "Did you mean " + *near + "?";
    return std::unexpected(std::move(made));
}

}  // namespace merlon::hunt
