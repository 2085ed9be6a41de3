// Statements, sources and the chain of operators.
#include "base/embedded.h"
#include "hunt/bind/binder.h"
#include "hunt/parse/parse.h"

namespace merlon::hunt {
namespace {

// A function of the portal's own that gives a table and is written as a query; none of that name: null.
Lambda const* written_table(std::string_view name) {
    static auto const program = parse(embedded("schema/functions/tables.kql"));
    if (!program) return nullptr;
    for (auto const& statement : program->statements)
        if (auto const* l = std::get_if<LetStatement>(&statement.form); l && l->name.text == name) return l->lambda.get();
    return nullptr;
}

}  // namespace

Status Binder::spend(Span span) {
    if (++spent_ <= options.limits.nodes * 10) return {};
    return std::unexpected(error("hunt.too_large", std::to_string(options.limits.nodes * 10)).with(span).with_hint(
        "A let that is used many times is expanded each time; wrap it in materialize()."));
}

Relation Binder::with_plan(Relation relation, PlanPtr plan) const {
    relation.plan = std::move(plan);
    return relation;
}

PlanPtr Binder::project_plan(Relation const& from, std::vector<Item> items) const {
    if (from.row_number) {
        Column const hidden{"", *from.row_number, Type::long_, false, false};
        items.push_back({hidden.id, make_column(hidden)});
    }
    return make_plan(ProjectPlan{from.plan, std::move(items)});
}

Relation Binder::fresh(Relation const& from) {
    Relation made = from;
    std::vector<Item> items;
    for (auto& c : made.columns) {
        auto value = make_column(c);
        c.id = new_id();
        items.push_back({c.id, std::move(value)});
    }
    if (from.row_number) {
        made.row_number = new_id();
        items.push_back({*made.row_number, make_column({"", *from.row_number, Type::long_, false, false})});
    }
    made.plan = make_plan(ProjectPlan{from.plan, std::move(items)});
    return made;
}

Relation Binder::numbered(Relation relation, std::optional<int> wanted) {
    if (relation.row_number) return relation;
    std::vector<Item> items;
    for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
    auto const id = wanted ? *wanted : new_id();
    items.push_back({id, make_window(Type::long_, Say::row_number, {}, false)});
    relation.plan = make_plan(ProjectPlan{relation.plan, std::move(items)});
    relation.row_number = id;
    relation.serialized = true;
    return relation;
}

Result<Relation> Binder::shared(Relation relation) {
    relation.plan = make_plan(SharedPlan{++last_shared_, relation.plan});
    return fresh(relation);
}

Result<Relation> Binder::table(Table const& table, std::string_view as) {
    ScanPlan scan{table.name, table.relation, {}, {}, nullptr, table.key};
    std::vector<Phrase> tests;
    // They know nothing of who may see which device, nor of times.
    if (options.device_scope.empty() && !table.narrow.empty()) scan.narrow = options.fleet_index ? &table.indexed : &table.narrow;
    Relation made;
    made.name = as;
    made.has_source = !table.relation.empty();
    if (!made.has_source) tables_without_source.insert(table.name);
    for (auto const& c : table.columns) {
        Column const column{c.name, new_id(), c.type, true, false};
        scan.fields.push_back({column.id, c.name, c.type, c.has_source, c.not_null});
        made.columns.push_back(column);
        Phrase const name(Say::quoted_name, {c.name});
        if (c.name == "DeviceId" && !options.device_scope.empty()) tests.push_back({Say::one_of, {name, options.device_scope}});
        if (c.name == "Timestamp" && options.window)
            tests.push_back({Say::in_time, {name, std::to_string(options.window->first), std::to_string(options.window->second)}});
    }
    if (auto const* time = made.find("Timestamp"); time && options.two_times && !made.find("TimeGenerated")) {
        Column second = *time;
        second.name = "TimeGenerated";
        second.id = new_id();
        auto field = scan.fields[static_cast<std::size_t>(time - made.columns.data())];
        field.id = second.id;
        scan.fields.push_back(std::move(field));
        made.columns.push_back(std::move(second));
    }
    if (!tests.empty()) scan.where = joined(Say::and_between, std::move(tests));
    made.plan = make_plan(std::move(scan));
    return made;
}

bool Binder::is_tabular(Query const& q) const {
    if (!q.operators.empty()) return true;
    return q.source && is_tabular(*q.source);
}

bool Binder::is_tabular(Node const& node) const {
    if (declared_pattern(node)) return true;
    if (auto const* q = form_of<QueryNode>(node)) return is_tabular(*q->query);
    auto const* called = form_of<CallNode>(node);
    auto const* named = form_of<NameNode>(node);
    if (form_of<PatternNode>(node)) return true;
    if (called && !lookup(called->name))
        return called->name == "materialize" || called->name == "table" || called->name == "FileProfile";
    if (!called && !named) return false;
    auto const& name = called ? called->name : named->name;
    auto const* found = lookup(name);
    if (!found) return named && (options.catalog->find(name) || !options.catalog->withheld(name).empty());
    if (auto const* lambda = std::get_if<Lambda const*>(&found->value)) {
        auto const& body = *(*lambda)->body;
        if (!body.operators.empty()) return true;
        if (!body.source) return false;
        for (auto const& p : (*lambda)->parameters)
            if (auto const* n = form_of<NameNode>(*body.source); n && n->name == p.name.text) return p.tabular;
        for (auto const& let : (*lambda)->lets)
            if (auto const* l = std::get_if<LetStatement>(&let.form); l && l->value)
                if (auto const* n = form_of<NameNode>(*body.source); n && n->name == l->name.text) return is_tabular(*l->value);
        Binder inner(options);
        inner.scope = found->parent;
        return inner.is_tabular(*body.source);
    }
    return std::holds_alternative<TabularLet>(found->value) || std::holds_alternative<Relation>(found->value);
}

Result<Relation> Binder::source(Node const& node) {
    auto made = source_or_graph(node);
    if (made && made->graph) return std::unexpected(error("hunt.graph_here").with(node.span));
    return made;
}

Result<Relation> Binder::source_or_graph(Node const& node) {
    TRY(spend(node.span));
    if (auto const* q = form_of<QueryNode>(node)) return query(*q->query);
    if (auto const* n = form_of<NameNode>(node)) {
        if (auto const* found = lookup(n->name)) {
            if (auto const* relation = std::get_if<Relation>(&found->value)) {
                auto made = fresh(*relation);
                made.name = n->name;
                return made;
            }
            if (auto const* let = std::get_if<TabularLet>(&found->value)) {
                auto const before = std::exchange(scope, found->parent);
                auto made = query(*let->query);
                scope = before;
                if (made) made->name = n->name;
                return made;
            }
            if (std::holds_alternative<Lambda const*>(found->value)) {
                CallNode const call{n->name, node.span, {}};
                return tabular_function(call, *found, node.span, {});
            }
            return std::unexpected(error("KS107", "table").with(node.span));
        }
        if (auto const* declared = options.catalog->find(n->name)) return table(*declared, n->name);
        if (auto const permission = options.catalog->withheld(n->name); !permission.empty())
            return std::unexpected(error("hunt.withheld", n->name, std::string(permission)).with(node.span));
        auto made = unknown_name(n->name, node.span, {});
        made.code = "KS204";
        return std::unexpected(std::move(made));
    }
    if (auto const* pattern = declared_pattern(node)) return pattern_table(*pattern, *lookup(pattern->name.text), node);
    if (auto const* c = form_of<CallNode>(node)) {
        if (auto const* found = lookup(c->name); found && std::holds_alternative<Lambda const*>(found->value))
            return tabular_function(*c, *found, node.span, {});
        if (c->name == "materialize") {
            if (c->arguments.size() != 1) return std::unexpected(error("KS119", c->name, "1").with(node.span));
            return shared(TRY(source(*c->arguments[0])));
        }
        if (c->name == "table") {
            if (c->arguments.empty()) return std::unexpected(error("KS119", c->name, "1").with(node.span));
            auto table = TRY(constant_text(*c->arguments[0], "the name of a table"));
            NameNode const name{std::move(table)};
            Node named;
            named.span = c->arguments[0]->span;
            named.form = name;
            return source(named);
        }
        if (c->name == "database" || c->name == "cluster" || c->name == "external_table" || c->name == "materialized_view" ||
            c->name == "stored_query_result" || c->name == "graph" || c->name == "workspace" || c->name == "_GetWatchlist")
            return std::unexpected(error("hunt.not_supported", c->name + "()").with(node.span));
        if (auto const* written = written_table(c->name)) return tabular_function(*c, Scope{c->name, written, nullptr}, node.span, {});
        if (c->name == "FileProfile" || c->name == "DeviceFromIP" || c->name == "SeenBy")
            return file_profile(*c, Relation{}, node.span);
        return std::unexpected(error("KS204", c->name).with(c->name_span));
    }
    if (auto const* m = form_of<MemberNode>(node)) {
        auto const* c = form_of<CallNode>(*m->object);
        if (c) return std::unexpected(error("hunt.not_supported", c->name + "()").with(node.span));
    }
    return std::unexpected(error("KS107", "table").with(node.span));
}

Result<Relation> Binder::query(Query const& q, std::optional<Relation> input) {
    auto const outer = scope;
    bool const at_top = std::exchange(at_top_, false);
    auto result = [&]() -> Result<Relation> {
        std::optional<Relation> rows = std::move(input);
        if (q.source) rows = TRY(source_or_graph(*q.source));
        for (auto const& op : q.operators) {
            TRY(spend(op.span));
            if (!rows) {
                if (auto const* p = form_of<Print>(op)) rows = TRY(print(*p));
                else if (auto const* r = form_of<RangeRows>(op)) rows = TRY(range_rows(*r));
                else if (auto const* d = form_of<Datatable>(op)) rows = TRY(datatable(*d, op.span));
                else if (auto const* u = form_of<Union>(op)) rows = TRY(union_all(*u, {}, op.span));
                else if (auto const* s = form_of<Search>(op)) rows = TRY(search(*s, {}, op.span));
                else if (auto const* f = form_of<Find>(op)) rows = TRY(find(*f, op.span));
                else if (auto const* e = form_of<Evaluate>(op)) rows = TRY(evaluate(*e, {}, op.span));
                else if (auto const* x = form_of<Externaldata>(op)) rows = TRY(external_data(*x, op.name_span));
                else return std::unexpected(error("hunt.no_rows").with(op.name_span));
                continue;
            }
            bool const forks = form_of<Fork>(op) || form_of<Facet>(op);
            if (forks && (!at_top || &op != &q.operators.back())) return std::unexpected(error("hunt.fork_inside", form_of<Fork>(op) ? "fork" : "facet").with(op.name_span));
            rows = TRY(apply(op, std::move(*rows)));
            if (rows->plan->depth > 900) return std::unexpected(error("hunt.too_deep", "900").with(op.span));
        }
        if (!rows) return std::unexpected(error("KS006").with(q.span));
        return std::move(*rows);
    }();
    scope = outer;
    return result;
}

Status Binder::let(LetStatement const& statement) {
    if (statement.lambda) {
        scope = std::make_shared<Scope>(Scope{statement.name.text, statement.lambda.get(), scope});
        return {};
    }
    auto const& q = *statement.value;
    if (!is_tabular(q)) {
        if (!q.source) return std::unexpected(error("KS006").with(q.span));
        if (auto const* n = form_of<NameNode>(*q.source); n && !lookup(n->name)) {
            auto made = unknown_name(n->name, q.source->span, {});
            return std::unexpected(std::move(made));
        }
        auto value = TRY(expression(*q.source, {}));
        scope = std::make_shared<Scope>(Scope{statement.name.text, std::move(value), scope});
        return {};
    }
    // materialize(...) is computed once; any other table is expanded where it is used.
    auto const* call = q.operators.empty() && q.source ? form_of<CallNode>(*q.source) : nullptr;
    if (call && call->name == "materialize") {
        auto relation = TRY(source(*q.source));
        scope = std::make_shared<Scope>(Scope{statement.name.text, std::move(relation), scope});
        return {};
    }
    scope = std::make_shared<Scope>(Scope{statement.name.text, TabularLet{&q}, scope});
    return {};
}

// set name = value: those that change the answer; all others steer an engine that is not here.
Status Binder::take_setting(SetStatement const& set) {
    if (!set.value) return {};
    query_settings[set.name] = set.value.get();
    if (set.name.starts_with("query_datetimescope_")) return std::unexpected(error("hunt.not_supported", "set " + set.name).with(set.value->span));
    if (set.name != "query_now") return {};
    auto const value = TRY(constant(*set.value, "query_now"));
    auto const* ticks = value.type == Type::datetime ? std::get_if<std::int64_t>(&value.value) : nullptr;
    if (!ticks) return std::unexpected(error("KS107", "datetime").with(set.value->span));
    now = *ticks;
    return {};
}

Result<Relation> Binder::program(Program const& p) {
    std::vector<Error> errors;
    std::optional<Relation> last;
    for (auto const& statement : p.statements) {
        Status done;
        if (auto const* l = std::get_if<LetStatement>(&statement.form)) {
            done = let(*l);
        } else if (auto const* declared = std::get_if<DeclareParameters>(&statement.form)) {
            for (auto const& parameter : declared->parameters) {
                if (!parameter.fallback)
                    return std::unexpected(error("hunt.no_parameter", parameter.name.text).with(parameter.name.span));
                auto value = TRY(convert(TRY(expression(*parameter.fallback, {})), parameter.type, parameter.name.span));
                scope = std::make_shared<Scope>(Scope{parameter.name.text, std::move(value), scope});
            }
        } else if (auto const* pattern = std::get_if<DeclarePattern>(&statement.form)) {
            scope = std::make_shared<Scope>(Scope{pattern->name.text, pattern, scope});
        } else if (auto const* set = std::get_if<SetStatement>(&statement.form)) {
            done = take_setting(*set);
        } else if (auto const* q = std::get_if<std::unique_ptr<Query>>(&statement.form)) {
            if (!is_tabular(**q) && (*q)->source && !form_of<NameNode>(*(*q)->source) && !form_of<CallNode>(*(*q)->source))
                return std::unexpected(error("KS107", "table").with((*q)->span).with_hint("Begin with a table, print or datatable."));
            further.clear();  // the last statement answers
            first_name.clear();
            at_top_ = true;
            auto made = query(**q);
            at_top_ = false;
            if (made) last = std::move(*made);
            else done = std::unexpected(std::move(made).error());
        }
        if (!done) errors.push_back(std::move(done).error());
        if (errors.size() >= 10) break;
    }
    if (!errors.empty()) {
        auto first = std::move(errors.front());
        for (std::size_t i = 1; i < errors.size(); ++i) first.others.push_back(std::move(errors[i]));
        return std::unexpected(std::move(first));
    }
    if (!last) return fail("hunt.no_query");
    if (last->graph) return fail("hunt.graph_here");
    auto const in_order = [](Relation& relation) {
        if (!relation.row_number) return;
        Column const hidden{"", *relation.row_number, Type::long_, false, false};
        relation.plan = make_plan(SortPlan{relation.plan, {{make_column(hidden), false, false}}});
    };
    auto const most = query_settings.find("query_take_max_records");
    std::optional<std::int64_t> rows;
    if (most != query_settings.end()) rows = std::max<std::int64_t>(0, TRY(constant_integer(*most->second, "query_take_max_records")));
    auto const finish = [&](Relation& relation) {
        in_order(relation);
        if (rows) relation.plan = make_plan(LimitPlan{relation.plan, *rows});
    };
    for (auto& other : further) finish(other.relation);
    finish(*last);
    return std::move(*last);
}

Result<Relation> Binder::apply(Operator const& op, Relation rows) {
    auto const span = op.name_span;
    struct Apply {
        Binder& b;
        Relation& rows;
        Span span;
        Result<Relation> operator()(Where const& o) { return b.where(o, std::move(rows)); }
        Result<Relation> operator()(Project const& o) { return b.project(o, std::move(rows), span); }
        Result<Relation> operator()(Summarize const& o) { return b.summarize(o, std::move(rows), span); }
        Result<Relation> operator()(Sort const& o) { return b.sort(o.keys, std::move(rows)); }
        Result<Relation> operator()(Top const& o) { return b.top(o, std::move(rows)); }
        Result<Relation> operator()(Take const& o) { return b.take(*o.count, std::move(rows)); }
        Result<Relation> operator()(Distinct const& o) { return b.distinct(o, std::move(rows)); }
        Result<Relation> operator()(CountRows const& o) { return b.count_rows(std::move(rows), o.name); }
        Result<Relation> operator()(Join const& o) { return b.join(o, std::move(rows), span); }
        Result<Relation> operator()(Union const& o) { return b.union_all(o, std::move(rows), span); }
        Result<Relation> operator()(As const& o) {
            // The name would stand for the rows of all groups.
            if (b.group_column(rows.columns)) return refuse("as inside partition or mv-apply");
            rows.name = o.name.text;
            rows.named_by_as = true;
            b.scope = std::make_shared<Scope>(Scope{o.name.text, rows, b.scope});
            return std::move(rows);
        }
        Result<Relation> operator()(GetSchema const&) { return b.get_schema(std::move(rows)); }
        Result<Relation> operator()(Sample const& o) { return b.sample(o, std::move(rows)); }
        Result<Relation> operator()(Search const& o) { return b.search(o, std::move(rows), span); }
        Result<Relation> operator()(Render const& o) {
            RenderInfo info{o.kind, {}};
            for (auto const& s : o.settings) info.properties.emplace_back(s.name, s.text);
            b.render = std::move(info);
            return std::move(rows);
        }
        Result<Relation> operator()(Invoke const& o) { return b.invoke(o, std::move(rows), span); }
        Result<Relation> operator()(Evaluate const& o) { return b.evaluate(o, std::move(rows), span); }
        Result<Relation> operator()(Parse const& o) { return b.parse_columns(o, std::move(rows), span); }
        Result<Relation> operator()(ParseKv const& o) { return b.parse_kv(o, std::move(rows), span); }
        Result<Relation> operator()(MvExpand const& o) { return b.mv_expand(o, std::move(rows), span); }
        Result<Relation> operator()(MvApply const& o) { return b.mv_apply(o, std::move(rows), span); }
        Result<Relation> operator()(MakeSeries const& o) { return b.make_series(o, std::move(rows), span); }
        Result<Relation> operator()(TopNested const& o) { return b.top_nested(o, std::move(rows)); }
        Result<Relation> operator()(TopHitters const& o) { return b.top_hitters(o, std::move(rows), span); }
        Result<Relation> operator()(Partition const& o) { return b.partition(o, std::move(rows), span); }
        Result<Relation> operator()(Scan const& o) { return b.scan(o, std::move(rows), span); }
        Result<Relation> refuse(std::string name) { return std::unexpected(error("hunt.not_supported", std::move(name)).with(span)); }
        Result<Relation> operator()(MakeGraph const& o) { return b.make_graph(o, std::move(rows), span); }
        Result<Relation> operator()(GraphMatch const& o) { return b.graph_match(o, std::move(rows), span); }
        Result<Relation> operator()(GraphToTable const& o) { return b.graph_to_table(o, std::move(rows), span); }
        Result<Relation> operator()(GraphComponents const& o) { return b.graph_components(o, std::move(rows), span); }
        Result<Relation> operator()(GraphWhere const& o) { return b.graph_where(o, std::move(rows), span); }
        Result<Relation> operator()(Fork const& o) { return b.fork(o, std::move(rows)); }
        Result<Relation> operator()(Facet const& o) { return b.facet(o, std::move(rows)); }
        Result<Relation> operator()(Refused const& o) { return refuse(o.name); }
        Result<Relation> misplaced() { return std::unexpected(error("hunt.misplaced").with(span)); }
        Result<Relation> operator()(Print const&) { return misplaced(); }
        Result<Relation> operator()(RangeRows const&) { return misplaced(); }
        Result<Relation> operator()(Datatable const&) { return misplaced(); }
        Result<Relation> operator()(Externaldata const&) { return misplaced(); }
        Result<Relation> operator()(Find const&) { return misplaced(); }
    };
    bool const reads_graph = std::holds_alternative<GraphMatch>(op.form) || std::holds_alternative<GraphToTable>(op.form) ||
                             std::holds_alternative<GraphComponents>(op.form) || std::holds_alternative<GraphWhere>(op.form);
    if (reads_graph != (rows.graph != nullptr)) return std::unexpected(error(reads_graph ? "hunt.graph_wanted" : "hunt.graph_here").with(span));
    return std::visit(Apply{*this, rows, span}, op.form);
}

}  // namespace merlon::hunt
