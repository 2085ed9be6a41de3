// The small shared pieces: types, column declarations, settings, sort keys.
#include "hunt/parse/cursor.h"

namespace merlon::hunt {

Result<Type> parse_type(Cursor& at) {
    auto const& t = at.peek();
    if (t.kind == TokenKind::name)
        if (auto const type = type_named(t.text)) return at.take(), *type;
    if (t.kind == TokenKind::name) return std::unexpected(error("KS160", t.text).with(t.span));
    return std::unexpected(at.expected("a type (string, long, datetime, dynamic ...)"));
}

Result<std::vector<ColumnDeclaration>> parse_column_declarations(Cursor& at) {
    std::vector<ColumnDeclaration> columns;
    TRY(at.expect("("));
    while (!at.sees(")")) {
        ColumnDeclaration column;
        if (at.accept("*")) {
            column.star = true;
        } else {
            auto const& t = at.peek();
            if (t.kind == TokenKind::name && at.sees(":", 1)) column.name = {at.take().text, t.span};
            else column.name = TRY(parse_name(at));
            TRY(at.expect(":"));
            column.type = TRY(parse_type(at));
        }
        columns.push_back(std::move(column));
        if (!at.accept(",") && !at.sees(")")) return std::unexpected(at.expected(", or )"));
    }
    at.take();
    return columns;
}

namespace {

Result<Setting> parse_setting(Cursor& at) {
    Setting made;
    auto const begin = at.peek().span.begin;
    made.name = at.take().text;
    while (at.accept(".")) {
        if (at.peek().kind != TokenKind::name) return std::unexpected(at.expected("a name"));
        made.name += "." + at.take().text;
    }
    TRY(at.expect("="));
    auto const& t = at.peek();
    auto const value_begin = t.span.begin;
    if (t.kind == TokenKind::name) {
        made.text = at.take().text;
        while (at.sees("-") && !at.peek().blank_before && at.peek(1).kind == TokenKind::name) {
            at.take();
            made.text += "-" + at.take().text;
        }
    } else {
        made.value = TRY(parse_expression(at));
        if (auto const* literal = form_of<LiteralNode>(*made.value))
            if (auto const* text = std::get_if<std::string>(&literal->value.value)) made.text = *text;
        if (auto const* name = form_of<NameNode>(*made.value)) made.text = name->name;
    }
    made.span = at.from(begin);
    made.value_span = at.from(value_begin);
    return made;
}

}  // namespace

Result<Settings> parse_settings(Cursor& at, std::initializer_list<std::string_view> names) {
    Settings made;
    while (at.peek().kind == TokenKind::name) {
        auto const& word = at.peek().text;
        bool const known = std::find(names.begin(), names.end(), word) != names.end();
        if (!known || !(at.sees("=", 1) || (at.sees(".", 1) && word == "hint"))) break;
        made.push_back(TRY(parse_setting(at)));
        at.accept(",");
    }
    return made;
}

Result<Settings> parse_with_settings(Cursor& at) {
    Settings made;
    if (!at.sees_word("with")) return made;
    at.take();
    TRY(at.expect("("));
    while (!at.sees(")")) {
        if (at.peek().kind != TokenKind::name) return std::unexpected(at.expected("a property name"));
        made.push_back(TRY(parse_setting(at)));
        if (made.back().value == nullptr && at.sees(",") && at.peek(1).kind == TokenKind::name && !at.sees("=", 2)) {
            while (at.sees(",") && at.peek(1).kind == TokenKind::name && !at.sees("=", 2)) {  // ycolumns=a, b
                at.take();
                made.back().text += "," + at.take().text;
            }
        }
        if (!at.accept(",") && !at.sees(")")) return std::unexpected(at.expected(", or )"));
    }
    at.take();
    return made;
}

Result<std::vector<OrderKey>> parse_order(Cursor& at) {
    std::vector<OrderKey> keys;
    do {
        OrderKey key;
        auto const begin = at.peek().span.begin;
        key.value = TRY(parse_item(at));
        if (at.accept_word("asc")) key.descending = false;
        else at.accept_word("desc");
        if (at.accept_word("nulls")) {
            auto const& word = at.peek().text;
            if (word != "first" && word != "last") return std::unexpected(at.expected("first or last"));
            key.nulls_first = at.take().text == "first";
        }
        key.span = at.from(begin);
        keys.push_back(std::move(key));
    } while (at.accept(","));
    return keys;
}

}  // namespace merlon::hunt
