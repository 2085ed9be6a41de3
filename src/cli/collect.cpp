// merlon collect
#include "sensors/collect/collect.h"

#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/osquery_pack.h"
#include "cli/front.h"
#include "cli/send_reports.h"
#include "feeds/upload.h"
#include "sensors/merlon/report_json.h"
#include "server/journey.h"

namespace merlon::cli {
namespace {

struct Options {
    bool import = false;
    std::string server, token, authorities, pack;
};

Result<int> upload(DeviceReport const& report, Options const& options) {
    feeds::UploadSettings settings;
    settings.token = options.token;
    settings.authorities = options.authorities;
    auto base = options.server;
    while (base.ends_with('/')) base.pop_back();
    std::cout << TRY(feeds::upload(base + "/api/merlon/reports", sensors::report_json(report) + "\n", settings)) << "\n";
    return done;
}

void say_what_was_read(DeviceReport const& report, std::int64_t new_software) {
    std::cout << fmt::format("{}: {} packages, {} settings; {} kinds of software were new\n", report.name, report.software ? report.software->size() : 0,
                             report.settings ? report.settings->size() : 0, new_software);
}

Result<int> collect(Front const& front, Options const& options) {
    if (!options.pack.empty()) {
        auto const checks = TRY(advise::read_checks());
        std::cout << advise::osquery_pack(advise::osquery_queries(checks, options.pack), options.pack) << "\n";
        return done;
    }
    sensors::ImportCounts counts;
    auto const report = TRY(sensors::collect_this_machine(counts));
    if (!options.server.empty()) return upload(report, options);
    if (!options.import) {
        std::cout << sensors::report_json(report) << "\n";
        return done;
    }
    auto opened = front.open_store(true);
    if (!opened && opened.error().code == "store.in_use") {  // by the server that runs on it
        auto const ask = TRY(asker(front));
        auto const sent = TRY(send_reports(ask, std::span(&report, 1)));
        say_what_was_read(report, sent.new_software);
        return done;
    }
    auto const store = TRY(std::move(opened));
    auto connection = TRY(store.connect());
    auto const written = TRY(server::write_reports(connection, std::span(&report, 1)));
    {
        Progress progress(front.quiet);
        TRY(server::inventory_changed(connection, written.new_software, [&](std::string_view line) { progress.say(line); }));
    }
    say_what_was_read(report, static_cast<std::int64_t>(written.new_software.size()));
    return done;
}

}  // namespace

void add_collect(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("collect", "This machine's inventory, to standard output in Merlon's own form");
    auto* import = verb->add_flag("--import", options->import, "Take it in instead of printing it");
    auto* server = verb->add_option("--server", options->server, "Send it to a server: https://merlon.example (plain http to this machine only)")
                       ->type_name("URL")
                       ->excludes(import);
    verb->add_option("--token", options->token, "With --server: a token with Machine.ReadWrite.All (environment MERLON_TOKEN, so that it is in no list of processes)")
        ->envname("MERLON_TOKEN");
    verb->add_option("--authorities", options->authorities, "With --server: file with the certificates to trust, instead of the system's")
        ->type_name("FILE")
        ->needs(server);
    verb->add_option("--osquery-pack", options->pack, "Print a pack for osquery instead: what it is to be asked for inventory and configuration checks of windows, macos or linux")
        ->check(CLI::IsMember({"windows", "macos", "linux"}))
        ->excludes(import)
        ->excludes(server);
    verb->callback([&front, options] { throw run(collect(front, *options)); });
}

}  // namespace merlon::cli
