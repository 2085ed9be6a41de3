// merlon serve
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/detections/schedule.h"
#include "api/http/tls.h"
#include "api/service.h"
#include "base/text.h"
#include "cli/front.h"
#include "cli/service_options.h"
#include "fleet/index.h"
#include "match/lifecycle.h"
#include "match/run.h"
#include "server/publisher.h"
#include "server/rounds.h"
#include "server/schedule.h"
#include "server/log.h"
#include "server/management.h"
#include "server/metrics.h"

namespace merlon::cli {
namespace {

constexpr int grace_s = 8;  // of the ten seconds that an end may take

Result<api::HttpOptions> address_of(std::string const& name, std::string const& listen) {
    api::HttpOptions options;
    auto const colon = listen.rfind(':');
    auto const port = colon == std::string::npos ? -1 : to_int(listen.substr(colon + 1)).value_or(-1);
    if (port < 0 || port > 65535) return fail("settings.malformed", name, "ADDRESS:PORT", listen, "for example 127.0.0.1:8080");
    options.address = listen.substr(0, colon);
    if (options.address.starts_with('[') && options.address.ends_with(']'))
        options.address = options.address.substr(1, options.address.size() - 2);
    options.port = static_cast<std::uint16_t>(port);
    return options;
}

bool is_loopback(std::string const& address) { return address.starts_with("127.") || address == "::1" || address == "localhost"; }

// The certificate of the settings, or one of our own, made at the first start.
Status choose_tls(server::Settings const& settings, std::filesystem::path const& data, api::HttpOptions& options) {
    auto const& mode = settings.text("tls.mode");
    auto const& certificate = settings.text("tls.certificate");
    auto const& key = settings.text("tls.key");
    if (mode != "auto" && mode != "on" && mode != "off") return fail("settings.malformed", "tls.mode", "auto, on or off", mode, "tls.mode");
    if (certificate.empty() != key.empty()) return fail("http.certificate", certificate.empty() ? key : certificate, "tls.certificate and tls.key go together");
    if (mode == "off" || (mode == "auto" && certificate.empty() && is_loopback(options.address))) return {};
    options.certificate = certificate;
    options.private_key = key;
    if (!certificate.empty()) return {};
    options.certificate = data / "tls" / "certificate.pem";
    options.private_key = data / "tls" / "key.pem";
    std::error_code failed;
    if (std::filesystem::exists(options.certificate, failed)) return {};
    std::filesystem::create_directories(data / "tls", failed);
    if (failed) return fail("file.unwritable", (data / "tls").string(), failed.message());
    std::array<char, 256> host{};
    (void)::gethostname(host.data(), host.size() - 1);
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1", host.data()};
    if (options.address != "0.0.0.0" && options.address != "::") names.push_back(options.address);
    return api::make_certificate(options.certificate, options.private_key, names);
}

// How long the past is kept belongs to the data: whoever publishes asks the data folder (advise/publish.cpp).
Status set_history_days(server::Settings const& settings, store::Writer& writer) {
    auto const days = settings.integer("history.days");
    if (days < 1 || days > 36'500) return fail("settings.malformed", "history.days", "1 to 36500", std::to_string(days), "history.days");
    auto const wanted = std::to_string(days);
    return writer.run([&](store::Connection& connection) -> Status {
        if (TRY(store::state_value(connection, "history.days")) == wanted) return {};  // a server starts on a full disk too
        return store::set_state_value(connection, "history.days", wanted);
    });
}

// So does the window of ends of support (match/lifecycle.h). With another window everything is to be evaluated again, which the
// schedule does at once.
Status set_support_window(server::Settings const& settings, store::Writer& writer) {
    constexpr std::string_view name = "support.window_days";
    auto const days = settings.integer(name);
    if (days < 1 || days > 3660) return fail("settings.malformed", std::string(name), "1 to 3660", std::to_string(days), std::string(name));
    return writer.run([&](store::Connection& connection) -> Status {
        if (TRY(match::window_days_of(connection)) == days) return {};
        TRY(store::set_state_value(connection, name, std::to_string(days)));
        return match::forget_evaluated_day(connection);
    });
}

// And whether ends of support count in scores (fleet/index.h).
Status set_scoring(server::Settings const& settings, store::Writer& writer) {
    constexpr auto name = fleet::unsupported_counts_state;
    auto const value = settings.text(name);
    if (value != "on" && value != "off") return fail("settings.malformed", std::string(name), "on or off", value, std::string(name));
    return writer.run([&](store::Connection& connection) -> Status {
        if (TRY(fleet::unsupported_counts(connection)) == (value == "on")) return {};
        TRY(store::set_state_value(connection, name, value));
        return match::forget_evaluated_day(connection);
    });
}

// Sign-in by an OpenID provider, when one is set.
template <typename Provider>
Status choose_provider(server::Settings const& settings, Provider& oidc) {
    oidc.issuer = settings.text("oidc.issuer");
    oidc.client_id = settings.text("oidc.client_id");
    oidc.client_secret = settings.text("oidc.client_secret");
    oidc.groups_claim = settings.text("oidc.groups_claim");
    oidc.roles = TRY(api::read_role_rules(settings.text("oidc.roles")));
    oidc.authorities = settings.text("oidc.authorities");
    oidc.public_url = settings.text("public_url");
    return {};
}

// Says where the server is, and how the first administrator is made.
void greet(api::Service& service, api::HttpOptions const& where, std::uint16_t port, bool open) {
    auto const scheme = where.certificate.empty() ? "http" : "https";
    auto const host = where.address.find(':') == std::string::npos ? where.address : "[" + where.address + "]";
    auto const base = fmt::format("{}://{}:{}", scheme, host, port);
    std::cerr << fmt::format("Merlon answers on {} (API below /api, its description at /api/docs). Stop with Ctrl-C.\n", base);
    if (!where.certificate.empty())
        if (auto const print = api::certificate_fingerprint(where.certificate)) std::cerr << "Certificate (SHA-256): " << *print << "\n";
    if (service.gate().unclaimed())
        std::cerr << fmt::format("{}To make the first administrator within a day: {}/#/claim?code={}\n",
                                 open ? "No user yet: everybody on this machine may do everything. " : "No user yet: nobody is let in. ", base,
                                 service.gate().first_code());
}

Result<int> serve(Front const& front) {
    auto const settings = TRY(front.settings());
    TRY(server::start_log(settings));
    // The signals are blocked before any thread starts, so that only sigwait() below takes them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    rlimit const no_core{0, 0};  // a core file would hold keys and passwords
    (void)::setrlimit(RLIMIT_CORE, &no_core);

    auto where = TRY(address_of("listen", settings.text("listen")));
    where.workers = static_cast<int>(std::max<std::int64_t>(1, settings.integer("workers")));
    for (auto const one : split(settings.text("proxies"), ','))
        if (auto const address = trim(one); !address.empty()) where.proxies.emplace_back(address);
    // Inventories that are not kept are as long as those that are.
    where.report_paths.insert(where.report_paths.end(), {"/api/merlon/scan", "/api/merlon/identify"});
    auto store = TRY(front.open_store(true));
    TRY(choose_tls(settings, store.folder(), where));
    server::log_event("opening", "building the fleet index");
    auto const publisher = TRY(server::Publisher::create(store, {}, [](std::string_view line) { server::log_event("publish", line); }));
    auto writer = TRY(store::Writer::start(store, [&] { publisher->committed(); }, [&] { publisher->taken_back(); }));
    TRY(set_history_days(settings, writer));
    TRY(set_support_window(settings, writer));
    TRY(set_scoring(settings, writer));
    publisher->start(writer);
    bool const loopback = is_loopback(where.address);
    server::Metrics metrics(MERLON_VERSION);
    auto options = TRY(service_options(settings, store));
    options.gate.open_until_claimed = loopback && settings.text("access") == "auto";
    options.gate.check_host = true;
    TRY(server::delivery_settings(settings));  // what is wrong in them is said at the start
    auto const deliver = [&, one_at_a_time = std::make_shared<std::mutex>()] {
        std::lock_guard const lock(*one_at_a_time);
        return deliver_now(settings, store, writer);
    };
    options.send_notifications = deliver;
    options.write_reports = [&](store::Connection& connection, std::span<DeviceReport const> reports, Ticks now) {
        return publisher->write_reports(connection, reports, now);
    };
    options.everything_changed = [&] { publisher->everything_changed(); };
    auto schedule = server::Schedule::start(store, writer, {.fetch = settings.text("feeds.schedule") == "on",
                                                            .changed = [&] { publisher->everything_changed(); },
                                                            .fetching = server::update_settings(settings),
                                                            .patience = server::patience(settings)});
    options.fetch_feeds = [&](std::span<std::string const> names) { return schedule->fetch_now(names); };
    options.feeds_at_work = [&] { return schedule->at_work(); };
    options.index = [&] { return publisher->index(); };
    options.index_is_current = [&] { return publisher->index_is_current(); };
    options.publish = [&](bool anew) { return publisher->publish_now(anew); };
    TRY(choose_provider(settings, options.gate.oidc));
    options.observe = [&](api::Answered const& one) {
        metrics.count(one);
        server::log_request(one);
    };
    auto service = TRY(api::Service::create(store, writer, options));
    auto http = TRY(api::HttpServer::start(where, [&](api::HttpRequest const& request) { return service->answer(request); }));

    server::Management management{*service, store, writer, metrics, [&] { return http.connections(); }};
    api::HttpOptions control;
    control.report_paths = where.report_paths;
    control.unix_socket = server::control_socket(store.folder());
    control.workers = 2;
    auto control_door = TRY(api::HttpServer::start(control, [&](api::HttpRequest const& request) { return management.control(request); }));
    std::optional<api::HttpServer> management_door;
    if (auto const& address = settings.text("management"); !address.empty()) {
        auto door = TRY(address_of("management", address));
        door.workers = 2;
        management_door.emplace(TRY(api::HttpServer::start(door, [&](api::HttpRequest const& request) { return management.answer(request); })));
    }
    api::DetectionSchedule const detections(*service);
    auto const rounds = server::Rounds::start(store, writer, deliver, [&] { return publisher->publish_now(false); });
    greet(*service, where, http.port(), options.gate.open_until_claimed);
    server::log_event("started");
    server::notify_supervisor("READY=1");

    int signal = 0;
    sigwait(&signals, &signal);
    server::notify_supervisor("STOPPING=1");
    server::log_event("stopping");
    management.stopping = true;
    http.stop(grace_s, [&] { service->cancel(); });
    control_door.stop(0);
    if (management_door) management_door->stop(0);
    schedule.reset();
    publisher->stop();
    server::log_event("stopped");
    return done;
}

}  // namespace

void add_serve(CLI::App& app, Front& front) {
    auto* verb = app.add_subcommand("serve", "Answer the API over HTTP until told to stop (SIGTERM, Ctrl-C)");
    verb->add_option_function<std::string>(
            "--listen", [&front](std::string const& where) { front.flags["listen"] = where; },
            "Address and port (default 127.0.0.1:8080)")
        ->type_name("ADDRESS:PORT");
    verb->add_option_function<std::string>(
            "--management", [&front](std::string const& where) { front.flags["management"] = where; },
            "Address and port for health and metrics (default: none)")
        ->type_name("ADDRESS:PORT");
    verb->callback([&front] { throw run(serve(front)); });
}

}  // namespace merlon::cli
