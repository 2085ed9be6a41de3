#include <iostream>

#include <CLI/CLI.hpp>

#include "cli/front.h"

namespace merlon::cli {

void add_settings(CLI::App& app, Front& front) {
    auto* settings = app.add_subcommand("settings", "What is set, and where each value comes from");
    settings->require_subcommand(1);
    settings->add_subcommand("explain", "A table of every setting: name, value, origin, meaning")->callback([&front] {
        auto const values = front.settings();
        if (!values) throw run(std::unexpected(values.error()));
        std::cout << values->explain();
    });
}

}  // namespace merlon::cli
