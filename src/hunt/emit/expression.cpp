// Expressions as SQL, with KQL's nulls: a comparison with one null side is false (== <) or true (!=), with two null.
#include "hunt/emit/emit.h"

namespace merlon::hunt {
namespace {

// Where a null and a false are the same (the conditions of a filter), the plain operators of the engine serve.
enum class Use { value, filter };

std::string emit(ExprPtr const& e, Use use);

bool can_be_null(ExprPtr const& e) {
    if (auto const* c = constant_of(e)) return c->is_null() && c->type != Type::string;
    return e->type != Type::string && e->nullable;
}
bool can_be_nan(ExprPtr const& e) {
    if (e->type != Type::real) return false;
    if (auto const* c = constant_of(e)) return !c->is_null() && std::get<double>(c->value) != std::get<double>(c->value);
    return e->may_be_nan;
}

// NaN equals nothing and is neither less nor greater; the engine thinks otherwise.
std::string without_nan(CompareExpr const& e, std::string const& left, std::string const& right, std::string test) {
    std::string guard;
    if (can_be_nan(e.left)) guard += " AND NOT isnan(" + left + ")";
    if (can_be_nan(e.right)) guard += " AND NOT isnan(" + right + ")";
    return guard.empty() ? test : "(" + test + guard + ")";
}

std::string emit_compare(CompareExpr const& e, Use use) {
    auto const left = emit(e.left, Use::value);
    auto const right = emit(e.right, Use::value);
    bool const left_null = can_be_null(e.left);
    bool const right_null = can_be_null(e.right);
    if (e.op != "==" && e.op != "!=")
        return without_nan(e, left, right, "(" + left + " " + e.op + " " + right + ")");
    if (e.op == "==") {
        auto const plain = without_nan(e, left, right, "(" + left + " = " + right + ")");
        if (use == Use::filter || (!left_null && !right_null)) return plain;
        if (!left_null || !right_null) return "coalesce(" + plain + ", false)";
        return "(CASE WHEN " + left + " IS NULL AND " + right + " IS NULL THEN NULL ELSE coalesce(" + plain +
               ", false) END)";
    }
    std::string differs = !left_null && !right_null ? "(" + left + " <> " + right + ")"
                                                    : "(" + left + " IS DISTINCT FROM " + right + ")";
    if (can_be_nan(e.left)) differs = "(" + differs + " OR coalesce(isnan(" + left + "), false))";
    if (can_be_nan(e.right)) differs = "(" + differs + " OR coalesce(isnan(" + right + "), false))";
    if (use == Use::filter || !left_null || !right_null) return differs;
    return "(CASE WHEN " + left + " IS NULL AND " + right + " IS NULL THEN NULL ELSE " + differs + " END)";
}

std::string fill(CallExpr const& call) {
    std::vector<std::string> made(call.arguments.size());
    auto const argument = [&](std::size_t i) -> std::string const& {
        if (made[i].empty()) made[i] = emit(call.arguments[i], Use::value);
        return made[i];
    };
    std::string out;
    std::string_view const sql = call.sql;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        if (sql[i] == '{' && i + 1 < sql.size() && sql[i + 1] == '{') {
            out += '{';
            ++i;
        } else if (sql[i] == '}' && i + 1 < sql.size() && sql[i + 1] == '}') {
            out += '}';
            ++i;
        } else if (sql[i] != '{') {
            out += sql[i];
        } else {
            auto const close = sql.find('}', i);
            auto inside = sql.substr(i + 1, close - i - 1);
            bool const rest = inside.ends_with('*');
            if (rest) inside.remove_suffix(1);
            std::size_t index = 0;
            for (char c : inside) index = index * 10 + static_cast<std::size_t>(c - '0');
            if (!rest) {
                if (index < made.size()) out += argument(index);
            } else {
                for (auto k = index; k < made.size(); ++k) out += (k > index ? ", " : "") + argument(k);
            }
            i = close;
        }
    }
    return out;
}

struct Emitter {
    ExprPtr const& self;
    Use use;

    std::string operator()(ColumnExpr const& e) const { return "c" + std::to_string(e.id); }
    std::string operator()(ConstantExpr const& e) const { return emit_constant(e.value); }
    std::string operator()(CallExpr const& e) const { return fill(e); }
    std::string operator()(CompareExpr const& e) const { return emit_compare(e, use); }
    std::string operator()(LogicExpr const& e) const {
        std::string out = "(";
        for (std::size_t i = 0; i < e.operands.size(); ++i) {
            if (i > 0) out += e.is_or ? " OR " : " AND ";
            out += emit(e.operands[i], use);
        }
        return out + ")";
    }
    std::string operator()(NotExpr const& e) const { return "(NOT " + emit(e.operand, Use::value) + ")"; }
    std::string operator()(InPlanExpr const& e) const {
        auto const column = "c" + std::to_string(e.column);
        auto const rows = "(SELECT " + (e.fold_case ? "kql_fold(" + column + ")" : column) + " FROM (" +
                          emit_plan(e.plan) + ") q WHERE " + column + " IS NOT NULL)";
        auto const value = emit(e.value, Use::value);
        auto const test = "(" + (e.fold_case ? "kql_fold(" + value + ")" : value) + " IN " + rows + ")";
        return use == Use::filter ? test : "coalesce(" + test + ", false)";
    }
    std::string operator()(ScalarPlanExpr const& e) const {
        auto const column = "c" + std::to_string(e.column);
        auto const value = e.aggregate.empty() ? column : e.aggregate;
        auto text = "(SELECT " + value + " FROM (" + emit_plan(e.plan) + ") q" + (e.aggregate.empty() ? " LIMIT 1)" : ")");
        return self->type == Type::string ? "coalesce(" + text + ", '')" : text;
    }
};

std::string emit(ExprPtr const& e, Use use) { return std::visit(Emitter{e, use}, e->form); }

}  // namespace

std::string emit_expression(ExprPtr const& e) { return emit(e, Use::value); }
std::string emit_predicate(ExprPtr const& e) { return emit(e, Use::filter); }

}  // namespace merlon::hunt
