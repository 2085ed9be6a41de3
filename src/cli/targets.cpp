// merlon targets list, set, remove, breaches, figures
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/service_targets.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/change.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    advise::ServiceTarget target;
    std::string severity, output = "table";
    std::int64_t days_back = 90, top = 0;
};

View all_targets() {
    View view{{.path = {"serviceTargets"}}, {}, "no service target"};
    view.columns = {{"name", "name"}, {"severity", "severity", Kind::text, "any"}, {"known exploited", "knownExploited", Kind::flag},
                    {"device value", "deviceValue", Kind::text, "any"}, {"days", "days", Kind::whole}};
    view.selects = false;
    return view;
}

std::string target_json(Options const& options) {
    auto const& target = options.target;
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("name", target.name);
    if (!target.severity.empty()) json.member("severity", target.severity);
    json.member("knownExploited", target.exploited);
    if (!target.device_value.empty()) json.member("deviceValue", target.device_value);
    json.member("days", target.days);
    json.end_object();
    return out;
}

// Sets or removes one of them by its name, and shows what there is then.
Result<int> edit(Front const& front, Options const& options, bool remove) {
    auto const ask = TRY(asker(front, Folder::change));
    auto const before = TRY(send(ask, "GET", "serviceTargets"));
    auto const document = TRY(json::Document::parse(before, "answer"));
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.key("value");
    json.begin_array();
    bool there = false;
    for (auto const one : json::array(document.root(), "value")) {
        if (equal_ignoring_ascii_case(json::text(one, "name"), options.target.name)) there = true;
        else json.raw(json::dump(one));
    }
    if (remove && !there) return fail("advise.no_such_service_target", options.target.name);
    if (!remove) json.raw(target_json(options));
    json.end_array();
    json.end_object();
    TRY(send(ask, "PUT", "serviceTargets", body));
    TRY(print_view(ask, all_targets()));
    return done;
}

Result<int> breaches(Front const& front, Options const& options) {
    View view{{.path = {"serviceTargets/breaches"}, .order = "dueOn, machines desc, cveId", .output = options.output}};
    view.nothing = "nothing is past its service target";
    view.columns = {{"CVE", "cveId"}, {"product", "productVendor+productName"}, {"severity", "severity"}, {"exploited", "knownExploited", Kind::flag},
                    {"devices", "machines", Kind::whole}, {"open since", "openSince", Kind::day}, {"due", "dueOn", Kind::day},
                    {"days over", "daysOver", Kind::whole}};
    if (!options.severity.empty()) only(view.question, "tolower(severity) eq {}", ascii_lower(options.severity));
    if (options.top > 0) view.question.top = std::to_string(options.top);
    return show_view(front, view);
}

Result<int> figures(Front const& front, Options const& options) {
    auto const answer = TRY(send(TRY(asker(front)), "GET", "serviceTargets/figures?days=" + std::to_string(options.days_back)));
    if (options.output == "json") {
        std::cout << answer << "\n";
        return done;
    }
    auto const document = TRY(json::Document::parse(answer, "answer"));
    TextTable table{{"severity", "open", "breached", "to 7 days", "to 30", "to 90", "to 180", "older", "without fix",
                     "closed", "in time", "mean days to close"},
                    {},
                    {false}};
    table.to_the_right.resize(table.head.size(), true);
    for (auto const one : json::array(document.root(), "value")) {
        auto const count = [](json::Value of, std::string_view name) { return with_thousands(json::integer(of, name).value_or(0)); };
        auto& row = table.rows.emplace_back();
        row = {std::string(json::text(one, "severity")), count(one, "open"), count(one, "breached")};
        auto const ages = json::member(one, "ages");
        for (auto const* age : {"upTo7Days", "upTo30Days", "upTo90Days", "upTo180Days", "older"}) row.push_back(count(*ages, age));
        for (auto const* name : {"withoutFix", "closed", "closedInTime"}) row.push_back(count(one, name));
        auto const mean = json::number(one, "meanDaysToClose");
        row.push_back(mean ? fmt::format("{:.1f}", *mean) : "");
    }
    std::cout << print_table(table)
              << fmt::format("\nFindings with a fix, each CVE once a device and product; closed within {} days.\n",
                             options.days_back);
    return done;
}

}  // namespace

void add_targets(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand(
        "targets", "Service targets: how long findings may stay open, what is late, how long closing takes");
    verb->require_subcommand(1);
    add_list(*verb, front, "list", "The targets; where several fit the strictest counts", all_targets());
    auto* set = verb->add_subcommand("set", "Add a target, or replace the one of that name");
    set->add_option("NAME", options->target.name, "What it is called")->required();
    set->add_option("--days", options->target.days, "Days from when a device first had the finding")->required();
    set->add_option("--severity", options->target.severity, "Critical, High, Medium or Low; any when left out");
    set->add_flag("--exploited", options->target.exploited,
                  "Only what is known to be exploited; counted from the day it became known");
    set->add_option("--value", options->target.device_value, "Only devices of this value: High, Normal or Low");
    set->callback([&front, options] { throw run(edit(front, *options, false)); });

    auto* remove = verb->add_subcommand("remove", "Remove a target");
    remove->add_option("NAME", options->target.name, "Its name")->required();
    remove->callback([&front, options] { throw run(edit(front, *options, true)); });

    auto* late = verb->add_subcommand("breaches", "Findings with a fix that are past their target, the oldest first");
    late->add_option("--severity", options->severity, "Only of this severity");
    late->add_option("--top", options->top, "The first N");
    add_output_option(*late, options->output);
    late->callback([&front, options] { throw run(breaches(front, *options)); });

    auto* numbers = verb->add_subcommand("figures", "Open findings by age, breaches, and how long closing took");
    numbers->add_option("--days", options->days_back, "Closed within so many days back (default 90)")
        ->check(CLI::Range(1, 3660));
    numbers->add_option("--output", options->output, "table (default) or json")
        ->check(CLI::IsMember({"table", "json"}));
    numbers->callback([&front, options] { throw run(figures(front, *options)); });
}

}  // namespace merlon::cli
