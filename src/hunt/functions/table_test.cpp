#include "hunt/functions/table.h"

#include <gtest/gtest.h>

namespace merlon::hunt {

TEST(FunctionTable, DataFilesReadWithoutFault) {
    EXPECT_EQ(table_faults(), std::vector<std::string>{});
    EXPECT_FALSE(scalar_names().empty());
}

TEST(FunctionTable, FindsByNameAndAliasInTheRightCase) {
    auto const* iff = find_scalar("iff");
    ASSERT_NE(iff, nullptr);
    EXPECT_EQ(find_scalar("iif"), iff);
    EXPECT_EQ(find_scalar("IFF"), nullptr);
}

}  // namespace merlon::hunt
