// merlon detections, merlon alerts
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/devices.h"
#include "cli/view.h"
#include "hunt/detections/detection.h"
#include "store/alert_handling.h"
#include "store/inventory.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Wanted {
    std::string name, query, tag, value, output = "table";
    std::vector<std::string> channels, ids;
    std::string severity, device, status, assigned_to, classification, determination, comment;
    hunt::Detection made;
    bool dry = false, due = false, open = false;
    std::int64_t top = 0;
};

Result<int> list(Front const& front, Wanted const& wanted) {
    View view{{.path = {"customDetections"}, .order = "name", .output = wanted.output}, {}, "no custom detection"};
    view.columns = {{"name", "name"}, {"severity", "severity"}, {"every minutes", "frequencyMinutes", Kind::whole}, {"enabled", "enabled", Kind::flag},
                    {"last run", "lastRun", Kind::day}, {"rows", "lastRows", Kind::whole}, {"alerts", "lastAlerts", Kind::whole},
                    {"error", "lastError"}};
    return show_view(front, view);
}

Result<std::string> query_text(std::string const& given) {
    if (given != "-") return given;
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    return text;
}

Result<int> add(Front const& front, Wanted const& wanted) {
    auto const& made = wanted.made;
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("name", wanted.name);
    json.member("query", TRY(query_text(wanted.query)));
    json.member("frequencyMinutes", made.frequency_minutes);
    if (made.lookback_minutes > 0) json.member("lookbackMinutes", made.lookback_minutes);
    json.member("severity", made.severity);
    json.member("category", made.category);
    if (!made.title.empty()) json.member("title", made.title);
    json.key("actions");
    json.begin_array();
    auto const action = [&](char const* type, std::string const& value) {
        json.begin_object();
        json.member("type", type);
        json.member("value", value);
        json.end_object();
    };
    if (!wanted.tag.empty()) action("tag", wanted.tag);
    if (!wanted.value.empty()) action("setDeviceValue", wanted.value);
    for (auto const& channel : wanted.channels) action("notify", channel);
    json.end_array();
    json.end_object();
    auto const answer = TRY(send(TRY(asker(front, Folder::change)), "POST", "customDetections", body));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    std::cout << fmt::format("{}: every {} minutes, severity {}\n", wanted.name, json::integer(document.root(), "frequencyMinutes").value_or(0),
                             json::text(document.root(), "severity"));
    return done;
}

struct Found {
    std::string id, name;
};
// Those of this name or id; without a name all that are enabled.
Result<std::vector<Found>> found(Ask const& ask, std::string const& named, bool due = false) {
    Question question{.path = {"customDetections"}, .order = "name", .select = "id,name"};
    if (named.empty()) only(question, "enabled eq true");
    else only(question, "tolower(id) eq {} or tolower(name) eq {}", ascii_lower(named));
    if (due) only(question, "nextRun le " + iso_time(now_ticks()));
    auto const page = TRY(first_page(ask, question));
    std::vector<Found> all;
    for (auto const one : json::array(page.root(), "value")) all.push_back({std::string(json::text(one, "id")), std::string(json::text(one, "name"))});
    if (all.empty() && !named.empty()) return fail("detections.no_such", clean_text(named, 100));
    return all;
}

Result<int> remove(Front const& front, Wanted const& wanted) {
    auto const ask = TRY(asker(front, Folder::change));
    for (auto const& one : TRY(found(ask, wanted.name))) TRY(send(ask, "DELETE", "customDetections/" + api::percent_encode(one.id)));
    std::cout << fmt::format("{} removed\n", wanted.name);
    return done;
}

Result<int> enable(Front const& front, Wanted const& wanted, bool enabled) {
    auto const ask = TRY(asker(front, Folder::change));
    auto const body = fmt::format("{{\"enabled\":{}}}", enabled);
    for (auto const& one : TRY(found(ask, wanted.name))) TRY(send(ask, "PATCH", "customDetections/" + api::percent_encode(one.id), body));
    std::cout << fmt::format("{} {}\n", wanted.name, enabled ? "runs by itself" : "runs no more by itself");
    return done;
}

// Whether its query could be answered.
Result<bool> run_one(Ask const& ask, Found const& one, bool dry) {
    auto const answer = TRY(send(ask, "POST", "customDetections/" + api::percent_encode(one.id) + "/run", fmt::format("{{\"dryRun\":{}}}", dry)));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    auto const outcome = document.root();
    auto const alerts = json::array(outcome, "alerts");
    std::cout << fmt::format("{}: {} rows, {} alerts {}{}\n", one.name, json::integer(outcome, "rows").value_or(0), alerts.size(),
                             dry ? "would be raised" : "raised", json::boolean(outcome, "truncated").value_or(false) ? " (the first 1,000 rows)" : "");
    for (auto const alert : alerts)
        std::cout << fmt::format("  {}  {}  {}\n", json::text(alert, "severity"), json::text(alert, "machineId"), json::text(alert, "title"));
    auto const problem = json::text(outcome, "error");
    if (!problem.empty()) std::cerr << problem << "\n";
    return problem.empty();
}

