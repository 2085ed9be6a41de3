// What happened becomes deliveries, and what becomes of them (advise/notifications.h).
#include <algorithm>

#include "advise/notifications.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::advise {
namespace {

struct Event {
    std::string kind, subject, severity, title, thing, who;
    std::int64_t devices = 0;
    Ticks due = 0;
    std::string detector = {};  // of an alert: the custom detection that raised it
};

constexpr std::size_t most_items = 100;  // of one delivery

// N1. What can be told at $1. An exception that is extended, and an activity with a new due date, are news again.
constexpr std::string_view news = R"sql(
    SELECT 'exception.new' AS kind, e.id AS subject, '' AS severity, e.title || ': ' || e.justification || ' until ' ||
           strftime(make_timestamp((e.ends - 621355968000000000) // 10), '%Y-%m-%d') AS title, e.devices AS devices, e.subject AS thing, 0::BIGINT AS due, e.created_by AS who, '' AS detector
    FROM main.exception e
    UNION ALL
    SELECT 'exception.ending', e.id || '@' || e.ends, '', e.title || ': the exception (' || e.justification || ') ends', e.devices, e.subject, e.ends, e.created_by, ''
    FROM main.exception e WHERE e.state IN ('InEffect', 'Suspended') AND e.reminder_days > 0 AND e.ends > $1 AND e.ends - e.reminder_days * 864000000000 <= $1
    UNION ALL
    SELECT 'remediation.new', t.id, '', t.title, t.target_devices, t.recommendation, t.due, t.requester, '' FROM main.remediation t
    UNION ALL
    SELECT 'remediation.overdue', t.id || '@' || t.due, '', t.title || ': ' || t.fixed_devices || ' of ' || t.target_devices || ' devices done', t.target_devices - t.fixed_devices,
           t.recommendation, t.due, CASE WHEN t.owner = '' THEN t.requester ELSE t.owner END, ''
    FROM main.remediation t WHERE t.state = 'Active' AND t.due > 0 AND t.due < $1
    UNION ALL
    SELECT 'vulnerability.new', x.cve, c.severity, CASE WHEN c.title = '' THEN c.id ELSE c.title END, x.devices, x.cve, 0, '', ''
    FROM main.cve_exposure x JOIN main.cve c ON c.id = x.cve WHERE x.devices > 0
    UNION ALL
    SELECT 'exploit.known', x.cve || CASE WHEN c.known_exploited THEN ':exploited' ELSE ':public' END, c.severity,
           CASE WHEN c.title = '' THEN c.id ELSE c.title END || CASE WHEN c.known_exploited THEN ' (known exploited)' ELSE ' (public exploit)' END, x.devices, x.cve, 0, '', ''
    FROM main.cve_exposure x JOIN main.cve c ON c.id = x.cve
    WHERE x.devices > 0 AND (c.known_exploited OR c.exploit_public OR c.exploit_verified OR c.exploit_in_kit)
    UNION ALL
    SELECT CASE e.type WHEN 'EndOfSupport' THEN 'support.ended' WHEN 'UpcomingEndOfSupport' THEN 'support.ending' ELSE 'support.resolved' END, e.id, '', e.sentence,
           e.devices_now, e.vendor || '-_-' || e.product, CASE WHEN e.type = 'UpcomingEndOfSupport' THEN coalesce((SELECT min(y.support_date) FROM main.identity y
           WHERE y.vendor = e.vendor AND y.product = e.product AND list_contains(from_json(e.names, '["VARCHAR"]'), y.version)), 0) ELSE 0 END, '', ''
    FROM main.event e WHERE e.type IN ('EndOfSupport', 'UpcomingEndOfSupport', 'EndOfSupportResolved')
    UNION ALL
    SELECT 'detection.alert', a.id, a.severity, a.title, 1, coalesce(d.name, a.device), 0, 'custom detection ' || c.name, c.id
    FROM main.custom_detection c JOIN main.alert_detail m ON m.detector = c.id JOIN main.alert a ON a.id = m.alert
    LEFT JOIN main.device d ON d.id = a.device)sql";

constexpr std::string_view unknown =
    "WHERE NOT EXISTS (SELECT 1 FROM main.notified k WHERE k.kind = n.kind AND k.subject = n.subject)";

Result<std::vector<Event>> read_news(store::Connection& connection, Ticks now) {
    std::vector<Event> all;
    std::array const values{store::Value{now}};
    auto rows = TRY(
        connection.query("SELECT n.kind, n.subject, n.severity, n.title, n.thing, n.who, n.devices, n.due, n.detector FROM (" +
                             std::string(news) + ") n " + std::string(unknown) + " ORDER BY n.devices DESC, n.subject",
                         values));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const text = [&](std::size_t i) { return std::string(chunk->columns[i].text_or_empty(row)); };
            all.push_back({text(0), text(1), text(2), text(3), text(4), text(5), chunk->columns[6].integer(row),
                           chunk->columns[7].integer(row), text(8)});
        }
    return all;
}

int rank_of(std::string_view severity) {
    constexpr std::array<std::string_view, 5> order{"Informational", "Low", "Medium", "High", "Critical"};
    auto const found = std::ranges::find(order, severity);
    return found == order.end() ? 0 : static_cast<int>(found - order.begin()) + 1;
}

bool wants(NotificationRule const& rule, Event const& event) {
    if (!rule.active || std::ranges::find(rule.events, event.kind) == rule.events.end()) return false;
    bool const graded = event.kind == "vulnerability.new" || event.kind == "exploit.known" || event.kind == "detection.alert";
    return !graded || rule.severity.empty() || rank_of(event.severity) >= rank_of(rule.severity);
}

std::string link_to(std::string const& link, Event const& event) {
    if (link.empty()) return {};
    if (event.kind.starts_with("exception.")) return link + "/remediation?tab=exceptions";
    if (event.kind.starts_with("remediation.")) return link + "/remediation";
    if (event.kind == "detection.alert") return link + "/alerts";
    if (event.kind.starts_with("support.")) return link + "/software/" + event.thing + "?tab=versions&support=ended&support=soon";
    return link + "/weaknesses?q=" + event.thing;
}

std::string words_for(std::string_view kind) {
    if (kind == "exception.new") return "New exceptions";
    if (kind == "exception.ending") return "Exceptions that end soon";
    if (kind == "remediation.new") return "Remediation asked for";
    if (kind == "remediation.overdue") return "Remediation overdue";
    if (kind == "vulnerability.new") return "New vulnerabilities";
    if (kind == "detection.alert") return "Alerts of custom detections";
    if (kind == "support.ending") return "Support that ends soon";
    if (kind == "support.ended") return "Support that has ended";
    if (kind == "support.resolved") return "No longer out of support";
    return "Exploits known";
}

std::string webhook_body(std::string const& id, NotificationRule const& rule, std::vector<Event> const& events,
                         std::string const& link, Ticks now) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("id", id);
    json.member("rule", rule.name);
    json.member("event", events.front().kind);
    json.member("createdOn", iso_seconds(now));
    json.member("count", events.size());
    json.key("items");
    json.begin_array();
    for (std::size_t i = 0; i < events.size() && i < most_items; ++i) {
        auto const& event = events[i];
        json.begin_object();
        json.member("id", event.subject.substr(0, event.subject.find('@')));
        json.member("subjectId", event.thing);
        json.member("title", event.title);
        if (!event.severity.empty()) json.member("severity", event.severity);
        json.member("machines", event.devices);
        if (event.due > 0) json.member("dueOn", iso_seconds(event.due));
        if (!event.who.empty()) json.member("by", event.who);
        if (auto const where = link_to(link, event); !where.empty()) json.member("link", where);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return text;
}

std::string mail_body(NotificationRule const& rule, std::vector<Event> const& events, std::string const& link) {
    std::string text = "Merlon: " + words_for(events.front().kind) + " (" + std::to_string(events.size()) + ")\n\n";
    for (std::size_t i = 0; i < events.size() && i < most_items; ++i) {
        auto const& event = events[i];
        text += event.thing + (event.severity.empty() ? "" : "  " + event.severity) + "  " +
                std::to_string(event.devices) + " devices\n    " + replace_all(event.title, "\n", " ") + "\n";
        if (event.due > 0) text += "    " + iso_date(event.due) + "\n";
        if (auto const where = link_to(link, event); !where.empty()) text += "    " + where + "\n";
    }
    if (events.size() > most_items) text += "... and " + std::to_string(events.size() - most_items) + " more\n";
    return text + "\nSent by the rule \"" + rule.name + "\".\n";
}

// A template's {{words}} as JSON text without its quotes: the template says where the quotes are.
std::string ticket_body(std::string text, Event const& event, std::string const& link) {
    auto const put = [&](std::string_view word, std::string_view value) {
        auto const quoted = json_string(value);
        text = replace_all(std::move(text), "{{" + std::string(word) + "}}", quoted.substr(1, quoted.size() - 2));
    };
    // Values cannot bring words of their own: braces that meet in them are parted.
    auto const plain = [](std::string value) { return replace_all(std::move(value), "{{", "{ {"); };
    put("title", plain(event.title));
    put("description", plain(words_for(event.kind) + ": " + event.title));
    put("severity", event.severity);
    put("id", event.subject.substr(0, event.subject.find('@')));
    put("subject", plain(event.thing));
    put("due", event.due > 0 ? iso_date(event.due) : "");
    put("owner", plain(event.who));
    put("devices", std::to_string(event.devices));
    put("link", link_to(link, event));
    return text;
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
        auto const body = channel->kind == "Mail" ? mail_body(rule, wanted, link) : webhook_body(delivery, rule, wanted, link, now);
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

Status mark_known(store::Connection& connection, Ticks now) {
    std::array const values{store::Value{now}};
    TRY(connection.query("INSERT INTO main.notified SELECT n.kind, n.subject FROM (" + std::string(news) + ") n " +
                             std::string(unknown),
                         values));
    return {};
}

Result<std::int64_t> collect_notifications(store::Connection& connection, std::string const& link,
                                           std::string (*new_id)(), Ticks now) {
    auto const events = TRY(read_news(connection, now));
    if (events.empty()) return 0;
    TRY(mark_known(connection, now));
    std::array const values{store::Value{now}};
    TRY(
        connection.query("UPDATE main.exception SET reminded = $1 WHERE reminded = 0 AND state IN ('InEffect', "
                         "'Suspended') AND reminder_days > 0 "
                         "AND ends > $1 AND ends - reminder_days * 864000000000 <= $1",
                         values));
    std::int64_t made = 0;
    auto rules = TRY(read_rules(connection));
    auto const channels = TRY(read_channels(connection));
    for (auto const& rule : rules)
        for (auto const& kind : notification_events()) {
            std::vector<Event> wanted;
            for (auto const& event : events)
                if (event.kind == kind && wants(rule, event)) wanted.push_back(event);
            made += TRY(queue_for(connection, rule, channels, wanted, link, new_id, now));
        }
    // A custom detection names its channels itself (its actions "notify"); it stands in a rule's place.
    for (auto const& rule : TRY(detections_that_notify(connection))) {
        std::vector<Event> wanted;
        for (auto const& event : events)
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
    if (channel.kind == "Mail") body = "Merlon: a test of the channel " + channel.name + "\n\nIt works.\n";
    if (channel.kind == "Ticket") body = ticket_body(channel.ticket_body, event, "");
    return queue(connection, id, channel.id, "", "test", "", body, now);
}

Result<std::vector<Delivery>> due_deliveries(store::Connection& connection, Ticks now) {
    std::vector<Delivery> all;
    auto const channels = TRY(read_channels(connection));
    std::array const values{store::Value{now}};
    auto rows = TRY(
        connection.query("SELECT id, channel, event, subject, body, attempts FROM main.notification_delivery "
                         "WHERE state = 'Waiting' AND next_try <= $1 ORDER BY created, id LIMIT 200",
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
