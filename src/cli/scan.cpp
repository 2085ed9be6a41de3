// merlon scan FILE
#include <algorithm>
#include <array>
#include <functional>
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/front.h"
#include "match/scan.h"
#include "sensors/import.h"
#include "sensors/merlon/report_json.h"
#include "server/journey.h"
#include "store/knowledge.h"

namespace merlon::cli {
namespace {

struct Options {
    std::string file, device, output = "table", fail_on;
    bool all = false;
};

int rank_of(std::string_view severity) {
    constexpr std::array<std::string_view, 5> order{"none", "low", "medium", "high", "critical"};
    auto const lower = ascii_lower(severity);
    for (std::size_t i = 0; i < order.size(); ++i)
        if (order[i] == lower) return static_cast<int>(i);
    return 0;
}

// The root folder of an image seldom says what it is called: its own name serves, since nothing of it is kept.
Result<sensors::Imported> inventory(Options const& options) {
    auto imported = sensors::import_all(options.file, {.device = options.device});
    if (imported || imported.error().code != "sensors.no_device" || !options.device.empty()) return imported;
    auto const path = std::filesystem::absolute(options.file).lexically_normal();
    auto const name = path.has_filename() ? path.filename() : path.parent_path().filename();
    return sensors::import_all(options.file, {.device = name.empty() ? "this" : name.string()});
}

// What gives the findings in a form of match/scan_documents.h.
using Scan = std::function<Result<std::string>(std::string const& form)>;

// By the knowledge of a server.
Result<Scan> scan_there(Front const& front, Options const& options, std::span<DeviceReport const> reports) {
    std::string lines;
    for (auto const& report : reports) lines += sensors::report_json(report) + "\n";
    auto const path = "merlon/scan?file=" + api::percent_encode(options.file) + (options.all ? "&hidden=true" : "");
    auto const ask = TRY(asker(front));
    return Scan([ask, lines, path](std::string const& form) { return send(ask, "POST", path + "&output=" + form, lines); });
}

// By the knowledge of the data folder, where there is one, or by what travels in the binary; a server that has it open is asked.
Result<Scan> scanner(Front const& front, Options const& options, std::span<DeviceReport const> reports) {
    if (!remote_server().empty()) return scan_there(front, options, reports);
    auto opened = front.open_store(false);
    if (!opened && opened.error().code == "store.in_use") return scan_there(front, options, reports);
    if (!opened && opened.error().code != "store.no_data") return std::unexpected(opened.error());
    auto store = opened ? std::move(*opened) : TRY(store::Store::in_memory());
    auto connection = TRY(store.connect());
    if (!opened) {
        TRY(server::load_starter_knowledge(connection, {}));
        TRY(store::rebuild_cve_table(connection));
        std::cerr << "note: no data folder; only the starter knowledge is used (merlon feeds load FILE...)\n";
    }
    match::ScanOptions const how{options.file, options.all, now_ticks()};
    auto scanned = TRY(match::scan(connection, reports, how));
    auto const kept = std::make_shared<match::Scanned>(std::move(scanned));
    return Scan([kept](std::string const& form) -> Result<std::string> { return match::scan_text(*kept, form); });
}

void print_table_of(json::Value root, std::map<std::string, std::size_t> const& skipped) {
    TextTable table{{"CVE", "severity", "CVSS", "exploited", "software", "version", "fixed in"}, {}, {false, false, true}};
    for (auto const finding : json::array(root, "findings")) {
        auto const software = json::member(finding, "software");
        auto const of_software = [&](std::string_view name) { return software ? std::string(json::text(*software, name)) : std::string{}; };
        auto const cvss = json::number(finding, "cvss");
        auto const fixed = json::text(finding, "fixedVersion");
        table.rows.push_back({std::string(json::text(finding, "cve")), std::string(json::text(finding, "severity")), cvss ? fmt::format("{:.1f}", *cvss) : "",
                              json::boolean(finding, "knownExploited").value_or(false) ? "yes" : "", of_software("name"), of_software("version"),
                              std::string(fixed.empty() ? json::text(finding, "hotfix") : fixed)});
    }
    if (!table.rows.empty()) std::cout << print_table(table, 40);
    std::cout << fmt::format("{}, {} assessed, {}\n", counted(json::integer(root, "components").value_or(0), "component"),
                             with_thousands(json::integer(root, "assessed").value_or(0)), counted(static_cast<std::int64_t>(table.rows.size()), "finding"));
    for (auto const& [reason, count] : skipped) std::cout << fmt::format("  skipped {:>6}  {}\n", count, reason);
}

// With what was skipped while it was read here.
void print_json_of(json::Value root, std::map<std::string, std::size_t> const& skipped) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    for (std::string_view const name : {"components", "assessed"}) json.member(name, json::integer(root, name).value_or(0));
    json.key("skipped");
    json.begin_object();
    for (auto const& [reason, count] : skipped) json.member(reason, count);
    json.end_object();
    json.key("findings");
    json.raw(json::dump(*json::member(root, "findings")));
    json.end_object();
    std::cout << text << "\n";
}

// Whether a finding is as bad as --fail-on says.
bool fails(json::Value root, std::string const& fail_on) {
    int worst = 0;
    std::size_t unrated = 0;
    for (auto const finding : json::array(root, "findings")) {
        if (json::boolean(finding, "hidden").value_or(false)) continue;
        // What nobody has rated yet is not nothing.
        auto const severity = json::text(finding, "severity");
        unrated += severity.empty() ? 1 : 0;
        worst = std::max(worst, rank_of(severity.empty() ? "low" : severity));
    }
    if (unrated > 0)
        std::cerr << fmt::format("note: {} findings have no rating in the feeds at hand and count as low (NVD and CVE 5 have most)\n", unrated);
    return worst >= rank_of(fail_on);
}

Result<int> scan(Front const& front, Options const& options) {
    auto const imported = TRY(inventory(options));
    // "No findings" would read as clean.
    if (imported.reports.empty()) return fail("sensors.no_inventory", options.file, imported.counts.skipped.empty() ? std::string("nothing at all") : imported.counts.skipped.begin()->first);
    auto const scan_as = TRY(scanner(front, options, imported.reports));
    bool const document = options.output == "cyclonedx" || options.output == "sarif";
    if (document) std::cout << TRY(scan_as(options.output));
    if (document && options.fail_on.empty()) return done;
    auto const text = TRY(scan_as("json"));
    auto const found = TRY(json::Document::parse(text, "answer"));
    if (options.output == "json") print_json_of(found.root(), imported.counts.skipped);
    if (options.output == "table") print_table_of(found.root(), imported.counts.skipped);
    return !options.fail_on.empty() && fails(found.root(), options.fail_on) ? answer_is_no : done;
}

}  // namespace

void add_scan(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("scan", "Findings of one inventory or SBOM, without keeping it");
    verb->add_option("FILE", options->file, "CycloneDX, SPDX, osquery results, package database, root folder, NDJSON")->required();
    verb->add_option("--device", options->device, "What to call the thing, where FILE is about one (default: what it says, else its name)");
    verb->add_option("--output", options->output, "table (default), json, cyclonedx (1.6, with vulnerabilities) or sarif (2.1.0)")
        ->check(CLI::IsMember({"table", "json", "cyclonedx", "sarif"}));
    verb->add_option("--fail-on", options->fail_on, "Exit with 1 when a finding is of this severity or worse; one that nobody has rated counts as low")
        ->check(CLI::IsMember({"low", "medium", "high", "critical"}));
    verb->add_flag("--all", options->all, "Also hidden findings: not affected, cleared, low confidence");
    verb->callback([&front, options] { throw run(scan(front, *options)); });
}

}  // namespace merlon::cli
