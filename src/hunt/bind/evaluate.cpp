// evaluate: plugins whose columns may depend on the data (semantics guide, section 17). A first pass asks for the keys.
#include "base/text.h"
#include "hunt/bind/binder.h"
#include "hunt/emit/emit.h"

namespace merlon::hunt {
namespace {

constexpr std::size_t most_columns = 1000;

struct Plugin {
    Binder& binder;
    CallNode const& call;
    Relation relation;
    Span span;

    Rows rows() const {
        Rows made;
        made.columns = &relation.columns;
        return made;
    }

    Result<Column> column_argument(std::size_t index) const {
        if (index >= call.arguments.size()) return std::unexpected(error("KS119", call.name, "more").with(span));
        auto const* name = form_of<NameNode>(*call.arguments[index]);
        auto const* found = name ? relation.find(name->name) : nullptr;
        if (!found) return std::unexpected(binder.unknown_name(name ? name->name : std::string("expression"), call.arguments[index]->span, rows()));
        return *found;
    }

    // Runs SQL of our own over one column of the relation, which it knows as `v` of table `probe`.
    Result<Cells> first_pass(ExprPtr value, std::string const& before, std::string const& after) const {
        if (!binder.options.run_now) return std::unexpected(error("hunt.not_supported", call.name + " where no data is at hand").with(span));
        Relation probe;
        auto const id = binder.new_id();
        auto const type = value->type;
        probe.plan = make_plan(ProjectPlan{relation.plan, {{id, std::move(value)}}});
        probe.columns.push_back({"v", id, type, true, true});
        return binder.options.run_now(before + "(SELECT r1 AS v FROM (" + emit_query(probe) + ") inner_probe) probe" + after);
    }

    // The type of values of which the engine saw these kinds.
    static Type type_of(std::string_view seen) {
        auto const kinds = split(seen, ',');
        std::set<std::string_view> all(kinds.begin(), kinds.end());
        all.erase("NULL");
        if (all.size() == 1) {
            auto const one = *all.begin();
            if (one == "BOOLEAN") return Type::bool_;
            if (one == "BIGINT" || one == "UBIGINT") return Type::long_;
            if (one == "DOUBLE") return Type::real;
            if (one == "VARCHAR") return Type::string;
            return Type::dynamic;
        }
        bool const numbers = !all.empty() && std::all_of(all.begin(), all.end(), [](auto kind) {
            return kind == "BIGINT" || kind == "UBIGINT" || kind == "DOUBLE";
        });
        return numbers ? Type::real : all.empty() ? Type::string : Type::dynamic;
    }

    // bag_unpack(column [, prefix [, conflict [, ignored]]]): new columns in the order of their names, at the end.
    Result<Relation> bag_unpack() {
        auto const bag = TRY(column_argument(0));
        if (bag.type != Type::dynamic) return std::unexpected(error("KS107", "dynamic").with(call.arguments[0]->span));
        std::string prefix, conflict = "error";
        if (call.arguments.size() > 1) prefix = TRY(binder.constant_text(*call.arguments[1], "the prefix"));
        if (call.arguments.size() > 2) conflict = TRY(binder.constant_text(*call.arguments[2], "what happens to conflicts"));
        std::set<std::string> ignored;
        if (call.arguments.size() > 3) {
            auto const list = TRY(binder.constant(*call.arguments[3], "the ignored names"));
            if (auto const* text = std::get_if<std::string>(&list.value))
                for (auto const part : split(*text, '"'))
                    if (part != "[" && part != "]" && part != ",") ignored.emplace(part);
        }
        auto const cells = TRY(first_pass(make_column(bag),
            "SELECT key, string_agg(DISTINCT json_type(value), ',') FROM (SELECT j.key AS key, j.value AS value FROM ",
            ", json_each(CASE WHEN starts_with(probe.v, '{') THEN probe.v ELSE '{}' END) j) all_members GROUP BY key ORDER BY key"));
        if (cells.size() > most_columns) return std::unexpected(error("hunt.first_pass_too_large", std::to_string(most_columns)).with(span));
        std::vector<NamedExpr> added;
        std::set<std::string> taken;
        for (auto const& c : relation.columns)
            if (c.id != bag.id) taken.insert(c.name);
        for (auto const& row : cells) {
            auto const key = row[0].value_or("");
            if (ignored.contains(key)) continue;
            auto name = prefix + key;
            if (taken.contains(name)) {
                if (conflict == "keep_source") continue;
                if (conflict != "replace_source")
                    return std::unexpected(error("KS171", name).with(span).with_hint("Give bag_unpack a prefix, or 'keep_source' or 'replace_source'."));
            }
            auto const type = type_of(row[1].value_or(""));
            auto member = make_call(Type::dynamic, "kql_member({0}, {1})", {make_column(bag), make_text(key)});
            added.push_back({name, true, type == Type::dynamic ? std::move(member) : TRY(binder.convert(std::move(member), type, span)), span});
        }
        auto out = relation;
        // The bag goes, unless a member has its name and takes its place.
        bool const replaced = std::any_of(added.begin(), added.end(), [&](auto const& one) { return one.name == bag.name; });
        if (!replaced) std::erase_if(out.columns, [&](Column const& c) { return c.id == bag.id; });
        std::vector<Item> items;
        std::vector<Column> columns = out.columns;
        std::map<int, ExprPtr> values;
        for (auto& one : added) {
            Column made{one.name, binder.new_id(), one.value->type, one.value->nullable, one.value->may_be_nan};
            values[made.id] = one.value;
            auto const place = std::find_if(columns.begin(), columns.end(), [&](Column const& c) { return c.name == one.name; });
            if (place == columns.end()) columns.push_back(made);
            else *place = made;
        }
        for (auto const& c : columns) {
            auto const value = values.find(c.id);
            items.push_back({c.id, value == values.end() ? make_column(c) : value->second});
        }
        out.plan = make_plan(ProjectPlan{relation.plan, std::move(items)});
        out.columns = std::move(columns);
        out.row_number.reset();
        out.serialized = false;
        return out;
    }

