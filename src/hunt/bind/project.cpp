// where, project, extend, serialize, and the operators that pick columns by name.
#include "base/json_read.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

bool matches_pattern(std::string_view name, std::string_view pattern) {
    auto const star = pattern.find('*');
    if (star == std::string_view::npos) return name == pattern;
    auto const head = pattern.substr(0, star);
    auto const tail = pattern.substr(star + 1);
    if (auto const second = tail.find('*'); second != std::string_view::npos)
        return name.starts_with(head) && name.find(tail.substr(0, second), head.size()) != std::string_view::npos;
    return name.size() >= head.size() + tail.size() && name.starts_with(head) && name.ends_with(tail);
}

Rows rows_of(Relation const& relation, WindowNeeds* windows) {
    Rows rows;
    rows.columns = &relation.columns;
    rows.relation = &relation;
    rows.windows = windows;
    return rows;
}

}  // namespace

Relation Binder::below(Relation relation, WindowNeeds const& needs) {
    if (!needs.row_number) return relation;
    relation = numbered(std::move(relation), needs.row_number);
    std::vector<int> extra;
    for (auto const& level : needs.levels) {
        std::vector<Item> items;
        for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
        for (auto const id : extra) items.push_back({id, make_column({"", id, Type::dynamic, true, true})});
        for (auto const& item : level) {
            items.push_back(item);
            extra.push_back(item.id);
        }
        relation.plan = project_plan(relation, std::move(items));
    }
    return relation;
}

Result<std::vector<NamedExpr>> Binder::named_items(Node const& node, Rows const& rows) {
    std::vector<NamedExpr> made;
    auto const* named = form_of<NamedNode>(node);
    auto const& value_node = named ? *named->value : node;
    if (auto const* several = form_of<CallNode>(value_node); several && gives_several(*several))
        return several_items(*several, named, node.span, rows);
    if (named && named->names.size() > 1)
        return std::unexpected(error("KS149").with(node.span));
    NamedExpr one;
    one.value = TRY(expression(value_node, rows));
    one.given = named != nullptr;
    one.name = named ? named->names[0].text : default_name(value_node);
    one.span = named ? named->names[0].span : node.span;
    made.push_back(std::move(one));
    return made;
}

bool Binder::gives_several(CallNode const& call) const {
    if (lookup(call.name)) return false;
    if (call.name == "array_sort_asc" || call.name == "array_sort_desc") return true;
    auto const* function = find_scalar(call.name);
    return function && !function->columns.empty() && function->refused.empty();
}

// One name in front takes the first column only, several names as many columns as there are names; without names all.
Result<std::vector<NamedExpr>> Binder::several_items(CallNode const& call, NamedNode const* named, Span span, Rows const& rows) {
    std::vector<std::pair<std::string, ExprPtr>> columns;
    if (call.name.starts_with("array_sort")) {
        columns = TRY(sorted_arrays(call, span, rows));
    } else {
        auto const& function = *find_scalar(call.name);
        auto const whole = TRY(call_table(function, TRY(arguments(call, rows)), span));
        auto const base = call.name + "_" + (call.arguments.empty() ? "" : default_name(*call.arguments[0])) + "_";
        std::int64_t place = 0;
        for (auto const& c : function.columns) {
            auto item = make_call(Type::dynamic, Say::item, {whole, make_long(place++)});
            columns.emplace_back(base + c.name, TRY(convert(std::move(item), c.type, span)));
        }
    }
    if (named && named->names.size() > columns.size()) return std::unexpected(error("KS149").with(span));
    std::vector<NamedExpr> made;
    // Names written take the first columns and leave out the others; the service lists them all, the engine does not.
    for (std::size_t i = 0; i < (named ? named->names.size() : columns.size()); ++i)
        made.push_back({named ? named->names[i].text : columns[i].first, named != nullptr, columns[i].second,
                        named ? named->names[i].span : span, true});
    return made;
}

