// make-graph and what may follow it. A graph is two relations, nodes and edges, each computed once and numbered; a pattern
// becomes joins over them, and an edge that stands for several in a row becomes a recursive statement that starts at the
// nodes found so far. Source of the rules: the pages of these operators in Kusto's documentation.
#include "hunt/bind/binder.h"

namespace merlon::hunt {

// An edge of a pattern that stands for several in a row: a list of edges ($id) and of the nodes between them.
struct GraphPath {
    Column edges, inner;
};

// A list of values by $id that expressions over paths look into.
struct GraphList {
    int id;
    PlanPtr plan;  // one row, one column
};

struct GraphPaths {
    Graph const& graph;
    std::map<std::string, GraphPath, std::less<>> paths = {};
    std::map<std::string, Column, std::less<>> nodes = {};  // $id of each named node
    std::map<std::string, Column, std::less<>> keys = {};   // what names it
    std::vector<GraphList> lists = {};
};

namespace {

using Views = std::map<std::string, std::vector<Column>, std::less<>>;

constexpr std::int64_t most_hops = 64;

Column hidden(Relation const& relation, std::string_view name) { return *relation.find(name); }

std::vector<Column> shown(std::vector<Column> const& columns) {
    std::vector<Column> made;
    for (auto const& c : columns)
        if (!c.name.starts_with('$')) made.push_back(c);
    return made;
}

Result<std::string> setting(Settings const& all, std::string_view name, std::string fallback, std::initializer_list<std::string_view> allowed = {}) {
    for (auto const& s : all) {
        if (s.name != name) continue;
        if (allowed.size() > 0 && std::find(allowed.begin(), allowed.end(), s.text) == allowed.end()) {
            std::string list;
            for (auto const one : allowed) list += (list.empty() ? "" : ", ") + std::string(one);
            return std::unexpected(error("KS005", "one of: " + list, "'" + s.text + "'").with(s.span));
        }
        return s.text;
    }
    return fallback;
}

// A number that a window gives.
ExprPtr windowed(Phrase phrase, std::vector<ExprPtr> arguments) { return make_window(Type::long_, std::move(phrase), std::move(arguments), false); }

ExprPtr test(Phrase phrase, std::vector<ExprPtr> arguments) { return make_call(Type::bool_, std::move(phrase), std::move(arguments), false); }

Relation graph_relation(Graph graph) {
    Relation made;
    made.plan = make_plan(ValuesPlan{});
    made.graph = std::make_shared<Graph const>(std::move(graph));
    return made;
}

// Which edges of several a condition speaks of directly (e.x, not all(e, ...)), and which other names.
struct Mentions {
    std::set<std::string> const* several;
    std::set<std::string> const* parts;  // all names of the pattern
    std::set<std::string> paths = {}, others = {};
    bool calls = false;  // all(e, ...) and the like

    void look(Node const& node) {
        if (auto const* n = form_of<NameNode>(node); n && parts->contains(n->name)) {  // the whole of it
            if (several->contains(n->name)) calls = true;
            else others.insert(n->name);
        }
        if (auto const* n = form_of<MemberNode>(node)) {
            if (auto const* object = form_of<NameNode>(*n->object)) (several->contains(object->name) ? paths : others).insert(object->name);
            else look(*n->object);
        }
        if (auto const* n = form_of<IndexNode>(node)) look(*n->object), look(*n->index);
        if (auto const* n = form_of<CallNode>(node)) {
            static std::set<std::string_view> const graph_calls{"all", "any", "map", "node_degree_in", "node_degree_out", "node_id", "labels"};
            if (graph_calls.contains(n->name)) calls = true;
            else
                for (auto const& a : n->arguments) look(*a);
        }
        if (auto const* n = form_of<UnaryNode>(node)) look(*n->operand);
        if (auto const* n = form_of<BinaryNode>(node)) look(*n->left), look(*n->right);
        if (auto const* n = form_of<LogicNode>(node))
            for (auto const& a : n->operands) look(*a);
        if (auto const* n = form_of<ListNode>(node)) {
            look(*n->left);
            for (auto const& a : n->items) look(*a);
        }
        if (auto const* n = form_of<BetweenNode>(node)) look(*n->value), look(*n->low), look(*n->high);
        if (auto const* n = form_of<NamedNode>(node)) look(*n->value);
    }
};

// Joins built up part by part along the patterns.
struct Matcher {
    Binder& binder;
    GraphMatch const& match;
    GraphPaths& context;
    std::string cycles;
    PlanPtr plan = {};
    Views views = {};
    std::vector<Column> node_ids = {};      // in order of appearance, each node once
    std::vector<Column> edge_ids = {};      // single edges
    std::vector<GraphPath> paths = {};
    std::vector<std::pair<Node const*, Mentions>> waiting = {};  // conditions not yet applied
    std::optional<Column> first_node = {}, last_node = {};
    std::optional<Column> partition = {};   // of all nodes of a match