    // pivot(column [, aggregate [, keep ...]]): the values of the column become columns, in their order.
    Result<Relation> pivot() {
        auto const axis = TRY(column_argument(0));
        auto const text = TRY(binder.to_text(make_column(axis), call.arguments[0]->span));
        auto const cells = TRY(first_pass(text, "SELECT DISTINCT v FROM ", " ORDER BY v"));
        if (cells.size() > most_columns) return std::unexpected(error("hunt.first_pass_too_large", std::to_string(most_columns)).with(span));
        CallNode const* aggregate = nullptr;
        if (call.arguments.size() > 1) {
            aggregate = form_of<CallNode>(*call.arguments[1]);
            if (!aggregate) return std::unexpected(error("KS147").with(call.arguments[1]->span));
        }
        Rows inside = rows();
        std::vector<ExprPtr> arguments;
        std::set<std::string> used{axis.name};
        if (aggregate)
            for (auto const& argument : aggregate->arguments) {
                arguments.push_back(TRY(binder.expression(*argument, inside)));
                if (auto const* name = form_of<NameNode>(*argument)) used.insert(name->name);
            }
        std::vector<Column> keys;
        if (call.arguments.size() > 2) {
            for (std::size_t i = 2; i < call.arguments.size(); ++i) keys.push_back(TRY(column_argument(i)));
        } else {
            for (auto const& c : relation.columns)
                if (!used.contains(c.name)) keys.push_back(c);
        }
        std::string const name = aggregate ? aggregate->name : "count";
        auto const* function = find_aggregate(name);
        if (!function || !function->refused.empty()) return std::unexpected(error("KS211", name).with(span));
        auto const whole = TRY(binder.call_table(*function, name == "count" ? std::vector<ExprPtr>{} : arguments, span));
        auto const* form = std::get_if<CallExpr>(&whole->form);
        if (!form) return std::unexpected(error("hunt.not_supported", "pivot with " + name).with(span));
        Relation out;
        AggregatePlan plan;
        std::vector<Item> below;
        for (auto const& key : keys) {
            plan.keys.push_back(key.id);
            out.columns.push_back(key);
        }
        for (auto const& c : relation.columns) below.push_back({c.id, make_column(c)});
        auto const text_id = binder.new_id();
        below.push_back({text_id, text});
        Column const text_column{"", text_id, Type::string, false, false};
        plan.input = make_plan(ProjectPlan{relation.plan, std::move(below)});
        for (auto const& row : cells) {
            auto const value = row[0].value_or("");
            // The aggregate over the rows of this value only.
            auto call_expression = *form;
            auto const place = std::to_string(call_expression.arguments.size());
            call_expression.arguments.push_back(make_column(text_column));
            call_expression.arguments.push_back(make_text(value));
            auto const condition = "{" + place + "} = {" + std::to_string(call_expression.arguments.size() - 1) + "}";
            auto& sql = call_expression.sql;
            if (sql.find("FILTER (WHERE ") != std::string::npos) sql = replace_all(sql, "FILTER (WHERE ", "FILTER (WHERE " + condition + " AND ");
            else {
                // The filter belongs behind the innermost aggregate call, which is the one with the first bracket after its name.
                auto const open = sql.find_first_of('(', sql.starts_with("coalesce(") ? 9 : sql.starts_with("CAST(") ? 5 : 0);
                auto depth = 0;
                for (auto at = open; at < sql.size(); ++at) {
                    if (sql[at] == '(') ++depth;
                    else if (sql[at] == ')' && --depth == 0) {
                        sql.insert(at + 1, " FILTER (WHERE " + condition + ")");
                        break;
                    }
                }
            }
            auto made = std::make_shared<Expr>(*whole);
            made->form = std::move(call_expression);
            auto const id = binder.new_id();
            plan.aggregates.push_back({id, std::move(made)});
            out.columns.push_back({value, id, whole->type, true, true});
        }
        out.plan = make_plan(std::move(plan));
        return out;
    }

