// merlon remediation list, show, add, change, complete, cancel, actions, export
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/remediation_actions.h"
#include "api/auth/secrets.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/change.h"
#include "cli/listing.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    std::string id, recommendation, type, priority = "Medium", due, notes, owner, ticket, ticket_state, kind = "shell",
                                          to, output = "table";
    std::vector<std::string> groups, devices;
    bool all = false, overdue = false, quiet = false;
};

Result<int> list(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    Listing listing;
    listing.output = options.output;
    listing.nothing = "no remediation activity";
    listing.columns = {
        {"id"},      {"activity"}, {"type"},  {"state"},  {"fixed"}, {"target"},      {"due", Kind::time},
        {"overdue"}, {"priority"}, {"owner"}, {"ticket"}, {"by"},    {"completed by"}};
    listing.parameters = {now_ticks()};
    listing.sql =
        "SELECT t.id, t.title, t.type, t.state, t.fixed_devices, t.target_devices, nullif(t.due, 0), t.state = "
        "'Active' AND t.due > 0 AND t.due < $1 AS late, "
        "t.priority, t.owner, t.ticket, t.requester, t.completer FROM main.remediation t WHERE ";
    listing.sql += options.overdue ? "late" : options.all ? "true" : "t.state = 'Active'";
    listing.sql += " ORDER BY t.state, t.due = 0, t.due, t.id";
    TRY(print_listing(connection, listing));
    return done;
}

void print_one(advise::Remediation const& one) {
    auto const line = [](std::string_view name, std::string const& value) {
        if (!value.empty()) std::cout << fmt::format("  {:<14} {}\n", name, value);
    };
    bool const late = one.state == "Active" && one.due > 0 && one.due < now_ticks();
    std::vector<std::string> groups;
    for (auto const& group : one.groups) groups.push_back(group.empty() ? "Unassigned" : group);
    std::cout << one.title << "\n";
    line("id", one.id);
    line("recommendation", one.recommendation);
    line("type", one.type + (one.recommended_version.empty() ? "" : " to " + one.recommended_version));
    line("state", one.state + (one.method.empty() ? "" : ", " + one.completer) +
                      (one.state == "Active" ? "" : ", " + iso_seconds(one.changed)));
    line("devices",
         one.watches_only()
             ? with_thousands(one.target_devices) + ", only watched"
             : fmt::format("{} of {} done{}", with_thousands(one.fixed_devices), with_thousands(one.target_devices),
                           one.away_devices > 0 ? ", " + with_thousands(one.away_devices) + " away" : ""));
    line("groups", groups.empty() ? "all" : join(groups, ", "));
    line("due", one.due == 0 ? "" : iso_date(one.due) + (late ? ", overdue" : ""));
    line("priority", one.priority);
    line("owner", one.owner);
    line("ticket", one.ticket + (one.ticket_state.empty() ? "" : " (" + one.ticket_state + ")"));
    line("asked for", iso_seconds(one.created) + " by " + one.requester);
    line("notes", one.notes);
}

Result<int> show(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    print_one(TRY(advise::find_remediation(connection, options.id)));
    return done;
}

advise::Person operator_of_the_machine() { return {std::string(local), std::string(local)}; }

Result<int> add(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto const now = now_ticks();
    advise::NewRemediation wanted;
    wanted.id = api::new_id();
    wanted.by = operator_of_the_machine();
    wanted.recommendation = options.recommendation;
    wanted.type = options.type;
    wanted.groups = options.groups;
    wanted.quiet = options.quiet;
    wanted.priority = options.priority;
    wanted.due = TRY(optional_date(options.due, now));
    wanted.notes = options.notes;
    wanted.owner = options.owner;
    TRY(change(store, "remediation add", wanted.recommendation, [&](store::Connection& c) -> Status {
        TRY(advise::add_remediation(c, wanted, now));
        return {};
    }));
    auto connection = TRY(store.connect());
    print_one(TRY(advise::find_remediation(connection, wanted.id)));
    return done;
}

struct Given {
    bool notes = false, owner = false, priority = false, ticket = false, ticket_state = false;
};

Result<int> edit(Front const& front, Options const& options, std::string const& action, Given const& given) {
    auto store = TRY(front.open_store(false));
    auto const now = now_ticks();
    advise::RemediationChange wanted;
    wanted.complete = action == "complete";
    wanted.cancel = action == "cancel";
    wanted.due = TRY(optional_date(options.due, now));
    if (given.notes) wanted.notes = options.notes;
    if (given.owner) wanted.owner = options.owner;
    if (given.priority) wanted.priority = options.priority;
    if (given.ticket) wanted.ticket = options.ticket;
    if (given.ticket_state) wanted.ticket_state = options.ticket_state;
    TRY(change(store, "remediation " + action, options.id, [&](store::Connection& c) {
        return advise::change_remediation(c, options.id, wanted, operator_of_the_machine(), now);
    }));
    auto connection = TRY(store.connect());
    print_one(TRY(advise::find_remediation(connection, options.id)));
    return done;
}

Result<int> actions(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const task = TRY(advise::find_remediation(connection, options.id));
    auto const text = advise::write_action(*advise::action_kind(options.kind), task,
                                           TRY(advise::action_facts(connection, task, options.devices)));
    if (options.to.empty()) {
        std::cout << text;
        return done;
    }
    TRY(write_file_durably(options.to, text));
    std::cout << "written to " << options.to << "\n";
    return done;
}

Result<int> export_devices(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const task = TRY(advise::find_remediation(connection, options.id));
    Listing listing{
        "SELECT t.device, coalesce(d.name, ''), coalesce(d.os_platform, ''), coalesce(d.device_group, ''), t.state, "
        "t.changed FROM main.remediation_device t "
        "LEFT JOIN main.device d ON d.id = t.device WHERE t.remediation = $1 ORDER BY d.name, t.device",
        {task.id},
        {{"device id"}, {"device"}, {"platform"}, {"device group"}, {"state"}, {"since", Kind::time}},
        options.output,
        "no device"};
    TRY(print_listing(connection, listing));
    return done;
}

}  // namespace

void add_remediation(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("remediation", "Work asked for: who fixes what until when, and how far it is");
    verb->require_subcommand(1);

    auto* all = verb->add_subcommand("list", "Activities, those that are due first first");
    all->add_flag("--all", options->all, "Also completed and cancelled ones");
    all->add_flag("--overdue", options->overdue, "Only those that are overdue");
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
