#include "match/scan.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "match/hotfixes.h"
#include "match/local_corrections.h"
#include "match/scan_documents.h"

namespace merlon::match {
namespace {

Result<std::map<std::string, CveFacts>> facts_of(store::Connection& connection, std::span<Assessed const> all) {
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

void show_unimportant(std::vector<Assessed>& all) {
    for (auto& one : all)
        for (auto& finding : one.findings)
            if (unimportant(finding) && finding.state != FixState::not_affected && finding.confidence >= shown_from)
                finding.hidden = false;
}

// Findings that an update installed on the device has cleared are marked so and hidden.
Status drop_hotfixed(store::Connection& connection, std::span<DeviceReport const> reports, std::span<std::size_t const> device_of,
                     std::vector<Assessed>& all) {
    if (std::ranges::none_of(reports, [](auto const& report) { return report.hotfixes && !report.hotfixes->empty(); })) return {};
    auto const supersedence = TRY(Supersedence::read(connection));
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
Status drop_corrected(store::Connection& connection, std::span<std::string const> paths, std::vector<Assessed>& all, Ticks now) {
    auto const same = [](std::string_view wanted, std::string_view a, std::string_view b) {
        return wanted.empty() || equal_ignoring_ascii_case(wanted, a) || equal_ignoring_ascii_case(wanted, b);
    };
    for (auto const& c : TRY(local_corrections(connection))) {
        if (!c.in_force(now) || c.scope != "everywhere") continue;
        for (std::size_t i = 0; i < all.size(); ++i) {
            auto const& item = all[i].key.item;
            auto const& identity = all[i].identity;
            if (!same(c.vendor, identity.vendor, item.vendor) || !same(c.product, identity.product, item.name) ||
                !same(c.version, identity.version, item.version) ||
                (!c.path.empty() && !lies_within(paths[i], c.path, all[i].key.platform == "windows")))
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

}  // namespace

Result<Scanned> scan(store::Connection& knowledge, std::span<DeviceReport const> reports, ScanOptions const& options) {
    Scanned scanned{.file = options.file, .all = {}, .devices = {}, .paths = {}, .rows = {}, .now = options.now};
    std::vector<SoftwareKey> keys;
    std::vector<std::size_t> device_of;
    for (std::size_t at = 0; at < reports.size(); ++at) {
        auto const& report = reports[at];
        auto const name = report.name.empty() ? report.identifier : report.name;
        auto const add = [&](SoftwareItem item) {
            scanned.paths.push_back(item.path);
            keys.push_back(software_key(std::move(item), report.os));
            scanned.devices.push_back(name);
            device_of.push_back(at);
        };
        if (auto system = operating_system_item(report.os)) add(std::move(*system));
        if (report.software)
            for (auto const& item : *report.software) add(item);
    }
    MatchOptions match_options;
    match_options.now = options.now;
    scanned.all = TRY(assess(knowledge, keys, match_options));
    show_unimportant(scanned.all);
    TRY(drop_hotfixed(knowledge, reports, device_of, scanned.all));
    TRY(drop_corrected(knowledge, scanned.paths, scanned.all, options.now));
    auto const facts = TRY(facts_of(knowledge, scanned.all));
    for (std::size_t i = 0; i < scanned.all.size(); ++i)
        for (auto const& finding : scanned.all[i].findings) {
            if (!options.hidden_too && finding.hidden) continue;
            scanned.rows.push_back({i, &finding, facts.at(finding.cve)});
            if (unimportant(finding)) scanned.rows.back().facts.severity = "Low";
        }
    std::ranges::stable_sort(scanned.rows, [](ScanRow const& a, ScanRow const& b) {
        return std::tuple(b.facts.exploited, b.facts.cvss.value_or(0), a.finding->cve) < std::tuple(a.facts.exploited, a.facts.cvss.value_or(0), b.finding->cve);
    });
    return scanned;
}

std::string scan_text(Scanned const& scanned, std::string_view form) {
    return form == "cyclonedx" ? cyclonedx_of(scanned) : form == "sarif" ? sarif_of(scanned) : scan_json_of(scanned);
}

}  // namespace merlon::match
