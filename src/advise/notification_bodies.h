// What a delivery says, in the form of each kind of channel (docs/notifications.md, N2 and N7).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advise/digest.h"
#include "advise/notifications.h"

namespace merlon::advise {

struct NotificationEvent {
    std::string kind, subject, severity, title, thing, who;
    std::int64_t devices = 0;
    Ticks due = 0;
    std::string detector = {};  // of an alert: the custom detection that raised it
    std::string groups = {};    // JSON array of the device groups that it is about, "" none; of what a scope does not have
    std::optional<Digest> digest = {};
};

// Of events of one kind, at least one. `link` is the portal's address, or "".
std::string webhook_body(std::string const& id, NotificationRule const&, std::vector<NotificationEvent> const&, std::string const& link, Ticks now);
// The first line is the subject.
std::string mail_body(NotificationRule const&, std::vector<NotificationEvent> const&, std::string const& link);
// A message in a chat says less.
std::string chat_text(NotificationRule const&, std::vector<NotificationEvent> const&, std::string const& link);
// A template's {{words}} as JSON text without its quotes: the template says where the quotes are.
std::string ticket_body(std::string text, NotificationEvent const&, std::string const& link);
// Lines for a SIEM: each event as CEF inside of a syslog message (RFC 5424).
std::string syslog_body(std::string const& id, NotificationRule const&, std::vector<NotificationEvent> const&, std::string const& link, Ticks now);
// What Slack, Mattermost, Google Chat and their kin take. Names come from inventories: only what is escaped is text to Slack.
std::string slack_body(std::string_view text);
// The message of a workflow of Microsoft Teams that takes adaptive cards: runs of text, in which nothing is markup.
std::string teams_body(std::string_view text);

}  // namespace merlon::advise
