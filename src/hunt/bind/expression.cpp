// Expressions: names, paths, logic, lists, text tests. Everything gets a type here.
#include "base/json_read.h"
#include "base/json_text.h"
#include "hunt/bind/binder.h"
#include "hunt/functions/runtime/regex.h"

namespace merlon::hunt {

Result<ExprPtr> Binder::expression(Node const& node, Rows const& rows) {
    TRY(spend(node.span));
    if (auto const* n = form_of<NameNode>(node)) return name(*n, node.span, rows);
    if (auto const* n = form_of<LiteralNode>(node)) return make_constant(n->value);
    if (form_of<MemberNode>(node) || form_of<IndexNode>(node)) return member(node, rows);
    if (auto const* n = form_of<CallNode>(node)) return call(*n, node.span, rows);
    if (auto const* n = form_of<UnaryNode>(node)) {
        auto operand = TRY(expression(*n->operand, rows));
        if (n->sign == '-') return negate(std::move(operand), node.span);
        return operand;
    }
    if (auto const* n = form_of<BinaryNode>(node)) {
        if (form_of<StarNode>(*n->left)) return star_test(*n, node.span, rows);
        auto left = TRY(expression(*n->left, rows));
        auto right = TRY(expression(*n->right, rows));
        auto const& op = n->op;
        if (op.size() == 1 && std::string_view("+-*/%").find(op[0]) != std::string_view::npos)
            return arithmetic(op[0], std::move(left), std::move(right), n->op_span);
        if (op == "==" || op == "!=" || op[0] == '<' || op[0] == '>')
            return compare(op, std::move(left), std::move(right), n->op_span);
        return text_test(op, std::move(left), std::move(right), n->op_span);
    }
    if (auto const* n = form_of<LogicNode>(node)) return logic(*n, rows);
    if (auto const* n = form_of<BetweenNode>(node)) return between(*n, node.span, rows);
    if (auto const* n = form_of<ListNode>(node)) return list_test(*n, node.span, rows);
    if (auto const* n = form_of<NamedNode>(node))
        return std::unexpected(error("KS005", "an expression", "'" + n->names[0].text + " ='").with(node.span));
    if (form_of<QueryNode>(node))
        return std::unexpected(error("KS107", "scalar").with(node.span).with_hint("Take one value out of a query with toscalar(...)."));
    if (form_of<StarNode>(node)) return std::unexpected(error("hunt.star_here").with(node.span));
    return std::unexpected(error("KS006").with(node.span));
}

Result<ExprPtr> Binder::name(NameNode const& n, Span span, Rows const& rows) {
    if (rows.columns) {
        for (auto const& c : *rows.columns)
            if (c.name == n.name) return make_column(c);
        if (auto const current = current_name(n.name); !current.empty())
            for (auto const& c : *rows.columns)
                if (c.name == current) return make_column(c);
    }
    if (rows.paths)
        if (auto whole = graph_whole(n.name, span, rows)) return std::move(*whole);
    if (auto const* found = lookup(n.name)) {
        if (auto const* value = std::get_if<ExprPtr>(&found->value)) return *value;
        if (auto const* lambda = std::get_if<Lambda const*>(&found->value); lambda && (*lambda)->parameters.empty()) {
            CallNode const called{n.name, span, {}};
            return scalar_function(called, *found, span, rows);
        }
        return std::unexpected(error("KS107", "scalar").with(span).with_hint(
            "'" + n.name + "' is a table; take one value with toscalar(), or use it after in."));
    }
    if (rows.not_aggregated)
        for (auto const& c : *rows.not_aggregated)
            if (c.name == n.name || (n.name == "TimeGenerated" && c.name == "Timestamp"))
                return std::unexpected(error("KS236", n.name).with(span).with_hint(
                    "Put an aggregate around it, e.g. take_any(" + n.name + "), or add it after by."));
    if (may_be_unpacked(n.name) && (rows.columns || rows.not_aggregated)) return make_null(Type::string);
    return std::unexpected(unknown_name(n.name, span, rows));
}

Result<ExprPtr> Binder::predicate(Node const& node, Rows const& rows) {
    auto made = TRY(expression(node, rows));
    if (made->type == Type::bool_) return made;
    if (auto const* c = constant_of(made); c && is_integer(made->type) && !c->is_null())
        return make_bool(std::get<std::int64_t>(c->value) != 0);
    return std::unexpected(error("KS141", "bool", std::string(type_name(made->type))).with(node.span));
}

// Hunts written for a log workspace take elements of LoggedOnUsers, text here, as of a dynamic.
Result<ExprPtr> Binder::json_of_text(Node const& node, ExprPtr value, Rows const& rows) {
    auto const* column = form_of<NameNode>(node);
    bool const parsed = value->type == Type::string && column && rows.columns && options.catalog->holds_json(column->name);
    if (!parsed) return value;
    return call_table(*find_scalar("parse_json"), {std::move(value)}, node.span);
}

// d.name, d['name'], d[0], d[expression].
Result<ExprPtr> Binder::member(Node const& node, Rows const& rows) {
    auto const* m = form_of<MemberNode>(node);
    auto const* i = form_of<IndexNode>(node);
    auto const& object_node = m ? *m->object : *i->object;
    if (auto const* side = form_of<NameNode>(object_node); side && (side->name == "$left" || side->name == "$right")) {
        auto const* columns = side->name == "$left" ? rows.left : rows.right;
        std::string key = m ? m->name : "";
        if (i)
            if (auto const* literal = form_of<LiteralNode>(*i->index))
                if (auto const* text = std::get_if<std::string>(&literal->value.value)) key = *text;
        if (!columns) return std::unexpected(error("KS142", side->name).with(node.span));
        for (auto const& c : *columns)
            if (c.name == key) return make_column(c);
        if (auto const current = current_name(key); !current.empty())
            for (auto const& c : *columns)
                if (c.name == current) return make_column(c);
        Rows only;
        only.columns = columns;
        return std::unexpected(unknown_name(key, node.span, only));
    }
    if (auto const* step = form_of<NameNode>(object_node); step && rows.steps && m) {
        if (auto const found = rows.steps->find(step->name); found != rows.steps->end()) {
            for (auto const& c : found->second)
                if (c.name == m->name) return make_column(c);
            return std::unexpected(unknown_name(m->name, node.span, rows));
        }
        if (rows.paths) return graph_member(step->name, node, rows);
    }
    auto object = TRY(json_of_text(object_node, TRY(expression(object_node, rows)), rows));
    if (object->type != Type::dynamic) {
        if (m) return std::unexpected(error("KS142", m->name).with(node.span).with_hint(
            "Only dynamic values have properties; parse text with parse_json() first."));
        return std::unexpected(error("KS147").with(node.span).with_hint(
            "Only dynamic values have elements; parse text with parse_json() first."));
    }
    if (m) return make_call(Type::dynamic, Say::member, {std::move(object), make_text(m->name)});
    if (form_of<CallNode>(*i->index) && form_of<CallNode>(*i->index)->name == "database")
        return std::unexpected(error("hunt.not_supported", "database()").with(node.span));
    auto index = TRY(expression(*i->index, rows));
    if (is_integer(index->type)) return make_call(Type::dynamic, Say::item, {std::move(object), std::move(index)});
    auto name = TRY(to_text(index, node.span));
    if (index->type != Type::dynamic) return make_call(Type::dynamic, Say::member, {std::move(object), std::move(name)});
    auto number = TRY(convert(index, Type::long_, node.span));
    return make_call(Type::dynamic, Say::item_or_member, {std::move(object), std::move(number), std::move(name)});
}

Result<ExprPtr> Binder::logic(LogicNode const& node, Rows const& rows) {
    std::vector<ExprPtr> operands;
    for (auto const& operand : node.operands) {
        auto made = TRY(expression(*operand, rows));
        if (made->type != Type::bool_) {
            if (made->type == Type::dynamic || is_number(made->type)) {
                if (made->type == Type::dynamic)
                    return std::unexpected(error("KS106", node.is_or ? "or" : "and", "dynamic").with(operand->span).with_hint("Convert it with tobool()."));
                made = TRY(convert(std::move(made), Type::bool_, operand->span));
            } else {
                return std::unexpected(error("KS141", "bool", std::string(type_name(made->type))).with(operand->span).with_hint(
                    made->type == Type::string ? "Each side is a whole test: x has \"a\" or x has \"b\"; or x has_any (\"a\", \"b\")." : ""));
            }
        }
        operands.push_back(std::move(made));
    }
    return node.is_or ? make_or(std::move(operands)) : make_and(std::move(operands));
}

namespace {

struct TextOperator { std::optional<Say> test; bool negated; };

TextOperator text_operator(std::string_view op) {
    bool const negated = op.starts_with('!') || op.starts_with("not");
    if (op == "!~") return {Say::equals_ci, true};
    if (op == "=~") return {Say::equals_ci, false};
    if (op == "matches regex") return {Say::matches_regex, false};
    if (op == ":") return {Say::has, false};
    if (op == "containscs") return {Say::contains_cs, false};
    if (op == "notcontains") return {Say::contains, true};
    if (op == "notcontainscs") return {Say::contains_cs, true};
    if (negated) op.remove_prefix(1);
    static std::map<std::string_view, Say> const words{
        {"has", Say::has}, {"has_cs", Say::has_cs}, {"hasprefix", Say::hasprefix}, {"hasprefix_cs", Say::hasprefix_cs},
        {"hassuffix", Say::hassuffix}, {"hassuffix_cs", Say::hassuffix_cs}, {"contains", Say::contains},
        {"contains_cs", Say::contains_cs}, {"startswith", Say::startswith}, {"startswith_cs", Say::startswith_cs},
        {"endswith", Say::endswith}, {"endswith_cs", Say::endswith_cs}};
    auto const found = words.find(op);
    return {found == words.end() ? std::nullopt : std::optional(found->second), negated};
}

bool is_textual(Type t) { return t == Type::string || t == Type::dynamic; }

ExprPtr string_test(Say test, ExprPtr left, ExprPtr right) {
    return make_call(Type::bool_, test, {std::move(left), std::move(right)}, false);
}

}  // namespace

Result<ExprPtr> Binder::text_test(std::string const& op, ExprPtr left, ExprPtr right, Span span) {
    auto const [word, negated] = text_operator(op);
    if (!word) return std::unexpected(error("hunt.not_supported", op).with(span).with_hint(
        "Write contains, startswith or endswith for a part of a text, matches regex for a pattern."));
    bool const equals = word == Say::equals_ci;
    // A written pattern that cannot be read is an error of the query's text, not of some row.
    if (auto const* c = constant_of(right); c && word == Say::matches_regex)
        if (auto const* pattern = std::get_if<std::string>(&c->value))
            if (auto const readable = check_regex(*pattern); !readable) {
                auto problem = readable.error();
                problem.span = span;
                return std::unexpected(std::move(problem));
            }
    if (!(is_textual(left->type) || (equals && left->type == Type::guid) || (left->type == Type::guid)) ||
        !(is_textual(right->type) || right->type == Type::guid))
        return std::unexpected(error("KS106", op, std::string(type_name(left->type)) + " and " + std::string(type_name(right->type)))
                                   .with(span)
                                   .with_hint("Convert it with tostring()."));
    auto test = string_test(*word, TRY(to_text(std::move(left), span)), TRY(to_text(std::move(right), span)));
    return negated ? make_not(std::move(test)) : test;
}

// * has "x": any column of text.
Result<ExprPtr> Binder::star_test(BinaryNode const& node, Span span, Rows const& rows) {
    if (!rows.columns) return std::unexpected(error("hunt.star_here").with(span));
    auto const right = TRY(expression(*node.right, rows));
    std::vector<ExprPtr> tests;
    for (auto const& c : *rows.columns) {
        if (node.op == "==" || node.op == "!=") {
            if (c.type == right->type) tests.push_back(TRY(compare(node.op, make_column(c), right, span)));
        } else if (is_textual(c.type)) {
            tests.push_back(TRY(text_test(node.op, make_column(c), right, span)));
        }
    }
    return make_or(std::move(tests));
}

namespace {

// The elements of a constant array as constants; false when one of them is an array or a bag.
bool elements_of(Constant const& array, std::vector<Constant>& out) {
    if (array.is_null()) return true;
    auto const document = json::Document::parse(std::get<std::string>(array.value), "dynamic");
    if (!document) return false;
    if (!json::is_array(document->root())) {
        auto const root = document->root();
        if (json::is_string(root)) return out.push_back({Type::string, std::string(json::text(root))}), true;
        return false;
    }
    for (auto element : json::array(document->root())) {
        bool flag = false;
        std::int64_t whole = 0;
        double real = 0;
        if (json::is_string(element)) out.push_back({Type::string, std::string(json::text(element))});
        else if (!element.get(flag)) out.push_back({Type::bool_, flag});
        else if (!element.get(whole)) out.push_back({Type::long_, whole});
        else if (!element.get(real)) out.push_back({Type::real, real});
        else if (json::is_null(element)) out.push_back({Type::dynamic, {}});
        else return false;
    }
    return true;
}

}  // namespace

// in, !in, in~, has_any, has_all over constants, dynamic arrays, and the first column of a table.
Result<ExprPtr> Binder::list_test(ListNode const& node, Span span, Rows const& rows) {
    bool const negated = node.op.starts_with('!');
    auto const op = negated ? std::string_view(node.op).substr(1) : std::string_view(node.op);
    bool const has = op.starts_with("has_");
    auto const has_words = op == "has_all" ? Say::has_all : Say::has_any;
    bool const fold_case = op == "in~";
    ExprPtr left;
    if (form_of<StarNode>(*node.left)) {
        std::vector<ExprPtr> texts;
        if (!rows.columns) return std::unexpected(error("hunt.star_here").with(span));
        for (auto const& c : *rows.columns)
            if (is_textual(c.type)) texts.push_back(TRY(to_text(make_column(c), span)));
        left = make_call(Type::string, Say::texts_of_columns, std::move(texts), false);
    } else {
        left = TRY(expression(*node.left, rows));
    }
    auto const finish = [&](ExprPtr test) { return negated ? make_not(std::move(test)) : test; };
    if (has || fold_case) {
        if (!is_textual(left->type) && left->type != Type::guid)
            return std::unexpected(error("KS106", std::string(op), std::string(type_name(left->type)) + " and string").with(span).with_hint("Convert it with tostring()."));
        left = TRY(to_text(std::move(left), span));
    }
    // A table: its first column.
    if (node.items.size() == 1 && is_tabular(*node.items[0])) {
        auto const table = TRY(source(*node.items[0]));
        if (table.columns.empty()) return std::unexpected(error("KS107", "table with a column").with(node.items[0]->span));
        auto const& column = table.columns[0];
        if (has) {
            auto text = TRY(to_text(make_column(column), span));
            auto const id = new_id();
            auto plan = make_plan(ProjectPlan{table.plan, {{id, std::move(text)}}});
            auto list = std::make_shared<Expr>(Expr{Type::dynamic, true, false,
                ScalarPlanExpr{std::move(plan), id, {Say::texts_as_array, {column_name(id)}}}});
            return finish(string_test(has_words, std::move(left), std::move(list)));
        }
        auto value = make_column(column);
        if (left->type == Type::dynamic) left = TRY(convert(left, column.type == Type::dynamic ? Type::string : column.type, span));
        if (column.type == Type::dynamic) {  // arrays count with their elements
            auto list = std::make_shared<Expr>(Expr{Type::dynamic, true, false,
                ScalarPlanExpr{table.plan, column.id, {Say::arrays_as_one, {column_name(column.id)}}}});
            return finish(string_test(fold_case ? Say::in_ci : Say::in_dynamic, TRY(to_text(left, span)), std::move(list)));
        }
        auto plan = table.plan;
        auto id = column.id;
        if (left->type != column.type && !(is_number(left->type) && is_number(column.type))) {
            id = new_id();
            auto converted = TRY(convert(std::move(value), left->type, span));
            plan = make_plan(ProjectPlan{plan, {{id, std::move(converted)}}});
        }
        return finish(std::make_shared<Expr>(Expr{Type::bool_, false, false, InPlanExpr{std::move(left), plan, id, fold_case}}));
    }
    std::vector<Constant> constants;
    std::vector<ExprPtr> others;
    for (auto const& item : node.items) {
        if (is_tabular(*item)) return std::unexpected(error("hunt.not_supported", "a table among several items of " + std::string(op)).with(item->span));
        auto made = TRY(expression(*item, rows));
        auto const* c = constant_of(made);
        if (c && c->type == Type::dynamic && elements_of(*c, constants)) continue;
        if (c) constants.push_back(*c);
        else others.push_back(std::move(made));
    }
    std::vector<ExprPtr> tests;
    if (has) {
        std::string list = "[";
        for (auto const& c : constants) {
            auto const text = TRY(to_text(make_constant(c), span));
            if (auto const* t = constant_of(text)) {
                if (list.size() > 1) list += ',';
                list += json_string(t->is_null() ? std::string{} : std::get<std::string>(t->value));
            } else {
                others.push_back(text);
            }
        }
        list += "]";
        if (list.size() > 2 || others.empty())
            tests.push_back(string_test(has_words, left, make_constant({Type::dynamic, std::move(list)})));
        for (auto const& o : others) {
            auto array = o;
            if (o->type != Type::dynamic) {
                auto text = TRY(to_text(o, span));
                array = make_call(Type::dynamic, Say::array_of_text, {std::move(text)});
            }
            tests.push_back(string_test(has_words, left, std::move(array)));
        }
        return finish(op == "has_all" ? make_and(std::move(tests)) : make_or(std::move(tests)));
    }
    if (left->type == Type::dynamic && !constants.empty()) {
        auto const to = constants[0].type == Type::dynamic ? Type::string : is_integer(constants[0].type) ? Type::real : constants[0].type;
        left = TRY(convert(left, to, span));
    }
    std::vector<ExprPtr> list{left};
    for (auto const& c : constants) {
        if (c.is_null() && c.type != Type::string) continue;
        auto value = make_constant(c);
        if (value->type != left->type && !(is_number(value->type) && is_number(left->type))) {
            if (value->type != Type::string && left->type != Type::string && left->type != Type::dynamic &&
                !(left->type == Type::bool_ && is_number(value->type)))
                return std::unexpected(error("KS106", std::string(op), std::string(type_name(left->type)) + " and " + std::string(type_name(value->type))).with(span));
            value = TRY(convert(std::move(value), left->type == Type::dynamic ? Type::string : left->type, span));
        }
        list.push_back(std::move(value));
    }
    if (list.size() > 1 || others.empty()) {
        if (fold_case) {
            std::string json = "[";
            for (std::size_t k = 1; k < list.size(); ++k) {
                auto const* t = constant_of(list[k]);
                if (!t) continue;
                json += (k > 1 ? "," : "") + json_string(t->is_null() ? std::string{} : std::get<std::string>(t->value));
            }
            tests.push_back(string_test(Say::in_ci, left, make_constant({Type::dynamic, json + "]"})));
        } else if (list.size() == 1) {
            tests.push_back(make_bool(false));
        } else {
            tests.push_back(make_call(Type::bool_, left->nullable ? Say::in_list_or_false : Say::in_list, std::move(list), false));
        }
    }
    for (auto const& o : others) {
        if (o->type == Type::dynamic) {
            tests.push_back(string_test(fold_case ? Say::in_ci : Say::in_dynamic, TRY(to_text(left, span)), o));
        } else if (fold_case) {
            tests.push_back(TRY(text_test("=~", left, o, span)));
        } else {
            auto equal = TRY(compare("==", left, o, span));
            tests.push_back(make_call(Type::bool_, over_arguments(Say::false_if_null, 1), {std::move(equal)}, false));
        }
    }
    return finish(make_or(std::move(tests)));
}

}  // namespace merlon::hunt
