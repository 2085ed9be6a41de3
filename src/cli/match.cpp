// merlon match
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/front.h"
#include "server/journey.h"

namespace merlon::cli {
namespace {

Result<int> match(Front const& front) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    {
        Progress progress(front.quiet);
        TRY(server::match_everything(connection, [&](std::string_view line) { progress.say(line); }));
    }
    auto const count = [&](std::string_view sql) -> Result<std::string> {
        return with_thousands(TRY(connection.count(sql)));
    };
    std::cout << fmt::format("{} distinct software, {} assessed; {} findings ({} more hidden) of {} CVEs\n",
                             TRY(count("SELECT count(*) FROM main.identity")),
                             TRY(count("SELECT count(*) FROM main.identity WHERE assessed")),
                             TRY(count("SELECT count(*) FROM main.finding WHERE NOT hidden")),
                             TRY(count("SELECT count(*) FROM main.finding WHERE hidden")),
                             TRY(count("SELECT count(DISTINCT cve) FROM main.finding WHERE NOT hidden")));
    return done;
}

}  // namespace

void add_match(CLI::App& app, Front& front) {
    app.add_subcommand("match", "Evaluate all software against all knowledge (runs by itself after feeds load and import)")
        ->callback([&front] { throw run(match(front)); });
}

}  // namespace merlon::cli
