#include "sensors/restart.h"

#include <gtest/gtest.h>

namespace merlon::sensors {
namespace {

// "-": nothing tells, "no", or the reasons with what they say.
std::string told(LinuxRestartSigns const& signs) {
    auto const reasons = restart_reasons(signs);
    if (!reasons) return "-";
    std::string out;
    for (auto const& one : *reasons) out += one.name + "(" + one.detail + ")";
    return out.empty() ? "no" : out;
}

TEST(Restart, ComparesKernelsOfOneKindByNumber) {
    auto const kernels = [](std::string const& running, std::vector<std::string> const& installed) {
        LinuxRestartSigns signs;
        signs.running = running;
        for (auto const& one : installed) signs.kernels.push_back({one, 0});
        return told(signs);
    };
    EXPECT_EQ(kernels("6.1.0-9-amd64", {"6.1.0-9-amd64", "6.1.0-18-amd64"}), "kernel(6.1.0-18-amd64 is installed, 6.1.0-9-amd64 runs)");
    EXPECT_EQ(kernels("6.1.0-18-amd64", {"6.1.0-9-amd64", "6.1.0-18-amd64"}), "no");
    EXPECT_EQ(kernels("6.1.0-9-amd64", {"6.1.0-9-amd64", "6.1.0-18-rt-amd64"}), "no");
    EXPECT_EQ(kernels("5.14.0-362.8.1.el9_3.x86_64", {"0-rescue-4f0b", "5.14.0-427.13.1.el9_4.x86_64", "5.14.0-362.8.1.el9_3.x86_64"}),
              "kernel(5.14.0-427.13.1.el9_4.x86_64 is installed, 5.14.0-362.8.1.el9_3.x86_64 runs)");
    EXPECT_EQ(kernels("5.15.0-101-generic", {"5.15.0-101-generic", "5.15.0-97-generic", "6.5.0-27-generic"}),
              "kernel(6.5.0-27-generic is installed, 5.15.0-101-generic runs)");
    EXPECT_EQ(kernels("5.15.90.1-microsoft-standard-WSL2", {"6.1.0-18-amd64"}), "-") << "another kind of kernel says nothing";
    EXPECT_EQ(kernels("6.1.0-9-amd64", {}), "-");
    EXPECT_EQ(kernels("", {"6.1.0-9-amd64"}), "-");
}

TEST(Restart, AbsenceOfTheMarkCountsWhereSomebodyWouldSetIt) {
    EXPECT_EQ(told({.files = {{"/run/reboot-required", 7}}}), "packages(/run/reboot-required)");
    EXPECT_EQ(told({.files = {{"/run/reboot-required", 7}}, .packages = "libc6, linux-base"}), "packages(libc6, linux-base)");
    EXPECT_EQ(told({.files = {{"/etc/kernel/postinst.d/unattended-upgrades", 7}}}), "no");
    EXPECT_EQ(told({}), "-");
}

TEST(Restart, IsWrittenAsSettings) {
    std::vector<SettingFact> facts;
    add_restart(facts, {{"kernel", "a \"newer\" one", unix_epoch_ticks + ticks_per_day}, {"packages", "", 0}});
    EXPECT_EQ(facts, (std::vector<SettingFact>{{"restart.pending", "1"},
                                               {"restart.reason.kernel", R"({"detail":"a \"newer\" one","since":"1970-01-02T00:00:00Z"})"},
                                               {"restart.reason.packages", R"({"detail":""})"}}));
    facts.clear();
    add_restart(facts, {});
    EXPECT_EQ(facts, (std::vector<SettingFact>{{"restart.pending", "0"}}));
}

}  // namespace
}  // namespace merlon::sensors
