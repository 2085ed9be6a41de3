// scan: a state machine over rows in order, written as a recursive statement that takes one row of each partition at a
// time. Source of the rules: "scan operator" in Kusto's documentation, section "Matching logic".
//
// Each step keeps the values of the steps up to itself (its sequence). A row is held against the steps from the last to
// the first. Check 1: the step before has a sequence and the condition holds: that sequence moves on to this step.
// Check 2: this step has a sequence, or is the first one, and the condition holds: its own values are replaced.
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

// Columns that expressions take from steps: s1.x.
void find_references(Node const& node, std::set<std::string> const& steps, std::set<std::string>& out) {
    auto const below = [&](NodePtr const& child) {
        if (child) find_references(*child, steps, out);
    };
    if (auto const* n = form_of<MemberNode>(node)) {
        if (auto const* object = form_of<NameNode>(*n->object); object && steps.contains(object->name)) out.insert(n->name);
        below(n->object);
    }
    if (auto const* n = form_of<IndexNode>(node)) below(n->object), below(n->index);
    if (auto const* n = form_of<CallNode>(node))
        for (auto const& a : n->arguments) below(a);
    if (auto const* n = form_of<UnaryNode>(node)) below(n->operand);
    if (auto const* n = form_of<BinaryNode>(node)) below(n->left), below(n->right);
    if (auto const* n = form_of<LogicNode>(node))
        for (auto const& a : n->operands) below(a);
    if (auto const* n = form_of<ListNode>(node)) {
        below(n->left);
        for (auto const& a : n->items) below(a);
    }
    if (auto const* n = form_of<BetweenNode>(node)) below(n->value), below(n->low), below(n->high);
    if (auto const* n = form_of<NamedNode>(node)) below(n->value);
}

using Phrases = std::vector<Phrase>;

Phrase name_of(int id) { return column_name(id); }
Phrase as(Phrase value, int id) { return {Say::scan_added, {std::move(value), name_of(id)}}; }
Phrase in_a_row(Phrases parts) { return joined(Say::nothing, std::move(parts)); }
void append(Phrases& to, Phrase one) { to.push_back(std::move(one)); }

using Views = std::map<std::string, std::vector<Column>, std::less<>>;

struct Machine {
    Binder& binder;
    Scan const& scan;
    std::vector<Column> columns;            // of a row: the input's and the declared ones
    std::vector<Column> declared = {};
    std::vector<Column> kept = {};          // what a sequence holds for each of its steps
    RawPlan raw = {};
    // A value that goes from row to row: its name in the recursion, what it is at first, its name on the present level.
    struct Carried { int base; Phrase first; int now; };
    std::vector<Carried> carried = {};
    std::vector<std::size_t> active = {}, match_id = {};
    std::vector<std::vector<std::vector<std::size_t>>> sequence = {};  // [step][earlier step][kept column]
    std::size_t counter = 0;
    struct Output { int matched, match_id, repeated; std::vector<int> values; };
    std::vector<Output> outputs = {};
    Phrase statement = {};

    Phrase add(ExprPtr e) {
        raw.expressions.push_back(std::move(e));
        return slot(raw.expressions.size() - 1);
    }
    std::size_t carry(Phrase first) {
        auto const id = binder.new_id();
        carried.push_back({id, std::move(first), id});
        return carried.size() - 1;
    }
    Phrase now(std::size_t index) const { return name_of(carried[index].now); }
    void level(Phrases added) { statement = {Say::scan_level, {std::move(statement), in_a_row(std::move(added))}}; }
    Phrase change(std::size_t index, Phrase value) {
        carried[index].now = binder.new_id();
        return as(std::move(value), carried[index].now);
    }
    Rows rows_for(Views const& views) const {
        Rows rows;
        rows.columns = &columns;
        rows.steps = &views;
        return rows;
    }
    // A step that is not part of a sequence shows the declared defaults, and null for the other columns.
    Column absent(Column const& wanted) const {
        for (auto const& d : declared)
            if (d.name == wanted.name) return d;
        return {wanted.name, 0, wanted.type, true, true};
    }
    Phrase text(Column const& c) { return c.id ? name_of(c.id) : add(make_null(c.type)); }

    void begin() {
        counter = carry(Say::scan_counter_start);
        for (std::size_t k = 0; k < scan.steps.size(); ++k) {
            active.push_back(carry(Say::false_value));
            match_id.push_back(carry(Say::scan_null_number));
            auto& steps = sequence.emplace_back();
            for (std::size_t j = 0; j <= k; ++j) {
                auto& values = steps.emplace_back();
                for (auto const& c : kept) values.push_back(carry(add(make_null(c.type))));
            }
        }
        outputs.resize(scan.steps.size());
    }

