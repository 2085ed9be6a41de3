// Notifications on the small fleet (golden_fleet_for_tests.h).
#include "advise/notifications.h"

#include <gtest/gtest.h>

#include "advise/golden_fleet_for_tests.h"
#include "advise/notification_bodies.h"
#include "advise/publish.h"
#include "advise/remediation.h"
#include "base/json_read.h"
#include "base/text.h"
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
    Status rule(std::vector<std::string> events, std::vector<std::string> channels, std::string severity = {}, std::vector<std::string> groups = {}) {
        NotificationRule one;
        one.id = one.name = "r" + join(groups, "") + events.front();
        one.events = std::move(events);
        one.channels = std::move(channels);
        one.severity = std::move(severity);
        one.device_groups = std::move(groups);
        return connection.transaction([&] { return save_rule(connection, one, now); });
    }
    std::int64_t collect(Ticks at = now) {
        auto const made = collect_notifications(connection, "https://merlon.example", next_id, at);
        EXPECT_TRUE(made) << describe(made.error());
        return made.value_or(-1);
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
    EXPECT_TRUE(by("mail")->body.starts_with("Merlon: Alerts of custom detections (1)\n\nb.example.test  High  1 device\n    Odd on b\n")) << by("mail")->body;
    ASSERT_NE(by("hook"), due.end());
    auto const document = json::Document::parse(by("hook")->body, "body").value();
    EXPECT_EQ(json::text(document.root(), "rule"), "Odd one");
    EXPECT_EQ(json::integer(document.root(), "count"), 2);
    EXPECT_NE(by("desk"), due.end());
    // A channel that is changed stays where it was named.
    auto renamed = find_channel(connection, "hook").value();
    renamed.name = "soc";
    ASSERT_TRUE(save_channel(connection, renamed));
    EXPECT_EQ(connection.count("SELECT count(*) FROM custom_detection WHERE contains(actions, 'hook')").value(), 1);
    ASSERT_TRUE(remove_channel(connection, "hook"));
    auto rows = connection.query("SELECT actions FROM custom_detection").value();
    EXPECT_EQ(rows.next().value()->columns[0].text(0), R"([{"type":"tag","value":"odd"},{"type":"notify","value":"desk"}])");
}

