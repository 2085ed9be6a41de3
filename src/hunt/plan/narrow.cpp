// Aggregates answered from relations with fewer rows than their table has (Narrow in bind/catalog.h):
//   - what does not mind duplicates (dcount, min, max, make_set, take_any, distinct) comes out the same over a relation
//     that holds each combination of the columns in use once;
//   - counts come out the same over a relation whose rows carry a weight;
//   - distinct devices by CVE, product or version are what the fleet index says of each, where there is one.
// Between the aggregate and the scan only operators may stand that keep this true.
#include <set>

#include "hunt/bind/catalog.h"
#include "hunt/plan/plan.h"

namespace merlon::hunt {
namespace {

constexpr int first_own_id = 1'000'000'000;  // beyond what binding numbers

// What a phrase says, whatever it says in place of null.
Say main_word(Phrase const& p) {
    return p.word == Say::text_or_empty || p.word == Say::zero_if_null ? p.with[0].word : p.word;
}

bool ignores_duplicates(ExprPtr const& e) {
    auto const* call = std::get_if<CallExpr>(&e->form);
    if (!call) return false;
    static std::set<std::string_view> const names{"dcount", "dcountif", "count_distinct", "count_distinctif", "min", "max", "minif", "maxif",
                                                  "make_set", "make_set_if", "makeset", "take_anyif", "anyif", "binary_all_and", "binary_all_or"};
    return names.contains(call->name) || call->name.starts_with("row:") ||
           (call->name.empty() && (main_word(call->phrase) == Say::any_value || main_word(call->phrase) == Say::value_where));
}

// count() and countif(p), as a sum of weights; nothing for others.
std::optional<CallExpr> weighted(ExprPtr const& e) {
    auto const* call = std::get_if<CallExpr>(&e->form);
    if (!call) return {};
    if (call->phrase.word == Say::count_rows || call->name == "count") return CallExpr{Say::sum_of_weights, {}, false, false, "count"};
    if (call->name == "countif" && call->arguments.size() == 1)
        return CallExpr{Say::sum_of_weights_if, call->arguments, false, false, "countif"};
    return {};
}

bool holds(Narrow const& narrow, ScanPlan const& scan) {
    return std::all_of(scan.fields.begin(), scan.fields.end(), [&](ScanPlan::Field const& f) { return narrow.has(f.name); });
}

// A scan may be swapped where the person's scope or the time window does not stand in its way.
bool may_swap(ScanPlan const& scan) { return scan.narrow && is_empty(scan.where) && !scan.relation.empty(); }

// Columns of which a query names values: by any test of text, or whole ones only.
struct Named { std::set<int> by_test, whole; };

// True where the predicate holds for named values of one of these columns only: c == "x", c in ("x", "y"), c has "x" ...
bool names_values(ExprPtr const& e, Named const& columns) {
    if (auto const* logic = std::get_if<LogicExpr>(&e->form)) {
        auto const test = [&](ExprPtr const& one) { return names_values(one, columns); };
        return logic->is_or ? std::all_of(logic->operands.begin(), logic->operands.end(), test)
                            : std::any_of(logic->operands.begin(), logic->operands.end(), test);
    }
    auto const is_of_column = [&](ExprPtr const& one, bool whole = true) {
        auto const id = column_of(one);
        return id && (columns.by_test.contains(*id) || (whole && columns.whole.contains(*id)));
    };
    if (auto const* compare = std::get_if<CompareExpr>(&e->form))
        return compare->op == "==" && ((is_of_column(compare->left) && constant_of(compare->right)) || (is_of_column(compare->right) && constant_of(compare->left)));
    auto const* call = std::get_if<CallExpr>(&e->form);
    if (!call || call->arguments.empty()) return false;
    static std::set<Say> const whole{Say::in_list, Say::in_list_or_false, Say::in_ci, Say::in_dynamic, Say::equals_ci};
    if (whole.contains(call->phrase.word)) return is_of_column(call->arguments[0]);
    if (!is_of_column(call->arguments[0], false)) return false;
    static std::set<Say> const tests{Say::has,         Say::has_cs,           Say::hasprefix,    Say::hasprefix_cs, Say::hassuffix,
                                      Say::hassuffix_cs, Say::has_any,         Say::has_all,      Say::contains,   Say::contains_cs,
                                      Say::startswith,  Say::startswith_cs,    Say::endswith,     Say::endswith_cs};
    return tests.contains(call->phrase.word) || (call->phrase.function && call->name.starts_with("has_"));
}

// The scan over a relation that stands in for its table.
ScanPlan over(ScanPlan scan, Narrow const& narrow) {
    scan.relation = narrow.relation;
    scan.narrow = nullptr;
    return scan;
}

// A relation with all rows fits everywhere, if it has what the time window looks at. `filter` stands right above the scan.
PlanPtr with_same_rows(PlanPtr const& p, ExprPtr const& filter = nullptr) {
    auto const* scan = std::get_if<ScanPlan>(&p->form);
    if (!scan || !scan->narrow || scan->relation.empty()) return p;
    for (auto const& narrow : *scan->narrow) {
        Named named;
        for (auto const& f : scan->fields) {
            if (std::find(narrow.when.begin(), narrow.when.end(), f.name) != narrow.when.end()) named.by_test.insert(f.id);
            if (std::find(narrow.when.begin(), narrow.when.end(), "=" + f.name) != narrow.when.end()) named.whole.insert(f.id);
        }
        if (!narrow.when.empty() && (!filter || !names_values(filter, named))) continue;
        bool const timed = narrow.has("Timestamp");
        if (!narrow.same_rows || !holds(narrow, *scan) || (!is_empty(scan->where) && !timed)) continue;
        return make_plan(over(*scan, narrow));
    }
    return p;
}

// Queries inside of an expression: `in (T)` does not mind duplicates.
PlanPtr thinned(PlanPtr const& p);
ExprPtr narrow_inside(ExprPtr const& e) {
    return with_plans(e, [](PlanPtr const& plan, int, bool is_list) { return is_list ? thinned(plan) : use_narrow_relations(plan); });
}

// Below an aggregate that ignores duplicates: every scan may become a smaller one.
PlanPtr thinned(PlanPtr const& p) {
    if (auto const* scan = std::get_if<ScanPlan>(&p->form)) {
        if (!may_swap(*scan)) return with_same_rows(p);
        for (auto const& narrow : *scan->narrow)
            if (narrow.when.empty() && !narrow.counts_only && holds(narrow, *scan)) return make_plan(over(*scan, narrow));
        return p;
    }
    if (auto const* project = std::get_if<ProjectPlan>(&p->form)) {
        for (auto const& item : project->items)
            if (is_volatile(item.value) || has_window(item.value)) return use_narrow_relations(p);
        return make_plan(ProjectPlan{thinned(project->input), project->items});
    }
    if (auto const* filter = std::get_if<FilterPlan>(&p->form)) {
        if (is_volatile(filter->predicate)) return use_narrow_relations(p);
        return make_plan(FilterPlan{thinned(filter->input), narrow_inside(filter->predicate)});
    }
    if (auto const* join = std::get_if<JoinPlan>(&p->form))
        return make_plan(JoinPlan{join->kind, thinned(join->left), thinned(join->right), join->keys, join->condition});
    if (auto const* first = std::get_if<FirstPerKeyPlan>(&p->form)) return make_plan(FirstPerKeyPlan{thinned(first->input), first->keys});
    if (auto const* parts = std::get_if<UnionPlan>(&p->form)) {
        auto made = *parts;
        for (auto& input : made.inputs) input = thinned(input);
        return make_plan(std::move(made));
    }
    if (auto const* sort = std::get_if<SortPlan>(&p->form)) return make_plan(SortPlan{thinned(sort->input), sort->keys});
    return use_narrow_relations(p);
}

ScanPlan const* only_scan(PlanPtr const& p) {
    if (auto const* scan = std::get_if<ScanPlan>(&p->form)) return scan;
    if (auto const* filter = std::get_if<FilterPlan>(&p->form)) return only_scan(filter->input);
    if (auto const* project = std::get_if<ProjectPlan>(&p->form)) return only_scan(project->input);
    return nullptr;
}

// The chain of projections and filters over `scan` in place of its own, with the weight, which all of them pass on, and without
// the columns of `gone`, which becomes the ids under which these were passed on. Nothing where one of these is looked at, or
// something else stands between.
PlanPtr with_weight(PlanPtr const& p, PlanPtr const& scan, int weight, std::set<int>& gone) {
    auto const looked_at = [&](ExprPtr const& e) {
        std::vector<int> used;
        columns_used(e, used);
        return std::any_of(used.begin(), used.end(), [&](int id) { return gone.contains(id); });
    };
    if (std::holds_alternative<ScanPlan>(p->form)) return scan;
    if (auto const* filter = std::get_if<FilterPlan>(&p->form)) {
        auto const below = with_weight(filter->input, scan, weight, gone);
        if (!below || is_volatile(filter->predicate) || looked_at(filter->predicate)) return nullptr;
        return make_plan(FilterPlan{below, filter->predicate});
    }
    auto const* project = std::get_if<ProjectPlan>(&p->form);
    if (!project) return nullptr;
    auto const below = with_weight(project->input, scan, weight, gone);
    if (!below) return nullptr;
    std::vector<Item> items;
    std::set<int> passed_on;
    for (auto const& item : project->items) {
        if (auto const id = column_of(item.value); id && gone.contains(*id)) {
            passed_on.insert(item.id);
            continue;
        }
        if (is_volatile(item.value) || has_window(item.value) || looked_at(item.value)) return nullptr;
        items.push_back(item);
    }
    items.push_back({weight, std::make_shared<Expr>(Expr{Type::long_, true, false, ColumnExpr{weight}})});
    gone = std::move(passed_on);
    return make_plan(ProjectPlan{below, std::move(items)});
}

// count() and countif() beside what ignores duplicates, over one scan: weights are summed.
PlanPtr by_weight(AggregatePlan const& p) {
    auto const* scan = only_scan(p.input);
    if (!scan || !may_swap(*scan)) return nullptr;
    for (auto const& narrow : *scan->narrow) {
        if (narrow.weight.empty() || !narrow.distinct.empty() || !holds(narrow, *scan)) continue;
        auto made_scan = over(*scan, narrow);
        int const weight = first_own_id + (scan->fields.empty() ? 0 : scan->fields[0].id);
        made_scan.fields.push_back({weight, narrow.weight, Type::long_, true});
        std::set<int> none;
        auto const input = with_weight(p.input, make_plan(std::move(made_scan)), weight, none);
        if (!input) continue;
        auto made = p;
        made.input = input;
        auto const column = std::make_shared<Expr>(Expr{Type::long_, false, false, ColumnExpr{weight}});
        for (auto& item : made.aggregates) {
            if (ignores_duplicates(item.value)) continue;
            auto call = weighted(item.value);
            if (!call) return nullptr;
            call->arguments.push_back(column);
            item.value = std::make_shared<Expr>(Expr{Type::long_, false, false, std::move(*call)});
        }
        return make_plan(std::move(made));
    }
    return nullptr;
}

// ---- Distinct values that a relation has counted --------------------------------------------------------------

// The column of the scan that `id` is, through projections that pass it on as it is.
std::string field_of(PlanPtr const& p, int id) {
    if (auto const* filter = std::get_if<FilterPlan>(&p->form)) return field_of(filter->input, id);
    if (auto const* project = std::get_if<ProjectPlan>(&p->form)) {
        for (auto const& item : project->items)
            if (item.id == id) {
                auto const below = column_of(item.value);
                return below ? field_of(project->input, *below) : "";
            }
        return "";
    }
    if (auto const* scan = std::get_if<ScanPlan>(&p->form))
        for (auto const& f : scan->fields)
            if (f.id == id) return f.name;
    return "";
}

// dcount(X) by Y, over a relation that knows how many X each Y has: further keys only divide what Y decides anyway.
PlanPtr by_distinct(AggregatePlan const& p) {
    auto const* scan = only_scan(p.input);
    if (!scan || !may_swap(*scan)) return nullptr;
    for (auto const& narrow : *scan->narrow) {
        if (narrow.distinct.empty()) continue;
        auto made = over(*scan, narrow);
        std::set<int> gone;
        std::erase_if(made.fields, [&](ScanPlan::Field const& f) { return f.name == narrow.distinct && gone.insert(f.id).second; });
        if (gone.empty() || !holds(narrow, made)) continue;
        bool const by_all = std::all_of(narrow.by.begin(), narrow.by.end(), [&](std::string const& column) {
            return std::any_of(p.keys.begin(), p.keys.end(), [&](int key) { return field_of(p.input, key) == column; });
        });
        if (!by_all) continue;
        int const weight = first_own_id + *gone.begin();
        made.fields.push_back({weight, narrow.weight, Type::long_, true});
        auto const input = with_weight(p.input, make_plan(std::move(made)), weight, gone);
        if (!input) continue;
        auto out = p;
        out.input = input;
        bool fits = true;
        for (auto& item : out.aggregates) {
            auto const* call = std::get_if<CallExpr>(&item.value->form);
            auto const first = call && !call->arguments.empty() ? column_of(call->arguments[0]) : std::nullopt;
            if (first && gone.contains(*first) && (call->name == "dcount" || call->name == "count_distinct")) {
                item.value = std::make_shared<Expr>(Expr{Type::long_, false, false, CallExpr{Say::largest_weight,
                    {std::make_shared<Expr>(Expr{Type::long_, false, false, ColumnExpr{weight}})}, false, false, "dcount"}});
                continue;
            }
            std::vector<int> used;
            columns_used(item.value, used);
            fits = fits && ignores_duplicates(item.value) && std::none_of(used.begin(), used.end(), [&](int id) { return gone.contains(id); });
        }
        if (fits && std::none_of(out.keys.begin(), out.keys.end(), [&](int key) { return gone.contains(key); })) return make_plan(std::move(out));
    }
    return nullptr;
}

PlanPtr aggregate(AggregatePlan const& p) {
    if (auto made = by_distinct(p)) return made;
    bool const plain = std::all_of(p.aggregates.begin(), p.aggregates.end(), [](Item const& i) { return ignores_duplicates(i.value); });
    if (plain) return make_plan(AggregatePlan{thinned(p.input), p.keys, p.aggregates});
    if (auto made = by_weight(p)) return made;
    return make_plan(AggregatePlan{use_narrow_relations(p.input), p.keys, p.aggregates});
}

}  // namespace

PlanPtr use_narrow_relations(PlanPtr const& p) {
    auto const again = [](PlanPtr const& input) { return use_narrow_relations(input); };
    if (auto const* x = std::get_if<AggregatePlan>(&p->form)) return aggregate(*x);
    if (auto const* x = std::get_if<ProjectPlan>(&p->form)) return make_plan(ProjectPlan{again(x->input), x->items});
    if (auto const* x = std::get_if<FilterPlan>(&p->form)) {
        bool const right_above = std::holds_alternative<ScanPlan>(x->input->form);
        return make_plan(FilterPlan{right_above ? with_same_rows(x->input, x->predicate) : again(x->input), narrow_inside(x->predicate)});
    }
    if (auto const* x = std::get_if<JoinPlan>(&p->form)) {
        // Whether there is a row on the right is asked, not how many.
        bool const asks = x->kind == JoinKind::left_semi || x->kind == JoinKind::left_anti;
        return make_plan(JoinPlan{x->kind, again(x->left), asks ? thinned(x->right) : again(x->right), x->keys, x->condition});
    }
    if (auto const* x = std::get_if<SortPlan>(&p->form)) return make_plan(SortPlan{again(x->input), x->keys});
    if (auto const* x = std::get_if<LimitPlan>(&p->form)) return make_plan(LimitPlan{again(x->input), x->count, x->sample});
    if (auto const* x = std::get_if<FirstPerKeyPlan>(&p->form)) return make_plan(FirstPerKeyPlan{again(x->input), x->keys});
    if (auto const* x = std::get_if<UnionPlan>(&p->form)) {
        auto made = *x;
        for (auto& input : made.inputs) input = again(input);
        return make_plan(std::move(made));
    }
    if (auto const* x = std::get_if<RawPlan>(&p->form)) {
        auto made = *x;
        for (auto& input : made.inputs) input = again(input);
        return make_plan(std::move(made));
    }
    return with_same_rows(p);
}

}  // namespace merlon::hunt
