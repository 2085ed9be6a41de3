// merlon detections, merlon alerts
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/publish.h"
#include "api/auth/secrets.h"
#include "base/text.h"
#include "cli/change.h"
#include "cli/devices.h"
#include "cli/listing.h"
#include "hunt/detections/detection.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Wanted {
    std::string name, query, tag, value, output = "table";
    std::vector<std::string> channels, ids;
    std::string severity, device, status, assigned_to, classification, determination, comment;
    hunt::Detection made;
    bool dry = false, due = false, open = false;
    std::int64_t top = 0;
};

Result<int> list(Front const& front, Wanted const& wanted) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    Listing listing;
    listing.output = wanted.output;
    listing.nothing = "no custom detection";
    listing.columns = {{"name"}, {"severity"}, {"every minutes"}, {"enabled"}, {"last run", Kind::time}, {"rows"}, {"alerts"}, {"error"}};
    listing.sql = "SELECT c.name, c.severity, c.frequency_minutes, c.enabled, r.time, r.rows, r.alerts, split_part(coalesce(r.error, ''), chr(10), 1) "
                  "FROM main.custom_detection c LEFT JOIN (SELECT detection, max(time) AS time, arg_max(rows, time) AS rows, arg_max(alerts, time) AS alerts, "
                  "arg_max(error, time) AS error FROM main.custom_detection_run GROUP BY detection) r ON r.detection = c.id ORDER BY c.name";
    TRY(print_listing(connection, listing));
    return done;
}

Result<std::string> query_text(std::string const& given) {
    if (given != "-") return given;
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    return text;
}

Result<int> add(Front const& front, Wanted const& wanted) {
    auto made = wanted.made;
    made.name = wanted.name;
    made.query = TRY(query_text(wanted.query));
    if (!wanted.tag.empty()) made.actions.push_back({"tag", wanted.tag});
    if (!wanted.value.empty()) made.actions.push_back({"setDeviceValue", wanted.value});
    for (auto const& channel : wanted.channels) made.actions.push_back({"notify", channel});
    if (auto const checked = hunt::check_detection(made); !checked) {
        print_error(checked.error(), checked.error().span ? std::string_view(made.query) : std::string_view{}, made.name);
        return could_not;
    }
    made.id = api::new_id();
    made.next_run = now_ticks();
    auto store = TRY(front.open_store(true));
    TRY(cli::change(store, "detections add", made.name, [&](store::Connection& c) { return hunt::write_detection(c, made, "command line", now_ticks()); }));
    std::cout << fmt::format("{}: every {} minutes, severity {}\n", made.name, made.frequency_minutes, made.severity);
    return done;
}

Result<int> remove(Front const& front, Wanted const& wanted) {
    auto store = TRY(front.open_store(false));
    TRY(cli::change(store, "detections remove", wanted.name, [&](store::Connection& c) -> Status {
        return hunt::remove_detection(c, TRY(hunt::read_detection(c, wanted.name)).id);
    }));
    std::cout << fmt::format("{} removed\n", wanted.name);
    return done;
}

Result<int> enable(Front const& front, Wanted const& wanted, bool enabled) {
    auto store = TRY(front.open_store(false));
    TRY(cli::change(store, enabled ? "detections on" : "detections off", wanted.name, [&](store::Connection& c) -> Status {
        auto detection = TRY(hunt::read_detection(c, wanted.name));
        detection.enabled = enabled;
        return hunt::write_detection(c, std::move(detection), "command line", now_ticks());
    }));
    std::cout << fmt::format("{} {}\n", wanted.name, enabled ? "runs by itself" : "runs no more by itself");
    return done;
}

void print(hunt::Detection const& detection, hunt::DetectionOutcome const& outcome, std::string_view raised) {
    std::cout << fmt::format("{}: {} rows, {} alerts {}{}\n", detection.name, outcome.rows, outcome.alerts.size(), raised,
                             outcome.truncated ? " (the first 1,000 rows)" : "");
    for (auto const& [alert, detail] : outcome.alerts) std::cout << fmt::format("  {}  {}  {}\n", alert.severity, alert.device_id, alert.title);
    if (!outcome.error.empty()) std::cerr << outcome.error << "\n";
}

