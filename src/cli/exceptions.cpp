// merlon exceptions list, show, add, preview, change, approve, reject, cancel
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/answers.h"
#include "advise/publish.h"
#include "api/auth/secrets.h"
#include "api/device_query.h"
#include "base/text.h"
#include "cli/change.h"
#include "cli/listing.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    std::string id, subject, justification, notes, until, query, state, output = "table";
    std::vector<std::string> groups;
    std::int64_t reminder_days = 7;
    bool all = false, reopen = false;
};

Result<int> list(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    Listing listing;
    listing.output = options.output;
    listing.nothing = "no exception";
    listing.columns = {
        {"id"},      {"subject"},          {"state"}, {"justification"}, {"scope"}, {"groups", Kind::list},
        {"devices"}, {"ends", Kind::time}, {"by"},    {"notes"}};
    listing.sql =
        "SELECT e.id, e.subject, CASE WHEN e.state IN ('PendingApproval', 'InEffect', 'Suspended') AND e.ends <= $1 "
        "THEN 'Expired' ELSE e.state END AS shown, "
        "e.justification, e.scope, replace(e.device_groups, '\"\"', '\"Unassigned\"'), e.devices, e.ends, "
        "e.created_by, e.notes FROM main.exception e WHERE ";
    listing.parameters = {now_ticks()};
    if (!options.state.empty()) {
        listing.parameters.emplace_back(options.state);
        listing.sql += "lower(shown) = lower($2)";
    } else {
        listing.sql += options.all ? "true" : "shown IN ('PendingApproval', 'InEffect', 'Suspended')";
    }
    listing.sql += " ORDER BY e.ends, e.id";
    TRY(print_listing(connection, listing));
    return done;
}

std::string people(std::vector<std::string> const& groups) {
    std::vector<std::string> shown;
    for (auto const& group : groups) shown.push_back(group.empty() ? "Unassigned" : group);
    return join(shown, ", ");
}

void print_one(advise::Exception const& one) {
    auto const line = [](std::string_view name, std::string const& value) {
        if (!value.empty()) std::cout << fmt::format("  {:<14} {}\n", name, value);
    };
    auto const act = [](Ticks when, std::string const& who, std::string const& why) {
        return when == 0 ? std::string{} : iso_seconds(when) + " by " + who + (why.empty() ? "" : ": " + why);
    };
    std::cout << one.title << "\n";
    line("id", one.id);
    line("subject", one.subject);
    line("state", one.open() && one.ends <= now_ticks() ? "Expired" : one.state);
    line("justification", one.justification);
    line("effect",
         one.takes_out() ? "its devices leave counts and scores" : "it marks the recommendation and changes no number");
    line("scope", one.scope == "DeviceGroups" ? "device groups " + people(one.groups)
                  : one.scope == "Query"      ? "devices of a query"
                                              : "all devices");
    line("query", one.query);
    line("query problem", one.query_error);
    line("devices", with_thousands(one.devices) + " now, " +
                        with_thousands(std::max<std::int64_t>(one.devices_then, 0)) + " when it was made");
    line("made", act(one.created, one.created_by, ""));
    line("decided", act(one.decided, one.decided_by, one.decision_notes));
    line("ends", iso_seconds(one.ends) +
                     (one.reminder_days > 0 ? ", reminder " + std::to_string(one.reminder_days) + " days before" : ""));
    line("opens again", one.reopen ? "when things get worse" : "");
    line("ended", act(one.ended, one.ended_by, one.ended_reason));
    line("notes", one.notes);
}

Result<int> show(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    print_one(TRY(advise::find_exception(connection, options.id)));
    return done;
}

Result<advise::NewException> wanted_of(Options const& options, Ticks now) {
    advise::NewException wanted;
    wanted.id = api::new_id();
    wanted.who = local;
    wanted.subject = options.subject;
    wanted.justification = options.justification;
    wanted.notes = options.notes;
    wanted.ends = TRY(optional_date(options.until, now));
    wanted.groups = options.groups;
    wanted.query = options.query;
    wanted.reopen = options.reopen;
    wanted.reminder_days = options.reminder_days;
    return wanted;
}

// The query's devices; false when it cannot be answered: its error is shown with its place.
bool answer_query(store::Connection& connection, advise::NewException& wanted) {
    if (wanted.query.empty()) return true;
    auto devices = api::devices_of_query(connection, wanted.query);
    if (!devices) {
        print_error(devices.error(), wanted.query, "the query");
        return false;
    }
    wanted.devices = std::move(*devices);
    return true;
}

Status publish(store::Connection& connection) {
    TRY(advise::publish_all(connection, now_ticks()));
    return {};
}

Result<int> add(Front const& front, Options const& options) {
    auto const rules = TRY(exception_rules(TRY(front.settings())));
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto wanted = TRY(wanted_of(options, now_ticks()));
    if (!answer_query(connection, wanted)) return could_not;
    TRY(change(store, "exceptions add", wanted.subject, [&](store::Connection& c) -> Status {
        TRY(advise::add_exception(c, wanted, rules, now_ticks()));
        return publish(c);
    }));
    print_one(TRY(advise::find_exception(connection, wanted.id)));
    return done;
}

void print_preview(advise::Exception const& one, advise::ExceptionPreview const& effect) {
    std::cout << fmt::format("{}: {} devices in scope, {} of them exposed, {} would leave the counts\n", one.subject,
                             with_thousands(effect.devices_in_scope), with_thousands(effect.exposed_devices),
                             with_thousands(effect.leaving_devices));
    if (!one.takes_out()) std::cout << "The justification " << one.justification << " changes no score.\n";
    std::cout << fmt::format("Exposure score {:.3f} -> {:.3f} ({:+.3f}); {:.3f} before exceptions\n",
                             effect.exposure_now, effect.exposure_then, effect.exposure_then - effect.exposure_now,
                             effect.exposure_before_exceptions);
    std::cout << fmt::format("Secure score   {:.2f} -> {:.2f} ({:+.2f})\n", effect.secure_now, effect.secure_then,
                             effect.secure_then - effect.secure_now);
}

