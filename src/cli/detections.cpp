// merlon detections, merlon alerts: hunting queries that raise alerts, and what people do about those
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/text.h"
#include "cli/change.h"
#include "store/alert_handling.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Wanted {
    std::string name, severity, device, output = "table";
    bool dry = false, due = false, open = false;
    std::int64_t top = 0;
};

View all_detections() {
    View view{{.path = {"customDetections"}, .order = "name"}, {}, "no custom detection"};
    view.columns = {{"name", "name"}, {"severity", "severity"}, {"every minutes", "frequencyMinutes", Kind::whole}, {"enabled", "enabled", Kind::flag},
                    {"last run", "lastRun", Kind::moment}, {"rows", "lastRows", Kind::whole}, {"alerts", "lastAlerts", Kind::whole},
                    {"error", "lastError"}};
    return view;
}

Noun const detections{.what = "custom detection", .lists = "merlon detections list", .list = {.path = {"customDetections"}, .order = "name", .select = "id,name"}};

// What is to run: the named one, or all that are enabled.
Result<std::vector<Named>> to_run(Ask const& ask, Wanted const& wanted) {
    auto of = detections;
    if (wanted.name.empty()) only(of.list, "enabled eq true");
    if (wanted.due) only(of.list, "nextRun le " + iso_time(now_ticks()));
    if (!wanted.name.empty()) return find_named(ask, of, wanted.name);
    std::vector<Named> all;
    for (std::optional page(TRY(first_page(ask, of.list))); page; page = TRY(next_page(ask, *page)))
        for (auto const one : json::array(page->root(), "value")) all.push_back({std::string(json::text(one, "id")), std::string(json::text(one, "name"))});
    return all;
}

bool query_failed(json::Value outcome) { return !json::text(outcome, "error").empty(); }

void tell_outcome(json::Value outcome, std::string_view name) {
    bool const dry = json::boolean(outcome, "dryRun").value_or(false);
    auto const alerts = json::array(outcome, "alerts");
    std::cout << fmt::format("{}: {}, {} {}{}\n", name, counted(json::integer(outcome, "rows").value_or(0), "row"), counted(static_cast<std::int64_t>(alerts.size()), "alert"),
                             dry ? "would be raised" : "raised", json::boolean(outcome, "truncated").value_or(false) ? " (the first 1,000 rows)" : "");
    for (auto const alert : alerts)
        std::cout << fmt::format("  {}  {}  {}\n", json::text(alert, "severity"), json::text(alert, "machineId"), json::text(alert, "title"));
    if (query_failed(outcome)) std::cerr << json::text(outcome, "error") << "\n";
}

Result<int> run_them(Front const& front, Wanted const& wanted) {
    auto const ask = TRY(asker(front, Folder::change));
    int outcome = done;
    for (auto const& one : TRY(to_run(ask, wanted))) {
        auto const answer = TRY(send(ask, "POST", "customDetections/" + api::percent_encode(one.id) + "/run", fmt::format("{{\"dryRun\":{}}}", wanted.dry)));
        auto const document = TRY(json::Document::parse(answer, "answer"));
        tell_outcome(document.root(), one.name);
        if (query_failed(document.root())) outcome = answer_is_no;
    }
    return outcome;
}

Result<int> alerts(Front const& front, Wanted const& wanted) {
    View view{{.path = {"alerts"}, .order = "alertCreationTime desc, id", .output = wanted.output}, {}, "no alert"};
    view.columns = {{"time", "alertCreationTime", Kind::moment}, {"severity", "severity"}, {"status", "status"}, {"title", "title"},
                    {"device", "computerDnsName"}, {"category", "category"}, {"source", "serviceSource"}, {"assigned to", "assignedTo"}, {"id", "id"}};
    auto& asked = view.question;
    auto const ask = TRY(asker(front));
    if (wanted.open) only(asked, "status ne 'Resolved'");
    if (!wanted.severity.empty()) only(asked, "severity eq {}", TRY(store::alert_severity(wanted.severity)));
    if (!wanted.device.empty()) only(asked, "machineId eq {}", TRY(known_device(ask, wanted.device)));
    if (wanted.top > 0) asked.top = std::to_string(wanted.top);
    TRY(print_view(ask, view));
    return done;
}

void tell_taken(json::Value answer) {
    auto const refused = json::array(answer, "refused");
    std::cout << fmt::format("{} taken, {} refused\n", counted(json::integer(answer, "accepted").value_or(0), "alert"), refused.size());
    for (auto const one : refused) std::cout << fmt::format("  number {}: {}\n", json::integer(one, "index").value_or(0) + 1, json::text(one, "message"));
}

