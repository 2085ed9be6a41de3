#include "api/odata/expression.h"

#include <re2/re2.h>

#include "api/odata/filter.h"
#include "api/routes/window.h"
#include "base/text.h"

namespace merlon::api::odata {
namespace {

constexpr int most_depth = 64;

Status must_be(Piece const& piece, Kind kind) {
    if (piece.kind == kind || piece.kind == Kind::null) return {};
    return std::unexpected(error("odata.type", std::string(kind_name(kind)), std::string(kind_name(piece.kind))).with(piece.span));
}

// A value inside a JSON object becomes what the other side is.
void become(Piece& piece, Kind kind) {
    if (piece.kind != Kind::any) return;
    if (kind == Kind::number) piece.sql = "TRY_CAST(" + piece.sql + " AS DOUBLE)";
    else if (kind == Kind::boolean) piece.sql = "TRY_CAST(" + piece.sql + " AS BOOLEAN)";
    else kind = Kind::text;
    piece.kind = kind;
}

Span around(Piece const& a, Piece const& b) { return {a.span.begin, b.span.end}; }

// A text literal that is written as a number becomes one beside a number: the documentation calls some ids texts that are
// numbers on the wire (specification, section 16, trap 9).
void become_number(Piece& piece, Piece const& other, Sql& out) {
    if (piece.kind != Kind::text || other.kind != Kind::number || !piece.sql.starts_with('$')) return;
    auto const number = to_int(std::string_view(piece.sql).substr(1));
    if (!number) return;
    auto& value = out.parameters.at(static_cast<std::size_t>(*number) - 1);
    auto const* text = std::get_if<std::string>(&value);
    if (!text) return;
    auto const whole = to_int(*text);
    auto const real = to_double(*text);
    if (!whole && !real) return;
    if (whole) value = *whole;
    else value = *real;
    piece.kind = Kind::number;
    piece.whole = whole.has_value();
}

// What the versions before 4 wrote in front of quotes, and what they mean.
enum class Prefix { none, duration, time, text };
Prefix prefix_of(std::string_view name) {
    for (auto const& [word, prefix] : std::initializer_list<std::pair<std::string_view, Prefix>>{
             {"duration", Prefix::duration}, {"time", Prefix::duration}, {"datetime", Prefix::time}, {"datetimeoffset", Prefix::time}, {"guid", Prefix::text}})
        if (equal_ignoring_ascii_case(name, word)) return prefix;
    return name.find('.') == std::string_view::npos ? Prefix::none : Prefix::text;  // Namespace.Enumeration'Member'
}

std::string in_template(std::string_view text, std::vector<Piece> const& arguments) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const gap = text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}';
        if (!gap) {
            out += text[i];
            continue;
        }
        out += "(" + arguments[static_cast<std::size_t>(text[i + 1] - '0')].sql + ")";
        i += 2;
    }
    return out;
}

}  // namespace

Result<Piece> Reader::condition() {
    auto piece = TRY(disjunction());
    if (here().kind != TokenKind::end) return unexpected("and, or, or the end");
    become(piece, Kind::boolean);
    TRY(must_be(piece, Kind::boolean));
    return piece;
}

Result<std::vector<Reader::Ordered>> Reader::ordering() {
    std::vector<Ordered> all;
    while (true) {
        auto const first = at_;
        auto piece = TRY(disjunction());
        Ordered one{std::move(piece)};
        if (at_ == first + 1 && tokens_[first].kind == TokenKind::name) one.field = resource_.field(tokens_[first].value);
        if (one.piece.kind == Kind::list) return std::unexpected(error("odata.list").with(one.piece.span));
        one.descending = word("desc");
        if (!one.descending) word("asc");
        all.push_back(std::move(one));
        if (here().kind == TokenKind::end) return all;
        TRY(expect(TokenKind::comma, "asc, desc, a comma, or the end"));
    }
}

bool Reader::word(std::string_view name) {
    if (here().kind != TokenKind::name || !equal_ignoring_ascii_case(here().value, name)) return false;
    take();
    return true;
}

std::unexpected<Error> Reader::unexpected(std::string_view wanted) const {
    auto const found = here().kind == TokenKind::end ? std::string("the end") : "«" + here().value + "»";
    return std::unexpected(error("odata.expected", std::string(wanted), found).with(here().span));
}

Status Reader::expect(TokenKind kind, std::string_view name) {
    if (here().kind != kind) return unexpected(name);
    take();
    return {};
}

Status Reader::deeper() {
    if (++depth_ > most_depth) return std::unexpected(error("odata.too_deep").with(here().span));
    return {};
}

