#include "base/json_members.h"

#include <gtest/gtest.h>

namespace merlon::json {
namespace {

TEST(JsonMembers, AreWhatEachByItselfIs) {
    for (auto const* source : {R"({"a": "1", "b": [1, 2], "c": {"a": "no"}})", R"({"b": "x", "a": "first", "a": "second"})", R"({"A": "1", "aa": "2", "": "3"})",
                               R"({"a": null, "b": 1})", "{}", R"(["a", "b"])", R"("a")"}) {
        auto const document = Document::parse(source, "test").value();
        auto const [a, b, missing] = members<"a", "b", "missing">(document.root());
        for (auto const& [found, key] : {std::pair{a, "a"}, std::pair{b, "b"}, std::pair{missing, "missing"}}) {
            auto const alone = member(document.root(), key);
            ASSERT_EQ(found.has_value(), alone.has_value()) << source << " " << key;
            EXPECT_EQ(text(found), text(document.root(), key)) << source << " " << key;
            EXPECT_EQ(array(found).size(), array(document.root(), key).size()) << source << " " << key;
            if (found) { EXPECT_EQ(dump(*found), dump(*alone)) << source << " " << key; }
        }
    }
}

}  // namespace
}  // namespace merlon::json
