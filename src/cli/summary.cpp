// merlon summary
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/view.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

Result<std::string> count(Ask const& ask, std::string const& list, std::string const& filter = {}) {
    auto const answer = TRY(ask("GET", target_of({.path = {list + "/$count"}, .filter = filter}), "text/plain", {}, {}));
    if (answer.status != 200) return said(answer);
    return with_thousands(to_int(answer.body).value_or(0));
}

// The first of a list, under a title.
Status show(Ask const& ask, std::string_view title, View const& view) {
    std::cout << "\n" << title << "\n";
    TRY(print_view(ask, view));
    return {};
}

View groups() {
    View view{{.path = {"merlon/scores"}, .filter = "newest eq true and wholeFleet eq false", .order = "score desc, rbacGroupName"}, {}, "  none"};
    view.columns = {{"group", "rbacGroupName"}, {"score", "score", Kind::tenth}, {"devices", "devices", Kind::whole}};
    return view;
}

View exploited() {
    View view{{.path = {"vulnerabilities"}, .filter = "knownExploited eq true and exposedMachines gt 0", .order = "exposedMachines desc, cvssV3 desc, id", .top = "5"}, {}, "  none"};
    view.columns = {{"CVE", "id"}, {"title", "title"}, {"CVSS", "cvssV3", Kind::tenth}, {"devices", "exposedMachines", Kind::whole}};
    view.widest = 46;
    return view;
}

View products() {
    View view{{.path = {"exposureScore/BySoftware"}, .order = "points desc, id", .top = "5"}, {}, "  none"};
    view.columns = {{"product", "vendor+name"}, {"score points", "points", Kind::tenth}, {"exposed", "exposedMachines", Kind::whole}, {"CVEs", "weaknesses", Kind::whole}};
    return view;
}

View out_of_support() {
    View view{{.path = {"recommendations"}, .filter = "tags/any(t: contains(tolower(t), 'eos '))", .order = "totalMachineCount desc, id", .top = "5"}, {}, "  none"};
    view.columns = {{"what to do", "recommendationName"}, {"tags", "tags", Kind::list}, {"devices", "exposedMachinesCount", Kind::whole}};
    return view;
}

// What people ask first of a fleet, as a hunting query of the house.
Status hunted(Ask const& ask) {
    std::string const query(embedded("schema/queries/exposed-devices-with-alerts.kql"));
    auto const answer = TRY(send(ask, "POST", "advancedhunting/run", "{\"Query\":" + json_string(query) + "}"));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    TextTable table;
    for (auto const column : json::array(document.root(), "Schema")) table.head.emplace_back(json::text(column, "Name"));
    constexpr std::size_t most = 5;
    auto const rows = json::array(document.root(), "Results");
    for (auto const row : rows) {
        if (table.rows.size() == most) break;
        auto& cells = table.rows.emplace_back();
        for (auto const& name : table.head) {
            auto const value = json::member(row, name);
            cells.push_back(!value ? "" : json::is_string(*value) ? std::string(json::text(*value)) : json::dump(*value));
        }
    }
    std::cout << fmt::format("\nHunting: devices with alerts and exploitable CVEs of CVSS 7 or more ({})\n", counted(static_cast<std::int64_t>(rows.size()), "row"))
              << (table.rows.empty() ? "  none\n" : print_table(table));
    return {};
}

Result<int> summary(Front const& front) {
    auto const ask = TRY(asker(front));
    auto const page = TRY(first_page(ask, {.path = {"merlon/scores"}, .filter = "newest eq true and wholeFleet eq true"}));
    std::string score = "not computed yet";
    for (auto const one : json::array(page.root(), "value")) score = fmt::format("{:.1f} of 100", json::number(one, "score").value_or(0));
    std::cout << fmt::format("Devices    {} ({} exposed)\n", TRY(count(ask, "machines")), TRY(count(ask, "exposureScore/ByMachine")))
              << fmt::format("Software   {} products, {} with known flaws, {} with a version out of support\n", TRY(count(ask, "Software")),
                             TRY(count(ask, "Software", "weaknesses gt 0")), TRY(count(ask, "recommendations", "tags/any(t: t eq 'EOS software' or t eq 'EOS versions')")))
              << fmt::format("Flaws      {} CVEs on devices, {} of them known exploited\n", TRY(count(ask, "vulnerabilities", "exposedMachines gt 0")),
                             TRY(count(ask, "vulnerabilities", "exposedMachines gt 0 and knownExploited eq true")))
              << fmt::format("Exposure   {} (docs/exposure-score.md)\n", score);
    TRY(show(ask, "Exposure by device group", groups()));
    TRY(show(ask, "Most exposed CVEs that are known to be exploited", exploited()));
    TRY(show(ask, "What to fix first: products by their part of the score", products()));
    TRY(show(ask, "Out of support or soon to be", out_of_support()));
    TRY(hunted(ask));
    return done;
}

}  // namespace

void add_summary(CLI::App& app, Front& front) {
    app.add_subcommand("summary", "Devices, software, findings, exposure, and what to fix first")->callback([&front] {
        throw run(summary(front));
    });
}

}  // namespace merlon::cli
