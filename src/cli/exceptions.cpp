// merlon exceptions list, show, add, preview, change, approve, reject, cancel
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/exceptions.h"
#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/view.h"
#include "store/inventory.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    std::string id, subject, justification, notes, until, query, state, output = "table";
    std::vector<std::string> groups;
    std::int64_t reminder_days = 7;
    bool all = false, reopen = false;
};

Result<int> list(Front const& front, Options const& options) {
    View view{{.path = {"exceptions"}, .order = "endsOn, id", .output = options.output}, {}, "no exception"};
    view.columns = {{"id", "id"}, {"subject", "subjectId"}, {"state", "status"}, {"justification", "justification"}, {"scope", "scope"},
                    {"groups", "deviceGroups", Kind::list}, {"devices", "machines", Kind::whole}, {"ends", "endsOn", Kind::day},
                    {"by", "createdBy"}, {"notes", "notes"}};
    if (!options.state.empty()) only(view.question, "tolower(status) eq {}", ascii_lower(options.state));
    else if (!options.all) only(view.question, "status in ('PendingApproval','InEffect','Suspended')");
    return show_view(front, view);
}

// One exception in words, as the API gives it.
Result<int> print_one(std::string_view answer) {
    auto const document = TRY(json::Document::parse(answer, "answer"));
    auto const one = document.root();
    auto const text = [&](std::string_view name) { return std::string(json::text(one, name)); };
    auto const count = [&](std::string_view name) { return json::integer(one, name).value_or(0); };
    auto const is = [&](std::string_view name) { return json::boolean(one, name).value_or(false); };
    auto const when = [&](std::string_view name) { return seconds_of(text(name)); };
    auto const act = [&](std::string_view time, std::string_view who, std::string const& why) {
        return when(time).empty() ? std::string{} : when(time) + " by " + text(who) + (why.empty() ? "" : ": " + why);
    };
    std::vector<std::string> groups;
    for (auto const group : json::array(one, "deviceGroups")) groups.emplace_back(json::text(group));
    std::cout << text("title") << "\n";
    print_fact("id", text("id"));
    print_fact("subject", text("subjectId"));
    print_fact("state", text("status"));
    print_fact("justification", text("justification"));
    print_fact("effect", is("takesDevicesOut") ? "its devices leave counts and scores" : "it marks the recommendation and changes no number");
    print_fact("scope", text("scope") == "DeviceGroups" ? "device groups " + join(groups, ", ")
                  : text("scope") == "Query"      ? "devices of a query"
                                                  : "all devices");
    print_fact("query", text("query"));
    print_fact("query problem", text("queryError"));
    print_fact("devices", with_thousands(count("machines")) + " now, " + with_thousands(count("machinesWhenMade")) + " when it was made");
    print_fact("made", act("createdOn", "createdBy", ""));
    print_fact("decided", act("decidedOn", "decidedBy", text("decisionNotes")));
    print_fact("ends", when("endsOn") + (count("reminderDays") > 0 ? fmt::format(", reminder {} days before", count("reminderDays")) : ""));
    print_fact("opens again", is("reopenWhenWorse") ? "when things get worse" : "");
    print_fact("ended", act("endedOn", "endedBy", text("endedReason")));
    print_fact("notes", text("notes"));
    return done;
}

Result<int> show(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front));
    return print_one(TRY(get_one(ask, "exceptions/" + api::percent_encode(options.id), error("advise.no_such_exception", options.id))));
}

Result<std::string> wanted_of(Options const& options, Ticks now) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("subjectId", options.subject);
    json.member("justification", options.justification);
    json.member("notes", options.notes);
    if (auto const ends = TRY(optional_date(options.until, now))) json.member("endsOn", iso_seconds(*ends));
    json.key("deviceGroups");
    json.raw(store::texts_json(options.groups));
    if (!options.query.empty()) json.member("query", options.query);
    json.member("reopenWhenWorse", options.reopen);
    json.member("reminderDays", options.reminder_days);
    json.end_object();
    return body;
}

Result<int> add(Front const& front, Options const& options) {
    auto const body = TRY(wanted_of(options, now_ticks()));
    return print_one(TRY(send(TRY(asker(front, Folder::change)), "POST", "exceptions", body)));
}

Result<int> preview(Front const& front, Options const& options) {
    auto const answer = TRY(send(TRY(asker(front)), "POST", "exceptions/preview", TRY(wanted_of(options, now_ticks()))));
    if (options.output == "json") {
        std::cout << answer << "\n";
        return done;
    }
    auto const document = TRY(json::Document::parse(answer, "answer"));
    auto const count = [&](std::string_view name) { return with_thousands(json::integer(document.root(), name).value_or(0)); };
    auto const points = [&](std::string_view name) { return json::number(document.root(), name).value_or(0); };
    std::cout << fmt::format("{}: {} devices in scope, {} of them exposed, {} would leave the counts\n",
                             json::text(document.root(), "subjectId"), count("machinesInScope"), count("exposedMachines"), count("leavingMachines"));
    if (!json::boolean(document.root(), "takesDevicesOut").value_or(true))
        std::cout << fmt::format("The justification {} changes no score.\n", options.justification);
    auto const now = points("exposureScore"), then = points("exposureScoreThen");
    std::cout << fmt::format("Exposure score {:.3f} -> {:.3f} ({:+.3f}); {:.3f} before exceptions\n", now, then, then - now,
                             points("exposureScoreBeforeExceptions"));
    auto const secure = points("configurationScore"), secure_then = points("configurationScoreThen");
    std::cout << fmt::format("Secure score   {:.2f} -> {:.2f} ({:+.2f})\n", secure, secure_then, secure_then - secure);
    return done;
}

Result<int> edit(Front const& front, Options const& options, std::string const& action, bool reopen_given, bool reminder_given) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    if (auto const ends = TRY(optional_date(options.until, now_ticks()))) json.member("endsOn", iso_seconds(*ends));
    if (action == "change") {
        if (!options.notes.empty()) json.member("notes", options.notes);
        if (reopen_given) json.member("reopenWhenWorse", options.reopen);
        if (reminder_given) json.member("reminderDays", options.reminder_days);
    } else if (action == "cancel") {
        json.member("reason", options.notes);
    } else {
        json.member("decision", action);
        json.member("decisionNotes", options.notes);
    }
    json.end_object();
    auto const ask = TRY(asker(front, Folder::change));
    auto const path = "exceptions/" + api::percent_encode(options.id);
    return print_one(TRY(action == "cancel" ? send(ask, "POST", path + "/cancel", body) : send(ask, "PATCH", path, body)));
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
