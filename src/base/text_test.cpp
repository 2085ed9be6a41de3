#include "base/digest.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace merlon {
namespace {

TEST(Text, NearestNameForgivesCaseTyposAndMissingEnds) {
    std::vector<std::string> const names{"DeviceName", "DeviceId", "CveId", "OSPlatform"};
    EXPECT_EQ(nearest("devicename", names), "DeviceName");
    EXPECT_EQ(nearest("DeviceNam", names), "DeviceName");
    EXPECT_EQ(nearest("CevId", names), "CveId");
    EXPECT_EQ(nearest("Zebra", names), std::nullopt);
}

TEST(Text, CleanTextReplacesBrokenBytesAndControls) {
    EXPECT_EQ(clean_text("a\xff\x01z", 100), "a\xEF\xBF\xBD z");
    EXPECT_EQ(clean_text("\xC3\xA9\xC3\xA9", 3), "\xC3\xA9");
}

TEST(Text, Thousands) {
    EXPECT_EQ(with_thousands(1234567), "1,234,567");
    EXPECT_EQ(with_thousands(-999), "-999");
    EXPECT_EQ(with_thousands(-1000), "-1,000");
}

TEST(Text, HexIsReadAsItIsWritten) {
    EXPECT_EQ(from_hex(hex(std::string_view("\0\x7f\xff", 3))), std::string("\0\x7f\xff", 3));
    EXPECT_EQ(from_hex("fFaA"), "\xff\xaa");
    EXPECT_EQ(from_hex(""), "");
    for (auto const* odd : {"f", "0x1", "0x11", "g0", "0g", "-1", "+1", " 1", "1 ", "00 0"}) EXPECT_FALSE(from_hex(odd)) << odd;
}

TEST(Text, SplitKeepsEmptyParts) { EXPECT_EQ(split("a,,b", ',').size(), 3U); }

}  // namespace
}  // namespace merlon
