// mv-expand and mv-apply (semantics guide, section 14): one row for each element, several arrays side by side.
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

std::string_view setting(Settings const& settings, std::string_view name) {
    for (auto const& s : settings)
        if (s.name == name) return s.text;
    return {};
}

ExprPtr raw_element(int id) { return make_call(Type::dynamic, Say::element, {make_column({"", id, Type::dynamic, true, true})}); }

// Numbers come from numbers only: text becomes null.
Result<ExprPtr> typed(Binder& binder, ExprPtr element, Type type, Span span) {
    if (type == Type::dynamic) return element;
    auto converted = TRY(binder.convert(element, type, span));
    if (!is_number(type)) return converted;
    return make_call(type, Say::number_of_element, {element, converted});
}

struct Expansion {
    Relation rows;                 // the source's columns as they were
    std::vector<Column> elements;  // one for each item, named
    std::optional<Column> index;
};

Result<Expansion> expand(Binder& binder, std::vector<ExpandItem> const& items, Settings const& settings, NodePtr const& limit,
                         Relation relation, std::int64_t default_limit) {
    bool const pairs = setting(settings, "kind") == "array" || setting(settings, "bagexpansion") == "array";
    std::int64_t most = default_limit;
    if (limit) most = std::max<std::int64_t>(0, TRY(binder.constant_integer(*limit, "the limit")));
    Rows rows;
    rows.columns = &relation.columns;
    RawPlan raw;
    raw.keeps_input = true;
    Expansion made;
    std::vector<std::pair<int, Type>> targets;
    std::vector<Phrase> lists, lengths;
    for (auto const& item : items) {
        auto value = TRY(binder.json_of_text(*item.value, TRY(binder.expression(*item.value, rows)), rows));
        if (value->type != Type::dynamic)
            return std::unexpected(error("KS107", "dynamic").with(item.span).with_hint("Only arrays and bags expand; parse text with parse_json() or split()."));
        auto name = item.name.text.empty() ? binder.default_name(*item.value) : item.name.text;
        if (name.empty()) name = "Column1";
        Phrase list(Say::elements, {slot(raw.expressions.size())});
        raw.expressions.push_back(make_call(Type::dynamic, pairs ? Say::expandable_as_pairs : Say::expandable, {std::move(value)}, false));
        if (most >= 0) list = {Say::first_elements, {std::move(list), std::to_string(most)}};
        auto const id = binder.new_id();
        raw.columns.push_back(id);
        lists.push_back({Say::named, {{Say::unnest_array, {list}}, column_name(id)}});
        lengths.push_back({Say::length, {std::move(list)}});
        targets.emplace_back(id, item.type.value_or(Type::dynamic));
        made.elements.push_back({std::move(name), id, item.type.value_or(Type::dynamic), true, true});
    }
    auto const index_name = setting(settings, "with_itemindex");
    if (!index_name.empty()) {
        auto const id = binder.new_id();
        raw.columns.push_back(id);
        lists.push_back({Say::named, {{Say::unnest_places, std::move(lengths)}, column_name(id)}});
        made.index = Column{std::string(index_name), id, Type::long_, false, false};
    }
    raw.phrase = {Say::expanded_rows, std::move(lists)};
    raw.inputs = {relation.plan};
    auto plan = make_plan(std::move(raw));
    std::vector<Item> values;
    for (auto const& c : relation.columns) values.push_back({c.id, make_column(c)});
    if (relation.row_number) values.push_back({*relation.row_number, make_column({"", *relation.row_number, Type::long_, false, false})});
    for (std::size_t i = 0; i < targets.size(); ++i) {
        auto value = TRY(typed(binder, raw_element(targets[i].first), targets[i].second, items[i].span));
        made.elements[i].id = binder.new_id();
        values.push_back({made.elements[i].id, std::move(value)});
    }
    if (made.index) values.push_back({made.index->id, make_column(*made.index)});
    relation.plan = make_plan(ProjectPlan{std::move(plan), std::move(values)});
    made.rows = std::move(relation);
    return made;
}

// The element takes the place of the column it was named after, or stands at the end.
Relation placed(Binder& binder, Expansion made) {
    auto columns = made.rows.columns;
    for (auto const& e : made.elements) {
        auto const place = std::find_if(columns.begin(), columns.end(), [&](Column const& c) { return c.name == e.name; });
        if (place == columns.end()) columns.push_back(e);
        else *place = e;
    }
    if (made.index) columns.push_back(*made.index);
    std::vector<Item> items;
    for (auto const& c : columns) items.push_back({c.id, make_column(c)});
    made.rows.plan = binder.project_plan(made.rows, std::move(items));
    made.rows.columns = std::move(columns);
    return std::move(made.rows);
}

}  // namespace