// Exit code 1 when a query failed.
Result<int> run_them(Front const& front, Wanted const& wanted) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    TRY(hunt::prepare(connection));
    auto const now = now_ticks();
    int outcome = done;
    if (!wanted.name.empty()) {
        auto const detection = TRY(hunt::read_detection(connection, wanted.name));
        auto const tried = TRY(hunt::try_detection(connection, detection, now));
        if (!wanted.dry)
            TRY(cli::change(store, "detections run", detection.name, [&](store::Connection& c) { return hunt::finish_detection(c, detection, tried, now); }));
        print(detection, tried, wanted.dry ? "would be raised" : "raised");
        if (!tried.error.empty()) outcome = answer_is_no;
    } else {
        auto writing = TRY(store.connect());
        auto const write = [&](std::function<Status(store::Connection&)> const& change) {
            return writing.transaction([&] { return wanted.dry ? Status{} : change(writing); });
        };
        TRY(hunt::run_due_detections(connection, write, now, !wanted.due, [&](hunt::Detection const& detection, hunt::DetectionOutcome const& tried) {
            print(detection, tried, wanted.dry ? "would be raised" : "raised");
            if (!tried.error.empty()) outcome = answer_is_no;
        }));
    }
    if (!wanted.dry) TRY(connection.transaction([&]() -> Status {
        TRY(advise::publish_all(connection, now_ticks()));
        return {};
    }));
    return outcome;
}

Result<int> alerts(Front const& front, Wanted const& wanted) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    Listing listing;
    listing.output = wanted.output;
    listing.nothing = "no alert";
    listing.columns = {{"time", Kind::time}, {"severity"}, {"status"}, {"title"}, {"device"}, {"category"}, {"source"}, {"assigned to"}, {"id"}};
    listing.sql = "SELECT a.time, a.severity, a.status, a.title, coalesce(d.name, a.device), a.category, a.source, coalesce(h.assigned_to, ''), a.id "
                  "FROM main.alert a LEFT JOIN main.device d ON d.id = a.device LEFT JOIN main.alert_handling h ON h.alert = a.id";
    listing.sql += wanted.open ? " WHERE a.status <> 'Resolved'" : " WHERE true";
    auto const only = [&](std::string_view condition, std::string value) {
        listing.parameters.emplace_back(std::move(value));
        listing.sql += " AND " + std::string(condition) + " = $" + std::to_string(listing.parameters.size());
    };
    if (!wanted.severity.empty()) only("a.severity", TRY(store::alert_severity(wanted.severity)));
    if (!wanted.device.empty()) only("a.device", TRY(known_device(connection, wanted.device)));
    listing.sql += " ORDER BY a.time DESC, a.id";
    if (wanted.top > 0) listing.sql += " LIMIT " + std::to_string(wanted.top);
    TRY(print_listing(connection, listing));
    return done;
}

Result<int> change_alerts(Front const& front, Wanted const& wanted) {
    store::AlertChange asked;
    auto const given = [](std::string const& text) { return text.empty() ? std::optional<std::string>{} : std::optional(text); };
    asked.status = given(wanted.status);
    asked.assigned_to = given(wanted.assigned_to);
    asked.classification = given(wanted.classification);
    asked.determination = given(wanted.determination);
    asked.comment = wanted.comment;
    if (!asked.status && !asked.assigned_to && !asked.classification && !asked.determination && asked.comment.empty())
        return fail("cli.usage", "alerts change takes --status, --assign-to, --classification, --determination or --comment.");
    TRY(store::check_alert_change(asked));
    auto store = TRY(front.open_store(false));
    TRY(cli::change(store, "alerts change", join(wanted.ids, " "), [&](store::Connection& c) -> Status {
        for (auto const& id : wanted.ids) {
            std::array const key{store::Value{id}};
            if (TRY(c.count("SELECT count(*) FROM main.alert WHERE id = $1", key)) == 0) return fail("alerts.no_such", clean_text(id, 100));
        }
        TRY(store::change_alerts(c, wanted.ids, asked, "command line", now_ticks()));
        if (asked.status) TRY(advise::publish_all(c, now_ticks()));  // only open alerts count
        return {};
    }));
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
