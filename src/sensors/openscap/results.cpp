#include "sensors/openscap/results.h"

#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "base/xml.h"

namespace merlon::sensors {
namespace {

constexpr std::size_t most_text_bytes = 600;  // of a rule's title, rationale or fix

// All text below a node, marked-up or not, with single blanks.
void append_text(pugi::xml_node node, std::string& out, int depth = 0) {
    constexpr int most_depth = 16;
    if (depth > most_depth) return;
    for (auto const one : node.children()) {
        if (one.type() == pugi::node_pcdata || one.type() == pugi::node_cdata) {
            for (auto const word : split(one.value(), ' ')) {
                auto const plain = trim(word);
                if (plain.empty()) continue;
                if (!out.empty()) out += ' ';
                out += plain;
            }
        } else {
            append_text(one, out, depth + 1);
        }
    }
}
std::string text_of(pugi::xml_node node) {
    std::string out;
    append_text(node, out);
    return clean_text(out, most_text_bytes);
}

// What a benchmark says of a rule.
struct Rule {
    std::string title, rationale, fix, group, severity;
    std::vector<std::string> sources;
};
using Rules = std::map<std::string, Rule, std::less<>>;

void read_rule(pugi::xml_node node, std::string const& group, Rules& rules) {
    Rule rule;
    rule.title = text_of(xml::child(node, "title"));
    rule.rationale = text_of(xml::child(node, "rationale"));
    if (rule.rationale.empty()) rule.rationale = text_of(xml::child(node, "description"));
    rule.fix = text_of(xml::child(node, "fixtext"));
    if (rule.fix.empty()) rule.fix = text_of(xml::child(node, "description"));
    rule.group = group;
    rule.severity = node.attribute("severity").value();
    for (auto const one : node.children()) {
        std::string_view const href = one.attribute("href").value();
        if (xml::local_name(one) == "reference" && href.starts_with("http") && rule.sources.size() < 3 &&
            std::ranges::find(rule.sources, href) == rule.sources.end())
            rule.sources.push_back(field(href));
    }
    rules.insert_or_assign(node.attribute("id").value(), std::move(rule));
}

// Rules lie in groups in groups; the walk is bounded.
void read_rules(pugi::xml_node node, std::string const& group, Rules& rules, int depth) {
    constexpr int most_depth = 32;
    if (depth > most_depth) return;
    for (auto const one : node.children()) {
        auto const name = xml::local_name(one);
        if (name == "Rule") read_rule(one, group, rules);
        else if (name == "Group") read_rules(one, text_of(xml::child(one, "title")), rules, depth + 1);
    }
}

// Benchmarks and results wherever an ARF puts them.
void gather(pugi::xml_node node, Rules& rules, std::vector<pugi::xml_node>& results, int depth) {
    constexpr int most_depth = 24;
    if (depth > most_depth) return;
    for (auto const one : node.children()) {
        auto const name = xml::local_name(one);
        if (name == "TestResult") results.push_back(one);
        else if (name == "Benchmark") {
            read_rules(one, "", rules, 0);
            gather(one, rules, results, depth + 1);
        } else if (name != "Group" && name != "Rule" && name != "Profile" && name != "Value") {
            gather(one, rules, results, depth + 1);
        }
    }
}

std::string rule_json(std::string const& id, Rule const& rule) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("title", rule.title.empty() ? id : rule.title);
    json.member("rationale", rule.rationale);
    json.member("fix", rule.fix);
    json.member("group", rule.group);
    json.member("severity", rule.severity);
    json.key("sources");
    json.begin_array();
    for (auto const& source : rule.sources) json.string(source);
    json.end_array();
    json.end_object();
    return out;
}

DeviceReport report_of(pugi::xml_node result, Rules const& rules, ImportCounts& counts) {
    DeviceReport report;
    report.source = "openscap";
    report.name = field(text_of(xml::child(result, "target")));
    for (auto const fact : xml::child(result, "target-facts").children())
        if (std::string_view const name = fact.attribute("name").value(); name.ends_with("asset:identifier:fqdn") || name.ends_with("asset:identifier:host_name"))
            if (auto const text = field(text_of(fact)); report.name.empty() || (name.ends_with("fqdn") && text.find('.') != text.npos)) report.name = text;
    if (auto const time = parse_iso_time(result.attribute("end-time").value())) report.collected_at = *time;
    auto& settings = report.settings.emplace();
    report.setting_families = {"xccdf", "xccdf-rule"};
    for (auto const one : result.children()) {
        if (xml::local_name(one) != "rule-result") continue;
        std::string const id = field(one.attribute("idref").value());
        auto const outcome = text_of(xml::child(one, "result"));
        bool const passed = outcome == "pass" || outcome == "fixed";
        // The rest says nothing of the device: not applicable, not selected, not checked, informational, error, unknown.
        if (id.empty() || (!passed && outcome != "fail")) {
            counts.skip("rules without a verdict: " + (outcome.empty() ? std::string("none") : outcome));
            continue;
        }
        static Rule const unnamed;
        auto const known = rules.find(id);
        auto rule = known == rules.end() ? unnamed : known->second;
        if (std::string_view const severity = one.attribute("severity").value(); !severity.empty()) rule.severity = severity;
        settings.push_back({"xccdf." + id, passed ? "pass" : "fail"});
        settings.push_back({"xccdf-rule." + id, rule_json(id, rule)});
        counts.keep_fact();
    }
    return report;
}

}  // namespace

bool looks_like_xccdf(std::string_view bytes) {
    auto const head = bytes.substr(0, 64 * 1024);
    return head.find("checklists.nist.gov/xccdf/1.") != head.npos || head.find("asset-reporting-format/1.") != head.npos;
}

Status read_xccdf(std::string_view bytes, std::string_view name, ImportCounts& counts, ReportSink const& sink) {
    pugi::xml_document xml;
    // pugixml expands no external entities and resolves no document types, so there is nothing to disarm.
    auto const parsed = xml.load_buffer(bytes.data(), bytes.size(), pugi::parse_default, pugi::encoding_auto);
    if (!parsed) return fail("sensors.bad_xml", std::string(name), parsed.description(), std::to_string(parsed.offset));
    Rules rules;
    std::vector<pugi::xml_node> results;
    gather(xml, rules, results, 0);
    counts.format = "XCCDF results";
    if (results.empty()) return fail("sensors.unknown_format", std::string(name), "XCCDF without a TestResult: import the results, not the benchmark");
    for (auto const result : results) {
        ++counts.reports;
        TRY(sink(report_of(result, rules, counts)));
    }
    return {};
}

}  // namespace merlon::sensors
