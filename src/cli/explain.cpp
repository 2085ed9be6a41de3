// merlon explain DEVICE [CVE], merlon identify NAME
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "cli/view.h"
#include "match/identifications.h"

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
    std::string name, vendor, version, source, platform, bundle_id, edition, distribution, batch, output = "table";
};

// The items to identify, one a line.
Result<std::vector<std::string>> lines_of(Named const& named) {
    std::vector<std::string> lines;
    if (named.batch.empty()) {
        JsonWriter json(lines.emplace_back());
        json.begin_object();
        for (auto const& [member, value] : {std::pair{"name", &named.name}, {"vendor", &named.vendor}, {"version", &named.version}, {"source", &named.source},
                                            {"platform", &named.platform}, {"bundle_id", &named.bundle_id}, {"edition", &named.edition}, {"distribution", &named.distribution}})
            if (!value->empty()) json.member(member, std::string_view(*value));
        json.end_object();
        return lines;
    }
    std::ifstream file;
    if (named.batch != "-") {
        file.open(named.batch);
        if (!file) return fail("file.missing", named.batch);
    }
    for (std::string line; std::getline(named.batch == "-" ? std::cin : file, line);) lines.push_back(std::move(line));
    return lines;
}

// By the knowledge of a server, as many at a time as a request holds.
Result<int> identify_there(Front const& front, Named const& named, std::span<std::string const> lines, bool in_words) {
    constexpr std::size_t most_bytes = 4 * 1024 * 1024, most_lines = 5'000;
    auto const ask = TRY(asker(front));
    std::string body;
    for (std::size_t at = 0, first = 0; at < lines.size(); ++at) {
        body += lines[at] + "\n";
        if (at + 1 - first < most_lines && body.size() < most_bytes && at + 1 < lines.size()) continue;
        std::cout << TRY(send(ask, "POST", fmt::format("merlon/identify?name={}&first={}{}", api::percent_encode(named.batch), first + 1, in_words ? "&output=text" : ""), body));
        first = at + 1;
        body.clear();
    }
    return done;
}

Result<int> identify(Front const& front, Named const& named) {
    if (named.name.empty() == named.batch.empty()) return fail("cli.usage", "Give a NAME, or --batch FILE.");
    auto const lines = TRY(lines_of(named));
    auto const keys = TRY(match::keys_of_lines(lines, named.batch, 1));  // what is wrong with one is said before any is answered
    bool const in_words = named.batch.empty() && named.output == "table";
    if (!remote_server().empty()) return identify_there(front, named, lines, in_words);
    auto opened = front.open_store(false);
    if (!opened && opened.error().code == "store.in_use") return identify_there(front, named, lines, in_words);
    // Without knowledge the rules still speak; a folder that cannot be opened has some.
    if (!opened && opened.error().code != "store.no_data") return std::unexpected(opened.error());
    if (!opened) std::cerr << "note: no data folder: the rules alone speak, nothing is known of any product (merlon feeds load FILE...)\n";
    auto store = opened ? std::move(*opened) : TRY(store::Store::in_memory());
    auto connection = TRY(store.connect());
    std::cout << TRY(match::identifications(connection, keys, in_words, now_ticks()));
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
