// union: columns by name in order of first appearance; a name with several types becomes one column per type.
#include <set>

#include "hunt/bind/binder.h"

namespace merlon::hunt {

namespace {

// A declared table that nothing feeds, filtered perhaps: it has columns and no rows.
bool reads_nothing(Plan const& plan) {
    if (auto const* scan = std::get_if<ScanPlan>(&plan.form)) return scan->relation.empty();
    if (auto const* filter = std::get_if<FilterPlan>(&plan.form)) return reads_nothing(*filter->input);
    auto const* project = std::get_if<ProjectPlan>(&plan.form);
    return project && reads_nothing(*project->input);
}

}  // namespace

Result<Relation> Binder::combine(std::vector<Relation> parts, bool inner, std::string const& source_column) {
    struct Target { std::string name; Type type; std::string shown; };
    std::vector<Target> targets;
    for (auto const& part : parts)
        for (auto const& c : part.columns) {
            bool const known = std::any_of(targets.begin(), targets.end(), [&](Target const& t) { return t.name == c.name && t.type == c.type; });
            if (known) continue;
            // Another type of a known name stands beside the first one.
            auto place = targets.end();
            for (auto t = targets.begin(); t != targets.end(); ++t)
                if (t->name == c.name) place = t + 1;
            targets.insert(place, {c.name, c.type, c.name});
        }
    if (inner)
        std::erase_if(targets, [&](Target const& t) {
            return !std::all_of(parts.begin(), parts.end(), [&](Relation const& r) {
                auto const* c = r.find(t.name);
                return c && c->type == t.type;
            });
        });
    std::set<std::string> taken;
    std::map<std::string, int> types_of_name;
    for (auto const& t : targets) ++types_of_name[t.name];
    for (auto const& t : targets)
        if (types_of_name[t.name] == 1) taken.insert(t.name);
    for (auto& t : targets)
        if (types_of_name[t.name] > 1) {
            t.shown = unique_name(t.name + "_" + std::string(type_name(t.type)), taken);
            taken.insert(t.shown);
        }
    UnionPlan plan;
    Relation result;
    if (!source_column.empty()) {
        plan.ids.push_back(new_id());
        result.columns.push_back({unique_name(source_column, taken), plan.ids.back(), Type::string, false, false});
    }
    for (auto const& t : targets) {
        plan.ids.push_back(new_id());
        result.columns.push_back({t.shown, plan.ids.back(), t.type, true, true});
    }
    result.has_source = false;
    for (std::size_t k = 0; k < parts.size(); ++k) {
        auto& part = parts[k];
        result.has_source = result.has_source || part.has_source;
        // A union of a hundred declared tables plans in the time of those that have rows.
        if (reads_nothing(*part.plan) && (k + 1 < parts.size() || !plan.inputs.empty())) continue;
        std::vector<Item> items;
        std::vector<int> ids;
        auto const add = [&](ExprPtr value) {
            ids.push_back(new_id());
            items.push_back({ids.back(), std::move(value)});
        };
        if (!source_column.empty()) add(make_text(part.name.empty() ? "union_arg" + std::to_string(k) : part.name));
        for (auto const& t : targets) {
            auto const found = std::find_if(part.columns.begin(), part.columns.end(), [&](Column const& c) { return c.name == t.name && c.type == t.type; });
            add(found == part.columns.end() ? make_null(t.type) : make_column(*found));
        }
        plan.inputs.push_back(make_plan(ProjectPlan{part.plan, std::move(items)}));
        plan.columns.push_back(std::move(ids));
    }
    result.plan = make_plan(std::move(plan));
    return result;
}

namespace {

bool matches(std::string_view name, std::string_view pattern) {
    if (pattern.empty()) return name.empty();
    if (pattern[0] == '*') {
        for (std::size_t i = 0; i <= name.size(); ++i)
            if (matches(name.substr(i), pattern.substr(1))) return true;
        return false;
    }
    return !name.empty() && name[0] == pattern[0] && matches(name.substr(1), pattern.substr(1));
}

}  // namespace

// The tables whose names a pattern takes in, and the views that the query declares; other tabular lets where they are asked for.
Result<std::vector<Relation>> Binder::tables_like(std::string_view pattern, bool lets) {
    std::vector<Relation> parts;
    for (auto const& t : options.catalog->tables())
        if (matches(t.name, pattern)) parts.push_back(TRY(table(t, t.name)));
    std::set<std::string_view> met;
    for (auto const* s = scope.get(); s; s = s->parent.get()) {
        auto const* lambda = std::get_if<Lambda const*>(&s->value);
        bool const view = lambda && (*lambda)->view && (*lambda)->parameters.empty();
        if (!matches(s->name, pattern) || !(view || (lets && std::holds_alternative<TabularLet>(s->value))) || !met.insert(s->name).second) continue;
        Node named;
        named.form = NameNode{s->name};
        auto part = fresh(TRY(source(named)));
        part.name = s->name;
        parts.push_back(std::move(part));
    }
    return parts;
}

Result<Relation> Binder::union_all(Union const& o, std::optional<Relation> first, Span span) {
    bool fuzzy = false;
    bool inner = false;
    std::string source_column;
    for (auto const& s : o.settings) {
        if (s.name == "kind") {
            if (s.text != "inner" && s.text != "outer") return std::unexpected(error("KS005", "one of: inner, outer", "'" + s.text + "'").with(s.span));
            inner = s.text == "inner";
        }
        if (s.name == "isfuzzy") {
            auto const* literal = s.value ? form_of<LiteralNode>(*s.value) : nullptr;
            fuzzy = s.text == "true" || (literal && literal->value.type == Type::bool_ && std::get<bool>(literal->value.value));
        }
        if (s.name == "withsource" || s.name == "with_source") source_column = s.text;
    }
    std::vector<Relation> parts;
    if (first) parts.push_back(fresh(*first));
    std::optional<Error> missing;
    for (auto const& node : o.sources) {
        if (auto const* pattern = form_of<PatternNode>(*node)) {
            for (auto& part : TRY(tables_like(pattern->pattern, true))) parts.push_back(std::move(part));
            continue;
        }
        if (form_of<StarNode>(*node)) {
            for (auto& part : TRY(tables_like("*", false))) parts.push_back(std::move(part));
            continue;
        }
        auto part = source(*node);
        if (!part && fuzzy && (part.error().code == "KS204" || part.error().code == "hunt.not_supported")) {
            missing = std::move(part).error();
            continue;
        }
        if (!part) return std::unexpected(std::move(part).error());
        // Tables, views and what as has named keep their names; other lets and expressions are numbered.
        bool named = part->named_by_as;
        if (auto const* name = form_of<NameNode>(*node)) {
            auto const* found = lookup(name->name);
            auto const* lambda = found ? std::get_if<Lambda const*>(&found->value) : nullptr;
            named = named || !found || (lambda && (*lambda)->view);
        } else if (auto const* called = form_of<CallNode>(*node)) {
            named = named || called->name == "table";
        }
        if (!named) part->name.clear();
        parts.push_back(fresh(*part));
    }
    if (parts.empty()) {
        if (missing) return std::unexpected(std::move(*missing));
        return std::unexpected(error("hunt.union_of_nothing").with(span));
    }
    return combine(std::move(parts), inner, source_column);
}

}  // namespace merlon::hunt
