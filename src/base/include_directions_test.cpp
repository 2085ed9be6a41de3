// Reads the sources and fails on an include that points the wrong way (ARCHITECTURE.md, "Rooms and arrows").
#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <re2/re2.h>

#include "base/result.h"
#include "base/test_places.h"
#include "base/text.h"

namespace merlon {
namespace {

namespace fs = std::filesystem;

// Each room and the rooms it may include, besides itself.
std::map<std::string, std::set<std::string>> const allowed{
    {"base", {}},
    {"model", {"base"}},
    {"store", {"base", "model"}},
    {"feeds", {"base", "model", "store"}},
    {"sensors", {"base", "model", "store"}},
    {"match", {"base", "model", "store"}},
    {"fleet", {"base", "model", "store", "match"}},
    {"advise", {"base", "model", "store", "match", "fleet"}},
    {"hunt", {"base", "model", "store"}},
    {"api", {"base", "model", "store", "feeds", "sensors", "match", "fleet", "advise", "hunt"}},
    {"server", {"base", "model", "store", "feeds", "sensors", "match", "fleet", "advise", "hunt", "api"}},
    {"cli", {"base", "model", "store", "feeds", "sensors", "match", "fleet", "advise", "hunt", "api", "server"}},
};

// Headers of libraries that only one place may include.
std::map<std::string, std::string> const only_in{
    {"duckdb.h", "store/"},
    {"boost/beast", "api/http/"},
    {"curl/curl.h", "feeds/"},
};

TEST(IncludeDirections, FollowTheArrows) {
    fs::path const sources = source_root() / "src";
    if (!fs::exists(sources)) GTEST_SKIP() << "the sources are not at hand: " << sources;
    std::size_t files = 0;
    for (auto const& entry : fs::recursive_directory_iterator(sources)) {
        auto const extension = entry.path().extension();
        if (extension != ".h" && extension != ".cpp") continue;
        ++files;
        auto const relative = fs::relative(entry.path(), sources).string();
        auto const room = relative.substr(0, relative.find('/'));
        auto const name = entry.path().filename().string();
        bool const test = name.ends_with("_test.cpp") || name.ends_with("_fuzz.cpp");
        std::ifstream in(entry.path());
        std::size_t number = 0;
        for (std::string line; std::getline(in, line);) {
            ++number;
            auto const text = trim(line);
            if (!text.starts_with("#include ")) continue;
            auto const what = text.substr(10, text.find_last_of("\">") - 10);
            auto const target = std::string(what.substr(0, what.find('/')));
            if (text[9] == '"' && allowed.contains(target) && target != room && !test) {
                EXPECT_TRUE(allowed.at(room).contains(target)) << relative << ":" << number << " includes " << what;
            }
            for (auto const& [header, place] : only_in) {
                if (!what.starts_with(header)) continue;
                EXPECT_TRUE(relative.starts_with(place)) << relative << ":" << number << " includes " << what;
            }
            EXPECT_NE(what, "regex") << relative << ":" << number << ": RE2 is the only regex engine";
        }
    }
    EXPECT_GT(files, 20U);
}

// Every error code that the sources name stands in schema/errors.
TEST(ErrorCatalogue, KnowsEveryCodeInTheSources) {
    fs::path const sources = source_root() / "src";
    if (!fs::exists(sources)) GTEST_SKIP() << "the sources are not at hand: " << sources;
    RE2 const call(R"re(\b(?:fail|error)\(\s*"([A-Za-z_.0-9]+)")re");
    std::size_t codes = 0;
    for (auto const& entry : fs::recursive_directory_iterator(sources)) {
        auto const name = entry.path().filename().string();
        if (entry.path().extension() != ".cpp" || name.ends_with("_test.cpp")) continue;
        std::ifstream in(entry.path());
        std::string const text(std::istreambuf_iterator<char>(in), {});
        re2::StringPiece rest(text);
        for (std::string code; RE2::FindAndConsume(&rest, call, &code); ++codes)
            EXPECT_TRUE(error_code_exists(code)) << name << " uses " << code;
    }
    EXPECT_GT(codes, 10U);
}

}  // namespace
}  // namespace merlon
