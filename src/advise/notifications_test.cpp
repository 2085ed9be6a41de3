// Notifications on the small fleet (golden_fleet_for_tests.h).
#include "advise/notifications.h"

#include <gtest/gtest.h>

#include "advise/golden_fleet_for_tests.h"
#include "advise/publish.h"
#include "advise/remediation.h"
#include "base/json_read.h"
#include "store/store.h"

namespace merlon::advise {
namespace {

constexpr Ticks day = ticks_per_day;

std::string next_id() {
    static int number = 0;
    return "d" + std::to_string(++number);
}

class Notifications : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();

    void SetUp() override {
        run(fleet_sql);
        publish();
        for (auto const* name : {"hook", "mail", "desk"}) {
            NotificationChannel channel;
            channel.id = channel.name = name;
            channel.kind = name == std::string("hook") ? "Webhook" : name == std::string("mail") ? "mail" : "Ticket";
            channel.address = "https://example.org";
            channel.ticket_body = R"({"summary": "{{title}}", "labels": ["{{id}}"], "due": "{{due}}"})";
            auto const saved = save_channel(connection, channel);
            ASSERT_TRUE(saved) << describe(saved.error());
        }
    }
    void run(std::string_view sql) {
        auto const ran = connection.execute(sql);
        ASSERT_TRUE(ran) << describe(ran.error());
    }
    void publish() {
        ASSERT_TRUE(connection.transaction([&]() -> Status {
            TRY(publish_all(connection, now));
            return {};
        }));
    }
    Status rule(std::vector<std::string> events, std::vector<std::string> channels, std::string severity = {}) {
        NotificationRule one;
        one.id = one.name = "r" + events.front();
        one.events = std::move(events);
        one.channels = std::move(channels);
        one.severity = std::move(severity);
        return save_rule(connection, one, now);
    }
    std::int64_t collect(Ticks at = now) {
        return collect_notifications(connection, "https://merlon.example", next_id, at).value();
    }
};

TEST_F(Notifications, TellEachNewsOnceFromTheRuleOn) {
    ASSERT_TRUE(rule({"vulnerability.new", "exploit.known"}, {"HOOK", "mail"}, "high"));
    EXPECT_EQ(collect(), 0);  // what was there before
    // CVE-5 is new on c; CVE-1 becomes known to be exploited; CVE-6 is too mild.
    run("INSERT INTO cve SELECT REPLACE(id, '1', '5'), state, 'A \"new\" hole', description, severity, cvss, "
        "cvss_vector, cvss_version, cvss_source, published, modified, "
        "false, false, false, false, false, 0, '[]', '[]', epss, epss_percentile, cwes, refs, sources FROM cve WHERE "
        "id = 'CVE-1';"
        "INSERT INTO cve SELECT 'CVE-6', state, title, description, 'Low', cvss, cvss_vector, cvss_version, "
        "cvss_source, published, modified, "
        "false, false, false, false, false, 0, '[]', '[]', epss, epss_percentile, cwes, refs, sources FROM cve WHERE "
        "id = 'CVE-2';"
        "INSERT INTO finding SELECT 2, c, advisories, state, fixed_version, hotfix, urgency, confidence, hidden, "
        "evidence, first_seen FROM finding, (VALUES ('CVE-5'), ('CVE-6')) t(c) WHERE cve = 'CVE-4';"
        "UPDATE cve SET known_exploited = true WHERE id = 'CVE-1'");
    publish();
    EXPECT_EQ(collect(), 4);  // two kinds by two channels
    EXPECT_EQ(collect(), 0);
    auto const due = due_deliveries(connection, now).value();
    ASSERT_EQ(due.size(), 4U);
    auto const found = std::ranges::find_if(
        due, [](auto const& one) { return one.channel.id == "hook" && one.event == "vulnerability.new"; });
    ASSERT_NE(found, due.end());
    auto const document = json::Document::parse(found->body, "body").value();
    EXPECT_EQ(json::integer(document.root(), "count"), 1);
    auto const item = *json::array(document.root(), "items").begin();
    EXPECT_EQ(json::text(item, "subjectId"), "CVE-5");
    EXPECT_EQ(json::text(item, "title"), "A \"new\" hole");
    EXPECT_EQ(json::integer(item, "machines"), 1);
    EXPECT_EQ(json::text(item, "link"), "https://merlon.example/weaknesses?q=CVE-5");
    auto const mailed = std::ranges::find_if(
        due, [](auto const& one) { return one.channel.id == "mail" && one.event == "exploit.known"; });
    ASSERT_NE(mailed, due.end());
    EXPECT_TRUE(mailed->body.starts_with("Merlon: Exploits known (1)\n\nCVE-1  High  2 devices\n")) << mailed->body;
}

TEST_F(Notifications, RemindOfExceptionsAndOverdueWork) {
    ASSERT_TRUE(rule({"exception.new", "exception.ending", "remediation.new", "remediation.overdue"}, {"hook"}));
    NewException exception;
    exception.id = "x1";
    exception.who = "user:anna";
    exception.subject = "CVE-1";
    exception.justification = "RiskAccepted";
    exception.ends = now + 20 * day;
    ASSERT_TRUE(add_exception(connection, exception, {}, now));
    NewRemediation asked;
    asked.id = "t1";
    asked.recommendation = "va-_-acme-_-relic";
    asked.due = now + 5 * day;
    ASSERT_TRUE(add_remediation(connection, asked, now));
    publish();
    EXPECT_EQ(collect(), 2);  // new, new
    EXPECT_EQ(collect(now + 4 * day), 0);
    EXPECT_EQ(collect(now + 6 * day), 1);  // overdue
    EXPECT_EQ(collect(now + 12 * day), 0);
    EXPECT_EQ(collect(now + 13 * day), 1);  // seven days before the end
    EXPECT_EQ(find_exception(connection, "x1")->reminded, now + 13 * day);
    ASSERT_TRUE(change_exception(connection, "x1", {.ends = now + 40 * day}, "user:anna", {}, now + 14 * day));
    EXPECT_EQ(collect(now + 15 * day), 0);
    EXPECT_EQ(collect(now + 33 * day), 1);  // of the new end
}

TEST_F(Notifications, MakeATicketOfEachActivity) {
    ASSERT_TRUE(rule({"remediation.new"}, {"desk"}));
    NewRemediation asked;
    asked.id = "t1";
    asked.recommendation = "va-_-acme-_-relic";
    asked.due = ticks_of({2026, 2, 1});
    ASSERT_TRUE(add_remediation(connection, asked, now));
    run(R"(UPDATE remediation SET title = 'Uninstall "{{id}}"')");
    EXPECT_EQ(collect(), 1);
    auto const due = due_deliveries(connection, now).value();
    EXPECT_EQ(due.front().body, R"({"summary": "Uninstall \"{ {id}}\"", "labels": ["t1"], "due": "2026-02-01"})");
    ASSERT_TRUE(record_delivery(connection, due.front(), true, "HTTP status 201", "OPS-7", now));
    EXPECT_EQ(find_remediation(connection, "t1")->ticket, "OPS-7");
}

