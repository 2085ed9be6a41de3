#include <gtest/gtest.h>

#include "model/device.h"
#include "model/knowledge.h"

namespace merlon {
namespace {

TEST(CpeName, ReadsEscapesAndTheOlderForm) {
    auto const cpe = parse_cpe(R"(cpe:2.3:a:7-zip:7\:zip\+plus:19.00:*:*:*:*:windows:x64:*)");
    ASSERT_TRUE(cpe);
    EXPECT_EQ(cpe->product, "7:zip+plus");
    EXPECT_EQ(cpe->target_sw, "windows");
    EXPECT_EQ(cpe_text(*cpe), R"(cpe:2.3:a:7-zip:7\:zip\+plus:19.00:*:*:*:*:windows:x64:*)");
    auto const older = parse_cpe("cpe:/o:Microsoft:windows_10:1809");
    ASSERT_TRUE(older);
    EXPECT_EQ(subject_key(*older), "o:microsoft:windows_10");
    EXPECT_FALSE(parse_cpe("cpe:2.3:a"));
    EXPECT_FALSE(parse_cpe("nonsense"));
}

TEST(SoftwareKeyId, IgnoresPathAndKnowsThePlatform) {
    OperatingSystem debian{.platform = "Linux", .distribution = "debian", .version = "12"};
    SoftwareItem item{.source = "deb", .name = "openssl", .version = "3.0.15-1~deb12u1"};
    auto with_path = item;
    with_path.path = "/usr/bin/openssl";
    EXPECT_EQ(software_key(item, debian).id(), software_key(with_path, debian).id());
    EXPECT_EQ(software_key(item, debian).item.distribution, "debian:12");
    OperatingSystem ubuntu{.platform = "Linux", .distribution = "ubuntu", .version = "22.04"};
    EXPECT_NE(software_key(item, debian).id(), software_key(item, ubuntu).id());
}

TEST(DeviceId, IsStable) {
    EXPECT_EQ(device_id_of("ABC"), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

}  // namespace
}  // namespace merlon
