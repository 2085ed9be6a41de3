// Runs the mistakes of test/hunt/mistakes.txt: "? " and a query (⏎ is the end of a line), below it where and what its first error is,
// and what to do. MERLON_BLESS=1 writes them anew.
#include <fstream>

#include <gtest/gtest.h>

#include "base/test_places.h"
#include "base/text.h"
#include "hunt/hunt.h"

namespace merlon::hunt {
namespace {

std::string told(std::string query) {
    constexpr std::string_view line_end = "⏎";
    for (auto at = query.find(line_end); at != query.npos; at = query.find(line_end)) query.replace(at, line_end.size(), "\n");
    auto const compiled = compile(query);
    if (compiled) return "    accepted\n";
    auto const& e = compiled.error();
    auto const at = e.span ? line_column(query, e.span->begin) : LineColumn{};
    return "    " + std::to_string(at.line) + ":" + std::to_string(at.column) + " " + e.code + ": " + describe(e) + "\n    " + (hint_of(e).empty() ? "-" : hint_of(e)) + "\n";
}

TEST(Mistakes, AreToldWithWhatToDo) {
    auto const place = source_root() / "test/hunt/mistakes.txt";
    std::ifstream file(place);
    std::string written, made;
    std::size_t cases = 0;
    for (std::string line; std::getline(file, line);) {
        written += line + "\n";
        if (line.starts_with("    ")) continue;
        made += line + "\n";
        if (line.starts_with("? ")) made += told(line.substr(2)), ++cases;
    }
    if (std::getenv("MERLON_BLESS") && made != written) std::ofstream(place) << made;
    else EXPECT_EQ(made, written);
    EXPECT_GE(cases, 60U);
}

}  // namespace
}  // namespace merlon::hunt