    Graph const& graph() const { return context.graph; }
    Rows rows() {
        static std::vector<Column> const none;
        Rows made;
        made.columns = &none;
        made.steps = &views;
        made.paths = &context;
        return made;
    }
    void keep(ExprPtr condition) { plan = make_plan(FilterPlan{plan, std::move(condition)}); }

    // Conditions whose names are all known by now; those over paths wait for the end.
    Status apply_ready(bool at_end) {
        for (auto it = waiting.begin(); it != waiting.end();) {
            bool const known = std::all_of(it->second.others.begin(), it->second.others.end(), [&](auto const& name) { return views.contains(name); });
            bool const of_path = !it->second.paths.empty();  // taken when its edge comes
            if (at_end && of_path) return std::unexpected(error("hunt.graph_where").with(it->first->span));
            if (!at_end && (!known || it->second.calls || of_path)) {
                ++it;
                continue;
            }
            auto condition = TRY(binder.predicate(*it->first, rows()));
            add_lists();
            keep(std::move(condition));
            it = waiting.erase(it);
        }
        return {};
    }
    void add_lists() {
        for (auto& list : context.lists)
            if (list.plan) plan = make_plan(JoinPlan{JoinKind::inner, plan, std::exchange(list.plan, nullptr), {}, {}});
    }

    Status put_node(GraphPart const& part, std::optional<Column> end) {
        auto const& name = part.name.text;
        if (auto const known = context.nodes.find(name); !name.empty() && known != context.nodes.end()) {
            if (end) keep(test(over_arguments(Say::equal, 2), {make_column(*end), make_column(known->second)}));
            last_node = known->second;
            return {};
        }
        auto const nodes = binder.fresh(graph().nodes);
        auto const id = hidden(nodes, "$id");
        std::vector<std::pair<ExprPtr, ExprPtr>> keys;
        if (end) keys.emplace_back(make_column(*end), make_column(id));
        else if (partition) keys.emplace_back(make_column(*partition), make_column(hidden(nodes, "$part")));
        plan = plan ? make_plan(JoinPlan{JoinKind::inner, plan, nodes.plan, std::move(keys), {}}) : nodes.plan;
        if (!name.empty()) {
            if (views.contains(name)) return std::unexpected(error("KS171", name).with(part.span));
            context.nodes.emplace(name, id);
            context.keys.emplace(name, hidden(nodes, "$key"));
            views[name] = shown(nodes.columns);
        }
        if (cycles == "none")
            for (auto const& other : node_ids) keep(test(over_arguments(Say::not_equal, 2), {make_column(id), make_column(other)}));
        node_ids.push_back(id);
        if (!first_node) {
            first_node = id;
            if (auto const* part_column = nodes.find("$part")) partition = *part_column;
        }
        last_node = id;
        return apply_ready(false);
    }

    // Edges with $from and $to in the direction in which the pattern is read.
    Relation directed(int direction) {
        auto const along = [&](char const* from, char const* to) {
            auto made = binder.fresh(graph().edges);
            for (auto& c : made.columns) {
                if (c.name == from) c.name = "$from";
                else if (c.name == to) c.name = "$to";
            }
            return made;
        };
        if (direction > 0) return along("$source", "$target");
        if (direction < 0) return along("$target", "$source");
        std::vector<Relation> both;
        both.push_back(along("$source", "$target"));
        both.push_back(along("$target", "$source"));
        // An edge from a node to itself would come twice.
        both[1].plan = make_plan(FilterPlan{both[1].plan, test(over_arguments(Say::not_equal, 2), {make_column(hidden(both[1], "$from")), make_column(hidden(both[1], "$to"))})});
        auto made = binder.combine(std::move(both), false, "");
        return std::move(*made);
    }

