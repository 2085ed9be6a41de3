// What happened becomes deliveries, and what becomes of them (advise/notifications.h).
#include <algorithm>
#include <map>
#include <set>

#include "advise/notification_bodies.h"
#include "advise/notifications.h"
#include "advise/publish.h"
#include "base/json_read.h"
#include "base/text.h"
#include "store/inventory.h"
#include "store/scope.h"

namespace merlon::advise {
namespace {

using Event = NotificationEvent;

// N1. What can be told at $1. An exception that is extended, and an activity with a new due date, are news again.
constexpr std::string_view news = R"sql(
    SELECT 'exception.new' AS kind, e.id AS subject, '' AS severity, e.title || ': ' || e.justification || ' until ' ||
           strftime(make_timestamp((e.ends - 621355968000000000) // 10), '%Y-%m-%d') AS title, e.devices AS devices, e.subject AS thing, 0::BIGINT AS due, e.created_by AS who, '' AS detector,
           CASE WHEN e.scope = 'DeviceGroups' THEN e.device_groups ELSE '' END AS groups
    FROM main.exception e
    UNION ALL
    SELECT 'exception.ending', e.id || '@' || e.ends, '', e.title || ': the exception (' || e.justification || ') ends', e.devices, e.subject, e.ends, e.created_by, '',
           CASE WHEN e.scope = 'DeviceGroups' THEN e.device_groups ELSE '' END
    FROM main.exception e WHERE e.state IN ('InEffect', 'Suspended') AND e.reminder_days > 0 AND e.ends > $1 AND e.ends - e.reminder_days * 864000000000 <= $1
    UNION ALL
    SELECT 'remediation.new', t.id, '', t.title, t.target_devices, t.recommendation, t.due, t.requester, '', '' FROM main.remediation t
    UNION ALL
    SELECT 'remediation.overdue', t.id || '@' || t.due, '', t.title || ': ' || t.fixed_devices || ' of ' || t.target_devices || ' devices done', t.target_devices - t.fixed_devices,
           t.recommendation, t.due, CASE WHEN t.owner = '' THEN t.requester ELSE t.owner END, '', ''
    FROM main.remediation t WHERE t.state = 'Active' AND t.due > 0 AND t.due < $1
    UNION ALL
    SELECT 'vulnerability.new', x.cve, c.severity, CASE WHEN c.title = '' THEN c.id ELSE c.title END, x.devices, x.cve, 0, '', '', ''
    FROM main.cve_exposure x JOIN main.cve c ON c.id = x.cve WHERE x.devices > 0
    UNION ALL
    SELECT 'exploit.known', x.cve || CASE WHEN c.known_exploited THEN ':exploited' ELSE ':public' END, c.severity,
           CASE WHEN c.title = '' THEN c.id ELSE c.title END || CASE WHEN c.known_exploited THEN ' (known exploited)' ELSE ' (public exploit)' END, x.devices, x.cve, 0, '', '', ''
    FROM main.cve_exposure x JOIN main.cve c ON c.id = x.cve
    WHERE x.devices > 0 AND (c.known_exploited OR c.exploit_public OR c.exploit_verified OR c.exploit_in_kit)
    UNION ALL
    SELECT k.kind, x.cve, c.severity, CASE WHEN c.title = '' THEN c.id ELSE c.title END, x.devices, x.cve, 0, '', '', ''
    FROM main.cve_exposure x JOIN main.cve c ON c.id = x.cve JOIN (VALUES ('exploit.verified'), ('exploit.kit')) k(kind)
    ON CASE k.kind WHEN 'exploit.verified' THEN c.exploit_verified ELSE c.exploit_in_kit END WHERE x.devices > 0
    UNION ALL
    SELECT CASE e.type WHEN 'EndOfSupport' THEN 'support.ended' WHEN 'UpcomingEndOfSupport' THEN 'support.ending' ELSE 'support.resolved' END, e.id, '', e.sentence,
           e.devices_now, e.vendor || '-_-' || e.product, CASE WHEN e.type = 'UpcomingEndOfSupport' THEN coalesce((SELECT min(y.support_date) FROM main.identity y
           WHERE y.vendor = e.vendor AND y.product = e.product AND list_contains(from_json(e.names, '["VARCHAR"]'), y.version)), 0) ELSE 0 END, '', '', ''
    FROM main.event e WHERE e.type IN ('EndOfSupport', 'UpcomingEndOfSupport', 'EndOfSupportResolved')
    UNION ALL
    SELECT 'detection.alert', a.id, a.severity, a.title, 1, coalesce(d.name, a.device), 0, 'custom detection ' || c.name, c.id,
           CAST(to_json([coalesce(d.device_group, '')]) AS VARCHAR)
    FROM main.custom_detection c JOIN main.alert_detail m ON m.detector = c.id JOIN main.alert a ON a.id = m.alert
    LEFT JOIN main.device d ON d.id = a.device
    UNION ALL
    SELECT p.kind, strftime(make_timestamp(($1 - $1 % p.ticks - 621355968000000000) // 10), '%Y-%m-%d'), '', '', 0, '', 0, '', '', ''
    FROM (VALUES ('digest.daily', 864000000000), ('digest.weekly', 6048000000000)) p(kind, ticks))sql";

// A set of device groups is told apart in what was told by its scope; the fleet has none.
std::string told_as(std::vector<std::string> const& groups) { return groups.empty() ? "" : "@" + store::scope_schema(groups); }

// What was not told yet to whoever asks for these device groups (none: to all). Inside a scope the news are about its devices, so
// that what is new there is told though the fleet had it.
Result<std::vector<Event>> read_news(store::Connection& connection, std::vector<std::string> const& groups, Ticks now) {
    auto const mark = told_as(groups);
    std::set<std::pair<std::string, std::string>> told;
    if (!groups.empty()) {
        auto known = TRY(connection.query("SELECT kind, subject FROM main.notified WHERE ends_with(kind, $1)", {store::Value{mark}}));
        while (auto const chunk = TRY(known.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row)
                told.emplace(chunk->columns[0].text(row), chunk->columns[1].text(row));
    }
    // A scope has nothing of what was told.
    std::string const filter = groups.empty() ? ") n WHERE NOT EXISTS (SELECT 1 FROM main.notified k WHERE k.kind = n.kind AND k.subject = n.subject)" : ") n";
    std::vector<Event> all;
    auto const read = [&]() -> Status {
        auto rows = TRY(connection.query("SELECT n.kind, n.subject, n.severity, n.title, n.thing, n.who, n.devices, n.due, n.detector, n.groups FROM (" +
                                             std::string(news) + filter + " ORDER BY n.devices DESC, n.subject",
                                         {store::Value{now}}));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row) {
                auto const text = [&](std::size_t i) { return std::string(chunk->columns[i].text_or_empty(row)); };
                if (told.contains({text(0) + mark, text(1)})) continue;
                all.push_back({text(0), text(1), text(2), text(3), text(4), text(5), chunk->columns[6].integer(row),
                               chunk->columns[7].integer(row), text(8), text(9)});
            }
        return {};
    };
    TRY(groups.empty() ? read() : store::inside_scope(connection, store::scope_schema(groups), read));
    return all;
}

Status mark_told(store::Connection& connection, std::vector<std::string> const& groups, std::vector<Event> const& events) {
    auto table = TRY(connection.appender("notified"));
    auto const mark = told_as(groups);
    for (auto const& event : events) TRY(table.text(event.kind + mark).text(event.subject).end_row());
    return table.close();
}

// Makes the scope of these device groups where there is none. What is there when somebody first asks for them is no news.
Status prepare_groups(store::Connection& connection, std::vector<std::string> const& groups, Ticks now) {
    if (TRY(store::make_scope(connection, groups))) TRY(publish_scope(connection, groups, now));
    if (TRY(connection.count("SELECT count(*) FROM main.notified WHERE ends_with(kind, $1)", std::array{store::Value{told_as(groups)}})) > 0) return {};
    return mark_told(connection, groups, TRY(read_news(connection, groups, now)));
}

int rank_of(std::string_view severity) {
    constexpr std::array<std::string_view, 5> order{"Informational", "Low", "Medium", "High", "Critical"};
    auto const found = std::ranges::find(order, severity);
    return found == order.end() ? 0 : static_cast<int>(found - order.begin()) + 1;
}

bool wants(NotificationRule const& rule, Event const& event) {
    if (!rule.active || std::ranges::find(rule.events, event.kind) == rule.events.end()) return false;
    bool const graded = event.kind == "vulnerability.new" || event.kind.starts_with("exploit.") || event.kind == "detection.alert";
    return !graded || rule.severity.empty() || rank_of(event.severity) >= rank_of(rule.severity);
}

// What a scope does not have: exceptions, which are about the whole fleet, and the detections of alerts.
bool is_of_the_fleet(std::string_view kind) { return kind.starts_with("exception.") || kind == "detection.alert"; }

// Whether it is about one of the rule's device groups, where the groups of an event say it.
bool concerns(NotificationRule const& rule, Event const& event) {
    if (rule.device_groups.empty() || event.groups.empty()) return true;
    return std::ranges::any_of(store::texts_of(event.groups), [&](std::string const& group) {
        return std::ranges::find(rule.device_groups, group.empty() ? std::string(store::no_group) : group) != rule.device_groups.end();
    });
}

Status queue(store::Connection& connection, std::string const& id, std::string const& channel, std::string const& rule,
             std::string const& event, std::string const& subject, std::string const& body, Ticks now) {
    auto table = TRY(connection.appender("notification_delivery"));
    TRY(table.text(id)
            .text(channel)
            .text(rule)
            .text(event)
            .text(subject)
            .text(body)
            .text("Waiting")
            .int64(0)
            .int64(now)
            .text("")
            .int64(now)
            .int64(0)
            .end_row());
    return table.close();
}

// The deliveries of events of one kind that a rule wants.
Result<std::int64_t> queue_for(store::Connection& connection, NotificationRule const& rule, std::vector<NotificationChannel> const& channels,
                               std::vector<Event> const& wanted, std::string const& link, std::string (*new_id)(), Ticks now) {
    std::int64_t made = 0;
    if (wanted.empty()) return made;
    auto const& kind = wanted.front().kind;
    for (auto const& id : rule.channels) {
        auto const channel = std::ranges::find(channels, id, &NotificationChannel::id);
        if (channel == channels.end() || !channel->active) continue;
        if (channel->kind == "Ticket") {
            for (auto const& event : wanted)
                TRY(queue(connection, new_id(), id, rule.id, kind, event.subject, ticket_body(channel->ticket_body, event, link), now));
            made += static_cast<std::int64_t>(wanted.size());
            continue;
        }
        auto const delivery = new_id();
        auto const body = channel->kind == "Mail"    ? mail_body(rule, wanted, link)
                          : channel->kind == "Syslog" ? syslog_body(delivery, rule, wanted, link, now)
                          : channel->kind == "Slack" ? slack_body(chat_text(rule, wanted, link))
                          : channel->kind == "Teams" ? teams_body(chat_text(rule, wanted, link))
                                                     : webhook_body(delivery, rule, wanted, link, now);
        TRY(queue(connection, delivery, id, rule.id, kind, "", body, now));
        ++made;
    }
    return made;
}

Result<std::vector<NotificationRule>> detections_that_notify(store::Connection& connection) {
    std::vector<NotificationRule> all;
    auto rows = TRY(connection.query("SELECT id, name, actions FROM main.custom_detection ORDER BY id"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            NotificationRule one;
            one.id = chunk->columns[0].text(row);
            one.name = chunk->columns[1].text(row);
            auto const actions = TRY(json::Document::parse(chunk->columns[2].text(row), "actions"));
            for (auto const action : json::array(actions.root()))
                if (json::text(action, "type") == "notify") one.channels.emplace_back(json::text(action, "value"));
            if (!one.channels.empty()) all.push_back(std::move(one));
        }
    return all;
}

}  // namespace

Status mark_known(store::Connection& connection, std::vector<std::string> const& groups, Ticks now) {
    if (!groups.empty()) TRY(prepare_groups(connection, groups, now));
    return mark_told(connection, groups, TRY(read_news(connection, groups, now)));
}

namespace {

// Digests that one of the rules wants are made; they carry their title as others do.
Status make_digests(store::Connection& connection, std::vector<Event>& events, std::vector<NotificationRule> const& rules, std::vector<std::string> const& groups) {
    for (auto& event : events) {
        if (!event.kind.starts_with("digest.")) continue;
        if (std::ranges::none_of(rules, [&](auto const& rule) { return rule.device_groups == groups && wants(rule, event); })) continue;
        auto const to = parse_iso_time(event.subject).value_or(0);
        auto const make = [&]() -> Status {
            event.digest = TRY(make_digest(connection, to - (event.kind == "digest.daily" ? 1 : 7) * ticks_per_day, to));
            event.title = event.digest->title;
            return {};
        };
        TRY(groups.empty() ? make() : store::inside_scope(connection, store::scope_schema(groups), make));
    }
    return {};
}

}  // namespace

Result<std::int64_t> collect_notifications(store::Connection& connection, std::string const& link,
                                           std::string (*new_id)(), Ticks now) {
    auto const rules = TRY(read_rules(connection));
    std::map<std::vector<std::string>, std::vector<Event>> by_groups;
    by_groups.try_emplace({});
    for (auto const& rule : rules) by_groups.try_emplace(rule.device_groups);
    for (auto& [groups, events] : by_groups) {
        if (!groups.empty()) TRY(prepare_groups(connection, groups, now));
        events = TRY(read_news(connection, groups, now));
        if (events.empty()) continue;
        TRY(mark_told(connection, groups, events));
        TRY(make_digests(connection, events, rules, groups));
    }
    auto const& fleet = by_groups.at({});
    if (std::ranges::any_of(fleet, [](Event const& event) { return event.kind == "exception.ending"; }))
        TRY(connection.query("UPDATE main.exception SET reminded = $1 WHERE reminded = 0 AND state IN ('InEffect', "
                             "'Suspended') AND reminder_days > 0 "
                             "AND ends > $1 AND ends - reminder_days * 864000000000 <= $1",
                             {store::Value{now}}));
    std::int64_t made = 0;
    auto const channels = TRY(read_channels(connection));
    for (auto const& rule : rules)
        for (auto const& kind : notification_events()) {
            std::vector<Event> wanted;
            for (auto const& event : is_of_the_fleet(kind) ? fleet : by_groups.at(rule.device_groups))
                if (event.kind == kind && wants(rule, event) && concerns(rule, event)) wanted.push_back(event);
            made += TRY(queue_for(connection, rule, channels, wanted, link, new_id, now));
        }
    // A custom detection names its channels itself (its actions "notify"); it stands in a rule's place.
    for (auto const& rule : TRY(detections_that_notify(connection))) {
        std::vector<Event> wanted;
        for (auto const& event : fleet)
            if (event.detector == rule.id) wanted.push_back(event);
        made += TRY(queue_for(connection, rule, channels, wanted, link, new_id, now));
    }
    return made;
}

Status queue_test(store::Connection& connection, NotificationChannel const& channel, std::string const& id, Ticks now) {
    Event event{"test", "test", "", "A test of the channel " + channel.name, "test", "", 0, 0};
    NotificationRule rule;
    rule.name = "test";
    std::string body = webhook_body(id, rule, {event}, "", now);
    auto const words = "Merlon: a test of the channel " + channel.name + "\n\nIt works.\n";
    if (channel.kind == "Mail") body = words;
    if (channel.kind == "Syslog") body = syslog_body(id, rule, {event}, "", now);
    if (channel.kind == "Slack") body = slack_body(words);
    if (channel.kind == "Teams") body = teams_body(words);
    if (channel.kind == "Ticket") body = ticket_body(channel.ticket_body, event, "");
    return queue(connection, id, channel.id, "", "test", "", body, now);
}

Result<std::vector<Delivery>> due_deliveries(store::Connection& connection, Ticks now) {
    std::vector<Delivery> all;
    auto const channels = TRY(read_channels(connection));
    std::array const values{store::Value{now}};
    auto rows = TRY(
        connection.query("SELECT id, channel, event, subject, body, attempts FROM main.notification_delivery "
                         "WHERE state = 'Waiting' AND next_try <= $1 QUALIFY row_number() OVER (PARTITION BY channel ORDER BY created, id) <= 200 "
                         "ORDER BY created, id",
                         values));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const text = [&](std::size_t i) { return std::string(chunk->columns[i].text(row)); };
            auto const channel = std::ranges::find(channels, text(1), &NotificationChannel::id);
            if (channel != channels.end())
                all.push_back({text(0), *channel, text(2), text(3), text(4), chunk->columns[5].int64(row)});
        }
    return all;
}

Status record_delivery(store::Connection& connection, Delivery const& delivery, bool sent, std::string const& outcome,
                       std::string const& ticket, Ticks now) {
    // N3. Growing pauses; after the last the delivery has failed.
    constexpr std::array<Ticks, 5> pauses{ticks_per_minute, 5 * ticks_per_minute, 30 * ticks_per_minute,
                                          2 * ticks_per_hour, 12 * ticks_per_hour};
    auto const tried = static_cast<std::size_t>(delivery.attempts);
    bool const again = !sent && tried < pauses.size();
    std::array const values{store::Value{delivery.id},
                            store::Value{std::string(sent    ? "Sent"
                                                     : again ? "Waiting"
                                                             : "Failed")},
                            store::Value{delivery.attempts + 1},
                            store::Value{again ? now + pauses[tried] : now},
                            store::Value{clean_text(outcome, 500)},
                            store::Value{again ? Ticks{0} : now}};
    TRY(
        connection.query("UPDATE main.notification_delivery SET state = $2, attempts = $3, next_try = $4, outcome = "
                         "$5, finished = $6 WHERE id = $1",
                         values));
    if (sent && !ticket.empty() && delivery.event.starts_with("remediation.")) {
        std::array const about{store::Value{delivery.subject.substr(0, delivery.subject.find('@'))},
                               store::Value{clean_text(ticket, 200)}};
        TRY(connection.query(
            "UPDATE main.remediation SET ticket = $2, ticket_state = 'Pending' WHERE id = $1 AND ticket = ''", about));
    }
    return {};
}

Status forget_old_deliveries(store::Connection& connection, Ticks now) {
    std::array const oldest{store::Value{now - 30 * ticks_per_day}};
    TRY(connection.query("DELETE FROM main.notification_delivery WHERE state <> 'Waiting' AND finished < $1", oldest));
    return {};
}

}  // namespace merlon::advise
