// merlon import FILE...
#include <functional>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/front.h"
#include "cli/send_reports.h"
#include "sensors/import.h"
#include "server/journey.h"

namespace merlon::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    std::string device;
    bool no_match = false;
};

void say_what_came(std::string const& file, sensors::Imported const& imported, std::int64_t new_software) {
    auto const& counts = imported.counts;
    std::cout << fmt::format("{}: {}: {}, {}, {} kept, {} of known kind; {} new kinds of software\n", file, counts.format,
                             counted(static_cast<std::int64_t>(imported.reports.size()), "device"), counted(static_cast<std::int64_t>(counts.components), "component"),
                             with_thousands(static_cast<std::int64_t>(counts.kept)), with_thousands(static_cast<std::int64_t>(counts.recognised)),
                             with_thousands(new_software));
    for (auto const& [reason, count] : counts.skipped) std::cout << fmt::format("  skipped {:>6}  {}\n", count, reason);
}

// Each file is read here; what is wrong with one keeps no other from being taken. `take` says how many kinds of software were new.
int import_each(Options const& options, std::function<Result<std::int64_t>(std::span<DeviceReport const>)> const& take) {
    int outcome = done;
    for (auto const& file : options.files) {
        auto const imported = sensors::import_all(file, {options.device});
        auto const fresh = imported ? take(imported->reports) : std::unexpected(imported.error());
        if (fresh) {
            say_what_came(file, *imported, *fresh);
        } else {
            print_error(fresh.error());
            outcome = could_not;
        }
    }
    return outcome;
}

// A server takes them in and matches by itself.
Result<int> import_at_server(Front const& front, Options const& options) {
    if (options.no_match) return fail("cli.usage", "--no-match is about the data folder; a server matches by itself.");
    auto const ask = TRY(asker(front));
    return import_each(options, [&](std::span<DeviceReport const> reports) -> Result<std::int64_t> {
        auto const sent = TRY(send_reports(ask, reports));
        return sent.new_software;
    });
}

Result<int> import(Front const& front, Options const& options) {
    if (!options.device.empty() && options.files.size() > 1)
        return fail("cli.usage", "--device names the device of one file; give one FILE.");
    if (!remote_server().empty()) return import_at_server(front, options);
    auto opened = front.open_store(true);
    if (!opened && opened.error().code == "store.in_use") return import_at_server(front, options);
    auto const store = TRY(std::move(opened));
    auto connection = TRY(store.connect());
    Progress progress(front.quiet);
    std::vector<std::int64_t> new_software;
    bool changed = false;
    int const outcome = import_each(options, [&](std::span<DeviceReport const> reports) -> Result<std::int64_t> {
        auto const written = TRY(server::write_reports(connection, reports));
        new_software.insert(new_software.end(), written.new_software.begin(), written.new_software.end());
        changed = true;
        return static_cast<std::int64_t>(written.new_software.size());
    });
    if (changed && !options.no_match) TRY(server::inventory_changed(connection, new_software, [&](std::string_view line) { progress.say(line); }));
    return outcome;
}

}  // namespace

void add_import(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("import", "Take in inventories: SBOMs, osquery results, package databases, NDJSON; here, or at a server");
    verb->add_option("FILE", options->files,
                     "CycloneDX, SPDX, osquery results, dpkg status, a root folder, or lines of Merlon's own form "
                     "(docs/inventory-format.md)")
        ->required();
    verb->add_option("--device", options->device, "Name of the device that the file is about")->type_name("NAME");
    verb->add_flag("--no-match", options->no_match, "Do not match afterwards");
    verb->callback([&front, options] { throw run(import(front, *options)); });
}

}  // namespace merlon::cli
