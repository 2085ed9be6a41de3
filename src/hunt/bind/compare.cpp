// == != < <= > >= between types: what compares with what, and how literals adapt to the other side.
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

Error undefined(std::string const& op, Type left, Type right, Span span) {
    auto made = error("KS106", op, std::string(type_name(left)) + " and " + std::string(type_name(right))).with(span);
    auto const other = left == Type::datetime ? right : left;
    if (left != Type::datetime && right != Type::datetime) {
        if ((is_number(left) && right == Type::string) || (left == Type::string && is_number(right)))
            made.hint = "Write the number without quotes, or convert the text with todouble().";
    } else if (other == Type::timespan) {
        made.hint = "Compare a time with a time: ago(30d), now() + 30d.";
    } else if (other == Type::string || is_number(other)) {
        made.hint = "A time is written datetime(2024-01-31) or ago(7d); todatetime() reads text.";
    }
    return made;
}

ExprPtr make_compare(std::string op, ExprPtr left, ExprPtr right) {
    bool const equality = op == "==" || op == "!=";
    bool const nullable = equality ? left->nullable && right->nullable : left->nullable || right->nullable;
    return std::make_shared<Expr>(
        Expr{Type::bool_, nullable, false, CompareExpr{std::move(op), std::move(left), std::move(right)}});
}

}  // namespace

Result<ExprPtr> Binder::compare(std::string op, ExprPtr left, ExprPtr right, Span span) {
    bool const equality = op == "==" || op == "!=";
    if (left->type == Type::dynamic && right->type == Type::dynamic) {
        if (constant_of(left) || constant_of(right) || !equality)
            return std::unexpected(undefined(op, left->type, right->type, span).with_hint("Convert both sides, e.g. with tostring()."));
        return std::unexpected(undefined(op, left->type, right->type, span).with_hint("Convert both sides, e.g. with tostring()."));
    }
    if (left->type == Type::string && right->type == Type::string && !equality)
        return std::unexpected(undefined(op, left->type, right->type, span).with_hint("Text has no order here: compare versions with parse_version(a), other text with strcmp(a, b)."));
    // A dynamic takes the other side's type; a literal takes the type of what it is compared with.
    auto const adapt = [&](ExprPtr& side, ExprPtr const& other) -> Result<bool> {
        if (side->type == other->type) return true;
        if (is_number(side->type) && is_number(other->type)) return true;
        if (side->type == Type::dynamic) {
            if (other->type == Type::string && !equality) return false;
            auto const to = is_integer(other->type) ? Type::real : other->type;
            auto const nullable_text = other->type == Type::string;
            auto converted = TRY(convert(side, to, span));
            // Text of a null dynamic is null here, not '': d.x == "" is false where x is missing.
            side = nullable_text ? make_call(Type::guid, Say::null_where_null, {side, converted})
                                 : converted;
            return true;
        }
        bool const literal = constant_of(side) != nullptr;
        if (literal && side->type == Type::string) {
            if (!equality) return false;
            side = TRY(convert(side, other->type, span));
            return true;
        }
        if (literal && equality && other->type == Type::string && !constant_of(other)) {
            side = TRY(to_text(side, span));
            return true;
        }
        if (side->type == Type::bool_ && is_number(other->type)) {
            if (constant_of(side) || !constant_of(other)) side = TRY(convert(side, Type::long_, span));
            return true;
        }
        return false;
    };
    auto l = left;
    auto r = right;
    bool const left_adapts = TRY(adapt(l, right));
    bool const right_adapts = left_adapts && l->type != left->type ? true : TRY(adapt(r, l));
    if (!left_adapts && !right_adapts) {
        bool const guid_and_text = (left->type == Type::guid && right->type == Type::string) ||
                                   (left->type == Type::string && right->type == Type::guid);
        // LocalPort == Port, where Port is text: the service lets it pass, so hunts are published with it.
        bool const number_and_text = (is_number(left->type) && right->type == Type::string) ||
                                     (left->type == Type::string && is_number(right->type));
        if (number_and_text && equality) {
            auto& text = l->type == Type::string ? l : r;
            auto const& number = l->type == Type::string ? r : l;
            text = TRY(convert(text, is_integer(number->type) ? Type::long_ : Type::real, span));
        } else if (!guid_and_text || !equality) {
            return std::unexpected(undefined(op, left->type, right->type, span));
        }
    }
    bool const bool_and_number = (l->type == Type::bool_ && is_number(r->type)) || (r->type == Type::bool_ && is_number(l->type));
    if (bool_and_number) {  // IsExploitAvailable == 1
        auto& number = is_number(l->type) ? l : r;
        auto& flag = is_number(l->type) ? r : l;
        if (constant_of(number) && equality) number = TRY(convert(number, Type::bool_, span));
        else flag = TRY(convert(flag, Type::long_, span));
    }
    if ((l->type == Type::datetime && r->type == Type::timespan) || (l->type == Type::timespan && r->type == Type::datetime))
        return std::unexpected(undefined(op, left->type, right->type, span));
    return make_compare(std::move(op), std::move(l), std::move(r));
}

Result<ExprPtr> Binder::between(BetweenNode const& node, Span span, Rows const& rows) {
    auto const value = TRY(expression(*node.value, rows));
    auto const low = TRY(expression(*node.low, rows));
    auto high = TRY(expression(*node.high, rows));
    if (value->type == Type::string)
        return std::unexpected(error("KS106", "between", std::string(type_name(value->type)) + ", " +
                                         std::string(type_name(low->type)) + " and " + std::string(type_name(high->type)))
                                   .with(node.op_span));
    // x between (t .. 3d) means up to t + 3d.
    if (low->type == Type::datetime && high->type == Type::timespan) high = TRY(arithmetic('+', low, high, span));
    auto from = TRY(compare(">=", value, low, span));
    auto to = TRY(compare("<=", value, high, span));
    auto test = make_and({std::move(from), std::move(to)});
    return node.negated ? make_not(std::move(test)) : test;
}

}  // namespace merlon::hunt
