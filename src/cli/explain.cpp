// merlon explain DEVICE [CVE], merlon identify NAME
#include <algorithm>
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "cli/view.h"
#include "match/evidence.h"
#include "match/run.h"

namespace merlon::cli {
namespace {

void print_proof(json::Value proof, std::string const& cve) {
    auto const text = [&](std::string_view name) { return json::text(proof, name); };
    std::cout << fmt::format("{} {} {} {} ({}{}% sure{})\n", text("installedName"), text("installedVersion"),
                             text("state") == "not_affected" ? "does not have" : "has", cve, text("state") == "fixed" ? "a fix exists, " : "",
                             json::integer(proof, "confidence").value_or(0),
                             json::boolean(proof, "hidden").value_or(false) ? ", hidden by default" : "");
    if (!text("path").empty()) std::cout << "  path         " << text("path") << "\n";
    for (auto const step : json::array(proof, "steps")) std::cout << fmt::format("  {:<12} {}\n", json::text(step, "kind"), json::text(step, "text"));
    if (!text("clearedBy").empty()) std::cout << "  cleared      " << text("clearedBy") << "\n";
}

Result<int> explain(Front const& front, std::string const& device, std::string const& cve) {
    auto const ask = TRY(asker(front));
    auto const id = TRY(known_device(ask, device));
    auto const answer =
        TRY(ask("GET", "/api/machines/" + id + "/vulnerabilities/" + api::percent_encode(cve) + "/evidence", "application/json", {}, {}));
    if (answer.status == 404) {
        std::cout << fmt::format("{} is not found on {}: no installed software matches an advisory about it.\n", cve, device);
        return answer_is_no;
    }
    if (answer.status != 200) return said(answer);
    auto const document = TRY(json::Document::parse(answer.body, "answer"));
    for (auto const proof : json::array(document.root(), "value")) print_proof(proof, cve);
    return done;
}

// What each version on the device comes to of its exposure (rule E11).
Result<int> explain_exposure(Front const& front, std::string const& device, std::string const& output) {
    auto const ask = TRY(asker(front));
    auto const id = TRY(known_device(ask, device));
    View view{{.path = {"machines", id, "exposure"}, .order = "points desc, id", .output = output}, {}, "nothing exposes it"};
    view.columns = {{"software", "softwareId"}, {"version", "version"}, {"weaknesses", "weaknesses", ViewColumn::Kind::whole}, {"worst", "worstVulnerability"},
                    {"out of support", "endOfSupport", ViewColumn::Kind::flag}, {"points", "points", ViewColumn::Kind::real}};
    TRY(print_view(ask, view));
    return done;
}

struct Named {
    std::string name, vendor, version, source = "programs", platform, bundle_id, edition, distribution, batch, output = "table";
};

SoftwareKey key_of(Named const& named) {
    SoftwareKey key;
    key.item.name = named.name;
    key.item.vendor = named.vendor;
    key.item.version = named.version;
    key.item.source = named.source;
    key.item.bundle_id = named.bundle_id;
    key.item.edition = named.edition;
    key.item.distribution = named.distribution;
    bool const mac = named.source == "apps" || named.source == "homebrew" || named.source == "pkg";
    bool const linux = named.source == "deb" || named.source == "rpm" || named.source == "apk" || named.source == "pacman";
    key.platform = !named.platform.empty() ? named.platform : mac ? "macos" : linux ? "linux" : "windows";
    return key;
}

// One line of a batch: an item of the inventory form, and "platform".
Result<SoftwareKey> key_of_line(std::string_view line, std::string const& where) {
    auto const document = TRY(json::Document::parse(line, where));
    auto const root = document.root();
    Named named;
    for (auto const& [member, place] :
         {std::pair{"name", &named.name}, {"vendor", &named.vendor}, {"version", &named.version}, {"platform", &named.platform},
          {"source", &named.source}, {"bundle_id", &named.bundle_id}, {"edition", &named.edition}, {"distribution", &named.distribution}})
        if (auto const text = json::text(root, member); !text.empty()) *place = text;
    if (named.name.empty()) return fail("cli.usage", where + " names no software: {\"name\": \"Firefox\", \"version\": \"115.0\"}");
    auto key = key_of(named);
    key.item.source_name = json::text(root, "source_name");
    key.item.purl = json::text(root, "purl");
    key.item.cpe = json::text(root, "cpe");
    return key;
}

std::string identity_json(match::Assessed const& one) {
    std::string out;
    JsonWriter json(out);
    auto const& identity = one.identity;
    json.begin_object();
    json.member("name", one.key.item.name);
    json.member("vendor", identity.vendor);
    json.member("product", identity.product);
    json.member("version", identity.version);
    json.member("scheme", identity.scheme);
    json.member("lifecycle", identity.lifecycle);
    json.member("assessed", identity.assessed);
    json.key("candidates");
    json.raw(match::candidates_json(identity.candidates));
    json.member("findings", static_cast<std::size_t>(std::ranges::count(one.findings, false, &Finding::hidden)));
    // As exports say it; null: there is no life-cycle data.
    json.key("support");
    if (one.support.status == SupportStatus::no_data) {
        json.null();
    } else {
        auto const status = match::support_status_name(one.support.status);
        json.begin_object();
        json.member("status", status.empty() ? "None" : status);
        json.member("product", one.support.product);
        json.member("cycle", one.support.cycle);
        json.key("date");
        if (one.support.date) json.string(iso_date(*one.support.date));
        else json.null();
        json.member("reason", one.support.reason);
        json.end_object();
    }
    json.end_object();
    return out;
}

Result<std::vector<SoftwareKey>> keys_of(Named const& named) {
    if (named.batch.empty()) return std::vector{key_of(named)};
    std::ifstream file;
    if (named.batch != "-") {
        file.open(named.batch);
        if (!file) return fail("file.missing", named.batch);
    }
    std::vector<SoftwareKey> keys;
    std::string line;
    for (std::size_t number = 1; std::getline(named.batch == "-" ? std::cin : file, line); ++number)
        if (!line.empty()) keys.push_back(TRY(key_of_line(line, fmt::format("{} line {}", named.batch, number))));
    return keys;
}

Result<int> identify(Front const& front, Named const& named) {
    if (named.name.empty() == named.batch.empty()) return fail("cli.usage", "Give a NAME, or --batch FILE.");
    auto const keys = TRY(keys_of(named));
    auto opened = front.open_store(false);
    // Without knowledge the rules still speak; a folder that cannot be opened has some.
    if (!opened && opened.error().code != "store.no_data") return std::unexpected(opened.error());
    if (!opened) std::cerr << "note: no data folder: the rules alone speak, nothing is known of any product (merlon feeds load FILE...)\n";
    auto store = opened ? std::move(*opened) : TRY(store::Store::in_memory());
    auto connection = TRY(store.connect());
    match::MatchOptions options;
    options.now = now_ticks();
    auto const all = TRY(match::assess(connection, keys, options));
    for (auto const& one : all) {
        if (!named.batch.empty() || named.output == "json") {
            std::cout << identity_json(one) << "\n";
            continue;
        }
        std::cout << match::explain_identity(one.key, one.identity);
        if (!one.support.reason.empty()) std::cout << "support:     " << one.support.reason << "\n";
        std::cout << fmt::format("findings:    {}\n", std::ranges::count(one.findings, false, &Finding::hidden));
    }
    return done;
}

}  // namespace

void add_explain(CLI::App& app, Front& front) {
    auto device = std::make_shared<std::string>(), cve = std::make_shared<std::string>(), output = std::make_shared<std::string>("table");
    auto* verb = app.add_subcommand("explain", "Why a device has a CVE (fact, identity, advisory, comparison, what clears it), or what its exposure is made of");
    verb->add_option("DEVICE", *device, "Id or name")->required();
    auto* one = verb->add_option("CVE", *cve, "CVE-2021-44228; without: what each version on the device comes to of its exposure");
    add_output_option(*verb, *output);
    verb->get_option("--output")->excludes(one);
    verb->callback([&front, device, cve, output] { throw run(cve->empty() ? explain_exposure(front, *device, *output) : explain(front, *device, *cve)); });
}

void add_identify(CLI::App& app, Front& front) {
    auto named = std::make_shared<Named>();
    auto* verb = app.add_subcommand("identify", "What a piece of software is taken to be, and why");
    verb->add_option("NAME", named->name, "As the installer or package database gives it");
    verb->add_option("--vendor", named->vendor, "Publisher");
    verb->add_option("--version", named->version, "Installed version");
    verb->add_option("--source", named->source, "programs (default), apps, homebrew, deb, rpm, pypi, npm, chrome_extensions ...");
    verb->add_option("--bundle-id", named->bundle_id, "macOS bundle id or extension id");
    verb->add_option("--platform,--os", named->platform, "windows, macos, linux (default: by the source)");
    verb->add_option("--edition", named->edition, "ESR, LTSC, Professional Plus 2019 ...");
    verb->add_option("--distribution", named->distribution, "debian:12, ubuntu:22.04: of a distribution package");
    verb->add_option("--batch", named->batch, "FILE or - : items of the inventory form, one JSON object a line; answers likewise")->type_name("FILE");
    verb->add_option("--output", named->output, "table (default) or json")->check(CLI::IsMember({"table", "json"}));
    verb->callback([&front, named] { throw run(identify(front, *named)); });
}

}  // namespace merlon::cli
