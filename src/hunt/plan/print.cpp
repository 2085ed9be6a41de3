#include "hunt/emit/emit.h"
#include "hunt/plan/plan.h"

namespace merlon::hunt {
namespace {

std::string list(std::vector<Item> const& items, Dialect const& dialect) {
    std::string out;
    for (auto const& i : items) {
        auto const name = "c" + std::to_string(i.id);
        auto const value = show_expression(i.value, dialect);
        out += (out.empty() ? "" : ", ") + (value == name ? name : name + " = " + value);
    }
    return out;
}

struct Printer {
    std::string& out;
    int level;
    Dialect const& dialect;

    void line(std::string const& text) const { out += std::string(static_cast<std::size_t>(level) * 2, ' ') + text + "\n"; }
    void input(PlanPtr const& p) const { std::visit(Printer{out, level + 1, dialect}, p->form); }

    void operator()(ScanPlan const& p) const {
        std::string fields;
        for (auto const& f : p.fields) fields += (fields.empty() ? "" : ", ") + std::string("c") + std::to_string(f.id) + " " + f.name;
        std::string from = p.relation.empty() ? " (no source)" : "";
        if (p.relation.starts_with("hunting.") && p.relation.find('@') != std::string::npos) from = " from " + p.relation;
        if (p.relation.starts_with("(-- @")) from = " from the fleet index " + p.relation.substr(4, p.relation.find('\n') - 4);
        line("scan " + p.table + from + " [" + fields + "]");
    }
    void operator()(ValuesPlan const& p) const { line("values " + std::to_string(p.rows.size()) + " rows"); }
    void operator()(ProjectPlan const& p) const { line("project " + list(p.items, dialect)), input(p.input); }
    void operator()(FilterPlan const& p) const { line("filter " + show_predicate(p.predicate, dialect)), input(p.input); }
    void operator()(AggregatePlan const& p) const {
        std::string keys;
        for (auto k : p.keys) keys += (keys.empty() ? "" : ", ") + std::string("c") + std::to_string(k);
        line("aggregate by [" + keys + "] " + list(p.aggregates, dialect));
        input(p.input);
    }
    void operator()(JoinPlan const& p) const {
        static constexpr std::array<std::string_view, 6> kinds{"inner", "left", "right", "full", "semi", "anti"};
        std::string on;
        for (auto const& [l, r] : p.keys) on += (on.empty() ? "" : ", ") + show_expression(l, dialect) + " = " + show_expression(r, dialect);
        line("join " + std::string(kinds[static_cast<std::size_t>(p.kind)]) + " on " + on);
        input(p.left), input(p.right);
    }
    void operator()(UnionPlan const& p) const {
        line("union");
        for (auto const& i : p.inputs) input(i);
    }
    void operator()(SortPlan const& p) const {
        std::string keys;
        for (auto const& k : p.keys) keys += (keys.empty() ? "" : ", ") + show_expression(k.value, dialect) + (k.descending ? " desc" : " asc");
        line("sort " + keys), input(p.input);
    }
    void operator()(LimitPlan const& p) const { line("limit " + std::to_string(p.count)), input(p.input); }
    void operator()(FirstPerKeyPlan const& p) const { line("first per key"), input(p.input); }
    void operator()(RawPlan const& p) const {
        line("sql " + show_phrase(p.phrase, dialect));
        for (auto const& i : p.inputs) input(i);
    }
    void operator()(SharedPlan const& p) const { line("shared " + std::to_string(p.name)), input(p.plan); }
};

}  // namespace

std::string print_plan(PlanPtr const& p, Dialect const& dialect) {
    std::string out;
    std::visit(Printer{out, 0, dialect}, p->form);
    return out;
}

}  // namespace merlon::hunt
