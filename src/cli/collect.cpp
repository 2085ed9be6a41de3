// merlon collect
#include "sensors/collect/collect.h"

#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/front.h"
#include "sensors/merlon/report_json.h"
#include "server/journey.h"

namespace merlon::cli {
namespace {

Result<int> collect(Front const& front, bool import) {
    sensors::ImportCounts counts;
    auto const report = TRY(sensors::collect_this_machine(counts));
    if (!import) {
        std::cout << sensors::report_json(report) << "\n";
        return done;
    }
    auto store = TRY(front.open_store(true));
    auto connection = TRY(store.connect());
    auto const written = TRY(server::write_reports(connection, std::span(&report, 1)));
    {
        Progress progress(front.quiet);
        TRY(server::inventory_changed(connection, written.new_software, [&](std::string_view line) { progress.say(line); }));
    }
    std::cout << fmt::format("{}: {} packages, {} settings; {} kinds of software were new\n", report.name,
                             report.software ? report.software->size() : 0, report.settings ? report.settings->size() : 0,
                             written.new_software.size());
    return done;
}

}  // namespace

void add_collect(CLI::App& app, Front& front) {
    auto import = std::make_shared<bool>(false);
    auto* verb = app.add_subcommand("collect", "This machine's inventory, to standard output in Merlon's own form");
    verb->add_flag("--import", *import, "Take it in instead of printing it");
    verb->callback([&front, import] { throw run(collect(front, *import)); });
}

}  // namespace merlon::cli