Result<int> preview(Front const& front, Options const& options) {
    auto const rules = TRY(exception_rules(TRY(front.settings())));
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const now = now_ticks();
    auto wanted = TRY(wanted_of(options, now));
    if (!wanted.ends) wanted.ends = now + ticks_per_day;
    if (!answer_query(connection, wanted)) return could_not;
    auto const one = TRY(advise::prepare_exception(connection, wanted, rules, now));
    auto const effect = TRY(advise::preview_exception(connection, one, wanted.devices, now));
    if (options.output == "json") std::cout << advise::answer_json(one, effect) << "\n";
    else print_preview(one, effect);
    return done;
}

Result<int> edit(Front const& front, Options const& options, std::string const& action, bool reopen_given,
                 bool reminder_given) {
    auto const rules = TRY(exception_rules(TRY(front.settings())));
    auto store = TRY(front.open_store(false));
    auto const now = now_ticks();
    advise::ExceptionChange wanted;
    wanted.ends = TRY(optional_date(options.until, now));
    if (action == "change") {
        if (!options.notes.empty()) wanted.notes = options.notes;
        if (reopen_given) wanted.reopen = options.reopen;
        if (reminder_given) wanted.reminder_days = options.reminder_days;
    } else {
        wanted.approve = action == "approve";
        wanted.decision_notes = options.notes;
    }
    TRY(change(store, "exceptions " + action, options.id, [&](store::Connection& c) -> Status {
        if (action == "cancel") TRY(advise::cancel_exception(c, options.id, options.notes, std::string(local), now));
        else TRY(advise::change_exception(c, options.id, wanted, std::string(local), rules, now));
        return publish(c);
    }));
    auto connection = TRY(store.connect());
    print_one(TRY(advise::find_exception(connection, options.id)));
    return done;
}

void add_wanted(CLI::App& verb, Options& options) {
    verb.add_option("SUBJECT", options.subject, "A recommendation (va-_-google-_-chrome, sca-_-scid-25) or a CVE")
        ->required();
    verb.add_option("--justification", options.justification,
                    join(advise::justifications(), ", ") + " (the last two for a CVE only)")
        ->required();
    verb.add_option("--group", options.groups,
                    "Only devices of these groups (several times); without it and --query: all devices");
    verb.add_option("--query", options.query,
                    "Only devices that this KQL query gives as DeviceId; asked again whenever exposure is computed");
}

}  // namespace

void add_exceptions(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("exceptions", "Devices that need not be fixed for a while, why, and until when");
    verb->require_subcommand(1);

    auto* all = verb->add_subcommand("list", "Exceptions, those that end first first");
    all->add_flag("--all", options->all, "Also those that have ended");
    all->add_option("--state", options->state,
                    "Only PendingApproval, InEffect, Suspended, Rejected, Expired, Cancelled or Reopened");
    add_output_option(*all, options->output);
    all->callback([&front, options] { throw run(list(front, *options)); });

    auto* one = verb->add_subcommand("show", "One exception in words");
    one->add_option("ID", options->id)->required();
    one->callback([&front, options] { throw run(show(front, *options)); });

    auto* make = verb->add_subcommand("add", "Make an exception");
    add_wanted(*make, *options);
    make->add_option("--until", options->until, "Its last day: a date, or 30d for thirty days")->required();
    make->add_option("--notes", options->notes, "Why");
    make->add_flag("--reopen", options->reopen,
                   "End it by itself when an exploit becomes known or twice as many devices are concerned");
    make->add_option("--reminder", options->reminder_days, "Days before its end when people are reminded; 0 never");
    make->callback([&front, options] { throw run(add(front, *options)); });

    auto* ask = verb->add_subcommand("preview", "What an exception would do to counts and scores, without making it");
    add_wanted(*ask, *options);
    ask->add_option("--output", options->output, "table (default) or json")->check(CLI::IsMember({"table", "json"}));
    ask->callback([&front, options] { throw run(preview(front, *options)); });

    auto* change_it = verb->add_subcommand("change", "Extend an exception, or change its notes");
    change_it->add_option("ID", options->id)->required();
    change_it->add_option("--until", options->until, "Its new last day");
    change_it->add_option("--notes", options->notes, "New notes");
    auto* reopen = change_it->add_flag("--reopen,!--no-reopen", options->reopen,
                                       "End it by itself when things get worse, or not");
    auto* reminder = change_it->add_option("--reminder", options->reminder_days,
                                           "Days before its end when people are reminded; 0 never");
    change_it->callback([&front, options, reopen, reminder] {
        throw run(edit(front, *options, "change", reopen->count() > 0, reminder->count() > 0));
    });
    for (auto const& [name, doc] : {std::pair{"approve", "Agree to an exception that waits for it (not one's own)"},
                                    std::pair{"reject", "Refuse an exception that waits for approval"},
                                    std::pair{"cancel", "End an exception now"}}) {
        auto* action = verb->add_subcommand(name, doc);
        action->add_option("ID", options->id)->required();
        action->add_option("--notes", options->notes, "Why");
        action->callback(
            [&front, options, word = std::string(name)] { throw run(edit(front, *options, word, false, false)); });
    }
}

}  // namespace merlon::cli