// Chains are written flat, so that a long one is not a deep one for the engine.
Result<Piece> Reader::disjunction() {
    TRY(deeper());
    auto left = TRY(conjunction());
    std::string chain = left.sql;
    while (word("or")) {
        auto right = TRY(conjunction());
        become(left, Kind::boolean);
        become(right, Kind::boolean);
        TRY(must_be(left, Kind::boolean));
        TRY(must_be(right, Kind::boolean));
        chain += " OR " + right.sql;
        left = {"(" + chain + ")", Kind::boolean, around(left, right)};
    }
    --depth_;
    return left;
}

Result<Piece> Reader::conjunction() {
    auto left = TRY(negation());
    std::string chain = left.sql;
    while (word("and")) {
        auto right = TRY(negation());
        become(left, Kind::boolean);
        become(right, Kind::boolean);
        TRY(must_be(left, Kind::boolean));
        TRY(must_be(right, Kind::boolean));
        chain += " AND " + right.sql;
        left = {"(" + chain + ")", Kind::boolean, around(left, right)};
    }
    return left;
}

// The standard binds "not" to the next value; people write "not a eq b" and mean the comparison.
Result<Piece> Reader::negation() {
    if (!word("not")) return comparison();
    TRY(deeper());
    auto inner = TRY(negation());
    --depth_;
    become(inner, Kind::boolean);
    TRY(must_be(inner, Kind::boolean));
    return Piece{"(NOT coalesce(" + inner.sql + ", false))", Kind::boolean, inner.span};
}

Result<Piece> Reader::comparison() {
    auto left = TRY(sum());
    if (word("in")) return membership(std::move(left));
    static std::vector<std::pair<std::string_view, std::string_view>> const operators{
        {"eq", "="}, {"ne", "<>"}, {"gt", ">"}, {"ge", ">="}, {"lt", "<"}, {"le", "<="}};
    for (auto const& [name, sql] : operators) {
        if (!word(name)) continue;
        auto right = TRY(sum());
        return compare(std::move(left), name, sql, std::move(right));
    }
    return left;
}

Result<Piece> Reader::compare(Piece left, std::string_view name, std::string_view sql, Piece right) {
    auto const span = around(left, right);
    become(left, right.kind);
    become(right, left.kind);
    become_number(left, right, out_);
    become_number(right, left, out_);
    if (left.kind == Kind::null || right.kind == Kind::null) {
        if (name != "eq" && name != "ne") return std::unexpected(error("odata.null_order").with(span));
        auto const& other = left.kind == Kind::null ? right : left;
        return Piece{"(" + other.sql + (name == "eq" ? " IS NULL)" : " IS NOT NULL)"), Kind::boolean, span};
    }
    if (left.kind != right.kind)
        return std::unexpected(
            error("odata.compare", std::string(kind_name(left.kind)), std::string(kind_name(right.kind))).with(span));
    if (left.kind == Kind::list) return std::unexpected(error("odata.list").with(left.span));
    // Enumerations and ids are written in mixed case by clients: text is equal without regard to case.
    bool const loose = left.kind == Kind::text && (name == "eq" || name == "ne");
    auto const a = loose ? "lower(" + left.sql + ")" : left.sql, b = loose ? "lower(" + right.sql + ")" : right.sql;
    // A missing value differs from every value (section 5.1.1.1.2).
    auto const op = name == "ne" ? std::string("IS DISTINCT FROM") : std::string(sql);
    return Piece{"(" + a + " " + op + " " + b + ")", Kind::boolean, span};
}

Result<Piece> Reader::membership(Piece left) {
    TRY(expect(TokenKind::open, "("));
    std::string list;
    auto span = left.span;
    while (true) {
        auto item = TRY(sum());
        become(left, item.kind);
        become(item, left.kind);
        become_number(item, left, out_);
        TRY(must_be(item, left.kind));
        span.end = item.span.end;
        list += (list.empty() ? "" : ", ") + (left.kind == Kind::text ? "lower(" + item.sql + ")" : item.sql);
        if (here().kind != TokenKind::comma) break;
        take();
    }
    TRY(expect(TokenKind::close, ", or )"));
    auto const subject = left.kind == Kind::text ? "lower(" + left.sql + ")" : left.sql;
    return Piece{"(" + subject + " IN (" + list + "))", Kind::boolean, span};
}

