// OData expressions (4.01, part 2, section 5.1.1) over a resource's fields: one pass reads the text, checks each part
// against the field types and writes SQL with every literal as a parameter. No word of the text reaches the SQL.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/odata/sql.h"
#include "api/odata/tokens.h"
#include "api/resource.h"
#include "base/time.h"

namespace merlon::api::odata {

// `any`: a scalar inside a JSON object, whose type shows by what it is compared with.
enum class Kind : std::uint8_t { text, number, boolean, time, duration, list, any, null };
std::string_view kind_name(Kind);

// A piece of SQL and what it yields. Times and durations are ticks.
struct Piece {
    std::string sql;
    Kind kind = Kind::null;
    Span span;
    bool whole = false;  // a number without fraction
};

struct Function {
    std::string_view name;
    std::vector<Kind> takes;
    Kind gives;
    bool whole;            // gives a number without fraction
    std::string_view sql;  // {0} {1}: arguments
};
// Sections 5.1.1.5 to 5.1.1.9; a name stands for several when they differ in the number of arguments.
std::vector<Function> const& functions();

class Reader {
public:
    Reader(std::vector<Token> tokens, Resource const& resource, Ticks now, Sql& out)
        : tokens_(std::move(tokens)), resource_(resource), now_(now), out_(out) {}

    // The whole text as a condition.
    Result<Piece> condition();
    // The whole text as "expression [asc|desc], ...".
    struct Ordered {
        Piece piece;
        Field const* field = nullptr;  // when it is a field by itself
        bool descending = false;
    };
    Result<std::vector<Ordered>> ordering();

private:
    struct Variable {
        std::string name, sql;
        bool object = false;
    };
    Token const& here() const { return tokens_[at_]; }
    Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
    bool word(std::string_view name);
    std::unexpected<Error> unexpected(std::string_view wanted) const;
    Status expect(TokenKind kind, std::string_view name);
    Status deeper();
    Result<Piece> disjunction();
    Result<Piece> conjunction();
    Result<Piece> negation();
    Result<Piece> comparison();
    Result<Piece> compare(Piece left, std::string_view name, std::string_view sql, Piece right);
    Result<Piece> membership(Piece left);
    Result<Piece> sum();
    Result<Piece> product();
    Result<Piece> signed_value();
    Result<Piece> value();
    Result<Piece> literal(Token const& token);
    Result<Piece> named(Token const& token);
    Result<Piece> of_field(Field const& field, Token const& token);
    Result<Piece> path(std::string sql, Token const& token);
    Result<Piece> lambda(std::string const& items, bool objects, Token const& token);
    Result<Piece> call(Token const& token);
    Result<Piece> of_type(Token const& token);
    Result<Piece> pattern_match(std::vector<Piece> const& arguments, std::vector<std::string> const& literals, Span span);

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
    int lambdas_ = 0;
    std::vector<Variable> variables_;  // of the lambdas being read
    Resource const& resource_;
    Ticks now_;
    Sql& out_;
};

}  // namespace merlon::api::odata
