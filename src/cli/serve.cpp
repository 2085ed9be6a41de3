// merlon serve
#include <pthread.h>

#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/detections/schedule.h"
#include "api/service.h"
#include "base/text.h"
#include "cli/change.h"
#include "server/external.h"
#include "server/publisher.h"
#include "server/rounds.h"
#include "server/schedule.h"

namespace merlon::cli {
namespace {

Result<api::HttpOptions> http_options(server::Settings const& settings) {
    api::HttpOptions options;
    auto const& listen = settings.text("listen");
    auto const colon = listen.rfind(':');
    auto const port = colon == std::string::npos ? -1 : to_int(listen.substr(colon + 1)).value_or(-1);
    if (port < 0 || port > 65535)
        return fail("settings.malformed", "listen", "ADDRESS:PORT", listen, "for example 127.0.0.1:8080");
    options.address = listen.substr(0, colon);
    if (options.address.starts_with('[') && options.address.ends_with(']'))
        options.address = options.address.substr(1, options.address.size() - 2);
    options.port = static_cast<std::uint16_t>(port);
    options.workers = static_cast<int>(settings.integer("workers"));
    return options;
}

Result<int> serve(Front const& front) {
    auto const settings = TRY(front.settings());
    // The signals are blocked before any thread starts, so that only sigwait() below takes them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    auto store = TRY(front.open_store(true));
    std::cerr << "building the fleet index\n";
    auto const publisher = TRY(server::Publisher::create(store, {}, [](std::string_view line) { std::cerr << line << "\n"; }));
    auto writer = TRY(store::Writer::start(store, [&] { publisher->committed(); }, [&] { publisher->taken_back(); }));
    publisher->start(writer);
    api::ServiceOptions service_options;
    service_options.reports_written = [&](std::vector<store::ReportChange> changes) { publisher->note(std::move(changes)); };
    service_options.everything_changed = [&] { publisher->everything_changed(); };
    service_options.query_seconds = settings.integer("query.seconds");
    service_options.query_rows = settings.integer("query.rows");
    service_options.external = server::external_data(settings);
    service_options.exceptions = TRY(exception_rules(settings));
    auto const where = TRY(http_options(settings));
    bool const loopback = where.address.starts_with("127.") || where.address == "::1" || where.address == "localhost";
    service_options.gate.open_until_claimed = loopback && settings.text("access") == "auto";
    service_options.gate.check_host = true;
    service_options.gate.key_file = store.folder() / "signing.key";
    service_options.audit_file = store.folder() / "audit.ndjson";
    auto& oidc = service_options.gate.oidc;
    oidc.issuer = settings.text("oidc.issuer");
    oidc.client_id = settings.text("oidc.client_id");
    oidc.client_secret = settings.text("oidc.client_secret");
    oidc.groups_claim = settings.text("oidc.groups_claim");
    oidc.roles = TRY(api::read_role_rules(settings.text("oidc.roles")));
    oidc.authorities = settings.text("oidc.authorities");
    oidc.public_url = settings.text("public_url");
    auto service = TRY(api::Service::create(store, writer, service_options));
    auto http = TRY(api::HttpServer::start(where, [&](api::HttpRequest const& request) { return service->answer(request); }));
    auto schedule = server::Schedule::start(store, writer, {.fetch = settings.text("feeds.schedule") == "on",
                                                                  .changed = [&] { publisher->everything_changed(); },
                                                                  .fetching = {.proxy = settings.text("feeds.proxy"), .mirror = settings.text("feeds.mirror")}});
    std::cerr << fmt::format("Merlon answers on http://{}:{} (API below /api, health at /health/ready). Stop with Ctrl-C.\n",
                             where.address, http.port());
    auto const rounds = TRY(server::Rounds::start(store, writer, TRY(server::delivery_settings(settings))));
    if (service->gate().unclaimed())
        std::cerr << fmt::format("{}To make the first administrator within a day: http://{}:{}/#/claim?code={}\n",
                                 service_options.gate.open_until_claimed ? "No user yet: everybody on this machine may do everything. "
                                                                         : "No user yet: nobody is let in. ",
                                 where.address, http.port(), service->gate().first_code());
    api::DetectionSchedule const detections(*service);
    int signal = 0;
    sigwait(&signals, &signal);
    std::cerr << "stopping\n";
    http.stop(10);
    schedule.reset();
    publisher->stop();
    return done;
}

}  // namespace

void add_serve(CLI::App& app, Front& front) {
    auto* verb = app.add_subcommand("serve", "Answer the API over HTTP until told to stop (SIGTERM, Ctrl-C)");
    verb->add_option_function<std::string>(
            "--listen", [&front](std::string const& where) { front.flags["listen"] = where; },
            "Address and port (default 127.0.0.1:8080)")
        ->type_name("ADDRESS:PORT");
    verb->callback([&front] { throw run(serve(front)); });
}

}  // namespace merlon::cli
