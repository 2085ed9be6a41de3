// Expressions, by precedence: or < and < equality, in, between < relational < + - < * / % < string operators < unary.
#include <charconv>

#include "base/text.h"
#include "base/time.h"
#include "hunt/parse/cursor.h"
#include "hunt/parse/habits.h"
#include "hunt/parse/literals.h"

namespace merlon::hunt {
namespace {

int depth_of(std::vector<NodePtr> const& all) {
    int most = 0;
    for (auto const& one : all) most = std::max(most, one->depth);
    return most;
}

std::string_view string_operator(Cursor const& at) {
    static std::array<std::string_view, 28> const words{
        "has",        "!has",         "has_cs",      "!has_cs",       "hasprefix",   "!hasprefix",   "hasprefix_cs",
        "!hasprefix_cs", "hassuffix", "!hassuffix",  "hassuffix_cs",  "!hassuffix_cs", "contains",   "!contains",
        "contains_cs", "!contains_cs", "startswith", "!startswith",   "startswith_cs", "!startswith_cs", "endswith",
        "!endswith",  "endswith_cs",  "!endswith_cs", "notcontains",  "containscs",  "notcontainscs", "like"};
    auto const& t = at.peek();
    if (t.kind == TokenKind::sign && (t.text == "=~" || t.text == "!~" || t.text == ":")) return t.text;
    if (t.kind != TokenKind::name) return {};
    for (auto word : words)
        if (t.text == word) return word;
    if (t.text == "matches" && at.sees_word("regex", 1)) return "matches regex";
    return {};
}

Result<NodePtr> binary(Cursor& at, std::string op, NodePtr left, NodePtr right, Span op_span) {
    Span const span{left->span.begin, right->span.end};
    int const depth = std::max(left->depth, right->depth) + 1;
    return at.make(span, BinaryNode{std::move(op), std::move(left), std::move(right), op_span}, depth);
}

Result<NodePtr> parse_arguments(Cursor& at, Token const& name) {
    Nesting const nesting(at);
    TRY(nesting.check());
    at.take();  // (
    std::vector<NodePtr> arguments;
    while (!at.sees(")")) {
        arguments.push_back(TRY(parse_argument(at)));
        if (!at.accept(",") && !at.sees(")")) return std::unexpected(at.expected(", or )"));
    }
    at.take();
    int const depth = depth_of(arguments) + 1;
    return at.make(at.from(name.span.begin), CallNode{name.text, name.span, std::move(arguments)}, depth);
}

bool is_identifier_like(Cursor const& at) { return at.peek().kind == TokenKind::name && at.peek().text[0] != '!'; }

Result<NodePtr> parse_primary(Cursor& at) {
    auto const& t = at.peek();
    auto const begin = t.span.begin;
    switch (t.kind) {
        case TokenKind::string: {
            auto text = at.take().text;
            while (at.peek().kind == TokenKind::string) text += at.take().text;
            return at.make(at.from(begin), LiteralNode{{Type::string, std::move(text)}, true}, 1);
        }
        case TokenKind::integer: {
            auto const value = at.take().value;
            return at.make(at.from(begin), LiteralNode{{Type::long_, value}}, 1);
        }
        case TokenKind::real: {
            auto const value = at.take().number;
            return at.make(at.from(begin), LiteralNode{{Type::real, value}}, 1);
        }
        case TokenKind::span: {
            auto const value = at.take().value;
            return at.make(at.from(begin), LiteralNode{{Type::timespan, value}}, 1);
        }
        case TokenKind::literal: {
            auto constant = TRY(read_literal(t));
            at.take();
            return at.make(at.from(begin), LiteralNode{std::move(constant)}, 1);
        }
        case TokenKind::name: break;
        case TokenKind::end: return std::unexpected(error("KS006").with(at.expected("").span.value()));
        case TokenKind::sign:
            if (t.text == "(") {
                Nesting const nesting(at);
                TRY(nesting.check());
                at.take();
                auto inside = TRY(parse_query_or_expression(at));
                TRY(at.expect(")"));
                return inside;
            }
            if (t.text == "*") {
                at.take();
                if (at.peek().blank_before) return at.make(at.from(begin), StarNode{}, 1);
                std::string pattern = "*";
                while (!at.peek().blank_before) {
                    if (at.peek().kind == TokenKind::integer) pattern += std::to_string(at.take().value);
                    else if (is_identifier_like(at) || at.sees("*")) pattern += at.take().text;
                    else break;
                }
                if (pattern.size() > 1) return at.make(at.from(begin), PatternNode{std::move(pattern)}, 1);
                return at.make(at.from(begin), StarNode{}, 1);
            }
            if (t.text == "[") {
                auto name = TRY(parse_name(at));
                return at.make(at.from(begin), NameNode{std::move(name.text)}, 1);
            }
            return std::unexpected(error("KS006").with(t.span).with_hint(
                t.text == "{"    ? "Is this a placeholder that was not filled in?"
                : t.text == "="  ? "Equality is written ==."
                : t.text == "|" && at.position() > 0 && at.before().text == "," ? "Is there a comma too many before it?"
                : t.text == "@"  ? "@ stands before the quotes of a text in which a backslash is one."
                                 : ""));
    }
    if (auto const value = boolean_of(t.text)) {
        at.take();
        return at.make(at.from(begin), LiteralNode{{Type::bool_, *value}}, 1);
    }
    if (t.text[0] == '!') return std::unexpected(error("KS006").with(t.span));
    if (at.sees("(", 1)) {
        if (t.text == "dynamic") return parse_dynamic(at);
        if (t.text == "typeof") {
            at.take();
            at.take();
            TypeNode made;
            if (at.sees("*") || (is_identifier_like(at) && at.sees(":", 1))) {
                at.rewind(at.position() - 1);
                made.columns = TRY(parse_column_declarations(at));
            } else {
                made.type = TRY(parse_type(at));
                TRY(at.expect(")"));
            }
            return at.make(at.from(begin), std::move(made), 1);
        }
        if (t.text == "datatable" || t.text == "externaldata" || t.text == "external_data" || t.text == "find") {
            auto query = std::make_unique<Query>();
            query->operators.push_back(TRY(parse_source_operator(at)));
            query->span = at.from(begin);
            auto const whole = query->span;
        return at.make(whole, QueryNode{std::move(query)}, 1);
        }
        auto const name = at.take();
        return parse_arguments(at, name);
    }
    if (is_reserved_name(t.text)) return std::unexpected(error("KS228", t.text).with(t.span));
    if (is_reserved_in_expression(t.text)) return std::unexpected(error("KS006").with(t.span).with_hint(
        "If '" + t.text + "' is meant as a name, write ['" + t.text + "']."));
    auto name = at.take().text;
    if (at.sees("*") && !at.peek().blank_before &&
        (at.sees(",", 1) || at.sees("|", 1) || at.sees(")", 1) || at.sees(";", 1) || at.peek(1).kind == TokenKind::end ||
         at.sees_word("asc", 1) || at.sees_word("desc", 1) || at.sees_hyphenated("granny-asc", 1) ||
         at.sees_hyphenated("granny-desc", 1) || (at.peek(1).kind == TokenKind::name && at.peek(1).blank_before &&
          !at.peek(0).blank_before && is_reserved_name(at.peek(1).text)))) {
        at.take();
        return at.make(at.from(begin), PatternNode{name + "*"}, 1);
    }
    return at.make(at.from(begin), NameNode{std::move(name)}, 1);
}

}  // namespace

Result<NodePtr> parse_postfix(Cursor& at) {
    auto node = TRY(parse_primary(at));
    while (true) {
        if (at.sees(".") && (at.peek(1).kind == TokenKind::name || at.sees("[", 1))) {
            at.take();
            std::string name;
            if (at.sees("[")) {
                name = TRY(parse_name(at)).text;
            } else if (at.sees("(", 1)) {  // database("x").fn(...)
                auto const called = at.take();
                auto call = TRY(parse_arguments(at, called));
                int const depth = std::max(node->depth, call->depth) + 1;
                Span const span{node->span.begin, call->span.end};
                node = TRY(at.make(span, IndexNode{std::move(node), std::move(call)}, depth));
                continue;
            } else {
                name = at.take().text;
            }
            int const depth = node->depth + 1;
            auto const begin = node->span.begin;
            node = TRY(at.make(at.from(begin), MemberNode{std::move(node), std::move(name)}, depth));
        } else if (at.sees("[")) {
            Nesting const nesting(at);
            TRY(nesting.check());
            at.take();
            auto index = TRY(parse_expression(at));
            TRY(at.expect("]"));
            int const depth = std::max(node->depth, index->depth) + 1;
            auto const begin = node->span.begin;
            node = TRY(at.make(at.from(begin), IndexNode{std::move(node), std::move(index)}, depth));
        } else {
            return node;
        }
    }
}

namespace {

Result<NodePtr> parse_unary(Cursor& at) {
    if (at.sees("-") || at.sees("+")) {
        Nesting const nesting(at);
        TRY(nesting.check());
        auto const begin = at.peek().span.begin;
        char const sign = at.take().text[0];
        auto operand = TRY(parse_unary(at));
        int const depth = operand->depth + 1;
        return at.make(at.from(begin), UnaryNode{sign, std::move(operand)}, depth);
    }
    return parse_postfix(at);
}

Result<NodePtr> parse_text_test(Cursor& at) {
    auto left = TRY(parse_unary(at));
    while (true) {
        auto const op = string_operator(at);
        if (op.empty()) return left;
        auto const op_span = at.take().span;
        if (op == "matches regex") at.take();
        auto right = TRY(parse_unary(at));
        left = TRY(binary(at, std::string(op), std::move(left), std::move(right), op_span));
    }
}

Result<NodePtr> parse_product(Cursor& at) {
    auto left = TRY(parse_text_test(at));
    while (at.sees("*") || at.sees("/") || at.sees("%")) {
        auto const sign = at.take();
        auto right = TRY(parse_text_test(at));
        left = TRY(binary(at, sign.text, std::move(left), std::move(right), sign.span));
    }
    return left;
}

Result<NodePtr> parse_sum(Cursor& at) {
    auto left = TRY(parse_product(at));
    while (at.sees("+") || at.sees("-")) {
        auto const sign = at.take();
        auto right = TRY(parse_product(at));
        left = TRY(binary(at, sign.text, std::move(left), std::move(right), sign.span));
    }
    return left;
}

Result<NodePtr> parse_relation(Cursor& at) {
    auto left = TRY(parse_sum(at));
    while (at.sees("<") || at.sees(">") || at.sees("<=") || at.sees(">=")) {
        auto const sign = at.take();
        auto right = TRY(parse_sum(at));
        left = TRY(binary(at, sign.text, std::move(left), std::move(right), sign.span));
    }
    return left;
}

bool sees_list_operator(Cursor const& at) {
    for (auto word : {"in", "!in", "in~", "!in~", "has_any", "has_all", "!has_any", "!has_all"})
        if (at.sees_word(word)) return true;
    return false;
}

Result<NodePtr> parse_list_test(Cursor& at, NodePtr left) {
    auto op = at.take().text;
    Nesting const nesting(at);
    TRY(nesting.check());
    std::vector<NodePtr> items;
    auto const in_brackets = [&] { return at.expected("(").with_hint("A list stands in round brackets: " + op + " (\"a\", \"b\")."); };
    if (at.accept("(")) {
        while (!at.sees(")")) {
            items.push_back(TRY(parse_query_or_expression(at)));
            if (!at.accept(",") && !at.sees(")")) return std::unexpected(at.expected(", or )"));
        }
        at.take();
    } else if (at.peek().kind == TokenKind::name || name_width(at) > 0) {
        items.push_back(TRY(parse_unary(at)));  // has_any dynamic([...]), in name
    } else {
        return std::unexpected(in_brackets());
    }
    int const depth = std::max(left->depth, depth_of(items)) + 1;
    auto const begin = left->span.begin;
    return at.make(at.from(begin), ListNode{std::move(op), std::move(left), std::move(items)}, depth);
}

Result<NodePtr> parse_between(Cursor& at, NodePtr left) {
    auto const word = at.take();
    bool const negated = word.text[0] == '!';
    auto const form = "Write between (low .. high).";
    if (!at.accept("(")) return std::unexpected(at.expected("(").with_hint(form));
    auto low = TRY(parse_sum(at));
    if (!at.accept("..")) return std::unexpected(at.expected("..").with_hint(form));
    auto high = TRY(parse_sum(at));
    TRY(at.expect(")"));
    int const depth = std::max({left->depth, low->depth, high->depth}) + 1;
    auto const begin = left->span.begin;
    return at.make(at.from(begin), BetweenNode{negated, std::move(left), std::move(low), std::move(high), word.span}, depth);
}

Result<NodePtr> parse_equality(Cursor& at) {
    auto left = TRY(parse_relation(at));
    while (true) {
        if (at.sees("==") || at.sees("!=") || at.sees("<>")) {
            auto const sign = at.take();
            auto right = TRY(parse_relation(at));
            left = TRY(binary(at, sign.text == "<>" ? "!=" : sign.text, std::move(left), std::move(right), sign.span));
        } else if (sees_list_operator(at)) {
            left = TRY(parse_list_test(at, std::move(left)));
        } else if (at.sees_word("between") || at.sees_word("!between")) {
            left = TRY(parse_between(at, std::move(left)));
        } else if (at.sees("=") && !at.sees("=", 1)) {
            auto const* text = form_of<LiteralNode>(*left);
            return std::unexpected(at.expected("==").with_hint(
                text && text->value.type == Type::string ? "A comparison is written with two equal signs: ==. A name in quotes is written ['...']."
                                                         : "A comparison is written with two equal signs: =="));
        } else {
            return left;
        }
    }
}

template <typename Parse>
Result<NodePtr> parse_logic(Cursor& at, std::string_view word, bool is_or, Parse parse_operand) {
    auto first = TRY(parse_operand(at));
    if (!at.sees_word(word)) return first;
    std::vector<NodePtr> operands;
    operands.push_back(std::move(first));
    while (at.accept_word(word)) operands.push_back(TRY(parse_operand(at)));
    int const depth = depth_of(operands) + 1;
    Span const span{operands.front()->span.begin, operands.back()->span.end};
    return at.make(span, LogicNode{is_or, std::move(operands)}, depth);
}

Result<NodePtr> parse_and(Cursor& at) { return parse_logic(at, "and", false, parse_equality); }

// One name, or (a, b), followed by = but not by ==.
bool sees_assignment(Cursor const& at) {
    if (auto const width = name_width(at)) return at.sees("=", width);
    if (!at.sees("(")) return false;
    for (std::size_t ahead = 1;; ++ahead) {
        auto const width = name_width(at, ahead);
        if (width == 0) return false;
        ahead += width;
        if (!at.sees(",", ahead)) return at.sees(")", ahead) && at.sees("=", ahead + 1);
    }
}

}  // namespace

Result<NodePtr> parse_expression(Cursor& at) { return parse_logic(at, "or", true, parse_and); }

Result<NodePtr> parse_query_or_expression(Cursor& at) {
    auto const begin = at.peek().span.begin;
    if (sees_source_operator(at)) {
        auto first = TRY(parse_source_operator(at));
        auto query = std::make_unique<Query>();
        query->operators.push_back(std::move(first));
        while (at.accept("|")) query->operators.push_back(TRY(parse_operator(at)));
        query->span = at.from(begin);
        auto const whole = query->span;
        return at.make(whole, QueryNode{std::move(query)}, 1);
    }
    auto source = TRY(parse_expression(at));
    if (!at.sees("|")) return source;
    auto query = std::make_unique<Query>();
    query->source = std::move(source);
    while (at.accept("|")) query->operators.push_back(TRY(parse_operator(at)));
    query->span = at.from(begin);
    auto const whole = query->span;
        return at.make(whole, QueryNode{std::move(query)}, 1);
}

Result<NodePtr> parse_argument(Cursor& at) {
    if (!sees_assignment(at) || at.sees("(")) return parse_query_or_expression(at);
    return parse_item(at);
}

Result<NodePtr> parse_item(Cursor& at) {
    auto const begin = at.peek().span.begin;
    if (!sees_assignment(at)) return parse_expression(at);
    std::vector<Word> names;
    if (at.accept("(")) {
        do names.push_back(TRY(parse_name(at)));
        while (at.accept(","));
        TRY(at.expect(")"));
    } else {
        names.push_back(TRY(parse_name(at)));
    }
    TRY(at.expect("="));
    auto value = TRY(parse_expression(at));
    int const depth = value->depth + 1;
    return at.make(at.from(begin), NamedNode{std::move(names), std::move(value)}, depth);
}

Result<std::vector<NodePtr>> parse_items(Cursor& at) {
    std::vector<NodePtr> items;
    do items.push_back(TRY(parse_item(at)));
    while (at.accept(","));
    return items;
}

std::size_t name_width(Cursor const& at, std::size_t ahead) {
    if (at.peek(ahead).kind == TokenKind::name) return 1;
    return at.sees("[", ahead) && at.peek(ahead + 1).kind == TokenKind::string && at.sees("]", ahead + 2) ? 3 : 0;
}

Result<Word> parse_name(Cursor& at) {
    auto const& t = at.peek();
    if (at.sees("[") && at.peek(1).kind == TokenKind::string && at.sees("]", 2)) {
        at.take();
        auto text = at.take().text;
        at.take();
        return Word{std::move(text), at.from(t.span.begin)};
    }
    if (at.sees("[")) return std::unexpected(at.expected("a name").with_hint("A name in brackets has quotes: ['a name']."));
    if (t.kind != TokenKind::name || t.text[0] == '!') return std::unexpected(at.expected("a name"));
    if (is_reserved_name(t.text)) return std::unexpected(error("KS228", t.text).with(t.span));
    at.take();
    return Word{t.text, t.span};
}

}  // namespace merlon::hunt
