#include "match/newest.h"

#include <gtest/gtest.h>

#include "store/store.h"

namespace merlon::match {
namespace {

TEST(Newest, GoesByTheOrderOfTheScheme) {
    auto store = store::Store::in_memory().value();
    auto connection = store.connect().value();
    ASSERT_TRUE(add_newest_function(connection));
    auto const newest = [&](std::string scheme, std::string versions) {
        std::array const values{store::Value{std::move(scheme)}, store::Value{std::move(versions)}};
        return std::get<std::string>(connection.scalar("SELECT merlon_newest($1, $2)", values).value());
    };
    EXPECT_EQ(newest("intdot", "9.0\n10.0\n\n9.10"), "10.0");
    EXPECT_EQ(newest("dpkg", "1:1.0\n2.0"), "1:1.0");
    EXPECT_EQ(newest("nothing of the kind", "2\n3"), "2");
    EXPECT_EQ(newest("intdot", ""), "");
}

}  // namespace
}  // namespace merlon::match
