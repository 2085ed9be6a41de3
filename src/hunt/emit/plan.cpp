// Plans as SQL: a chain of SELECTs, each taking in as many steps as one SELECT can hold.
#include "hunt/emit/emit.h"
#include "store/engine.h"

namespace merlon::hunt {
namespace {

std::string name_of(int id) { return "c" + std::to_string(id); }

// One SELECT under construction. Steps attach while the SQL clause order allows it.
struct Select {
    std::string items;  // empty: all columns of `from`
    std::string from;
    std::string where, group, order, limit;
    bool grouped = false;

    bool takes_filter() const { return items.empty() && order.empty() && limit.empty(); }
    bool takes_items() const { return items.empty() && limit.empty(); }
    std::string text() const {
        return "SELECT " + (items.empty() ? "*" : items) + (from.empty() ? "" : " FROM " + from) +
               (where.empty() ? "" : " WHERE " + where) + (group.empty() ? "" : " GROUP BY " + group) +
               (order.empty() ? "" : " ORDER BY " + order) + (limit.empty() ? "" : " LIMIT " + limit);
    }
};

struct PlanEmitter {
    std::map<int, std::string>* shared;

    Select nested(Select inner) const {
        Select outer;
        outer.from = "(" + inner.text() + ") t";
        return outer;
    }
    std::string text(PlanPtr const& p) const { return build(p).text(); }
    std::string bracketed(PlanPtr const& p, std::string_view alias) const {
        return "(" + text(p) + ") " + std::string(alias);
    }
    Select build(PlanPtr const& p) const { return std::visit(*this, p->form); }

