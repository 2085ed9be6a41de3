#include "hunt/plan/plan.h"

namespace merlon::hunt {
namespace {

using Ids = std::vector<int>;

struct Shape {
    Ids columns;
    int depth = 1;

    void operator()(ScanPlan const& p) { for (auto const& f : p.fields) columns.push_back(f.id); }
    void operator()(ValuesPlan const& p) { for (auto const& c : p.columns) columns.push_back(c.first); }
    void operator()(ProjectPlan const& p) {
        for (auto const& i : p.items) columns.push_back(i.id);
        depth = p.input->depth + 1;
    }
    void operator()(FilterPlan const& p) { same(p.input); }
    void operator()(AggregatePlan const& p) {
        columns = p.keys;
        for (auto const& i : p.aggregates) columns.push_back(i.id);
        depth = p.input->depth + 1;
    }
    void operator()(JoinPlan const& p) {
        columns = p.left->columns;
        if (p.kind != JoinKind::left_semi && p.kind != JoinKind::left_anti)
            columns.insert(columns.end(), p.right->columns.begin(), p.right->columns.end());
        depth = std::max(p.left->depth, p.right->depth) + 1;
    }
    void operator()(UnionPlan const& p) {
        columns = p.ids;
        for (auto const& i : p.inputs) depth = std::max(depth, i->depth + 1);
    }
    void operator()(SortPlan const& p) { same(p.input); }
    void operator()(LimitPlan const& p) { same(p.input); }
    void operator()(FirstPerKeyPlan const& p) { same(p.input); }
    void operator()(RawPlan const& p) {
        if (p.keeps_input) columns = p.inputs[0]->columns;
        columns.insert(columns.end(), p.columns.begin(), p.columns.end());
        for (auto const& i : p.inputs) depth = std::max(depth, i->depth + 1);
    }
    void operator()(SharedPlan const& p) { columns = p.plan->columns, depth = 1; }
    void same(PlanPtr const& input) { columns = input->columns, depth = input->depth + 1; }
};

}  // namespace

PlanPtr make_plan(decltype(Plan::form) form) {
    Shape shape;
    std::visit(shape, form);
    auto made = std::make_shared<Plan>();
    made->form = std::move(form);
    made->columns = std::move(shape.columns);
    made->depth = shape.depth;
    return made;
}

}  // namespace merlon::hunt
