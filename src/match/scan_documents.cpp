#include "match/scan_documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/digest.h"
#include "base/json_text.h"
#include "base/text.h"
#include "match/cyclonedx_head.h"
#include "match/evidence.h"
#include "store/schema.h"

namespace merlon::match {
namespace {

bool plain(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string purl_type(std::string_view source) {
    for (std::string_view const known : {"deb", "rpm", "apk", "pypi", "npm", "maven", "gem", "nuget", "golang", "cargo", "composer", "hex", "pub", "cran", "conan", "swift"})
        if (source == known) return std::string(known);
    return {};
}

// Components are referred to by place: names and versions repeat where software lies twice.
std::string reference(std::size_t place) { return fmt::format("component-{}", place + 1); }

std::string_view component_type(SoftwareItem const& item) {
    if (item.source == "os") return "operating-system";
    return purl_type(item.source).empty() || item.source == "deb" || item.source == "rpm" || item.source == "apk" ? "application" : "library";
}

void write_component(JsonWriter& json, Scanned const& scanned, std::size_t place) {
    auto const& item = scanned.all[place].key.item;
    json.begin_object();
    json.member("type", component_type(item));
    json.member("bom-ref", reference(place));
    json.member("name", item.name);
    if (!item.vendor.empty()) json.member("publisher", item.vendor);
    if (!item.version.empty()) json.member("version", item.version);
    if (!item.purl.empty()) json.member("purl", item.purl);
    if (!item.cpe.empty()) json.member("cpe", item.cpe);
    json.key("properties");
    json.begin_array();
    auto const property = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        json.begin_object();
        json.member("name", name);
        json.member("value", value);
        json.end_object();
    };
    property("merlon:source", item.source);
    property("merlon:device", scanned.devices[place]);
    property("merlon:path", scanned.paths[place]);
    property("merlon:assessed", scanned.all[place].identity.assessed ? "true" : "false");
    json.end_array();
    json.end_object();
}

std::string_view method_of(std::string_view cvss_version) {
    if (cvss_version.starts_with("4")) return "CVSSv4";
    if (cvss_version == "3.1") return "CVSSv31";
    if (cvss_version.starts_with("3")) return "CVSSv3";
    return cvss_version.starts_with("2") ? "CVSSv2" : "other";
}

std::string recommendation_of(Finding const& finding) {
    if (!finding.fixed_version.empty()) return "Update to " + finding.fixed_version + " or later.";
    return finding.hotfix.empty() ? std::string{} : "Install " + finding.hotfix + ".";
}

void write_vulnerability(JsonWriter& json, ScanRow const& row) {
    auto const& finding = *row.finding;
    auto const& facts = row.facts;
    json.begin_object();
    json.member("id", finding.cve);
    json.key("source");
    json.begin_object();
    auto const& first = finding.advisories.empty() ? finding.cve : finding.advisories.front();
    json.member("name", first.substr(0, first.find(':')));
    json.end_object();
    json.key("ratings");
    json.begin_array();
    if (facts.cvss || !facts.severity.empty()) {
        json.begin_object();
        if (facts.cvss) json.member("score", *facts.cvss);
        auto const word = ascii_lower(facts.severity);
        json.member("severity", word.empty() ? std::string("unknown") : word);
        if (facts.cvss) json.member("method", method_of(facts.cvss_version));
        if (!facts.vector.empty()) json.member("vector", facts.vector);
        json.end_object();
    }
    json.end_array();
    if (!facts.title.empty()) json.member("description", facts.title);
    if (auto const text = recommendation_of(finding); !text.empty()) json.member("recommendation", text);
    std::string why;
    for (auto const& step : finding.evidence) why += (why.empty() ? "" : "\n") + step.kind + ": " + step.text;
    json.member("detail", why);
    if (finding.state == FixState::not_affected || finding.state == FixState::under_investigation || finding.state == FixState::will_not_fix) {
        json.key("analysis");
        json.begin_object();
        json.member("state", finding.state == FixState::not_affected ? "not_affected" : finding.state == FixState::will_not_fix ? "exploitable" : "in_triage");
        if (finding.state == FixState::will_not_fix) {
            json.key("response");
            json.begin_array();
            json.string("will_not_fix");
            json.end_array();
        }
        json.end_object();
    }
    json.key("affects");
    json.begin_array();
    json.begin_object();
    json.member("ref", reference(row.software));
    json.end_object();
    json.end_array();
    json.key("properties");
    json.begin_array();
    for (auto const& [name, value] : {std::pair{"merlon:state", std::string(fix_state_name(finding.state))}, {"merlon:confidence", std::to_string(finding.confidence)},
                                      {"merlon:hidden", std::string(finding.hidden ? "true" : "false")}, {"merlon:knownExploited", std::string(facts.exploited ? "true" : "false")}}) {
        json.begin_object();
        json.member("name", name);
        json.member("value", std::string_view(value));
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

// A UUID that follows from what was found: the same scan gives the same document but for its time.
std::string serial_number(Scanned const& scanned) {
    std::string text = scanned.file;
    for (auto const& one : scanned.all) text += one.key.item.name + '\t' + one.key.item.version + '\n';
    for (auto const& row : scanned.rows) text += row.finding->cve + '\n';
    return document_id(text);
}

// ---- SARIF ----------------------------------------------------------------------------------------------------

std::string_view sarif_level(std::string_view severity) {
    auto const word = ascii_lower(severity);
    if (word == "critical" || word == "high") return "error";
    return word == "low" || word == "none" ? "note" : "warning";
}

std::string uri_of(std::string_view path) {
    std::string out;
    for (char const c : path) {
        if (c == '\\') out += '/';
        else if (plain(c) || std::string_view("/.-_~:@+").find(c) != std::string_view::npos) out += c;
        else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    while (out.starts_with('/')) out.erase(0, 1);
    return out;
}

void message(JsonWriter& json, std::string_view key, std::string_view text) {
    json.key(key);
    json.begin_object();
    json.member("text", text);
    json.end_object();
}

void write_rule(JsonWriter& json, std::string const& id, CveFacts const& facts) {
    json.begin_object();
    json.member("id", id);
    message(json, "shortDescription", facts.title.empty() ? id : facts.title);
    if (id.starts_with("CVE-")) json.member("helpUri", "https://www.cve.org/CVERecord?id=" + id);
    json.key("properties");
    json.begin_object();
    // The number that code-scanning services sort by.
    if (facts.cvss) json.member("security-severity", fmt::format("{:.1f}", *facts.cvss));
    json.key("tags");
    json.begin_array();
    json.string("security");
    json.string("vulnerability");
    if (facts.exploited) json.string("known-exploited");
    json.end_array();
    json.end_object();
    json.end_object();
}

void write_result(JsonWriter& json, Scanned const& scanned, ScanRow const& row, std::size_t rule) {
    auto const& item = scanned.all[row.software].key.item;
    auto const& finding = *row.finding;
    json.begin_object();
    json.member("ruleId", finding.cve);
    json.member("ruleIndex", rule);
    json.member("level", sarif_level(row.facts.severity));
    auto const fix = recommendation_of(finding);
    message(json, "message", fmt::format("{} {} has {}. {}", item.name, item.version, finding.cve, fix.empty() ? "No fix is known." : fix));
    json.key("locations");
    json.begin_array();
    json.begin_object();
    json.key("physicalLocation");
    json.begin_object();
    json.key("artifactLocation");
    json.begin_object();
    json.member("uri", uri_of(scanned.paths[row.software].empty() ? std::string_view(scanned.file) : std::string_view(scanned.paths[row.software])));
    json.end_object();
    json.key("region");
    json.begin_object();
    json.member("startLine", 1);
    json.end_object();
    json.end_object();
    json.end_object();
    json.end_array();
    json.key("partialFingerprints");
    json.begin_object();
    json.member("merlon/v1", sha256_hex(scanned.devices[row.software] + '\t' + item.source + '\t' + item.name + '\t' + item.version + '\t' + finding.cve).substr(0, 32));
    json.end_object();
    if (finding.hidden) {
        json.key("suppressions");
        json.begin_array();
        json.begin_object();
        json.member("kind", "external");
        json.member("justification", "hidden by default: " + std::string(fix_state_name(finding.state)) + ", " + std::to_string(finding.confidence) + "% sure");
        json.end_object();
        json.end_array();
    }
    json.end_object();
}

void write_finding(JsonWriter& json, Scanned const& scanned, ScanRow const& row) {
    auto const& item = scanned.all[row.software].key.item;
    auto const& finding = *row.finding;
    json.begin_object();
    json.member("device", scanned.devices[row.software]);
    json.key("software");
    json.begin_object();
    for (auto const& [name, value] : {std::pair{"name", &item.name}, {"version", &item.version}, {"vendor", &item.vendor},
                                      {"source", &item.source}, {"purl", &item.purl}})
        if (!value->empty()) json.member(name, std::string_view(*value));
    json.end_object();
    json.member("cve", finding.cve);
    json.member("severity", row.facts.severity);
    json.key("cvss");
    if (row.facts.cvss) json.number(*row.facts.cvss);
    else json.null();
    json.member("knownExploited", row.facts.exploited);
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
    json.raw(steps_json(finding.evidence));
    json.end_object();
}

}  // namespace

std::string scan_json_of(Scanned const& scanned) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("components", scanned.all.size());
    json.member("assessed", static_cast<std::size_t>(std::ranges::count_if(scanned.all, [](auto const& one) { return one.identity.assessed; })));
    json.key("findings");
    json.begin_array();
    for (auto const& row : scanned.rows) write_finding(json, scanned, row);
    json.end_array();
    json.end_object();
    return out + "\n";
}

std::string cyclonedx_of(Scanned const& scanned) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    write_cyclonedx_head(json, serial_number(scanned), scanned.now, store::program_version());
    json.key("components");
    json.begin_array();
    for (std::size_t place = 0; place < scanned.all.size(); ++place) write_component(json, scanned, place);
    json.end_array();
    json.key("vulnerabilities");
    json.begin_array();
    for (auto const& row : scanned.rows) write_vulnerability(json, row);
    json.end_array();
    json.end_object();
    return out + "\n";
}

std::string sarif_of(Scanned const& scanned) {
    std::map<std::string, std::size_t> rules;
    std::vector<ScanRow const*> first;
    for (auto const& row : scanned.rows)
        if (rules.try_emplace(row.finding->cve, rules.size()).second) first.push_back(&row);
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json.member("version", "2.1.0");
    json.key("runs");
    json.begin_array();
    json.begin_object();
    json.key("tool");
    json.begin_object();
    json.key("driver");
    json.begin_object();
    json.member("name", "Merlon");
    json.member("version", store::program_version());
    json.key("rules");
    json.begin_array();
    for (auto const* row : first) write_rule(json, row->finding->cve, row->facts);
    json.end_array();
    json.end_object();
    json.end_object();
    json.key("results");
    json.begin_array();
    for (auto const& row : scanned.rows) write_result(json, scanned, row, rules.at(row.finding->cve));
    json.end_array();
    json.end_object();
    json.end_array();
    json.end_object();
    return out + "\n";
}

}  // namespace merlon::match
