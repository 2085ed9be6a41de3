#include "hunt/dialect/dialect.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/test_places.h"
#include "hunt/hunt.h"

namespace merlon::hunt {
namespace {

std::string read(std::filesystem::path const& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::filesystem::path> sources(std::initializer_list<std::string_view> folders) {
    std::vector<std::filesystem::path> found;
    for (auto const folder : folders)
        for (auto const& entry : std::filesystem::recursive_directory_iterator(source_root() / "src/hunt" / folder)) {
            auto const name = entry.path().string();
            if ((name.ends_with(".cpp") || name.ends_with(".h")) && !name.ends_with("_test.cpp")) found.push_back(entry.path());
        }
    return found;
}

// The texts of a source file that stand in quotes.
std::vector<std::string> literals(std::string_view code) {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code.substr(i, 2) == "//") {
            i = std::min(code.find('\n', i), code.size());
        } else if (code[i] == '\'') {  // '"'
            for (++i; i < code.size() && code[i] != '\'' && code[i] != '\n'; ++i)
                if (code[i] == '\\') ++i;
        } else if (code[i] == '"') {
            std::string text;
            for (++i; i < code.size() && code[i] != '"'; ++i) {
                if (code[i] == '\\') text += code[i++];
                text += code[i];
            }
            found.push_back(std::move(text));
        }
    }
    return found;
}

bool has_word(std::string_view text, std::string_view word) {
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1))
        if (at == 0 || !(std::isalnum(static_cast<unsigned char>(text[at - 1])) || text[at - 1] == '_')) return true;
    return false;
}

TEST(Dialect, FilesReadWithoutFault) {
    for (auto const& dialect : Dialect::all()) EXPECT_EQ(dialect.faults(), std::vector<std::string>{}) << dialect.name();
    EXPECT_EQ(Dialect::duckdb().name(), "duckdb");
}

TEST(Dialect, NoWordOfAnEngineStandsInTheCode) {
    std::size_t looked_at = 0;
    for (auto const& path : sources({"bind", "plan", "emit"}))
        for (auto const& text : literals(read(path))) {
            ++looked_at;
            for (auto const word : {"SELECT", "FROM ", "WHERE ", "JOIN ", "GROUP BY", "ORDER BY", "PARTITION BY", "OVER (", "UNION ", "CAST(", "CASE ",
                                    "WHEN ", "END", "IS NULL", "IS NOT", "IS DISTINCT", "NULLS ", "DISTINCT ", "MATERIALIZED", "BIGINT", "VARCHAR",
                                    "DOUBLE", "coalesce(", "nullif(", "list_", "list(", "struct_", "kql_", "unnest(", "array_to", "json_extract",
                                    "count(", "sum(", "max(", "min(", "AND ", "OR ", "NOT "})
                EXPECT_FALSE(has_word(text, word)) << path << ": \"" << text << "\" belongs in schema/dialects";
        }
    EXPECT_GT(looked_at, 500U);
}

TEST(Dialect, EachWordIsSaidSomewhere) {
    std::string code;
    for (auto const& path : sources({"bind", "plan", "emit"})) code += read(path);
    for (auto i = static_cast<std::size_t>(Say::type_dynamic) + 1; i < static_cast<std::size_t>(Say::end); ++i) {
        auto const name = "Say::" + std::string(name_of(static_cast<Say>(i)));
        auto at = code.find(name);
        while (at != code.npos && (std::isalnum(static_cast<unsigned char>(code[at + name.size()])) || code[at + name.size()] == '_')) at = code.find(name, at + 1);
        EXPECT_NE(at, code.npos) << name << " is said nowhere";
    }
}

TEST(Dialect, TemplatesAreReadInPieces) {
    using Kind = Wording::Kind;
    auto const made = Wording::parse("f({0}, {12*}, $1, $2*, {type}, {in1}, '$[*]', {{}}, {*})", true);
    std::vector<std::pair<Kind, std::size_t>> pieces;
    std::string text;
    for (auto const& piece : made.pieces) {
        if (piece.kind == Kind::text) text += piece.text;
        else pieces.emplace_back(piece.kind, piece.index);
    }
    EXPECT_EQ(text, "f(, , , , , , '$[*]', {}, )");
    EXPECT_EQ(pieces, (std::vector<std::pair<Kind, std::size_t>>{{Kind::argument, 0}, {Kind::arguments_from, 12}, {Kind::place, 0}, {Kind::places_from, 1},
                                                                 {Kind::type, 0}, {Kind::input, 1}, {Kind::arguments_from, 0}}));
    EXPECT_EQ(Wording::parse("$1", false).pieces[0].text, "$1");  // a function's template has no places
}

}  // namespace
}  // namespace merlon::hunt
