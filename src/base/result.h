// Errors as values. A function that can fail returns Result<T>; TRY passes the error on to the caller.
#pragma once
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace merlon {

// A half-open range of bytes [begin, end) in the text that the error speaks of.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
    friend bool operator==(Span, Span) = default;
};

// Whose fault it is: `user` errors say what to change, `ours` ask for a report.
enum class Fault { user, ours };

// What went wrong, as a code of schema/errors and its arguments; the words are made by describe().
struct Error {
    std::string code;
    std::vector<std::string> args;
    std::optional<Span> span;   // where in the text that was read
    std::string hint;           // what to do; overrides the hint of the catalogue
    std::vector<Error> others;  // further, independent errors of the same input

    Error with(Span where) && { span = where; return std::move(*this); }
    Error with_hint(std::string text) && { hint = std::move(text); return std::move(*this); }
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// Makes an error of the catalogue: error("feeds.truncated", file, position).
template <typename... Args>
Error error(std::string_view code, Args&&... args) {
    Error made;
    made.code = code;
    (made.args.emplace_back(std::forward<Args>(args)), ...);
    return made;
}
template <typename... Args>
std::unexpected<Error> fail(std::string_view code, Args&&... args) {
    return std::unexpected(error(code, std::forward<Args>(args)...));
}

// The sentence of the catalogue with its arguments filled in. An unknown code is printed with its arguments.
std::string describe(Error const&);
// The hint of the error, or else of the catalogue; may be empty.
std::string hint_of(Error const&);
Fault fault_of(Error const&);
// True where the catalogue knows the code; a test asks it for each code that the sources use.
bool error_code_exists(std::string_view code);

// describe() and hint_of(), with the line and a caret below it when `text` is what was read and the error has a span.
std::string render(Error const&, std::string_view text = {}, std::string_view name = {});

// Line and column, both from 1; the column counts code points.
struct LineColumn {
    std::size_t line = 1;
    std::size_t column = 1;
};
LineColumn line_column(std::string_view text, std::size_t offset);

}  // namespace merlon

#define MERLON_JOIN2(a, b) a##b
#define MERLON_JOIN(a, b) MERLON_JOIN2(a, b)
#define MERLON_TRY(name, expression)                                                        \
    __extension__({                                                                         \
        auto&& name = (expression);                                                         \
        if (!name) return std::unexpected(std::move(name).error());                         \
        std::move(name).value();                                                            \
    })
// The value of a Result, or return its error.
#define TRY(...) MERLON_TRY(MERLON_JOIN(tried_, __COUNTER__), (__VA_ARGS__))
