#include "base/result.h"

#include <gtest/gtest.h>

namespace merlon {
namespace {

Result<int> half(int n) {
    if (n % 2 != 0) return fail("file.missing", std::to_string(n));
    return n / 2;
}
Result<int> quarter(int n) { return TRY(half(TRY(half(n)))); }

TEST(Result, TryPassesTheErrorOn) {
    EXPECT_EQ(quarter(12), 3);
    ASSERT_FALSE(quarter(6));
    EXPECT_EQ(describe(quarter(6).error()), "There is no file 3.");
}

TEST(Result, RenderShowsLineAndCaret) {
    auto const text = std::string_view("first\nsecond line\nthird");
    auto const shown = render(error("file.missing", "x").with(Span{6, 12}), text, "query");
    EXPECT_NE(shown.find("query: line 2, column 1: There is no file x. [file.missing]\nsecond line\n^^^^^^\n"),
              std::string::npos)
        << shown;
}

}  // namespace
}  // namespace merlon