// array_sort_asc(keys, others ..., [nulls last]): the keys in order, and the others in the order that this gives.
Result<std::vector<std::pair<std::string, ExprPtr>>> Binder::sorted_arrays(CallNode const& call, Span span, Rows const& rows) {
    auto args = TRY(arguments(call, rows));
    bool const ascending = call.name == "array_sort_asc";
    ExprPtr nulls_last = make_bool(true);
    if (args.size() > 1 && args.back()->type == Type::bool_) {
        nulls_last = args.back();
        args.pop_back();
    }
    if (args.empty()) return std::unexpected(error("KS119", call.name, "at least 1").with(span));
    std::vector<std::pair<std::string, ExprPtr>> made;
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i]->type != Type::dynamic)
            return std::unexpected(error("KS127", call.name, std::string(type_name(args[i]->type))).with(span));
        auto name = default_name(*call.arguments[i]);
        if (name.empty() && args.size() > 1) name = "array" + std::to_string(i);
        if (!name.empty()) name += "_sorted";
        if (i == 0) made.emplace_back(std::move(name), make_call(Type::dynamic, ascending ? Say::array_sort_asc : Say::array_sort_desc, {args[0], nulls_last}));
        else made.emplace_back(std::move(name), make_call(Type::dynamic, ascending ? Say::array_sort_asc_by : Say::array_sort_desc_by, {args[0], args[i], nulls_last}));
    }
    return made;
}

Result<Relation> Binder::where(Where const& o, Relation relation) {
    WindowNeeds windows;
    auto test = TRY(predicate(*o.predicate, rows_of(relation, &windows)));
    if (windows.row_number) {
        relation = below(std::move(relation), windows);
        auto const id = new_id();
        std::vector<Item> items;
        for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
        items.push_back({id, std::move(test)});
        relation.plan = project_plan(relation, std::move(items));
        test = make_column({"", id, Type::bool_, true, false});
    }
    return with_plan(relation, make_plan(FilterPlan{relation.plan, std::move(test)}));
}

Relation Binder::extended(Relation relation, std::vector<NamedExpr> const& added) {
    std::vector<Item> items;
    std::vector<Column> columns = relation.columns;
    std::map<int, ExprPtr> values;
    for (auto const& a : added) {
        Column made{a.name, new_id(), a.value->type, a.value->nullable, a.value->may_be_nan};
        values[made.id] = a.value;
        auto const place = std::find_if(columns.begin(), columns.end(), [&](Column const& c) { return c.name == a.name; });
        if (place == columns.end()) columns.push_back(made);
        else *place = made;
    }
    for (auto const& c : columns) {
        auto const value = values.find(c.id);
        items.push_back({c.id, value == values.end() ? make_column(c) : value->second});
    }
    relation.plan = project_plan(relation, std::move(items));
    relation.columns = std::move(columns);
    return relation;
}

