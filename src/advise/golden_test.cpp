// A small fleet whose every number is worked out on paper in the comments.
#include <gtest/gtest.h>

#include "advise/publish.h"
#include "advise/supported_version.h"
#include "advise/what_if.h"
#include "fleet/publish.h"
#include "store/store.h"

namespace merlon::advise {
namespace {

// 2026-01-15. Devices a to e count; f is excluded, g was silent for 60 days. b is of value High (weight 2), c of Low (0.5)
// and faces the internet, the rest weigh 1: together 1 + 2 + 0.5 + 1 + 1 = 5.5.
//
// editor 1.0 on a, b, g: CVE-1 (CVSS 10, EPSS 0.2, fixed in 1.2), CVE-2 (CVSS 5, EPSS 0.1, no fix).
// editor 1.1 on c: CVE-2 only. For device a CVE-2 is cleared.
// player 5 on d, f: support of this version ended; no finding.
// relic 2 on e: the whole product is out of support; CVE-3 (CVSS 10, known exploited, no fix).
// viewer 3 on a: CVE-4 without fix (CVSS 10, EPSS 0.2). calm 1 on all: nothing.
constexpr Ticks now = 639'040'320'000'000'000;

constexpr std::string_view fleet_sql = R"sql(
    INSERT INTO device SELECT d.id, d.id, d.id || '.example.test', 'Linux', '', '', '', '', '', '', '', '', 'HQ', d.value,
        d.facing, '', '[]', '[]', d.id = 'f', 'test', 0, CASE WHEN d.id = 'g' THEN 639040320000000000 - 60 * 864000000000 ELSE 639040320000000000 END, 0
    FROM (VALUES ('a','Normal',false),('b','High',false),('c','Low',true),('d','Normal',false),('e','Normal',false),
                 ('f','Normal',false),('g','Normal',false)) d(id, value, facing);
    INSERT INTO software SELECT s.id, 'programs', s.product, '', s.version, '', '', '', '', '', '', '', '', 'windows', 0
    FROM (VALUES (1,'editor','1.0'),(2,'editor','1.1'),(3,'player','5'),(4,'relic','2'),(5,'viewer','3'),(6,'calm','1')) s(id, product, version);
    INSERT INTO identity SELECT s.id, 'acme', s.name, s.version, 'intdot', '[]', true,
        CASE s.id WHEN 3 THEN 'EOS Version' WHEN 4 THEN 'EOS Software' ELSE '' END, s.id IN (3, 4), NULL,
        CASE s.id WHEN 3 THEN 'player' ELSE '' END, CASE s.id WHEN 3 THEN '5' ELSE '' END, '', '' FROM software s;
    INSERT INTO installation SELECT i.d, i.s, '', '', 0 FROM (VALUES ('a',1),('b',1),('g',1),('c',2),('d',3),('f',3),('e',4),('a',5),
        ('a',6),('b',6),('c',6),('d',6),('e',6)) i(d, s);
    INSERT INTO cve SELECT c.id, 'published', '', '', 'High', c.cvss, '', '', '', 0, 0, false, false, false, c.kev, false, 0, '[]', '[]',
        c.epss, NULL, '[]', '[]', '[]' FROM (VALUES ('CVE-1',10.0,0.2,false),('CVE-2',5.0,0.1,false),('CVE-3',10.0,0.0,true),('CVE-4',10.0,0.2,false)) c(id, cvss, epss, kev);
    INSERT INTO finding SELECT f.s, f.c, '[]', f.state, f.fixed, '', '', 100, false, '[]', 0
    FROM (VALUES (1,'CVE-1','fixed','1.2'),(1,'CVE-2','affected',''),(2,'CVE-2','affected',''),(4,'CVE-3','affected',''),(5,'CVE-4','affected','')) f(s, c, state, fixed);
    INSERT INTO finding_cleared VALUES ('a', 1, 'CVE-2', 'test');
    INSERT INTO alert VALUES ('x', 'b', 0, 'High', '', '', 'New', '', '{}'), ('y', 'e', 0, 'High', '', '', 'Resolved', '', '{}');
)sql";

class Golden : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();
    std::shared_ptr<fleet::Index const> index;
    fleet::Exposure exposure;
    std::map<std::string, Recommendation> by_product;

    void SetUp() override {
        auto const made = connection.execute(fleet_sql);
        ASSERT_TRUE(made) << describe(made.error());
        fleet::IndexOptions options;
        options.now = now;
        index = fleet::Index::build(connection, options).value();
        exposure = fleet::compute_exposure(*index);
        auto const all = software_recommendations(connection, *index, exposure, {now}).value();
        for (auto const& one : all) by_product.emplace(one.product, one);
    }
    static double chance(double hazard) { return 1 - std::exp(-hazard); }
};

// Hazards (E4): CVE-1 0.5*0.2*1 = 0.1; CVE-2 0.5*0.1*0.25 = 0.0125; CVE-3 0.5*0.5*1 = 0.25; CVE-4 0.1.
// Devices: a 0.1 (CVE-1; CVE-2 cleared) + 0.1 (CVE-4) = 0.2; b 0.1125; c 0.0125 * 1.5 = 0.01875; d 0; e 0.25.
TEST_F(Golden, ScoreIsTheWeightedMean) {
    auto const expected = 100 * (chance(0.2) + 2 * chance(0.1125) + 0.5 * chance(0.01875) + 0 + chance(0.25)) / 5.5;
    EXPECT_NEAR(exposure.score, expected, 1e-9);
    EXPECT_EQ(index->counted.cardinality(), 5U);
}

