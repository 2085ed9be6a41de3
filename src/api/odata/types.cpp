// cast(expression, type) and isof(expression, type): sections 5.1.1.10.1 and .2, for the primitive types that fields have.
#include "api/odata/expression.h"
#include "base/text.h"

namespace merlon::api::odata {
namespace {

struct Type {
    std::string_view name;
    Kind kind;
    bool whole = false;
};
constexpr std::array types{Type{"Edm.String", Kind::text},          Type{"Edm.Guid", Kind::text},
                           Type{"Edm.Boolean", Kind::boolean},      Type{"Edm.DateTimeOffset", Kind::time},
                           Type{"Edm.Duration", Kind::duration},    Type{"Edm.Byte", Kind::number, true},
                           Type{"Edm.Int16", Kind::number, true},   Type{"Edm.Int32", Kind::number, true},
                           Type{"Edm.Int64", Kind::number, true},   Type{"Edm.Double", Kind::number},
                           Type{"Edm.Single", Kind::number},        Type{"Edm.Decimal", Kind::number}};

// What cannot be read as the type is null, as the standard has it. Nothing: there is no such way.
std::optional<std::string> cast_sql(Piece const& from, Type const& to) {
    if (from.kind == Kind::null) return "NULL";
    bool const text = from.kind == Kind::text || from.kind == Kind::any;
    if (to.kind == Kind::number && (text || from.kind == Kind::number)) {
        auto const number = "TRY_CAST((" + from.sql + ") AS DOUBLE)";
        return to.whole ? "trunc(" + number + ")" : number;
    }
    if (to.kind == Kind::boolean && text) return "CASE lower(" + from.sql + ") WHEN 'true' THEN true WHEN 'false' THEN false END";
    if (to.kind == Kind::text && (text || from.kind == Kind::number || from.kind == Kind::boolean)) return "((" + from.sql + ")::VARCHAR)";
    if (to.kind == from.kind) return from.sql;
    return {};
}

}  // namespace

Result<Piece> Reader::of_type(Token const& token) {
    auto const subject = TRY(disjunction());
    TRY(expect(TokenKind::comma, "a comma and a type such as Edm.Int32"));
    if (here().kind != TokenKind::name) return unexpected("a type such as Edm.Int32");
    auto const named = take();
    auto const type = std::ranges::find_if(types, [&](Type const& one) { return equal_ignoring_ascii_case(one.name, named.value); });
    Span const span{token.span.begin, here().span.end};
    TRY(expect(TokenKind::close, ")"));
    auto const unsupported = [&] {
        return std::unexpected(error("odata.unsupported_type", ascii_lower(token.value), std::string(kind_name(subject.kind)), clean_text(named.value, 50)).with(span));
    };
    if (type == types.end() || subject.kind == Kind::list) return unsupported();
    if (equal_ignoring_ascii_case(token.value, "isof")) {
        bool const fits = subject.kind == type->kind && (!type->whole || subject.whole);
        return Piece{fits ? "((" + subject.sql + ") IS NOT NULL)" : "false", Kind::boolean, span};
    }
    auto sql = cast_sql(subject, *type);
    if (!sql) return unsupported();
    return Piece{std::move(*sql), type->kind, span, type->whole};
}

}  // namespace merlon::api::odata
