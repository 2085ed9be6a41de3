// Turns plain C++ functions into functions of the engine: the types of a callable's parameters say the SQL types.
//
//   parameters  std::string_view  VARCHAR; NULL reads as "" (a text is never null, and "" is the dynamic null)
//               std::int64_t, std::int32_t, double, bool: NULL makes the result NULL (or "" where that is text)
//               std::optional of those: sees the NULL
//   results     std::int64_t, std::int32_t, double, bool, or std::optional of those
//               std::string_view, std::string: VARCHAR
//               with a last parameter std::string& out: void (VARCHAR never null) or bool (false: NULL)
//
// prepared() is for functions with one costly text parameter (a needle, a pattern, a list): it is made ready once for a
// chunk in which it is constant, and otherwise each time its text changes.
#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "store/engine.h"

namespace merlon::hunt {

namespace define_detail {

using store::Column;
using store::ColumnType;

template <typename T>
struct Parameter;
template <>
struct Parameter<std::string_view> {
    static constexpr auto type = ColumnType::text;
    static bool missing(Column const&, std::size_t) { return false; }
    static std::string_view read(Column const& c, std::size_t row) { return c.text_or_empty(row); }
};
template <>
struct Parameter<std::int64_t> {
    static constexpr auto type = ColumnType::int64;
    static bool missing(Column const& c, std::size_t row) { return c.is_null(row); }
    static std::int64_t read(Column const& c, std::size_t row) { return c.int64(row); }
};
template <>
struct Parameter<std::int32_t> {
    static constexpr auto type = ColumnType::int32;
    static bool missing(Column const& c, std::size_t row) { return c.is_null(row); }
    static std::int32_t read(Column const& c, std::size_t row) { return c.int32(row); }
};
template <>
struct Parameter<double> {
    static constexpr auto type = ColumnType::real;
    static bool missing(Column const& c, std::size_t row) { return c.is_null(row); }
    static double read(Column const& c, std::size_t row) { return c.real(row); }
};
template <>
struct Parameter<bool> {
    static constexpr auto type = ColumnType::boolean;
    static bool missing(Column const& c, std::size_t row) { return c.is_null(row); }
    static bool read(Column const& c, std::size_t row) { return c.boolean(row); }
};
template <typename T>
struct Parameter<std::optional<T>> {
    static constexpr auto type = Parameter<T>::type;
    static bool missing(Column const&, std::size_t) { return false; }
    static std::optional<T> read(Column const& c, std::size_t row) {
        if (c.is_null(row)) return {};
        return Parameter<T>::read(c, row);
    }
};

template <typename T>
struct Returned {
    static constexpr auto type = ColumnType::text;
};
template <>
struct Returned<bool> {
    static constexpr auto type = ColumnType::boolean;
};
template <>
struct Returned<std::int32_t> {
    static constexpr auto type = ColumnType::int32;
};
template <>
struct Returned<std::int64_t> {
    static constexpr auto type = ColumnType::int64;
};
template <>
struct Returned<double> {
    static constexpr auto type = ColumnType::real;
};
template <typename T>
struct Returned<std::optional<T>> : Returned<T> {};

inline void write(store::Output& out, std::size_t row, bool value) { out.boolean(row, value); }
inline void write(store::Output& out, std::size_t row, std::int32_t value) { out.int32(row, value); }
inline void write(store::Output& out, std::size_t row, std::int64_t value) { out.int64(row, value); }
inline void write(store::Output& out, std::size_t row, double value) { out.real(row, value); }
inline void write(store::Output& out, std::size_t row, std::string_view value) { out.text(row, value); }
template <typename T>
void write(store::Output& out, std::size_t row, std::optional<T> const& value) {
    if (value) write(out, row, *value);
    else out.null(row);
}

template <typename T>
constexpr bool is_text_result = std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>;

// The signature of a callable object, cut into its result and its parameters.
template <typename F>
struct Signature : Signature<decltype(&F::operator())> {};
template <typename R, typename C, typename... A>
struct Signature<R (C::*)(A...) const> {
    using Result = R;
    using Parameters = std::tuple<A...>;
};
template <typename R, typename C, typename... A>
struct Signature<R (C::*)(A...) const noexcept> : Signature<R (C::*)(A...) const> {};

template <typename Tuple, std::size_t Drop, std::size_t... I>
auto part_of(std::index_sequence<I...>) -> std::tuple<std::tuple_element_t<I + Drop, Tuple>...>;

template <typename Tuple>
constexpr bool writes_text() {
    if constexpr (std::tuple_size_v<Tuple> == 0) return false;
    else return std::is_same_v<std::tuple_element_t<std::tuple_size_v<Tuple> - 1, Tuple>, std::string&>;
}

// Runs `call(args..., out)` or `call(args...)` for one row and writes what it gives.
template <typename F, typename... A, std::size_t... I>
void run_row(F const& f, std::tuple<A...>*, std::index_sequence<I...>, std::span<Column const> columns, std::size_t row,
             store::Output& output, std::string& scratch, bool scratch_text) {
    (void)columns;
    (void)scratch_text;
    if ((Parameter<A>::missing(columns[I], row) || ... || false)) {
        if constexpr (std::is_invocable_v<F, A..., std::string&>) {
            if constexpr (std::is_void_v<std::invoke_result_t<F, A..., std::string&>>) return output.text(row, "");
            else return output.null(row);
        } else if constexpr (is_text_result<std::invoke_result_t<F, A...>>) {
            return output.text(row, "");
        } else {
            return output.null(row);
        }
    }
    if constexpr (std::is_invocable_v<F, A..., std::string&>) {
        scratch.clear();
        if constexpr (std::is_void_v<std::invoke_result_t<F, A..., std::string&>>) {
            f(Parameter<A>::read(columns[I], row)..., scratch);
            output.text(row, scratch);
        } else {
            if (f(Parameter<A>::read(columns[I], row)..., scratch)) output.text(row, scratch);
            else output.null(row);
        }
    } else {
        write(output, row, f(Parameter<A>::read(columns[I], row)...));
    }
}

template <typename T>
T const& unwrapped(T const& value) { return value; }
template <typename T>
T const& unwrapped(Result<T> const& value) { return *value; }

template <typename... A>
std::vector<ColumnType> types_of(std::tuple<A...>*) {
    return {Parameter<A>::type...};
}

}  // namespace define_detail

// Adds `name` with the meaning `f`; the same name may be added again with other parameter types.
template <typename F>
void define(std::vector<store::ScalarFunction>& all, std::string name, F f, bool is_volatile = false) {
    namespace d = define_detail;
    using Given = typename d::Signature<F>::Parameters;
    constexpr bool appends = d::writes_text<Given>();
    constexpr auto count = std::tuple_size_v<Given> - (appends ? 1 : 0);
    using Read = decltype(d::part_of<Given, 0>(std::make_index_sequence<count>{}));
    store::ScalarFunction made;
    made.name = std::move(name);
    made.parameters = d::types_of(static_cast<Read*>(nullptr));
    if constexpr (!appends) made.returns = d::Returned<typename d::Signature<F>::Result>::type;
    made.is_volatile = is_volatile;
    made.body = [f = std::move(f)](store::ScalarCall& call) -> Status {
        thread_local std::string scratch;
        for (std::size_t row = 0; row < call.rows; ++row)
            d::run_row(f, static_cast<Read*>(nullptr), std::make_index_sequence<count>{}, call.arguments, row, call.out,
                       scratch, appends);
        return {};
    };
    all.push_back(std::move(made));
}

// `prepare(text)` makes a value P of argument `at`; `f(P const&, others...)` gives the result. `prepare` may return a
// Result, whose error ends the query. The SQL function keeps the argument at place `at` among the others.
template <std::size_t At, typename Prepare, typename F>
void define_prepared(std::vector<store::ScalarFunction>& all, std::string name, Prepare prepare, F f) {
    namespace d = define_detail;
    using Given = typename d::Signature<F>::Parameters;
    constexpr bool appends = d::writes_text<Given>();
    constexpr auto count = std::tuple_size_v<Given> - 1 - (appends ? 1 : 0);  // without P and out
    using Read = decltype(d::part_of<Given, 1>(std::make_index_sequence<count>{}));
    using Made = std::invoke_result_t<Prepare, std::string_view>;
    store::ScalarFunction made;
    made.name = std::move(name);
    made.parameters = d::types_of(static_cast<Read*>(nullptr));
    made.parameters.insert(made.parameters.begin() + At, store::ColumnType::text);
    if constexpr (!appends) made.returns = d::Returned<typename d::Signature<F>::Result>::type;
    made.body = [prepare = std::move(prepare), f = std::move(f)](store::ScalarCall& call) -> Status {
        thread_local std::string scratch;
        std::vector<store::Column> others;
        for (std::size_t i = 0; i < call.arguments.size(); ++i)
            if (i != At) others.push_back(call.arguments[i]);
        auto const& column = call.arguments[At];
        bool const constant = call.constant(At);
        std::optional<Made> ready;
        std::string text;
        for (std::size_t row = 0; row < call.rows; ++row) {
            if (!ready || (!constant && column.text_or_empty(row) != text)) {
                text = column.text_or_empty(row);
                ready.emplace(prepare(text));
                if constexpr (requires { ready->error(); })
                    if (!*ready) return std::unexpected(ready->error());
            }
            auto const& value = d::unwrapped(*ready);
            auto const bound = [&](auto&&... rest) -> decltype(f(value, std::forward<decltype(rest)>(rest)...)) {
                return f(value, std::forward<decltype(rest)>(rest)...);
            };
            d::run_row(bound, static_cast<Read*>(nullptr), std::make_index_sequence<count>{}, others, row, call.out,
                       scratch, appends);
        }
        return {};
    };
    all.push_back(std::move(made));
}

// A function of any number of VARCHAR arguments, NULL read as "": `f(texts, out)`, void or bool as above.
template <typename F>
void define_variadic(std::vector<store::ScalarFunction>& all, std::string name, F f) {
    store::ScalarFunction made;
    made.name = std::move(name);
    made.variadic = store::ColumnType::text;
    made.body = [f = std::move(f)](store::ScalarCall& call) -> Status {
        thread_local std::string scratch;
        std::vector<std::string_view> texts(call.arguments.size());
        for (std::size_t row = 0; row < call.rows; ++row) {
            for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = call.arguments[i].text_or_empty(row);
            scratch.clear();
            std::span<std::string_view const> const given = texts;
            if constexpr (std::is_void_v<std::invoke_result_t<F, std::span<std::string_view const>, std::string&>>) {
                f(given, scratch);
                call.out.text(row, scratch);
            } else {
                if (f(given, scratch)) call.out.text(row, scratch);
                else call.out.null(row);
            }
        }
        return {};
    };
    all.push_back(std::move(made));
}

}  // namespace merlon::hunt