TEST_F(Golden, OneRecommendationForEachProductWithSomethingToDo) {
    ASSERT_EQ(by_product.size(), 4U);  // calm needs nothing
    auto const& editor = by_product.at("editor");
    EXPECT_EQ(editor.id, "va-_-acme-_-editor");
    EXPECT_EQ(editor.type, RemediationType::update);
    EXPECT_EQ(editor.recommended_version, "1.2");
    EXPECT_EQ(editor.name, "Update Acme Editor");
    EXPECT_EQ(editor.weaknesses, 2U);
    EXPECT_EQ(editor.total_devices, 3U);    // a b c; g is silent
    EXPECT_EQ(editor.exposed_devices, 3U);  // a has CVE-1 still
    EXPECT_EQ(editor.critical_devices, 1U);
    EXPECT_TRUE(editor.active_alert);       // on b
    EXPECT_FALSE(editor.public_exploit);
    EXPECT_EQ(editor.tags, std::vector<std::string>{"internetFacing"});
    // Only CVE-1 has a fix: a falls to 0.1, b to 0.0125.
    EXPECT_NEAR(editor.exposure_impact, 100 * (chance(0.2) - chance(0.1) + 2 * (chance(0.1125) - chance(0.0125))) / 5.5, 1e-9);
}

TEST_F(Golden, EndOfSupportDecidesTheKind) {
    auto const& player = by_product.at("player");
    EXPECT_EQ(player.type, RemediationType::upgrade);
    EXPECT_EQ(player.tags, std::vector<std::string>{"EOS versions"});
    EXPECT_EQ(player.exposed_devices, 1U);  // d; f is excluded
    EXPECT_EQ(player.exposure_impact, 0);
    auto const& relic = by_product.at("relic");
    EXPECT_EQ(relic.type, RemediationType::uninstall);
    EXPECT_EQ(relic.tags, (std::vector<std::string>{"EOS software", "Zero day", "No security update", "Known exploited"}));
    EXPECT_FALSE(relic.active_alert);  // that one is resolved
    EXPECT_NEAR(relic.exposure_impact, 100 * chance(0.25) / 5.5, 1e-9);
    auto const& viewer = by_product.at("viewer");
    EXPECT_EQ(viewer.type, RemediationType::attention_required);
    EXPECT_EQ(viewer.exposure_impact, 0);
}

// R7: relic 4.02 points, editor 100 * (0.0861 + 0.1879) / 5.5 = 4.98 points, player none, viewer only to be watched.
TEST_F(Golden, PrioritiesFollowTheRules) {
    ASSERT_TRUE(connection.transaction([&]() -> Status {
        TRY(fleet::publish_exposure(connection, *index, exposure, now));
        TRY(publish_recommendations(connection, *index, exposure, {now}));
        return {};
    }));
    auto const order = connection.scalar("SELECT string_agg(product, ' ' ORDER BY priority) FROM recommendation").value();
    EXPECT_EQ(std::get<std::string>(order), "editor relic player viewer");
    auto const concerned = connection.scalar("SELECT string_agg(DISTINCT device, ' ' ORDER BY device) FROM product_concern WHERE product = 'player'").value();
    EXPECT_EQ(std::get<std::string>(concerned), "d");

    // Together: a keeps 0.1 (CVE-4), b 0.0125, c 0.01875, e nothing.
    std::array const ids{std::string("VA-_-acme-_-editor"), std::string("va-_-acme-_-relic"), std::string("va-_-acme-_-editor")};
    auto const answer = what_if(connection, ids, now);
    ASSERT_TRUE(answer) << describe(answer.error());
    EXPECT_EQ(answer->parts.size(), 2U);
    EXPECT_NEAR(answer->exposure_then, 100 * (chance(0.1) + 2 * chance(0.0125) + 0.5 * chance(0.01875)) / 5.5, 1e-9);
    std::array const unknown{std::string("va-_-acme-_-nothing")};
    EXPECT_EQ(what_if(connection, unknown, now).error().code, "advise.no_such_recommendation");
}

TEST(SupportedVersion, IsTheNearestThatLasts) {
    LifecycleProduct product;
    product.slug = "player";
    auto const cycle = [&](std::string name, Ticks released, Ticks ends, std::string latest) {
        LifecycleCycle one;
        one.name = std::move(name);
        one.released = released * ticks_per_day;
        one.end_of_life.date = now + ends * ticks_per_day;
        one.latest = std::move(latest);
        product.cycles.push_back(one);
    };
    cycle("8", 40, 900, "8.0.1");
    cycle("7", 30, 500, "7.4.2");
    cycle("6", 20, 100, "6.9");  // ends soon: not worth the way
    cycle("5", 10, -5, "5.5");
    EXPECT_EQ(next_supported_version(product, "5", now, 183), "7.4.2");
    EXPECT_EQ(next_supported_version(product, "8", now, 183), "");
    EXPECT_EQ(next_supported_version(product, "none", now, 183), "");
}

}  // namespace
}  // namespace merlon::advise
