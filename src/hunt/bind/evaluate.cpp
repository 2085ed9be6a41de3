// evaluate: bag_unpack and pivot take their columns from the data, so they look at it while compiling.
#include "base/text.h"
#include "hunt/bind/binder.h"
#include "hunt/emit/emit.h"

namespace merlon::hunt {
namespace {

std::optional<Type> type_of_kinds(std::set<std::string> const& kinds) {
    if (kinds.empty()) return Type::dynamic;
    auto const only = [&](std::initializer_list<std::string_view> allowed) {
        return std::all_of(kinds.begin(), kinds.end(), [&](std::string const& k) { return std::find(allowed.begin(), allowed.end(), k) != allowed.end(); });
    };
    if (only({"long", "int"})) return Type::long_;
    if (only({"long", "int", "double", "real"})) return Type::real;
    if (only({"bool"})) return Type::bool_;
    if (only({"string"})) return Type::string;
    if (only({"datetime"})) return Type::datetime;
    return Type::dynamic;
}

std::string text_argument(Binder& binder, Node const& node) {
    auto const* named = form_of<NamedNode>(node);
    auto const made = binder.constant_text(named ? *named->value : node, "the option");
    return made ? *made : std::string{};
}

// A declared schema without a star is all that the plugin gives, in its order.
void as_declared(Relation& relation, Evaluate const& o) {
    if (std::any_of(o.schema.begin(), o.schema.end(), [](auto const& c) { return c.star; })) return;
    std::vector<Column> ordered;
    for (auto const& c : o.schema)
        if (auto const* found = relation.find(c.name.text)) ordered.push_back(*found);
    relation.columns = std::move(ordered);
}

Error no_such(Node const& node) { return error("KS107", "column").with(node.span); }

// All of KQL's; docs/hunting.md lists those that are supported.
std::vector<std::string> const known_plugins{
    "active_users_count", "activity_counts_metrics", "activity_engagement", "activity_metrics",
    "ai_chat_completion", "ai_chat_completion_prompt", "ai_embed_text", "ai_embeddings", "autocluster",
    "azure_digital_twins_query_request", "bag_unpack", "basket", "cosmosdb_sql_request", "csharp", "dax_request",
    "dcount_intersect", "diffpatterns", "estimate_rows_count", "execute_query", "execute_show_command",
    "external_datatable", "funnel_sequence", "funnel_sequence_completion", "geo_line_lookup", "geo_polygon_lookup",
    "http_request", "http_request_post", "identity", "identity_v3", "infer_storage_schema",
    "infer_storage_schema_with_suggestions", "ipv4_lookup", "ipv6_lookup", "mysql_request", "narrow",
    "new_activity_metrics", "pivot", "postgresql_request", "preview", "python", "r", "rolling_percentile",
    "rows_near", "schema_merge", "sequence_detect", "session_count", "sliding_window_counts", "sql_request"};

}  // namespace

Result<Relation> Binder::evaluate(Evaluate const& o, std::optional<Relation> input, Span span) {
    auto const& call = *form_of<CallNode>(*o.call);
    auto const& args = call.arguments;
    auto const refuse = [&] {
        auto const known = std::find(known_plugins.begin(), known_plugins.end(), call.name) != known_plugins.end();
        auto made = error(known ? "hunt.not_supported" : "KS124", known ? call.name + "()" : call.name).with(call.name_span);
        if (known) return std::unexpected(std::move(made));
        if (auto const near = nearest(call.name, known_plugins)) made.hint = "Did you mean " + *near + "?";
        return std::unexpected(std::move(made));
    };
    if (!input) return refuse();
    if (call.name == "rows_near") return rows_near(call, std::move(*input), span);
    if (call.name == "basket" || call.name == "autocluster" || call.name == "diffpatterns") return patterns(call, std::move(*input), span);
    if (call.name == "schema_merge") return schema_merge(call, std::move(*input), span);
    if (call.name == "identity") return std::move(*input);
    if (auto made = written_plugin(call, *input, span)) return std::move(*made);
    auto relation = std::move(*input);
    relation.row_number.reset();
    Rows rows;
    rows.columns = &relation.columns;
    auto const column_at = [&](std::size_t i) -> Result<Column> {
        auto const* name = i < args.size() ? form_of<NameNode>(*args[i]) : nullptr;
        auto const* c = name ? relation.find_named(name->name) : nullptr;
        if (c) return *c;
        if (name) return std::unexpected(unknown_name(name->name, args[i]->span, rows));
        return std::unexpected(i < args.size() ? no_such(*args[i]) : error("KS119", call.name, "more").with(span));
    };
    if (call.name == "bag_unpack") {
        auto const bag = TRY(column_at(0));
        if (bag.type != Type::dynamic) return std::unexpected(error("KS107", "dynamic").with(args[0]->span).with_hint("Parse text with parse_json() first."));
        std::string prefix, conflict = "error";
        std::set<std::string> ignored;
        for (std::size_t i = 1; i < args.size(); ++i) {
            auto const* named = form_of<NamedNode>(*args[i]);
            auto const which = named ? named->names[0].text : i == 1 ? "OutputColumnPrefix" : i == 2 ? "columnsConflict" : "ignoredProperties";
            auto const value = text_argument(*this, *args[i]);
            if (which == "OutputColumnPrefix") prefix = value;
            if (which == "columnsConflict") conflict = value;
            if (which == "ignoredProperties") {
                std::string word;
                for (char c : value) {
                    if (c == '"' && !word.empty()) ignored.insert(std::exchange(word, ""));
                    else if (c != '[' && c != ']' && c != ',' && c != '"' && c != ' ') word += c;
                }
            }
        }
        std::map<std::string, std::set<std::string>> keys;
        bool const closed = !o.schema.empty();  // a star in it stands for the other columns of the input
        std::map<std::string, Type> declared;
        for (auto const& c : o.schema)
            if (!c.star) declared[c.name.text] = c.type;
        if (!closed && !options.reads_data) open_names_ = true;
        if (!closed && options.run_now && options.reads_data) {
            auto const sql = TRY(emit_over({Say::keys_of_bags, {column_name(bag.id)}}, prune(relation.plan, {bag.id}), *options.dialect));
            for (auto const& row : TRY(options.run_now(sql))) {
                if (!row[0] || ignored.contains(*row[0])) continue;
                auto& kinds = keys[*row[0]];
                if (row[1] && *row[1] != "null" && !row[1]->empty()) kinds.insert(*row[1]);
            }
            if (keys.empty()) open_names_ = true;
            unpacked_ = true;
        }
        for (auto const& [name, type] : declared) keys.emplace(name, std::set<std::string>{});
        std::vector<Column> columns;
        std::vector<Item> items;
        std::size_t bag_place = 0;
        for (auto const& c : relation.columns) {
            if (c.id == bag.id) bag_place = columns.size();
            else columns.push_back(c), items.push_back({c.id, make_column(c)});
        }
        std::vector<std::string> order;
        if (o.schema.empty() || !closed)
            for (auto const& [key, kinds] : keys) order.push_back(key);
        if (!o.schema.empty()) {
            order.clear();
            bool after_star = false;
            for (auto const& c : o.schema) {
                if (c.star) after_star = true;
                else if (std::none_of(columns.begin(), columns.end(), [&](Column const& k) { return k.name == c.name.text; })) order.push_back(c.name.text);
            }
            if (after_star)
                for (auto const& [key, kinds] : keys)
                    if (std::find(order.begin(), order.end(), key) == order.end() && !declared.contains(key) && std::none_of(columns.begin(), columns.end(), [&](Column const& k) { return k.name == key; })) order.push_back(key);
        }
        for (auto const& key : order) {
            auto const name = closed ? key : prefix + key;  // a schema names columns, the prefix included
            auto const type = declared.contains(key) ? declared[key] : type_of_kinds(keys[key]).value_or(Type::dynamic);
            bool const of_bag = name.starts_with(prefix);
            auto const member = make_text(of_bag ? name.substr(prefix.size()) : key);
            auto value = of_bag ? TRY(convert(make_call(Type::dynamic, Say::member, {make_column(bag), member}), type, span)) : make_null(type);
            Column made{name, new_id(), type, true, true};
            auto const taken = std::find_if(columns.begin(), columns.end(), [&](Column const& c) { return c.name == name; });
            if (taken != columns.end()) {
                if (conflict == "keep_source") continue;
                if (conflict == "replace_source") {
                    auto const place = static_cast<std::size_t>(taken - columns.begin());
                    columns[place] = made;
                    items[place] = {made.id, std::move(value)};
                    continue;
                }
                return std::unexpected(error("hunt.column_conflict", name).with(span));
            }
            if (name == bag.name && o.schema.empty()) {  // a key named like the bag takes the bag's place
                columns.insert(columns.begin() + static_cast<std::ptrdiff_t>(bag_place), made);
                items.insert(items.begin() + static_cast<std::ptrdiff_t>(bag_place), {made.id, std::move(value)});
                continue;
            }
            columns.push_back(made);
            items.push_back({made.id, std::move(value)});
        }
        relation.plan = make_plan(ProjectPlan{relation.plan, std::move(items)});
        relation.columns = std::move(columns);
        if (closed) as_declared(relation, o);
        return relation;
    }
    if (call.name == "pivot") {
        auto const by = TRY(column_at(0));
        if (!options.run_now) return refuse();
        std::set<int> used{by.id};
        AggregateSink sink{&relation.columns, {}};
        Rows aggregate_rows;
        aggregate_rows.aggregates = &sink;
        aggregate_rows.not_aggregated = &relation.columns;
        ExprPtr value;
        bool zero = true;
        if (args.size() > 1) {
            value = TRY(expression(*args[1], aggregate_rows));
            auto const* f = form_of<CallNode>(*args[1]);
            zero = f && (f->name == "count" || f->name == "dcount" || f->name == "countif" || f->name == "sum" || f->name == "sumif" || f->name == "dcountif");
            for (auto const& item : sink.items) {
                std::vector<int> ids;
                columns_used(item.value, ids);
                used.insert(ids.begin(), ids.end());
            }
        } else {
            sink.items.push_back({new_id(), make_call(Type::long_, Say::count_rows, {}, false)});
            value = make_column({"", sink.items[0].id, Type::long_, false, false});
        }
        std::vector<Column> keep;
        if (args.size() > 2)
            for (std::size_t i = 2; i < args.size(); ++i) keep.push_back(TRY(column_at(i)));
        else
            for (auto const& c : relation.columns)
                if (!used.contains(c.id)) keep.push_back(c);
        auto const label = new_id();
        auto const label_value = TRY(to_text(make_column(by), span));
        std::vector<Item> items{{label, label_value}};
        std::vector<int> keys{label};
        for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
        for (auto const& c : keep) keys.push_back(c.id);
        auto base = make_plan(ProjectPlan{relation.plan, std::move(items)});
        std::set<std::string> labels;
        // Declared columns that are no kept ones are labels; values beside them are left out.
        std::map<std::string, Type, std::less<>> declared;
        for (auto const& c : o.schema)
            if (!c.star && std::none_of(keep.begin(), keep.end(), [&](Column const& k) { return k.name == c.name.text; })) declared[c.name.text] = c.type;
        if (!o.schema.empty())
            for (auto const& [name, type] : declared) labels.insert(name);
        else if (options.reads_data) {
            auto const sql = TRY(emit_over({Say::distinct_values, {column_name(label)}}, prune(base, {label}), *options.dialect));
            for (auto const& row : TRY(options.run_now(sql)))
                if (row[0]) labels.insert(*row[0]);
        }
        if (labels.empty()) open_names_ = true;
        auto plan = make_plan(AggregatePlan{std::move(base), keys, sink.items});
        auto const cell = new_id();
        std::vector<Item> middle{{label, make_column({"", label, Type::string, false, false})}, {cell, value}};
        std::vector<int> kept_ids;
        for (auto const& c : keep) middle.push_back({c.id, make_column(c)}), kept_ids.push_back(c.id);
        plan = make_plan(ProjectPlan{std::move(plan), std::move(middle)});
        std::vector<Item> aggregates;
        Relation result;
        result.columns = keep;
        std::set<std::string> taken;
        for (auto const& c : keep) taken.insert(c.name);
        for (auto const& text : labels) {
            auto const id = new_id();
            Phrase phrase(Say::value_where);
            if (zero && is_number(value->type)) phrase = {Say::zero_if_null, {std::move(phrase)}};
            if (value->type == Type::string) phrase = {Say::text_or_empty, {std::move(phrase)}};
            aggregates.push_back({id, make_call(value->type, std::move(phrase), {make_column({"", cell, value->type, true, true}), make_column({"", label, Type::string, false, false}), make_text(text)})});
            auto name = unique_name(text, taken);
            taken.insert(name);
            result.columns.push_back({std::move(name), id, value->type, true, true});
        }
        if (aggregates.empty() && kept_ids.empty()) aggregates.push_back({new_id(), make_call(Type::long_, Say::count_rows, {}, false)});
        result.plan = make_plan(AggregatePlan{std::move(plan), std::move(kept_ids), std::move(aggregates)});
        if (!o.schema.empty()) as_declared(result, o);
        return result;
    }
    if (call.name == "narrow") {
        relation = numbered(std::move(relation));
        std::vector<Relation> parts;
        for (auto const& c : relation.columns) {
            Relation part;
            auto const row = new_id(), column = new_id(), value = new_id();
            auto text = TRY(to_text(make_column(c), span));
            part.plan = make_plan(ProjectPlan{relation.plan, {{row, make_call(Type::long_, Say::less_one, {make_column({"", *relation.row_number, Type::long_, false, false})}, false)},
                {column, make_text(c.name)}, {value, std::move(text)}}});
            part.columns = {{"Row", row, Type::long_, false, false}, {"Column", column, Type::string, false, false}, {"Value", value, Type::string, false, false}};
            parts.push_back(std::move(part));
        }
        return combine(std::move(parts), false, "");
    }
    if (call.name == "ipv4_lookup" || call.name == "ipv6_lookup") {
        auto const* in_range = find_scalar(call.name == "ipv4_lookup" ? "ipv4_is_in_range" : "ipv6_is_in_range");
        if (!in_range || args.size() < 3) return refuse();
        auto right = fresh(TRY(source(*args[0])));
        auto const address = TRY(expression(*args[1], rows));
        auto const* range_name = form_of<NameNode>(*args[2]);
        auto const* range = range_name ? right.find_named(range_name->name) : nullptr;
        if (!range) return std::unexpected(no_such(*args[2]));
        bool keep_unmatched = false;
        std::set<std::string> keys;  // further keys, shown once
        std::vector<std::pair<ExprPtr, ExprPtr>> pairs;
        for (std::size_t i = 3; i < args.size(); ++i) {
            if (auto const* named = form_of<NamedNode>(*args[i])) {
                keep_unmatched = named->names[0].text == "return_unmatched" && form_of<LiteralNode>(*named->value) && form_of<LiteralNode>(*named->value)->value.value == decltype(Constant::value)(true);
                continue;
            }
            if (auto const* literal = form_of<LiteralNode>(*args[i])) {
                keep_unmatched = literal->value.value == decltype(Constant::value)(true);
                continue;
            }
            auto const* name = form_of<NameNode>(*args[i]);
            if (!name || !right.find_named(name->name)) return std::unexpected(no_such(*args[i]));
            pairs.emplace_back(TRY(expression(*args[i], rows)), make_column(*right.find_named(name->name)));
            keys.insert(name->name);
        }
        relation = numbered(std::move(relation));
        auto condition = TRY(call_table(*in_range, {address, make_column(*range)}, span));
        // The longest network first; one row for each left row.
        auto const prefix = make_call(Type::long_, Say::prefix_length, {make_column(*range)});
        auto plan = make_plan(JoinPlan{keep_unmatched ? JoinKind::left : JoinKind::inner, relation.plan, right.plan, std::move(pairs), std::move(condition)});
        Relation result;
        auto items = looked_up(relation, right, [&](Column const& c) { return !keys.contains(c.name); }, result);
        if (call.name == "ipv6_lookup" && keep_unmatched)
            std::rotate(result.columns.begin(), result.columns.begin() + static_cast<std::ptrdiff_t>(relation.columns.size()), result.columns.end());
        auto const rank = new_id();
        items.push_back({rank, make_window(Type::long_, {Say::row_number, {in_parts({slot(0)}, {{Say::sort_key, {slot(1), Say::descending}}})}},
            {make_column({"", *relation.row_number, Type::long_, false, false}), prefix}, false)});
        plan = make_plan(ProjectPlan{std::move(plan), std::move(items)});
        result.plan = make_plan(FilterPlan{std::move(plan), make_call(Type::bool_, Phrase(Say::equal, {slot(0), Phrase("1")}), {make_column({"", rank, Type::long_, false, false})}, false)});
        return result;
    }
    if (call.name == "dcount_intersect") {
        // s0: the distinct count of the first state, s1: of what it shares with the second, and so on.
        std::vector<Item> items;
        std::vector<ExprPtr> states;
        for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
        for (std::size_t i = 0; i < args.size(); ++i) {
            auto const c = TRY(column_at(i));
            if (c.type != Type::dynamic) return std::unexpected(error("KS107", "dynamic").with(args[i]->span).with_hint("Give columns that hll() made."));
            states.push_back(make_column(c));
            Column made{"s" + std::to_string(i), new_id(), Type::long_, true, false};
            items.push_back({made.id, make_call(Type::long_, Say::hll_intersect, states)});
            relation.columns.push_back(std::move(made));
        }
        relation.plan = make_plan(ProjectPlan{relation.plan, std::move(items)});
        return relation;
    }
    if (call.name == "sliding_window_counts") return sliding_counts(call, std::move(relation), span);
    if (call.name == "geo_polygon_lookup" || call.name == "geo_line_lookup") return lookup_by_place(call, std::move(relation), span);
    return refuse();
}

}  // namespace merlon::hunt
