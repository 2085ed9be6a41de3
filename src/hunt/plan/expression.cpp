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

ExprPtr with_plans(ExprPtr const& e, std::function<PlanPtr(PlanPtr const&, int, bool)> const& change) {
    if (column_of(e) || constant_of(e)) return e;
    std::shared_ptr<Expr> made;
    auto const own = [&]() -> Expr& {
        if (!made) made = std::make_shared<Expr>(*e);
        return *made;
    };
    auto const operands = [&](std::vector<ExprPtr> const& all, auto&& of) {
        for (std::size_t i = 0; i < all.size(); ++i)
            if (auto next = with_plans(all[i], change); next != all[i]) of(own())[i] = std::move(next);
    };
    auto const operand = [&](ExprPtr const& one, auto&& of) {
        if (auto next = with_plans(one, change); next != one) of(own()) = std::move(next);
    };
    if (auto const* call = std::get_if<CallExpr>(&e->form))
        operands(call->arguments, [](Expr& x) -> auto& { return std::get<CallExpr>(x.form).arguments; });
    if (auto const* compare = std::get_if<CompareExpr>(&e->form)) {
        operand(compare->left, [](Expr& x) -> auto& { return std::get<CompareExpr>(x.form).left; });
        operand(compare->right, [](Expr& x) -> auto& { return std::get<CompareExpr>(x.form).right; });
    }
    if (auto const* logic = std::get_if<LogicExpr>(&e->form))
        operands(logic->operands, [](Expr& x) -> auto& { return std::get<LogicExpr>(x.form).operands; });
    if (auto const* negation = std::get_if<NotExpr>(&e->form))
        operand(negation->operand, [](Expr& x) -> auto& { return std::get<NotExpr>(x.form).operand; });
    if (auto const* in = std::get_if<InPlanExpr>(&e->form)) {
        operand(in->value, [](Expr& x) -> auto& { return std::get<InPlanExpr>(x.form).value; });
        if (auto next = change(in->plan, in->column, true); next != in->plan) std::get<InPlanExpr>(own().form).plan = std::move(next);
    }
    if (auto const* scalar = std::get_if<ScalarPlanExpr>(&e->form))
        if (auto next = change(scalar->plan, scalar->column, false); next != scalar->plan) std::get<ScalarPlanExpr>(own().form).plan = std::move(next);
    return made ? ExprPtr(made) : e;
}

}  // namespace merlon::hunt
