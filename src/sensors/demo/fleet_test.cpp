#include "sensors/demo/fleet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sensors/merlon/report_json.h"

namespace merlon::sensors {
namespace {

std::vector<std::string> lines(std::int64_t devices, std::uint64_t seed, std::size_t* alerts = nullptr, int days_ago = 0) {
    std::vector<std::string> out;
    DemoOptions options;
    options.devices = devices;
    options.seed = seed;
    options.days_ago = days_ago;
    options.now = *parse_iso_time("2026-01-01");
    auto const done = generate_fleet(options, {[&](DeviceReport report) -> Status {
                                                   out.push_back(report_json(report));
                                                   return {};
                                               },
                                               [&](Alert) -> Status {
                                                   if (alerts) ++*alerts;
                                                   return {};
                                               }});
    EXPECT_TRUE(done) << describe(done.error());
    return out;
}

TEST(DemoFleet, IsTheSameForTheSameSeedAndGrowsFromTheSmallerOne) {
    auto const small = lines(20, 7), large = lines(60, 7);
    EXPECT_EQ(small, std::vector<std::string>(large.begin(), large.begin() + 20));
    EXPECT_NE(small, lines(20, 8));
}

TEST(DemoFleet, WasOtherAMonthAgoAndTheSameEachTimeItIsAsked) {
    auto const present = lines(120, 7), yesterday = lines(120, 7, nullptr, 1), before = lines(120, 7, nullptr, 30);
    EXPECT_EQ(before, lines(120, 7, nullptr, 30));
    EXPECT_LT(before.size(), present.size()) << "some joined later";
    EXPECT_EQ(lines(10'000, 7, nullptr, 30).size() * 100 / 10'000, 96U);
    auto const with = [](std::vector<std::string> const& all, std::string_view text) {
        return std::ranges::count_if(all, [&](auto const& line) { return line.contains(text); });
    };
    EXPECT_GT(with(before, "VirtualBox"), 0);
    EXPECT_EQ(with(yesterday, "VirtualBox"), 0);
    EXPECT_GT(with(present, "24.09"), with(before, "24.09")) << "updates came";
    EXPECT_EQ(with(before, "2026-01-01T"), 0) << "nothing is told of days to come";
}

TEST(DemoFleet, HasEveryKindOfDeviceAndAlerts) {
    std::size_t alerts = 0;
    auto const fleet = lines(300, 7, &alerts);
    ASSERT_EQ(fleet.size(), 300U);
    EXPECT_GT(alerts, 10U);
    for (auto const* word : {"\"windows\"", "\"macos\"", "\"debian\"", "\"ubuntu\"", "\"rocky\"", "Kiosks", "LTSC", "log4j-core", "uBlock Origin", "firefox_addons"}) {
        bool const found = std::any_of(fleet.begin(), fleet.end(), [&](auto const& line) { return line.find(word) != std::string::npos; });
        EXPECT_TRUE(found) << word;
    }
}

}  // namespace
}  // namespace merlon::sensors
