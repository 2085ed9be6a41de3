// Rows that arg_max, arg_min and take_any keep travel as one struct. Fields that nobody reads are left out of it; and where
// the keys of the groups hold the key of the table, each group is one row, which is taken as it is.
#include <charconv>
#include <set>

#include "hunt/bind/catalog.h"
#include "hunt/plan/plan.h"

namespace merlon::hunt {
namespace {

struct Usage {
    std::map<int, std::set<int>> fields;
    std::set<int> whole;  // read otherwise
};

std::string field_name(int number) { return "f" + std::to_string(number); }

// The number of the field that a call takes out of a row.
std::optional<int> field_of(CallExpr const& call) {
    if (call.arguments.size() != 1 || !column_of(call.arguments[0])) return {};
    auto const& phrase = call.phrase.word == Say::text_or_empty ? call.phrase.with[0] : call.phrase;
    if (phrase.word != Say::row_field) return {};
    auto const& name = phrase.with[0].text;
    int number = 0;
    std::from_chars(name.data() + 1, name.data() + name.size(), number);
    return number;
}

// The row that an aggregate keeps, as it is made.
Phrase const& row_in(Phrase const& kept) {
    return kept.word == Say::row_made ? kept : row_in(kept.with[kept.word == Say::row_or_first ? 1 : 0]);
}

void look(PlanPtr const& p, Usage& usage);

void look(ExprPtr const& e, Usage& usage) {
    if (!e) return;
    if (auto const id = column_of(e)) usage.whole.insert(*id);
    if (auto const* call = std::get_if<CallExpr>(&e->form)) {
        if (auto const field = field_of(*call)) usage.fields[*column_of(call->arguments[0])].insert(*field);
        else
            for (auto const& a : call->arguments) look(a, usage);
    }
    if (auto const* compare = std::get_if<CompareExpr>(&e->form)) look(compare->left, usage), look(compare->right, usage);
    if (auto const* logic = std::get_if<LogicExpr>(&e->form))
        for (auto const& a : logic->operands) look(a, usage);
    if (auto const* negation = std::get_if<NotExpr>(&e->form)) look(negation->operand, usage);
    if (auto const* in = std::get_if<InPlanExpr>(&e->form)) look(in->value, usage), look(in->plan, usage), usage.whole.insert(in->column);
    if (auto const* scalar = std::get_if<ScalarPlanExpr>(&e->form)) look(scalar->plan, usage), usage.whole.insert(scalar->column);
}

struct Look {
    Usage& usage;
    void operator()(ScanPlan const&) {}
    void operator()(ValuesPlan const& p) {
        for (auto const& row : p.rows)
            for (auto const& e : row) look(e, usage);
    }
    void operator()(ProjectPlan const& p) {
        for (auto const& i : p.items) look(i.value, usage);
        look(p.input, usage);
    }
    void operator()(FilterPlan const& p) { look(p.predicate, usage), look(p.input, usage); }
    void operator()(AggregatePlan const& p) {
        usage.whole.insert(p.keys.begin(), p.keys.end());
        for (auto const& i : p.aggregates) look(i.value, usage);
        look(p.input, usage);
    }
    void operator()(JoinPlan const& p) {
        for (auto const& [l, r] : p.keys) look(l, usage), look(r, usage);
        look(p.condition, usage);
        look(p.left, usage), look(p.right, usage);
    }
    void operator()(UnionPlan const& p) {
        for (std::size_t k = 0; k < p.inputs.size(); ++k) usage.whole.insert(p.columns[k].begin(), p.columns[k].end()), look(p.inputs[k], usage);
    }
    void operator()(SortPlan const& p) {
        for (auto const& k : p.keys) look(k.value, usage);
        look(p.input, usage);
    }
    void operator()(LimitPlan const& p) { look(p.input, usage); }
    void operator()(FirstPerKeyPlan const& p) {
        for (auto const& k : p.keys) look(k, usage);
        look(p.input, usage);
    }
    void operator()(RawPlan const& p) {
        for (auto const& e : p.expressions) look(e, usage);
        usage.whole.insert(p.uses.begin(), p.uses.end());
        for (auto const& i : p.inputs) look(i, usage);
    }
    void operator()(SharedPlan const& p) {
        usage.whole.insert(p.plan->columns.begin(), p.plan->columns.end());
        look(p.plan, usage);
    }
};

void look(PlanPtr const& p, Usage& usage) { std::visit(Look{usage}, p->form); }

ExprPtr trimmed(ExprPtr const& e, std::set<int> const& fields) {
    auto const& call = std::get<CallExpr>(e->form);
    bool const measured = !call.name.ends_with("first");
    auto made = call;
    made.arguments.clear();
    std::vector<int> numbers;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        auto const number = static_cast<int>(i);
        if (!fields.contains(number) && !(i == 0 && measured)) continue;
        numbers.push_back(number);
        made.arguments.push_back(call.arguments[i]);
    }
    if (numbers.empty()) numbers.push_back(0), made.arguments.push_back(call.arguments[0]);
    made.phrase = kept_row(call.name, numbers, made.arguments);
    auto copy = std::make_shared<Expr>(*e);
    copy->form = std::move(made);
    return copy;
}

// Whether each group of these keys is one row of its table.
bool groups_are_rows(PlanPtr const& p, std::set<int> keys) {
    if (auto const* filter = std::get_if<FilterPlan>(&p->form)) return groups_are_rows(filter->input, std::move(keys));
    if (auto const* sort = std::get_if<SortPlan>(&p->form)) return groups_are_rows(sort->input, std::move(keys));
    if (auto const* project = std::get_if<ProjectPlan>(&p->form)) {
        std::set<int> below;
        for (auto const& item : project->items)
            if (auto const id = column_of(item.value); id && keys.contains(item.id)) below.insert(*id);
        return groups_are_rows(project->input, std::move(below));
    }
    auto const* scan = std::get_if<ScanPlan>(&p->form);
    if (!scan || scan->key.empty()) return false;
    return std::any_of(scan->fields.begin(), scan->fields.end(), [&](ScanPlan::Field const& f) { return f.name == scan->key && keys.contains(f.id); });
}

// A group of one row: the row itself. Nothing where another aggregate is among them.
PlanPtr as_rows(AggregatePlan const& p) {
    std::vector<Item> items;
    for (auto const id : p.keys) items.push_back({id, std::make_shared<Expr>(Expr{Type::dynamic, true, true, ColumnExpr{id}})});
    for (auto const& item : p.aggregates) {
        auto const* call = std::get_if<CallExpr>(&item.value->form);
        if (!call || !call->name.starts_with("row:")) return nullptr;
        auto made = *call;
        made.phrase = Phrase(row_in(made.phrase));
        auto copy = std::make_shared<Expr>(*item.value);
        copy->form = std::move(made);
        items.push_back({item.id, std::move(copy)});
    }
    return make_plan(ProjectPlan{p.input, std::move(items)});
}

struct Trim {
    Usage const& usage;

