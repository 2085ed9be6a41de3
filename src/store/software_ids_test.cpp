#include "store/software_ids.h"

#include <string>

#include <gtest/gtest.h>

using merlon::store::SoftwareIds;

TEST(SoftwareIds, keeps_what_was_added_however_many) {
    SoftwareIds ids;
    for (int i = 0; i < 5000; ++i) {
        auto const digest = ids.digest("program " + std::to_string(i));
        ASSERT_FALSE(ids.find(digest)) << i;
        ids.add(digest, i);
    }
    EXPECT_EQ(ids.size(), 5000U);
    for (int i = 0; i < 5000; ++i) EXPECT_EQ(ids.find(ids.digest("program " + std::to_string(i))), i);
    EXPECT_FALSE(ids.find(ids.digest("program 5000")));
    ids.clear();
    EXPECT_EQ(ids.size(), 0U);
    EXPECT_FALSE(ids.find(ids.digest("program 1")));
}

TEST(SoftwareIds, digests_by_a_key_that_nobody_can_guess) {
    SoftwareIds const one, other;
    EXPECT_EQ(one.digest("zlib"), one.digest("zlib"));
    EXPECT_NE(one.digest("zlib"), other.digest("zlib"));
}
