#include "match/evidence.h"

#include <array>

#include "base/json_read.h"
#include "base/json_text.h"

namespace merlon::match {
namespace {

std::string fact_text(SoftwareKey const& key) {
    auto const& item = key.item;
    std::string out = item.source + " " + item.name + " " + (item.version.empty() ? "of unknown version" : item.version);
    if (!item.vendor.empty()) out += ", vendor " + item.vendor;
    if (!item.distribution.empty()) out += ", of " + item.distribution;
    else if (!key.platform.empty()) out += ", on " + key.platform;
    if (!item.source_name.empty() && item.source_name != item.name)
        out += ", source package " + item.source_name +
               (item.source_version.empty() ? "" : " " + item.source_version);
    return out;
}

std::string clears_text(Finding const& finding, FixState stated) {
    std::string out;
    if (!finding.fixed_version.empty()) out = "version " + finding.fixed_version + " or later";
    if (!finding.hotfix.empty()) out += (out.empty() ? "" : ", or ") + std::string("update ") + finding.hotfix;
    if (!out.empty()) return out;
    switch (stated) {
        case FixState::will_not_fix: return "nothing yet: the vendor will not fix it in this release";
        case FixState::deferred: return "nothing yet: the vendor postponed the fix";
        case FixState::under_investigation: return "nothing yet: the vendor is still looking into it";
        default: return "nothing yet: no fixed version is known";
    }
}

// "nvd:CVE-2024-1" as "nvd CVE-2024-1".
std::string spoken(std::string name) {
    if (auto const colon = name.find(':'); colon != std::string::npos) name[colon] = ' ';
    return name;
}

std::vector<EvidenceStep> steps_of_list(json::Value list) {
    std::vector<EvidenceStep> steps;
    for (auto const step : json::array(list)) steps.push_back({std::string(json::text(step, "kind")), std::string(json::text(step, "text"))});
    return steps;
}

Grounds grounds_of(json::Value value) {
    Grounds grounds;
    grounds.candidate = static_cast<std::size_t>(std::max<std::int64_t>(0, json::integer(value, "c").value_or(0)));
    grounds.range = json::text(value, "r");
    grounds.comparison = json::text(value, "s");
    grounds.says_unaffected = json::boolean(value, "n").value_or(false);
    if (auto const state = json::text(value, "o"); !state.empty()) grounds.stated = fix_state_of(state);
    if (auto const more = json::member(value, "m")) grounds.more = steps_of_list(*more);
    return grounds;
}

// finding.evidence of each row, told; the arguments as add_evidence_function() names them.
Status tell_rows(store::ScalarCall& call) {
    for (std::size_t row = 0; row < call.rows; ++row) {
        auto const text = [&](std::size_t argument) { return call.arguments[argument].text_or_empty(row); };
        SoftwareKey key;
        auto& item = key.item;
        std::size_t at = 5;
        for (auto* field : {&item.source, &item.name, &item.vendor, &item.version, &item.distribution, &key.platform, &item.source_name,
                            &item.source_version})
            *field = text(at++);
        Finding finding;
        finding.fixed_version = text(2);
        finding.hotfix = text(3);
        call.out.text(row, steps_json(TRY(stored_steps(key, text(4), text(1), finding, text(0)))));
    }
    return {};
}

}  // namespace

std::string steps_json(std::span<EvidenceStep const> steps) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& step : steps) {
        json.begin_object();
        json.member("kind", step.kind);
        json.member("text", step.text);
        json.end_object();
    }
    json.end_array();
    return out;
}

std::string candidates_json(std::span<Identity::Candidate const> candidates) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& candidate : candidates) {
        json.begin_object();
        json.member("subject", candidate.subject);
        json.member("confidence", candidate.confidence);
        json.member("rule", candidate.rule);
        json.end_object();
    }
    json.end_array();
    return out;
}

std::string grounds_text(Grounds const& grounds) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("c", static_cast<std::int64_t>(grounds.candidate));
    if (!grounds.range.empty()) json.member("r", grounds.range);
    if (!grounds.comparison.empty()) json.member("s", grounds.comparison);
    if (grounds.says_unaffected) json.member("n", true);
    if (grounds.stated != FixState::unknown) json.member("o", fix_state_name(grounds.stated));
    if (!grounds.more.empty()) {
        json.key("m");
        json.raw(steps_json(grounds.more));
    }
    json.end_object();
    return out;
}

std::vector<EvidenceStep> steps_of(SoftwareKey const& key, std::span<Identity::Candidate const> candidates, Finding const& finding,
                                   Grounds const& grounds) {
    std::vector<EvidenceStep> steps;
    steps.push_back({"fact", fact_text(key)});
    std::string subject = "it";
    if (grounds.candidate < candidates.size()) {
        auto const& candidate = candidates[grounds.candidate];
        subject = candidate.subject;
        steps.push_back({"identity", "taken to be " + subject + " by " + candidate.rule + " (" + std::to_string(candidate.confidence) + "%)"});
    }
    if (!finding.advisories.empty())
        steps.push_back({"advisory", spoken(finding.advisories.front()) + " says of " + subject + ": " +
                                         (grounds.range.empty() ? "versions not named" : grounds.range) +
                                         (grounds.says_unaffected ? " not affected" : " affected")});
    for (auto const& step : grounds.more)
        if (step.kind == "advisory") steps.push_back(step);
    steps.push_back({"comparison", grounds.comparison});
    for (auto const& step : grounds.more)
        if (step.kind != "advisory") steps.push_back(step);
    steps.push_back({"clears", clears_text(finding, grounds.stated)});
    return steps;
}

Result<std::vector<EvidenceStep>> stored_steps(SoftwareKey const& key, std::string_view candidates, std::string_view advisories, Finding const& finding,
                                               std::string_view evidence) {
    auto const kept = TRY(json::Document::parse(evidence, "evidence"));
    if (json::is_array(kept.root())) return steps_of_list(kept.root());
    std::vector<Identity::Candidate> known;
    auto const list = TRY(json::Document::parse(candidates.empty() ? "[]" : candidates, "candidates"));
    for (auto const one : json::array(list.root()))
        known.push_back({std::string(json::text(one, "subject")), static_cast<int>(json::integer(one, "confidence").value_or(0)),
                         std::string(json::text(one, "rule"))});
    Finding told = finding;
    auto const names = TRY(json::Document::parse(advisories, "advisories"));
    for (auto const name : json::array(names.root())) told.advisories.emplace_back(json::text(name));
    return steps_of(key, known, told, grounds_of(kept.root()));
}

Status add_evidence_function(store::Connection& connection) {
    std::array const functions{store::ScalarFunction{.name = "merlon_steps",
                                                     .parameters = std::vector(13, store::ColumnType::text),
                                                     .variadic = {},
                                                     .returns = store::ColumnType::text,
                                                     .body = tell_rows}};
    return connection.add_functions(functions);
}

}  // namespace merlon::match
