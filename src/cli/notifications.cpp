// merlon notifications channels, rules, deliveries, add-channel, change-channel, remove-channel, add-rule, change-rule, remove-rule, test, send
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/notifications.h"
#include "api/http/server.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/view.h"
#include "store/inventory.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    advise::NotificationChannel channel;
    advise::NotificationRule rule;
    std::string wanted, secret_file, template_file, output = "table";
    bool all_devices = false, on = false, off = false;
};

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
    view.columns = {{"created", "createdOn", Kind::day}, {"event", "event"}, {"channel", "channel"}, {"state", "status"},
                    {"attempts", "attempts", Kind::whole}, {"outcome", "outcome"}};
    return view;
}

Result<int> list(Front const& front, View view, Options const& options) {
    view.question.output = options.output;
    return show_view(front, view);
}

Result<int> add_channel(Front const& front, Options const& options) {
    auto const& one = options.channel;
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("name", one.name);
    json.member("kind", one.kind);
    json.member("address", one.address);
    if (!options.secret_file.empty()) json.member("secret", trim(TRY(read_file(options.secret_file, 4096))));
    if (!options.template_file.empty()) json.member("template", TRY(read_file(options.template_file, 16'384)));
    json.end_object();
    TRY(send(TRY(asker(front, Folder::make)), "POST", "notifications/channels", body));
    std::cout << fmt::format("channel {}\n", one.name);
    return done;
}

Result<int> add_rule(Front const& front, Options const& options) {
    auto const& one = options.rule;
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("name", one.name);
    for (auto const& [name, all] : {std::pair{"events", &one.events}, std::pair{"channels", &one.channels}, std::pair{"deviceGroups", &one.device_groups}}) {
        json.key(name);
        json.raw(store::texts_json(*all));
    }
    if (!one.severity.empty()) json.member("severity", one.severity);
    if (!one.description.empty()) json.member("description", one.description);
    json.end_object();
    TRY(send(TRY(asker(front, Folder::change)), "POST", "notifications/rules", body));
    std::cout << fmt::format("rule {}: it begins with what happens from now on\n", one.name);
    return done;
}

Result<int> remove(Front const& front, Options const& options, bool rule) {
    auto const ask = TRY(asker(front, Folder::change));
    TRY(send(ask, "DELETE", (rule ? "notifications/rules/" : "notifications/channels/") + api::percent_encode(options.wanted)));
    std::cout << fmt::format("{} {} removed\n", rule ? "rule" : "channel", options.wanted);
    return done;
}

// Only what was given is sent: the rest stays as it is.
Result<int> change(Front const& front, Options const& options, bool rule) {
    auto const& name = rule ? options.rule.name : options.channel.name;
    auto const& severity = options.rule.severity;
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    auto const empty = body.size();
    if (!name.empty()) json.member("name", name);
    if (!options.rule.description.empty()) json.member("description", options.rule.description);
    if (!severity.empty()) json.member("severity", equal_ignoring_ascii_case(severity, "any") ? std::string_view{} : severity);
    for (auto const& [member, all] : {std::pair{"events", &options.rule.events}, std::pair{"channels", &options.rule.channels}, std::pair{"deviceGroups", &options.rule.device_groups}}) {
        if (all->empty() && !(options.all_devices && all == &options.rule.device_groups)) continue;
        json.key(member);
        json.raw(store::texts_json(*all));
    }
    if (!options.channel.address.empty()) json.member("address", options.channel.address);
    if (!options.secret_file.empty()) json.member("secret", trim(TRY(read_file(options.secret_file, 4096))));
    if (!options.template_file.empty()) json.member("template", TRY(read_file(options.template_file, 16'384)));
    if (options.on || options.off) json.member("active", options.on);
    if (body.size() == empty) return fail("cli.usage", fmt::format("Nothing is to be changed of {} «{}»: say what (see --help).", rule ? "rule" : "channel", options.wanted));
    json.end_object();
    TRY(send(TRY(asker(front, Folder::change)), "PATCH", (rule ? "notifications/rules/" : "notifications/channels/") + api::percent_encode(options.wanted), body));
    std::cout << fmt::format("{} {} changed\n", rule ? "rule" : "channel", name.empty() ? options.wanted : name);
    return done;
}

// One round of what a running server does each minute; with a channel, a test of it first.
Result<int> send_now(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front, Folder::change));
    if (!options.wanted.empty()) TRY(send(ask, "POST", "notifications/channels/" + api::percent_encode(options.wanted) + "/test"));
    auto const answer = TRY(send(ask, "POST", "notifications/send"));
    auto const round = TRY(json::Document::parse(answer, "answer"));
    auto const count = [&](std::string_view name) { return json::integer(round.root(), name).value_or(0); };
    std::cout << fmt::format("{} made, {} sent, {} to be tried again, {} failed\n", count("made"), count("sent"), count("again"), count("failed"));
    return count("again") + count("failed") == 0 ? done : answer_is_no;
}

// Which one, and what every change may say of it.
void name_option(CLI::App& verb, Options& options, std::string& new_name) {
    verb.add_option("NAME", options.wanted, "Name or id")->required();
    verb.add_option("--name", new_name, "Its new name");
    auto* on = verb.add_flag("--on", options.on, "Use it again");
    verb.add_flag("--off", options.off, "Use it no more, and keep it")->excludes(on);
}

}  // namespace

void add_notifications(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("notifications", "Who is told of what: webhooks, mail, Slack, Teams, tickets, a SIEM");
    verb->require_subcommand(1);
    for (auto const& [name, doc, view] :
         {std::tuple{"channels", "Where notifications go", &channels},
          std::tuple{"rules", "Which events go where", &rules},
          std::tuple{"deliveries", "What was sent and what was not, the newest first", &deliveries}}) {
        auto* all = verb->add_subcommand(name, doc);
        add_output_option(*all, options->output);
        all->callback([&front, options, make = view] { throw run(list(front, make(), *options)); });
    }
    for (bool const fresh : {true, false}) {
        auto* channel = verb->add_subcommand(fresh ? "add-channel" : "change-channel", fresh ? "Add a channel" : "Change what is given of a channel");
        if (fresh) {
            channel->add_option("NAME", options->channel.name)->required();
            channel->add_option("--kind", options->channel.kind, "Webhook, Mail, Ticket, Slack (Mattermost and others take the same), Teams or Syslog")->required();
        } else {
            name_option(*channel, *options, options->channel.name);
        }
        auto* address = channel->add_option("--address", options->channel.address,
                                            std::string("An HTTPS address; recipients separated by commas; tls://HOST:PORT of a syslog receiver") +
                                                (fresh ? "" : ". The old one's secret does not go there: give --secret-file again"));
        address->required(fresh);
        channel->add_option("--secret-file", options->secret_file, "File with what signs a webhook, or the Authorization header of a ticket system")->type_name("FILE");
        channel->add_option("--template", options->template_file, "File with the body of a ticket: JSON with {{title}} {{description}} {{id}} {{due}} ...")->type_name("FILE");
        channel->callback([&front, options, fresh] { throw run(fresh ? add_channel(front, *options) : change(front, *options, false)); });

        auto* rule = verb->add_subcommand(fresh ? "add-rule" : "change-rule", fresh ? "Add a rule" : "Change what is given of a rule; its events, channels and groups are replaced");
        if (fresh) rule->add_option("NAME", options->rule.name)->required();
        else name_option(*rule, *options, options->rule.name);
        rule->add_option("--description", options->rule.description, "What it is for");
        auto* event = rule->add_option("--event", options->rule.events, join(advise::notification_events(), ", ") + " (several times)");
        auto* to = rule->add_option("--channel", options->rule.channels, "Names of channels (several times)");
        for (auto* one : {event, to}) one->required(fresh);
        rule->add_option("--severity", options->rule.severity,
                         std::string("Of vulnerabilities and exploits only from this one on: Low, Medium, High, Critical") + (fresh ? "" : "; any: all"));
        auto* groups = rule->add_option("--group", options->rule.device_groups, "Only about devices of these device groups (several times)");
        if (!fresh) rule->add_flag("--all-devices", options->all_devices, "About devices of all groups again")->excludes(groups);
        rule->callback([&front, options, fresh] { throw run(fresh ? add_rule(front, *options) : change(front, *options, true)); });
    }

    for (bool const is_rule : {true, false}) {
        auto* gone = verb->add_subcommand(is_rule ? "remove-rule" : "remove-channel",
                                          is_rule ? "Remove a rule" : "Remove a channel");
        gone->add_option("NAME", options->wanted)->required();
        gone->callback([&front, options, is_rule] { throw run(remove(front, *options, is_rule)); });
    }
    auto* test = verb->add_subcommand("test", "Send a test through a channel");
    test->add_option("NAME", options->wanted)->required();
    test->callback([&front, options] { throw run(send_now(front, *options)); });
    verb->add_subcommand("send", "Send now what waits; a running server does it each minute")
        ->callback([&front, options] { throw run(send_now(front, *options)); });
}

}  // namespace merlon::cli
