// evaluate geo_polygon_lookup, geo_line_lookup: rows joined to the polygons that hold their point, or the lines near it.
#include "hunt/bind/binder.h"

namespace merlon::hunt {

Result<Relation> Binder::lookup_by_place(CallNode const& call, Relation relation, Span span) {
    bool const polygons = call.name == "geo_polygon_lookup";
    auto const& args = call.arguments;
    std::size_t const needed = polygons ? 4 : 5;
    std::vector<Node const*> plain;
    std::map<std::string, Node const*, std::less<>> named;
    for (auto const& a : args) {
        if (auto const* n = form_of<NamedNode>(*a)) named[n->names[0].text] = n->value.get();
        else plain.push_back(a.get());
    }
    if (plain.size() < needed) return std::unexpected(error("KS119", call.name, "at least " + std::to_string(needed)).with(span));
    auto right = fresh(TRY(source(*plain[0])));
    auto const* key_name = form_of<NameNode>(*plain[1]);
    auto const* key = key_name ? right.find_named(key_name->name) : nullptr;
    if (!key) return std::unexpected(error("KS107", "column").with(plain[1]->span));
    Rows rows;
    rows.columns = &relation.columns;
    auto const x = TRY(expression(*plain[2], rows)), y = TRY(expression(*plain[3], rows));
    auto const option = [&](std::string_view name, std::size_t place) -> Result<bool> {
        auto const found = named.find(name);
        auto const* node = found != named.end() ? found->second : place < plain.size() ? plain[place] : nullptr;
        if (!node) return false;
        auto const c = TRY(constant(*node, name));
        return c.value == decltype(c.value)(true);
    };
    ExprPtr radius;
    if (auto const found = named.find("radius"); found != named.end()) radius = TRY(expression(*found->second, {}));
    else if (!polygons) radius = TRY(expression(*plain[4], {}));
    bool const keep_unmatched = TRY(option("return_unmatched", needed));
    bool const keep_key = TRY(option("return_lookup_key", needed + 2));
    auto const* distance = find_scalar(polygons ? "geo_distance_point_to_polygon" : "geo_distance_point_to_line");
    auto condition = radius ? TRY(compare("<=", TRY(call_table(*distance, {x, y, make_column(*key)}, span)), radius, span))
                            : TRY(call_table(*find_scalar("geo_point_in_polygon"), {x, y, make_column(*key)}, span));
    auto plan = make_plan(JoinPlan{keep_unmatched ? JoinKind::left : JoinKind::inner, relation.plan, right.plan, {}, std::move(condition)});
    Relation result;
    auto items = looked_up(relation, right, [&](Column const& c) { return keep_key || c.id != key->id; }, result);
    result.plan = make_plan(ProjectPlan{std::move(plan), std::move(items)});
    return result;
}

}  // namespace merlon::hunt
