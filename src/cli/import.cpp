// merlon import FILE...
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/front.h"
#include "sensors/import.h"
#include "server/journey.h"

namespace merlon::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    std::string device;
    bool no_match = false;
};

Result<int> import(Front const& front, Options const& options) {
    if (!options.device.empty() && options.files.size() > 1)
        return fail("cli.usage", "--device names the device of one file; give one FILE.");
    auto store = TRY(front.open_store(true));
    auto connection = TRY(store.connect());
    Progress progress(front.quiet);
    auto const say = [&](std::string_view line) { progress.say(line); };
    std::vector<std::int64_t> new_software;
    bool changed = false;
    int outcome = done;
    for (auto const& file : options.files) {
        auto imported = sensors::import_all(file, {options.device});
        Result<server::Written> written = imported ? server::write_reports(connection, imported->reports)
                                                   : std::unexpected(imported.error());
        if (!written) {
            print_error(written.error());
            outcome = could_not;
            continue;
        }
        auto const& counts = imported->counts;
        std::cout << fmt::format("{}: {}: {} devices, {} components, {} kept, {} of known kind; {} new kinds of software\n", file,
                                 counts.format, with_thousands(static_cast<std::int64_t>(imported->reports.size())),
                                 with_thousands(static_cast<std::int64_t>(counts.components)),
                                 with_thousands(static_cast<std::int64_t>(counts.kept)),
                                 with_thousands(static_cast<std::int64_t>(counts.recognised)),
                                 with_thousands(static_cast<std::int64_t>(written->new_software.size())));
        for (auto const& [reason, count] : counts.skipped) std::cout << fmt::format("  skipped {:>6}  {}\n", count, reason);
        new_software.insert(new_software.end(), written->new_software.begin(), written->new_software.end());
        changed = true;
    }
    if (changed && !options.no_match) TRY(server::inventory_changed(connection, new_software, say));
    return outcome;
}

}  // namespace

void add_import(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("import", "Take in inventories: SBOMs, osquery results, package databases, NDJSON");
    verb->add_option("FILE", options->files,
                     "CycloneDX, SPDX, osquery results, dpkg status, a root folder, or lines of Merlon's own form "
                     "(docs/inventory-format.md)")
        ->required();
    verb->add_option("--device", options->device, "Name of the device that the file is about")->type_name("NAME");
    verb->add_flag("--no-match", options->no_match, "Do not match afterwards");
    verb->callback([&front, options] { throw run(import(front, *options)); });
}

}  // namespace merlon::cli
