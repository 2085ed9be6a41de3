// merlon scan FILE
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/json_text.h"
#include "base/text.h"
#include "cli/front.h"
#include "match/run.h"
#include "sensors/import.h"
#include "server/journey.h"
#include "store/knowledge.h"

namespace merlon::cli {
namespace {

struct Options {
    std::string file, output = "table", fail_on;
    bool all = false;
};

struct CveFacts {
    std::string severity;
    std::optional<double> cvss;
    bool exploited = false;
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
    auto rows = TRY(connection.query("SELECT id, severity, cvss, known_exploited FROM main.cve"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const found = facts.find(std::string(chunk->columns[0].text(row)));
            if (found == facts.end()) continue;
            found->second.severity = chunk->columns[1].text(row);
            if (!chunk->columns[2].is_null(row)) found->second.cvss = chunk->columns[2].real(row);
            found->second.exploited = chunk->columns[3].boolean(row);
        }
    return facts;
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

Result<int> scan(Front const& front, Options const& options) {
    auto const imported = TRY(sensors::import_all(options.file));
    auto store = TRY(knowledge(front));
    auto connection = TRY(store.connect());
    std::vector<SoftwareKey> keys;
    std::vector<std::string> devices;
    for (auto const& report : imported.reports) {
        auto const name = report.name.empty() ? report.identifier : report.name;
        auto const add = [&](SoftwareItem item) {
            keys.push_back(software_key(std::move(item), report.os));
            devices.push_back(name);
        };
        if (auto system = operating_system_item(report.os)) add(std::move(*system));
        if (report.software)
            for (auto const& item : *report.software) add(item);
    }
    match::MatchOptions match_options;
    match_options.now = now_ticks();
    auto const all = TRY(match::assess(connection, keys, match_options));
    auto const facts = TRY(facts_of(connection, all));

    struct Row {
        std::size_t software;
        Finding const* finding;
    };
    std::vector<Row> rows;
    for (std::size_t i = 0; i < all.size(); ++i)
        for (auto const& finding : all[i].findings)
            if (options.all || !finding.hidden) rows.push_back({i, &finding});
    std::ranges::stable_sort(rows, [&](Row const& a, Row const& b) {
        auto const& x = facts.at(a.finding->cve);
        auto const& y = facts.at(b.finding->cve);
        return std::tuple(y.exploited, y.cvss.value_or(0), a.finding->cve) < std::tuple(x.exploited, x.cvss.value_or(0), b.finding->cve);
    });
    int worst = 0;
    for (auto const& row : rows)
        if (!row.finding->hidden) worst = std::max(worst, rank_of(facts.at(row.finding->cve).severity));
    if (options.output == "json") {
        std::string text;
        JsonWriter json(text);
        json.begin_object();
        json.member("components", keys.size());
        json.member("assessed", static_cast<std::size_t>(std::ranges::count_if(all, [](auto const& one) { return one.identity.assessed; })));
        json.key("findings");
        json.begin_array();
        for (auto const& row : rows) write_finding(json, devices[row.software], all[row.software], *row.finding, facts.at(row.finding->cve));
        json.end_array();
        json.end_object();
        std::cout << text << "\n";
    } else {
        TextTable table{{"CVE", "severity", "CVSS", "exploited", "software", "version", "fixed in"}, {}, {false, false, true}};
        for (auto const& row : rows) {
            auto const& f = facts.at(row.finding->cve);
            auto const& item = all[row.software].key.item;
            table.rows.push_back({row.finding->cve, f.severity, f.cvss ? fmt::format("{:.1f}", *f.cvss) : "", f.exploited ? "yes" : "",
                                  item.name, item.version,
                                  row.finding->fixed_version.empty() ? row.finding->hotfix : row.finding->fixed_version});
        }
        if (!table.rows.empty()) std::cout << print_table(table, 40);
        std::cout << fmt::format("{} components, {} assessed, {} findings\n", keys.size(),
                                 std::ranges::count_if(all, [](auto const& one) { return one.identity.assessed; }), rows.size());
    }
    return !options.fail_on.empty() && worst >= rank_of(options.fail_on) && !rows.empty() ? answer_is_no : done;
}

}  // namespace

void add_scan(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("scan", "Findings of one inventory or SBOM, without keeping it");
    verb->add_option("FILE", options->file, "CycloneDX, SPDX, osquery results, package database, root folder, NDJSON")->required();
    verb->add_option("--output", options->output, "table (default) or json")->check(CLI::IsMember({"table", "json"}));
    verb->add_option("--fail-on", options->fail_on, "Exit with 1 when a finding is of this severity or worse")
        ->check(CLI::IsMember({"low", "medium", "high", "critical"}));
    verb->add_flag("--all", options->all, "Also hidden findings: unimportant, not affected, low confidence");
    verb->callback([&front, options] { throw run(scan(front, *options)); });
}

}  // namespace merlon::cli
