// Recommendations and scores of the small fleet; every number is worked out on paper in the comments.
#include <gtest/gtest.h>

#include "advise/golden_fleet_for_tests.h"
#include "advise/publish.h"
#include "advise/remediation.h"
#include "advise/what_if.h"
#include "fleet/publish.h"
#include "store/history.h"
#include "store/store.h"

namespace merlon::advise {
namespace {

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
        auto const all = software_recommendations(connection, *index, exposure, {}, {now}).value();
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

// E12: d has player 5, e has relic 2; both are past their support, which is 0.01 each.
TEST_F(Golden, EndsOfSupportCountWhereTheDataFolderSaysSo) {
    auto const publish = [&](Ticks at) {
        ASSERT_TRUE(connection.transaction([&]() -> Status {
            TRY(publish_all(connection, at));
            return {};
        }));
    };
    auto const number = [&](std::string_view sql) { return std::get<double>(connection.scalar(sql).value()); };
    publish(now - 1);
    EXPECT_EQ(number("SELECT sum(part) FROM unsupported_exposure"), 0);
    ASSERT_TRUE(connection.execute("DELETE FROM state WHERE key = 'score.end_of_support'"));
    publish(now);
    auto const d = 100 * chance(0.01) / 5.5, e = 100 * chance(0.26) / 5.5;
    auto const more = d + e - 100 * chance(0.25) / 5.5;
    auto const score = number("SELECT arg_max(score, time) FROM exposure_score WHERE device_group = '*'");
    EXPECT_NEAR(score, exposure.score + more, 1e-9);
    EXPECT_NEAR(number("SELECT part FROM unsupported_exposure WHERE devices = 2"), d + e / 26, 1e-9);
    EXPECT_NEAR(number("SELECT sum(part) FROM cve_exposure"), score - d - e / 26, 1e-9);
    EXPECT_NEAR(number("SELECT sum(part) FROM product_exposure"), score, 1e-9);
    // Nothing happened but that it counts now.
    EXPECT_EQ(std::get<std::string>(connection.scalar("SELECT string_agg(DISTINCT cause) FROM score_change WHERE time = " + std::to_string(now)).value()), "ScoringChanged");
    EXPECT_NEAR(number("SELECT points FROM score_change WHERE cause = 'ScoringChanged' AND device_group = '*'"), more, 1e-9);
    // What a recommendation takes away: player goes with its end of support, relic with its hole too.
    EXPECT_NEAR(number("SELECT impact FROM product_exposure WHERE product = 'player'"), d, 1e-9);
    EXPECT_NEAR(number("SELECT exposure_impact FROM recommendation WHERE product = 'relic'"), e, 1e-9);
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

// Editor is fixed by a KB: on a it is in and waits for a restart; b waits for other reasons, c for none.
TEST_F(Golden, WhatWaitsForARestartIsTagged) {
    auto const tags_with = [&](std::string_view sql) {
        auto const ran = connection.execute(sql);
        EXPECT_TRUE(ran) << describe(ran.error());
        auto const all = software_recommendations(connection, *index, exposure, {}, {now}).value();
        return std::ranges::find(all, "editor", &Recommendation::product)->tags;
    };
    std::vector<std::string> const plain{"internetFacing"}, waiting{"internetFacing", "Pending restart"};
    EXPECT_EQ(tags_with("INSERT INTO setting VALUES ('a', 'restart.pending', '1', 5), ('a', 'restart.reason.windows_update', '{}', 5)"), plain) << "no KB";
    EXPECT_EQ(tags_with("UPDATE finding SET hotfix = 'KB5034765' WHERE cve = 'CVE-1'"), waiting);
    EXPECT_EQ(tags_with("UPDATE setting SET key = 'restart.reason.file_renames' WHERE key = 'restart.reason.windows_update'"), plain);
    EXPECT_EQ(tags_with("UPDATE software SET source = 'deb', name = 'linux-image-6.1.0-9-amd64', platform = 'linux' WHERE name = 'editor';"
                        "UPDATE setting SET key = 'restart.reason.kernel', value = 'no JSON' WHERE key = 'restart.reason.file_renames'"), waiting);
    EXPECT_EQ(tags_with("UPDATE setting SET device = 'd'"), plain) << "d does not have it";
}

// Viewer's CVE-4 was used by attackers while nothing fixed it, for longer than a day, and its fix came three days ago.
TEST_F(Golden, AFixForWhatWasAZeroDayIsTagged) {
    auto const tags_with = [&](std::string const& sql) {
        auto const ran = connection.execute(sql);
        EXPECT_TRUE(ran) << describe(ran.error());
        fleet::IndexOptions options;
        options.now = now;
        auto const fresh = fleet::Index::build(connection, options).value();
        auto const all = software_recommendations(connection, *fresh, fleet::compute_exposure(*fresh), {}, {now}).value();
        return std::ranges::find(all, "viewer", &Recommendation::product)->tags;
    };
    auto const at = [](int days) { return std::to_string(now - days * ticks_per_day); };
    auto const rated = [&](int from) { return "INSERT INTO cve_history VALUES ('CVE-4', 'High', 10, 0.2, false, false, false, true, " + at(from) + ", 9223372036854775807);"; };
    auto const open = [&](int from, int to) { return "INSERT INTO finding_history VALUES (5, 'CVE-4', 'affected', '', '', false, 0, " + at(from) + ", " + at(to) + ");"; };
    std::vector<std::string> const fixed{"New security update for zero day", "Known exploited"}, known{"Known exploited"};
    EXPECT_EQ(tags_with("UPDATE cve SET known_exploited = true WHERE id = 'CVE-4';" + rated(2) + open(10, 3)),
              (std::vector<std::string>{"Zero day", "No security update", "Known exploited"}));
    EXPECT_EQ(tags_with("UPDATE finding SET state = 'fixed', fixed_version = '4' WHERE cve = 'CVE-4'"), known) << "attackers came after the fix";
    EXPECT_EQ(tags_with("DELETE FROM cve_history;" + rated(20)), fixed);
    EXPECT_EQ(tags_with("DELETE FROM finding_history;" + open(40, 31)), known) << "the fix is no news any more";
    EXPECT_EQ(tags_with("UPDATE finding_history SET valid_from = " + at(3) + " - 600000000, valid_to = " + at(3)), known) << "two feeds, one after the other";
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
        TRY(publish_all(connection, now));
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

// Every number of the lists of weaknesses, software, devices and of the score's breakdown.
TEST_F(Golden, ListsAndBreakdown) {
    ASSERT_TRUE(connection.transaction([&]() -> Status {
        TRY(publish_all(connection, now));
        return {};
    }));
    auto const text = [&](std::string_view sql) { return std::get<std::string>(connection.scalar(sql).value()); };
    auto const number = [&](std::string_view sql) { return std::get<double>(connection.scalar(sql).value()); };
    // CVE-1 on a, b (g is silent); CVE-2 on b, c (cleared on a); CVE-3 on e; CVE-4 on a.
    EXPECT_EQ(text("SELECT string_agg(cve || ':' || devices, ' ' ORDER BY cve) FROM cve_exposure"), "CVE-1:2 CVE-2:2 CVE-3:1 CVE-4:1");
    // Product: devices that have it, exposed ones, CVEs. calm is on a b c d e; player on d (f is excluded) without CVE.
    EXPECT_EQ(text("SELECT string_agg(product || ':' || devices || '/' || exposed_devices || '/' || weaknesses, ' ' ORDER BY product) FROM product_exposure"),
              "calm:5/0/0 editor:3/3/2 player:1/0/0 relic:1/1/1 viewer:1/1/1");
    // Versions as the database counts them, and what any device has, counted or not.
    auto const versions = text("SELECT string_agg(product || ' ' || version || ':' || devices, ' ' ORDER BY product, version) FROM version_exposure");
    EXPECT_NE(versions.find("player "), std::string::npos) << versions;
    EXPECT_EQ(versions, text("SELECT string_agg(product || ' ' || version || ':' || devices, ' ' ORDER BY product, version) FROM (SELECT y.product, y.version, count(DISTINCT i.device) AS devices "
                             "FROM installation i JOIN identity y ON y.software = i.software JOIN device_exposure e ON e.device = i.device AND e.counted GROUP BY ALL)"));
    EXPECT_EQ(text("SELECT string_agg(software, ' ' ORDER BY software) FROM installed_software"),
              text("SELECT string_agg(DISTINCT software, ' ' ORDER BY software) FROM installation"));
    EXPECT_EQ(text("SELECT string_agg(product, ' ' ORDER BY product) FROM product_exposure WHERE public_exploit"), "relic");  // known exploited
    EXPECT_EQ(text("SELECT string_agg(product, ' ' ORDER BY product) FROM product_exposure WHERE active_alert"), "editor");   // the alert on b
    // Chances: a 18.1 %, b 10.6 %, c 1.9 %, d 0, e 22.1 %; f and g do not count.
    EXPECT_EQ(text("SELECT string_agg(device || ':' || level || CASE WHEN counted THEN '' ELSE '-' END, ' ' ORDER BY device) FROM device_exposure"),
              "a:Low b:Low c:Low d:None e:Low f:None- g:None-");
    // Parts of the score (E11): each device's term of the mean, divided by hazard. a: half CVE-1, half CVE-4; b: 8/9 CVE-1
    // (0.1 of 0.1125), 1/9 CVE-2; c: all CVE-2; e: all CVE-3.
    auto const a = 100 * chance(0.2) / 5.5, b = 100 * 2 * chance(0.1125) / 5.5, c = 100 * 0.5 * chance(0.01875) / 5.5, e = 100 * chance(0.25) / 5.5;
    auto const cve = [&](std::string_view id) { return number("SELECT part FROM cve_exposure WHERE cve = '" + std::string(id) + "'"); };
    EXPECT_NEAR(cve("CVE-1"), a / 2 + b * 8 / 9, 1e-9);
    EXPECT_NEAR(cve("CVE-2"), b / 9 + c, 1e-9);
    EXPECT_NEAR(cve("CVE-3"), e, 1e-9);
    EXPECT_NEAR(cve("CVE-4"), a / 2, 1e-9);
    EXPECT_NEAR(number("SELECT part FROM product_exposure WHERE product = 'editor'"), a / 2 + b + c, 1e-9);
    EXPECT_NEAR(number("SELECT 100 * weighed / (SELECT weight FROM exposure_score WHERE device_group = '*') FROM device_exposure WHERE device = 'b'"), b, 1e-9);
    EXPECT_NEAR(number("SELECT sum(weighed) FROM device_exposure"), exposure.score / 100 * 5.5, 1e-9);
    for (auto const* table : {"cve_exposure", "product_exposure"})
        EXPECT_NEAR(number("SELECT sum(part) FROM " + std::string(table)), exposure.score, 1e-9) << table;
    // The timeline begins: 5 devices that count, 4 CVEs; a, b, c, e have a hole and d a version past its support.
    EXPECT_EQ(text("SELECT type || ': ' || sentence || ' ' || devices_then || '/' || total_then FROM event"),
              "Baseline: The watch begins: 5 devices and 4 vulnerabilities 5/5");
}

// a: CVE-1 and CVE-4 (CVE-2 is cleared); b, g: CVE-1 and CVE-2; c: CVE-2; e: CVE-3, of which nothing is told any more; d, f: none.
TEST_F(Golden, EachDeviceIsCountedUnderItsWorst) {
    auto const text = [&](std::string_view sql) { return std::get<std::string>(connection.scalar(sql).value()); };
    std::string const rows = "SELECT string_agg(concat(severity, '/', known_exploited, '/', exploit, '/', age, ':', devices), ' ' ORDER BY severity, exploit) FROM vulnerable_day WHERE day = ";
    auto const day = now - now % ticks_per_day;
    auto const publish = [&](Ticks at) {
        ASSERT_TRUE(connection.transaction([&]() -> Status {
            TRY(publish_all(connection, at));
            return {};
        }));
    };
    ASSERT_TRUE(connection.execute("UPDATE cve SET severity = 'Low' WHERE id = 'CVE-1'; UPDATE cve SET exploit_public = true WHERE id = 'CVE-4'; UPDATE cve SET state = 'rejected' WHERE id = 'CVE-3';"
                                   "UPDATE cve SET severity = 'Critical', published = " + std::to_string(now - 40 * ticks_per_day) + " WHERE id = 'CVE-2'"));
    publish(now);
    EXPECT_EQ(text(rows + std::to_string(day)), "0/false/-1/-1:2 3/true/-1/-1:1 3/false/1/-1:1 4/false/0/31:3");
    // The last publication of a day stays, and so does the day before.
    ASSERT_TRUE(connection.execute("UPDATE cve SET severity = 'Medium' WHERE id = 'CVE-2'"));
    publish(now + 1);
    publish(now + ticks_per_day);
    EXPECT_EQ(text(rows + std::to_string(day)), "0/false/-1/-1:2 2/false/0/31:3 3/true/-1/-1:1 3/false/1/-1:1");
    EXPECT_EQ(text(rows + std::to_string(day + ticks_per_day)), text(rows + std::to_string(day)));
    publish(now + 200 * ticks_per_day);
    EXPECT_EQ(text("SELECT count(DISTINCT day)::VARCHAR FROM vulnerable_day"), "1") << "history.days are kept";
}

// The lists that are left: secure score, recommendations of checks, remediation, exceptions, service targets, trend.
//
// Settings: a and b say PermitEmptyPasswords yes, c says no. Of SSH's checks (a, b, c report the family) these read what is not
// set, and pass: 40001, 40004, 40007, 40008, 40009, 40012, 40013 (weights 8, 3, 6, 6, 5, 3, 3: 34 points of 34); and fail:
// 40002, 40005, 40006, 40010, 40011 (7, 5, 3, 3, 3: none of 21). 40003 (weight 9) passes on c only: 3 of 9. 40014 does not apply
// when nothing tells. Together 37 of 64. By category: Accounts 40001, 40002, 40003: 11 of 24; Network the rest: 26 of 40.
TEST_F(Golden, SecureScoreAndWorkInHand) {
    auto const publish = [&](Ticks at) {
        ASSERT_TRUE(connection.transaction([&]() -> Status {
            TRY(publish_all(connection, at));
            return {};
        }));
    };
    auto const text = [&](std::string const& sql) {
        auto const found = connection.scalar(sql).value();
        auto const* value = std::get_if<std::string>(&found);
        return value ? *value : std::string{};
    };
    auto const score = [&](std::string const& columns) {
        return text("SELECT string_agg(category || ':' || " + columns + ", ' ' ORDER BY category) FROM (SELECT category, round(arg_max(points, time), 2) AS points, "
                    "round(arg_max(points_before, time), 2) AS points_before, arg_max(possible, time) AS possible FROM secure_score WHERE device_group = 'HQ' AND possible > 0 GROUP BY category)");
    };
    ASSERT_TRUE(connection.execute("INSERT INTO setting VALUES ('a', 'sshd.PermitEmptyPasswords', 'yes', 5), ('b', 'sshd.PermitEmptyPasswords', 'yes', 5), "
                                   "('c', 'sshd.PermitEmptyPasswords', 'no', 5)"));
    publish(now);
    EXPECT_EQ(score("points || '/' || possible"), "*:37.0/64.0 Accounts:11.0/24.0 Network:26.0/40.0");
    // Of the six checks that somebody fails the one of the empty passwords brings 6 points (2 of 3 devices x 9), 40002 brings 7.
    EXPECT_EQ(text("SELECT string_agg(scid || ' ' || exposed_devices || '/' || total_devices || ' ' || round(score_impact, 2), ', ' ORDER BY priority) "
                   "FROM recommendation WHERE kind = 'configuration' AND score_impact > 5"),
              "scid-40002 3/3 7.0, scid-40003 2/3 6.0");
    // Asked for: editor's update (CVE-1 on a and b), and the check on b alone by way of an exception for it: a mitigation on all.
    NewRemediation asked;
    asked.id = "r";
    asked.by = {"1", "anna"};
    asked.recommendation = "va-_-acme-_-editor";
    asked.due = now + 10 * ticks_per_day;
    ASSERT_TRUE(add_remediation(connection, asked, now));
    NewException exception;
    exception.id = "x";
    exception.who = "user:anna";
    exception.subject = "sca-_-scid-40003";
    exception.justification = "AlternateMitigation";
    exception.ends = now + 30 * ticks_per_day;
    ASSERT_TRUE(add_exception(connection, exception, {}, now));
    // A day later b has the newer editor.
    ASSERT_TRUE(connection.execute("DELETE FROM installation WHERE device = 'b' AND software = 1; INSERT INTO installation VALUES ('b', 2, '', '', 0)"));
    publish(now + ticks_per_day);
    EXPECT_EQ(text("SELECT state || ' ' || fixed_devices || '/' || target_devices FROM remediation"), "Active 1/2");
    EXPECT_EQ(score("points || '/' || points_before"), "*:43.0/37.0 Accounts:17.0/11.0 Network:26.0/26.0");
    EXPECT_EQ(text("SELECT exposed_devices || ' ' || exposed_after || ' ' || status FROM recommendation WHERE scid = 'scid-40003'"), "2 0 Full exception");
    EXPECT_EQ(text("SELECT string_agg(subject || ' ' || device, ', ' ORDER BY device) FROM exempt"), "sca-_-scid-40003 a, sca-_-scid-40003 b");
    // What each device's recommendations are: a has editor, viewer and five settings, and the excepted one besides.
    EXPECT_EQ(text("SELECT string_agg(device || ':' || n || '-' || gone, ' ' ORDER BY device) FROM (SELECT device, count(*) AS n, count(*) FILTER (exempt) AS gone "
                   "FROM recommendation_device GROUP BY device)"),
              "a:8-1 b:7-1 c:6-0 d:1-0 e:1-0");
    // The day before and this one: editor on a, b, c both days; CVE-1 closed on b after that day, 30 days allowed for High.
    EXPECT_EQ(text("SELECT string_agg(exposed_devices || '/' || total_devices, ' ' ORDER BY day) FROM recommendation_day WHERE recommendation = 'va-_-acme-_-editor'"), "3/3 3/3");
    // As of either day the recommendations are the ones of that day; nothing is known of the day before them.
    auto const of_day = [&](Ticks time) {
        return text(store::as_of("SELECT coalesce(string_agg(exposed_devices || ' ' || exposed_after || ' ' || status || ' ' || name, ', '), 'nothing') "
                                 "FROM main.recommendation r WHERE r.scid = 'scid-40003'", time).value());
    };
    EXPECT_EQ(of_day(now), "2 2 Active " + text("SELECT name FROM recommendation WHERE scid = 'scid-40003'"));
    EXPECT_EQ(of_day(now + ticks_per_day), "2 0 Full exception " + text("SELECT name FROM recommendation WHERE scid = 'scid-40003'"));
    EXPECT_EQ(of_day(now - 2 * ticks_per_day), "nothing");
    EXPECT_EQ(text("SELECT string_agg(cve || ' ' || devices, ', ') FROM closed_finding"), "CVE-1 1");
    publish(now + 40 * ticks_per_day);  // the exception has ended; devices are silent by then: nobody counts
    EXPECT_EQ(text("SELECT state FROM exception"), "Expired");
    EXPECT_EQ(text("SELECT count(*)::VARCHAR FROM recommendation"), "0");
    EXPECT_EQ(text("SELECT string_agg(device || ':' || state, ' ' ORDER BY device) FROM remediation_device"), "a:Away b:Away");
}

// What a week brings, cause by cause. HQ is the only group, so its changes are the organisation's.
TEST_F(Golden, AChangeIsExplained) {
    ASSERT_TRUE(connection.execute("UPDATE cve SET known_exploited = true WHERE id = 'CVE-1'; DELETE FROM installation WHERE device = 'e' AND software = 4; "
                                   "UPDATE device SET last_seen = 639040320000000000 WHERE id = 'g'"));
    fleet::IndexOptions options;
    options.now = now;
    auto const later = fleet::Index::build(connection, options).value();
    auto const changes = fleet::explain_change(*index, *later);
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[1].group, "HQ");
    for (auto const& change : changes) {
        auto const part = [&](fleet::Cause cause) { return change.parts[static_cast<std::size_t>(cause)]; };
        // CVE-1 rises from 0.1 to 0.25: a to 0.35, b to 0.2625.
        EXPECT_NEAR(part(fleet::Cause::exploit_known), 100 * (chance(0.35) - chance(0.2) + 2 * (chance(0.2625) - chance(0.1125))) / 5.5, 1e-9);
        // relic goes from e.
        EXPECT_NEAR(part(fleet::Cause::software_removed), -100 * chance(0.25) / 5.5, 1e-9);
        // g returns with editor 1.0: 0.25 + 0.0125, weight 1.
        auto const rest = chance(0.35) + 2 * chance(0.2625) + 0.5 * chance(0.01875);
        EXPECT_NEAR(part(fleet::Cause::device_returned), 100 * (rest + chance(0.2625)) / 6.5 - 100 * rest / 5.5, 1e-9);
        EXPECT_NEAR(change.after - change.before, part(fleet::Cause::exploit_known) + part(fleet::Cause::software_removed) + part(fleet::Cause::device_returned), 1e-9);
    }
}

}  // namespace
}  // namespace merlon::advise