Result<Relation> Binder::project(Project const& o, Relation relation, Span span) {
    if (o.kind != Columns::project && o.kind != Columns::extend && o.kind != Columns::serialize)
        return pick_columns(o, std::move(relation), span);
    if (o.kind == Columns::serialize) relation.serialized = true;
    WindowNeeds windows;
    auto const rows = rows_of(relation, &windows);
    bool const extends = o.kind != Columns::project;
    std::set<std::string> taken, given;
    if (extends)
        for (auto const& c : relation.columns) taken.insert(c.name);
    std::vector<NamedExpr> made;
    int unnamed = 0;
    std::vector<Error> errors;
    for (auto const& item : o.items) {
        if (form_of<StarNode>(*item) || form_of<PatternNode>(*item)) {
            auto const* pattern = form_of<PatternNode>(*item);
            for (auto const& c : relation.columns)
                if (!pattern || matches_pattern(c.name, pattern->pattern)) {
                    if (!given.insert(c.name).second) continue;
                    taken.insert(c.name);
                    made.push_back({c.name, false, make_column(c), item->span});
                }
            continue;
        }
        auto bound = named_items(*item, rows);
        if (!bound) {
            auto& e = bound.error();
            auto const just_made = [&](NamedExpr const& one) { return !e.args.empty() && one.given && one.name == e.args[0]; };
            if (e.code == "KS142" && std::any_of(made.begin(), made.end(), just_made))
                e.hint = e.args[0] + " is made in the same operator: make it in an extend before this one.";
            errors.push_back(std::move(e));
            continue;
        }
        for (auto& one : *bound) {
            if (one.given || form_of<NameNode>(*item)) {
                if (!given.insert(one.name).second)
                    return std::unexpected(error("KS171", one.name).with(one.span));
                if (!extends) one.name = unique_name(one.name, taken);  // an expression before it may have got that name
            } else if (one.name.empty()) {
                do one.name = "Column" + std::to_string(++unnamed);
                while (taken.contains(one.name));
            } else if (!extends) {
                one.name = unique_name(one.name, taken);
            }
            taken.insert(one.name);
            made.push_back(std::move(one));
        }
    }
    if (!errors.empty()) {
        auto first = std::move(errors.front());
        for (std::size_t i = 1; i < errors.size(); ++i) first.others.push_back(std::move(errors[i]));
        return std::unexpected(std::move(first));
    }
    auto below_rows = below(relation, windows);
    if (extends) return extended(std::move(below_rows), made);
    std::vector<Item> items;
    std::vector<Column> columns;
    for (auto& one : made) {
        auto const id = column_of(one.value).value_or(0) != 0 ? *column_of(one.value) : new_id();
        bool const repeated = std::any_of(columns.begin(), columns.end(), [&](Column const& c) { return c.id == id; });
        Column const column{one.name, repeated ? new_id() : id, one.value->type, one.value->nullable, one.value->may_be_nan};
        items.push_back({column.id, std::move(one.value)});
        columns.push_back(column);
    }
    if (auto const* group = group_column(below_rows.columns); group && std::none_of(columns.begin(), columns.end(), [&](Column const& c) { return c.name == group->name; })) {
        items.push_back({group->id, make_column(*group)});
        columns.push_back(*group);
    }
    below_rows.plan = project_plan(below_rows, std::move(items));
    below_rows.columns = std::move(columns);
    return below_rows;
}

namespace {

Result<std::vector<std::size_t>> picked(Binder const& binder, Node const& item, Relation const& relation) {
    std::vector<std::size_t> found;
    auto const* name = form_of<NameNode>(item);
    auto const* pattern = form_of<PatternNode>(item);
    bool const star = form_of<StarNode>(item) != nullptr;
    if (!name && !pattern && !star) return std::unexpected(error("KS005", "a column", "an expression").with(item.span));
    for (std::size_t i = 0; i < relation.columns.size(); ++i) {
        auto const& c = relation.columns[i].name;
        if (star || (pattern && matches_pattern(c, pattern->pattern)) ||
            (name && relation.find_named(name->name) == &relation.columns[i]))
            found.push_back(i);
    }
    if (name && found.empty() && !binder.may_be_unpacked(name->name)) {
        Rows rows;
        rows.columns = &relation.columns;
        return std::unexpected(binder.unknown_name(name->name, item.span, rows));
    }
    return found;
}

std::vector<std::string> texts_of(std::string_view json) {
    std::vector<std::string> made;
    auto const document = json::Document::parse(json, "dynamic");
    if (!document) return made;
    for (auto value : json::array(document->root())) made.emplace_back(json::text(value));
    return made;
}

// "a10" after "a9": digits compare as numbers.
bool granny_less(std::string const& a, std::string const& b) {
    std::size_t i = 0;
    std::size_t k = 0;
    while (i < a.size() && k < b.size()) {
        if (std::isdigit(static_cast<unsigned char>(a[i])) && std::isdigit(static_cast<unsigned char>(b[k]))) {
            auto const from_i = i;
            auto const from_k = k;
            while (i < a.size() && std::isdigit(static_cast<unsigned char>(a[i]))) ++i;
            while (k < b.size() && std::isdigit(static_cast<unsigned char>(b[k]))) ++k;
            auto const x = std::stoull("0" + a.substr(from_i, std::min<std::size_t>(i - from_i, 18)));
            auto const y = std::stoull("0" + b.substr(from_k, std::min<std::size_t>(k - from_k, 18)));
            if (x != y) return x < y;
        } else if (a[i] != b[k]) {
            return a[i] < b[k];
        } else {
            ++i;
            ++k;
        }
    }
    return a.size() - i < b.size() - k;
}

Relation with_columns(Binder& binder, Relation relation, std::vector<Column> columns) {
    std::vector<Item> items;
    for (auto const& c : columns) items.push_back({c.id, make_column(c)});
    relation.plan = binder.project_plan(relation, std::move(items));
    relation.columns = std::move(columns);
    return relation;
}

}  // namespace

