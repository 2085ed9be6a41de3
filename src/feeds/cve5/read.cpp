#include "feeds/cve5/read.h"

#include "feeds/cve5/affected.h"
#include "feeds/nvd/configurations.h"
#include "feeds/record_parser.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

constexpr std::string_view rating_keys[] = {"cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"};

void read_other_metric(json::Value other, Advisory const& advisory, std::vector<ExploitFact>& facts) {
    auto const content = json::member(other, "content");
    if (!content) return;
    auto const type = json::text(other, "type");
    if (type == "ssvc") add_ssvc_facts(*content, advisory.id, facts);
    if (type == "kev")
        facts.push_back({.cve = advisory.id, .source = "cve5", .kind = "exploited",
                         .url = std::string(json::text(*content, "reference")),
                         .date = time_of(json::text(*content, "dateAdded"))});
}

void read_metrics(json::Value container, std::string_view rater, bool primary, Advisory& advisory,
                  std::vector<ExploitFact>& facts) {
    for (auto const metric : json::array(container, "metrics")) {
        for (auto const key : rating_keys)
            if (auto const rating = json::member(metric, key)) {
                auto severity = rating_of(json::text(*rating, "vectorString"), json::number(*rating, "baseScore"), rater,
                                          primary);
                if (severity) advisory.severities.push_back(std::move(*severity));
            }
        if (auto const other = json::member(metric, "other")) read_other_metric(*other, advisory, facts);
    }
}

void read_weaknesses(json::Value container, Advisory& advisory) {
    for (auto const problem : json::array(container, "problemTypes"))
        for (auto const text : json::array(problem, "descriptions")) add_cwe(advisory.cwes, json::text(text, "cweId"));
}

std::string english(json::Value container, std::string_view key) {
    std::string_view best;
    for (auto const text : json::array(container, key)) {
        auto const language = json::text(text, "lang");
        if (language.starts_with("en")) return std::string(json::text(text, "value"));
        if (best.empty()) best = json::text(text, "value");
    }
    return std::string(best);
}

void read_references(json::Value container, Advisory& advisory) {
    for (auto const reference : json::array(container, "references")) {
        std::vector<std::string> tags;
        for (auto const tag : json::array(reference, "tags"))
            if (!json::text(tag).starts_with("x_")) tags.push_back(tag_of(json::text(tag)));
        if (advisory.references.size() < most_references)
            add_reference(advisory.references, json::text(reference, "url"), std::move(tags));
    }
}

void read_statements(json::Value container, Advisory& advisory) {
    if (auto const applicability = json::member(container, "cpeApplicability"))
        for (auto& affected : configurations_of(*applicability).affected)
            advisory.affected.push_back(std::move(affected));
    for (auto const entry : json::array(container, "affected")) add_cve5_affected(entry, advisory.affected);
    separate_branches(advisory.affected);
}

// Whose words an additional container holds.
std::string rater_of(json::Value container) {
    auto const provider = json::member(container, "providerMetadata");
    return provider ? std::string(json::text(*provider, "shortName")) : std::string{};
}

void read_containers(json::Value containers, Advisory& advisory, std::vector<ExploitFact>& facts) {
    if (auto const cna = json::member(containers, "cna")) {
        advisory.title = json::text(*cna, "title");
        advisory.description = english(*cna, "descriptions");
        read_metrics(*cna, rater_of(*cna), true, advisory, facts);
        read_weaknesses(*cna, advisory);
        read_references(*cna, advisory);
        read_statements(*cna, advisory);
        for (auto const tag : json::array(*cna, "tags"))
            if (json::text(tag) == "disputed") advisory.state = AdvisoryState::disputed;
    }
    for (auto const adp : json::array(containers, "adp")) {
        read_metrics(adp, rater_of(adp), false, advisory, facts);
        if (advisory.cwes.empty()) read_weaknesses(adp, advisory);
        read_references(adp, advisory);
        read_statements(adp, advisory);
    }
}

Status read_record(json::Value record, std::string const& where, Intake& intake) {
    auto const metadata = json::member(record, "cveMetadata");
    auto const containers = json::member(record, "containers");
    if (!metadata || !containers || !json::is_object(*containers)) {
        intake.reject(where, "it has no cveMetadata or no containers");
        return {};
    }
    Advisory advisory{.id = std::string(json::text(*metadata, "cveId")), .source = "cve5"};
    if (!is_cve_id(advisory.id)) {
        intake.reject(advisory.id.empty() ? where : advisory.id, "its cveId is no CVE number");
        return {};
    }
    advisory.cves = {advisory.id};
    advisory.published = time_of(json::text(*metadata, "datePublished"));
    advisory.modified = time_of(json::text(*metadata, "dateUpdated"));
    std::vector<ExploitFact> facts;
    if (json::text(*metadata, "state") == "REJECTED") {
        advisory.state = AdvisoryState::rejected;
        if (auto const cna = json::member(*containers, "cna")) advisory.description = english(*cna, "rejectedReasons");
    } else {
        read_containers(*containers, advisory, facts);
    }
    return intake.keep(std::move(advisory), std::move(facts));
}

}  // namespace

Status read_cve5(Source const& source, Layout layout, Intake& intake) {
    if (layout == Layout::lines)
        return each_line(source, [&](json::Value record, std::size_t line) {
            return read_record(record, "line " + std::to_string(line), intake);
        });
    if (layout == Layout::array) {
        TRY(each_in_array(source, {}, [&](json::Value record, std::uint64_t offset) {
            return read_record(record, "byte " + std::to_string(offset), intake);
        }));
        return {};
    }
    auto const whole = TRY(whole_document(source));
    return read_record(whole.document.root(), source.name, intake);
}

}  // namespace merlon::feeds