    PlanPtr operator()(PlanPtr const& p) const {
        auto const again = [this](PlanPtr const& input) { return (*this)(input); };
        if (auto const* x = std::get_if<AggregatePlan>(&p->form)) {
            AggregatePlan made{again(x->input), x->keys, x->aggregates};
            bool kept = !made.aggregates.empty();
            for (auto& item : made.aggregates) {
                auto const* call = std::get_if<CallExpr>(&item.value->form);
                bool const row = call && call->name.starts_with("row:");
                kept = kept && row;
                auto const fields = usage.fields.find(item.id);
                if (row && fields != usage.fields.end() && !usage.whole.contains(item.id)) item.value = trimmed(item.value, fields->second);
            }
            if (kept && groups_are_rows(made.input, {made.keys.begin(), made.keys.end()}))
                if (auto rows = as_rows(made)) return rows;
            return make_plan(std::move(made));
        }
        if (auto const* x = std::get_if<ProjectPlan>(&p->form)) return make_plan(ProjectPlan{again(x->input), x->items});
        if (auto const* x = std::get_if<FilterPlan>(&p->form)) return make_plan(FilterPlan{again(x->input), x->predicate});
        if (auto const* x = std::get_if<JoinPlan>(&p->form)) return make_plan(JoinPlan{x->kind, again(x->left), again(x->right), x->keys, x->condition});
        if (auto const* x = std::get_if<SortPlan>(&p->form)) return make_plan(SortPlan{again(x->input), x->keys});
        if (auto const* x = std::get_if<LimitPlan>(&p->form)) return make_plan(LimitPlan{again(x->input), x->count, x->sample});
        if (auto const* x = std::get_if<FirstPerKeyPlan>(&p->form)) return make_plan(FirstPerKeyPlan{again(x->input), x->keys});
        if (auto const* x = std::get_if<UnionPlan>(&p->form)) {
            auto made = *x;
            for (auto& input : made.inputs) input = again(input);
            return make_plan(std::move(made));
        }
        return p;  // raw statements and shared relations name their columns
    }
};

}  // namespace

Phrase kept_row(std::string_view name, std::vector<int> const& fields, std::vector<ExprPtr> const& values) {
    std::vector<Phrase> made, declared;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        made.push_back({Say::row_field_made, {field_name(fields[i]), slot(i)}});
        declared.push_back(joined(Say::space, {field_name(fields[i]), type_word(values[i]->type)}));
    }
    Phrase row(Say::row_made, {joined(Say::comma, std::move(made)), joined(Say::comma, std::move(declared))});
    if (name == "row:first") return {Say::row_first, {std::move(row)}};
    bool const most = name == "row:arg_max";
    auto const by = [&](Phrase value) { return Phrase(most ? Say::row_of_maximum : Say::row_of_minimum, {row, std::move(value)}); };
    // A null measure counts only where all are null, and NaN is the least value and the greatest one.
    switch (values[0]->type) {
        case Type::string: return by(slot(0));
        case Type::bool_: return by(over_arguments(most ? Say::false_if_null : Say::true_if_null, 1));
        case Type::int_:
        case Type::long_:
        case Type::datetime:
        case Type::timespan: return by(most ? Say::nulls_least : Say::nulls_greatest);
        case Type::real: return by(most ? Say::nulls_least_real : Say::nulls_greatest_real);
        default: return {Say::row_or_first, {by(slot(0)), row}};
    }
}

PlanPtr trim_rows(PlanPtr const& p) {
    Usage usage;
    look(p, usage);
    return Trim{usage}(p);
}

}  // namespace merlon::hunt