    Result<Column> put_edge(GraphPart const& part) {
        auto const& name = part.name.text;
        if (!name.empty() && (views.contains(name) || context.paths.contains(name))) return std::unexpected(error("KS171", name).with(part.span));
        auto edges = directed(part.direction);
        if (part.several) return put_path(part, std::move(edges));
        auto const id = hidden(edges, "$id");
        plan = make_plan(JoinPlan{JoinKind::inner, plan, edges.plan, {{make_column(*last_node), make_column(hidden(edges, "$from"))}}, {}});
        if (!name.empty()) views[name] = shown(edges.columns);
        if (cycles != "all") {
            for (auto const& other : edge_ids) keep(test(over_arguments(Say::not_equal, 2), {make_column(id), make_column(other)}));
            for (auto const& path : paths) keep(test(Say::list_lacks, {make_column(id), make_column(path.edges)}));
        }
        edge_ids.push_back(id);
        TRY(apply_ready(false));
        return hidden(edges, "$to");
    }

    // Conditions on the edges of a path hold for each of them.
    Status filter_edges(std::string const& name, Relation& edges) {
        Views const own{{name, shown(edges.columns)}};
        static std::vector<Column> const none;
        Rows rows;
        rows.columns = &none;
        rows.steps = &own;
        for (auto it = waiting.begin(); it != waiting.end();) {
            auto const& mentions = it->second;
            if (!mentions.paths.contains(name)) {
                ++it;
                continue;
            }
            if (mentions.paths.size() > 1 || !mentions.others.empty() || mentions.calls) return std::unexpected(error("hunt.graph_where").with(it->first->span));
            auto test = TRY(binder.predicate(*it->first, rows));
            edges.plan = make_plan(FilterPlan{edges.plan, std::move(test)});
            it = waiting.erase(it);
        }
        return {};
    }

    Result<Column> put_path(GraphPart const& part, Relation edges) {
        if (part.most > most_hops) return std::unexpected(error("KS005", "at most " + std::to_string(most_hops) + " edges in a row", std::to_string(part.most)).with(part.span));
        if (part.least > part.most) return std::unexpected(error("KS005", "a range such as 1..3", "one that runs down").with(part.span));
        if (!part.name.text.empty()) TRY(filter_edges(part.name.text, edges));
        auto const name_of = [](Column const& c) { return column_name(c.id); };
        // The nodes reached so far are read twice: as starts of the walk, and by the join with what it finds.
        plan = make_plan(SharedPlan{binder.new_shared(), plan});
        RawPlan raw;
        raw.inputs = {edges.plan, make_plan(ProjectPlan{plan, {{last_node->id, make_column(*last_node)}}})};
        auto const id = name_of(hidden(edges, "$id")), from = name_of(hidden(edges, "$from")), to = name_of(hidden(edges, "$to"));
        Column const start{"", binder.new_id(), Type::long_, false, false}, end{"", binder.new_id(), Type::long_, false, false};
        GraphPath const path{{"", binder.new_id(), Type::dynamic, false, false}, {"", binder.new_id(), Type::dynamic, false, false}};
        auto const s = name_of(start), t = name_of(end), es = name_of(path.edges), ns = name_of(path.inner);
        auto const tag = std::to_string(binder.new_id());
        std::string const steps = "edges" + tag, walk = "walk" + tag;
        std::vector<Phrase> limits{Say::nothing};
        if (match.shortest || cycles == "none") limits = {Say::nothing, {Say::walk_each_node_once, {s, t, ns}}, Say::walk_without_loops};
        else if (cycles == "unique_edges") limits.push_back({Say::walk_each_edge_once, {es}});
        raw.phrase = {Say::walk, {steps, id, from, to, walk, name_of(*last_node), s, t, es, ns, std::to_string(part.most),
                                   {Say::joined, std::move(limits)}, std::to_string(part.least)}};
        raw.columns = {start.id, end.id, path.edges.id, path.inner.id};
        raw.uses = {hidden(edges, "$id").id, hidden(edges, "$from").id, hidden(edges, "$to").id, last_node->id};
        plan = make_plan(JoinPlan{JoinKind::inner, plan, make_plan(std::move(raw)), {{make_column(*last_node), make_column(start)}}, {}});
        if (cycles != "all") {
            for (auto const& other : edge_ids) keep(test(Say::list_lacks, {make_column(other), make_column(path.edges)}));
            for (auto const& other : paths) keep(test(Say::lists_disjoint, {make_column(path.edges), make_column(other.edges)}));
        }
        if (cycles == "none")
            for (auto const& other : node_ids) keep(test(Say::list_lacks, {make_column(other), make_column(path.inner)}));
        paths.push_back(path);
        if (!part.name.text.empty()) context.paths.emplace(part.name.text, path);
        return end;
    }

