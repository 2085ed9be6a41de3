// Conversions, all of which go through the function table's own toT() entries, and constants.
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "hunt/bind/binder.h"
#include "hunt/emit/emit.h"
#include "hunt/parse/literals.h"

namespace merlon::hunt {
namespace {

std::string_view converter(Type type) {
    switch (type) {
        case Type::bool_: return "tobool";
        case Type::int_: return "toint";
        case Type::long_: return "tolong";
        case Type::real: return "todouble";
        case Type::decimal: return "todecimal";
        case Type::string: return "tostring";
        case Type::datetime: return "todatetime";
        case Type::timespan: return "totimespan";
        case Type::guid: return "toguid";
        case Type::dynamic: return "parse_json";
    }
    return "tostring";
}

// Conversions of literals that need no engine.
std::optional<Constant> fold(Constant const& c, Type to) {
    if (c.is_null()) return to == Type::string ? Constant{to, std::string{}} : Constant{to, {}};
    if (c.type == to) return c;
    auto const* integer = std::get_if<std::int64_t>(&c.value);
    if (is_integer(c.type) && integer) {
        if (to == Type::long_) return Constant{to, *integer};
        if (to == Type::int_) return Constant{to, static_cast<std::int64_t>(static_cast<std::int32_t>(*integer))};
        if (to == Type::real) return Constant{to, static_cast<double>(*integer)};
        if (to == Type::decimal || to == Type::string) return Constant{to, std::to_string(*integer)};
        if (to == Type::bool_) return Constant{to, *integer != 0};
    }
    if (c.type == Type::real && to == Type::decimal) {
        auto const value = std::get<double>(c.value);
        return std::isfinite(value) ? Constant{to, fmt::format("{}", value)} : Constant{to, {}};
    }
    if (c.type == Type::real && is_integer(to)) {
        auto const value = std::get<double>(c.value);
        if (std::abs(value) < 9e18) return Constant{to, static_cast<std::int64_t>(std::trunc(value))};
    }
    if (c.type == Type::string) {
        auto const& text = std::get<std::string>(c.value);
        if (to == Type::guid)
            if (auto guid = read_guid_text(text)) return Constant{to, std::move(*guid)};
        if (to == Type::datetime)
            if (auto const ticks = parse_iso_time(text)) return Constant{to, *ticks};
        if (to == Type::long_)
            if (auto const value = to_int(text)) return Constant{to, *value};
    }
    if (c.type == Type::guid && to == Type::string) return Constant{to, c.value};
    if (c.type == Type::bool_ && to == Type::string) return Constant{to, std::string(std::get<bool>(c.value) ? "True" : "False")};
    if (c.type == Type::bool_ && is_integer(to)) return Constant{to, std::int64_t{std::get<bool>(c.value) ? 1 : 0}};
    return {};
}

std::optional<std::string> json_of(Constant const& c) {
    if (c.is_null()) return "null";
    switch (c.type) {
        case Type::bool_: return std::get<bool>(c.value) ? "true" : "false";
        case Type::int_:
        case Type::long_: return std::to_string(std::get<std::int64_t>(c.value));
        case Type::real:
            if (!std::isfinite(std::get<double>(c.value))) return {};
            return json_real(std::get<double>(c.value));
        case Type::string:
        case Type::guid: return json_string(std::get<std::string>(c.value));
        case Type::datetime: return json_string(iso_time(std::get<std::int64_t>(c.value)));
        case Type::timespan: return json_string(timespan_text(std::get<std::int64_t>(c.value)));
        case Type::dynamic: return std::get<std::string>(c.value);
        case Type::decimal: return {};
    }
    return {};
}

}  // namespace

Result<ExprPtr> Binder::convert(ExprPtr e, Type to, Span span) {
    if (e->type == to) return e;
    if (auto const* c = constant_of(e))
        if (auto folded = fold(*c, to)) return make_constant(std::move(*folded));
    if (to == Type::dynamic) return to_json(std::move(e), span);
    if (is_number(e->type) && is_number(to) && !(is_integer(to) && !is_integer(e->type)) && to != Type::int_) return widen(std::move(e), to);
    auto const* function = find_scalar(converter(to));
    if (!function) return std::unexpected(error("hunt.not_supported", std::string(converter(to))).with(span));
    return call_table(*function, {std::move(e)}, span);
}

Result<ExprPtr> Binder::to_text(ExprPtr e, Span span) { return convert(std::move(e), Type::string, span); }

Result<ExprPtr> Binder::to_json(ExprPtr e, Span span) {
    if (auto const* c = constant_of(e)) {
        if (c->is_null() && c->type != Type::string) return make_null(Type::dynamic);
        if (auto json = json_of(c->type == Type::string && c->is_null() ? Constant{Type::string, std::string{}} : *c))
            return make_constant({Type::dynamic, std::move(*json)});
    }
    bool const nullable = e->nullable;
    switch (e->type) {
        case Type::dynamic: return e;
        case Type::bool_: return make_call(Type::dynamic, Say::json_bool, {std::move(e)}, nullable);
        case Type::int_:
        case Type::long_: return make_call(Type::dynamic, over_arguments(Say::json_number, 1), {std::move(e)}, nullable);
        case Type::real: return make_call(Type::dynamic, over_arguments(Say::json_real, 1), {std::move(e)}, nullable);
        case Type::datetime: return make_call(Type::dynamic, over_arguments(Say::json_datetime, 1), {std::move(e)}, nullable);
        case Type::timespan: return make_call(Type::dynamic, over_arguments(Say::json_timespan, 1), {std::move(e)}, nullable);
        case Type::string: return make_call(Type::dynamic, over_arguments(Say::json_string, 1), {std::move(e)}, nullable);
        case Type::guid:  // the empty text of a null is JSON's null
        case Type::decimal: {
            auto text = TRY(to_text(std::move(e), span));
            return make_call(Type::dynamic, over_arguments(Say::json_guid, 1), {std::move(text)}, nullable);
        }
    }
    return e;
}

ExprPtr Binder::widen(ExprPtr e, Type to) {
    if (e->type == to) return e;
    if (auto const* c = constant_of(e))
        if (auto folded = fold(*c, to)) return make_constant(std::move(*folded));
    bool const nullable = e->nullable;
    auto made = make_call(to, Say::cast, {e}, nullable);
    if (is_integer(e->type)) return std::make_shared<Expr>(Expr{to, nullable, false, made->form});
    return made;
}

// One type of all branches: int and long mix, dynamic takes the type of the others, real and long do not mix (SEM0525).
Result<Type> Binder::common_type(std::vector<ExprPtr> const& values, Span span) const {
    std::optional<Type> common;
    for (auto const& v : values) {
        if (v->type == Type::dynamic || common == v->type) continue;
        if (!common) common = v->type;
        else if (is_integer(*common) && is_integer(v->type)) common = Type::long_;
        else
            return std::unexpected(error("SEM0525", std::string(type_name(*common)), std::string(type_name(v->type)))
                                       .with(span)
                                       .with_hint("Convert one side, e.g. with todouble() or tostring()."));
    }
    return common.value_or(Type::dynamic);
}

Result<Constant> Binder::constant(Node const& node, std::string_view what) {
    auto const e = TRY(expression(node, {}));
    if (auto const* c = constant_of(e)) return *c;
    std::vector<int> used;
    columns_used(e, used);
    if (!used.empty() || !options.run_now)
        return std::unexpected(error("KS129", std::string(what)).with(node.span));
    auto const cells = TRY(options.run_now(TRY(emit_value(e, *options.dialect))));
    Constant made{e->type, {}};
    if (cells.empty() || cells[0].empty() || !cells[0][0]) {
        if (e->type == Type::string) made.value = std::string{};
        return made;
    }
    auto const& text = *cells[0][0];
    switch (e->type) {
        case Type::bool_: made.value = text == "true"; break;
        case Type::int_:
        case Type::long_:
        case Type::datetime:
        case Type::timespan: made.value = to_int(text).value_or(0); break;
        case Type::real: made.value = to_double(text).value_or(std::nan("")); break;
        default: made.value = text; break;
    }
    return made;
}

Result<std::int64_t> Binder::constant_integer(Node const& node, std::string_view what) {
    auto const c = TRY(constant(node, what));
    if (auto const* value = std::get_if<std::int64_t>(&c.value)) return *value;
    if (auto const* value = std::get_if<double>(&c.value); value && std::abs(*value) < 9e18) return static_cast<std::int64_t>(*value);
    return std::unexpected(error("KS107", "long").with(node.span));
}

Result<std::string> Binder::constant_text(Node const& node, std::string_view what) {
    auto const c = TRY(constant(node, what));
    if (c.type == Type::string || c.type == Type::dynamic || c.type == Type::guid) {
        if (c.is_null()) return std::string{};
        return std::get<std::string>(c.value);
    }
    return std::unexpected(error("KS107", "string").with(node.span));
}

}  // namespace merlon::hunt
