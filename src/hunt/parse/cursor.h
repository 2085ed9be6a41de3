// The token cursor that the parts of the parser share: looking, expecting, limits, recovery.
#pragma once
#include "hunt/lex/token.h"
#include "hunt/parse/parse.h"

namespace merlon::hunt {

class Cursor {
public:
    Cursor(std::vector<Token> tokens, Limits const& most) : limits(most), tokens_(std::move(tokens)) {}

    Token const& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
    Token const& before() const { return tokens_[at_ == 0 ? 0 : at_ - 1]; }  // of the one that is next
    Token const& take() { auto const& t = tokens_[at_]; if (at_ + 1 < tokens_.size()) ++at_; return t; }
    std::size_t position() const { return at_; }
    void rewind(std::size_t position) { at_ = position; }
    bool at_end() const { return peek().kind == TokenKind::end; }

    bool sees(std::string_view sign, std::size_t ahead = 0) const {
        auto const& t = peek(ahead);
        return t.kind == TokenKind::sign && t.text == sign;
    }
    bool sees_word(std::string_view word, std::size_t ahead = 0) const {
        auto const& t = peek(ahead);
        return t.kind == TokenKind::name && t.text == word;
    }
    // "project-away" is three tokens without blanks between them.
    bool sees_hyphenated(std::string_view whole, std::size_t ahead = 0) const;
    bool accept(std::string_view sign) { return sees(sign) && (take(), true); }
    bool accept_word(std::string_view word) { return sees_word(word) && (take(), true); }
    Status expect(std::string_view sign);
    Status expect_word(std::string_view word);
    std::size_t end_of_last() const { return at_ == 0 ? 0 : tokens_[at_ - 1].span.end; }
    Span from(std::size_t begin) const { return {begin, std::max(begin, end_of_last())}; }

    // What is there instead of `what`.
    Error expected(std::string_view what) const;
    // Skips to the next | or ; outside of brackets opened from here, or to a closing bracket.
    void skip_operator();

    Result<NodePtr> make(Span span, decltype(Node::form) form, int depth);

    Limits const& limits;
    std::vector<Error> errors;
    std::size_t nodes = 0;
    int pipes = 0;
    int joins = 0;
    int nesting = 0;

private:
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
};

// Counts one level of nesting while it lives.
class Nesting {
public:
    explicit Nesting(Cursor& cursor) : cursor_(cursor) { ++cursor_.nesting; }
    ~Nesting() { --cursor_.nesting; }
    Nesting(Nesting const&) = delete;
    Status check() const;

private:
    Cursor& cursor_;
};

// Parts of the grammar, each in a file of its own.
Result<NodePtr> parse_expression(Cursor&);            // or / and / ... without pipes
Result<NodePtr> parse_postfix(Cursor&);               // a word, call, literal or bracket, and the members taken of it
Result<NodePtr> parse_argument(Cursor&);              // name = expression, expression or query
Result<NodePtr> parse_query_or_expression(Cursor&);   // a pipeline becomes a QueryNode
Result<NodePtr> parse_item(Cursor&);                  // one of a column list: a = e, (a, b) = e, e, pattern
Result<std::vector<NodePtr>> parse_items(Cursor&);
Result<NodePtr> parse_source(Cursor&);                // a table of union or join: name, pattern, call, (query)
std::size_t name_width(Cursor const&, std::size_t ahead = 0);  // tokens of the name there: 1, 3 of ['...'], 0 where none is
Result<Word> parse_name(Cursor&);                     // declared names: identifier or ['...']
Result<NodePtr> parse_dynamic(Cursor&);               // dynamic( ... )
Result<Query> parse_query(Cursor&);
Result<Operator> parse_operator(Cursor&);             // after the |
bool sees_source_operator(Cursor const&);              // print, range, union ... at the beginning
Result<Operator> parse_source_operator(Cursor&);
Result<Operator> parse_data_operator(Cursor&, std::string const& name, Span);   // parse, mv-expand, make-series ...
std::optional<Result<Operator>> parse_graph_operator(Cursor&, std::string const& name, Span);  // nothing: it is none
Result<std::vector<ColumnDeclaration>> parse_column_declarations(Cursor&);      // (a:string, b:long)
Result<Type> parse_type(Cursor&);
Result<Settings> parse_settings(Cursor&, std::initializer_list<std::string_view> names);
Result<Settings> parse_with_settings(Cursor&);         // with (a=b, ...)
Result<std::vector<OrderKey>> parse_order(Cursor&);
Result<std::unique_ptr<Query>> parse_bracketed_query(Cursor&);  // ( query )
Result<Program> parse_program(Cursor&);

// The operator whose name stands at `name` and whose form ends where `at` is; the form's error is its own.
template <typename Form>
Result<Operator> wrap(Cursor const& at, Span name, Result<Form> form) {
    if (!form) return std::unexpected(std::move(form).error());
    Operator made;
    made.name_span = name;
    made.span = at.from(name.begin);
    made.form = std::move(*form);
    return made;
}

}  // namespace merlon::hunt
