#include "api/odata/filter.h"

#include "api/odata/tokens.h"
#include "base/text.h"

namespace merlon::api::odata {
namespace {

constexpr int most_depth = 64;

enum class Kind : std::uint8_t { text, number, boolean, time, list, null };

constexpr std::string_view kind_name(Kind kind) {
    constexpr std::array<std::string_view, 6> names{"text", "number", "true/false", "date", "list", "null"};
    return names[static_cast<std::size_t>(kind)];
}

// A piece of SQL and what it yields.
struct Piece {
    std::string sql;
    Kind kind = Kind::null;
    Span span;
};

struct Function {
    std::string_view name;
    std::vector<Kind> takes;
    Kind gives;
    std::string_view sql;  // {0} {1}: arguments
};

// OData 5.1.1.5 to 5.1.1.7. Times are ticks; the engine's dates start at 1970.
std::vector<Function> const& functions() {
    static std::vector<Function> const all{
        {"contains", {Kind::text, Kind::text}, Kind::boolean, "contains(lower({0}), lower({1}))"},
        {"startswith", {Kind::text, Kind::text}, Kind::boolean, "starts_with(lower({0}), lower({1}))"},
        {"endswith", {Kind::text, Kind::text}, Kind::boolean, "ends_with(lower({0}), lower({1}))"},
        {"tolower", {Kind::text}, Kind::text, "lower({0})"},
        {"toupper", {Kind::text}, Kind::text, "upper({0})"},
        {"trim", {Kind::text}, Kind::text, "trim({0})"},
        {"length", {Kind::text}, Kind::number, "length({0})"},
        {"indexof", {Kind::text, Kind::text}, Kind::number, "(strpos({0}, {1}) - 1)"},
        {"concat", {Kind::text, Kind::text}, Kind::text, "({0} || {1})"},
        {"round", {Kind::number}, Kind::number, "round({0})"},
        {"floor", {Kind::number}, Kind::number, "floor({0})"},
        {"ceiling", {Kind::number}, Kind::number, "ceil({0})"},
        {"year", {Kind::time}, Kind::number, "year(make_timestamp((({0}) - 621355968000000000) // 10))"},
        {"month", {Kind::time}, Kind::number, "month(make_timestamp((({0}) - 621355968000000000) // 10))"},
        {"day", {Kind::time}, Kind::number, "day(make_timestamp((({0}) - 621355968000000000) // 10))"},
        {"hour", {Kind::time}, Kind::number, "((({0}) // 36000000000) % 24)"},
        {"minute", {Kind::time}, Kind::number, "((({0}) // 600000000) % 60)"},
        {"second", {Kind::time}, Kind::number, "((({0}) // 10000000) % 60)"},
        {"date", {Kind::time}, Kind::time, "((({0}) // 864000000000) * 864000000000)"},
    };
    return all;
}

class Reader {
public:
    Reader(std::vector<Token> tokens, Resource const& resource, Ticks now, Sql& out)
        : tokens_(std::move(tokens)), resource_(resource), now_(now), out_(out) {}

    Result<Piece> whole() {
        auto piece = TRY(disjunction());
        if (here().kind != TokenKind::end) return unexpected("and, or, or the end");
        TRY(must_be(piece, Kind::boolean));
        return piece;
    }

private:
    Token const& here() const { return tokens_[at_]; }
    Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
    bool word(std::string_view name) {
        if (here().kind != TokenKind::name || !equal_ignoring_ascii_case(here().value, name)) return false;
        take();
        return true;
    }
    std::unexpected<Error> unexpected(std::string_view wanted) const {
        auto const found = here().kind == TokenKind::end ? std::string("the end") : "«" + here().value + "»";
        return std::unexpected(error("odata.expected", std::string(wanted), found).with(here().span));
    }
    Status expect(TokenKind kind, std::string_view name) {
        if (here().kind != kind) return unexpected(name);
        take();
        return {};
    }
    static Status must_be(Piece const& piece, Kind kind) {
        if (piece.kind == kind || piece.kind == Kind::null) return {};
        return std::unexpected(
            error("odata.type", std::string(kind_name(kind)), std::string(kind_name(piece.kind))).with(piece.span));
    }
    static Span around(Piece const& a, Piece const& b) { return {a.span.begin, b.span.end}; }

    Result<Piece> disjunction() {
        if (++depth_ > most_depth) return std::unexpected(error("odata.too_deep").with(here().span));
        auto left = TRY(conjunction());
        while (word("or")) {
            auto right = TRY(conjunction());
            TRY(must_be(left, Kind::boolean));
            TRY(must_be(right, Kind::boolean));
            left = {"(" + left.sql + " OR " + right.sql + ")", Kind::boolean, around(left, right)};
        }
        --depth_;
        return left;
    }

    Result<Piece> conjunction() {
        auto left = TRY(negation());
        while (word("and")) {
            auto right = TRY(negation());
            TRY(must_be(left, Kind::boolean));
            TRY(must_be(right, Kind::boolean));
            left = {"(" + left.sql + " AND " + right.sql + ")", Kind::boolean, around(left, right)};
        }
        return left;
    }

