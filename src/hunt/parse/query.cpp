// Pipelines, the operators that shape and combine rows, and what stands before the first pipe.
#include "hunt/parse/cursor.h"

namespace merlon::hunt {
namespace {

std::unique_ptr<Query> as_query(NodePtr node) {
    if (auto* inner = form_of<QueryNode>(*node)) return std::move(inner->query);
    auto query = std::make_unique<Query>();
    query->span = node->span;
    query->source = std::move(node);
    return query;
}

Result<NodePtr> parse_bare_or_number(Cursor& at) { return parse_expression(at); }

Result<Join> parse_join(Cursor& at, bool lookup, Span name) {
    if (++at.joins > at.limits.joins)
        return std::unexpected(error("hunt.too_many_joins", std::to_string(at.limits.joins)).with(name));
    Join made;
    made.lookup = lookup;
    made.settings = TRY(parse_settings(at, {"kind", "hint", "withsource", "with_source", "isfuzzy"}));
    made.right = TRY(parse_source(at));
    if (at.accept_word("on")) {
        do made.on.push_back(TRY(parse_expression(at)));
        while (at.accept(","));
    }
    return made;
}

Result<Union> parse_union(Cursor& at) {
    Union made;
    made.settings = TRY(parse_settings(at, {"kind", "withsource", "with_source", "isfuzzy", "hint"}));
    do made.sources.push_back(TRY(parse_source(at)));
    while (at.accept(","));
    return made;
}

Result<Search> parse_search(Cursor& at) {
    Search made;
    made.settings = TRY(parse_settings(at, {"kind"}));
    if (at.accept_word("in")) {
        TRY(at.expect("("));
        do made.tables.push_back(TRY(parse_source(at)));
        while (at.accept(","));
        TRY(at.expect(")"));
    }
    auto settings = TRY(parse_settings(at, {"kind"}));
    for (auto& s : settings) made.settings.push_back(std::move(s));
    made.predicate = TRY(parse_expression(at));
    return made;
}

Result<Find> parse_find(Cursor& at) {
    Find made;
    made.settings = TRY(parse_settings(at, {"withsource", "with_source", "datascope"}));
    if (at.accept_word("in")) {
        TRY(at.expect("("));
        do made.tables.push_back(TRY(parse_source(at)));
        while (at.accept(","));
        TRY(at.expect(")"));
    }
    at.accept_word("where");
    made.predicate = TRY(parse_expression(at));
    if (at.accept_word("project-smart") || at.sees_hyphenated("project-smart")) {
        while (!at.sees("|") && !at.sees(";") && !at.sees(")") && !at.at_end()) at.take();
    } else if (at.accept_word("project")) {
        made.smart = false;
        do {
            if ((at.sees_word("pack") || at.sees_word("pack_all")) && at.sees("(", 1)) {
                bool const star = at.take().text == "pack";
                made.pack = true;
                at.take();
                if (star) TRY(at.expect("*"));
                TRY(at.expect(")"));
                continue;
            }
            auto const begin = at.peek().span.begin;
            if (auto const width = name_width(at); width && at.sees(":", width)) {  // a column of that type; elsewhere the sign asks for a term
                auto const name = TRY(parse_name(at));
                CallNode call{"$typed", name.span, {}};
                call.arguments.push_back(TRY(at.make(at.from(begin), NameNode{name.text}, 0)));
                TRY(at.expect(":"));
                TypeNode type;
                type.type = TRY(parse_type(at));
                call.arguments.push_back(TRY(at.make(at.from(begin), std::move(type), 1)));
                made.project.push_back(TRY(at.make(at.from(begin), std::move(call), 2)));
                continue;
            }
            auto item = TRY(parse_item(at));
            if (!form_of<NameNode>(*item)) return std::unexpected(error("KS109").with(item->span));
            made.project.push_back(std::move(item));
        } while (at.accept(","));
    }
    return made;
}

Result<RangeRows> parse_range(Cursor& at) {
    RangeRows made;
    made.name = TRY(parse_name(at));
    TRY(at.expect_word("from"));
    made.from = TRY(parse_expression(at));
    TRY(at.expect_word("to"));
    made.to = TRY(parse_expression(at));
    TRY(at.expect_word("step"));
    made.step = TRY(parse_expression(at));
    return made;
}

Result<Datatable> parse_datatable(Cursor& at) {
    Datatable made;
    made.columns = TRY(parse_column_declarations(at));
    TRY(parse_with_settings(at));
    TRY(at.expect("["));
    while (!at.sees("]")) {
        made.values.push_back(TRY(parse_expression(at)));
        if (!at.accept(",") && !at.sees("]")) return std::unexpected(at.expected(", or ]"));
    }
    at.take();
    return made;
}

Result<Externaldata> parse_externaldata(Cursor& at) {
    Externaldata made;
    made.columns = TRY(parse_column_declarations(at));
    TRY(at.expect("["));
    while (!at.sees("]")) {
        made.places.push_back(TRY(parse_expression(at)));
        if (!at.accept(",") && !at.sees("]")) return std::unexpected(at.expected(", or ]"));
    }
    at.take();
    made.settings = TRY(parse_with_settings(at));
    return made;
}

Result<Evaluate> parse_evaluate(Cursor& at) {
    Evaluate made;
    made.settings = TRY(parse_settings(at, {"hint"}));
    made.call = TRY(parse_postfix(at));  // and no expression: a colon behind it begins a schema
    if (!form_of<CallNode>(*made.call)) return std::unexpected(error("KS005", "a plugin call", "an expression").with(made.call->span));
    if (at.accept(":")) made.schema = TRY(parse_column_declarations(at));
    return made;
}

Result<Print> parse_print(Cursor& at) {
    Print made;
    made.items = TRY(parse_items(at));
    return made;
}

Result<Project> parse_project(Cursor& at, Columns kind) {
    Project made{kind, {}, {}};
    bool const may_be_empty = kind == Columns::serialize || kind == Columns::project || kind == Columns::away ||
                              kind == Columns::keep;
    if (may_be_empty && (at.at_end() || at.sees("|") || at.sees(";") || at.sees(")") || at.sees("}"))) {
        if (kind == Columns::serialize) return made;
        return std::unexpected(error("KS006").with(at.peek().span));
    }
    do {
        made.items.push_back(TRY(parse_item(at)));
        if (kind != Columns::reorder) continue;
        std::string order;
        for (auto word : {"asc", "desc"})
            if (at.accept_word(word)) order = word;
        for (auto word : {"granny-asc", "granny-desc"}) {
            if (!at.sees_hyphenated(word)) continue;
            at.take(), at.take(), at.take();
            order = word;
        }
        made.orders.push_back(order);
    } while (at.accept(","));
    return made;
}

Result<Summarize> parse_summarize(Cursor& at) {
    Summarize made;
    made.settings = TRY(parse_settings(at, {"hint"}));
    auto const ends = [&] { return at.at_end() || at.sees("|") || at.sees(";") || at.sees(")") || at.sees("}"); };
    if (!at.sees_word("by")) {
        if (ends()) return std::unexpected(error("KS006").with(at.peek().span));
        made.aggregates = TRY(parse_items(at));
    }
    if (at.accept_word("by")) made.keys = TRY(parse_items(at));
    return made;
}

Result<Partition> parse_partition(Cursor& at) {
    Partition made;
    made.settings = TRY(parse_settings(at, {"hint"}));
    TRY(at.expect_word("by"));
    // A column, and no call: the bracket behind it holds the subquery.
    auto const begin = at.peek().span.begin;
    auto name = TRY(parse_name(at));
    made.key = TRY(at.make(at.from(begin), NameNode{std::move(name.text)}, 1));
    if (at.accept("{")) {  // a query with a source of its own, run for each value of the key
        Nesting const nesting(at);
        TRY(nesting.check());
        made.own_source = true;
        made.subquery = as_query(TRY(parse_query_or_expression(at)));
        TRY(at.expect("}"));
        return made;
    }
    made.subquery = TRY(parse_bracketed_query(at));
    return made;
}

Result<Render> parse_render(Cursor& at) {
    Render made;
    auto const& t = at.peek();
    if (t.kind != TokenKind::name) return std::unexpected(at.expected("a chart kind"));
    made.kind = at.take().text;
    if (at.sees_word("with") && at.sees("(", 1)) {
        made.settings = TRY(parse_with_settings(at));
    } else {
        made.settings = TRY(parse_settings(at, {"kind", "title", "xcolumn", "ycolumns", "xtitle", "ytitle", "series",
                                                "legend", "ymin", "ymax", "accumulate", "with"}));
        if (at.sees_word("by")) return std::unexpected(error("hunt.not_supported", "render ... by").with(at.peek().span));
    }
    return made;
}

Result<CountRows> parse_count(Cursor& at) {
    CountRows made;
    if (at.accept_word("as")) made.name = TRY(parse_name(at)).text;
    return made;
}

Result<Sample> parse_sample(Cursor& at, bool distinct) {
    Sample made;
    made.count = TRY(parse_bare_or_number(at));
    if (distinct) {
        TRY(at.expect_word("of"));
        made.column = TRY(parse_item(at));
    }
    return made;
}

Result<TopHitters> parse_top_hitters(Cursor& at) {
    TopHitters made;
    made.count = TRY(parse_expression(at));
    TRY(at.expect_word("of"));
    made.key = TRY(parse_item(at));
    if (at.accept_word("by")) made.by = TRY(parse_expression(at));
    return made;
}

Result<Fork> parse_fork(Cursor& at) {
    Fork made;
    while (at.sees("(") || (at.peek().kind == TokenKind::name && at.sees("=", 1))) {
        Branch branch;
        if (!at.sees("(")) {
            branch.name = at.take().text;
            at.take();
        }
        branch.query = TRY(parse_bracketed_query(at));
        made.branches.push_back(std::move(branch));
    }
    if (made.branches.empty()) return std::unexpected(at.expected("("));
    return made;
}

Result<Facet> parse_facet(Cursor& at) {
    Facet made;
    TRY(at.expect_word("by"));
    made.columns = TRY(parse_items(at));
    if (at.accept_word("with")) made.query = TRY(parse_bracketed_query(at));
    return made;
}

// `project-away` and its like: consumes the words and gives the whole name.
std::string take_operator_name(Cursor& at) {
    static std::array<std::string_view, 31> const hyphenated{
        "project-away", "project-keep", "project-rename", "project-reorder", "project-smart", "project-by-names",
        "mv-expand",    "mv-apply",     "parse-where",    "parse-kv",        "make-series",   "make-graph",
        "top-nested",   "top-hitters",  "sample-distinct", "graph-match",    "graph-to-table", "graph-shortest-paths",
        "graph-mark-components", "graph-where-nodes", "graph-where-edges",   "assert-schema", "macro-expand",
        "execute-and-cache", "stored-query-result", "graph-merge", "make-table", "set-or-append", "set-or-replace",
        "partition-by", "mv-unpack"};
    for (auto word : hyphenated) {
        if (!at.sees_hyphenated(word)) continue;
        for (auto count = 1 + 2 * std::count(word.begin(), word.end(), '-'); count > 0; --count) at.take();
        return std::string(word);
    }
    return at.take().text;
}

std::vector<std::string> const& operator_names() {
    static std::vector<std::string> const all{
        "where",      "filter",      "project",      "extend",      "project-away", "project-keep", "project-rename",
        "project-reorder", "serialize", "summarize", "sort",        "order",        "top",          "take",
        "limit",      "distinct",    "count",        "join",        "lookup",       "union",        "as",
        "getschema",  "sample",      "sample-distinct", "search",   "find",         "render",       "invoke",
        "evaluate",   "parse",       "parse-where",  "parse-kv",    "mv-expand",    "mvexpand",     "mv-apply",
        "make-series", "top-nested", "top-hitters",  "partition",   "scan",         "print",        "range",
        "make-graph", "graph-match", "graph-shortest-paths", "graph-to-table", "graph-where-nodes", "graph-where-edges", "graph-mark-components"};
    return all;
}

Result<Operator> parse_operator_named(Cursor& at, std::string const& name, Span span) {
    auto const made = [&](auto result) { return wrap(at, span, std::move(result)); };
    auto const expression = [&]<typename Form>(Form form, NodePtr Form::*member) -> Result<Form> {
        form.*member = TRY(parse_expression(at));
        return form;
    };
    if (name == "where" || name == "filter") return made(expression(Where{}, &Where::predicate));
    if (name == "project") return made(parse_project(at, Columns::project));
    if (name == "extend") return made(parse_project(at, Columns::extend));
    if (name == "project-away") return made(parse_project(at, Columns::away));
    if (name == "project-keep") return made(parse_project(at, Columns::keep));
    if (name == "project-rename") return made(parse_project(at, Columns::rename));
    if (name == "project-reorder") return made(parse_project(at, Columns::reorder));
    if (name == "project-by-names") return made(parse_project(at, Columns::by_names));
    if (name == "serialize") return made(parse_project(at, Columns::serialize));
    if (name == "summarize") return made(parse_summarize(at));
    if (name == "sort" || name == "order") {
        TRY(parse_settings(at, {"hint"}));
        TRY(at.expect_word("by"));
        Sort sort;
        sort.keys = TRY(parse_order(at));
        return made(Result<Sort>(std::move(sort)));
    }
    if (name == "top") {
        TRY(parse_settings(at, {"hint"}));
        Top top;
        top.count = TRY(parse_expression(at));
        TRY(at.expect_word("by"));
        top.keys = TRY(parse_order(at));
        return made(Result<Top>(std::move(top)));
    }
    if (name == "take" || name == "limit") return made(expression(Take{}, &Take::count));
    if (name == "distinct") {
        TRY(parse_settings(at, {"hint"}));
        Distinct distinct;
        distinct.items = TRY(parse_items(at));
        return made(Result<Distinct>(std::move(distinct)));
    }
    if (name == "count") return made(parse_count(at));
    if (name == "join" || name == "lookup") return made(parse_join(at, name == "lookup", span));
    if (name == "union") return made(parse_union(at));
    if (name == "as") {
        TRY(parse_settings(at, {"hint"}));
        As as;
        as.name = TRY(parse_name(at));
        return made(Result<As>(std::move(as)));
    }
    if (name == "getschema") return made(Result<GetSchema>(GetSchema{}));
    if (name == "sample" || name == "sample-distinct") return made(parse_sample(at, name != "sample"));
    if (name == "search") return made(parse_search(at));
    if (name == "render") return made(parse_render(at));
    if (name == "invoke") return made(expression(Invoke{}, &Invoke::call));
    if (name == "evaluate") return made(parse_evaluate(at));
    if (name == "partition") return made(parse_partition(at));
    if (name == "top-hitters") return made(parse_top_hitters(at));
    if (name == "fork") return made(parse_fork(at));
    if (name == "facet") return made(parse_facet(at));
    return parse_data_operator(at, name, span);
}

}  // namespace

Result<Operator> parse_operator(Cursor& at) {
    if (++at.pipes > at.limits.pipes)
        return std::unexpected(error("hunt.too_many_pipes", std::to_string(at.limits.pipes)).with(at.peek().span));
    auto const& t = at.peek();
    if (t.kind != TokenKind::name) return std::unexpected(error("KS176", t.text).with(t.span));
    auto const position = at.position();
    auto const name = take_operator_name(at);
    Span const span = at.from(t.span.begin);
    auto made = parse_operator_named(at, name, span);
    if (!made && made.error().code == "KS176") at.rewind(position + 1);
    return made;
}

bool sees_source_operator(Cursor const& at) {
    if (at.peek().kind != TokenKind::name) return false;
    auto const& word = at.peek().text;
    bool const before_bracket = at.sees("(", 1);
    bool const before_value = at.peek(1).kind != TokenKind::sign || before_bracket || at.sees("-", 1) ||
                              at.sees("*", 1) || at.sees("[", 1);
    if (word == "datatable" || word == "externaldata" || word == "external_data") return before_bracket;
    if (word == "print") return at.peek(1).kind != TokenKind::end && !at.sees("=", 1) && !at.sees("|", 1);
    if (word == "evaluate") return at.peek(1).kind == TokenKind::name;
    if (word == "range") return name_width(at, 1) != 0;
    if (word == "union" || word == "search" || word == "find")
        return before_value && at.peek(1).kind != TokenKind::end;
    return false;
}

Result<Operator> parse_source_operator(Cursor& at) {
    auto const span = at.peek().span;
    auto const word = at.take().text;
    if (word == "datatable") return wrap(at, span, parse_datatable(at));
    if (word == "externaldata" || word == "external_data") return wrap(at, span, parse_externaldata(at));
    if (word == "print") return wrap(at, span, parse_print(at));
    if (word == "range") return wrap(at, span, parse_range(at));
    if (word == "union") return wrap(at, span, parse_union(at));
    if (word == "search") return wrap(at, span, parse_search(at));
    if (word == "find") return wrap(at, span, parse_find(at));
    return wrap(at, span, parse_evaluate(at));
}

Result<NodePtr> parse_source(Cursor& at) {
    auto const begin = at.peek().span.begin;
    if (at.accept("(")) {
        Nesting const nesting(at);
        TRY(nesting.check());
        auto inside = TRY(parse_query_or_expression(at));
        TRY(at.expect(")"));
        return inside;
    }
    if (at.peek().kind == TokenKind::name && at.sees("*", 1) && !at.peek(1).blank_before) {
        auto pattern = at.take().text + "*";
        at.take();
        while (at.peek().kind == TokenKind::name && !at.peek().blank_before) {
            pattern += at.take().text;
            if (at.sees("*") && !at.peek().blank_before) pattern += at.take().text;
        }
        return at.make(at.from(begin), PatternNode{std::move(pattern)}, 1);
    }
    return parse_postfix(at);
}

Result<std::unique_ptr<Query>> parse_bracketed_query(Cursor& at) {
    Nesting const nesting(at);
    TRY(nesting.check());
    TRY(at.expect("("));
    auto const begin = at.peek().span.begin;
    // Subqueries of mv-apply, partition and fork begin with an operator: their rows come from outside.
    auto query = std::make_unique<Query>();
    auto const& t = at.peek();
    bool known = false;
    if (t.kind == TokenKind::name)
        for (auto const& name : operator_names()) known = known || at.sees_hyphenated(name);
    if (known && !at.sees("|", 1)) {
        query->operators.push_back(TRY(parse_operator(at)));
    } else {
        auto node = TRY(parse_query_or_expression(at));
        TRY(at.expect(")"));
        return as_query(std::move(node));
    }
    while (at.accept("|")) query->operators.push_back(TRY(parse_operator(at)));
    query->span = at.from(begin);
    TRY(at.expect(")"));
    return query;
}

// What stands after a whole operator and is neither | nor ; nor the end.
Error after_operator(Cursor& at, Operator const& before) {
    auto const& t = at.peek();
    if (at.sees(",")) return error("KS198").with(t.span).with_hint(
        std::holds_alternative<Where>(before.form) ? "Tests are joined by and, or by another | where." : "");
    if (at.sees(")") || at.sees("]")) return error("KS198").with(t.span).with_hint("Nothing is open that this bracket closes.");
    // `where not b`: a function's name without its brackets.
    if (auto const* where = std::get_if<Where>(&before.form))
        if (auto const* name = form_of<NameNode>(*where->predicate); name && name->name == "not")
            return error("KS117", name->name).with(where->predicate->span);
    return at.expected("| or ;");
}

// Top level: an operator that does not parse is reported and skipped, so that later faults show as well.
Result<Query> parse_query(Cursor& at) {
    Query query;
    auto const begin = at.peek().span.begin;
    if (sees_source_operator(at)) {
        query.operators.push_back(TRY(parse_source_operator(at)));
    } else {
        query.source = TRY(parse_expression(at));
    }
    while (at.accept("|")) {
        auto made = parse_operator(at);
        if (made) {
            query.operators.push_back(std::move(*made));
            if (!at.sees("|") && !at.sees(";") && !at.sees("}") && !at.at_end()) {
                at.errors.push_back(after_operator(at, query.operators.back()));
                at.skip_operator();
            }
        } else {
            auto const& code = made.error().code;
            bool const limit = code.starts_with("hunt.too_");
            if (limit || at.errors.size() >= 20) return std::unexpected(std::move(made).error());
            at.errors.push_back(std::move(made).error());
            at.skip_operator();
        }
    }
    query.span = at.from(begin);
    return query;
}

}  // namespace merlon::hunt
