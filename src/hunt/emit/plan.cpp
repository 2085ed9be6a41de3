// Plans as SQL: a chain of SELECTs, each taking in as many steps as one SELECT can hold.
#include "hunt/emit/emission.h"

namespace merlon::hunt {

namespace {

std::string name_of(int id) { return "c" + std::to_string(id); }

void add(std::string& list, std::string_view item) {
    if (!list.empty()) list += ", ";
    list += item;
}

// One SELECT under construction. Steps attach while the SQL clause order allows it.
struct Select {
    std::string items;  // empty: all columns of `from`
    std::string from;
    std::string where, group, order, limit;

    bool takes_filter() const { return items.empty() && order.empty() && limit.empty(); }
    bool takes_items() const { return items.empty() && limit.empty(); }
    std::string text(Emission& out) const {
        auto made = items.empty() ? out.say(Say::select_all) : out.say(Say::select, items);
        auto const clause = [&](Say w, std::string const& what) {
            if (!what.empty()) made += out.say(w, what);
        };
        clause(Say::from, from);
        clause(Say::where, where);
        clause(Say::group_by, group);
        clause(Say::order_by, order);
        clause(Say::limit, limit);
        return made;
    }
};

}  // namespace

struct PlanEmitter {
    Emission& out;

    Select nested(Select inner) const {
        Select outer;
        outer.from = out.say(Say::rows_of, inner.text(out), "t");
        return outer;
    }
    std::string text(PlanPtr const& p) const { return build(p).text(out); }
    std::string bracketed(PlanPtr const& p, std::string_view alias) const { return out.say(Say::rows_of, text(p), alias); }
    Select build(PlanPtr const& p) const { return std::visit(*this, p->form); }
    std::string value(ExprPtr const& e) const { return out.expression(e, Use::value); }
    std::string named(std::string const& value, int id) const { return out.say(Say::named, value, name_of(id)); }