// N3: 1, 5, 30 minutes, 2 and 12 hours; the sixth failure is the last.
TEST_F(Notifications, AreTriedAgainWithGrowingPauses) {
    ASSERT_TRUE(queue_test(connection, find_channel(connection, "hook").value(), "d", now));
    auto at = now;
    for (auto const minutes : {1, 5, 30, 120, 720}) {
        auto const due = due_deliveries(connection, at).value();
        ASSERT_EQ(due.size(), 1U);
        ASSERT_TRUE(record_delivery(connection, due.front(), false, "HTTP status 500", "", at));
        at += minutes * ticks_per_minute;
        EXPECT_EQ(due_deliveries(connection, at - 1).value().size(), 0U) << minutes;
    }
    auto const due = due_deliveries(connection, at).value();
    ASSERT_EQ(due.size(), 1U);
    ASSERT_TRUE(record_delivery(connection, due.front(), false, "HTTP status 500", "", at));
    EXPECT_EQ(due_deliveries(connection, at + 100 * day).value().size(), 0U);
    EXPECT_EQ(
        std::get<std::string>(connection.scalar("SELECT state || ' ' || attempts FROM notification_delivery").value()),
        "Failed 6");
    ASSERT_TRUE(forget_old_deliveries(connection, at + 31 * day));
    EXPECT_EQ(connection.count("SELECT count(*) FROM notification_delivery").value(), 0);
}

