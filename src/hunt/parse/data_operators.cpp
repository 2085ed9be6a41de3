// The operators that take text or arrays apart, and those over series: parse, mv-expand, make-series, scan ...
#include "base/text.h"
#include "hunt/parse/cursor.h"
#include "hunt/parse/habits.h"

namespace merlon::hunt {
namespace {

Result<Parse> parse_parse(Cursor& at, bool where) {
    Parse made;
    made.keep_matching_only = where;
    made.settings = TRY(parse_settings(at, {"kind", "flags"}));
    made.source = TRY(parse_expression(at));
    TRY(at.expect_word("with"));
    using Kind = ParsePart::Kind;
    while (!at.at_end() && !at.sees("|") && !at.sees(";") && !at.sees(")") && !at.sees("}")) {
        auto const& t = at.peek();
        if (at.accept("*")) {
            made.parts.push_back({Kind::star, "", Type::string, t.span});
        } else if (t.kind == TokenKind::string) {
            auto text = at.take().text;
            made.parts.push_back({Kind::text, std::move(text), Type::string, t.span});
        } else {
            auto const name = TRY(parse_name(at));
            ParsePart part{Kind::column, name.text, Type::string, name.span};
            if (at.accept(":")) part.type = TRY(parse_type(at));
            part.span = at.from(name.span.begin);
            made.parts.push_back(std::move(part));
        }
    }
    if (made.parts.empty()) return std::unexpected(at.expected("a pattern"));
    return made;
}

Result<ParseKv> parse_parse_kv(Cursor& at) {
    ParseKv made;
    made.source = TRY(parse_expression(at));
    TRY(at.expect_word("as"));
    made.columns = TRY(parse_column_declarations(at));
    made.settings = TRY(parse_with_settings(at));
    return made;
}

Result<std::vector<ExpandItem>> parse_expand_items(Cursor& at) {
    std::vector<ExpandItem> items;
    do {
        ExpandItem item;
        auto const begin = at.peek().span.begin;
        auto node = TRY(parse_item(at));
        if (auto* named = form_of<NamedNode>(*node)) {
            if (named->names.size() != 1) return std::unexpected(error("KS005", "one name", "several").with(node->span));
            item.name = named->names[0];
            item.value = std::move(named->value);
        } else {
            item.value = std::move(node);
        }
        if (at.accept_word("to")) {
            TRY(at.expect_word("typeof"));
            TRY(at.expect("("));
            item.type = TRY(parse_type(at));
            TRY(at.expect(")"));
        }
        item.span = at.from(begin);
        items.push_back(std::move(item));
    } while (at.accept(","));
    return items;
}

Result<MvExpand> parse_mv_expand(Cursor& at, bool old_name) {
    MvExpand made;
    made.old_name = old_name;
    made.settings = TRY(parse_settings(at, {"kind", "bagexpansion", "with_itemindex", "hint"}));
    made.items = TRY(parse_expand_items(at));
    if (at.accept_word("limit")) made.limit = TRY(parse_expression(at));
    return made;
}

Result<MvApply> parse_mv_apply(Cursor& at) {
    MvApply made;
    made.settings = TRY(parse_settings(at, {"kind", "bagexpansion", "with_itemindex", "hint", "id"}));
    made.items = TRY(parse_expand_items(at));
    if (at.accept_word("limit")) made.limit = TRY(parse_expression(at));
    TRY(at.expect_word("on"));
    made.subquery = TRY(parse_bracketed_query(at));
    return made;
}

Result<MakeSeries> parse_make_series(Cursor& at) {
    MakeSeries made;
    made.settings = TRY(parse_settings(at, {"kind", "hint"}));
    do {
        SeriesItem item;
        item.value = TRY(parse_item(at));
        if (at.accept_word("default")) {
            TRY(at.expect("="));
            item.fill = TRY(parse_expression(at));
        }
        made.items.push_back(std::move(item));
    } while (at.accept(","));
    TRY(at.expect_word("on"));
    made.axis = TRY(parse_item(at));
    if (auto* list = form_of<ListNode>(*made.axis)) {  // the old form: on x in range(from, to, step)
        auto* range = list->op == "in" && list->items.size() == 1 ? form_of<CallNode>(*list->items[0]) : nullptr;
        if (!range || range->name != "range" || range->arguments.size() != 3)
            return std::unexpected(error("KS005", "range(from, to, step)", "something else").with(made.axis->span));
        made.from = std::move(range->arguments[0]);
        made.to = std::move(range->arguments[1]);
        made.step = std::move(range->arguments[2]);
        made.axis = std::move(list->left);
        made.settings.push_back({"in_range", "true", nullptr, {}});
    } else {
        if (at.accept_word("from")) made.from = TRY(parse_expression(at));
        if (at.accept_word("to")) made.to = TRY(parse_expression(at));
        TRY(at.expect_word("step"));
        made.step = TRY(parse_expression(at));
    }
    if (at.accept_word("by")) made.keys = TRY(parse_items(at));
    return made;
}

Result<TopNested> parse_top_nested(Cursor& at) {
    TopNested made;
    do {
        at.accept_word("top-nested");
        if (at.sees_hyphenated("top-nested")) at.take(), at.take(), at.take();
        NestedLevel level;
        if (!at.sees_word("of")) level.count = TRY(parse_expression(at));
        TRY(at.expect_word("of"));
        level.key = TRY(parse_item(at));
        if (at.sees_word("with") && at.sees_word("others", 1)) {
            at.take();
            at.take();
            TRY(at.expect("="));
            level.others = TRY(parse_expression(at));
        }
        TRY(at.expect_word("by"));
        level.measure = TRY(parse_item(at));
        if (at.accept_word("asc")) level.descending = false;
        else at.accept_word("desc");
        made.levels.push_back(std::move(level));
    } while (at.accept(","));
    return made;
}

Result<ScanStep> parse_scan_step(Cursor& at) {
    ScanStep step;
    TRY(at.expect_word("step"));
    step.name = TRY(parse_name(at));
    step.optional = at.accept_word("optional");
    if (at.accept_word("output")) {
        TRY(at.expect("="));
        step.output = at.take().text;
    }
    TRY(at.expect(":"));
    step.condition = TRY(parse_expression(at));
    if (at.accept("=>")) step.assignments = TRY(parse_items(at));
    TRY(at.expect(";"));
    return step;
}

Result<Scan> parse_scan(Cursor& at) {
    Scan made;
    made.settings = TRY(parse_settings(at, {"with_match_id", "with_step_name"}));
    if (at.accept_word("order")) {
        TRY(at.expect_word("by"));
        made.order = TRY(parse_order(at));
    }
    if (at.accept_word("partition")) {
        TRY(at.expect_word("by"));
        made.partition = TRY(parse_items(at));
    }
    if (at.accept_word("declare")) {
        TRY(at.expect("("));
        while (!at.sees(")")) {
            ColumnDeclaration column;
            column.name = TRY(parse_name(at));
            TRY(at.expect(":"));
            column.type = TRY(parse_type(at));
            NodePtr fallback;
            if (at.accept("=")) fallback = TRY(parse_expression(at));
            made.declared.emplace_back(std::move(column), std::move(fallback));
            if (!at.accept(",") && !at.sees(")")) return std::unexpected(at.expected(", or )"));
        }
        at.take();
    }
    TRY(at.expect_word("with"));
    TRY(at.expect("("));
    while (!at.sees(")")) made.steps.push_back(TRY(parse_scan_step(at)));
    at.take();
    return made;
}

bool is_known_but_refused(std::string_view name) {
    static std::array<std::string_view, 13> const names{
        "consume",     "reduce",         "assert-schema",
        "macro-expand", "graph",         "__executeAndCache", "execute-and-cache", "project-smart",
        "find",        "nooptimization", "restrict",        "graph-merge",  "partition-by"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<Operator> parse_data_operator(Cursor& at, std::string const& name, Span span) {
    if (name == "parse" || name == "parse-where") return wrap(at, span, parse_parse(at, name != "parse"));
    if (name == "parse-kv") return wrap(at, span, parse_parse_kv(at));
    if (name == "mv-expand" || name == "mvexpand") return wrap(at, span, parse_mv_expand(at, name == "mvexpand"));
    if (name == "mv-apply" || name == "mvapply") return wrap(at, span, parse_mv_apply(at));
    if (name == "make-series") return wrap(at, span, parse_make_series(at));
    if (name == "top-nested") return wrap(at, span, parse_top_nested(at));
    if (name == "scan") return wrap(at, span, parse_scan(at));
    if (auto made = parse_graph_operator(at, name, span)) return std::move(*made);
    if (is_known_but_refused(name)) return std::unexpected(error("hunt.not_supported", name).with(span));
    static std::vector<std::string> const known{
        "where", "project", "extend", "project-away", "project-keep", "project-rename", "project-reorder", "summarize",
        "sort", "order", "top", "take", "limit", "distinct", "count", "join", "lookup", "union", "mv-expand",
        "mv-apply", "parse", "parse-where", "parse-kv", "make-series", "serialize", "scan", "partition", "search",
        "invoke", "evaluate", "render", "as", "getschema", "fork", "facet", "sample", "sample-distinct", "top-nested", "top-hitters"};
    auto made = error("KS176", name).with(span);
    if (auto const other = operator_for(name); !other.empty()) made.hint = "Write " + std::string(other) + ".";
    else if (auto const near = nearest(name, known)) made.hint = "Did you mean " + *near + "?";
    return std::unexpected(std::move(made));
}

}  // namespace merlon::hunt