// add and sub: numbers as doubles, so that no sum overflows; times and durations as 128-bit ticks.
Result<Piece> Reader::sum() {
    auto left = TRY(product());
    std::string chain;
    while (true) {
        bool const minus = here().kind == TokenKind::name && equal_ignoring_ascii_case(here().value, "sub");
        if (!minus && !(here().kind == TokenKind::name && equal_ignoring_ascii_case(here().value, "add"))) return left;
        take();
        auto right = TRY(product());
        become(left, Kind::number);
        become(right, Kind::number);
        auto const span = around(left, right);
        auto const one = [&](Kind a, Kind b) { return left.kind == a && right.kind == b; };
        Kind gives;
        if (one(Kind::number, Kind::number)) gives = Kind::number;
        else if (one(Kind::time, Kind::duration) || (!minus && one(Kind::duration, Kind::time))) gives = Kind::time;
        else if (one(Kind::duration, Kind::duration) || (minus && one(Kind::time, Kind::time))) gives = Kind::duration;
        else
            return std::unexpected(error("odata.arithmetic", minus ? "sub" : "add", std::string(kind_name(left.kind)),
                                         std::string(kind_name(right.kind)))
                                       .with(span));
        std::string const cast = gives == Kind::number ? "::DOUBLE" : "::HUGEINT";
        if (chain.empty()) chain = "(" + left.sql + ")" + cast;
        chain += (minus ? " - (" : " + (") + right.sql + ")" + cast;
        left = {"(" + chain + ")", gives, span, left.whole && right.whole};
    }
}

Result<Piece> Reader::product() {
    auto left = TRY(signed_value());
    static std::vector<std::string_view> const names{"mul", "divby", "div", "mod"};
    while (true) {
        auto const* found = std::find_if(names.data(), names.data() + names.size(), [&](std::string_view name) {
            return here().kind == TokenKind::name && equal_ignoring_ascii_case(here().value, name);
        });
        if (found == names.data() + names.size()) return left;
        take();
        TRY(deeper());
        auto right = TRY(signed_value());
        become(left, Kind::number);
        become(right, Kind::number);
        TRY(must_be(left, Kind::number));
        TRY(must_be(right, Kind::number));
        bool const whole = left.whole && right.whole;
        auto const a = "(" + left.sql + ")::DOUBLE", b = "nullif((" + right.sql + ")::DOUBLE, 0)";
        std::string sql;
        if (*found == "mul") sql = "(" + a + " * (" + right.sql + ")::DOUBLE)";
        else if (*found == "mod") sql = "fmod(" + a + ", " + b + ")";
        else sql = *found == "div" && whole ? "trunc(" + a + " / " + b + ")" : "(" + a + " / " + b + ")";  // section 5.1.1.2.5
        left = {std::move(sql), Kind::number, around(left, right), whole && *found != "divby"};
        --depth_;
    }
}

Result<Piece> Reader::signed_value() {
    if (here().kind != TokenKind::minus) return value();
    auto const begin = take().span.begin;
    TRY(deeper());
    auto inner = TRY(signed_value());
    --depth_;
    become(inner, Kind::number);
    if (inner.kind != Kind::duration) TRY(must_be(inner, Kind::number));
    return Piece{"(-(" + inner.sql + "))", inner.kind, {begin, inner.span.end}, inner.whole};
}

Result<Piece> Reader::value() {
    auto const token = here();
    switch (token.kind) {
    case TokenKind::open: {
        take();
        auto inner = TRY(disjunction());
        TRY(expect(TokenKind::close, ")"));
        inner.sql = "(" + inner.sql + ")";
        return inner;
    }
    case TokenKind::text:
    case TokenKind::number:
    case TokenKind::time: take(); return literal(token);
    case TokenKind::name: take(); return named(token);
    default: return unexpected("a property, a value or a function");
    }
}

Result<Piece> Reader::literal(Token const& token) {
    if (token.kind == TokenKind::text) return Piece{out_.bind(token.value), Kind::text, token.span};
    if (token.kind == TokenKind::number) {
        if (auto const whole = to_int(token.value)) return Piece{out_.bind(*whole), Kind::number, token.span, true};
        if (auto const real = to_double(token.value)) return Piece{out_.bind(*real), Kind::number, token.span};
        if (token.value.find(':') != std::string::npos) {  // 23:59, 23:59:59.5
            auto const seconds = std::ranges::count(token.value, ':') > 1 ? "Z" : ":00Z";
            if (auto const of_day = parse_iso_time("0001-01-01T" + token.value + seconds)) return Piece{out_.bind(*of_day), Kind::duration, token.span};
            return std::unexpected(error("odata.bad_literal", token.value, "time of day").with(token.span));
        }
        if (std::string_view("lLfFdDmM").find(token.value.back()) != std::string_view::npos) {  // 5L, 1.5d: of version 3
            auto bare = token;
            bare.value.pop_back();
            if (to_double(bare.value)) return literal(bare);
        }
        return std::unexpected(error("odata.bad_literal", token.value, "number").with(token.span));
    }
    auto text = token.value;
    if (text.size() == 11 && text.back() == 'Z') text.pop_back();  // 2018-08-01Z
    auto const ticks = parse_iso_time(text);
    if (!ticks) return std::unexpected(error("odata.bad_literal", token.value, "date").with(token.span));
    return Piece{out_.bind(*ticks), Kind::time, token.span};
}

