// merlon remediation list, show, add, change, complete, cancel, actions, export
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/files.h"
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
    std::string id, device, recommendation, type, priority = "Medium", due, notes, owner, ticket, ticket_state, kind = "shell",
                                          to, output = "table";
    std::vector<std::string> groups, devices;
    bool all = false, overdue = false, quiet = false;
};

Result<int> list(Front const& front, Options const& options) {
    View view{{.path = {"remediationTasks"}, .order = "status, dueOn eq null, dueOn, id", .output = options.output}, {}, "no remediation activity"};
    view.columns = {{"id", "id"}, {"activity", "title"}, {"type", "type"}, {"state", "status"}, {"fixed", "fixedDevices", Kind::whole},
                    {"target", "targetDevices", Kind::whole}, {"due", "dueOn", Kind::day}, {"overdue", "overdue", Kind::flag},
                    {"priority", "priority"}, {"owner", "owner"}, {"ticket", "ticket"}, {"by", "requesterEmail"},
                    {"completed by", "completerEmail"}};
    if (!options.device.empty()) {
        auto const ask = TRY(asker(front));
        auto const device = TRY(known_device(ask, options.device));
        view.question.path = {"machines", device, "remediationTasks"};
        view.columns.insert(view.columns.begin() + 4, {"there", "machineState"});
    }
    if (options.overdue) only(view.question, "overdue eq true");
    else if (!options.all) only(view.question, "status eq 'Active'");
    return show_view(front, view);
}

// One activity in words, as the API gives it.
Result<int> print_one(std::string_view answer) {
    auto const document = TRY(json::Document::parse(answer, "answer"));
    auto const one = document.root();
    auto const text = [&](std::string_view name) { return std::string(json::text(one, name)); };
    auto const count = [&](std::string_view name) { return json::integer(one, name).value_or(0); };
    std::vector<std::string> groups;
    for (auto const group : json::array(one, "rbacGroupNames")) groups.emplace_back(json::text(group));
    auto const away = count("awayDevices");
    std::cout << text("title") << "\n";
    print_fact("id", text("id"));
    print_fact("recommendation", text("recommendationId"));
    print_fact("type", text("type") + (text("recommendedVersion").empty() ? "" : " to " + text("recommendedVersion")));
    print_fact("state", text("status") + (text("completionMethod").empty() ? "" : ", " + text("completerEmail")) +
                      (text("status") == "Active" ? "" : ", " + seconds_of(text("statusLastModifiedOn"))));
    print_fact("devices", text("type") == "AttentionRequired"
                        ? with_thousands(count("targetDevices")) + ", only watched"
                        : fmt::format("{} of {} done{}", with_thousands(count("fixedDevices")), with_thousands(count("targetDevices")),
                                      away > 0 ? ", " + with_thousands(away) + " away" : ""));
    print_fact("groups", groups.empty() ? "all" : join(groups, ", "));
    print_fact("due", text("dueOn").substr(0, 10) + (json::boolean(one, "overdue").value_or(false) ? ", overdue" : ""));
    print_fact("priority", text("priority"));
    print_fact("owner", text("owner"));
    print_fact("ticket", text("ticket") + (text("ticketStatus").empty() ? "" : " (" + text("ticketStatus") + ")"));
    print_fact("asked for", seconds_of(text("createdOn")) + " by " + text("requesterEmail"));
    print_fact("notes", text("requesterNotes"));
    return done;
}

std::string path_of(Options const& options) { return "remediationTasks/" + api::percent_encode(options.id); }

Result<int> show(Front const& front, Options const& options) {
    return print_one(TRY(get_one(TRY(asker(front)), path_of(options), error("advise.no_such_remediation", options.id))));
}

Result<int> add(Front const& front, Options const& options) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("recommendationId", options.recommendation);
    if (!options.type.empty()) json.member("type", options.type);
    json.key("rbacGroupNames");
    json.raw(store::texts_json(options.groups));
    if (options.quiet) json.member("productivityImpactRemediationType", "NonProductivityImpactedAssets");
    json.member("priority", options.priority);
    if (auto const due = TRY(optional_date(options.due, now_ticks()))) json.member("dueOn", iso_seconds(*due));
    json.member("requesterNotes", options.notes);
    json.member("owner", options.owner);
    json.end_object();
    return print_one(TRY(send(TRY(asker(front, Folder::change)), "POST", "remediationTasks", body)));
}

struct Given {
    bool notes = false, owner = false, priority = false, ticket = false, ticket_state = false;
};

Result<int> edit(Front const& front, Options const& options, std::string const& action, Given const& given) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    if (action == "complete") json.member("status", "Completed");
    if (auto const due = TRY(optional_date(options.due, now_ticks()))) json.member("dueOn", iso_seconds(*due));
    if (given.notes) json.member("requesterNotes", options.notes);
    if (given.owner) json.member("owner", options.owner);
    if (given.priority) json.member("priority", options.priority);
    if (given.ticket) json.member("ticket", options.ticket);
    if (given.ticket_state) json.member("ticketStatus", options.ticket_state);
    json.end_object();
    auto const ask = TRY(asker(front, Folder::change));
    return print_one(TRY(action == "cancel" ? send(ask, "POST", path_of(options) + "/cancel") : send(ask, "PATCH", path_of(options), body)));
}

