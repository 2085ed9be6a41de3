#include "match/next_line.h"

#include <gtest/gtest.h>

namespace merlon::match {
namespace {

constexpr LifecycleOptions options{.now = 800'000 * ticks_per_day, .window_days = 183};

// Released and ending so many days from now; 0: no end is announced.
struct Line {
    std::string name;
    int released, ends;
    bool lts = false;
};
LifecycleProduct product(std::string slug, std::vector<Line> const& lines) {
    LifecycleProduct made;
    made.slug = std::move(slug);
    for (auto const& line : lines) {
        LifecycleCycle one;
        one.name = line.name;
        one.released = options.now + line.released * ticks_per_day;
        if (line.ends != 0) one.end_of_life.date = options.now + line.ends * ticks_per_day;
        one.lts = line.lts;
        one.latest = line.name + ".9";
        made.cycles.push_back(std::move(one));
    }
    return made;
}
std::string to(LifecycleProduct const& product, std::string_view cycle, std::vector<std::string> const& tails = {}, bool moves = false) {
    return next_line(product, cycle, tails, moves, options).cycle;
}

TEST(NextLine, IsTheNearestThatLasts) {
    auto const player = product("player", {{"8", -40, 900}, {"7", -300, 500}, {"6", -600, 100}, {"5", -900, -5}});
    EXPECT_EQ(to(player, "5"), "7") << "6 ends soon: not worth the way";
    EXPECT_EQ(to(player, "6"), "7");
    EXPECT_EQ(to(player, "8"), "");
    EXPECT_EQ(to(player, "4"), "7") << "what is not listed is older than all";
    EXPECT_EQ(next_line(player, "5", {}, false, options).version, "7.9");
}

TEST(NextLine, OfALongTermLineIsALongTermLine) {
    auto const framework = product("framework", {{"5.2", -100, 900, true}, {"5.1", -300, 300}, {"4.2", -800, -5, true}, {"4.1", -900, -50}});
    EXPECT_EQ(to(framework, "4.2"), "5.2");
    EXPECT_EQ(to(framework, "4.1"), "5.1");
    EXPECT_EQ(to(product("short", {{"2", -100, 900}, {"1", -300, -5, true}}), "1"), "2") << "there is no other";
}

// Releases that last for weeks: none of them outlasts the window, and the nearest would end next.
TEST(NextLine, OfShortReleasesIsTheNewest) {
    auto const browser = product("browser", {{"159", -5, 20}, {"158", -30, 2}, {"157", -60, -10}, {"140", -400, -3, true}, {"153", -120, 300, true}});
    EXPECT_EQ(to(browser, "157", {}, true), "159");
    EXPECT_EQ(to(browser, "140", {}, false), "153") << "ESR";
    EXPECT_EQ(to(browser, "140", {}, true), "159") << "what was no ESR when 140 came";
    EXPECT_EQ(to(product("browser", {{"158", -30, -2}, {"153", -120, 300, true}}), "157", {}, true), "") << "nobody has told of the next one";
}

TEST(NextLine, OfWindowsIsOfItsEdition) {
    auto const windows = product("windows", {{"11-26h1-w", -300, 500}, {"11-25h2-w", -100, 400}, {"11-25h2-e", -100, 700}, {"11-24h2-e-lts", -400, 1200}, {"10-22h2", -900, -300}, {"10-1507-e-lts", -3000, -400}});
    EXPECT_EQ(to(windows, "10-22h2", {"-w", ""}), "11-25h2-w") << "26H1 comes on new machines only";
    EXPECT_EQ(to(windows, "10-22h2", {"-e", ""}), "11-25h2-e");
    EXPECT_EQ(to(windows, "10-1507-e-lts", {"-e-lts", "-lts", "-e", ""}), "11-24h2-e-lts");
    EXPECT_EQ(to(windows, "10-1507-iot-lts", {"-iot-lts", "-e-lts", "-e", ""}), "11-24h2-e-lts");
    EXPECT_EQ(to(windows, "10-22h2", {"-s"}), "");
}

TEST(NextLine, SaysWhy) {
    auto made = product("tool", {{"2", -100, 0}, {"1", -900, -5}});
    EXPECT_EQ(next_line(made, "1", {}, false, options).reason, "tool 2: the nearest line that stays supported (its end is not announced); its newest known version is 2.9");
    made.cycles.front().latest.clear();
    auto const next = next_line(made, "1", {}, false, options);
    EXPECT_EQ(next.version, "2");
    EXPECT_EQ(next.reason, "tool 2: the nearest line that stays supported (its end is not announced); its newest version is not known");
}

}  // namespace
}  // namespace merlon::match