    // The values of steps as step k sees them in the sequence of step `of`; nothing: as if there were no sequence.
    Views views(std::size_t k, std::optional<std::size_t> of) {
        Views made;
        for (std::size_t j = 0; j < scan.steps.size(); ++j) {
            auto& view = made[scan.steps[j].name.text];
            for (std::size_t i = 0; i < kept.size(); ++i) {
                auto column = absent(kept[i]);
                if (of && j <= *of && j <= k) {
                    auto const value = now(sequence[*of][j][i]);
                    auto const id = binder.new_id();
                    append(extra, as({Say::choice, {now(active[*of]), value, text(column)}}, id));
                    column.id = id;
                }
                if (!column.id) {
                    column.id = binder.new_id();
                    append(extra, as(add(make_null(column.type)), column.id));
                }
                view.push_back(column);
            }
        }
        return made;
    }
    Phrases extra = {};

    Status step(std::size_t k) {
        auto const& written = scan.steps[k];
        auto const first_check = binder.new_id(), second_check = binder.new_id(), matched = binder.new_id(), counted = binder.new_id();
        auto const before = views(k, k > 0 ? std::optional(k - 1) : std::nullopt);
        auto const own = views(k, k);
        level(std::exchange(extra, {}));
        auto const holds = [&](Views const& v) -> Result<Phrase> {
            auto test = TRY(binder.predicate(*written.condition, rows_for(v)));
            return Phrase(Say::false_if_null, {add(std::move(test))});
        };
        Phrase moves_on(Say::false_value);
        if (k > 0) {
            auto held = TRY(holds(before));
            moves_on = {Say::both, {now(active[k - 1]), std::move(held)}};
        }
        auto stays = TRY(holds(own));
        stays = k > 0 ? Phrase(Say::both, {now(active[k]), std::move(stays)}) : Phrase(Say::scan_first_stays, {std::move(stays)});
        level({as(std::move(moves_on), first_check), as(std::move(stays), second_check)});
        // One view of both, and what the row gives to it.
        Views merged;
        Phrases merging{as({Say::either, {name_of(first_check), name_of(second_check)}}, matched)};
        auto const repeated = binder.new_id();  // the step's own sequence goes on
        append(merging, as({Say::first_and_third_without_second, {name_of(second_check), name_of(first_check), now(active[k])}}, repeated));
        if (k == 0)
            append(merging, as({Say::scan_counted, {now(counter), name_of(second_check), now(active[k])}}, counted));
        for (auto const& [name, columns_of] : own) {
            auto& view = merged[name];
            for (std::size_t i = 0; i < columns_of.size(); ++i) {
                auto column = columns_of[i];
                column.id = binder.new_id();
                append(merging, as({Say::choice, {name_of(first_check), name_of(before.find(name)->second[i].id), name_of(columns_of[i].id)}}, column.id));
                view.push_back(column);
            }
        }
        level(std::move(merging));
        auto& out = outputs[k];
        out.matched = matched;
        out.repeated = repeated;
        std::map<std::string, ExprPtr, std::less<>> assigned;
        for (auto const& node : written.assignments) {
            auto const* named = form_of<NamedNode>(*node);
            auto const* target = named && named->names.size() == 1 ? &named->names[0] : nullptr;
            auto const found = std::find_if(declared.begin(), declared.end(), [&](Column const& c) { return target && c.name == target->text; });
            if (found == declared.end()) return std::unexpected(error("hunt.scan_assignment").with(node->span));
            auto value = TRY(binder.expression(*named->value, rows_for(merged)));
            assigned[target->text] = TRY(binder.convert(std::move(value), found->type, named->value->span));
        }
        Phrases values;
        std::map<std::string, int, std::less<>> value_of;
        for (auto const& c : declared) {
            auto const found = assigned.find(c.name);
            auto const id = binder.new_id();
            append(values, as(found == assigned.end() ? name_of(c.id) : add(found->second), id));
            value_of[c.name] = id;
            out.values.push_back(id);
        }
        level(std::move(values));
        // The new sequence.
        auto const when = [&](Phrase value, Phrase otherwise) {
            return Phrase(Say::choice, {name_of(matched), std::move(value), std::move(otherwise)});
        };
        Phrases changes;
        for (std::size_t j = 0; j <= k; ++j)
            for (std::size_t i = 0; i < kept.size(); ++i) {
                auto const own_value = value_of.find(kept[i].name);
                auto const next = j < k ? name_of(merged[scan.steps[j].name.text][i].id)
                                        : name_of(own_value == value_of.end() ? kept[i].id : own_value->second);
                auto const old = now(sequence[k][j][i]);
                append(changes, change(sequence[k][j][i], when(next, old)));
            }
        auto const was_active = now(active[k]);
        auto const old_id = now(match_id[k]);
        Phrases const new_id = k == 0 ? Phrases{{Say::scan_begins, {name_of(second_check), was_active}}, name_of(counted), old_id}
                                      : Phrases{name_of(first_check), now(match_id[k - 1]), old_id};
        append(changes, change(match_id[k], {Say::choice, new_id}));
        out.match_id = carried[match_id[k]].now;
        append(changes, change(active[k], {Say::either, {was_active, name_of(matched)}}));
        if (k > 0) {
            auto const previous = now(active[k - 1]);
            append(changes, change(active[k - 1], {Say::first_without_second, {previous, name_of(first_check)}}));
        } else {
            append(changes, change(counter, name_of(counted)));
        }
        level(std::move(changes));
        return {};
    }
};

}  // namespace

