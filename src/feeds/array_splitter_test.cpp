#include "feeds/array_splitter.h"

#include <gtest/gtest.h>

namespace merlon::feeds {
namespace {

struct Split {
    std::vector<std::string> objects;
    std::vector<std::uint64_t> offsets;
    Result<std::string> around;
};

Split split_by(std::string_view document, std::string key, std::size_t piece) {
    Split split{.around = std::string{}};
    ArraySplitter splitter("doc", std::move(key), [&](std::string_view object, std::uint64_t offset) -> Status {
        split.objects.emplace_back(object);
        split.offsets.push_back(offset);
        return {};
    });
    for (std::size_t at = 0; at < document.size(); at += piece)
        if (auto const fed = splitter.feed(document.substr(at, piece)); !fed) {
            split.around = std::unexpected(fed.error());
            return split;
        }
    split.around = splitter.finish();
    return split;
}

// Braces and quotes inside strings, escapes at every place of a 64-byte block, whatever the pieces.
TEST(ArraySplitter, TakesObjectsApartAtAnyPieceSize) {
    std::string document = R"({"a":{"list":[1]},"list" : [ )";
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < 140; ++i) {
        auto object = R"({"k":"}{\"\\)" + std::string(i, 'x') + R"(","n":{"list":[{}]}})";
        wanted.push_back(object);
        document += (i ? ",\n" : "") + object;
    }
    document += "],\"end\":\"]\"}";
    for (std::size_t const piece : {1U, 2U, 7U, 63U, 64U, 65U, 1000U, 1'000'000U}) {
        auto const split = split_by(document, "list", piece);
        ASSERT_TRUE(split.around) << describe(split.around.error());
        EXPECT_EQ(*split.around, R"({"a":{"list":[1]},"list" : [],"end":"]"})");
        EXPECT_EQ(split.objects, wanted);
        for (std::size_t i = 0; i < wanted.size(); ++i)
            EXPECT_EQ(document.substr(split.offsets[i], wanted[i].size()), wanted[i]);
    }
}

TEST(ArraySplitter, RootArray) {
    auto const split = split_by(" [{\"a\":1} , {} ] \n", "", 3);
    ASSERT_TRUE(split.around);
    EXPECT_EQ(split.objects, (std::vector<std::string>{"{\"a\":1}", "{}"}));
}

TEST(ArraySplitter, SaysWhereItIsDamaged) {
    EXPECT_EQ(describe(split_by(R"({"list":[{"a":1},{"b")", "list", 4).around.error()),
              "doc ends at byte 21, in the middle of the record that begins at byte 17.");
    EXPECT_EQ(split_by(R"({"list":[{"a":1}, "x"]})", "list", 100).around.error().code, "feeds.no_object");
    EXPECT_EQ(split_by(R"({"other":[{}]})", "list", 100).around.error().code, "feeds.no_array");
    EXPECT_EQ(split_by(R"({"list":"[{}]"})", "list", 100).around.error().code, "feeds.no_array");
}

}  // namespace
}  // namespace merlon::feeds
