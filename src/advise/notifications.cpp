#include "advise/notifications.h"

#include <algorithm>

#include "advise/device_groups.h"
#include "base/text.h"
#include "store/inventory.h"
#include "store/scope.h"

namespace merlon::advise {
namespace {

std::unexpected<Error> wrong(std::string text, std::string hint) {
    return fail("advise.bad_notification", std::move(text), std::move(hint));
}

Status choose(std::string& word, std::vector<std::string> const& known, std::string_view what) {
    for (auto const& one : known)
        if (equal_ignoring_ascii_case(word, one)) {
            word = one;
            return {};
        }
    return wrong("there is no " + std::string(what) + " «" + clean_text(word, 60) + "»",
                 "Use " + join(known, ", ") + ".");
}

Status check_name(std::string& name) {
    name = replace_all(clean_text(trim(name), 100), "\n", " ");
    if (name.empty()) return wrong("it has no name", "Give it one.");
    return {};
}

template <typename List>
auto find_in(List const& all, std::string const& wanted) {
    return std::ranges::find_if(
        all, [&](auto const& one) { return one.id == wanted || equal_ignoring_ascii_case(one.name, wanted); });
}

template <typename List>
Status check_unique(List const& all, std::string const& id, std::string const& name) {
    for (auto const& one : all)
        if (one.id != id && equal_ignoring_ascii_case(one.name, name))
            return wrong("there is another one called «" + name + "»", "Choose another name.");
    return {};
}

}  // namespace

std::vector<std::string> const& notification_events() {
    static std::vector<std::string> const all{"exception.new",       "exception.ending",  "remediation.new",
                                              "remediation.overdue", "vulnerability.new", "exploit.known",
                                              "exploit.verified",  "exploit.kit",       "support.ending",
                                              "support.ended",     "support.resolved",  "detection.alert",
                                              "digest.daily",      "digest.weekly"};
    return all;
}

Result<std::vector<NotificationChannel>> read_channels(store::Connection& connection) {
    std::vector<NotificationChannel> all;
    auto rows = TRY(
        connection.query("SELECT id, name, kind, address, secret, template, active, created, created_by FROM "
                         "main.notification_channel ORDER BY name"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const text = [&](std::size_t i) { return std::string(chunk->columns[i].text(row)); };
            all.push_back({text(0), text(1), text(2), text(3), text(4), text(5), chunk->columns[6].boolean(row),
                           chunk->columns[7].int64(row), text(8)});
        }
    return all;
}

Result<NotificationChannel> find_channel(store::Connection& connection, std::string const& wanted) {
    auto const all = TRY(read_channels(connection));
    auto const found = find_in(all, wanted);
    if (found == all.end()) return fail("advise.no_such_channel", clean_text(wanted, 100));
    return *found;
}

Status save_channel(store::Connection& connection, NotificationChannel one) {
    TRY(check_name(one.name));
    TRY(choose(one.kind, {"Webhook", "Mail", "Ticket", "Slack", "Teams", "Syslog"}, "kind of channel"));
    TRY(check_unique(TRY(read_channels(connection)), one.id, one.name));
    if (one.kind == "Ticket" && one.ticket_body.empty())
        return wrong("a ticket channel has no template", R"(Such as {"fields": {"summary": "{{title}}"}}.)");
    if (one.ticket_body.size() > 16'384) return wrong("the template is longer than 16 KB", "Shorten it.");
    std::array const key{store::Value{one.id}};
    TRY(connection.query("DELETE FROM main.notification_channel WHERE id = $1", key));
    auto table = TRY(connection.appender("notification_channel"));
    TRY(table.text(one.id)
            .text(one.name)
            .text(one.kind)
            .text(one.address)
            .text(one.secret)
            .text(one.ticket_body)
            .boolean(one.active)
            .int64(one.created)
            .text(one.created_by)
            .end_row());
    return table.close();
}

Status remove_channel(store::Connection& connection, std::string const& id) {
    auto const one = TRY(find_channel(connection, id));
    for (auto rule : TRY(read_rules(connection))) {
        if (std::erase(rule.channels, one.id) == 0) continue;
        if (rule.channels.empty())
            return wrong("the rule «" + rule.name + "» has no other channel", "Change or remove the rule first.");
        TRY(save_rule(connection, rule, 0));
    }
    std::array const key{store::Value{one.id}};
    TRY(connection.query("DELETE FROM main.notification_channel WHERE id = $1", key));
    // Detections that told it tell it no longer.
    TRY(connection.query(
        "UPDATE main.custom_detection SET actions = CAST(to_json(list_filter(from_json(actions, '[\"JSON\"]'), lambda a: "
        "NOT ((a->>'type') = 'notify' AND (a->>'value') = $1))) AS VARCHAR) WHERE contains(actions, $1)",
        key));
    TRY(connection.query("DELETE FROM main.notification_delivery WHERE channel = $1 AND state = 'Waiting'", key));
    return {};
}

Result<std::vector<NotificationRule>> read_rules(store::Connection& connection) {
    std::vector<NotificationRule> all;
    auto rows = TRY(
        connection.query("SELECT id, name, description, active, events, severity, channels, created, created_by, device_groups FROM "
                         "main.notification_rule ORDER BY name"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const text = [&](std::size_t i) { return std::string(chunk->columns[i].text(row)); };
            all.push_back({text(0), text(1), text(2), chunk->columns[3].boolean(row), store::texts_of(text(4)), text(5),
                           store::texts_of(text(6)), store::texts_of(text(9)), chunk->columns[7].int64(row), text(8)});
        }
    return all;
}

Result<NotificationRule> find_rule(store::Connection& connection, std::string const& wanted) {
    auto const all = TRY(read_rules(connection));
    auto const found = find_in(all, wanted);
    if (found == all.end()) return fail("advise.no_such_rule", clean_text(wanted, 100));
    return *found;
}

Status save_rule(store::Connection& connection, NotificationRule one, Ticks now) {
    TRY(check_name(one.name));
    one.description = clean_text(one.description, 1000);
    TRY(check_unique(TRY(read_rules(connection)), one.id, one.name));
    if (one.events.empty()) return wrong("the rule has no event", "Events: " + join(notification_events(), ", ") + ".");
    for (auto& event : one.events) TRY(choose(event, notification_events(), "event"));
    if (!one.severity.empty()) TRY(choose(one.severity, {"Low", "Medium", "High", "Critical"}, "severity"));
    if (one.channels.empty()) return wrong("the rule has no channel", "Make a channel first, and name it here.");
    for (auto& channel : one.channels) channel = TRY(find_channel(connection, channel)).id;
    TRY(check_groups(connection, one.device_groups));
    for (auto& group : one.device_groups)
        if (group.empty()) group = store::no_group;
    if (now > 0) TRY(mark_known(connection, {}, now));
    if (now > 0 && !one.device_groups.empty()) TRY(mark_known(connection, one.device_groups, now));
    std::array const key{store::Value{one.id}};
    TRY(connection.query("DELETE FROM main.notification_rule WHERE id = $1", key));
    auto table = TRY(connection.appender("notification_rule"));
    TRY(table.text(one.id)
            .text(one.name)
            .text(one.description)
            .boolean(one.active)
            .text(store::texts_json(one.events))
            .text(one.severity)
            .text(store::texts_json(one.channels))
            .int64(one.created)
            .text(one.created_by)
            .text(store::texts_json(one.device_groups))
            .end_row());
    return table.close();
}

Result<std::vector<std::vector<std::string>>> notified_groups(store::Connection& connection) {
    std::vector<std::vector<std::string>> all;
    for (auto& rule : TRY(read_rules(connection)))
        if (!rule.device_groups.empty()) all.push_back(std::move(rule.device_groups));
    return all;
}

Status remove_rule(store::Connection& connection, std::string const& id) {
    auto const one = TRY(find_rule(connection, id));
    std::array const key{store::Value{one.id}};
    TRY(connection.query("DELETE FROM main.notification_rule WHERE id = $1", key));
    return {};
}

}  // namespace merlon::advise
