#include "match/versions/versions.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/test_places.h"
#include "base/text.h"

namespace merlon::match {
namespace {

// Lines that the ecosystem's own rule answers otherwise or that contradict themselves.
bool known_to_be_wrong(std::string_view file, std::string_view line) {
    return file == "vers-openssl" && line == "1.1.1ag\t<\t1.1.1ag";  // a version is not less than itself
}

TEST(VersionOrders, AgreeWithTheExpectedOrders) {
    auto const folder = shared_data() / "versions";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no version orders at " << folder;
    for (auto const& file : std::filesystem::directory_iterator(folder)) {
        if (file.path().extension() != ".tsv") continue;
        auto const name = file.path().stem().string();
        auto const scheme = scheme_named(name);
        ASSERT_TRUE(scheme) << name;
        std::ifstream in(file.path());
        std::string line;
        std::size_t lines = 0, wrong = 0;
        while (std::getline(in, line)) {
            auto const parts = split(line, '\t');
            if (parts.size() != 3 || known_to_be_wrong(name, line)) continue;
            ++lines;
            int const order = compare(*scheme, parts[0], parts[2]);
            bool const right = parts[1] == "<"   ? order < 0
                               : parts[1] == ">" ? order > 0
                               : parts[1] == "=" ? order == 0
                                                 : order != 0;
            if (!right && ++wrong <= 20) ADD_FAILURE() << name << ": " << line << " gives " << order;
        }
        EXPECT_GT(lines, 0U) << name;
    }
}

struct Ordered {
    std::string_view scheme;
    std::vector<std::string_view> ascending;  // each strictly below the next
};

TEST(VersionOrders, FollowTheirRules) {
    std::vector<Ordered> const lists{
        {"Debian:12", {"1.0~~", "1.0~rc1", "1.0", "1.0-1", "1.0-1+deb12u1", "1.0a", "1.0+b1", "1.0.1", "1:0.1"}},
        {"rpm", {"1.0~rc1", "1.0", "1.0-1.el9", "1.0-1.el9_2", "1.0^git1-1", "1.0a-1", "1.0.1-1", "1:0.5-1"}},
        {"apk", {"1.2_alpha1", "1.2_rc2", "1.2", "1.2-r0", "1.2-r11", "1.2_p1", "1.2a", "1.2.0", "1.10"}},
        {"npm", {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-rc.1", "1.0.0", "1.0.1"}},
        {"Go", {"v0.0.0-20190101000000-abc", "v0.0.0-20200101000000-abc", "v0.1.0", "1.21beta1", "go1.21rc2",
                "go1.21rc10", "1.21", "1.21.1", "2.0.0+incompatible"}},
        {"NuGet", {"1.0-Alpha", "1.0-beta", "1.0.0.0", "1.0.0.1"}},
        {"PyPI", {"0.9-odd", "1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0+local.1", "1.0.post1",
                  "1.1", "1!0.1"}},
        {"Maven", {"1.0-alpha-1", "1.0-m2", "1.0-rc1", "1.0-SNAPSHOT", "1.0", "1.0-sp", "1.0-foo", "1.0-1", "1.0.1"}},
        {"RubyGems", {"1.0.a", "1.0.b.2", "1.0", "1.0.1", "1.10"}},
        {"Packagist", {"1.0-foo", "1.0-dev", "1.0-alpha1", "1.0-beta2", "1.0-RC1", "1.0", "1.0pl1", "1.1"}},
        {"CRAN", {"1.0", "1.0-0", "1.0.1", "1.1"}},
        {"nvd", {"1.0 beta1", "1.0-rc2", "1.0", "1.0a", "1.0.1", "1.0.1 update2", "1.0.1 update10", "1.2"}},
        {"windows", {"9.9", "10.0.19041.3920", "10.0.19045.1", "10.0.22621.3880"}},
        {"windows_build", {"10.0.19045.4412", "10.0.19041.4651", "10.0.22631.3879", "10.0.22621.3880"}},
        {"macos", {"13.4", "13.4.1", "13.4.1 (c)", "13.5", "14"}},
        {"macos", {"22F66", "22F66a", "24D60", "24E5"}},
        {"openssl", {"0.9.8", "0.9.8z", "0.9.8za", "1.0.2-beta1", "1.0.2", "1.0.2k", "1.1.1w", "3.0.0-beta1", "3.0.0",
                     "3.0.13"}},
        {"alpm", {"1.0a-1", "1.0b-1", "1.0rc-1", "1.0-1", "1.0.a-1", "1.0.1-1", "1:0.1-1"}},
        {"gentoo", {"1.0_rc1", "1.0", "1.0-r1", "1.0_p1", "1.0b", "1.0.1"}},
        {"intdot", {"1.2", "1.2.1", "1.10"}},
    };
    for (auto const& list : lists) {
        for (std::size_t i = 0; i < list.ascending.size(); ++i)
            for (std::size_t j = 0; j < list.ascending.size(); ++j) {
                auto const order = compare(list.scheme, list.ascending[i], list.ascending[j]);
                ASSERT_TRUE(order) << list.scheme;
                int const expected = i < j ? -1 : i > j ? 1 : 0;
                EXPECT_EQ(*order, expected) << list.scheme << ": " << list.ascending[i] << " " << list.ascending[j];
            }
    }
}

TEST(VersionOrders, KnowTheSameVersionInOtherWords) {
    EXPECT_EQ(compare("Debian", "1.0", "0:1.0-0"), 0);
    EXPECT_EQ(compare("rpm", "1_0-1", "0:1.0-1"), 0);
    EXPECT_EQ(compare("cpe", "1.2", "1.2.0"), 0);
    EXPECT_EQ(compare("cpe", "1.0.1-p2", "1.0.1 Patch 2"), 0);
    EXPECT_EQ(compare("windows_build", "22631.3155", "10.0.22621.3155"), 0);
    EXPECT_EQ(compare("macos", "15.3", "15.3.0"), 0);
    EXPECT_FALSE(compare("GIT", "a", "b"));
    EXPECT_FALSE(compare("no such order", "1", "2"));
    EXPECT_EQ(scheme_named("SUSE:Linux Enterprise Server 15 SP5"), Scheme::rpm);
    EXPECT_EQ(scheme_named("Alpine:v3.20"), Scheme::apk);
}

TEST(VersionOrders, AnswerABatchLineByLine) {
    std::istringstream in("Debian\t1.0~rc1\t1.0\nnpm\t2.0.0\t10.0.0\nPyPI\t1.0\t1.0.0\nmaven\t2\t1\nbad line\nno\t1\t2\n");
    std::ostringstream out;
    EXPECT_EQ(compare_batch(in, out), 2U);
    EXPECT_EQ(out.str(), "<\n<\n=\n>\n?\tThe line is not SCHEME<TAB>A<TAB>B.\n?\tThere is no version order named no.\n");
}

// Random versions of the characters that matter, compared by dpkg itself.
TEST(VersionOrders, AgreeWithDpkgOnRandomPairs) {
    if (std::system("command -v dpkg >/dev/null 2>&1") != 0) GTEST_SKIP() << "no dpkg here";
    std::mt19937 random(20240229);
    auto const any = [&](std::string_view letters) { return letters[random() % letters.size()]; };
    auto const version = [&] {
        std::string text;
        if (random() % 8 == 0) text += std::string(1, any("012")) + ":";
        text += any("0123456789");
        for (auto left = random() % 6; left > 0; --left) text += any("0123456789.+~ab");
        if (random() % 2 == 0) {
            text += "-";
            for (auto left = 1 + random() % 4; left > 0; --left) text += any("0123456789.+~zu");
        }
        return text;
    };
    for (int i = 0; i < 150; ++i) {
        auto const a = version(), b = version();
        int const order = *compare("dpkg", a, b);
        std::string const relation = order < 0 ? "lt" : order > 0 ? "gt" : "eq";
        auto const command = "dpkg --compare-versions '" + a + "' " + relation + " '" + b + "' 2>/dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0) << a << " " << relation << " " << b;
    }
}

// Keys must order as compare() does, for every scheme that has them, on any bytes.
TEST(VersionOrders, KeysAndComparisonsAgree) {
    std::mt19937 random(7);
    for (auto const& name : scheme_names()) {
        auto const scheme = *scheme_named(name);
        if (!has_key(scheme)) continue;
        for (int i = 0; i < 2000; ++i) {
            std::string texts[3];
            for (auto& text : texts)
                for (auto left = random() % 8; left > 0; --left) text += "0123.-_~^+:rcab"[random() % 15];
            int const ab = compare(scheme, texts[0], texts[1]);
            int const ba = compare(scheme, texts[1], texts[0]);
            EXPECT_EQ(ab, -ba) << name << " " << texts[0] << " " << texts[1];
            int const bc = compare(scheme, texts[1], texts[2]);
            if (ab < 0 && bc < 0) {
                EXPECT_LT(compare(scheme, texts[0], texts[2]), 0) << name;
            }
        }
    }
}

}  // namespace
}  // namespace merlon::match
