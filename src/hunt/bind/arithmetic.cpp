// + - * / % and unary minus (semantics guide, section 5): int arithmetic gives long, long wraps, x/0 is null.
#include <cmath>

#include "base/time.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

Error undefined(char op, Type left, Type right, Span span) {
    auto made = error("KS106", std::string(1, op), std::string(type_name(left)) + " and " + std::string(type_name(right)))
                    .with(span);
    if (op == '+' && (left == Type::string || right == Type::string)) made.hint = "Join text with strcat(a, b).";
    else if ((is_time(left) && is_number(right)) || (is_number(left) && is_time(right))) made.hint = "A span of time has a unit: 7d, 12h, 30m.";
    return made;
}

std::optional<std::int64_t> integer_of(ExprPtr const& e) {
    auto const* c = constant_of(e);
    if (!c || c->is_null()) return {};
    auto const* value = std::get_if<std::int64_t>(&c->value);
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> fold(char op, std::int64_t a, std::int64_t b) {
    auto const ua = static_cast<std::uint64_t>(a);
    auto const ub = static_cast<std::uint64_t>(b);
    switch (op) {
        case '+': return static_cast<std::int64_t>(ua + ub);
        case '-': return static_cast<std::int64_t>(ua - ub);
        case '*': return static_cast<std::int64_t>(ua * ub);
        case '/':
            if (b == 0) return {};
            return b == -1 ? static_cast<std::int64_t>(0 - ua) : a / b;
        default: {
            if (b == 0) return {};
            if (b == -1) return 0;
            auto const rest = a % b;
            return rest < 0 ? rest + std::abs(b) : rest;
        }
    }
}

Say over_whole_numbers(char op) {
    switch (op) {
        case '+': return Say::wrap_add;
        case '-': return Say::wrap_subtract;
        case '*': return Say::wrap_multiply;
        case '/': return Say::whole_divide;
        default: return Say::modulo;
    }
}

Say over_others(char op) {
    switch (op) {
        case '+': return Say::add;
        case '-': return Say::subtract;
        case '*': return Say::multiply;
        case '/': return Say::divide;
        default: return Say::modulo;
    }
}

ExprPtr over_integers(char op, Type result, ExprPtr left, ExprPtr right) {
    if (auto const a = integer_of(left), b = integer_of(right); a && b) {
        auto const value = fold(op, *a, *b);
        return value ? make_constant({result, *value}) : make_null(result);
    }
    bool const may_fail = op == '/' || op == '%';
    bool const nullable = may_fail || left->nullable || right->nullable;
    return make_call(result, over_whole_numbers(op), {std::move(left), std::move(right)}, nullable);
}

// datetime +- timespan: null outside of the years 1 to 9999.
ExprPtr over_times(char op, ExprPtr left, ExprPtr right) {
    if (left->type == Type::timespan) std::swap(left, right);
    if (auto const a = integer_of(left), b = integer_of(right); a && b) {
        std::int64_t sum = 0;
        bool const overflow = op == '+' ? __builtin_add_overflow(*a, *b, &sum) : __builtin_sub_overflow(*a, *b, &sum);
        if (overflow || sum < 0 || sum > max_datetime_ticks) return make_null(Type::datetime);
        return make_constant({Type::datetime, sum});
    }
    return make_call(Type::datetime, op == '+' ? Say::add_to_datetime : Say::subtract_from_datetime,
                     {std::move(left), std::move(right)});
}

ExprPtr over_reals(char op, Type result, ExprPtr left, ExprPtr right) {
    bool const nullable = op == '%' || left->nullable || right->nullable;
    return make_call(result, over_others(op), {std::move(left), std::move(right)}, nullable);
}

// Sums and products keep all digits; quotients and remainders go through reals, as recorded answers of the engine do.
ExprPtr over_decimals(char op, ExprPtr left, ExprPtr right) {
    if (op == '+' || op == '-') return make_call(Type::decimal, over_others(op), {std::move(left), std::move(right)});
    if (op == '*') return make_call(Type::decimal, Say::decimal_product, {std::move(left), std::move(right)});
    auto value = over_reals(op, Type::real, make_call(Type::real, Say::cast, {std::move(left)}),
                            make_call(Type::real, Say::cast, {std::move(right)}));
    return make_call(Type::decimal, Say::cast_or_null, {std::move(value)});
}

}  // namespace

