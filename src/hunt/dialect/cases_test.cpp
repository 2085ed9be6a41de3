// Runs the texts of test/hunt/dialects: a query, and after "--- NAME" what it is in that dialect, or "refused: " and why.
// MERLON_BLESS=1 writes them anew.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/test_places.h"
#include "hunt/hunt.h"

namespace merlon::hunt {
namespace {

std::string said(std::string const& query, Dialect const& dialect) {
    Options options;
    options.now = 638'000'000'000'000'000;
    options.dialect = &dialect;
    auto const compiled = compile(query, options);
    return compiled ? compiled->sql : "refused: " + describe(compiled.error());
}

TEST(DialectCases, SayWhatTheTextsSay) {
    std::size_t cases = 0;
    for (auto const& entry : std::filesystem::directory_iterator(source_root() / "test/hunt/dialects")) {
        if (entry.path().extension() != ".txt") continue;
        std::ifstream file(entry.path());
        std::string written, made, query;
        bool in_query = false;
        for (std::string line; std::getline(file, line);) {
            written += line + "\n";
            if (line.starts_with("## ")) {
                in_query = true;
                query.clear();
                made += line + "\n";
            } else if (line.starts_with("--- ")) {
                auto const* dialect = Dialect::find(line.substr(4));
                ASSERT_NE(dialect, nullptr) << entry.path() << ": " << line;
                made += line + "\n" + said(query, *dialect) + "\n";
                in_query = false;
                ++cases;
            } else if (in_query) {
                query += line + "\n";
                made += line + "\n";
            } else if (line.empty() || line.starts_with("#")) {
                made += line + "\n";
            }
        }
        if (std::getenv("MERLON_BLESS") && made != written) std::ofstream(entry.path()) << made;
        else EXPECT_EQ(made, written) << entry.path();
    }
    EXPECT_GT(cases, 30U);
}

}  // namespace
}  // namespace merlon::hunt
