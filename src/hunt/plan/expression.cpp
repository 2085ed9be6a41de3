#include "hunt/plan/plan.h"

namespace merlon::hunt {
namespace {

template <typename Visit>
void each_operand(Expr const& e, Visit visit) {
    if (auto const* call = std::get_if<CallExpr>(&e.form))
        for (auto const& a : call->arguments) visit(a);
    if (auto const* compare = std::get_if<CompareExpr>(&e.form)) visit(compare->left), visit(compare->right);
    if (auto const* logic = std::get_if<LogicExpr>(&e.form))
        for (auto const& a : logic->operands) visit(a);
    if (auto const* negation = std::get_if<NotExpr>(&e.form)) visit(negation->operand);
    if (auto const* in = std::get_if<InPlanExpr>(&e.form)) visit(in->value);
}

bool any_call(ExprPtr const& e, bool CallExpr::*flag) {
    if (auto const* call = std::get_if<CallExpr>(&e->form))
        if (call->*flag) return true;
    bool found = false;
    each_operand(*e, [&](ExprPtr const& a) { found = found || any_call(a, flag); });
    return found;
}

}  // namespace

Constant const* constant_of(ExprPtr const& e) {
    auto const* constant = std::get_if<ConstantExpr>(&e->form);
    return constant ? &constant->value : nullptr;
}
std::optional<int> column_of(ExprPtr const& e) {
    auto const* column = std::get_if<ColumnExpr>(&e->form);
    return column ? std::optional(column->id) : std::nullopt;
}
bool has_window(ExprPtr const& e) { return any_call(e, &CallExpr::is_window); }
bool is_volatile(ExprPtr const& e) { return any_call(e, &CallExpr::is_volatile); }

void columns_used(ExprPtr const& e, std::vector<int>& out) {
    if (auto const column = column_of(e)) out.push_back(*column);
    each_operand(*e, [&](ExprPtr const& a) { columns_used(a, out); });
}

int size_of(ExprPtr const& e) {
    int size = 1;
    each_operand(*e, [&](ExprPtr const& a) {
        if (size < 10'000) size += size_of(a);
    });
    return size;
}

}  // namespace merlon::hunt