    Select operator()(ScanPlan const& p) const {
        Select s;
        for (auto const& f : p.fields) {
            std::string item;
            if (p.relation.empty() || !f.has_source) item = out.constant({f.type, {}});
            else if (f.type == Type::string && f.not_null) item = out.quoted_name(f.name);
            else if (f.type == Type::string) item = out.say(Say::text_or_empty, out.quoted_name(f.name));
            else item = out.say(Say::cast_to, out.quoted_name(f.name), out.type(f.type));
            add(s.items, named(item, f.id));
        }
        if (s.items.empty()) s.items = out.say(Say::no_columns);
        s.from = p.relation;
        Emission::Slots slots;
        if (p.relation.empty()) s.where = out.say(Say::false_value);
        else if (!is_empty(p.where)) out.put(p.where, slots, s.where);
        return s;
    }
    Select operator()(ValuesPlan const& p) const {
        Select s;
        std::string head;
        for (auto const& [id, type] : p.columns) add(head, name_of(id));
        if (p.rows.empty()) {
            for (auto const& [id, type] : p.columns) add(s.items, named(out.constant({type, {}}), id));
            s.where = out.say(Say::false_value);
            return s;
        }
        if (p.columns.empty()) {
            s.items = out.say(Say::no_columns);
            return s;
        }
        if (p.rows.size() == 1) {
            for (std::size_t i = 0; i < p.columns.size(); ++i) add(s.items, named(value(p.rows[0][i]), p.columns[i].first));
            return s;
        }
        std::string rows;
        for (auto const& row : p.rows) {
            std::string cells, named_cells;
            for (std::size_t i = 0; i < row.size(); ++i) {
                auto const cell = value(row[i]);
                add(cells, cell);
                add(named_cells, named(cell, p.columns[i].first));
            }
            rows += (rows.empty() ? "" : out.say(Say::values_between)) + out.say(Say::values_row, cells, named_cells);
        }
        s.from = out.say(Say::values, rows, head);
        return s;
    }
    Select operator()(ProjectPlan const& p) const {
        auto s = build(p.input);
        bool windows = false;
        for (auto const& item : p.items) windows = windows || has_window(item.value);
        if (!s.takes_items() || (windows && !s.order.empty())) s = nested(std::move(s));
        for (auto const& item : p.items)
            add(s.items, column_of(item.value) == item.id ? value(item.value) : named(value(item.value), item.id));
        if (p.items.empty()) s.items = out.say(Say::no_columns);
        return s;
    }
    Select operator()(FilterPlan const& p) const {
        auto s = build(p.input);
        if (!s.takes_filter()) s = nested(std::move(s));
        auto const test = out.expression(p.predicate, Use::filter);
        s.where = s.where.empty() ? test : "(" + s.where + ")" + out.say(Say::and_between) + test;
        return s;
    }
    Select operator()(AggregatePlan const& p) const {
        auto s = build(p.input);
        if (!s.takes_filter()) s = nested(std::move(s));
        for (auto key : p.keys) {
            add(s.items, name_of(key));
            add(s.group, name_of(key));
        }
        for (auto const& a : p.aggregates) add(s.items, named(value(a.value), a.id));
        if (s.items.empty()) s.items = out.say(Say::one_group);
        return nested(std::move(s));
    }
    Select operator()(JoinPlan const& p) const {
        std::string on;
        auto const also = [&](std::string const& test) { on += (on.empty() ? "" : out.say(Say::and_between)) + test; };
        for (auto const& [l, r] : p.keys) {
            bool const plain = l->type == Type::string || (!l->nullable && !r->nullable);
            also(out.say(plain ? Say::same_key : Say::same_key_or_both_null, value(l), value(r)));
        }
        if (p.condition) also(out.expression(p.condition, Use::filter));
        if (on.empty()) on = out.say(Say::true_value);
        constexpr std::array words{Say::join_inner, Say::join_left, Say::join_right, Say::join_full, Say::join_semi, Say::join_anti};
        Select s;
        auto const left = bracketed(p.left, "l");
        s.from = out.say(words[static_cast<std::size_t>(p.kind)], left, bracketed(p.right, "r"), on);
        return s;
    }
    Select operator()(UnionPlan const& p) const {
        Select s;
        std::string all;
        for (std::size_t k = 0; k < p.inputs.size(); ++k) {
            Select one;
            for (std::size_t i = 0; i < p.ids.size(); ++i) add(one.items, named(name_of(p.columns[k][i]), p.ids[i]));
            if (one.items.empty()) one.items = out.say(Say::no_columns);
            one.from = bracketed(p.inputs[k], "t");
            all += (k ? out.say(Say::union_between) : "") + one.text(out);
        }
        s.from = out.say(Say::rows_of, all, "t");
        return s;
    }
    Select operator()(SortPlan const& p) const {
        auto s = build(p.input);
        if (!s.takes_filter()) s = nested(std::move(s));
        for (auto const& k : p.keys)
            add(s.order, value(k.value) + out.say(k.descending ? Say::descending : Say::ascending) +
                             out.say(k.nulls_first ? Say::nulls_first : Say::nulls_last));
        return s;
    }
    Select operator()(LimitPlan const& p) const {
        auto s = build(p.input);
        if (!s.limit.empty()) s = nested(std::move(s));
        s.limit = std::to_string(p.count);
        return s;
    }
    Select operator()(FirstPerKeyPlan const& p) const {
        Select s;
        std::string keys;
        for (auto const& k : p.keys) add(keys, value(k));
        s.from = out.say(Say::rows_of, out.say(Say::first_per_key, keys, bracketed(p.input, "t")), "t");
        return s;
    }
    Select operator()(RawPlan const& p) const {
        Select s;
        std::string statement;
        Emission::Slots slots{&p.expressions, &p.inputs};
        out.put(p.phrase, slots, statement);
        s.from = out.say(Say::rows_of, statement, "t");
        return s;
    }
    Select operator()(SharedPlan const& p) const {
        Select s;
        auto& shared = *out.shared_;
        if (!shared.contains(p.name)) {
            shared[p.name] = "";
            shared[p.name] = text(p.plan);
        }
        s.from = out.say(Say::shared_name, std::to_string(p.name));
        return s;
    }
};

// A shared relation may read another one made before it; numbers grow in that order.
std::string Emission::with_shared(std::map<int, std::string> const& shared, std::string body) {
    std::string with;
    for (auto const& [name, text] : shared) add(with, say(Say::materialized_rows, say(Say::shared_name, std::to_string(name)), text));
    return with.empty() ? body : say(Say::with, with, body);
}

// A query inside of a query takes part in the sharing of that.
std::string Emission::plan(PlanPtr const& p) {
    if (shared_) return PlanEmitter{*this}.text(p);
    std::map<int, std::string> own;
    shared_ = &own;
    auto text = PlanEmitter{*this}.text(p);
    shared_ = nullptr;
    return with_shared(own, std::move(text));
}

std::string Emission::query(Relation const& relation) {
    std::map<int, std::string> own;
    shared_ = &own;
    std::string items;
    for (std::size_t i = 0; i < relation.columns.size(); ++i)
        add(items, say(Say::named, name_of(relation.columns[i].id), "r" + std::to_string(i + 1)));
    if (items.empty()) items = say(Say::no_columns);
    PlanEmitter const emitter{*this};
    auto select = emitter.build(relation.plan);
    if (!select.items.empty() || !select.limit.empty()) select = emitter.nested(std::move(select));
    select.items = items;
    auto body = select.text(*this);
    shared_ = nullptr;
    return say(Say::statement, with_shared(own, std::move(body)));
}

Result<std::string> emit_query(Relation const& relation, Dialect const& dialect) {
    Emission out(dialect);
    auto text = out.query(relation);
    return out.answer(std::move(text));
}

Result<std::string> emit_plan(PlanPtr const& p, Dialect const& dialect) {
    Emission out(dialect);
    auto text = out.plan(p);
    return out.answer(std::move(text));
}

Result<std::string> emit_over(Phrase const& statement, PlanPtr const& p, Dialect const& dialect) {
    Emission out(dialect);
    std::vector<PlanPtr> const inputs{p};
    Emission::Slots slots;
    slots.inputs = &inputs;
    std::string text;
    out.put(statement, slots, text);
    return out.answer(std::move(text));
}

}  // namespace merlon::hunt