    Status run() {
        std::set<std::string> several, names;
        for (auto const& pattern : match.patterns)
            for (auto const& part : pattern) {
                if (part.several) several.insert(part.name.text);
                names.insert(part.name.text);
            }
        if (match.where) {
            auto const wait = [&](Node const& condition) {
                Mentions mentions{&several, &names};
                mentions.look(condition);
                waiting.emplace_back(&condition, std::move(mentions));
            };
            auto const* all = form_of<LogicNode>(*match.where);
            if (all && !all->is_or)
                for (auto const& operand : all->operands) wait(*operand);
            else wait(*match.where);
        }
        for (auto const& pattern : match.patterns) {
            std::optional<Column> end;
            for (auto const& part : pattern) {
                if (part.is_edge) {
                    end = TRY(put_edge(part));
                } else {
                    TRY(put_node(part, std::exchange(end, std::nullopt)));
                }
            }
        }
        return apply_ready(true);
    }

    // Of the paths between two nodes only the shortest ones stay: one of them, or all.
    void keep_shortest(bool all) {
        Column const rank{"", binder.new_id(), Type::long_, false, false};
        std::vector<Item> items;
        for (auto const id : plan->columns) items.push_back({id, make_column({"", id, Type::dynamic, true, true})});
        std::vector<Phrase> lengths;
        std::vector<ExprPtr> arguments{make_column(*first_node), make_column(*last_node)};
        for (auto const& path : paths) {
            arguments.push_back(make_column(path.edges));
            lengths.push_back({Say::length, {slot(arguments.size() - 1)}});
        }
        items.push_back({rank.id, windowed({all ? Say::rank : Say::row_number, {in_parts({slot(0), slot(1)}, {joined(Say::plus_between, std::move(lengths))})}}, std::move(arguments))});
        plan = make_plan(ProjectPlan{plan, std::move(items)});
        keep(test({Say::equal, {slot(0), Phrase("1")}}, {make_column(rank)}));
    }
};

}  // namespace

Result<Relation> Binder::make_graph(MakeGraph const& o, Relation relation, Span span) {
    Rows rows;
    rows.columns = &relation.columns;
    auto source_key = TRY(expression(*o.source, rows));
    auto target_key = TRY(expression(*o.target, rows));
    if (source_key->type == Type::dynamic || target_key->type == Type::dynamic)
        return std::unexpected(error("KS116", "dynamic").with((source_key->type == Type::dynamic ? o.source : o.target)->span));
    auto const type = source_key->type;
    if (target_key->type != type) return std::unexpected(error("KS227").with(o.target->span));
    // What names a node is its key, and with partitioned-by the part that it stands in ($part, a text).
    auto const part_of = [&](Relation const& of) -> Result<std::vector<NamedExpr>> {
        std::vector<NamedExpr> made;
        if (!o.partition) return made;
        Rows own;
        own.columns = &of.columns;
        auto text = TRY(to_text(TRY(expression(*o.partition, own)), o.partition->span));
        made.push_back({"$part", true, std::move(text), span});
        return made;
    };
    auto const joined_by = [&](Relation const& left, char const* key, Relation const& right) {
        std::vector<std::pair<ExprPtr, ExprPtr>> made{{make_column(hidden(left, key)), make_column(hidden(right, "$key"))}};
        if (o.partition) made.emplace_back(make_column(hidden(left, "$part")), make_column(hidden(right, "$part")));
        return made;
    };
    auto const part = TRY(part_of(relation));
    relation.row_number.reset();
    relation = extended(std::move(relation), {{"$skey", true, source_key, span}, {"$tkey", true, target_key, span}});
    relation = extended(std::move(relation), part);
    relation = extended(std::move(relation), {{"$id", true, windowed(Say::row_number, {}), span}});
    auto edges = TRY(shared(std::move(relation)));
    // The nodes: rows of the tables, then the ends of edges that no table has.
    std::vector<Relation> parts;
    for (auto const& given : o.nodes) {
        auto nodes = TRY(source(*given.table));
        Rows own;
        own.columns = &nodes.columns;
        auto key = TRY(expression(*given.id, own));
        if (key->type != type) return std::unexpected(error("KS227").with(given.id->span));
        auto const own_part = TRY(part_of(nodes));
        nodes.row_number.reset();
        nodes = extended(std::move(nodes), {{"$key", true, std::move(key), span}, {"$place", true, windowed(Say::row_number, {}), span}});
        nodes = extended(std::move(nodes), own_part);
        parts.push_back(TRY(shared(std::move(nodes))));
    }
    auto const end_of = [&](char const* key, std::int64_t side) {
        auto const from = fresh(edges);
        Relation made;
        made.columns = {{"$key", new_id(), type, true, true}, {"$place", new_id(), Type::long_, false, false}};
        std::vector<Item> items{{made.columns[0].id, make_column(hidden(from, key))},
            {made.columns[1].id, make_call(Type::long_, Say::place_of_end, {make_column(hidden(from, "$id")), make_long(side)}, false)}};
        if (o.partition) {
            made.columns.push_back({"$part", new_id(), Type::string, false, false});
            items.push_back({made.columns.back().id, make_column(hidden(from, "$part"))});
        }
        made.plan = make_plan(ProjectPlan{from.plan, std::move(items)});
        return made;
    };
    auto ends = TRY(combine({end_of("$skey", 0), end_of("$tkey", 1)}, false, ""));
    Relation missing;
    auto const place = new_id();
    std::vector<int> groups{ends.columns[0].id};
    if (o.partition) groups.push_back(hidden(ends, "$part").id);
    missing.plan = make_plan(AggregatePlan{ends.plan, groups, {{place, make_call(Type::long_, over_arguments(Say::minimum, 1), {make_column(ends.columns[1])}, false)}}});
    missing.columns = {ends.columns[0], {"$place", place, Type::long_, false, false}};
    if (o.partition) missing.columns.push_back(hidden(ends, "$part"));
    for (auto const& table : parts)
        missing.plan = make_plan(JoinPlan{JoinKind::left_anti, missing.plan, table.plan, joined_by(missing, "$key", table), {}});
    // They know no more of themselves than their names.
    std::vector<NamedExpr> named;
    for (auto const& given : o.nodes)
        if (auto const* name = form_of<NameNode>(*given.id)) named.push_back({name->name, true, make_column(missing.columns[0]), span});
    if (!o.node_id.text.empty()) named.push_back({o.node_id.text, true, make_column(missing.columns[0]), span});
    missing = extended(std::move(missing), named);
    parts.push_back(std::move(missing));
    auto nodes = parts.size() == 1 ? std::move(parts[0]) : TRY(combine(std::move(parts), false, ""));
    if (!o.nodes.empty()) {
        std::vector<ExprPtr> keys{make_column(hidden(nodes, "$key"))};
        if (o.partition) keys.push_back(make_column(hidden(nodes, "$part")));
        nodes.plan = make_plan(FirstPerKeyPlan{nodes.plan, std::move(keys)});
    }
    auto number = windowed({Say::row_number, {in_parts({}, {slot(0)})}}, {make_column(hidden(nodes, "$place"))});
    nodes = TRY(shared(extended(std::move(nodes), {{"$id", true, std::move(number), span}})));
    for (auto const& [key, name] : {std::pair{"$skey", "$source"}, std::pair{"$tkey", "$target"}}) {
        auto const end = fresh(nodes);
        edges.plan = make_plan(JoinPlan{JoinKind::inner, edges.plan, end.plan, joined_by(edges, key, end), {}});
        edges = extended(std::move(edges), {{name, true, make_column(hidden(end, "$id")), span}});
    }
    edges = TRY(shared(std::move(edges)));
    auto made = graph_relation({std::move(nodes), std::move(edges)});
    if (!o.subquery) return made;
    // All graphs are asked at once, as no edge leads from one to another: for operators that know no more than edges.
    for (auto const& op : o.subquery->operators)
        if (!form_of<GraphMatch>(op) && !form_of<GraphWhere>(op) && !form_of<GraphToTable>(op))
            return std::unexpected(error("hunt.not_supported", "this operator inside of partitioned-by").with(op.name_span));
    made = TRY(query(*o.subquery, std::move(made)));
    if (made.graph) return std::unexpected(error("hunt.graph_here").with(span));
    return made;
}

Result<Relation> Binder::graph_match(GraphMatch const& o, Relation relation, Span span) {
    auto const graph = relation.graph;
    GraphPaths context{*graph};
    auto const cycles = o.shortest ? std::string("none") : TRY(setting(o.settings, "cycles", "unique_edges", {"all", "none", "unique_edges"}));
    auto const output = TRY(setting(o.settings, "output", "any", {"any", "all"}));
    Matcher matcher{*this, o, context, cycles};
    TRY(matcher.run());
    if (o.shortest) {
        if (o.patterns.size() != 1 || matcher.paths.empty()) return std::unexpected(error("hunt.graph_path", "graph-shortest-paths").with(span));
        matcher.keep_shortest(output == "all");
    }
    Relation made;
    std::vector<Item> items;
    std::set<std::string> taken;
    int unnamed = 0;
    for (auto const& node : o.project)
        for (auto& one : TRY(named_items(*node, matcher.rows()))) {
            if (one.given && taken.contains(one.name)) return std::unexpected(error("KS171", one.name).with(one.span));
            auto name = unique_name(one.name.empty() ? "Column" + std::to_string(++unnamed) : one.name, taken);
            taken.insert(name);
            made.columns.push_back({std::move(name), new_id(), one.value->type, one.value->nullable, one.value->may_be_nan});
            items.push_back({made.columns.back().id, std::move(one.value)});
        }
    matcher.add_lists();
    made.plan = make_plan(ProjectPlan{matcher.plan, std::move(items)});
    return made;
}

// Numbers of nodes are hashes of what names them, as the documentation prints them; they stand before the other columns.
Result<Relation> Binder::graph_to_table(GraphToTable const& o, Relation relation, Span span) {
    auto const graph = relation.graph;
    auto made = fresh(o.edges ? graph->edges : graph->nodes);
    std::vector<NamedExpr> numbers;
    for (auto const& [word, column] : o.edges ? std::vector<std::pair<char const*, char const*>>{{"with_source_id", "$skey"}, {"with_target_id", "$tkey"}, {"with_edge_id", "$id"}}
                                              : std::vector<std::pair<char const*, char const*>>{{"with_node_id", "$key"}}) {
        auto const name = TRY(setting(o.settings, word, ""));
        if (name.empty()) continue;
        auto number = make_column(hidden(made, column));
        if (std::string_view(column) != "$id") number = TRY(call_table(*find_scalar("hash"), {std::move(number)}, span));
        numbers.push_back({name, true, std::move(number), span});
    }
    auto const order = hidden(made, "$id");
    auto const others = shown(made.columns);
    made = extended(std::move(made), numbers);
    std::vector<Column> columns;
    for (auto const& number : numbers) columns.push_back(*made.find(number.name));
    for (auto const& c : others)
        if (std::none_of(numbers.begin(), numbers.end(), [&](auto const& number) { return number.name == c.name; })) columns.push_back(c);
    made.columns = std::move(columns);
    made.row_number = order.id;
    return made;
}

// Components are numbered from 0 by their first nodes. `weak`: edges lead both ways; `strong`: there is a way to and fro.
Result<Relation> Binder::graph_components(GraphComponents const& o, Relation relation, Span span) {
    auto const kind = TRY(setting(o.settings, "kind", "weak", {"weak", "strong"}));
    auto const name = TRY(setting(o.settings, "with_component_id", "ComponentId"));
    auto const graph = relation.graph;
    auto nodes = fresh(graph->nodes);
    auto const edges = fresh(graph->edges);
    auto const name_of = [](Column const& c) { return column_name(c.id); };
    auto const id = name_of(hidden(nodes, "$id")), from = name_of(hidden(edges, "$source")), to = name_of(hidden(edges, "$target"));
    Column const node{"", new_id(), Type::long_, false, false}, component{"", new_id(), Type::long_, false, false};
    auto const tag = std::to_string(new_id());
    std::string const links = "links" + tag, reach = "reach" + tag;
    bool const weak = kind == "weak";
    RawPlan raw;
    raw.inputs = {make_plan(ProjectPlan{nodes.plan, {{hidden(nodes, "$id").id, make_column(hidden(nodes, "$id"))}}}), edges.plan};
    raw.phrase = {weak ? Say::weak_components : Say::strong_components, {links, from, to, reach, id, name_of(node), name_of(component)}};
    raw.columns = {node.id, component.id};
    raw.uses = {hidden(nodes, "$id").id, hidden(edges, "$source").id, hidden(edges, "$target").id};
    auto marked = fresh(graph->nodes);
    marked.plan = make_plan(JoinPlan{JoinKind::inner, marked.plan, make_plan(std::move(raw)), {{make_column(hidden(marked, "$id")), make_column(node)}}, {}});
    marked = extended(std::move(marked), {{name, true, make_column(component), span}});
    auto with_component = TRY(shared(std::move(marked)));
    return graph_relation({std::move(with_component), graph->edges});
}

// Nodes that do not hold the condition go, with their edges; edges alone go alone.
Result<Relation> Binder::graph_where(GraphWhere const& o, Relation relation, Span span) {
    auto const graph = relation.graph;
    auto nodes = fresh(graph->nodes), edges = fresh(graph->edges);
    auto& filtered = o.edges ? edges : nodes;
    Rows rows;
    auto const columns = shown(filtered.columns);
    rows.columns = &columns;
    auto test = TRY(predicate(*o.predicate, rows));
    filtered.plan = make_plan(FilterPlan{filtered.plan, std::move(test)});
    // Numbers are without gaps again, as lists are looked into by them.
    auto const renumber = [&](Relation of) {
        auto const old = hidden(of, "$id");
        for (auto& c : of.columns)
            if (c.name == "$id") c.name = "$old";
        return shared(extended(std::move(of), {{"$id", true, windowed({Say::row_number, {in_parts({}, {slot(0)})}}, {make_column(old)}), span}}));
    };
    nodes = TRY(renumber(std::move(nodes)));
    for (auto const* end : {"$source", "$target"}) {
        auto const node = fresh(nodes);
        edges.plan = make_plan(JoinPlan{JoinKind::inner, edges.plan, node.plan, {{make_column(hidden(edges, end)), make_column(hidden(node, "$old"))}}, {}});
        edges = extended(std::move(edges), {{end, true, make_column(hidden(node, "$id")), span}});
    }
    auto const strip = [](Relation& of) { std::erase_if(of.columns, [](Column const& c) { return c.name == "$old"; }); };
    edges = TRY(renumber(std::move(edges)));
    strip(nodes);
    strip(edges);
    return graph_relation({std::move(nodes), std::move(edges)});
}

// The values of `expression` over all edges or nodes, by $id, as one list in a column of its own.
Result<ExprPtr> graph_list(Binder& binder, GraphPaths& context, bool of_nodes, Node const& node, std::string_view what, Span span) {
    auto const rows_of = binder.fresh(of_nodes ? context.graph.nodes : context.graph.edges);
    auto const columns = shown(rows_of.columns);
    Rows rows;
    rows.columns = &columns;
    rows.part = &rows_of;
    auto value = what == "map" ? TRY(binder.to_json(TRY(binder.expression(node, rows)), span)) : TRY(binder.predicate(node, rows));
    auto const id = binder.new_id(), one = binder.new_id(), key = hidden(rows_of, "$id").id;
    auto const type = value->type;
    auto plan = make_plan(ProjectPlan{rows_of.plan, {{key, make_column(hidden(rows_of, "$id"))}, {one, std::move(value)}}});
    plan = make_plan(AggregatePlan{std::move(plan), {}, {{id, make_call(Type::dynamic, Say::list_in_order,
        {make_column({"", one, type, true, true}), make_column({"", key, Type::long_, false, false})}, true)}}});
    context.lists.push_back({id, std::move(plan)});
    return make_column({"", id, Type::dynamic, true, false});
}

Result<ExprPtr> over_path(Binder& binder, GraphPaths& context, GraphPath const& path, bool of_nodes, Node const& node, std::string const& what, Span span) {
    auto list = TRY(graph_list(binder, context, of_nodes, node, what, span));
    std::vector<ExprPtr> arguments{make_column(of_nodes ? path.inner : path.edges), std::move(list)};
    if (what == "map")
        return make_call(Type::dynamic, Say::values_of_path, std::move(arguments), false);
    return make_call(Type::bool_, what == "all" ? Say::all_of_path : Say::any_of_path, std::move(arguments), false);
}

std::optional<Result<ExprPtr>> Binder::graph_call(CallNode const& node, Span span, Rows const& rows) {
    // Only graphs that are stored have labels; a graph of a query has none.
    if (node.name == "labels") {
        if (node.arguments.size() > 1) return std::unexpected(error("KS119", node.name, "0 or 1").with(span));
        return make_constant({Type::dynamic, std::string("[]")});
    }
    // Inside of all, any and map node_id() is the one of the node that is looked at.
    if (rows.part) {
        auto const* key = node.name == "node_id" && node.arguments.empty() ? rows.part->find("$key") : nullptr;
        if (!key) return {};
        return to_text(make_column(*key), span);
    }
    auto& context = *rows.paths;
    if (node.name == "all" || node.name == "any" || node.name == "map") {
        if (node.arguments.size() != 2) return std::unexpected(error("KS119", node.name, "2").with(span));
        auto const* called = form_of<CallNode>(*node.arguments[0]);
        bool const inner = called && called->name == "inner_nodes" && called->arguments.size() == 1;
        auto const* name = form_of<NameNode>(inner ? *called->arguments[0] : *node.arguments[0]);
        auto const path = name ? context.paths.find(name->name) : context.paths.end();
        if (path == context.paths.end()) return std::unexpected(error("hunt.graph_path", node.name + "()").with(node.arguments[0]->span));
        return over_path(*this, context, path->second, inner, *node.arguments[1], node.name, span);
    }
    bool const degree = node.name == "node_degree_in" || node.name == "node_degree_out";
    if (!degree && node.name != "node_id") return {};
    auto const* name = node.arguments.size() == 1 ? form_of<NameNode>(*node.arguments[0]) : nullptr;
    auto const found = name ? context.nodes.find(name->name) : context.nodes.end();
    if (found == context.nodes.end()) return std::unexpected(error("hunt.not_supported", node.name + "() of something else than a node of the pattern").with(span));
    if (!degree) return to_text(make_column(context.keys.at(name->name)), span);
    auto const edges = fresh(context.graph.edges);
    auto const end = hidden(edges, node.name == "node_degree_in" ? "$target" : "$source");
    auto const id = new_id(), count = new_id();
    auto plan = make_plan(AggregatePlan{edges.plan, {end.id}, {{count, make_call(Type::long_, Say::count_rows, {}, false)}}});
    // A map from node to count, as nodes without edges have none.
    plan = make_plan(AggregatePlan{std::move(plan), {}, {{id, make_call(Type::dynamic, Say::counts_by_key,
        {make_column(end), make_column({"", count, Type::long_, false, false})}, true)}}});
    context.lists.push_back({id, std::move(plan)});
    return make_call(Type::long_, Say::count_of_key, {make_column({"", id, Type::dynamic, true, false}), make_column(found->second)}, false);
}

// A node or an edge by its name alone: the bag of its properties; of an edge that stands for several the bags in order.
std::optional<Result<ExprPtr>> Binder::graph_whole(std::string const& name, Span span, Rows const& rows) {
    Node all;
    all.span = span;
    all.form = CallNode{"pack_all", span, {}};
    if (auto const found = rows.steps->find(name); found != rows.steps->end()) {
        Rows own;
        own.columns = &found->second;
        return expression(all, own);
    }
    auto const path = rows.paths->paths.find(name);
    if (path == rows.paths->paths.end()) return {};
    return over_path(*this, *rows.paths, path->second, false, all, "map", span);
}

// e.x of a path: the values of its edges in order.
Result<ExprPtr> Binder::graph_member(std::string const& edge, Node const& node, Rows const& rows) {
    auto& context = *rows.paths;
    auto const path = context.paths.find(edge);
    if (path == context.paths.end()) {
        static std::vector<Column> const none;
        Rows nothing;
        nothing.columns = &none;
        return std::unexpected(unknown_name(edge, node.span, nothing));
    }
    Node name;
    name.span = node.span;
    name.form = NameNode{form_of<MemberNode>(node)->name};
    return over_path(*this, context, path->second, false, name, "map", node.span);
}

}  // namespace merlon::hunt