Result<Piece> Reader::named(Token const& token) {
    if (equal_ignoring_ascii_case(token.value, "true") || equal_ignoring_ascii_case(token.value, "false"))
        return Piece{ascii_lower(token.value), Kind::boolean, token.span};
    if (equal_ignoring_ascii_case(token.value, "null")) return Piece{"NULL", Kind::null, token.span};
    if (auto const prefix = here().kind == TokenKind::text ? prefix_of(token.value) : Prefix::none; prefix != Prefix::none) {
        auto const text = take();
        if (prefix == Prefix::text) return literal(text);
        if (prefix == Prefix::time) return literal({TokenKind::time, text.value, text.span});
        auto body = std::string_view(text.value);
        bool const negative = body.starts_with('-');
        if (negative) body.remove_prefix(1);
        auto const ticks = parse_duration(body);
        if (!ticks) return std::unexpected(error("odata.bad_literal", text.value, "duration such as P7D").with(text.span));
        return Piece{out_.bind(negative ? -*ticks : *ticks), Kind::duration, {token.span.begin, text.span.end}};
    }
    if (here().kind == TokenKind::open) return call(token);
    for (auto variable = variables_.rbegin(); variable != variables_.rend(); ++variable) {
        if (variable->name != token.value) continue;
        if (!variable->object) return Piece{variable->sql, Kind::text, token.span};
        return path(variable->sql, token);
    }
    auto const* field = resource_.field(token.value);
    if (!field) {
        auto const names = resource_.field_names();
        auto const near = nearest(token.value, names);
        return std::unexpected(error("odata.unknown_property", token.value, resource_.set)
                                   .with(token.span)
                                   .with_hint(near ? "Did you mean " + *near + "?" : "Properties: " + join(names, ", ") + "."));
    }
    return of_field(*field, token);
}

Result<Piece> Reader::of_field(Field const& field, Token const& token) {
    auto const sql = "(" + field_sql(field, now_) + ")";
    if (here().kind == TokenKind::slash) {
        if (field.type == FieldType::strings) return lambda("from_json(" + sql + ", '[\"VARCHAR\"]')", false, token);
        if (field.type == FieldType::json) return path(sql, token);
        return std::unexpected(error("odata.not_a_list", field.name).with(token.span));
    }
    switch (field.type) {
    case FieldType::string: return Piece{sql, Kind::text, token.span};
    case FieldType::integer: return Piece{sql, Kind::number, token.span, true};
    case FieldType::real: return Piece{sql, Kind::number, token.span};
    case FieldType::boolean: return Piece{sql, Kind::boolean, token.span};
    case FieldType::datetime: return Piece{sql, Kind::time, token.span};
    case FieldType::strings:
    case FieldType::json: break;
    }
    return Piece{sql, Kind::list, token.span};
}

// Into a JSON value: x/name, x/name/deeper, x/list/any(y: ...). Names are as the JSON writes them.
Result<Piece> Reader::path(std::string sql, Token const& token) {
    std::string inside = "$";
    auto end = token.span.end;
    while (here().kind == TokenKind::slash) {
        auto const next = at_ + 1 < tokens_.size() ? tokens_[at_ + 1] : here();
        bool const any = equal_ignoring_ascii_case(next.value, "any"), all = equal_ignoring_ascii_case(next.value, "all");
        bool const called = at_ + 2 < tokens_.size() && tokens_[at_ + 2].kind == TokenKind::open;
        if (((any || all) && called) || equal_ignoring_ascii_case(next.value, "$count"))
            return lambda("from_json(json_extract(" + sql + ", '" + inside + "'), '[\"JSON\"]')", true, token);
        take();
        if (here().kind != TokenKind::name) return unexpected("a property");
        end = here().span.end;
        inside += ".\"" + take().value + "\"";  // the tokenizer lets letters, digits and _ $ @ through only
    }
    return Piece{"json_extract_string(" + sql + ", '" + inside + "')", Kind::any, {token.span.begin, end}};
}