    // narrow(): a row for each cell.
    Result<Relation> narrow() {
        auto const input = binder.numbered(relation);
        UnionPlan plan;
        Relation out;
        for (auto const* name : {"Row", "Column", "Value"}) {
            plan.ids.push_back(binder.new_id());
            out.columns.push_back({name, plan.ids.back(), std::string_view(name) == "Row" ? Type::long_ : Type::string, false, false});
        }
        Column const number{"", *input.row_number, Type::long_, false, false};
        for (auto const& c : relation.columns) {
            std::vector<int> const ids{binder.new_id(), binder.new_id(), binder.new_id()};
            std::vector<Item> items;
            items.push_back({ids[0], make_call(Type::long_, "({0} - 1)", {make_column(number)}, false)});
            items.push_back({ids[1], make_text(c.name)});
            items.push_back({ids[2], TRY(binder.to_text(make_column(c), span))});
            plan.inputs.push_back(make_plan(ProjectPlan{input.plan, std::move(items)}));
            plan.columns.push_back(ids);
        }
        out.plan = make_plan(std::move(plan));
        return out;
    }
};

}  // namespace

Result<Relation> Binder::evaluate(Evaluate const& o, std::optional<Relation> input, Span span) {
    auto const* call = form_of<CallNode>(*o.call);
    if (!call) return std::unexpected(error("KS006").with(span));
    if (!input) return std::unexpected(error("hunt.no_rows").with(span));
    Plugin plugin{*this, *call, std::move(*input), span};
    if (call->name == "bag_unpack") return plugin.bag_unpack();
    if (call->name == "pivot") return plugin.pivot();
    if (call->name == "narrow") return plugin.narrow();
    return std::unexpected(error("hunt.not_supported", "evaluate " + call->name).with(call->name_span));
}

// ---- invoke -------------------------------------------------------------------------------------------------

// FileProfile([column [, limit]]): what is known of files by their hash. Nothing feeds it yet: the columns are there and
// null, and ProfileAvailability says so (semantics guide, section 19).
Result<Relation> Binder::file_profile(CallNode const&, Relation relation, Span span) {
    std::vector<NamedExpr> added;
    auto const add = [&](char const* name, ExprPtr value) {
        if (!relation.find(name)) added.push_back({name, true, std::move(value), span});
    };
    for (auto const* name : {"SHA1", "SHA256", "MD5"}) add(name, make_text(""));
    add("FileSize", make_null(Type::long_));
    add("GlobalPrevalence", make_null(Type::long_));
    add("GlobalFirstSeen", make_null(Type::datetime));
    add("GlobalLastSeen", make_null(Type::datetime));
    for (auto const* name : {"Signer", "Issuer", "SignerHash"}) add(name, make_text(""));
    add("IsCertificateValid", make_null(Type::bool_));
    add("IsRootSignerMicrosoft", make_null(Type::bool_));
    add("SignatureState", make_text("Unknown"));
    add("IsExecutable", make_null(Type::bool_));
    for (auto const* name : {"ThreatName", "Publisher", "SoftwareName"}) add(name, make_text(""));
    add("ProfileAvailability", make_text("Missing"));
    return extended(std::move(relation), added);
}

Result<Relation> Binder::invoke(Invoke const& o, Relation relation, Span span) {
    auto const* call = form_of<CallNode>(*o.call);
    if (!call) {
        if (auto const* name = form_of<NameNode>(*o.call))
            return std::unexpected(error("KS211", name->name).with(o.call->span));
        return std::unexpected(error("KS006").with(span));
    }
    if (auto const* found = lookup(call->name); found && std::holds_alternative<Lambda const*>(found->value))
        return tabular_function(*call, *found, o.call->span, std::move(relation));
    if (call->name == "FileProfile") return file_profile(*call, std::move(relation), span);
    if (call->name == "SeenBy") {
        std::vector<NamedExpr> added;
        if (!relation.find("SeenBy")) added.push_back({"SeenBy", true, make_text(""), span});
        return extended(std::move(relation), added);
    }
    if (call->name == "DeviceFromIP") {
        std::vector<NamedExpr> added;
        for (auto const* name : {"IP", "DeviceId"})
            if (!relation.find(name)) added.push_back({name, true, make_text(""), span});
        return extended(std::move(relation), added);
    }
    return std::unexpected(error("KS211", call->name).with(call->name_span));
}

}  // namespace merlon::hunt
