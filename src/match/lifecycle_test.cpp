#include "match/lifecycle.h"

#include <array>

#include <gtest/gtest.h>

namespace merlon::match {
namespace {

Ticks day(std::string_view text) { return *parse_iso_time(text); }

LifecycleProduct product(std::string slug, std::string cpe, std::vector<std::pair<std::string, std::string>> const& cycles) {
    LifecycleProduct made;
    made.slug = std::move(slug);
    if (!cpe.empty()) made.identifiers.push_back(std::move(cpe));
    for (auto const& [name, end] : cycles) {
        LifecycleCycle cycle;
        cycle.name = name;
        if (end == "yes" || end == "no") cycle.end_of_life.reached = end == "yes";
        else cycle.end_of_life.date = day(end);
        made.cycles.push_back(cycle);
    }
    return made;
}

SupportFact support(LifecycleProduct made, std::string_view version, std::string_view now, std::string edition = {}) {
    SoftwareKey key;
    key.item.source = "programs";
    key.item.name = "x";
    key.item.version = version;
    key.item.edition = std::move(edition);
    key.platform = "windows";
    Identity identity;
    identity.lifecycle = made.slug;
    identity.version = version;
    return support_of(LifecycleCatalog({std::move(made)}), key, identity, {day(now), 183});
}

// The acceptance cases of the specification, section 7.3.
TEST(EndOfSupport, TheDayOfTheEndIsStillSupported) {
    auto const p = product("p", "", {{"1.0", "2026-05-10"}, {"2.0", "2030-01-01"}});
    EXPECT_EQ(support(p, "1.0.7", "2026-05-11").status, SupportStatus::version);                   // 1
    EXPECT_EQ(support(p, "1.0.7", "2026-05-10T23:59:59Z").status, SupportStatus::upcoming_version);  // 2
    EXPECT_EQ(support(p, "1.0.7", "2025-11-08").status, SupportStatus::upcoming_version);          // 3: 183 days
    EXPECT_EQ(support(p, "1.0.7", "2025-11-07").status, SupportStatus::supported);                 // 3: 184 days
    EXPECT_EQ(support(p, "2.0", "2026-05-11").status, SupportStatus::supported);                   // 5
    EXPECT_EQ(support(p, "3.0", "2026-05-11").status, SupportStatus::no_data);                     // 12
}

TEST(EndOfSupport, AProductWhoseCyclesAllEndedIsSoftware) {
    auto const p = product("p", "", {{"1", "yes"}, {"2", "yes"}});
    auto const fact = support(p, "1.5", "2026-01-01");
    EXPECT_EQ(fact.status, SupportStatus::software);  // 4
    EXPECT_FALSE(fact.date);
    EXPECT_EQ(support_status_name(fact.status), "EOS Software");
    EXPECT_EQ(support(product("p", "", {{"1", "yes"}, {"2", "2026-02-01"}}), "2.1", "2026-01-01").status,
              SupportStatus::upcoming_software);
}

TEST(EndOfSupport, CyclesAreDottedPrefixes) {
    auto const p = product("python", "", {{"3.1", "2012-04-09"}, {"3.11", "2027-10-31"}, {"3", "2030-01-01"}});
    EXPECT_EQ(support(p, "3.11.4", "2026-01-01").cycle, "3.11");
    EXPECT_EQ(support(p, "3.1.5", "2026-01-01").cycle, "3.1");
    EXPECT_EQ(support(p, "3.12.0", "2026-01-01").cycle, "3");
}

TEST(EndOfSupport, VersionsAreWrittenInManyWays) {
    auto const java = product("oracle-jdk", "", {{"8", "2030-12-31"}, {"17", "2026-09-30"}});
    for (auto const* version : {"1.8.0_301", "1.8.0 update301", "8.0.3010.9"}) EXPECT_EQ(support(java, version, "2026-01-01").cycle, "8") << version;
    auto const openssl = product("openssl", "", {{"1.1.1", "2023-09-11"}, {"1.0.2", "2019-12-31"}});
    EXPECT_EQ(support(openssl, "1.1.1w", "2026-01-01").cycle, "1.1.1");
    EXPECT_EQ(support(openssl, "1.0.2zk", "2026-01-01").cycle, "1.0.2");
    EXPECT_EQ(support(openssl, "1.1.10", "2026-01-01").status, SupportStatus::no_data);
    auto sql = product("mssqlserver", "", {{"13.0-sp3", "2026-07-14"}, {"13.0-sp2", "2022-09-14"}, {"13.0", "2018-01-09"}, {"16.0", "2033-01-11"}});
    constexpr std::array latest{"13.0.6500.1 GDR", "13.0.5893.48 CU17+GDR", "13.0.2218.0 CU9", "16.0.4265.3 CU26"};
    for (std::size_t i = 0; i < latest.size(); ++i) sql.cycles[i].latest = latest[i];
    EXPECT_EQ(support(sql, "13.0.1601.5", "2026-01-01").cycle, "13.0");
    EXPECT_EQ(support(sql, "13.0.5026.0", "2026-01-01").cycle, "13.0-sp2");
    EXPECT_EQ(support(sql, "13.0.6300.2", "2026-01-01").cycle, "13.0-sp3");
    EXPECT_EQ(support(sql, "16.0.1000.6", "2026-01-01").cycle, "16.0");
}

// What we know of a browser is never all of it: the releases that are known have ended, the product has not.
TEST(EndOfSupport, ProductsOnTheMoveDoNotEnd) {
    auto browser = product("chrome", "", {{"151", "2026-08-25"}, {"150", "2026-07-28"}});
    browser.cycles[0].released = day("2026-07-28"), browser.cycles[1].released = day("2026-06-30");
    EXPECT_EQ(support(browser, "150.0", "2026-11-27").status, SupportStatus::version);
    EXPECT_EQ(support(browser, "151.0", "2026-08-01").status, SupportStatus::upcoming_version);
    EXPECT_EQ(support(browser, "149.0", "2026-11-27").status, SupportStatus::no_data);
    browser.cycles[0].end_of_life.date = day("2027-08-25");  // a year and more: this one is the last
    EXPECT_EQ(support(browser, "150.0", "2027-11-27").status, SupportStatus::software);
    EXPECT_EQ(support(browser, "149.0", "2027-11-27").status, SupportStatus::software);  // of no cycle, and older than what is known
    EXPECT_EQ(support(browser, "152.0", "2027-11-27").status, SupportStatus::no_data);
}

TEST(EndOfSupport, OlderVersionsShareACycle) {
    auto const p = product("chrome", "", {{"158", "no"}, {"157", "2026-11-17"}, {"before 157", "2026-11-03"}, {"before 100", "yes"}});
    EXPECT_EQ(support(p, "158.0.1", "2026-11-26").status, SupportStatus::supported);
    EXPECT_EQ(support(p, "157.0.2", "2026-11-26").cycle, "157");
    auto const old = support(p, "136.0.7103.114", "2026-11-26");
    EXPECT_EQ(old.cycle, "before 157");
    EXPECT_EQ(old.status, SupportStatus::version);  // the product goes on
    EXPECT_EQ(support(p, "99.0", "2026-11-26").cycle, "before 100");
    EXPECT_EQ(support(p, "159.0", "2026-11-26").status, SupportStatus::no_data);  // newer than what is known
    EXPECT_EQ(support(p, "sid", "2026-11-26").status, SupportStatus::no_data);
}

TEST(EndOfSupport, WindowsGoesByEdition) {
    auto const p = product("windows", "", {{"10-21h2-e-lts", "2027-01-12"}, {"10-21h2-e", "2024-06-11"}, {"10-21h2-w", "2023-06-13"}});
    auto const at = [&](std::string edition) { return support(p, "10.0.19044.4651", "2025-01-01", std::move(edition)); };
    EXPECT_EQ(at("Enterprise LTSC").cycle, "10-21h2-e-lts");  // 7
    EXPECT_EQ(at("Enterprise LTSC").status, SupportStatus::supported);
    EXPECT_EQ(at("Enterprise").status, SupportStatus::version);
    EXPECT_EQ(at("Pro").cycle, "10-21h2-w");
}

TEST(EndOfSupport, OldWindowsGoesByServicePack) {
    auto const p = product("windows", "", {{"7-sp1", "2020-01-14"}, {"10-22h2", "2030-01-01"}});
    EXPECT_EQ(support(p, "6.1.7601.24545", "2020-01-15", "Professional").cycle, "7-sp1");
    EXPECT_EQ(support(p, "6.1.7601.24545", "2020-01-15", "Professional").status, SupportStatus::version);
    // What had to have its service pack ended before, and no life-cycle lists it.
    auto const without = support(p, "6.1.7600", "2016-01-01", "Professional");
    EXPECT_EQ(without.status, SupportStatus::version);
    EXPECT_EQ(without.date, day("2013-04-09"));
    EXPECT_EQ(support(p, "6.0.6003", "2021-01-01", "Server 2008").status, SupportStatus::no_data);  // of another product
}

TEST(EndOfSupport, ExtendedSupportCountsForThoseEntitled) {
    auto p = product("windows", "", {{"10-22h2", "2025-10-14"}, {"11-24h2-w", "2026-10-13"}});
    p.cycles[0].extended_support.date = day("2028-10-10");
    auto const at = [&](std::string edition, std::string_view now) { return support(p, "10.0.19045.6456", now, std::move(edition)); };
    EXPECT_EQ(at("Enterprise", "2026-01-01").status, SupportStatus::version);
    EXPECT_EQ(at("Enterprise ESU", "2026-01-01").status, SupportStatus::supported);  // 8
    EXPECT_EQ(at("Enterprise ESU", "2026-01-01").date, day("2028-10-10"));
    EXPECT_NE(at("Enterprise ESU", "2026-01-01").reason.find("extended support"), std::string::npos);
    EXPECT_EQ(at("Enterprise ESU", "2028-10-10").status, SupportStatus::upcoming_software);
    EXPECT_EQ(at("Enterprise ESU", "2028-10-11").status, SupportStatus::software);
    // The word stands alone; a cycle without such an extension ends as for everybody.
    EXPECT_EQ(at("Enterprise Resumed", "2026-01-01").status, SupportStatus::version);
    EXPECT_EQ(support(p, "10.0.26100.1", "2026-10-14", "Pro ESU").status, SupportStatus::version);
    auto ubuntu = product("ubuntu", "", {{"18.04", "2023-05-31"}, {"24.04", "2029-05-31"}});
    ubuntu.cycles[0].extended_support.date = day("2028-04-01");
    EXPECT_EQ(support(ubuntu, "18.04", "2026-01-01", "Pro").status, SupportStatus::supported);
    EXPECT_EQ(support(ubuntu, "18.04", "2026-01-01").status, SupportStatus::version);
}

}  // namespace
}  // namespace merlon::match
