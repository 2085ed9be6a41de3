// merlon scan FILE
#include <algorithm>
#include <array>
#include <deque>
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/json_text.h"
#include "base/text.h"
#include "cli/front.h"
#include "cli/scan_documents.h"
#include "match/evaluate.h"
#include "match/hotfixes.h"
#include "match/local_corrections.h"
#include "match/run.h"
#include "sensors/import.h"
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

// Knowledge of the data folder when there is one, else what travels in the binary.
Result<store::Store> knowledge(Front const& front) {
    auto opened = front.open_store(false);
    if (opened) return opened;
    if (opened.error().code != "store.no_data") return opened;
    auto store = TRY(store::Store::in_memory());
    auto connection = TRY(store.connect());
    TRY(server::load_starter_knowledge(connection, {}));
    TRY(store::rebuild_cve_table(connection));
    std::cerr << "note: no data folder; only the starter knowledge is used (merlon feeds load FILE...)\n";
    return store;
}

Result<std::map<std::string, CveFacts>> facts_of(store::Connection& connection, std::span<match::Assessed const> all) {
    std::map<std::string, CveFacts> facts;
    for (auto const& one : all)
        for (auto const& finding : one.findings) facts[finding.cve];
    auto rows = TRY(connection.query("SELECT id, severity, cvss, known_exploited, title, cvss_vector, cvss_version FROM main.cve"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const found = facts.find(std::string(chunk->columns[0].text(row)));
            if (found == facts.end()) continue;
            found->second.severity = chunk->columns[1].text(row);
            if (!chunk->columns[2].is_null(row)) found->second.cvss = chunk->columns[2].real(row);
            found->second.exploited = chunk->columns[3].boolean(row);
            found->second.title = chunk->columns[4].text(row);
            found->second.vector = chunk->columns[5].text(row);
            found->second.cvss_version = chunk->columns[6].text(row);
        }
    return facts;
}

// A fleet's lists leave out what a distribution calls unimportant; who scans one thing wants to see all that is in it, as
// what it is: of low severity.
bool unimportant(Finding const& finding) { return finding.urgency == "unimportant"; }

void show_unimportant(std::vector<match::Assessed>& all) {
    for (auto& one : all)
        for (auto& finding : one.findings)
            if (unimportant(finding) && finding.state != FixState::not_affected && finding.confidence >= match::shown_from)
                finding.hidden = false;
}

// Findings that an update installed on the device has cleared are marked so and hidden.
Status drop_hotfixed(store::Connection& connection, std::span<DeviceReport const> reports, std::span<std::size_t const> device_of,
                     std::vector<match::Assessed>& all) {
    if (std::ranges::none_of(reports, [](auto const& report) { return report.hotfixes && !report.hotfixes->empty(); })) return {};
    auto const supersedence = TRY(match::Supersedence::read(connection));
    std::map<std::string, std::vector<std::string>> stands_for;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& installed = reports[device_of[i]].hotfixes;
        if (!installed) continue;
        for (auto& finding : all[i].findings) {
            if (finding.hotfix.empty()) continue;
            auto const [known, is_new] = stands_for.try_emplace(finding.hotfix);
            if (is_new) known->second = supersedence.as_good_as(finding.hotfix);
            auto const found = std::ranges::find_if(known->second, [&](auto const& kb) { return std::ranges::find(*installed, kb) != installed->end(); });
            if (found == known->second.end()) continue;
            finding.hidden = true;
            finding.evidence.push_back({"clears", "installed update " + *found + (*found == finding.hotfix ? "" : ", which replaces " + finding.hotfix)});
        }
    }
    return {};
}