void add_alerts(CLI::App& app, Front& front, std::shared_ptr<Wanted> const& wanted) {
    auto* listed = app.add_subcommand("alerts", "Alerts of devices, the newest first");
    listed->require_subcommand(0, 1);
    listed->add_flag("--open", wanted->open, "Only those not resolved");
    listed->add_option("--severity", wanted->severity, "Only of this severity: Informational, Low, Medium or High");
    listed->add_option("--device", wanted->device, "Only of this device (id or name)");
    listed->add_option("--top", wanted->top, "The first N");
    add_output_option(*listed, wanted->output);
    listed->callback([&front, listed, wanted] {
        if (listed->get_subcommands().empty()) throw run(alerts(front, *wanted));
    });
    add_changes(*listed, front, {},
                {{"change", "Say what is done about alerts", "POST", "alerts/batchUpdate",
                  {needed({"ID", "alertIds", "As listed", Part::Kind::texts}), {"--status", "status", "New, InProgress or Resolved"}, {"--assign-to", "assignedTo", "Who works on it"},
                   {"--classification", "classification", "TruePositive, InformationalExpectedActivity or FalsePositive"},
                   {"--determination", "determination", "Such as Malware, Phishing, SecurityTesting, Clean, Other"}, {"--comment", "comment", "Added to its comments"}},
                  "changed: {alertIds}"},
                 {"raise", "Raise an alert about a device; an open one of the same title on it takes it in", "POST", "alerts/CreateAlertByReference",
                  {needed({"TITLE", "title", "What is the matter"}), needed({"--device", "machineId", "Id or name of the device"}),
                   needed({"--severity", "severity", "Informational, Low, Medium or High"}), needed({"--category", "category", "Such as Malware, Execution or SuspiciousActivity"}),
                   {"--description", "description", "What was seen"}, {"--action", "recommendedAction", "What should be done"},
                   {"--time", "eventTime", "When it happened: 2026-01-31T08:00:00Z"}, {"--report-id", "reportId", "ReportId of the event in hunting"}},
                  "{id}  {title}", "{id}"},
                 {.verb = "import", .doc = "Take alerts of another tool: one JSON object, a list of them, or one a line; exit code 1 when one is refused", .method = "POST", .path = "alerts/ingest",
                  .parts = {needed({"FILE", "", "- is standard input", Part::Kind::body})}, .tell = tell_taken,
                  .is_no = [](json::Value answer) { return json::array(answer, "refused").size() > 0; },
                  .footer = "Each needs title, severity and machineId or computerDnsName. What was sent before is taken once."}});
}

}  // namespace

void add_detections(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Wanted>();
    auto* verbs = app.add_subcommand("detections", "Custom detections: hunting queries that run by themselves and raise alerts");
    verbs->require_subcommand(1);
    add_list(*verbs, front, "list", "All of them, with their last run", all_detections());
    auto* running = verbs->add_subcommand("run", "Run one, or all that are enabled; exit code 1 when a query failed");
    running->add_option("NAME", wanted->name, "Name or id (default: all)");
    running->add_flag("--dry-run", wanted->dry, "Only show what would be raised");
    running->add_flag("--due", wanted->due, "Only those whose time has come");
    running->callback([&front, wanted] { throw run(run_them(front, *wanted)); });

    using Of = Part::Kind;
    Part const name{"NAME", "name", "What it is called"}, query{"QUERY", "query", "KQL, which must give a DeviceId; - is standard input", Of::written},
        look_back{"--look-back", "lookbackMinutes", "Minutes that a run looks back (default: as long as --every, at least 240)", Of::number};
    std::vector<Part> const also{{"--every", "frequencyMinutes", "Minutes between runs, 5 to 1440 (default 60)", Of::number},
                                 look_back,
                                 {"--severity", "severity", "Informational, Low, Medium (default) or High"},
                                 {"--category", "category", "Such as Malware (default SuspiciousActivity)"},
                                 {"--title", "title", "Title of the alerts, {Column} for a value of the row (default: the name)"},
                                 {"--description", "description", "What it means when it finds something"},
                                 {"--action", "recommendedAction", "What should be done then"},
                                 {"--technique", "mitreTechniques", "Of MITRE ATT&CK, such as T1059 (several times)", Of::texts},
                                 {"--tag", "actions", "Tag its devices", Of::action, "tag"},
                                 {"--device-value", "actions", "Set the value of its devices: Low, Normal or High", Of::action, "setDeviceValue"},
                                 {"--notify", "actions", "Tell this notification channel of its alerts: webhook, mail or ticket (several times)", Of::action, "notify"}};
    auto const turned = [](char const* word, char const* doc, char const* enabled, char const* said) {
        return Change{word, doc, "PATCH", "customDetections/{}", {{"", "enabled", "", Of::constant, enabled}}, said};
    };
    std::string const said = "{name}: every {frequencyMinutes minute}, severity {severity}";
    add_changes(*verbs, front, detections,
                {{.verb = "preview", .doc = "What a query would raise, saved nowhere; exit code 1 when it fails", .method = "POST", .path = "customDetections/dryRun",
                  .parts = {needed(query), look_back}, .folder = Folder::read, .tell = [](json::Value outcome) { tell_outcome(outcome, "it"); }, .is_no = query_failed},
                 {"add", "Add one", "POST", "customDetections", with({needed(name), needed(query)}, also), said},
                 {.verb = "change", .doc = "Change what is given of one; actions (tag, value, notify) replace those that it had", .method = "PATCH", .path = "customDetections/{}",
                  .parts = with({{"--name", "name", "Its new name"}, {"--query", "query", query.doc, Of::written}, {"--no-actions", "actions", "Only raise alerts", Of::constant, "[]"}}, also),
                  .said = said},
                 turned("on", "Let one run by itself again", "true", "{name} runs by itself"), turned("off", "Let one run no more by itself", "false", "{name} runs no more by itself"),
                 {"remove", "Remove some; their alerts stay", "DELETE", "customDetections/{}", {}, "{name} removed"}});
    add_alerts(app, front, wanted);
}

}  // namespace merlon::cli
