// print, range, datatable, getschema.
#include "base/time.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {

Result<Relation> Binder::print(Print const& o) {
    Relation made;
    std::vector<Item> items;
    std::set<std::string> taken;
    int place = 0;
    for (auto const& item : o.items) {
        for (auto& one : TRY(named_items(*item, {}))) {
            auto name = one.given || (one.of_several && !one.name.empty()) ? one.name : "print_" + std::to_string(place);
            if (one.given && taken.contains(name)) return std::unexpected(error("KS171", name).with(one.span));
            name = unique_name(std::move(name), taken);
            taken.insert(name);
            Column const c{std::move(name), new_id(), one.value->type, one.value->nullable, one.value->may_be_nan};
            items.push_back({c.id, std::move(one.value)});
            made.columns.push_back(c);
        }
        ++place;
    }
    made.plan = make_plan(ProjectPlan{make_plan(ValuesPlan{{}, {{}}}), std::move(items)});
    made.serialized = true;
    return made;
}

Result<Relation> Binder::range_rows(RangeRows const& o) {
    auto from = TRY(expression(*o.from, {}));
    auto to = TRY(expression(*o.to, {}));
    auto step = TRY(expression(*o.step, {}));
    auto const is_real = [](ExprPtr const& e) { return e->type == Type::real || e->type == Type::decimal; };
    auto type = from->type == Type::dynamic ? Type::long_ : from->type;
    if (is_real(from) || is_real(to) || (is_number(type) && is_real(step))) type = Type::real;
    if (type == Type::int_) type = Type::long_;
    if (!is_number(type) && !is_time(type)) return std::unexpected(error("KS138", "range").with(o.from->span));
    from = TRY(convert(std::move(from), type, o.from->span));
    to = TRY(convert(std::move(to), type, o.to->span));
    step = TRY(convert(std::move(step), type == Type::datetime ? Type::timespan : type, o.step->span));
    if (auto const* c = constant_of(step)) {
        bool const zero = c->is_null() || c->value == decltype(c->value)(std::int64_t{0}) || c->value == decltype(c->value)(0.0);
        if (zero) return std::unexpected(error("hunt.zero_step").with(o.step->span));
    }
    Relation made;
    auto const id = new_id();
    RawPlan raw;
    raw.expressions = {from, to, step};
    raw.columns = {id};
    // With known ends the engine makes the rows as they are read; else they are one list, which takes memory.
    bool const known = std::all_of(raw.expressions.begin(), raw.expressions.end(), [](ExprPtr const& e) {
        auto const* c = constant_of(e);
        return c && !c->is_null();
    });
    bool const real = type == Type::real;
    raw.phrase = {real ? Say::range_rows_real : Say::range_rows,
                  {column_name(id), {known ? Say::series_as_read : Say::series_as_list, {real ? Say::real_steps : Say::whole_steps}}}};
    made.plan = make_plan(std::move(raw));
    made.columns = {{o.name.text, id, type, false, false}};
    made.serialized = true;
    return made;
}

Result<Relation> Binder::datatable(Datatable const& o, Span span) {
    Relation made;
    ValuesPlan plan;
    std::set<std::string> seen;
    for (auto const& declared : o.columns) {
        if (!seen.insert(declared.name.text).second) return std::unexpected(error("KS171", declared.name.text).with(declared.name.span));
        Column const c{declared.name.text, new_id(), declared.type, true, true};
        plan.columns.emplace_back(c.id, c.type);
        made.columns.push_back(c);
    }
    auto const width = o.columns.size();
    if (width == 0) return std::unexpected(error("KS006").with(span));
    if (o.values.size() % width != 0)
        return std::unexpected(error("KS173", std::to_string(o.values.size()), std::to_string(width))
                                   .with({o.values.front()->span.begin, o.values.back()->span.end}));
    for (std::size_t i = 0; i < o.values.size(); i += width) {
        std::vector<ExprPtr> row;
        for (std::size_t k = 0; k < width; ++k) {
            auto const& node = *o.values[i + k];
            if (form_of<BinaryNode>(node)) return std::unexpected(error("KS129", "a value of datatable").with(node.span));
            auto value = TRY(expression(node, {}));
            if (value->type != o.columns[k].type) value = TRY(convert(std::move(value), o.columns[k].type, node.span));
            row.push_back(std::move(value));
        }
        plan.rows.push_back(std::move(row));
    }
    made.plan = make_plan(std::move(plan));
    return made;
}

Result<Relation> Binder::get_schema(Relation relation) {
    Relation made;
    ValuesPlan plan;
    auto const add = [&](std::string name, Type type) {
        Column const c{std::move(name), new_id(), type, false, false};
        plan.columns.emplace_back(c.id, type);
        made.columns.push_back(c);
    };
    add("ColumnName", Type::string);
    add("ColumnOrdinal", Type::long_);
    add("DataType", Type::string);
    add("ColumnType", Type::string);
    std::int64_t ordinal = 0;
    for (auto const& c : relation.columns)
        plan.rows.push_back({make_text(c.name), make_long(ordinal++), make_text(std::string(clr_name(c.type))), make_text(std::string(type_name(c.type)))});
    made.plan = make_plan(std::move(plan));
    made.serialized = true;
    return made;
}

}  // namespace merlon::hunt
