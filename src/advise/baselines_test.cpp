// Baselines on the small fleet: every count is worked out on paper in the comments.
#include "advise/baselines.h"

#include "advise/fixture_for_tests.h"

namespace merlon::advise {
namespace {

// All of SSH's settings that are not here are "not set", which the checks of level 1 judge so (a: PermitEmptyPasswords
// yes, b: the same, c: no, MaxAuthTries 3, LoginGraceTime 30): root log-in, empty passwords, rhosts, trusted hosts,
// environment, log level and half-open connections pass when not set; tries and grace time fail. Level 1 of remote
// log-in has these nine. a, b: 9 apply, empty passwords, tries and grace time fail: 3. c: none fails.
class Baselines : public SmallFleet {
protected:
    void SetUp() override {
        SmallFleet::SetUp();
        run("INSERT INTO setting VALUES ('c', 'sshd.PermitEmptyPasswords', 'no', 5), ('c', 'sshd.MaxAuthTries', '3', "
            "5), ('c', 'sshd.LoginGraceTime', '30', 5)");
        publish();
    }
    // "devices passed passed-before results kept" of a profile, as published last.
    std::string score(std::string const& profile) {
        return text(
            "SELECT devices || ' ' || passed || ' ' || passed_before || ' ' || results || ' ' || kept FROM "
            "baseline_score WHERE profile = '" +
            profile + "' ORDER BY rowid DESC LIMIT 1");
    }
    BaselineProfile wanted(std::string id) {
        BaselineProfile one;
        one.id = id;
        one.name = "Ours " + id;
        one.benchmark = "linux";
        return one;
    }
    std::string code_of(BaselineProfile const& one) {
        auto const written = write_profile(connection, one, "anna", now);
        return written ? "" : written.error().code;
    }
};

TEST_F(Baselines, ProfilesComeWithTheProgram) {
    EXPECT_EQ(text("SELECT string_agg(id, ' ' ORDER BY id) FROM baseline_profile WHERE built_in AND active"),
              "linux-level-1 linux-level-2 macos-level-1 macos-level-2 windows-level-1 windows-level-2");
    EXPECT_EQ(score("linux-level-1"), "3 1 1 27 21");
    // Level 2 adds passwords (fails when not set), X11 (passes), idle sessions (fails), TCP forwarding (fails).
    EXPECT_EQ(score("linux-level-2"), "3 0 0 39 24");
    EXPECT_EQ(score("macos-level-1"), "0 0 0 0 0");
    EXPECT_EQ(text("SELECT devices || ' ' || failing FROM baseline_count c JOIN baseline_setting s ON s.scid = c.scid "
                   "WHERE profile = 'linux-level-1' AND number = 'linux-1.2'"),
              "3 2");
    EXPECT_EQ(
        text("SELECT \"RecommendedValue\" || \"CurrentValue\" || \"Source\" FROM "
             "hunting.\"DeviceBaselineComplianceAssessment\" "
             "WHERE \"ProfileId\" = 'linux-level-1' AND \"ConfigurationId\" = 'linux-1.3' AND \"DeviceId\" = 'c'"),
        "[\"between 1 and 4\"][\"3\"][\"sshd.maxauthtries\"]");
}

TEST_F(Baselines, MachinesHaveWhatTheirResultsComeTo) {
    auto const differ = [&] {
        return text("WITH told AS (SELECT profile, device, count(*) FILTER (applicable) AS settings, count(*) FILTER (applicable AND NOT compliant AND NOT exempt) AS failed, "
                    "count(*) FILTER (applicable AND NOT compliant AND exempt) AS exempt FROM baseline_result GROUP BY profile, device HAVING settings > 0) "
                    "SELECT (SELECT count(*) FROM (FROM told EXCEPT FROM baseline_machine)) || ' ' || (SELECT count(*) FROM (FROM baseline_machine EXCEPT FROM told)) "
                    "|| ' of ' || (SELECT count(*) FROM baseline_machine)");
    };
    auto const row_of_c = [&] { return text("SELECT min(rowid) FROM baseline_machine WHERE device = 'c'"); };
    EXPECT_EQ(differ(), "0 0 of 6");
    auto const before = row_of_c();
    run("DELETE FROM setting WHERE device = 'a'");
    publish();
    EXPECT_EQ(differ(), "0 0 of 4") << "nothing is known of a any more";
    EXPECT_EQ(row_of_c(), before) << "nothing is said anew of c";
    auto one = find_profile(connection, "linux-level-2").value();
    one.active = false;
    ASSERT_TRUE(write_profile(connection, one, "anna", now));
    publish();
    EXPECT_EQ(differ(), "0 0 of 2");
}

TEST_F(Baselines, AreOfTheirSystemOnly) {
    // Secure Boot is in the benchmarks of both.
    run("UPDATE device SET os_platform = 'Windows11' WHERE id = 'c';"
        "INSERT INTO setting VALUES ('a', 'osquery.secureboot.secure_boot', '1', 5), "
        "('c', 'osquery.secureboot.secure_boot', '1', 5)");
    publish();
    auto const devices = [&](std::string const& profile) {
        return text("SELECT string_agg(DISTINCT device, ' ' ORDER BY device) FROM baseline_result WHERE profile = '" +
                    profile + "'");
    };
    EXPECT_EQ(devices("linux-level-1"), "a b");
    EXPECT_EQ(score("linux-level-1").substr(0, 2), "2 ");
    EXPECT_EQ(devices("windows-level-1"), "c");
    EXPECT_EQ(score("windows-level-1"), "1 1 1 1 1");
    EXPECT_EQ(devices("macos-level-1"), "");
}

TEST_F(Baselines, ExceptionsCountAsMetBesideTheTruth) {
    for (auto const* check : {"sca-_-scid-40003", "sca-_-scid-40005", "sca-_-scid-40006"}) {
        NewException one;
        one.id = std::string("x") + check;
        one.who = "user:anna";
        one.subject = check;
        one.justification = "AlternateMitigation";
        one.ends = now + 30 * day;
        one.groups = {"Lab"};
        ASSERT_TRUE(add_exception(connection, one, {}, now));
    }
    publish();
    // b passes now: its three are exempt.
    EXPECT_EQ(score("linux-level-1"), "3 2 1 27 24");
    EXPECT_EQ(text("SELECT string_agg(device, ' ' ORDER BY device) FROM baseline_result WHERE profile = "
                   "'linux-level-1' AND number = 'linux-1.2' AND exempt"),
              "b");
}

TEST_F(Baselines, OwnProfilesChooseSettingsAndDevices) {
    auto one = wanted("p");
    one.settings = {"linux-1.3", "linux-1.2"};
    one.groups = {"hq"};
    ASSERT_EQ(code_of(one), "");
    publish();
    EXPECT_EQ(score("p"), "2 1 1 4 2");  // a fails both, c neither; b is in Lab
    run("UPDATE device SET tags = '[\"pci\"]' WHERE id = 'c'");
    one = wanted("q");
    one.tags = {"pci", "none has it"};
    ASSERT_EQ(code_of(one), "");
    publish();
    EXPECT_EQ(score("q"), "1 1 1 9 9");
    auto off = find_profile(connection, "P").value();
    off.active = false;
    ASSERT_EQ(code_of(off), "");
    publish();
    EXPECT_EQ(text("SELECT count(*)::VARCHAR FROM baseline_result WHERE profile = 'p'"), "0");
    ASSERT_TRUE(remove_profile(connection, "Ours p"));
    EXPECT_EQ(find_profile(connection, "p").error().code, "advise.no_such_profile");
}

TEST_F(Baselines, AreCheckedBeforeTheyAreMade) {
    auto one = wanted("p");
    one.benchmark = "solaris";
    EXPECT_EQ(code_of(one), "advise.bad_profile");
    one = wanted("p");
    one.level = 3;
    EXPECT_EQ(code_of(one), "advise.bad_profile");
    one = wanted("p");
    one.settings = {"linux-1.11"};  // level 2
    EXPECT_EQ(code_of(one), "advise.bad_profile");
    one = wanted("p");
    one.groups = {"Nowhere"};
    EXPECT_EQ(code_of(one), "advise.no_such_group");
    one = wanted("p");
    one.name = "merlon baseline for linux, level 1";
    EXPECT_EQ(code_of(one), "advise.bad_profile");
    // What comes with the program is switched, not changed.
    auto built_in = find_profile(connection, "linux-level-2").value();
    built_in.active = false;
    EXPECT_EQ(code_of(built_in), "");
    built_in.tags = {"x"};
    EXPECT_EQ(code_of(built_in), "advise.bad_profile");
    EXPECT_EQ(remove_profile(connection, "linux-level-2").error().code, "advise.bad_profile");
    publish();
    EXPECT_FALSE(find_profile(connection, "linux-level-2")->active);
}

TEST(Benchmarks, AreReadStrictly) {
    auto const checks = read_checks().value();
    auto const good = read_benchmark(
        R"({"name": "N", "os": "Linux", "platform": "linux", "version": "1", "sections": [{"name": "S", "settings": [[1, 40001], [2, 40002]]}]})",
        "x/mine.json", checks);
    ASSERT_TRUE(good) << describe(good.error());
    EXPECT_EQ(good->id, "mine");
    EXPECT_EQ(good->settings[1].number, "mine-1.2");
    for (auto const* settings : {"[3, 40001]", "[1, 25]", "[1]", "[1, 1]", "[1, 40001], [2, 40001]"}) {
        auto const text =
            std::string(
                R"({"name": "N", "os": "Linux", "platform": "linux", "version": "1", "sections": [{"name": "S", "settings": [)") +
            settings + "]}]}";
        EXPECT_EQ(read_benchmark(text, "x/mine.json", checks).error().code, "advise.bad_baseline") << settings;
    }
    // Every check that comes with the program is in a benchmark of each of its platforms.
    std::set<std::pair<std::string, std::int64_t>> settings, wanted;
    auto const benchmarks = read_benchmarks(checks).value();
    for (auto const& one : benchmarks)
        for (auto const& setting : one.settings) settings.emplace(one.id, setting.scid);
    for (auto const& check : checks)
        for (auto const& platform : check.platforms) wanted.emplace(platform, check.scid);
    EXPECT_EQ(settings, wanted);
}

}  // namespace
}  // namespace merlon::advise
