// merlon exceptions list, show, add, preview, change, approve, reject, cancel
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/exceptions.h"
#include "api/http/server.h"
#include "base/json_read.h"
#include "base/text.h"
#include "cli/change.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    std::string id, state, output = "table";
    bool all = false;
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
void tell_one(json::Value one) {
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
}

Result<int> show(Front const& front, Options const& options) {
    auto const answer = TRY(get_one(TRY(asker(front)), "exceptions/" + api::percent_encode(options.id), error("advise.no_such_exception", options.id)));
    tell_one(TRY(json::Document::parse(answer, "answer")).root());
    return done;
}

void tell_effect(json::Value effect) {
    auto const count = [&](std::string_view name) { return with_thousands(json::integer(effect, name).value_or(0)); };
    auto const points = [&](std::string_view name) { return json::number(effect, name).value_or(0); };
    std::cout << fmt::format("{}: {} in scope, {} of them exposed, {} would leave the counts\n",
                             json::text(effect, "subjectId"), counted(json::integer(effect, "machinesInScope").value_or(0), "device"), count("exposedMachines"), count("leavingMachines"));
    if (!json::boolean(effect, "takesDevicesOut").value_or(true)) std::cout << "This justification changes no score.\n";
    auto const now = points("exposureScore"), then = points("exposureScoreThen");
    std::cout << fmt::format("Exposure score {:.3f} -> {:.3f} ({:+.3f}); {:.3f} before exceptions\n", now, then, then - now,
                             points("exposureScoreBeforeExceptions"));
    auto const secure = points("configurationScore"), secure_then = points("configurationScoreThen");
    std::cout << fmt::format("Secure score   {:.2f} -> {:.2f} ({:+.2f})\n", secure, secure_then, secure_then - secure);
}

std::vector<Change> changes() {
    using Of = Part::Kind;
    std::vector<Part> const wanted{
        needed({"SUBJECT", "subjectId", "A recommendation (va-_-google-_-chrome, sca-_-scid-25) or a CVE"}),
        needed({"--justification", "justification", join(advise::justifications(), ", ") + " (the last two for a CVE only)"}),
        {"--group", "deviceGroups", "Only devices of these groups (several times); without it and --query: all devices", Of::texts},
        {"--query", "query", "Only devices that this KQL query gives as DeviceId; asked again whenever exposure is computed"}};
    Part const reopen{"--reopen", "reopenWhenWorse", "End it by itself when an exploit becomes known or twice as many devices are concerned", Of::constant, "true"},
        reminder{"--reminder", "reminderDays", "Days before its end when people are reminded; 0 never (default 7)", Of::number};
    auto const decided = [](char const* word, char const* doc, char const* decision) {
        return Change{.verb = word, .doc = doc, .method = "PATCH", .path = "exceptions/{}",
                      .parts = {{"", "decision", "", Of::constant, decision}, {"--notes", "decisionNotes", "Why"}}, .tell = tell_one};
    };
    return {{.verb = "add", .doc = "Make an exception", .method = "POST", .path = "exceptions",
             .parts = with(wanted, {needed({"--until", "endsOn", "Its last day: a date, or 30d for thirty days", Of::day}), {"--notes", "notes", "Why"}, reopen, reminder}), .tell = tell_one},
            {.verb = "preview", .doc = "What an exception would do to counts and scores, without making it", .method = "POST", .path = "exceptions/preview", .parts = wanted,
             .folder = Folder::read, .tell = tell_effect},
            {.verb = "change", .doc = "Extend an exception, or change its notes", .method = "PATCH", .path = "exceptions/{}",
             .parts = {{"--until", "endsOn", "Its new last day", Of::day}, {"--notes", "notes", "New notes"}, reopen,
                       {"--no-reopen", "reopenWhenWorse", "End it on its last day only", Of::constant, "false"}, reminder}, .tell = tell_one},
            decided("approve", "Agree to an exception that waits for it (not one's own)", "\"approve\""), decided("reject", "Refuse an exception that waits for approval", "\"reject\""),
            {.verb = "cancel", .doc = "End an exception now", .method = "POST", .path = "exceptions/{}/cancel", .parts = {{"--notes", "reason", "Why"}}, .tell = tell_one}};
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
    one->add_option("ID", options->id, "As merlon exceptions list shows it")->required();
    one->callback([&front, options] { throw run(show(front, *options)); });

    add_changes(*verb, front, {.key = "ID", .key_doc = "As merlon exceptions list shows it"}, changes());
}

}  // namespace merlon::cli
