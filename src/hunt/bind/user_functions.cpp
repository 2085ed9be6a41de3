// Functions made by let: parameters become names, the body is bound where it was written.
#include "hunt/bind/binder.h"

namespace merlon::hunt {

Status Binder::bind_parameters(CallNode const& node, Lambda const& lambda, Span span, std::optional<Relation> first,
                               Rows const& rows, ScopePtr& inner) {
    std::size_t given = 0;
    for (auto const& p : lambda.parameters) {
        if (p.tabular) {
            Relation relation;
            if (first) {
                relation = std::move(*first);
                first.reset();
            } else {
                if (given >= node.arguments.size()) return std::unexpected(error("KS119", node.name, std::to_string(lambda.parameters.size())).with(span));
                relation = TRY(source(*node.arguments[given++]));
            }
            for (auto const& c : p.columns)
                if (!relation.find(c.name.text)) {
                    Rows only;
                    only.columns = &relation.columns;
                    return std::unexpected(unknown_name(c.name.text, span, only));
                }
            inner = std::make_shared<Scope>(Scope{p.name.text, std::move(relation), inner});
            continue;
        }
        ExprPtr value;
        NodePtr const* argument = given < node.arguments.size() ? &node.arguments[given] : nullptr;
        for (auto const& a : node.arguments)
            if (auto const* named = form_of<NamedNode>(*a); named && named->names.size() == 1 && named->names[0].text == p.name.text) argument = &a;
        if (argument) {
            ++given;
            auto const* named = form_of<NamedNode>(**argument);
            value = TRY(expression(named ? *named->value : **argument, rows));
        } else if (p.fallback) {
            value = TRY(expression(*p.fallback, {}));
        } else {
            return std::unexpected(error("KS119", node.name, std::to_string(lambda.parameters.size())).with(span));
        }
        if (value->type != p.type) {
            bool const near = (is_number(value->type) && is_number(p.type)) || constant_of(value) || p.type == Type::dynamic ||
                              value->type == Type::dynamic;
            if (!near) return std::unexpected(error("KS107", std::string(type_name(p.type))).with((*argument)->span));
            value = TRY(convert(std::move(value), p.type, span));
        }
        inner = std::make_shared<Scope>(Scope{p.name.text, std::move(value), inner});
    }
    if (given < node.arguments.size())
        return std::unexpected(error("KS119", node.name, std::to_string(lambda.parameters.size())).with(span));
    return {};
}

Result<ExprPtr> Binder::scalar_function(CallNode const& node, Scope const& found, Span span, Rows const& rows) {
    auto const& lambda = *std::get<Lambda const*>(found.value);
    if (++call_depth_ > options.limits.statement_depth) return std::unexpected(error("hunt.too_deep", std::to_string(options.limits.statement_depth)).with(span));
    auto inner = found.parent;
    auto result = [&]() -> Result<ExprPtr> {
        TRY(bind_parameters(node, lambda, span, {}, rows, inner));
        auto const before = std::exchange(scope, inner);
        auto made = [&]() -> Result<ExprPtr> {
            for (auto const& statement : lambda.lets)
                if (auto const* l = std::get_if<LetStatement>(&statement.form)) TRY(let(*l));
            if (!lambda.body->operators.empty() || !lambda.body->source)
                return std::unexpected(error("KS107", "scalar").with(span).with_hint("The function gives a table; use toscalar()."));
            Rows none;
            none.aggregates = rows.aggregates;
            return expression(*lambda.body->source, none);
        }();
        scope = before;
        return made;
    }();
    --call_depth_;
    return result;
}

Result<Relation> Binder::tabular_function(CallNode const& node, Scope const& found, Span span, std::optional<Relation> first) {
    auto const& lambda = *std::get<Lambda const*>(found.value);
    if (++call_depth_ > options.limits.statement_depth) return std::unexpected(error("hunt.too_deep", std::to_string(options.limits.statement_depth)).with(span));
    auto inner = found.parent;
    auto result = [&]() -> Result<Relation> {
        TRY(bind_parameters(node, lambda, span, std::move(first), {}, inner));
        auto const before = std::exchange(scope, inner);
        auto made = [&]() -> Result<Relation> {
            for (auto const& statement : lambda.lets)
                if (auto const* l = std::get_if<LetStatement>(&statement.form)) TRY(let(*l));
            return query(*lambda.body);
        }();
        scope = before;
        return made;
    }();
    --call_depth_;
    if (result) result->name = node.name;
    return result;
}

}  // namespace merlon::hunt