Result<Relation> Binder::scan(Scan const& o, Relation relation, Span span) {
    std::set<std::string> step_names;
    for (auto const& step : o.steps) {
        if (step.optional) return std::unexpected(error("hunt.not_supported", "scan with an optional step").with(step.name.span));
        if (!step.output.empty() && step.output != "all" && step.output != "last" && step.output != "none")
            return std::unexpected(error("KS005", "one of: all, last, none", "'" + step.output + "'").with(step.name.span));
        if (!step_names.insert(step.name.text).second) return std::unexpected(error("KS171", step.name.text).with(step.name.span));
    }
    if (!o.order.empty()) relation = TRY(sort(o.order, std::move(relation)));
    if (!relation.serialized) return std::unexpected(error("hunt.not_serialized", "scan").with(span));
    relation = numbered(std::move(relation));
    Machine m{*this, o, relation.columns};
    Rows input_rows;
    input_rows.columns = &relation.columns;
    Phrases parts;
    if (auto const* group = group_column(relation.columns)) append(parts, m.add(make_column(*group)));
    for (auto const& node : o.partition)
        for (auto& one : TRY(named_items(*node, input_rows))) append(parts, m.add(std::move(one.value)));
    Phrases defaults;
    for (auto const& [column, fallback] : o.declared) {
        auto value = fallback ? TRY(convert(TRY(expression(*fallback, {})), column.type, column.name.span)) : make_null(column.type);
        if (relation.find(column.name.text)) return std::unexpected(error("KS171", column.name.text).with(column.name.span));
        Column const c{column.name.text, new_id(), column.type, true, true};
        append(defaults, as(m.add(std::move(value)), c.id));
        m.declared.push_back(c);
        m.columns.push_back(c);
    }
    std::set<std::string> references;
    for (auto const& step : o.steps) {
        find_references(*step.condition, step_names, references);
        for (auto const& a : step.assignments) find_references(*a, step_names, references);
    }
    for (auto const& c : m.columns)
        if (references.contains(c.name)) m.kept.push_back(c);
    m.begin();
    auto const tag = std::to_string(new_id());
    Phrase const part("p" + tag), place("k" + tag), rows("rows" + tag), states("scan" + tag);
    auto const number = name_of(*relation.row_number);
    // The columns of a row: those that the answer shows go through the recursion.
    Phrases row_items, state_items, first;
    for (auto const& c : m.columns) append(row_items, {Say::scan_row_column, {name_of(c.id)}});
    append(row_items, {Say::scan_row_column, {number}});
    for (auto const& c : m.carried) append(state_items, {Say::scan_state_column, {name_of(c.base)}}), append(first, as(c.first, c.base));
    m.statement = {Say::scan_next_row, {part, place, states, rows, in_a_row(std::move(row_items)), in_a_row(std::move(state_items))}};
    for (std::size_t k = o.steps.size(); k-- > 0;) TRY(m.step(k));
    // What goes on: the place, the state under its first names, and what the answer needs.
    Phrases next;
    for (auto const& c : m.carried) append(next, as(name_of(c.now), c.base));
    auto const through = [&](int id, Type type) {
        auto const kept = new_id();
        append(next, as(name_of(id), kept));
        append(first, as(m.add(make_null(type)), kept));
        return kept;
    };
    std::vector<Column> shown;
    for (auto const& c : relation.columns) shown.push_back({c.name, through(c.id, c.type), c.type, true, true});
    auto const shown_number = through(*relation.row_number, Type::long_);
    struct Shown { int matched, match_id, repeated; std::vector<int> values; };
    std::vector<Shown> steps;
    int const shown_part = new_id();
    append(next, as(part, shown_part));
    append(first, as(Say::scan_null_number, shown_part));
    for (auto const& out : m.outputs) {
        Shown one{through(out.matched, Type::bool_), through(out.match_id, Type::long_), through(out.repeated, Type::bool_), {}};
        for (std::size_t i = 0; i < out.values.size(); ++i) one.values.push_back(through(out.values[i], m.declared[i].type));
        steps.push_back(std::move(one));
    }
    auto const partition = parts.empty() ? Phrase(Say::scan_zero) : Phrase(Say::scan_partition, std::move(parts));
    m.raw.phrase = {Say::scan, {rows, part, number, place, partition, in_a_row(std::move(defaults)), states, Say::scan_zero,
                                 in_a_row(std::move(first)), in_a_row(std::move(next)), std::move(m.statement)}};
    m.raw.inputs = {relation.plan};
    for (auto const& c : shown) m.raw.columns.push_back(c.id);
    m.raw.columns.push_back(shown_number);
    m.raw.columns.push_back(shown_part);
    for (auto const& one : steps) {
        m.raw.columns.push_back(one.matched);
        m.raw.columns.push_back(one.match_id);
        m.raw.columns.push_back(one.repeated);
        for (auto const id : one.values) m.raw.columns.push_back(id);
    }
    for (auto const& c : relation.columns) m.raw.uses.push_back(c.id);
    m.raw.uses.push_back(*relation.row_number);
    auto const plan = make_plan(SharedPlan{++last_shared_, make_plan(std::move(m.raw))});
    // One row for each match, the last step's first as they were tried.
    std::string match_column;
    for (auto const& s : o.settings)
        if (s.name == "with_match_id") match_column = s.text;
    std::string step_column;
    for (auto const& s : o.settings)
        if (s.name == "with_step_name") step_column = s.text;
    UnionPlan all;
    Relation made;
    made.columns = shown;
    for (auto const& c : m.declared) made.columns.push_back({c.name, 0, c.type, true, true});
    if (!match_column.empty()) made.columns.push_back({match_column, 0, Type::long_, true, false});
    if (!step_column.empty()) made.columns.push_back({step_column, 0, Type::string, false, false});
    for (auto& c : made.columns) all.ids.push_back(c.id = new_id());
    auto const order = new_id();
    all.ids.push_back(order);
    for (std::size_t k = o.steps.size(); k-- > 0;) {
        if (o.steps[k].output == "none") continue;
        auto rows_of_step = make_plan(FilterPlan{plan, make_column({"", steps[k].matched, Type::bool_, true, false})});
        if (o.steps[k].output == "last") {  // of rows that repeat the step, the one that no further one follows
            auto const whole = [](int id) { return make_column({"", id, Type::long_, true, false}); };
            auto followed = make_window(Type::bool_, Say::holds_next,
                {make_column({"", steps[k].repeated, Type::bool_, true, false}), whole(shown_part), whole(shown_number)}, false);
            auto const flag = new_id();
            std::vector<Item> kept{{flag, std::move(followed)}, {steps[k].match_id, whole(steps[k].match_id)}, {shown_number, whole(shown_number)}};
            for (auto const& c : shown) kept.push_back({c.id, make_column(c)});
            for (std::size_t i = 0; i < m.declared.size(); ++i)
                kept.push_back({steps[k].values[i], make_column({"", steps[k].values[i], m.declared[i].type, true, true})});
            rows_of_step = make_plan(ProjectPlan{rows_of_step, std::move(kept)});
            rows_of_step = make_plan(FilterPlan{rows_of_step, make_not(make_column({"", flag, Type::bool_, false, false}))});
        }
        std::vector<Item> items;
        std::vector<int> ids;
        auto const put = [&](ExprPtr value) {
            ids.push_back(new_id());
            items.push_back({ids.back(), std::move(value)});
        };
        for (auto const& c : shown) put(make_column(c));
        for (std::size_t i = 0; i < m.declared.size(); ++i) put(make_column({"", steps[k].values[i], m.declared[i].type, true, true}));
        if (!match_column.empty()) put(make_column({"", steps[k].match_id, Type::long_, true, false}));
        if (!step_column.empty()) put(make_text(o.steps[k].name.text));
        put(make_call(Type::long_, Say::number_of_match, {make_column({"", shown_number, Type::long_, false, false}),
            make_long(static_cast<std::int64_t>(o.steps.size())), make_long(static_cast<std::int64_t>(o.steps.size() - k))}, false));
        all.inputs.push_back(make_plan(ProjectPlan{rows_of_step, std::move(items)}));
        all.columns.push_back(std::move(ids));
    }
    if (all.inputs.empty()) return std::unexpected(error("hunt.scan_without_output").with(span));
    made.plan = make_plan(std::move(all));
    made.row_number = order;
    made.serialized = true;
    made.name = relation.name;
    return made;
}

}  // namespace merlon::hunt