// N8. What is new to a device group is told to its rule, also where the fleet has had it.
TEST_F(Notifications, OfDeviceGroupsAreAboutTheirDevices) {
    run("UPDATE device SET device_group = 'Lab' WHERE id = 'c'");
    publish();
    EXPECT_EQ(rule({"vulnerability.new"}, {"hook"}, "", {"Nowhere"}).error().code, "advise.no_such_group");
    ASSERT_TRUE(rule({"vulnerability.new", "exception.new", "detection.alert"}, {"hook"}, "", {"lab"}));
    EXPECT_EQ(find_rule(connection, "rlabvulnerability.new")->device_groups, std::vector<std::string>{"Lab"});
    EXPECT_EQ(collect(), 0);
    // CVE-5 is new on c; CVE-7 on a and b, which are no matter of the lab's.
    run("INSERT INTO cve SELECT REPLACE(id, '1', '5'), * EXCLUDE (id) FROM cve WHERE id = 'CVE-1';"
        "INSERT INTO cve SELECT REPLACE(id, '1', '7'), * EXCLUDE (id) FROM cve WHERE id = 'CVE-1';"
        "INSERT INTO finding SELECT 2, 'CVE-5', * EXCLUDE (software, cve) FROM finding WHERE cve = 'CVE-4';"
        "INSERT INTO finding SELECT 1, 'CVE-7', * EXCLUDE (software, cve) FROM finding WHERE cve = 'CVE-4'");
    publish();
    auto const told = [&](std::int64_t deliveries) {
        EXPECT_EQ(collect(), deliveries);
        std::string items;
        auto const due = due_deliveries(connection, now).value();
        for (auto const& one : due) {
            auto const document = json::Document::parse(one.body, "body").value();
            for (auto const item : json::array(document.root(), "items"))
                items += std::string(json::text(item, "subjectId")) + " " + std::to_string(json::integer(item, "machines").value_or(-1)) + "\n";
        }
        run("DELETE FROM notification_delivery");
        return items;
    };
    EXPECT_EQ(told(1), "CVE-5 1\n");
    run("INSERT INTO finding SELECT 2, 'CVE-1', * EXCLUDE (software, cve) FROM finding WHERE cve = 'CVE-4'");
    publish();
    EXPECT_EQ(told(1), "CVE-1 1\n");
    // Exceptions and alerts of other groups are none of its business.
    auto const except = [&](std::string id, std::string subject, std::vector<std::string> groups) {
        NewException one;
        one.id = std::move(id);
        one.who = "user:anna";
        one.subject = std::move(subject);
        one.justification = "RiskAccepted";
        one.groups = std::move(groups);
        one.ends = now + 20 * day;
        return add_exception(connection, one, {}, now).has_value();
    };
    ASSERT_TRUE(except("x1", "CVE-1", {"HQ"}) && except("x2", "CVE-1", {"Lab"}) && except("x3", "CVE-2", {}));
    EXPECT_EQ(told(1), "CVE-1 0\nCVE-2 0\n");
    run("INSERT INTO custom_detection VALUES ('c1', 'Odd one', 'DeviceInfo', 60, 0, 'Medium', 'Malware', 't', '', '', '[]', '[]', true, 0, 0, 0, '');"
        "INSERT INTO alert VALUES ('n1', 'a', 0, 'Medium', '', 'Odd on a', 'New', '', '{}'), ('n2', 'c', 0, 'High', '', 'Odd on c', 'New', '', '{}');"
        "INSERT INTO alert_detail VALUES ('n1', '', '', 'c1', 0, 0), ('n2', '', '', 'c1', 0, 0)");
    EXPECT_EQ(told(1), "c.example.test 1\n");
    ASSERT_TRUE(rule({"digest.daily"}, {"mail"}, "", {"Lab"}));
    EXPECT_EQ(collect(now + day), 1);
    auto const due = due_deliveries(connection, now + day).value();
    EXPECT_NE(due.at(0).body.find("Devices: 1"), std::string::npos) << due.at(0).body;
    EXPECT_NE(due.at(0).body.find("About the device groups Lab.\n"), std::string::npos) << due.at(0).body;
}

// N7. 2026-01-15 is a Thursday: the week is told on the next Monday, once.
TEST_F(Notifications, TellWhatTheWeekBrought) {
    ASSERT_TRUE(rule({"digest.weekly"}, {"mail", "hook", "desk"}));
    NewRemediation asked;
    asked.id = "t1";
    asked.recommendation = "va-_-acme-_-relic";
    asked.due = now + 2 * day;
    ASSERT_TRUE(add_remediation(connection, asked, now));
    EXPECT_EQ(collect(), 0);
    EXPECT_EQ(collect(now + 4 * day - 1), 0);
    EXPECT_EQ(collect(now + 4 * day), 3);
    EXPECT_EQ(collect(now + 10 * day), 0);
    auto const due = due_deliveries(connection, now + 4 * day).value();
    auto const by = [&](std::string_view channel) { return std::ranges::find_if(due, [&](auto const& one) { return one.channel.id == channel; })->body; };
    auto const mail = by("mail");
    EXPECT_TRUE(mail.starts_with("Merlon: The week of 2026-01-12 to 2026-01-18\n\nExposure score: ")) << mail;
    for (auto const words : {"lower is better\nhttps://merlon.example/\n", "Devices: 5\n", "Remediation activities overdue: 1\n",
                             "What to do first\nhttps://merlon.example/recommendations\n", "    https://merlon.example/recommendations?open=va-_-acme-_-"})
        EXPECT_NE(mail.find(words), std::string::npos) << words << "\n" << mail;
    auto const document = json::Document::parse(by("hook"), "body").value();
    EXPECT_EQ(json::text(document.root(), "event"), "digest.weekly");
    EXPECT_EQ(json::text(*json::array(document.root(), "items").begin(), "id"), "exposureScore");
    EXPECT_EQ(by("desk"), R"({"summary": "The week of 2026-01-12 to 2026-01-18", "labels": ["2026-01-19"], "due": ""})");
}

