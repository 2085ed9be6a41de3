// Plan-level rewrites: columns nobody reads are dropped, filters move towards the scans.
#include <set>

#include "hunt/plan/plan.h"

namespace merlon::hunt {
namespace {

using Needed = std::set<int>;

void add_columns(ExprPtr const& e, Needed& needed) {
    std::vector<int> used;
    columns_used(e, used);
    needed.insert(used.begin(), used.end());
}

// Relations computed once are read in several places: what all of these need is gathered first.
struct Sharing {
    std::map<int, Needed> needed;
    std::map<int, PlanPtr> made;
    bool gathering = true;
};
thread_local Sharing* sharing = nullptr;

PlanPtr keep(PlanPtr const& p, Needed needed);
PlanPtr push(PlanPtr const& p, std::vector<ExprPtr> tests);

// Queries inside of an expression give one column.
ExprPtr pruned_inside(ExprPtr const& e) {
    return with_plans(e, [](PlanPtr const& plan, int column, bool) { return keep(push(plan, {}), {column}); });
}

struct Prune {
    Needed needed;
    PlanPtr const& self;

    PlanPtr operator()(ScanPlan p) const {
        std::erase_if(p.fields, [&](ScanPlan::Field const& f) { return !needed.contains(f.id); });
        return make_plan(std::move(p));
    }
    PlanPtr operator()(ValuesPlan const&) const { return self; }
    PlanPtr operator()(ProjectPlan p) const {
        std::erase_if(p.items, [&](Item const& i) { return !needed.contains(i.id); });
        Needed below;
        for (auto& i : p.items) {
            add_columns(i.value, below);
            i.value = pruned_inside(i.value);
        }
        p.input = keep(p.input, std::move(below));
        return make_plan(std::move(p));
    }
    PlanPtr operator()(FilterPlan p) const {
        auto below = needed;
        add_columns(p.predicate, below);
        p.predicate = pruned_inside(p.predicate);
        p.input = keep(p.input, std::move(below));
        return make_plan(std::move(p));
    }
    PlanPtr operator()(AggregatePlan p) const {
        std::erase_if(p.aggregates, [&](Item const& i) { return !needed.contains(i.id) && (p.aggregates.size() > 1 || !p.keys.empty()); });
        Needed below(p.keys.begin(), p.keys.end());
        for (auto const& i : p.aggregates) add_columns(i.value, below);
        p.input = keep(p.input, std::move(below));
        return make_plan(std::move(p));
    }
    PlanPtr operator()(JoinPlan p) const {
        auto below = needed;
        for (auto const& [l, r] : p.keys) add_columns(l, below), add_columns(r, below);
        if (p.condition) add_columns(p.condition, below);
        p.left = keep(p.left, below);
        p.right = keep(p.right, std::move(below));
        return make_plan(std::move(p));
    }
    PlanPtr operator()(UnionPlan p) const {
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < p.ids.size(); ++i)
            if (needed.contains(p.ids[i])) places.push_back(i);
        UnionPlan made;
        for (auto i : places) made.ids.push_back(p.ids[i]);
        for (std::size_t k = 0; k < p.inputs.size(); ++k) {
            auto& columns = made.columns.emplace_back();
            for (auto i : places) columns.push_back(p.columns[k][i]);
            made.inputs.push_back(keep(p.inputs[k], Needed(columns.begin(), columns.end())));
        }
        return make_plan(std::move(made));
    }
    PlanPtr operator()(SortPlan p) const {
        auto below = needed;
        for (auto const& k : p.keys) add_columns(k.value, below);
        p.input = keep(p.input, std::move(below));
        return make_plan(std::move(p));
    }
    PlanPtr operator()(LimitPlan p) const {
        p.input = keep(p.input, needed);
        return make_plan(std::move(p));
    }
    PlanPtr operator()(FirstPerKeyPlan p) const {
        auto below = needed;
        for (auto const& k : p.keys) add_columns(k, below);
        p.input = keep(p.input, std::move(below));
        return make_plan(std::move(p));
    }
    PlanPtr operator()(RawPlan p) const {
        auto below = needed;
        for (auto const& e : p.expressions) add_columns(e, below);
        below.insert(p.uses.begin(), p.uses.end());
        for (auto& i : p.inputs)
            i = p.keeps_input ? keep(i, below) : keep(i, Needed(i->columns.begin(), i->columns.end()));
        return make_plan(std::move(p));
    }
    PlanPtr operator()(SharedPlan const& p) const {
        if (!sharing->gathering) {
            auto& made = sharing->made[p.name];
            if (!made) made = make_plan(SharedPlan{p.name, keep(p.plan, sharing->needed[p.name])});
            return made;
        }
        auto const [all, first] = sharing->needed.try_emplace(p.name);
        auto const before = all->second.size();
        all->second.insert(needed.begin(), needed.end());
        if (first || all->second.size() > before) keep(p.plan, all->second);  // for the shared relations that it reads itself
        return self;
    }
};

PlanPtr keep(PlanPtr const& p, Needed needed) { return std::visit(Prune{std::move(needed), p}, p->form); }

// ---- filters ----

ExprPtr substitute(ExprPtr const& e, std::map<int, ExprPtr> const& values) {
    if (auto const column = column_of(e)) {
        auto const found = values.find(*column);
        return found == values.end() ? e : found->second;
    }
    auto made = std::make_shared<Expr>(*e);
    bool changed = false;
    auto const replace = [&](ExprPtr& operand) {
        auto next = substitute(operand, values);
        changed = changed || next != operand;
        operand = std::move(next);
    };
    if (auto* call = std::get_if<CallExpr>(&made->form))
        for (auto& a : call->arguments) replace(a);
    if (auto* compare = std::get_if<CompareExpr>(&made->form)) replace(compare->left), replace(compare->right);
    if (auto* logic = std::get_if<LogicExpr>(&made->form))
        for (auto& a : logic->operands) replace(a);
    if (auto* negation = std::get_if<NotExpr>(&made->form)) replace(negation->operand);
    if (auto* in = std::get_if<InPlanExpr>(&made->form)) replace(in->value);
    if (!changed) return e;
    return made;
}

void conjuncts(ExprPtr const& e, std::vector<ExprPtr>& out) {
    auto const* logic = std::get_if<LogicExpr>(&e->form);
    if (!logic || logic->is_or) return out.push_back(e);
    for (auto const& operand : logic->operands) conjuncts(operand, out);
}

PlanPtr filtered(PlanPtr plan, std::vector<ExprPtr> tests) {
    if (tests.empty()) return plan;
    if (tests.size() == 1) return make_plan(FilterPlan{std::move(plan), std::move(tests[0])});
    auto all = std::make_shared<Expr>(Expr{Type::bool_, true, false, LogicExpr{false, std::move(tests)}});
    return make_plan(FilterPlan{std::move(plan), std::move(all)});
}

bool reads_only(ExprPtr const& e, std::vector<int> const& columns) {
    std::vector<int> used;
    columns_used(e, used);
    return !used.empty() && std::all_of(used.begin(), used.end(), [&](int id) { return std::find(columns.begin(), columns.end(), id) != columns.end(); });
}

// A filter moves below a projection when what it reads there is cheap and always the same.
PlanPtr push_through(ProjectPlan const& p, std::vector<ExprPtr> tests) {
    std::map<int, ExprPtr> values;
    for (auto const& item : p.items) {
        if (has_window(item.value)) return filtered(make_plan(ProjectPlan{push(p.input, {}), p.items}), std::move(tests));
        bool const cheap = !is_volatile(item.value) && size_of(item.value) <= 4 && !std::holds_alternative<ScalarPlanExpr>(item.value->form);
        if (cheap) values[item.id] = item.value;
    }
    std::vector<ExprPtr> below, above;
    for (auto& test : tests) {
        std::vector<int> used;
        columns_used(test, used);
        bool const movable = !is_volatile(test) && std::all_of(used.begin(), used.end(), [&](int id) { return values.contains(id); });
        if (movable) below.push_back(substitute(test, values));
        else above.push_back(std::move(test));
    }
    return filtered(make_plan(ProjectPlan{push(p.input, std::move(below)), p.items}), std::move(above));
}

PlanPtr push_into(JoinPlan p, std::vector<ExprPtr> tests) {
    std::vector<ExprPtr> left, right, above;
    bool const to_left = p.kind == JoinKind::inner || p.kind == JoinKind::left || p.kind == JoinKind::left_semi || p.kind == JoinKind::left_anti;
    bool const to_right = p.kind == JoinKind::inner || p.kind == JoinKind::right;
    for (auto& test : tests) {
        if (to_left && reads_only(test, p.left->columns)) left.push_back(std::move(test));
        else if (to_right && reads_only(test, p.right->columns)) right.push_back(std::move(test));
        else above.push_back(std::move(test));
    }
    p.left = push(p.left, std::move(left));
    p.right = push(p.right, std::move(right));
    return filtered(make_plan(std::move(p)), std::move(above));
}

PlanPtr push(PlanPtr const& p, std::vector<ExprPtr> tests) {
    if (auto const* filter = std::get_if<FilterPlan>(&p->form)) {
        std::vector<ExprPtr> all;
        conjuncts(filter->predicate, all);
        all.insert(all.end(), tests.begin(), tests.end());
        return push(filter->input, std::move(all));
    }
    if (auto const* project = std::get_if<ProjectPlan>(&p->form)) return push_through(*project, std::move(tests));
    if (auto const* join = std::get_if<JoinPlan>(&p->form)) return push_into(*join, std::move(tests));
    if (auto const* sort = std::get_if<SortPlan>(&p->form)) return make_plan(SortPlan{push(sort->input, std::move(tests)), sort->keys});
    if (auto const* aggregate = std::get_if<AggregatePlan>(&p->form)) {
        std::vector<ExprPtr> below, above;
        for (auto& test : tests) (reads_only(test, aggregate->keys) ? below : above).push_back(std::move(test));
        return filtered(make_plan(AggregatePlan{push(aggregate->input, std::move(below)), aggregate->keys, aggregate->aggregates}), std::move(above));
    }
    if (auto const* parts = std::get_if<UnionPlan>(&p->form)) {
        UnionPlan made = *parts;
        for (std::size_t k = 0; k < made.inputs.size(); ++k) {
            std::map<int, ExprPtr> values;
            for (std::size_t i = 0; i < made.ids.size(); ++i)
                values[made.ids[i]] = std::make_shared<Expr>(Expr{Type::dynamic, true, true, ColumnExpr{made.columns[k][i]}});
            std::vector<ExprPtr> own;
            for (auto const& test : tests) own.push_back(substitute(test, values));
            made.inputs[k] = push(made.inputs[k], std::move(own));
        }
        return make_plan(std::move(made));
    }
    if (auto const* limit = std::get_if<LimitPlan>(&p->form))
        return filtered(make_plan(LimitPlan{push(limit->input, {}), limit->count}), std::move(tests));
    if (auto const* first = std::get_if<FirstPerKeyPlan>(&p->form))
        return filtered(make_plan(FirstPerKeyPlan{push(first->input, {}), first->keys}), std::move(tests));
    if (auto const* raw = std::get_if<RawPlan>(&p->form)) {
        RawPlan made = *raw;
        for (auto& i : made.inputs) i = push(i, {});
        return filtered(make_plan(std::move(made)), std::move(tests));
    }
    return filtered(p, std::move(tests));
}

}  // namespace

PlanPtr prune(PlanPtr const& p, std::vector<int> const& needed) {
    Sharing own;
    auto* const outer = std::exchange(sharing, &own);
    Needed const columns(needed.begin(), needed.end());
    auto made = keep(p, columns);
    own.gathering = false;
    if (!own.needed.empty()) made = keep(made, columns);
    sharing = outer;
    return made;
}
PlanPtr push_filters(PlanPtr const& p) { return push(p, {}); }

}  // namespace merlon::hunt