// tags/any(t: t eq 'x'), tags/all(...), tags/any(), tags/$count
Result<Piece> Reader::lambda(std::string const& items, bool objects, Token const& token) {
    take();  // the slash
    if (here().kind == TokenKind::name && equal_ignoring_ascii_case(here().value, "$count"))
        return Piece{"coalesce(len(" + items + "), 0)", Kind::number, {token.span.begin, take().span.end}, true};
    bool const every = equal_ignoring_ascii_case(here().value, "all");
    if (!every && !equal_ignoring_ascii_case(here().value, "any")) return unexpected("any, all or $count");
    take();
    TRY(expect(TokenKind::open, "("));
    if (!every && here().kind == TokenKind::close) {
        auto const end = take().span.end;
        return Piece{"(len(" + items + ") > 0)", Kind::boolean, {token.span.begin, end}};
    }
    if (here().kind != TokenKind::name) return unexpected("the name of the item");
    auto const item = "item" + std::to_string(++lambdas_);
    variables_.push_back({take().value, item, objects});
    TRY(expect(TokenKind::colon, ":"));
    auto body = TRY(disjunction());
    become(body, Kind::boolean);
    TRY(must_be(body, Kind::boolean));
    auto const end = here().span.end;
    TRY(expect(TokenKind::close, ")"));
    variables_.pop_back();
    auto const matching = "len(list_filter(" + items + ", lambda " + item + ": coalesce(" + body.sql + ", false)))";
    return Piece{every ? "(" + matching + " = len(" + items + "))" : "(" + matching + " > 0)", Kind::boolean,
                 {token.span.begin, end}};
}

Result<Piece> Reader::call(Token const& token) {
    take();  // the bracket
    if (equal_ignoring_ascii_case(token.value, "cast") || equal_ignoring_ascii_case(token.value, "isof")) return of_type(token);
    std::vector<Piece> arguments;
    std::vector<std::string> literals;  // the text of an argument that is one, else empty
    if (here().kind != TokenKind::close) {
        while (true) {
            auto const first = at_;
            arguments.push_back(TRY(disjunction()));
            literals.push_back(at_ == first + 1 && tokens_[first].kind == TokenKind::text ? tokens_[first].value : std::string{});
            if (here().kind != TokenKind::comma) break;
            take();
        }
    }
    Span const span{token.span.begin, here().span.end};
    TRY(expect(TokenKind::close, ", or )"));
    if (equal_ignoring_ascii_case(token.value, "now") && arguments.empty()) return Piece{out_.bind(now_), Kind::time, span};
    if (equal_ignoring_ascii_case(token.value, "matchespattern")) return pattern_match(arguments, literals, span);
    Function const* last = nullptr;
    for (auto const& function : functions()) {
        if (!equal_ignoring_ascii_case(function.name, token.value)) continue;
        last = &function;
        if (arguments.size() != function.takes.size()) continue;
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            become(arguments[i], function.takes[i]);
            TRY(must_be(arguments[i], function.takes[i]));
        }
        return Piece{in_template(function.sql, arguments), function.gives, span, function.whole};
    }
    if (last)
        return std::unexpected(error("odata.argument_count", std::string(last->name), std::to_string(last->takes.size()),
                                     std::to_string(arguments.size()))
                                   .with(span));
    std::vector<std::string> names{"now"};
    for (auto const& function : functions())
        if (names.back() != function.name) names.emplace_back(function.name);
    auto const near = nearest(token.value, names);
    return std::unexpected(error("odata.unknown_function", token.value)
                               .with(token.span)
                               .with_hint(near ? "Did you mean " + *near + "?" : "Functions: " + join(names, ", ") + "."));
}

// The pattern is read by the library that the engine itself uses, so that a bad one is the asker's error, not the engine's.
Result<Piece> Reader::pattern_match(std::vector<Piece> const& arguments, std::vector<std::string> const& literals, Span span) {
    if (arguments.size() != 2)
        return std::unexpected(error("odata.argument_count", "matchesPattern", "2", std::to_string(arguments.size())).with(span));
    auto subject = arguments[0];
    become(subject, Kind::text);
    TRY(must_be(subject, Kind::text));
    TRY(must_be(arguments[1], Kind::text));
    RE2::Options quiet;
    quiet.set_log_errors(false);
    RE2 const pattern(literals[1], quiet);
    if (literals[1].empty() || !pattern.ok())
        return std::unexpected(error("odata.bad_pattern", literals[1], literals[1].empty() ? "it must be a text literal" : pattern.error())
                                   .with(arguments[1].span));
    return Piece{"regexp_matches(" + subject.sql + ", " + arguments[1].sql + ")", Kind::boolean, span};
}

}  // namespace merlon::api::odata