// Local corrections that count everywhere count here too.
Status drop_corrected(store::Connection& connection, std::span<std::string const> paths, std::vector<match::Assessed>& all, Ticks now) {
    auto const same = [](std::string_view wanted, std::string_view a, std::string_view b) {
        return wanted.empty() || equal_ignoring_ascii_case(wanted, a) || equal_ignoring_ascii_case(wanted, b);
    };
    for (auto const& c : TRY(match::local_corrections(connection))) {
        if (!c.in_force(now) || c.scope != "everywhere") continue;
        for (std::size_t i = 0; i < all.size(); ++i) {
            auto const& item = all[i].key.item;
            auto const& identity = all[i].identity;
            if (!same(c.vendor, identity.vendor, item.vendor) || !same(c.product, identity.product, item.name) ||
                !same(c.version, identity.version, item.version) ||
                (!c.path.empty() && !match::lies_within(paths[i], c.path, all[i].key.platform == "windows")))
                continue;
            for (auto& finding : all[i].findings) {
                if (!c.cve.empty() && finding.cve != c.cve) continue;
                finding.hidden = true;
                finding.evidence.push_back({"clears", "correction " + c.id + ": " + c.reason});
            }
        }
    }
    return {};
}

void write_finding(JsonWriter& json, std::string_view device, match::Assessed const& one, Finding const& finding, CveFacts const& facts) {
    auto const& item = one.key.item;
    json.begin_object();
    json.member("device", device);
    json.key("software");
    json.begin_object();
    for (auto const& [name, value] : {std::pair{"name", &item.name}, {"version", &item.version}, {"vendor", &item.vendor},
                                      {"source", &item.source}, {"purl", &item.purl}})
        if (!value->empty()) json.member(name, std::string_view(*value));
    json.end_object();
    json.member("cve", finding.cve);
    json.member("severity", facts.severity);
    json.key("cvss");
    if (facts.cvss) json.number(*facts.cvss);
    else json.null();
    json.member("knownExploited", facts.exploited);
    json.member("state", fix_state_name(finding.state));
    json.member("fixedVersion", finding.fixed_version);
    json.member("hotfix", finding.hotfix);
    if (!finding.urgency.empty()) json.member("urgency", finding.urgency);
    json.member("confidence", finding.confidence);
    json.member("hidden", finding.hidden);
    json.key("advisories");
    json.begin_array();
    for (auto const& name : finding.advisories) json.string(name);
    json.end_array();
    json.key("evidence");
    json.begin_array();
    for (auto const& step : finding.evidence) {
        json.begin_object();
        json.member("kind", step.kind);
        json.member("text", step.text);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

// The root folder of an image seldom says what it is called: its own name serves, since nothing of it is kept.
Result<sensors::Imported> inventory(Options const& options) {
    auto imported = sensors::import_all(options.file, {.device = options.device});
    if (imported || imported.error().code != "sensors.no_device" || !options.device.empty()) return imported;
    auto const path = std::filesystem::absolute(options.file).lexically_normal();
    auto const name = path.has_filename() ? path.filename() : path.parent_path().filename();
    return sensors::import_all(options.file, {.device = name.empty() ? "this" : name.string()});
}

Result<int> scan(Front const& front, Options const& options) {
    auto const imported = TRY(inventory(options));
    // "No findings" would read as clean.
    if (imported.reports.empty()) return fail("sensors.no_inventory", options.file, imported.counts.skipped.empty() ? std::string("nothing at all") : imported.counts.skipped.begin()->first);
    auto store = TRY(knowledge(front));
    auto connection = TRY(store.connect());
    std::vector<SoftwareKey> keys;
    std::vector<std::string> devices, paths;
    std::vector<std::size_t> device_of;
    for (std::size_t at = 0; at < imported.reports.size(); ++at) {
        auto const& report = imported.reports[at];
        auto const name = report.name.empty() ? report.identifier : report.name;
        auto const add = [&](SoftwareItem item) {
            paths.push_back(item.path);
            keys.push_back(software_key(std::move(item), report.os));
            devices.push_back(name);
            device_of.push_back(at);
        };
        if (auto system = operating_system_item(report.os)) add(std::move(*system));
        if (report.software)
            for (auto const& item : *report.software) add(item);
    }
    match::MatchOptions match_options;
    match_options.now = now_ticks();
    auto all = TRY(match::assess(connection, keys, match_options));
    show_unimportant(all);
    TRY(drop_hotfixed(connection, imported.reports, device_of, all));
    TRY(drop_corrected(connection, paths, all, match_options.now));
    auto const facts = TRY(facts_of(connection, all));

    std::vector<ScanRow> rows;
    std::deque<CveFacts> lowered;
    for (std::size_t i = 0; i < all.size(); ++i)
        for (auto const& finding : all[i].findings) {
            if (!options.all && finding.hidden) continue;
            auto const* of_cve = &facts.at(finding.cve);
            if (unimportant(finding)) {
                of_cve = &lowered.emplace_back(*of_cve);
                lowered.back().severity = "Low";
            }
            rows.push_back({i, &finding, of_cve});
        }
    std::ranges::stable_sort(rows, [&](ScanRow const& a, ScanRow const& b) {
        auto const& x = *a.facts;
        auto const& y = *b.facts;
        return std::tuple(y.exploited, y.cvss.value_or(0), a.finding->cve) < std::tuple(x.exploited, x.cvss.value_or(0), b.finding->cve);
    });
    int worst = 0;
    std::size_t unrated = 0;
    for (auto const& row : rows) {
        if (row.finding->hidden) continue;
        // What nobody has rated yet is not nothing.
        unrated += row.facts->severity.empty() ? 1 : 0;
        worst = std::max(worst, row.facts->severity.empty() ? rank_of("low") : rank_of(row.facts->severity));
    }
    if (!options.fail_on.empty() && unrated > 0)
        std::cerr << fmt::format("note: {} findings have no rating in the feeds at hand and count as low (NVD and CVE 5 have most)\n", unrated);
    Scanned const scanned{options.file, all, devices, paths, rows, match_options.now};
    if (options.output == "cyclonedx") {
        std::cout << cyclonedx_of(scanned);
    } else if (options.output == "sarif") {
        std::cout << sarif_of(scanned);
    } else if (options.output == "json") {
        std::string text;
        JsonWriter json(text);
        json.begin_object();
        json.member("components", keys.size());
        json.member("assessed", static_cast<std::size_t>(std::ranges::count_if(all, [](auto const& one) { return one.identity.assessed; })));
        json.key("skipped");
        json.begin_object();
        for (auto const& [reason, count] : imported.counts.skipped) json.member(reason, count);
        json.end_object();
        json.key("findings");
        json.begin_array();
        for (auto const& row : rows) write_finding(json, devices[row.software], all[row.software], *row.finding, *row.facts);
        json.end_array();
        json.end_object();
        std::cout << text << "\n";
    } else {
        TextTable table{{"CVE", "severity", "CVSS", "exploited", "software", "version", "fixed in"}, {}, {false, false, true}};
        for (auto const& row : rows) {
            auto const& f = *row.facts;
            auto const& item = all[row.software].key.item;
            table.rows.push_back({row.finding->cve, f.severity, f.cvss ? fmt::format("{:.1f}", *f.cvss) : "", f.exploited ? "yes" : "",
                                  item.name, item.version,
                                  row.finding->fixed_version.empty() ? row.finding->hotfix : row.finding->fixed_version});
        }
        if (!table.rows.empty()) std::cout << print_table(table, 40);
        std::cout << fmt::format("{} components, {} assessed, {} findings\n", keys.size(),
                                 std::ranges::count_if(all, [](auto const& one) { return one.identity.assessed; }), rows.size());
        for (auto const& [reason, count] : imported.counts.skipped) std::cout << fmt::format("  skipped {:>6}  {}\n", count, reason);
    }
    return !options.fail_on.empty() && worst >= rank_of(options.fail_on) && !rows.empty() ? answer_is_no : done;
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