// A custom detection that names a channel needs no rule; a rule may ask for its alerts as well, from a severity on.
TEST_F(Notifications, TellOfAlertsOfCustomDetections) {
    run("INSERT INTO custom_detection VALUES ('c1', 'Odd one', 'DeviceInfo', 60, 0, 'Medium', 'Malware', 't', '', '', '[]', "
        "'[{\"type\":\"notify\",\"value\":\"hook\"},{\"type\":\"tag\",\"value\":\"odd\"},{\"type\":\"notify\",\"value\":\"desk\"}]', true, 0, 0, 0, '')");
    ASSERT_TRUE(rule({"detection.alert"}, {"mail"}, "high"));
    run("INSERT INTO alert VALUES ('n1', 'a', 0, 'Medium', '', 'Odd on a', 'New', '', '{}'), ('n2', 'b', 0, 'High', '', 'Odd on b', 'New', '', '{}');"
        "INSERT INTO alert_detail VALUES ('n1', '', '', 'c1', 0, 0), ('n2', '', '', 'c1', 0, 0)");
    EXPECT_EQ(collect(), 4);  // one by the rule, which wants High; one to the hook; a ticket for each
    EXPECT_EQ(collect(), 0);
    auto const due = due_deliveries(connection, now).value();
    auto const by = [&](std::string_view channel) { return std::ranges::find_if(due, [&](auto const& one) { return one.channel.id == channel; }); };
    ASSERT_NE(by("mail"), due.end());
    EXPECT_TRUE(by("mail")->body.starts_with("Merlon: Alerts of custom detections (1)\n\nb.example.test  High  1 devices\n    Odd on b\n")) << by("mail")->body;
    ASSERT_NE(by("hook"), due.end());
    auto const document = json::Document::parse(by("hook")->body, "body").value();
    EXPECT_EQ(json::text(document.root(), "rule"), "Odd one");
    EXPECT_EQ(json::integer(document.root(), "count"), 2);
    EXPECT_NE(by("desk"), due.end());
    ASSERT_TRUE(remove_channel(connection, "hook"));
    auto rows = connection.query("SELECT actions FROM custom_detection").value();
    EXPECT_EQ(rows.next().value()->columns[0].text(0), R"([{"type":"tag","value":"odd"},{"type":"notify","value":"desk"}])");
}

TEST_F(Notifications, AreChecked) {
    EXPECT_EQ(rule({"nothing.happened"}, {"hook"}).error().code, "advise.bad_notification");
    EXPECT_EQ(rule({"exception.new"}, {"nowhere"}).error().code, "advise.no_such_channel");
    EXPECT_EQ(rule({"exception.new"}, {}).error().code, "advise.bad_notification");
    EXPECT_EQ(rule({"exception.new"}, {"hook"}, "Worst").error().code, "advise.bad_notification");
    ASSERT_TRUE(rule({"exception.new"}, {"hook", "mail"}));
    EXPECT_EQ(remove_channel(connection, "hook").has_value(), true);
    EXPECT_EQ(find_rule(connection, "rexception.new")->channels, std::vector<std::string>{"mail"});
    EXPECT_EQ(remove_channel(connection, "mail").error().code, "advise.bad_notification");
}

}  // namespace
}  // namespace merlon::advise
