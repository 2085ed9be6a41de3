// Statements: let, declare query_parameters, set, and the queries themselves.
#include "hunt/parse/cursor.h"
#include "hunt/parse/habits.h"

namespace merlon::hunt {
namespace {

// True when the bracket at the cursor closes right before a {: then it holds the parameters of a function.
bool sees_lambda(Cursor const& at, std::size_t ahead) {
    if (!at.sees("(", ahead)) return false;
    int open = 0;
    for (std::size_t i = ahead;; ++i) {
        if (at.peek(i).kind == TokenKind::end) return false;
        if (at.sees("(", i)) ++open;
        if (at.sees(")", i) && --open == 0) return at.sees("{", i + 1);
    }
}

Result<std::vector<LetParameter>> parse_parameters(Cursor& at) {
    std::vector<LetParameter> made;
    TRY(at.expect("("));
    while (!at.sees(")")) {
        LetParameter parameter;
        parameter.name = TRY(parse_name(at));
        TRY(at.expect(":"));
        if (at.sees("(")) {
            parameter.tabular = true;
            parameter.columns = TRY(parse_column_declarations(at));
            if (parameter.columns.size() == 1 && parameter.columns[0].star) {
                parameter.any_columns = true;
                parameter.columns.clear();
            }
        } else {
            parameter.type = TRY(parse_type(at));
        }
        if (at.accept("=")) parameter.fallback = TRY(parse_expression(at));
        made.push_back(std::move(parameter));
        if (!at.accept(",") && !at.sees(")")) return std::unexpected(at.expected(", or )"));
    }
    at.take();
    return made;
}

Result<Statement> parse_let(Cursor& at);

Result<std::unique_ptr<Query>> parse_value(Cursor& at) {
    auto query = std::make_unique<Query>(TRY(parse_query(at)));
    return query;
}

Result<std::unique_ptr<Lambda>> parse_lambda(Cursor& at) {
    Nesting const nesting(at);
    TRY(nesting.check());
    auto made = std::make_unique<Lambda>();
    made->view = at.accept_word("view");
    made->parameters = TRY(parse_parameters(at));
    TRY(at.expect("{"));
    while (at.sees_word("let")) {
        made->lets.push_back(TRY(parse_let(at)));
        TRY(at.expect(";"));
    }
    made->body = TRY(parse_value(at));
    at.accept(";");
    TRY(at.expect("}"));
    return made;
}

Result<Statement> parse_let(Cursor& at) {
    auto const begin = at.take().span.begin;
    LetStatement let;
    let.name = TRY(parse_name(at));
    TRY(at.expect("="));
    bool const view = at.sees_word("view") && at.sees("(", 1);
    if (view || sees_lambda(at, 0)) let.lambda = TRY(parse_lambda(at));
    else let.value = TRY(parse_value(at));
    Statement made;
    made.span = at.from(begin);
    made.form = std::move(let);
    return made;
}

Result<std::string> parse_text(Cursor& at) {
    auto const span = at.peek().span;
    auto const node = TRY(parse_expression(at));
    auto const* literal = form_of<LiteralNode>(*node);
    auto const* text = literal && literal->value.type == Type::string ? std::get_if<std::string>(&literal->value.value) : nullptr;
    if (!text) return std::unexpected(error("KS101").with(span));
    return *text;
}

// name:string
Result<Word> parse_text_parameter(Cursor& at) {
    auto name = TRY(parse_name(at));
    TRY(at.expect(":"));
    TRY(at.expect_word("string"));
    return name;
}

Result<PatternCase> parse_pattern_case(Cursor& at, DeclarePattern const& pattern) {
    PatternCase made;
    auto const span = at.peek().span;
    TRY(at.expect("("));
    do made.arguments.push_back(TRY(parse_text(at)));
    while (at.accept(","));
    TRY(at.expect(")"));
    if (made.arguments.size() != pattern.parameters.size())
        return std::unexpected(error("KS119", pattern.name.text, std::to_string(pattern.parameters.size())).with(span));
    if (pattern.path) {
        TRY(at.expect("."));
        TRY(at.expect("["));
        made.path = TRY(parse_text(at));
        TRY(at.expect("]"));
    }
    TRY(at.expect("="));
    TRY(at.expect("{"));
    made.body = TRY(parse_value(at));
    at.accept(";");
    TRY(at.expect("}"));
    return made;
}

Result<DeclarePattern> parse_pattern(Cursor& at) {
    Nesting const nesting(at);
    TRY(nesting.check());
    at.take();
    DeclarePattern made;
    made.name = TRY(parse_name(at));
    if (!at.accept("=")) return made;
    TRY(at.expect("("));
    do made.parameters.push_back(TRY(parse_text_parameter(at)));
    while (at.accept(","));
    TRY(at.expect(")"));
    if (at.accept("[")) {
        made.path = TRY(parse_text_parameter(at));
        TRY(at.expect("]"));
    }
    TRY(at.expect("{"));
    while (!at.sees("}")) {
        made.cases.push_back(TRY(parse_pattern_case(at, made)));
        if (!at.accept(";") && !at.sees("}")) return std::unexpected(at.expected("; or }"));
    }
    at.take();
    return made;
}

Result<Statement> parse_declare(Cursor& at) {
    auto const begin = at.take().span.begin;
    if (at.sees_word("pattern")) {
        Statement made;
        made.form = TRY(parse_pattern(at));
        made.span = at.from(begin);
        return made;
    }
    if (!at.sees_word("query_parameters"))
        return std::unexpected(error("hunt.not_supported", "declare " + at.peek().text).with(at.peek().span));
    at.take();
    Statement made;
    auto parameters = TRY(parse_parameters(at));
    made.form = DeclareParameters{std::move(parameters)};
    made.span = at.from(begin);
    return made;
}

Result<Statement> parse_statement(Cursor& at) {
    auto const begin = at.peek().span.begin;
    if (at.sees_word("let") && (at.peek(1).kind == TokenKind::name || at.sees("[", 1))) return parse_let(at);
    if (at.sees_word("declare")) return parse_declare(at);
    for (auto word : {"alias", "restrict"})
        if (at.sees_word(word) && at.peek(1).kind == TokenKind::name)
            return std::unexpected(error("hunt.not_supported", std::string(word)).with(at.peek().span));
    if (at.sees(".")) return std::unexpected(error("hunt.not_supported", "management commands").with(at.peek().span));
    Statement made;
    if (at.sees_word("set") && at.peek(1).kind == TokenKind::name) {
        at.take();
        SetStatement set;
        set.name = at.take().text;
        if (at.accept("=")) {
            if (auto value = parse_expression(at)) set.value = std::move(*value);
        }
        while (!at.at_end() && !at.sees(";")) at.take();
        made.form = std::move(set);
    } else {
        made.form = TRY(parse_value(at));
    }
    made.span = at.from(begin);
    return made;
}

}  // namespace

Result<Program> parse_program(Cursor& at) {
    Program program;
    while (true) {
        while (at.accept(";")) {}
        if (at.at_end()) break;
        auto const beginning = habit_of_beginning(at.peek().text);
        auto made = parse_statement(at);
        if (made) {
            program.statements.push_back(std::move(*made));
            if (at.at_end() || at.sees(";")) continue;
            at.errors.push_back(at.sees(")") || at.sees("]") || at.sees("}")
                                    ? error("KS198").with(at.peek().span).with_hint("Nothing is open that this bracket closes.")
                                    : at.expected(";"));
            if (!beginning.empty()) at.errors.back().hint = beginning;
            else if (std::holds_alternative<LetStatement>(program.statements.back().form)) at.errors.back().hint = "A let ends with ;.";
        } else {
            bool const limit = made.error().code.starts_with("hunt.too_");
            at.errors.push_back(std::move(made).error());
            if (limit) break;
        }
        while (!at.at_end() && !at.sees(";")) at.take();
        if (at.errors.size() >= 20) break;
    }
    if (!at.errors.empty()) {
        auto first = std::move(at.errors.front());
        for (std::size_t i = 1; i < at.errors.size(); ++i) first.others.push_back(std::move(at.errors[i]));
        return std::unexpected(std::move(first));
    }
    program.nodes = at.nodes;
    program.pipes = at.pipes;
    program.joins = at.joins;
    return program;
}

Result<Program> parse(std::string_view text, Limits const& limits) {
    if (text.size() > limits.text_bytes)
        return fail("hunt.text_too_long", std::to_string(text.size()), std::to_string(limits.text_bytes));
    Cursor at(TRY(read_tokens(text)), limits);
    return parse_program(at);
}

}  // namespace merlon::hunt