Result<Relation> Binder::mv_expand(MvExpand const& o, Relation relation, Span) {
    relation.row_number.reset();
    auto made = TRY(expand(*this, o.items, o.settings, o.limit, std::move(relation), o.old_name ? 128 : -1));
    return placed(*this, std::move(made));
}

namespace {

// mv-apply runs its subquery for each source row. The operators that work row by row need nothing special; those over
// many rows (summarize, top, sort, take, distinct) do it within the rows of one source row, told apart by a hidden number.
struct PerRow {
    Binder& binder;
    Relation relation;
    std::vector<Column> outer;  // columns of the source row that come back in the end
    Column row;                 // its number
};

}  // namespace

Result<Relation> Binder::mv_apply(MvApply const& o, Relation relation, Span span) {
    auto const number = new_id();
    relation.row_number.reset();
    {
        std::vector<Item> items;
        for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
        items.push_back({number, make_window(Type::long_, Say::row_number, {}, false)});
        relation.plan = make_plan(ProjectPlan{relation.plan, std::move(items)});
    }
    auto const source_columns = relation.columns;
    // The source rows are read twice: expanded, and to be joined with what the subquery gives for each.
    std::string const row_name = "$row" + std::to_string(number);
    Column const row{row_name, number, Type::long_, false, false};
    auto with_row = relation;
    with_row.columns.push_back(row);
    with_row = TRY(shared(std::move(with_row)));
    auto inner = fresh(with_row);
    auto made = TRY(expand(*this, o.items, o.settings, o.limit, std::move(inner), -1));
    auto expanded = placed(*this, std::move(made));
    expanded.serialized = true;
    auto const saved = group_row_;
    group_row_ = row_name;
    auto result = query(*o.subquery, std::move(expanded));
    group_row_ = saved;
    if (!result) return result;
    auto const* key = result->find(row_name);
    if (!key) return std::unexpected(error("hunt.not_supported", "this subquery of mv-apply").with(span));
    // Source columns that the subquery did not touch come from the source row; the rest replaces or follows.
    std::vector<Column> columns;
    std::vector<Item> items;
    auto const outer_row = *with_row.find(row_name);
    std::vector<std::pair<ExprPtr, ExprPtr>> keys{{make_column(outer_row), make_column(*key)}};
    // A join gives its rows in any order; the source's order, and within a row the subquery's, is brought back where it counts.
    Column place{"", result->row_number.value_or(0), Type::long_, false, false};
    if (!result->row_number) {
        place.id = new_id();
        std::vector<Item> inner_items;
        for (auto const& c : result->columns) inner_items.push_back({c.id, make_column(c)});
        inner_items.push_back({place.id, make_window(Type::long_, Say::row_number, {}, false)});
        result->plan = make_plan(ProjectPlan{result->plan, std::move(inner_items)});
    }
    auto plan = make_plan(JoinPlan{JoinKind::inner, with_row.plan, result->plan, std::move(keys), {}});
    std::set<std::string> inner_names;
    for (auto const& c : result->columns) inner_names.insert(c.name);
    for (auto const& c : with_row.columns) {
        if (c.name == row_name || inner_names.contains(c.name)) continue;
        bool const is_element = std::any_of(o.items.begin(), o.items.end(), [&](ExpandItem const& i) {
            return (i.name.text.empty() ? default_name(*i.value) : i.name.text) == c.name; });
        if (is_element) continue;
        columns.push_back(c);
    }
    // A column that is expanded under its own name leaves its place and comes with what the subquery gives.
    auto const moved = [&](std::string const& name) {
        return std::any_of(o.items.begin(), o.items.end(), [&](ExpandItem const& i) {
            auto const* bare = i.name.text.empty() ? form_of<NameNode>(*i.value) : nullptr;
            return bare && bare->name == name;
        });
    };
    std::vector<Column> ordered;
    for (auto const& c : with_row.columns) {
        if (c.name == row_name || moved(c.name)) continue;
        if (auto const* replaced = result->find(c.name)) ordered.push_back(*replaced);
        else if (std::any_of(columns.begin(), columns.end(), [&](Column const& k) { return k.name == c.name; })) ordered.push_back(c);
    }
    for (auto const& c : result->columns)
        if (c.name != row_name && (moved(c.name) || !with_row.find(c.name))) ordered.push_back(c);
    Relation answer;
    for (auto const& c : ordered) items.push_back({c.id, make_column(c)});
    answer.columns = std::move(ordered);
    answer.row_number = new_id();
    items.push_back({*answer.row_number, make_window(Type::long_, {Say::row_number, {in_parts({}, {slot(0), slot(1)})}}, {make_column(outer_row), make_column(place)}, false)});
    answer.plan = make_plan(ProjectPlan{std::move(plan), std::move(items)});
    return answer;
}

}  // namespace merlon::hunt
