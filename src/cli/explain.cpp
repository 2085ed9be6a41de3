// merlon explain DEVICE CVE, merlon identify NAME
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/json_read.h"
#include "cli/front.h"
#include "match/run.h"

namespace merlon::cli {
namespace {

Result<int> explain(Front const& front, std::string const& device, std::string const& cve) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    std::array const who{store::Value{device}};
    auto const id = TRY(connection.scalar("SELECT id FROM main.device WHERE lower(id) = lower($1) OR lower(name) = lower($1) ORDER BY last_seen DESC LIMIT 1", who));
    auto const* device_id = std::get_if<std::string>(&id);
    if (!device_id) return fail("cli.no_such_device", device);
    std::array const what{store::Value{*device_id}, store::Value{cve}};
    auto rows = TRY(connection.query(
        "SELECT DISTINCT s.name, s.version, i.path, f.state, f.confidence, f.hidden, f.evidence, coalesce(x.reason, '') FROM main.finding f "
        "JOIN main.installation i ON i.software = f.software JOIN main.software s ON s.id = f.software "
        "LEFT JOIN main.finding_cleared x ON x.device = i.device AND x.software = f.software AND x.cve = f.cve "
        "WHERE i.device = $1 AND upper(f.cve) = upper($2) ORDER BY 1, 2, 3", what));
    bool any = false;
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& column = chunk->columns;
            any = true;
            std::cout << fmt::format("{} {} {} {} ({}{}% sure{})\n", column[0].text(row), column[1].text(row),
                                     column[3].text(row) == "not_affected" ? "does not have" : "has", cve,
                                     column[3].text(row) == "fixed" ? "a fix exists, " : "", column[4].integer(row),
                                     column[5].boolean(row) ? ", hidden by default" : "");
            if (!column[2].text(row).empty()) std::cout << "  path         " << column[2].text(row) << "\n";
            auto const evidence = TRY(json::Document::parse(column[6].text(row), "evidence"));
            for (auto const step : json::array(evidence.root()))
                std::cout << fmt::format("  {:<12} {}\n", json::text(step, "kind"), json::text(step, "text"));
            if (!column[7].text(row).empty()) std::cout << "  cleared      " << column[7].text(row) << "\n";
        }
    }
    if (!any) std::cout << fmt::format("{} is not found on {}: no installed software matches an advisory about it.\n", cve, device);
    return any ? done : answer_is_no;
}

struct Named {
    std::string name, vendor, version, source = "programs", platform, bundle_id;
};

Result<int> identify(Front const& front, Named const& named) {
    auto opened = front.open_store(false);
    // Without knowledge the rules still speak.
    auto store = opened ? std::move(*opened) : TRY(store::Store::in_memory());
    auto connection = TRY(store.connect());
    SoftwareKey key;
    key.item.name = named.name;
    key.item.vendor = named.vendor;
    key.item.version = named.version;
    key.item.source = named.source;
    key.item.bundle_id = named.bundle_id;
    key.platform = !named.platform.empty() ? named.platform : named.source == "apps" || named.source == "homebrew" ? "macos" : "windows";
    match::MatchOptions options;
    options.now = now_ticks();
    auto const all = TRY(match::assess(connection, std::span(&key, 1), options));
    std::cout << match::explain_identity(key, all[0].identity);
    if (!all[0].support.reason.empty()) std::cout << "support:     " << all[0].support.reason << "\n";
    std::cout << fmt::format("findings:    {}\n", all[0].findings.size());
    return done;
}

}  // namespace

void add_explain(CLI::App& app, Front& front) {
    auto device = std::make_shared<std::string>(), cve = std::make_shared<std::string>();
    auto* verb = app.add_subcommand("explain", "Why a device has a CVE: fact, identity, advisory, comparison, what clears it");
    verb->add_option("DEVICE", *device, "Id or name")->required();
    verb->add_option("CVE", *cve, "CVE-2021-44228")->required();
    verb->callback([&front, device, cve] { throw run(explain(front, *device, *cve)); });
}

void add_identify(CLI::App& app, Front& front) {
    auto named = std::make_shared<Named>();
    auto* verb = app.add_subcommand("identify", "What a piece of software is taken to be, and why");
    verb->add_option("NAME", named->name, "As the installer or package database gives it")->required();
    verb->add_option("--vendor", named->vendor, "Publisher");
    verb->add_option("--version", named->version, "Installed version");
    verb->add_option("--source", named->source, "programs (default), apps, homebrew, deb, rpm, pypi, npm, chrome_extensions ...");
    verb->add_option("--bundle-id", named->bundle_id, "macOS bundle id or extension id");
    verb->add_option("--platform", named->platform, "windows, macos, linux");
    verb->callback([&front, named] { throw run(identify(front, *named)); });
}

}  // namespace merlon::cli
