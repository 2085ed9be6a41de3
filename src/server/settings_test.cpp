#include "server/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace merlon::server {
namespace {

TEST(Settings, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
    auto const file = std::filesystem::temp_directory_path() / ("merlon-settings-" + std::to_string(::getpid()) + ".toml");
    std::ofstream(file) << "listen = \"127.0.0.1:1\"\nworkers = 9\n[query]\nseconds = 5\n";
    ::unsetenv("MERLON_DATA");
    ::setenv("MERLON_WORKERS", "8", 1);
    auto const settings = Settings::read(file, {{"listen", "127.0.0.1:2"}});
    ::unsetenv("MERLON_WORKERS");
    std::filesystem::remove(file);
    ASSERT_TRUE(settings) << describe(settings.error());
    EXPECT_EQ(settings->text("listen"), "127.0.0.1:2");
    EXPECT_EQ(settings->integer("workers"), 8);
    EXPECT_EQ(settings->integer("query.seconds"), 5);
    EXPECT_EQ(settings->text("data"), "./merlon-data");
    EXPECT_NE(settings->explain().find("environment MERLON_WORKERS"), std::string::npos);
}

TEST(Settings, RefusesUnknownNamesAndWrongTypes) {
    EXPECT_EQ(Settings::read({}, {{"lisen", "x"}}).error().code, "settings.unknown");
    EXPECT_EQ(hint_of(Settings::read({}, {{"lisen", "x"}}).error()), "Did you mean listen?");
    EXPECT_EQ(Settings::read({}, {{"workers", "many"}}).error().code, "settings.malformed");
}

}  // namespace
}  // namespace merlon::server
