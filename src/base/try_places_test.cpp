// Reads the sources and fails on a TRY inside of braces that make a value (`{a, TRY(b)}`): when it returns, GCC 12 leaks what was made
// there already (CONTRIBUTING.md, "House rules").
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/result.h"
#include "base/test_places.h"

namespace merlon {
namespace {

namespace fs = std::filesystem;

struct Token {
    std::string_view text;  // a word or number, "::", "->", "str" for a literal, or one character
    std::size_t at;
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Where the literal ends that begins at `at` with its mark; a raw one ends with the word that it begins with.
std::size_t end_of_literal(std::string_view source, std::size_t at, bool raw) {
    if (raw) {
        auto const open = std::min(source.find('(', at), source.size());
        auto const close = ")" + std::string(source.substr(at + 1, open - at - 1)) + "\"";
        auto const end = source.find(close, open);
        return end == std::string_view::npos ? source.size() : end + close.size();
    }
    auto const mark = source[at++];
    while (at < source.size() && source[at] != mark) at += source[at] == '\\' ? 2 : 1;
    return at + 1;
}

// Past the directive and the lines that it goes on in.
std::size_t end_of_directive(std::string_view source, std::size_t at) {
    do at = source.find('\n', at + 1);
    while (at != std::string_view::npos && source[at - 1] == '\\');
    return std::min(at, source.size());
}

// Words and signs, without comments and directives.
std::vector<Token> tokens_of(std::string_view source) {
    std::vector<Token> tokens;
    bool line_begins = true;
    for (std::size_t at = 0; at < source.size();) {
        auto const begin = at;
        auto const c = source[at];
        auto const rest = source.substr(at);
        if (c == '\n') line_begins = true;
        if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            ++at;
            continue;
        }
        if (c == '#' && line_begins) {
            at = end_of_directive(source, at);
            continue;
        }
        line_begins = false;
        if (rest.starts_with("//")) at = std::min(source.find('\n', at), source.size());
        else if (rest.starts_with("/*")) at = std::min(source.find("*/", at), source.size() - 2) + 2;
        else if (is_word(c)) {
            bool const number = std::isdigit(static_cast<unsigned char>(c)) != 0;
            while (at < source.size() && (is_word(source[at]) || (number && source[at] == '\''))) ++at;
            auto const word = source.substr(begin, at - begin);
            bool const raw = word.ends_with('R') && source.substr(at).starts_with('"');
            if (raw) at = end_of_literal(source, at, true);
            tokens.push_back({raw ? "str" : word, begin});
        } else if (c == '"' || c == '\'') {
            at = end_of_literal(source, at, false);
            tokens.push_back({"str", begin});
        } else {
            at += rest.starts_with("::") || rest.starts_with("->") ? 2 : 1;
            tokens.push_back({source.substr(begin, at - begin), begin});
        }
    }
    return tokens;
}

// Whether `[` stands before the bracket that closes at `close` as a lambda's does: behind no name.
bool is_capture(std::span<Token const> tokens, std::size_t close) {
    std::size_t depth = 0;
    for (auto i = close + 1; i-- > 0;) {
        if (tokens[i].text == "]") ++depth;
        if (tokens[i].text != "[" || --depth > 0) continue;
        auto const before = i == 0 ? ";" : tokens[i - 1].text;
        return before == "return" || !(is_word(before.back()) || before == "]");
    }
    return true;
}

// Whether what is before `{` is a type that a function returns (`-> Result<int> {`) or that is being declared (`struct A : B {`).
bool declares(std::span<Token const> tokens) {
    constexpr std::string_view declaring[] = {"struct", "class", "union", "enum", "namespace", "->"};
    std::size_t angles = 0;
    for (auto i = tokens.size(); i-- > 0;) {
        auto const text = tokens[i].text;
        if (std::ranges::find(declaring, text) != std::end(declaring) && angles == 0) return true;
        if (text == ">") ++angles;
        else if (text == "<" && angles > 0) --angles;
        else if (angles == 0 && !is_word(text.front()) && !(text == "::" || text == ":" || text == "&" || text == "*")) return false;
    }
    return false;
}

// Whether `{` behind these tokens begins statements; else it makes a value. `inside_value`: it stands in braces that do.
bool begins_statements(std::span<Token const> tokens, bool inside_value) {
    while (!tokens.empty() && tokens.back().text == "&") tokens = tokens.first(tokens.size() - 1);  // "f() const& {"
    if (tokens.empty()) return true;
    constexpr std::string_view before_statements[] = {")",   ";",     "}",        ":",       "else",     "do",   "try",
                                                      "str", "const", "noexcept", "mutable", "override", "final"};
    auto const before = tokens.back().text;
    if (before == "{") return !inside_value;
    if (std::ranges::find(before_statements, before) != std::end(before_statements)) return true;
    if (before == "]") return is_capture(tokens, tokens.size() - 1);
    return declares(tokens);
}

// The lines on which a TRY stands inside of braces that make a value.
std::vector<std::size_t> tries_in_braces(std::string_view source) {
    enum class Opened : std::uint8_t { other, statements, value };
    std::vector<std::size_t> lines;
    std::vector<Opened> open;
    auto const tokens = tokens_of(source);
    // Parentheses do not end braces around them, statements do.
    auto const inside_value = [&] {
        auto const inner = std::find_if(open.rbegin(), open.rend(), [](Opened it) { return it != Opened::other; });
        return inner != open.rend() && *inner == Opened::value;
    };
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        auto const text = tokens[i].text;
        if (text == "{") {
            bool const statements = begins_statements(std::span(tokens).first(i), inside_value());
            open.push_back(statements ? Opened::statements : Opened::value);
        } else if (text == "(" || text == "[") open.push_back(Opened::other);
        else if ((text == "}" || text == ")" || text == "]") && !open.empty()) open.pop_back();
        else if (text == "TRY" && inside_value()) lines.push_back(line_column(source, tokens[i].at).line);
    }
    return lines;
}

TEST(TryPlaces, ATryInBracesThatMakeAValueIsFound) {
    using Lines = std::vector<std::size_t>;
    for (auto const* source : {
             "return Pair{first, TRY(second())};",
             "items.push_back({side, split ? TRY(text()) : make()});",
             "Value const values[]{TRY(one())};",
             "call(f({1}), Options{.name = g(TRY(one()))});",
             "std::vector<std::pair<int, A>>{{1, TRY(one())}};",
             "auto x = Plan{[&] { return 1; }, TRY(one())};",
             "return {1'000, \"}\", '}', R\"x(\"})x\", TRY(one())};",
         })
        EXPECT_EQ(tries_in_braces(source), Lines{1}) << source;
    EXPECT_EQ(tries_in_braces("void f() {\n    // {TRY(a)}\n    g({1,\n       TRY(a)});\n}\n"), Lines{4});
}

TEST(TryPlaces, OthersAreNotTakenForOne) {
    for (auto const* source : {
             "Status f() { TRY(g()); if (a) { return TRY(h({1, 2})); } else { TRY(h()); } }",
             "auto x = [&](A const& a) -> Result<std::pair<A, B>> { return TRY(g(a)); };",
             "auto x = Plan{[&] { return TRY(g()); }, 1};",
             "struct A : base::B {\n    A() : b_{1}, c_(2) { TRY(g()); }\n};",
             "namespace a::b {\nnamespace {\nStatus f() const& { return TRY(g()); }\n}\n}",
             "switch (x) { case 1: { TRY(g()); break; } default: { TRY(g()); } }",
             "#define MADE(x) \\\n    {TRY(x)}\nint a;",
             "auto s = \"{TRY(x)}\"; /* {1, TRY(x)} */ // {1, TRY(x)}",
             "return list({1, 2}, TRY(one()));",
             "for (auto const& a : TRY(g({1}))) { TRY(h(a)); }",
         })
        EXPECT_EQ(tries_in_braces(source), std::vector<std::size_t>{}) << source;
}

TEST(TryPlaces, NoneOfTheSourcesHasOne) {
    auto const sources = source_root() / "src";
    if (!fs::exists(sources)) GTEST_SKIP() << "the sources are not at hand: " << sources;
    std::size_t files = 0;
    for (auto const& entry : fs::recursive_directory_iterator(sources)) {
        if (auto const extension = entry.path().extension(); extension != ".h" && extension != ".cpp") continue;
        ++files;
        std::ifstream in(entry.path());
        std::string const source(std::istreambuf_iterator<char>(in), {});
        for (auto const line : tries_in_braces(source))
            ADD_FAILURE() << fs::relative(entry.path(), sources).string() << ":" << line
                          << ": TRY inside of braces: give it a line of its own";
    }
    EXPECT_GT(files, 20U);
}

}  // namespace
}  // namespace merlon