Result<int> actions(Front const& front, Options const& options) {
    auto path = path_of(options) + "/actions?kind=" + options.kind;
    for (auto const& device : options.devices) path += "&device=" + api::percent_encode(device);
    auto const text = TRY(send(TRY(asker(front)), "GET", path));
    if (options.to.empty()) {
        std::cout << text;
        return done;
    }
    TRY(write_file_durably(options.to, text));
    std::cout << "written to " << options.to << "\n";
    return done;
}

Result<int> export_devices(Front const& front, Options const& options) {
    View view{{.path = {"remediationTasks", options.id, "devices"}, .order = "computerDnsName, id", .output = options.output}, {}, "no device"};
    view.columns = {{"device id", "id"}, {"device", "computerDnsName"}, {"platform", "osPlatform"}, {"device group", "rbacGroupName"},
                    {"state", "state"}, {"since", "stateChangedOn", Kind::day}, {"installed", "installedVersions", Kind::list}};
    view.not_there = error("advise.no_such_remediation", options.id);
    return show_view(front, view);
}

}  // namespace

void add_remediation(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("remediation", "Work asked for: who fixes what until when, and how far it is");
    verb->require_subcommand(1);

    auto* all = verb->add_subcommand("list", "Activities, those that are due first first");
    all->add_flag("--all", options->all, "Also completed and cancelled ones");
    all->add_flag("--overdue", options->overdue, "Only those that are overdue");
    all->add_option("--device", options->device, "Only what was asked for of this device (id or name), and how far it is there");
    add_output_option(*all, options->output);
    all->callback([&front, options] { throw run(list(front, *options)); });

    auto* one = verb->add_subcommand("show", "One activity in words");
    one->add_option("ID", options->id)->required();
    one->callback([&front, options] { throw run(show(front, *options)); });

    auto* make = verb->add_subcommand("add", "Ask for a recommendation to be carried out");
    make->add_option("RECOMMENDATION", options->recommendation, "Such as va-_-google-_-chrome or sca-_-scid-25")
        ->required();
    make->add_option("--due", options->due,
                     "Due date: a date, or 30d for thirty days from now (not for what can only be watched)");
    make->add_option("--type", options->type, "Uninstall instead of what the recommendation says");
    make->add_option("--group", options->groups, "Only devices of these groups (several times)");
    make->add_flag("--quiet-devices", options->quiet, "Only devices whose users notice nothing");
    make->add_option("--priority", options->priority, "High, Medium (default) or Low");
    make->add_option("--owner", options->owner, "Who is to do it");
    make->add_option("--notes", options->notes, "What they should know");
    make->callback([&front, options] { throw run(add(front, *options)); });

    auto* edited = verb->add_subcommand("change", "Change due date, owner, priority, notes or ticket");
    edited->add_option("ID", options->id)->required();
    edited->add_option("--due", options->due, "New due date");
    auto* notes = edited->add_option("--notes", options->notes, "New notes");
    auto* owner = edited->add_option("--owner", options->owner, "New owner");
    auto* priority = edited->add_option("--priority", options->priority, "High, Medium or Low");
    auto* ticket = edited->add_option("--ticket", options->ticket, "Number or address of its ticket in another system");
    auto* ticket_state = edited->add_option("--ticket-state", options->ticket_state, "State of that ticket");
    edited->callback([&front, options, notes, owner, priority, ticket, ticket_state] {
        throw run(edit(front, *options, "change",
                       {notes->count() > 0, owner->count() > 0, priority->count() > 0, ticket->count() > 0,
                        ticket_state->count() > 0}));
    });
    for (auto const& [name, doc] :
         {std::pair{"complete", "Say that it is done"}, std::pair{"cancel", "Say that it is not to be done"}}) {
        auto* action = verb->add_subcommand(name, doc);
        action->add_option("ID", options->id)->required();
        action->callback([&front, options, word = std::string(name)] { throw run(edit(front, *options, word, {})); });
    }

    auto* ready = verb->add_subcommand("actions",
                                       "A ready-made script or playbook for the devices where it is still to be done");
    ready->add_option("ID", options->id)->required();
    ready->add_option("--kind", options->kind, "shell (default), powershell or ansible")
        ->check(CLI::IsMember({"shell", "powershell", "ansible"}));
    ready->add_option("--device", options->devices, "Only these devices (id or name, several times)");
    ready->add_option("--to", options->to, "Write it to FILE")->type_name("FILE");
    ready->callback([&front, options] { throw run(actions(front, *options)); });

    auto* exported = verb->add_subcommand("export", "The devices it was made for and how far each is");
    exported->add_option("ID", options->id)->required();
    options->output = "table";
    add_output_option(*exported, options->output);
    exported->callback([&front, options] { throw run(export_devices(front, *options)); });
}

}  // namespace merlon::cli
