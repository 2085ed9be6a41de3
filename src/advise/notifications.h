// Who is told of what: channels, rules, and what waits to be delivered (docs/notifications.md). Sending is
// server/deliver.h.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::advise {

// Kinds of events: exception.new, exception.ending, remediation.new, remediation.overdue, vulnerability.new,
// exploit.known, exploit.verified, exploit.kit, support.ending, support.ended, support.resolved, detection.alert, digest.daily,
// digest.weekly.
std::vector<std::string> const& notification_events();

struct NotificationChannel {
    std::string id, name;
    std::string kind;         // Webhook, Mail, Ticket, Slack, Teams, Syslog
    std::string address;      // scheme and host, or recipients separated by commas
    std::string secret;       // sealed (api/notification_channel.h): the whole address, and what signs or authorises
    std::string ticket_body;  // template
    bool active = true;
    Ticks created = 0;
    std::string created_by;
};
struct NotificationRule {
    std::string id, name, description;
    bool active = true;
    std::vector<std::string> events;
    std::string severity;               // "" any; else from this one on
    std::vector<std::string> channels;  // ids
    std::vector<std::string> device_groups;  // names, "Unassigned" for no group; empty: all devices
    Ticks created = 0;
    std::string created_by;
};

// Reading, and writing inside the caller's transaction. save_... replaces the one of the same id. Errors:
// advise.bad_notification, advise.no_such_channel, advise.no_such_rule. A new rule begins with what comes after it.
Result<std::vector<NotificationChannel>> read_channels(store::Connection&);
Result<NotificationChannel> find_channel(store::Connection&, std::string const& id_or_name);
Status save_channel(store::Connection&, NotificationChannel);
Status remove_channel(store::Connection&, std::string const& id);  // and from the rules
Result<std::vector<NotificationRule>> read_rules(store::Connection&);
Result<NotificationRule> find_rule(store::Connection&, std::string const& id_or_name);
Status save_rule(store::Connection&, NotificationRule, Ticks now);
Status remove_rule(store::Connection&, std::string const& id);

// What came of a round.
struct Delivered {
    std::int64_t made = 0, sent = 0, again = 0, failed = 0;
};
struct Delivery {
    std::string id;
    NotificationChannel channel;
    std::string event, subject, body;
    std::int64_t attempts = 0;  // so far
};

// Rule N1 and N2: what happened since the last call becomes deliveries of the rules that want it; each thing is told
// once. `link` is the portal's address for links, or "". Returns how many deliveries were made. Ids are made by
// `new_id`.
Result<std::int64_t> collect_notifications(store::Connection&, std::string const& link, std::string (*new_id)(),
                                           Ticks now);
// What is news now about devices of these groups (none: all) is known from now on, without being told.
Status mark_known(store::Connection&, std::vector<std::string> const& groups, Ticks now);
// The sets of device groups that rules are about: each needs its scope (store/scope.h).
Result<std::vector<std::vector<std::string>>> notified_groups(store::Connection&);
// A delivery that says that the channel works.
Status queue_test(store::Connection&, NotificationChannel const&, std::string const& id, Ticks now);

Result<std::vector<Delivery>> due_deliveries(store::Connection&, Ticks now);
// Rule N3: sent, or tried again after 1, 5, 30 minutes, 2 and 12 hours; then failed. `ticket`: the number that a ticket
// system gave, for the activity that the delivery is about.
Status record_delivery(store::Connection&, Delivery const&, bool sent, std::string const& outcome,
                       std::string const& ticket, Ticks now);
// Deliveries that are over are kept for 30 days.
Status forget_old_deliveries(store::Connection&, Ticks now);

}  // namespace merlon::advise