// Exit code 1 when a query failed.
Result<int> run_them(Front const& front, Wanted const& wanted) {
    auto const ask = TRY(asker(front, Folder::change));
    bool good = true;
    for (auto const& one : TRY(found(ask, wanted.name, wanted.due))) good = TRY(run_one(ask, one, wanted.dry)) && good;
    return good ? done : answer_is_no;
}

Result<int> alerts(Front const& front, Wanted const& wanted) {
    View view{{.path = {"alerts"}, .order = "alertCreationTime desc, id", .output = wanted.output}, {}, "no alert"};
    view.columns = {{"time", "alertCreationTime", Kind::day}, {"severity", "severity"}, {"status", "status"}, {"title", "title"},
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

Result<int> change_alerts(Front const& front, Wanted const& wanted) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.key("alertIds");
    json.raw(store::texts_json(wanted.ids));
    bool any = false;
    for (auto const& [name, value] : {std::pair{"status", &wanted.status}, {"assignedTo", &wanted.assigned_to}, {"classification", &wanted.classification},
                                      {"determination", &wanted.determination}, {"comment", &wanted.comment}})
        if (!value->empty()) {
            json.member(name, *value);
            any = true;
        }
    json.end_object();
    if (!any) return fail("cli.usage", "alerts change takes --status, --assign-to, --classification, --determination or --comment.");
    TRY(send(TRY(asker(front, Folder::change)), "POST", "alerts/batchUpdate", body));
    std::cout << fmt::format("{} {} changed\n", wanted.ids.size(), wanted.ids.size() == 1 ? "alert" : "alerts");
    return done;
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
    auto* change = listed->add_subcommand("change", "Say what is done about alerts");
    change->add_option("ID", wanted->ids, "As listed")->required();
    change->add_option("--status", wanted->status, "New, InProgress or Resolved");
    change->add_option("--assign-to", wanted->assigned_to, "Who works on it");
    change->add_option("--classification", wanted->classification, "TruePositive, InformationalExpectedActivity or FalsePositive");
    change->add_option("--determination", wanted->determination, "Such as Malware, Phishing, SecurityTesting, Clean, Other");
    change->add_option("--comment", wanted->comment, "Added to its comments");
    change->callback([&front, wanted] { throw run(change_alerts(front, *wanted)); });
}

}  // namespace

void add_detections(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Wanted>();
    auto* verbs = app.add_subcommand("detections", "Custom detections: hunting queries that run by themselves and raise alerts");
    verbs->require_subcommand(1);
    auto* listing = verbs->add_subcommand("list", "All of them, with their last run");
    add_output_option(*listing, wanted->output);
    listing->callback([&front, wanted] { throw run(list(front, *wanted)); });
    auto* adding = verbs->add_subcommand("add", "Add one; its query must give a DeviceId");
    adding->add_option("NAME", wanted->name, "What it is called")->required();
    adding->add_option("QUERY", wanted->query, "KQL, or - for standard input")->required();
    adding->add_option("--every", wanted->made.frequency_minutes, "Minutes between runs, 5 to 1440 (default 60)");
    adding->add_option("--look-back", wanted->made.lookback_minutes, "Minutes that a run looks back (default: as long as --every, at least 240)");
    adding->add_option("--severity", wanted->made.severity, "Informational, Low, Medium (default) or High");
    adding->add_option("--category", wanted->made.category, "Such as Malware (default SuspiciousActivity)");
    adding->add_option("--title", wanted->made.title, "Title of the alerts, {Column} for a value of the row (default: the name)");
    adding->add_option("--tag", wanted->tag, "Tag its devices");
    adding->add_option("--device-value", wanted->value, "Set the value of its devices: Low, Normal or High");
    adding->add_option("--notify", wanted->channels, "Tell this notification channel of its alerts: webhook, mail or ticket (several times)");
    adding->callback([&front, wanted] { throw run(add(front, *wanted)); });
    auto* removing = verbs->add_subcommand("remove", "Remove one; its alerts stay");
    removing->add_option("NAME", wanted->name, "Name or id")->required();
    removing->callback([&front, wanted] { throw run(remove(front, *wanted)); });
    auto* running = verbs->add_subcommand("run", "Run one, or all that are enabled; exit code 1 when a query failed");
    running->add_option("NAME", wanted->name, "Name or id (default: all)");
    running->add_flag("--dry-run", wanted->dry, "Only show what would be raised");
    running->add_flag("--due", wanted->due, "Only those whose time has come");
    running->callback([&front, wanted] { throw run(run_them(front, *wanted)); });
    for (bool const enabled : {true, false}) {
        auto* turned = verbs->add_subcommand(enabled ? "on" : "off", enabled ? "Let one run by itself again" : "Let one run no more by itself");
        turned->add_option("NAME", wanted->name, "Name or id")->required();
        turned->callback([&front, wanted, enabled] { throw run(enable(front, *wanted, enabled)); });
    }
    add_alerts(app, front, wanted);
}

}  // namespace merlon::cli