    Select operator()(ScanPlan const& p) const {
        Select s;
        for (auto const& f : p.fields) {
            if (!s.items.empty()) s.items += ", ";
            if (p.relation.empty() || !f.has_source) {
                s.items += emit_constant({f.type, {}});
            } else if (f.type == Type::string && f.not_null) {
                s.items += store::quote_name(f.name);
            } else if (f.type == Type::string) {
                s.items += "coalesce(" + store::quote_name(f.name) + ", '')";
            } else {
                s.items += "CAST(" + store::quote_name(f.name) + " AS " + std::string(engine_type(f.type)) + ")";
            }
            s.items += " AS " + name_of(f.id);
        }
        if (s.items.empty()) s.items = "1 AS one";
        s.from = p.relation;
        s.where = p.relation.empty() ? "false" : p.where;
        return s;
    }
    Select operator()(ValuesPlan const& p) const {
        Select s;
        std::string head;
        for (auto const& [id, type] : p.columns) head += (head.empty() ? "" : ", ") + name_of(id);
        if (p.rows.empty()) {
            for (auto const& [id, type] : p.columns)
                s.items += (s.items.empty() ? "" : ", ") + emit_constant({type, {}}) + " AS " + name_of(id);
            s.where = "false";
            return s;
        }
        if (p.columns.empty()) {
            s.items = "1 AS one";
            return s;
        }
        if (p.rows.size() == 1) {
            for (std::size_t i = 0; i < p.columns.size(); ++i)
                s.items += (i ? ", " : "") + emit_expression(p.rows[0][i]) + " AS " + name_of(p.columns[i].first);
            return s;
        }
        std::string rows;
        for (auto const& row : p.rows) {
            rows += rows.empty() ? "(" : ", (";
            for (std::size_t i = 0; i < row.size(); ++i) rows += (i ? ", " : "") + emit_expression(row[i]);
            rows += ")";
        }
        s.from = "(VALUES " + rows + ") t(" + head + ")";
        return s;
    }
    Select operator()(ProjectPlan const& p) const {
        auto s = build(p.input);
        bool windows = false;
        for (auto const& item : p.items) windows = windows || has_window(item.value);
        if (!s.takes_items() || (windows && !s.order.empty())) s = nested(std::move(s));
        for (std::size_t i = 0; i < p.items.size(); ++i) {
            auto const column = column_of(p.items[i].value);
            s.items += (i ? ", " : "") + emit_expression(p.items[i].value);
            if (column != p.items[i].id) s.items += " AS " + name_of(p.items[i].id);
        }
        if (p.items.empty()) s.items = "1 AS one";
        return s;
    }
    Select operator()(FilterPlan const& p) const {
        auto s = build(p.input);
        if (!s.takes_filter()) s = nested(std::move(s));
        auto const test = emit_predicate(p.predicate);
        s.where = s.where.empty() ? test : "(" + s.where + ") AND " + test;
        return s;
    }
    Select operator()(AggregatePlan const& p) const {
        auto s = build(p.input);
        if (!s.takes_filter()) s = nested(std::move(s));
        for (auto key : p.keys) {
            s.items += (s.items.empty() ? "" : ", ") + name_of(key);
            s.group += (s.group.empty() ? "" : ", ") + name_of(key);
        }
        for (auto const& a : p.aggregates)
            s.items += (s.items.empty() ? "" : ", ") + emit_expression(a.value) + " AS " + name_of(a.id);
        if (s.items.empty()) s.items = "count(*) AS one";
        return nested(std::move(s));
    }
    Select operator()(JoinPlan const& p) const {
        std::string on;
        for (auto const& [l, r] : p.keys) {
            bool const plain = l->type == Type::string || (!l->nullable && !r->nullable);
            on += (on.empty() ? "" : " AND ") + emit_expression(l) + (plain ? " = " : " IS NOT DISTINCT FROM ") +
                  emit_expression(r);
        }
        if (p.condition) on += (on.empty() ? "" : " AND ") + emit_predicate(p.condition);
        if (on.empty()) on = "true";
        std::string_view word;
        switch (p.kind) {
            case JoinKind::inner: word = " INNER JOIN "; break;
            case JoinKind::left: word = " LEFT JOIN "; break;
            case JoinKind::right: word = " RIGHT JOIN "; break;
            case JoinKind::full: word = " FULL JOIN "; break;
            case JoinKind::left_semi: word = " SEMI JOIN "; break;
            case JoinKind::left_anti: word = " ANTI JOIN "; break;
        }
        Select s;
        s.from = bracketed(p.left, "l") + std::string(word) + bracketed(p.right, "r") + " ON " + on;
        return s;
    }
    Select operator()(UnionPlan const& p) const {
        Select s;
        std::string all;
        for (std::size_t k = 0; k < p.inputs.size(); ++k) {
            std::string items;
            for (std::size_t i = 0; i < p.ids.size(); ++i)
                items += (i ? ", " : "") + name_of(p.columns[k][i]) + " AS " + name_of(p.ids[i]);
            all += (k ? " UNION ALL " : "") + std::string("SELECT ") + (items.empty() ? "1 AS one" : items) + " FROM " +
                   bracketed(p.inputs[k], "t");
        }
        s.from = "(" + all + ") t";
        return s;
    }
    Select operator()(SortPlan const& p) const {
        auto s = build(p.input);
        if (!s.takes_filter()) s = nested(std::move(s));
        for (auto const& k : p.keys)
            s.order += (s.order.empty() ? "" : ", ") + emit_expression(k.value) + (k.descending ? " DESC" : " ASC") +
                       (k.nulls_first ? " NULLS FIRST" : " NULLS LAST");
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
        for (auto const& k : p.keys) keys += (keys.empty() ? "" : ", ") + emit_expression(k);
        s.from = "(SELECT DISTINCT ON (" + keys + ") * FROM " + bracketed(p.input, "t") + ") t";
        return s;
    }
    Select operator()(RawPlan const& p) const {
        Select s;
        std::string out;
        for (std::size_t i = 0; i < p.sql.size(); ++i) {
            if (p.sql[i] != '{') {
                out += p.sql[i];
                continue;
            }
            auto const close = p.sql.find('}', i);
            auto inside = std::string_view(p.sql).substr(i + 1, close - i - 1);
            bool const input = inside.starts_with("in");
            if (input) inside.remove_prefix(2);
            std::size_t index = 0;
            for (char c : inside) index = index * 10 + static_cast<std::size_t>(c - '0');
            out += input ? "(" + text(p.inputs[index]) + ")" : emit_expression(p.expressions[index]);
            i = close;
        }
        s.from = "(" + out + ") t";
        return s;
    }
    Select operator()(SharedPlan const& p) const {
        Select s;
        if (!shared->contains(p.name)) {
            (*shared)[p.name] = "";
            (*shared)[p.name] = text(p.plan);
        }
        s.from = "shared" + std::to_string(p.name);
        return s;
    }
};

thread_local std::map<int, std::string>* current_shared = nullptr;

// A shared relation may read another one made before it; numbers grow in that order.
std::string with_shared(std::map<int, std::string> const& shared, std::string const& body) {
    std::string with;
    for (auto const& [name, text] : shared)
        with += (with.empty() ? "WITH " : ", ") + std::string("shared") + std::to_string(name) + " AS MATERIALIZED (" + text + ")";
    return with.empty() ? body : with + " " + body;
}

}  // namespace

std::string emit_plan(PlanPtr const& p) {
    std::map<int, std::string> own;
    auto* const before = current_shared;
    if (!before) current_shared = &own;
    auto text = PlanEmitter{current_shared}.text(p);
    current_shared = before;
    return with_shared(own, text);
}

std::string emit_query(Relation const& relation) {
    std::map<int, std::string> shared;
    current_shared = &shared;
    std::string items;
    for (std::size_t i = 0; i < relation.columns.size(); ++i)
        items += (i ? ", " : "") + name_of(relation.columns[i].id) + " AS r" + std::to_string(i + 1);
    if (items.empty()) items = "1 AS one";
    auto select = PlanEmitter{&shared}.build(relation.plan);
    if (!select.items.empty() || !select.limit.empty()) select = PlanEmitter{&shared}.nested(std::move(select));
    select.items = items;
    auto const body = select.text();
    current_shared = nullptr;
    return with_shared(shared, body);
}

}  // namespace merlon::hunt
