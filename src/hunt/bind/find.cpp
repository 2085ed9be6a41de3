// find: rows of many tables that hold a test, under source_, the columns that the tables share and those that the test names;
// what is left of a row is packed. With project: the columns it lists.
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

struct Target {
    std::string name;
    Type type;
};

bool has_any_of(Relation const& part, std::vector<std::string> const& names) {
    return std::any_of(names.begin(), names.end(), [&](std::string const& name) { return part.find_named(name) != nullptr; });
}

// A column of several types becomes a dynamic one.
Target target_for(std::string name, std::vector<Relation> const& parts) {
    std::optional<Type> type;
    for (auto const& part : parts)
        if (auto const* c = part.find_named(name)) type = !type || *type == c->type ? c->type : Type::dynamic;
    return {std::move(name), type.value_or(Type::string)};
}

// Columns of all tables in the order of the first one, then the others that the test names.
std::vector<Target> smart_targets(std::vector<std::string> const& tested, std::vector<Relation> const& parts) {
    std::vector<Target> targets;
    for (auto const& c : parts[0].columns)
        if (std::all_of(parts.begin(), parts.end(), [&](Relation const& r) { return r.find(c.name); }))
            targets.push_back(target_for(c.name, parts));
    for (auto const& name : tested) {
        bool const shown = std::any_of(targets.begin(), targets.end(), [&](Target const& t) {
            return t.name == name || t.name == current_name(name);
        });
        if (!shown && std::any_of(parts.begin(), parts.end(), [&](Relation const& r) { return r.find_named(name); }))
            targets.push_back(target_for(name, parts));
    }
    return targets;
}

Target declared_target(Node const& item, std::string name, std::vector<Relation> const& parts) {
    auto target = target_for(std::move(name), parts);
    if (auto const* typed = form_of<CallNode>(item); typed && typed->name == "$typed")
        target.type = form_of<TypeNode>(*typed->arguments[1])->type.value_or(Type::dynamic);
    return target;
}

}  // namespace

Result<Relation> Binder::find(Find const& o, Span span) {
    auto parts = TRY(tables_to_search(o.tables));
    std::vector<std::string> tested;
    names_in(*o.predicate, tested);
    std::erase_if(tested, [&](std::string const& name) {
        return std::none_of(parts.begin(), parts.end(), [&](Relation const& r) { return r.find_named(name); });
    });
    if (!tested.empty())  // a table with none of these columns is left out
        std::erase_if(parts, [&](Relation const& part) { return !has_any_of(part, tested); });
    if (parts.empty()) return std::unexpected(error("hunt.union_of_nothing").with(span));
    auto const anywhere = names_of(parts);
    std::vector<Target> targets;
    for (auto const& item : o.project) {
        auto const* typed = form_of<CallNode>(*item);
        auto name = default_name(typed && typed->name == "$typed" ? *typed->arguments[0] : *item);
        if (!anywhere.contains(name) && !anywhere.contains(current_name(name)))
            return std::unexpected(unknown_name(name, item->span, {}));
        targets.push_back(declared_target(*item, std::move(name), parts));
    }
    if (o.smart) targets = smart_targets(tested, parts);
    bool const rest_is_shown = o.pack || (o.smart && std::any_of(anywhere.begin(), anywhere.end(), [&](std::string const& name) {
        return std::none_of(targets.begin(), targets.end(), [&](Target const& t) { return t.name == name || current_name(t.name) == name; });
    }));
    for (auto& part : parts) {
        auto test = TRY(search_test(*o.predicate, part, anywhere));
        part.plan = make_plan(FilterPlan{part.plan, std::move(test)});
        std::vector<Item> items;
        std::vector<Column> columns;
        std::vector<ExprPtr> rest;
        auto const give = [&](std::string name, Type type, ExprPtr value) {
            columns.push_back({std::move(name), new_id(), type, true, true});
            items.push_back({columns.back().id, std::move(value)});
        };
        for (auto const& t : targets) {
            auto const* c = part.find_named(t.name);
            give(t.name, t.type, c ? TRY(convert(make_column(*c), t.type, span)) : make_null(t.type));
        }
        for (auto const& c : part.columns)
            if (rest_is_shown && std::none_of(targets.begin(), targets.end(), [&](Target const& t) { return part.find_named(t.name) == &c; })) {
                rest.push_back(make_text(c.name));
                rest.push_back(TRY(to_json(make_column(c), span)));
            }
        if (rest_is_shown)
            give("pack_", Type::dynamic, rest.empty() ? make_constant({Type::dynamic, std::string("{}")})
                                                      : make_call(Type::dynamic, Say::bag_pack, std::move(rest), false));
        part.plan = make_plan(ProjectPlan{part.plan, std::move(items)});
        part.columns = std::move(columns);
    }
    std::string source_column = "source_";
    for (auto const& s : o.settings)
        if (s.name == "withsource" || s.name == "with_source") source_column = s.text;
    return combine(std::move(parts), false, source_column);
}

}  // namespace merlon::hunt
