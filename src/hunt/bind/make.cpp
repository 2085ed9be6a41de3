#include "hunt/bind/binder.h"

namespace merlon::hunt {

ExprPtr make_column(Column const& c) {
    return std::make_shared<Expr>(Expr{c.type, c.nullable && c.type != Type::string, c.may_be_nan, ColumnExpr{c.id}});
}
ExprPtr make_constant(Constant value) {
    bool const null = value.is_null();
    auto const type = value.type;
    bool const nan = type == Type::real && !null && std::isnan(std::get<double>(value.value));
    return std::make_shared<Expr>(Expr{type, null && type != Type::string, nan, ConstantExpr{std::move(value)}});
}
ExprPtr make_call(Type type, Phrase phrase, std::vector<ExprPtr> arguments, bool nullable) {
    return std::make_shared<Expr>(
        Expr{type, nullable && type != Type::string, true, CallExpr{std::move(phrase), std::move(arguments), false, false, ""}});
}
ExprPtr make_window(Type type, Phrase phrase, std::vector<ExprPtr> arguments, bool nullable) {
    return std::make_shared<Expr>(
        Expr{type, nullable && type != Type::string, true, CallExpr{std::move(phrase), std::move(arguments), false, true, ""}});
}
Phrase in_order(std::size_t argument, bool descending, bool nulls_first) {
    return {Say::sort_key, {slot(argument), descending ? Say::descending : Say::ascending, nulls_first ? Say::nulls_first : Say::nulls_last}};
}
Phrase in_parts(std::vector<Phrase> keys, std::vector<Phrase> order) {
    std::vector<Phrase> clauses;
    if (!keys.empty()) clauses.push_back({Say::partition_by, std::move(keys)});
    if (!order.empty()) clauses.push_back({Say::in_order_of, std::move(order)});
    return joined(Say::space, std::move(clauses));
}
ExprPtr make_text(std::string text) { return make_constant({Type::string, std::move(text)}); }
ExprPtr make_long(std::int64_t value) { return make_constant({Type::long_, value}); }
ExprPtr make_bool(bool value) { return make_constant({Type::bool_, value}); }
ExprPtr make_null(Type type) {
    if (type == Type::string) return make_text("");
    return make_constant({type, {}});
}
ExprPtr make_not(ExprPtr e) {
    bool const nullable = e->nullable;
    return std::make_shared<Expr>(Expr{Type::bool_, nullable, false, NotExpr{std::move(e)}});
}
namespace {
ExprPtr make_logic(bool is_or, std::vector<ExprPtr> operands) {
    if (operands.empty()) return make_bool(!is_or);
    if (operands.size() == 1) return operands[0];
    bool nullable = false;
    for (auto const& o : operands) nullable = nullable || o->nullable;
    return std::make_shared<Expr>(Expr{Type::bool_, nullable, false, LogicExpr{is_or, std::move(operands)}});
}
}  // namespace
ExprPtr make_and(std::vector<ExprPtr> operands) { return make_logic(false, std::move(operands)); }
ExprPtr make_or(std::vector<ExprPtr> operands) { return make_logic(true, std::move(operands)); }

}  // namespace merlon::hunt
