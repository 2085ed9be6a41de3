#include "sensors/usage.h"

#include <gtest/gtest.h>

namespace merlon::sensors {
namespace {

TEST(Usage, PathsOfOneProgramAreTheSame) {
    for (auto const* path : {"C:\\Program Files\\X\\x.exe", "d:\\PROGRAM FILES\\x\\X.EXE", "\\VOLUME{01d8a1b2c3d4e5f6-1a2b3c4d}\\PROGRAM FILES\\X\\X.EXE",
                             "\\DEVICE\\HARDDISKVOLUME3\\PROGRAM FILES\\X\\X.EXE", "{6D809377-6AF0-444B-8957-A3773F02200E}\\X\\x.exe"})
        EXPECT_EQ(used_path(path), "\\program files\\x\\x.exe") << path;
    EXPECT_EQ(used_path("{7C5A40EF-A0FB-4BFC-874A-C0F2E0B9FA8E}\\X\\x.exe"), "\\program files (x86)\\x\\x.exe");
    for (auto const* path : {"", "UEME_CTLSESSION", "Microsoft.Windows.Explorer", "{A77F5D77-2E2B-44C3-A6A2-ABA601054A51}\\X.lnk", "\\\\server\\x.exe", "x.exe"}) EXPECT_EQ(used_path(path), "") << path;
}

TEST(Usage, IsWrittenAsSettings) {
    std::vector<SettingFact> facts;
    add_usage(facts, {{"\\a\\b.exe", {"2026-01-02", "2026-01-01"}}});
    EXPECT_EQ(facts, (std::vector<SettingFact>{{"usage.\\a\\b.exe", "2026-01-01 2026-01-02"}}));
}

}  // namespace
}  // namespace merlon::sensors