    Result<Piece> negation() {
        if (!word("not")) return comparison();
        if (++depth_ > most_depth) return std::unexpected(error("odata.too_deep").with(here().span));
        auto inner = TRY(negation());
        --depth_;
        TRY(must_be(inner, Kind::boolean));
        return Piece{"(NOT coalesce(" + inner.sql + ", false))", Kind::boolean, inner.span};
    }

    Result<Piece> comparison() {
        auto left = TRY(value());
        if (word("in")) return membership(std::move(left));
        static std::vector<std::pair<std::string_view, std::string_view>> const operators{
            {"eq", "="}, {"ne", "<>"}, {"gt", ">"}, {"ge", ">="}, {"lt", "<"}, {"le", "<="}};
        for (auto const& [name, sql] : operators) {
            if (!word(name)) continue;
            auto right = TRY(value());
            return compare(std::move(left), name, sql, std::move(right));
        }
        return left;
    }

    Result<Piece> compare(Piece left, std::string_view name, std::string_view sql, Piece right) {
        auto const span = around(left, right);
        if (left.kind == Kind::null || right.kind == Kind::null) {
            if (name != "eq" && name != "ne") return std::unexpected(error("odata.null_order").with(span));
            auto const& other = left.kind == Kind::null ? right : left;
            return Piece{"(" + other.sql + (name == "eq" ? " IS NULL)" : " IS NOT NULL)"), Kind::boolean, span};
        }
        if (left.kind != right.kind)
            return std::unexpected(
                error("odata.compare", std::string(kind_name(left.kind)), std::string(kind_name(right.kind))).with(span));
        if (left.kind == Kind::list) return std::unexpected(error("odata.list").with(left.span));
        // A missing value differs from every value (OData 5.1.1.1.2).
        if (name == "ne") return Piece{"(" + left.sql + " IS DISTINCT FROM " + right.sql + ")", Kind::boolean, span};
        // Enumerations and ids are written in mixed case by clients: text is equal without regard to case.
        if (left.kind == Kind::text && name == "eq")
            return Piece{"(lower(" + left.sql + ") = lower(" + right.sql + "))", Kind::boolean, span};
        return Piece{"(" + left.sql + " " + std::string(sql) + " " + right.sql + ")", Kind::boolean, span};
    }

