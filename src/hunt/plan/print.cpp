#include "base/text.h"
#include "hunt/emit/emit.h"
#include "hunt/plan/plan.h"

namespace merlon::hunt {
namespace {

std::string columns_text(std::vector<int> const& ids) {
    std::vector<std::string> names;
    for (auto const id : ids) names.push_back("c" + std::to_string(id));
    return join(names, ", ");
}

std::string items_text(std::vector<Item> const& items) {
    std::vector<std::string> texts;
    for (auto const& item : items) texts.push_back("c" + std::to_string(item.id) + " = " + emit_expression(item.value));
    return join(texts, ", ");
}

void print(std::string& out, PlanPtr const& plan, int depth);

// One line for each form; its inputs below it, two blanks further in.
struct Printer {
    std::string& out;
    int depth;

    void line(std::string const& text) const { out += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n"; }
    void inner(PlanPtr const& plan) const { print(out, plan, depth + 1); }

    void operator()(ScanPlan const& p) const { line("scan " + p.table + (p.relation.empty() ? " (no source)" : "")); }
    void operator()(ValuesPlan const& p) const { line("values, " + std::to_string(p.rows.size()) + " rows"); }
    void operator()(ProjectPlan const& p) const { line("project " + items_text(p.items)); inner(p.input); }
    void operator()(FilterPlan const& p) const { line("filter " + emit_expression(p.predicate)); inner(p.input); }
    void operator()(AggregatePlan const& p) const {
        line("aggregate by " + columns_text(p.keys) + ": " + items_text(p.aggregates));
        inner(p.input);
    }
    void operator()(JoinPlan const& p) const {
        constexpr std::array<std::string_view, 6> kinds{"inner", "left", "right", "full", "left semi", "left anti"};
        std::vector<std::string> keys;
        for (auto const& [left, right] : p.keys) keys.push_back(emit_expression(left) + " = " + emit_expression(right));
        line("join " + std::string(kinds[static_cast<std::size_t>(p.kind)]) + " on " + join(keys, ", "));
        inner(p.left);
        inner(p.right);
    }
    void operator()(UnionPlan const& p) const {
        line("union");
        for (auto const& input : p.inputs) inner(input);
    }
    void operator()(SortPlan const& p) const {
        std::vector<std::string> keys;
        for (auto const& key : p.keys) keys.push_back(emit_expression(key.value) + (key.descending ? " desc" : " asc"));
        line("sort " + join(keys, ", "));
        inner(p.input);
    }
    void operator()(LimitPlan const& p) const { line("limit " + std::to_string(p.count)); inner(p.input); }
    void operator()(FirstPerKeyPlan const& p) const {
        std::vector<std::string> keys;
        for (auto const& key : p.keys) keys.push_back(emit_expression(key));
        line("one row for each " + join(keys, ", "));
        inner(p.input);
    }
    void operator()(RawPlan const& p) const {
        line("sql " + p.sql);
        for (auto const& input : p.inputs) inner(input);
    }
    void operator()(SharedPlan const& p) const { line("shared " + std::to_string(p.name)); inner(p.plan); }
};

void print(std::string& out, PlanPtr const& plan, int depth) { std::visit(Printer{out, depth}, plan->form); }

}  // namespace

std::string print_plan(PlanPtr const& plan) {
    std::string out;
    print(out, plan, 0);
    return out;
}

}  // namespace merlon::hunt
