// merlon targets list, set, remove, breaches, figures
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/answers.h"
#include "base/text.h"
#include "cli/change.h"
#include "cli/listing.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    advise::ServiceTarget target;
    std::string severity, output = "table";
    std::int64_t days_back = 90, top = 0;
};

Result<int> list(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    Listing listing{
        "SELECT name, CASE WHEN severity = '' THEN 'any' ELSE severity END, exploited, CASE WHEN device_value = '' "
        "THEN 'any' ELSE device_value END, days "
        "FROM main.service_target ORDER BY days, name",
        {},
        {{"name"}, {"severity"}, {"known exploited"}, {"device value"}, {"days"}},
        options.output,
        "no service target"};
    TRY(print_listing(connection, listing));
    return done;
}

Status edit_one(Front const& front, Options const& options, bool remove) {
    auto store = TRY(front.open_store(false));
    return change(store, remove ? "targets remove" : "targets set", options.target.name,
                  [&](store::Connection& c) -> Status {
                      auto all = TRY(advise::read_service_targets(c));
                      auto const before = all.size();
                      std::erase_if(all, [&](auto const& one) {
                          return equal_ignoring_ascii_case(one.name, options.target.name);
                      });
                      if (remove && all.size() == before)
                          return fail("advise.no_such_service_target", options.target.name);
                      if (!remove) all.push_back(options.target);
                      return advise::replace_service_targets(c, std::move(all));
                  });
}

// Sets or removes one of them by its name, and shows what there is then.
Result<int> edit(Front const& front, Options const& options, bool remove) {
    TRY(edit_one(front, options, remove));
    return list(front, options);
}

Result<int> breaches(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    Listing listing;
    listing.output = options.output;
    listing.nothing = "nothing is past its service target";
    listing.columns = {{"CVE"},
                       {"product"},
                       {"severity"},
                       {"exploited"},
                       {"devices"},
                       {"open since", Kind::time},
                       {"due", Kind::time},
                       {"days over"}};
    listing.parameters = {now_ticks()};
    listing.sql =
        "SELECT u.cve, u.vendor || ' ' || u.product, any_value(u.severity), bool_or(u.exploited), count(*), "
        "min(u.opened), min(u.due) AS due, "
        "($1 - min(u.due)) // 864000000000 FROM main.due_finding u WHERE u.fixable AND u.due < $1";
    if (!options.severity.empty()) {
        listing.parameters.emplace_back(options.severity);
        listing.sql += " AND lower(u.severity) = lower($2)";
    }
    listing.sql += " GROUP BY u.cve, u.vendor, u.product ORDER BY min(u.due), count(*) DESC, u.cve";
    if (options.top > 0) listing.sql += " LIMIT " + std::to_string(options.top);
    TRY(print_listing(connection, listing));
    return done;
}

Result<int> figures(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const all = TRY(advise::service_figures(connection, options.days_back, now_ticks()));
    if (options.output == "json") {
        std::cout << advise::answer_json(all, options.days_back) << "\n";
        return done;
    }
    TextTable table{{"severity", "open", "breached", "to 7 days", "to 30", "to 90", "to 180", "older", "without fix",
                     "closed", "in time", "mean days to close"},
                    {},
                    {false}};
    table.to_the_right.resize(table.head.size(), true);
    for (auto const& one : all) {
        auto& row = table.rows.emplace_back();
        row = {one.severity.empty() ? "All" : one.severity, with_thousands(one.open), with_thousands(one.breached)};
        for (auto const count : one.ages) row.push_back(with_thousands(count));
        row.push_back(with_thousands(one.without_fix));
        row.push_back(with_thousands(one.closed));
        row.push_back(with_thousands(one.closed_in_time));
        row.push_back(one.closed == 0 ? "" : fmt::format("{:.1f}", one.mean_days_to_close));
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
    auto* all = verb->add_subcommand("list", "The targets; where several fit the strictest counts");
    add_output_option(*all, options->output);
    all->callback([&front, options] { throw run(list(front, *options)); });

    auto* set = verb->add_subcommand("set", "Add a target, or replace the one of that name");
    set->add_option("NAME", options->target.name)->required();
    set->add_option("--days", options->target.days, "Days from when a device first had the finding")->required();
    set->add_option("--severity", options->target.severity, "Critical, High, Medium or Low; any when left out");
    set->add_flag("--exploited", options->target.exploited,
                  "Only what is known to be exploited; counted from the day it became known");
    set->add_option("--value", options->target.device_value, "Only devices of this value: High, Normal or Low");
    set->callback([&front, options] { throw run(edit(front, *options, false)); });

    auto* remove = verb->add_subcommand("remove", "Remove a target");
    remove->add_option("NAME", options->target.name)->required();
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
