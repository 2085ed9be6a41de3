// merlon notifications channels, rules, deliveries, add-channel, change-channel, remove-channel, add-rule, change-rule, remove-rule, test, send
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/notifications.h"
#include "api/http/server.h"
#include "base/json_read.h"
#include "base/text.h"
#include "cli/change.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;
using Of = Part::Kind;

View channels() {
    View view{{.path = {"notifications/channels"}, .order = "name"}, {}, "no channel"};
    view.columns = {{"name", "name"}, {"kind", "kind"}, {"address", "address"}, {"active", "active", Kind::flag}, {"id", "id"}};
    return view;
}

View rules() {
    View view{{.path = {"notifications/rules"}, .order = "name"}, {}, "no rule"};
    view.columns = {{"name", "name"}, {"active", "active", Kind::flag}, {"events", "events", Kind::list}, {"severity", "severity"},
                    {"channels", "channelNames", Kind::list}, {"device groups", "deviceGroups", Kind::list}, {"id", "id"}};
    return view;
}

View deliveries() {
    View view{{.path = {"notifications/deliveries"}, .order = "createdOn desc, id", .top = "200"}, {}, "no delivery"};
    view.columns = {{"created", "createdOn", Kind::moment}, {"event", "event"}, {"channel", "channel"}, {"state", "status"},
                    {"attempts", "attempts", Kind::whole}, {"outcome", "outcome"}};
    return view;
}

// One round of what a running server does each minute; with a channel, a test of it first.
Result<int> send_now(Front const& front, std::string const& tested) {
    auto const ask = TRY(asker(front, Folder::change));
    if (!tested.empty()) TRY(send(ask, "POST", "notifications/channels/" + api::percent_encode(tested) + "/test"));
    auto const answer = TRY(send(ask, "POST", "notifications/send"));
    auto const round = TRY(json::Document::parse(answer, "answer"));
    auto const count = [&](std::string_view name) { return json::integer(round.root(), name).value_or(0); };
    std::cout << fmt::format("{} made, {} sent, {} to be tried again, {} failed\n", count("made"), count("sent"), count("again"), count("failed"));
    return count("again") + count("failed") == 0 ? done : answer_is_no;
}

// What every change may say of a channel or rule.
std::vector<Part> const every_change{{"--name", "name", "Its new name"},
                                     {"--on", "active", "Use it again", Of::constant, "true"},
                                     {"--off", "active", "Use it no more, and keep it", Of::constant, "false"}};

void add_channel_changes(CLI::App& verb, Front& front) {
    std::string const addresses = "An HTTPS address; recipients separated by commas; tls://HOST:PORT of a syslog receiver";
    std::vector<Part> const files{{"--secret-file", "secret", "File with what signs a webhook, or the Authorization header of a ticket system", Of::secret},
                                  {"--template", "template", "File with the body of a ticket: JSON with {{title}} {{description}} {{id}} {{due}} ...", Of::file}};
    add_changes(verb, front, {.key_doc = "Name or id of a channel"},
                {{"add-channel", "Add a channel", "POST", "notifications/channels",
                  with({needed({"NAME", "name", "What it is called"}), needed({"--kind", "kind", "Webhook, Mail, Ticket, Slack (Mattermost and others take the same), Teams or Syslog"}),
                        needed({"--address", "address", addresses})}, files),
                  "channel {name}", {}, Folder::make},
                 {"change-channel", "Change what is given of a channel", "PATCH", "notifications/channels/{}",
                  with(every_change, with({{"--address", "address", addresses + ". The old one's secret does not go there: give --secret-file again"}}, files)), "channel {name} changed"},
                 {"remove-channel", "Remove channels", "DELETE", "notifications/channels/{}", {}, "channel {name} removed"}});
}

void add_rule_changes(CLI::App& verb, Front& front) {
    Part const description{"--description", "description", "What it is for"}, event{"--event", "events", join(advise::notification_events(), ", ") + " (several times)", Of::texts},
        to{"--channel", "channels", "Names of channels (several times)", Of::texts},
        groups{"--group", "deviceGroups", "Only about devices of these device groups (several times)", Of::texts};
    std::string const severities = "Of vulnerabilities and exploits only from this one on: Low, Medium, High, Critical";
    add_changes(verb, front, {.key_doc = "Name or id of a rule"},
                {{"add-rule", "Add a rule", "POST", "notifications/rules",
                  {needed({"NAME", "name", "What it is called"}), description, needed(event), needed(to), {"--severity", "severity", severities}, groups},
                  "rule {name}: it begins with what happens from now on"},
                 {"change-rule", "Change what is given of a rule; its events, channels and groups are replaced", "PATCH", "notifications/rules/{}",
                  with(every_change, {description, event, to, {"--severity", "severity", severities + "; any: all", Of::text, "any"}, groups,
                                      {"--all-devices", "deviceGroups", "About devices of all groups again", Of::constant, "[]"}}),
                  "rule {name} changed"},
                 {"remove-rule", "Remove rules", "DELETE", "notifications/rules/{}", {}, "rule {name} removed"}});
}

}  // namespace

void add_notifications(CLI::App& app, Front& front) {
    auto* verb = app.add_subcommand("notifications", "Who is told of what: webhooks, mail, Slack, Teams, tickets, a SIEM");
    verb->require_subcommand(1);
    add_list(*verb, front, "channels", "Where notifications go", channels());
    add_list(*verb, front, "rules", "Which events go where", rules());
    add_list(*verb, front, "deliveries", "What was sent and what was not, the newest first", deliveries());
    add_channel_changes(*verb, front);
    add_rule_changes(*verb, front);
    auto const tested = std::make_shared<std::string>();
    auto* test = verb->add_subcommand("test", "Send a test through a channel; exit code 1 when something could not be sent");
    test->add_option("NAME", *tested, "Name or id of a channel")->required();
    test->callback([&front, tested] { throw run(send_now(front, *tested)); });
    verb->add_subcommand("send", "Send now what waits, as a running server does each minute; exit code 1 when something could not be sent")
        ->callback([&front] { throw run(send_now(front, {})); });
}

}  // namespace merlon::cli