TEST_F(Notifications, ReachChatsAsPlainText) {
    for (auto const* kind : {"slack", "teams", "syslog"}) {
        NotificationChannel channel;
        channel.id = channel.name = channel.kind = kind;
        channel.address = "https://example.org";
        ASSERT_TRUE(save_channel(connection, channel));
    }
    ASSERT_TRUE(rule({"vulnerability.new"}, {"slack", "teams", "syslog"}));
    run("INSERT INTO cve SELECT REPLACE(id, '1', '5'), state, '<!channel> [x](http://y?a=1)', * EXCLUDE (id, state, title) FROM cve WHERE id = 'CVE-1';"
        "INSERT INTO finding SELECT 2, 'CVE-5', * EXCLUDE (software, cve) FROM finding WHERE cve = 'CVE-4'");
    publish();
    EXPECT_EQ(collect(), 3);
    auto const due = due_deliveries(connection, now).value();
    for (auto const& one : due) {
        if (one.channel.kind == "Syslog") {
            EXPECT_EQ(one.body, "<107>1 2026-01-15T00:00:00Z - merlon - vulnerability.new - CEF:0|Merlon|Merlon|1|vulnerability.new|<!channel> [x](http://y?a=1)|8|externalId=" + one.id +
                                    " cs1Label=subject cs1=CVE-5 cs2Label=rule cs2=rvulnerability.new cnt=1 msg=<!channel> [x](http://y?a\\=1) request=https://merlon.example/weaknesses?q\\=CVE-5\n");
            continue;
        }
        auto const document = json::Document::parse(one.body, "body").value();
        if (one.channel.kind == "Slack") {
            EXPECT_NE(json::text(document.root(), "text").find("&lt;!channel&gt; [x](http://y?a=1)"), std::string::npos) << one.body;
            continue;
        }
        auto const card = *json::member(*json::array(document.root(), "attachments").begin(), "content");
        std::vector<std::string> lines;
        for (auto const block : json::array(card, "body")) {
            EXPECT_EQ(json::text(block, "type"), "RichTextBlock");
            lines.emplace_back(json::text(*json::array(block, "inlines").begin(), "text"));
        }
        EXPECT_EQ(lines.at(0), "Merlon: New vulnerabilities (1)");
        EXPECT_EQ(trim(lines.at(2)), "<!channel> [x](http://y?a=1)");
    }
}

// Teams refuses a message above 28 KB; of Slack's kin some take 16,000 characters.
TEST_F(Notifications, AreNoLongerThanChatsTake) {
    NotificationRule long_named;
    long_named.name = std::string(3000, '<');
    for (auto const& odd : {std::string(5000, '"'), std::string(5000, '&'), std::string(5000, '\x01'), replace_all(std::string(2000, 'x'), "x", "é\xff\\"),
                            replace_all(std::string(900, 'x'), "x", "line\nline\n")}) {
        NotificationEvent const one{"vulnerability.new", odd, "High", odd, odd, odd, 1, now};
        auto const text = chat_text(long_named, std::vector<NotificationEvent>(500, one), "https://merlon.example");
        auto const teams = teams_body(text), slack = slack_body(text);
        EXPECT_LE(teams.size(), 28'000U);
        EXPECT_LE(slack.size(), 16'000U);
        for (auto const& body : {teams, slack}) {
            EXPECT_TRUE(json::Document::parse(body, "body")) << body.substr(0, 200);
            EXPECT_NE(body.find("more lines: the message is as long as it may be"), std::string::npos);
        }
    }
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
