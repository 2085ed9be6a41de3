// merlon demo
#include "sensors/demo/fleet.h"

#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/front.h"
#include "sensors/collect/collect.h"
#include "sensors/demo/past.h"
#include "sensors/merlon/report_json.h"
#include "server/demo_past.h"
#include "server/journey.h"
#include "store/inventory.h"

namespace merlon::cli {
namespace {

struct Options {
    std::int64_t devices = 0, seed = -1;
    int products = 0;
    bool print = false, without_this_machine = false, without_history = false;
};

Result<sensors::DemoOptions> demo_options(Front const& front, Options const& options) {
    auto const settings = TRY(front.settings());
    sensors::DemoOptions demo;
    demo.devices = options.devices > 0 ? options.devices : settings.integer("demo.devices");
    demo.seed = static_cast<std::uint64_t>(options.seed >= 0 ? options.seed : settings.integer("demo.seed"));
    demo.products_per_device = options.products;
    demo.now = now_ticks();
    return demo;
}

Result<int> print_fleet(sensors::DemoOptions const& demo) {
    TRY(sensors::generate_fleet(demo, {[](DeviceReport report) -> Status {
                                           std::cout << sensors::report_json(report) << "\n";
                                           return {};
                                       },
                                       [](Alert) -> Status { return {}; }}));
    return done;
}

// Writes the fleet in batches, so that a large one needs little memory.
Result<std::vector<std::int64_t>> write_fleet(store::Connection& connection, sensors::DemoOptions const& demo, Progress& progress) {
    constexpr std::size_t batch = 1000;
    std::vector<DeviceReport> reports;
    std::vector<Alert> alerts;
    std::vector<std::int64_t> fresh;
    std::int64_t written = 0;
    auto const flush = [&]() -> Status {
        auto const outcome = TRY(server::write_reports(connection, reports));
        fresh.insert(fresh.end(), outcome.new_software.begin(), outcome.new_software.end());
        TRY(connection.transaction([&] { return store::write_alerts(connection, alerts); }));
        written += static_cast<std::int64_t>(reports.size());
        progress.say(fmt::format("writing the demo fleet: {} of {} devices", with_thousands(written), with_thousands(demo.devices)));
        reports.clear();
        alerts.clear();
        return {};
    };
    TRY(sensors::generate_fleet(demo, {[&](DeviceReport report) -> Status {
                                           if (reports.size() == batch) TRY(flush());
                                           reports.push_back(std::move(report));
                                           return {};
                                       },
                                       [&](Alert alert) -> Status {
                                           alerts.push_back(std::move(alert));
                                           return {};
                                       }}));
    TRY(flush());
    return fresh;
}

// Why the fleet has no past; "": it gets one.
Result<std::string> no_past(store::Connection& connection, Options const& options, sensors::DemoOptions const& fleet) {
    if (options.without_history) return std::string("left out");
    if (fleet.devices > server::most_devices_with_a_past) return fmt::format("none for more than {} devices", with_thousands(server::most_devices_with_a_past));
    if (!TRY(server::may_have_a_past(connection))) return std::string("none, because this data folder has devices or publications already");
    return std::string();
}

Result<int> demo(Front const& front, Options const& options) {
    auto const fleet = TRY(demo_options(front, options));
    if (options.print) return print_fleet(fleet);
    auto store = TRY(front.open_store(true));
    auto connection = TRY(store.connect());
    Progress progress(front.quiet);
    auto const say = [&](std::string_view line) { progress.say(line); };
    auto const without = TRY(no_past(connection, options, fleet));
    auto const loaded = [&] { return connection.count("SELECT coalesce(sum(kept), 0)::BIGINT FROM main.feed WHERE name = 'starter'"); };
    auto const before = TRY(loaded());
    if (without.empty()) TRY(server::live_through(connection, fleet, say));
    bool const fresh_knowledge = TRY(server::load_starter_knowledge(connection, say)) > 0 || without.empty();
    auto const records = TRY(loaded()) - before;
    // What was loaded for these options is not loaded again.
    auto const mark = fmt::format("{} devices, seed {}, {} products", fleet.devices, fleet.seed, fleet.products_per_device);
    std::vector<std::int64_t> fresh;
    bool const again = TRY(store::state_value(connection, "demo")) == mark;
    if (!again) {
        fresh = TRY(write_fleet(connection, fleet, progress));
        TRY(store::set_state_value(connection, "demo", mark));
    }
    if (!options.without_this_machine) {
        sensors::ImportCounts counts;
        auto const report = TRY(sensors::collect_this_machine(counts));
        auto const written = TRY(server::write_reports(connection, std::span(&report, 1)));
        fresh.insert(fresh.end(), written.new_software.begin(), written.new_software.end());
    }
    if (fresh_knowledge) TRY(server::knowledge_changed(connection, true, say));
    else if (!fresh.empty() || !again) TRY(server::inventory_changed(connection, fresh, say));
    std::cout << (records > 0 ? fmt::format("starter knowledge: {} records\n", with_thousands(records)) : std::string("starter knowledge: loaded already\n"));
    std::cout << (again ? std::string("demo fleet: loaded already\n") : fmt::format("demo fleet: {} devices\n", with_thousands(fleet.devices)));
    if (again) return done;
    auto const story = TRY(sensors::read_demo_story());
    std::cout << "demo history: " << (without.empty() ? fmt::format("the last {} days", story.days.front()) : without) << "\n";
    return done;
}

}  // namespace

void add_demo(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("demo", "Load the starter knowledge, a made-up fleet and this machine; nothing is loaded twice");
    verb->add_option("--devices", options->devices, "Devices of the made-up fleet (default 300)");
    verb->add_option("--seed", options->seed, "Another seed gives another fleet (default 7)");
    verb->add_option("--products", options->products, "Fill each device up to this many programs (default: only known ones)");
    verb->add_flag("--print", options->print, "Print the fleet in Merlon's own form instead of loading it");
    verb->add_flag("--without-this-machine", options->without_this_machine, "Leave this machine's own inventory out");
    verb->add_flag("--without-history", options->without_history, "Make the fleet as of today only, without its last 30 days");
    verb->callback([&front, options] { throw run(demo(front, *options)); });
}

}  // namespace merlon::cli
