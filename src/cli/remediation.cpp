// merlon remediation list, show, add, change, complete, cancel, actions, export
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/text.h"
#include "cli/change.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    std::string id, device, kind = "shell", to, output = "table";
    std::vector<std::string> devices;
    bool all = false, overdue = false;
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
void tell_one(json::Value one) {
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
}

std::string path_of(Options const& options) { return "remediationTasks/" + api::percent_encode(options.id); }

Result<int> show(Front const& front, Options const& options) {
    auto const answer = TRY(get_one(TRY(asker(front)), path_of(options), error("advise.no_such_remediation", options.id)));
    tell_one(TRY(json::Document::parse(answer, "answer")).root());
    return done;
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

std::vector<Change> changes() {
    using Of = Part::Kind;
    return {{.verb = "add", .doc = "Ask for a recommendation to be carried out", .method = "POST", .path = "remediationTasks",
             .parts = {needed({"RECOMMENDATION", "recommendationId", "Such as va-_-google-_-chrome or sca-_-scid-25"}),
                       {"--due", "dueOn", "Due date: a date, or 30d for thirty days from now (not for what can only be watched)", Of::day},
                       {"--type", "type", "Uninstall instead of what the recommendation says"},
                       {"--group", "rbacGroupNames", "Only devices of these groups (several times)", Of::texts},
                       {"--quiet-devices", "productivityImpactRemediationType", "Only devices whose users notice nothing", Of::constant, "\"NonProductivityImpactedAssets\""},
                       {"--priority", "priority", "High, Medium (default) or Low"},
                       {"--owner", "owner", "Who is to do it"},
                       {"--notes", "requesterNotes", "What they should know"}}, .tell = tell_one},
            {.verb = "change", .doc = "Change due date, owner, priority, notes or ticket", .method = "PATCH", .path = "remediationTasks/{}",
             .parts = {{"--due", "dueOn", "New due date", Of::day},
                       {"--notes", "requesterNotes", "New notes"},
                       {"--owner", "owner", "New owner"},
                       {"--priority", "priority", "High, Medium or Low"},
                       {"--ticket", "ticket", "Number or address of its ticket in another system"},
                       {"--ticket-state", "ticketStatus", "State of that ticket"}}, .tell = tell_one},
            {.verb = "complete", .doc = "Say that it is done", .method = "PATCH", .path = "remediationTasks/{}",
             .parts = {{"", "status", "", Of::constant, "\"Completed\""}}, .tell = tell_one},
            {.verb = "cancel", .doc = "Say that it is not to be done", .method = "POST", .path = "remediationTasks/{}/cancel", .tell = tell_one}};
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
    one->add_option("ID", options->id, "As merlon remediation list shows it")->required();
    one->callback([&front, options] { throw run(show(front, *options)); });

    add_changes(*verb, front, {.key = "ID", .key_doc = "As merlon remediation list shows it"}, changes());

    auto* ready = verb->add_subcommand("actions",
                                       "A ready-made script or playbook for the devices where it is still to be done");
    ready->add_option("ID", options->id, "As merlon remediation list shows it")->required();
    ready->add_option("--kind", options->kind, "shell (default), powershell or ansible")
        ->check(CLI::IsMember({"shell", "powershell", "ansible"}));
    ready->add_option("--device", options->devices, "Only these devices (id or name, several times)");
    ready->add_option("--to", options->to, "Write it to FILE")->type_name("FILE");
    ready->callback([&front, options] { throw run(actions(front, *options)); });

    auto* exported = verb->add_subcommand("export", "The devices it was made for and how far each is");
    exported->add_option("ID", options->id, "As merlon remediation list shows it")->required();
    add_output_option(*exported, options->output);
    exported->callback([&front, options] { throw run(export_devices(front, *options)); });
}

}  // namespace merlon::cli