    Result<Piece> membership(Piece left) {
        TRY(expect(TokenKind::open, "("));
        std::string list;
        auto span = left.span;
        while (true) {
            auto item = TRY(value());
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

    Result<Piece> value() {
        auto const token = here();
        switch (token.kind) {
        case TokenKind::open: {
            take();
            auto inner = TRY(disjunction());
            TRY(expect(TokenKind::close, ")"));
            inner.sql = "(" + inner.sql + ")";
            return inner;
        }
        case TokenKind::text: take(); return Piece{out_.bind(token.value), Kind::text, token.span};
        case TokenKind::number: {
            take();
            if (auto const whole = to_int(token.value)) return Piece{out_.bind(*whole), Kind::number, token.span};
            if (auto const real = to_double(token.value)) return Piece{out_.bind(*real), Kind::number, token.span};
            return std::unexpected(error("odata.bad_literal", token.value, "number").with(token.span));
        }
        case TokenKind::time: {
            take();
            auto text = token.value;
            if (text.size() == 11 && text.back() == 'Z') text.pop_back();  // 2018-08-01Z
            auto const ticks = parse_iso_time(text);
            if (!ticks) return std::unexpected(error("odata.bad_literal", token.value, "date").with(token.span));
            return Piece{out_.bind(*ticks), Kind::time, token.span};
        }
        case TokenKind::name: take(); return named(token);
        default: return unexpected("a property, a value or a function");
        }
    }

    Result<Piece> named(Token const& token) {
        if (equal_ignoring_ascii_case(token.value, "true") || equal_ignoring_ascii_case(token.value, "false"))
            return Piece{ascii_lower(token.value), Kind::boolean, token.span};
        if (equal_ignoring_ascii_case(token.value, "null")) return Piece{"NULL", Kind::null, token.span};
        if (here().kind == TokenKind::open) return call(token);
        if (!variable_.empty() && token.value == variable_) return Piece{"item", Kind::text, token.span};
        auto const* field = resource_.field(token.value);
        if (!field) {
            auto const names = resource_.field_names();
            auto const near = nearest(token.value, names);
            return std::unexpected(error("odata.unknown_property", token.value, resource_.set)
                                       .with(token.span)
                                       .with_hint(near ? "Did you mean " + *near + "?"
                                                       : "Properties: " + join(names, ", ") + "."));
        }
        auto const sql = "(" + field_sql(*field, now_) + ")";
        if (here().kind == TokenKind::slash) return lambda(*field, sql, token);
        switch (field->type) {
        case FieldType::string: return Piece{sql, Kind::text, token.span};
        case FieldType::integer:
        case FieldType::real: return Piece{sql, Kind::number, token.span};
        case FieldType::boolean: return Piece{sql, Kind::boolean, token.span};
        case FieldType::datetime: return Piece{sql, Kind::time, token.span};
        case FieldType::strings:
        case FieldType::json: return Piece{sql, Kind::list, token.span};
        }
        return Piece{sql, Kind::text, token.span};
    }

    // tags/any(t: t eq 'x'), tags/all(...), tags/any()
    Result<Piece> lambda(Field const& field, std::string const& sql, Token const& token) {
        if (field.type != FieldType::strings)
            return std::unexpected(error("odata.not_a_list", field.name).with(token.span));
        take();  // the slash
        bool const every = equal_ignoring_ascii_case(here().value, "all");
        if (!every && !equal_ignoring_ascii_case(here().value, "any")) return unexpected("any or all");
        take();
        TRY(expect(TokenKind::open, "("));
        auto const items = "from_json(" + sql + ", '[\"VARCHAR\"]')";
        if (!every && here().kind == TokenKind::close) {
            auto const end = take().span.end;
            return Piece{"(len(" + items + ") > 0)", Kind::boolean, {token.span.begin, end}};
        }
        if (here().kind != TokenKind::name) return unexpected("the name of the item");
        auto const outer = std::exchange(variable_, take().value);
        TRY(expect(TokenKind::colon, ":"));
        auto const body = TRY(disjunction());
        TRY(must_be(body, Kind::boolean));
        auto const end = here().span.end;
        TRY(expect(TokenKind::close, ")"));
        variable_ = outer;
        auto const matching = "len(list_filter(" + items + ", lambda item: " + body.sql + "))";
        return Piece{every ? "(" + matching + " = len(" + items + "))" : "(" + matching + " > 0)", Kind::boolean,
                     {token.span.begin, end}};
    }

    Result<Piece> call(Token const& token) {
        take();  // the bracket
        std::vector<Piece> arguments;
        if (here().kind != TokenKind::close) {
            while (true) {
                arguments.push_back(TRY(disjunction()));
                if (here().kind != TokenKind::comma) break;
                take();
            }
        }
        auto const end = here().span.end;
        TRY(expect(TokenKind::close, ", or )"));
        Span const span{token.span.begin, end};
        if (equal_ignoring_ascii_case(token.value, "now")) return Piece{out_.bind(now_), Kind::time, span};
        for (auto const& function : functions()) {
            if (!equal_ignoring_ascii_case(function.name, token.value)) continue;
            if (arguments.size() != function.takes.size())
                return std::unexpected(error("odata.argument_count", std::string(function.name),
                                             std::to_string(function.takes.size()), std::to_string(arguments.size()))
                                           .with(span));
            auto sql = std::string(function.sql);
            for (std::size_t i = 0; i < arguments.size(); ++i) {
                TRY(must_be(arguments[i], function.takes[i]));
                sql = replace_all(std::move(sql), "{" + std::to_string(i) + "}", arguments[i].sql);
            }
            return Piece{std::move(sql), function.gives, span};
        }
        std::vector<std::string> names{"now"};
        for (auto const& function : functions()) names.emplace_back(function.name);
        return std::unexpected(error("odata.unknown_function", token.value)
                                   .with(token.span)
                                   .with_hint("Functions: " + join(names, ", ") + "."));
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::string variable_;  // of the lambda being read
    Resource const& resource_;
    Ticks now_;
    Sql& out_;
};

}  // namespace

std::string field_sql(Field const& field, Ticks now) { return replace_all(field.sql, "$now", std::to_string(now)); }

Status append_filter(std::string_view filter, Resource const& resource, Ticks now, Sql& sql) {
    Reader reader(TRY(read_tokens(filter)), resource, now, sql);
    sql.text += TRY(reader.whole()).sql;
    return {};
}

Result<std::string> order_by(std::string_view text, Resource const& resource, Ticks now) {
    std::string out;
    auto const* key = resource.field(resource.key);
    bool key_named = false;
    if (!trim(text).empty()) {
        for (auto const part : split(text, ',')) {
            auto const words = split(trim(part), ' ');
            auto const direction = words.size() > 1 ? ascii_lower(trim(words.back())) : std::string("asc");
            auto const* field = resource.field(words.front());
            if (!field || field->type == FieldType::strings || field->type == FieldType::json)
                return std::unexpected(error("odata.unknown_property", std::string(words.front()), resource.set)
                                           .with_hint("Properties: " + join(resource.field_names(), ", ") + "."));
            if (words.size() > 2 || (direction != "asc" && direction != "desc"))
                return fail("odata.expected", "asc or desc", "«" + std::string(trim(part)) + "»");
            key_named = key_named || field == key;
            out += "(" + field_sql(*field, now) + ") " + direction + (direction == "asc" ? " NULLS FIRST, " : " NULLS LAST, ");
        }
    }
    if (!key_named) out += "(" + field_sql(*key, now) + "), ";
    out.resize(out.size() - 2);
    return out;
}

}  // namespace merlon::api::odata