Result<ExprPtr> Binder::arithmetic(char op, ExprPtr left, ExprPtr right, Span span) {
    auto l = left->type;
    auto r = right->type;
    if (l == Type::dynamic && r != Type::dynamic && (is_number(r) || is_time(r))) {
        auto const wanted = r == Type::timespan && (op == '+' || op == '-') ? Type::datetime : r == Type::int_ ? Type::long_ : r;
        left = TRY(convert(std::move(left), wanted, span));
        l = left->type;
    } else if (r == Type::dynamic && l != Type::dynamic && (is_number(l) || is_time(l))) {
        right = TRY(convert(std::move(right), l == Type::int_ ? Type::long_ : l, span));
        r = right->type;
    }
    if (is_number(l) && is_number(r)) {
        if (is_integer(l) && is_integer(r)) return over_integers(op, Type::long_, std::move(left), std::move(right));
        if (l == Type::decimal || r == Type::decimal) return over_decimals(op, widen(std::move(left), Type::decimal), widen(std::move(right), Type::decimal));
        return over_reals(op, Type::real, widen(std::move(left), Type::real), widen(std::move(right), Type::real));
    }
    bool const plus_minus = op == '+' || op == '-';
    if (l == Type::datetime && r == Type::datetime && op == '-')
        return over_integers(op, Type::timespan, std::move(left), std::move(right));
    if (l == Type::datetime && r == Type::timespan && plus_minus)
        return over_times(op, std::move(left), std::move(right));
    if (l == Type::timespan && r == Type::datetime && op == '+')
        return over_times(op, std::move(left), std::move(right));
    if (l == Type::timespan && r == Type::timespan && plus_minus)
        return over_integers(op, Type::timespan, std::move(left), std::move(right));
    if (is_time(l) && r == Type::timespan && op == '%')
        return over_integers(op, Type::timespan, std::move(left), std::move(right));
    if (is_time(l) && r == Type::timespan && op == '/')
        return make_call(Type::real, Say::time_ratio, {std::move(left), std::move(right)});
    if ((l == Type::timespan && is_integer(r) && (op == '*' || op == '/')) || (is_integer(l) && r == Type::timespan && op == '*'))
        return over_integers(op, Type::timespan, std::move(left), std::move(right));
    if ((l == Type::timespan && is_number(r) && (op == '*' || op == '/')) || (is_number(l) && r == Type::timespan && op == '*'))
        return make_call(Type::timespan, op == '*' ? Say::time_multiplied : Say::time_divided,
                         {std::move(left), std::move(right)});
    return std::unexpected(undefined(op, l, r, span));
}

Result<ExprPtr> Binder::negate(ExprPtr operand, Span span) {
    auto const type = operand->type;
    if (auto const* c = constant_of(operand); c && !c->is_null()) {
        if (auto const* value = std::get_if<std::int64_t>(&c->value); value && (is_integer(type) || type == Type::timespan))
            return make_constant({type, static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(*value))});
        if (auto const* value = std::get_if<double>(&c->value)) return make_constant({type, -*value});
    }
    if (is_integer(type)) return over_integers('-', Type::long_, make_long(0), std::move(operand));
    if (type == Type::timespan) return over_integers('-', Type::timespan, make_constant({type, std::int64_t{0}}), std::move(operand));
    if (type == Type::real || type == Type::decimal) {
        bool const nullable = operand->nullable;
        return make_call(type, Say::minus, {std::move(operand)}, nullable);
    }
    return std::unexpected(error("KS106", "-", std::string(type_name(type))).with(span));
}

}  // namespace merlon::hunt