Result<Relation> Binder::pick_columns(Project const& o, Relation relation, Span span) {
    std::vector<Column> columns;
    if (o.kind == Columns::rename) {
        columns = relation.columns;
        for (auto const& item : o.items) {
            auto const* named = form_of<NamedNode>(*item);
            auto const* old = named ? form_of<NameNode>(*named->value) : nullptr;
            if (!old || named->names.size() != 1) return std::unexpected(error("KS005", "new = old", "an expression").with(item->span));
            auto const at = TRY(picked(*this, *named->value, relation));
            if (!at.empty()) columns[at[0]].name = named->names[0].text;
        }
        std::set<std::string> seen;
        for (auto const& c : columns)
            if (!seen.insert(c.name).second) return std::unexpected(error("KS171", c.name).with(span));
        return with_columns(*this, std::move(relation), std::move(columns));
    }
    std::vector<std::size_t> order;
    std::vector<bool> used(relation.columns.size(), false);
    if (o.kind == Columns::by_names) {  // names and patterns known when compiling; those that match nothing do no harm
        for (auto const& item : o.items) {
            auto const c = TRY(constant(*item, "the names of columns"));
            auto const* text = std::get_if<std::string>(&c.value);
            if (!text) return std::unexpected(error("KS107", "string or dynamic").with(item->span));
            for (auto const& name : c.type == Type::dynamic ? texts_of(*text) : std::vector<std::string>{*text})
                for (std::size_t i = 0; i < relation.columns.size(); ++i) {
                    if (used[i] || !matches_pattern(relation.columns[i].name, name)) continue;
                    used[i] = true;
                    columns.push_back(relation.columns[i]);
                }
        }
        if (columns.empty()) return std::unexpected(error("hunt.no_columns").with(span));
        return with_columns(*this, std::move(relation), std::move(columns));
    }
    for (std::size_t k = 0; k < o.items.size(); ++k) {
        auto found = picked(*this, *o.items[k], relation);
        // A name that is gone already does no harm when columns are taken away... but Kusto refuses it, and so do we.
        if (!found) return std::unexpected(std::move(found).error());
        if (k < o.orders.size() && !o.orders[k].empty()) {
            auto const& how = o.orders[k];
            auto const less = [&](std::size_t a, std::size_t b) {
                auto const& x = relation.columns[a].name;
                auto const& y = relation.columns[b].name;
                return how.starts_with("granny") ? granny_less(x, y) : x < y;
            };
            std::stable_sort(found->begin(), found->end(), less);
            if (how.ends_with("desc")) std::reverse(found->begin(), found->end());
        }
        for (auto i : *found) {
            if (used[i]) continue;
            used[i] = true;
            order.push_back(i);
        }
    }
    if (o.kind == Columns::reorder) {
        for (std::size_t i = 0; i < used.size(); ++i)
            if (!used[i]) order.push_back(i);
        for (auto i : order) columns.push_back(relation.columns[i]);
    } else {
        for (std::size_t i = 0; i < used.size(); ++i)
            if (used[i] == (o.kind == Columns::keep)) columns.push_back(relation.columns[i]);
    }
    if (auto const* group = group_column(relation.columns); group && std::none_of(columns.begin(), columns.end(), [&](Column const& c) { return c.name == group->name; }))
        columns.push_back(*group);
    return with_columns(*this, std::move(relation), std::move(columns));
}

}  // namespace merlon::hunt
