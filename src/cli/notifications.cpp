// merlon notifications channels, rules, deliveries, add-channel, add-rule, remove, test, send
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/notifications.h"
#include "api/auth/secrets.h"
#include "api/notification_channel.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/change.h"
#include "cli/listing.h"
#include "server/deliver.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    advise::NotificationChannel channel;
    advise::NotificationRule rule;
    std::string wanted, secret_file, template_file, output = "table";
};

Result<int> list(Front const& front, Listing listing) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    TRY(print_listing(connection, listing));
    return done;
}

Listing channels(Options const& options) {
    return {
        "SELECT name, kind, address, active, id "
        "FROM main.notification_channel ORDER BY name",
        {},
        {{"name"}, {"kind"}, {"address"}, {"active"}, {"id"}},
        options.output,
        "no channel"};
}

Listing rules(Options const& options) {
    return {
        "SELECT r.name, r.active, r.events, r.severity, (SELECT string_agg(c.name, ', ' ORDER BY c.name) FROM "
        "main.notification_channel c WHERE contains(r.channels, c.id)), r.id "
        "FROM main.notification_rule r ORDER BY r.name",
        {},
        {{"name"}, {"active"}, {"events", Kind::list}, {"severity"}, {"channels"}, {"id"}},
        options.output,
        "no rule"};
}

Listing deliveries(Options const& options) {
    return {
        "SELECT d.created, d.event, coalesce(c.name, d.channel), d.state, d.attempts, d.outcome FROM "
        "main.notification_delivery d "
        "LEFT JOIN main.notification_channel c ON c.id = d.channel ORDER BY d.created DESC, d.id LIMIT 200",
        {},
        {{"created", Kind::time}, {"event"}, {"channel"}, {"state"}, {"attempts"}, {"outcome"}},
        options.output,
        "no delivery"};
}

Result<int> add_channel(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(true));
    auto one = options.channel;
    if (!options.template_file.empty()) one.ticket_body = TRY(read_file(options.template_file, 16'384));
    std::string secret;
    if (!options.secret_file.empty()) secret = trim(TRY(read_file(options.secret_file, 4096)));
    TRY(api::set_channel_secret(one, {options.channel.address, secret},
                                TRY(api::Sealer::open(server::sealing_key(store)))));
    one.id = api::new_id();
    one.created = now_ticks();
    one.created_by = local;
    TRY(change(store, "notifications add-channel", one.name,
               [&](store::Connection& c) { return advise::save_channel(c, one); }));
    std::cout << fmt::format("channel {}\n", one.name);
    return done;
}

Result<int> add_rule(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto one = options.rule;
    one.id = api::new_id();
    one.created = now_ticks();
    one.created_by = local;
    TRY(change(store, "notifications add-rule", one.name,
               [&](store::Connection& c) { return advise::save_rule(c, one, one.created); }));
    std::cout << fmt::format("rule {}: it begins with what happens from now on\n", one.name);
    return done;
}

Result<int> remove(Front const& front, Options const& options, bool rule) {
    auto store = TRY(front.open_store(false));
    TRY(change(store, rule ? "notifications remove-rule" : "notifications remove-channel", options.wanted,
               [&](store::Connection& c) {
                   return rule ? advise::remove_rule(c, options.wanted) : advise::remove_channel(c, options.wanted);
               }));
    std::cout << fmt::format("{} {} removed\n", rule ? "rule" : "channel", options.wanted);
    return done;
}

// One round of what a running server does each minute; with a channel, a test of it first.
Result<int> send(Front const& front, Options const& options) {
    auto const settings = TRY(server::delivery_settings(TRY(front.settings())));
    auto store = TRY(front.open_store(false));
    auto const sealer = TRY(api::Sealer::open(server::sealing_key(store)));
    auto const now = now_ticks();
    if (!options.wanted.empty())
        TRY(change(store, "notifications test", options.wanted, [&](store::Connection& c) -> Status {
            return advise::queue_test(c, TRY(advise::find_channel(c, options.wanted)), api::new_id(), now);
        }));
    auto writer = TRY(store::Writer::start(store));
    auto const round = TRY(server::deliver(store, writer, sealer, settings, now));
    std::cout << fmt::format("{} made, {} sent, {} to be tried again, {} failed\n", round.made, round.sent, round.again,
                             round.failed);
    return round.again + round.failed == 0 ? done : answer_is_no;
}

}  // namespace

void add_notifications(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("notifications", "Who is told of what: webhooks, mail, tickets");
    verb->require_subcommand(1);
    for (auto const& [name, doc, listing] :
         {std::tuple{"channels", "Where notifications go", &channels},
          std::tuple{"rules", "Which events go where", &rules},
          std::tuple{"deliveries", "What was sent and what was not, the newest first", &deliveries}}) {
        auto* all = verb->add_subcommand(name, doc);
        add_output_option(*all, options->output);
        all->callback([&front, options, make = listing] { throw run(list(front, make(*options))); });
    }
    auto* channel = verb->add_subcommand("add-channel", "Add a channel");
    channel->add_option("NAME", options->channel.name)->required();
    channel->add_option("--kind", options->channel.kind, "Webhook, Mail or Ticket")->required();
    channel->add_option("--address", options->channel.address, "An HTTPS address, or recipients separated by commas")
        ->required();
    channel
        ->add_option("--secret-file", options->secret_file,
                     "File with what signs a webhook, or the Authorization header of a ticket system")
        ->type_name("FILE");
    channel
        ->add_option("--template", options->template_file,
                     "File with the body of a ticket: JSON with {{title}} {{description}} {{id}} {{due}} ...")
        ->type_name("FILE");
    channel->callback([&front, options] { throw run(add_channel(front, *options)); });

    auto* rule = verb->add_subcommand("add-rule", "Add a rule");
    rule->add_option("NAME", options->rule.name)->required();
    rule->add_option("--event", options->rule.events, join(advise::notification_events(), ", ") + " (several times)")
        ->required();
    rule->add_option("--channel", options->rule.channels, "Names of channels (several times)")->required();
    rule->add_option("--severity", options->rule.severity,
                     "Of vulnerabilities and exploits only from this one on: Low, Medium, High, Critical");
    rule->callback([&front, options] { throw run(add_rule(front, *options)); });

    for (bool const is_rule : {true, false}) {
        auto* gone = verb->add_subcommand(is_rule ? "remove-rule" : "remove-channel",
                                          is_rule ? "Remove a rule" : "Remove a channel");
        gone->add_option("NAME", options->wanted)->required();
        gone->callback([&front, options, is_rule] { throw run(remove(front, *options, is_rule)); });
    }
    auto* test = verb->add_subcommand("test", "Send a test through a channel");
    test->add_option("NAME", options->wanted)->required();
    test->callback([&front, options] { throw run(send(front, *options)); });
    verb->add_subcommand("send", "Send now what waits; a running server does it each minute")
        ->callback([&front, options] { throw run(send(front, *options)); });
}

}  // namespace merlon::cli
