// Expressions as SQL, with KQL's nulls: a comparison with one null side is false (== <) or true (!=), with two null.
#include "hunt/emit/emission.h"

namespace merlon::hunt {
namespace {

bool can_be_null(ExprPtr const& e) {
    if (auto const* c = constant_of(e)) return c->is_null() && c->type != Type::string;
    return e->type != Type::string && e->nullable;
}
bool can_be_nan(ExprPtr const& e) {
    if (e->type != Type::real) return false;
    if (auto const* c = constant_of(e)) return !c->is_null() && std::get<double>(c->value) != std::get<double>(c->value);
    return e->may_be_nan;
}

Say word_of(std::string_view op) {
    return op == "<" ? Say::less : op == "<=" ? Say::less_or_equal : op == ">" ? Say::greater : Say::greater_or_equal;
}

struct ExpressionEmitter {
    Emission& out;
    ExprPtr const& self;
    Use use;

    // NaN equals nothing and is neither less nor greater; the engine thinks otherwise.
    std::string without_nan(CompareExpr const& e, std::string const& left, std::string const& right, std::string test) const {
        std::string guard;
        if (can_be_nan(e.left)) guard += out.say(Say::and_not_nan, left);
        if (can_be_nan(e.right)) guard += out.say(Say::and_not_nan, right);
        return guard.empty() ? test : "(" + test + guard + ")";
    }

    std::string operator()(CompareExpr const& e) const {
        auto const left = out.expression(e.left, Use::value);
        auto const right = out.expression(e.right, Use::value);
        bool const left_null = can_be_null(e.left);
        bool const right_null = can_be_null(e.right);
        if (e.op != "==" && e.op != "!=") return without_nan(e, left, right, out.say(word_of(e.op), left, right));
        if (e.op == "==") {
            auto const plain = without_nan(e, left, right, out.say(Say::equal, left, right));
            if (use == Use::filter || (!left_null && !right_null)) return plain;
            auto const equal = out.say(Say::false_if_null, plain);
            return left_null && right_null ? out.say(Say::null_if_both_null, left, right, equal) : equal;
        }
        auto differs = out.say(!left_null && !right_null ? Say::not_equal : Say::is_distinct, left, right);
        if (can_be_nan(e.left)) differs = out.say(Say::or_nan, differs, left);
        if (can_be_nan(e.right)) differs = out.say(Say::or_nan, differs, right);
        if (use == Use::filter || !left_null || !right_null) return differs;
        return out.say(Say::null_if_both_null, left, right, differs);
    }
    std::string operator()(ColumnExpr const& e) const { return "c" + std::to_string(e.id); }
    std::string operator()(ConstantExpr const& e) const { return out.constant(e.value); }
    std::string operator()(CallExpr const& e) const {
        std::string text;
        Emission::Slots slots{&e.arguments, nullptr, self->type};
        slots.of = e.name;
        out.put(e.phrase, slots, text);
        return text;
    }
    std::string operator()(LogicExpr const& e) const {
        std::string text = "(";
        for (std::size_t i = 0; i < e.operands.size(); ++i) {
            if (i > 0) text += out.say(e.is_or ? Say::or_between : Say::and_between);
            text += out.expression(e.operands[i], use);
        }
        return text + ")";
    }
    std::string operator()(NotExpr const& e) const { return out.say(Say::negated, out.expression(e.operand, Use::value)); }
    std::string operator()(InPlanExpr const& e) const {
        auto const column = "c" + std::to_string(e.column);
        auto const folded = [&](std::string text) { return e.fold_case ? out.say(Say::folded, text) : text; };
        auto const rows = out.plan(e.plan);
        auto const test = out.say(Say::in_rows, folded(out.expression(e.value, Use::value)), folded(column), rows, column);
        return use == Use::filter ? test : out.say(Say::false_if_null, test);
    }
    std::string operator()(ScalarPlanExpr const& e) const {
        auto const rows = out.plan(e.plan);
        std::string aggregate;
        Emission::Slots slots;
        if (!is_empty(e.aggregate)) out.put(e.aggregate, slots, aggregate);
        auto text = aggregate.empty() ? out.say(Say::first_value_of, "c" + std::to_string(e.column), rows)
                                      : out.say(Say::aggregate_of, aggregate, rows);
        return self->type == Type::string ? out.say(Say::text_or_empty, text) : text;
    }
};

}  // namespace

std::string Emission::expression(ExprPtr const& e, Use use) { return std::visit(ExpressionEmitter{*this, e, use}, e->form); }

Result<std::string> emit_value(ExprPtr const& e, Dialect const& dialect) {
    Emission out(dialect);
    auto const value = out.expression(e, Use::value);
    return out.answer(out.say(Say::select, value));
}
std::string show_expression(ExprPtr const& e, Dialect const& dialect) { return Emission(dialect).expression(e, Use::value); }
std::string show_predicate(ExprPtr const& e, Dialect const& dialect) { return Emission(dialect).expression(e, Use::filter); }
std::string show_phrase(Phrase const& phrase, Dialect const& dialect) {
    std::string text;
    Emission::Slots slots;
    slots.shown = true;
    Emission(dialect).put(phrase, slots, text);
    return text;
}

}  // namespace merlon::hunt
