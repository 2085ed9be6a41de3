#include "feeds/nvd/read.h"

#include "base/text.h"
#include "feeds/cve5/affected.h"
#include "feeds/nvd/configurations.h"
#include "feeds/record_parser.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

void read_descriptions(json::Value list, Advisory& advisory) {
    for (auto const description : json::array(list)) {
        bool const english = json::text(description, "lang") == "en";
        if (!english && !advisory.description.empty()) continue;
        advisory.description = json::text(description, "value");
        if (english) return;
    }
}

void read_metrics(json::Value metrics, Advisory& advisory, std::vector<ExploitFact>& facts) {
    simdjson::dom::object kinds;
    if (metrics.get(kinds) != simdjson::SUCCESS) return;
    for (auto const [kind, list] : kinds) {
        if (kind == "ssvcV203") {
            for (auto const metric : json::array(list))
                if (auto const data = json::member(metric, "ssvcData")) add_ssvc_facts(*data, advisory.id, facts);
            continue;
        }
        if (!kind.starts_with("cvssMetric")) continue;
        for (auto const metric : json::array(list)) {
            auto const data = json::member(metric, "cvssData");
            if (!data) continue;
            auto severity = rating_of(json::text(*data, "vectorString"), json::number(*data, "baseScore"),
                                      json::text(metric, "source"), json::text(metric, "type") == "Primary");
            if (severity) advisory.severities.push_back(std::move(*severity));
        }
    }
}

void read_references(json::Value list, Advisory& advisory) {
    for (auto const reference : json::array(list)) {
        std::vector<std::string> tags;
        for (auto const tag : json::array(reference, "tags")) tags.push_back(tag_of(json::text(tag)));
        auto const url = json::text(reference, "url");
        // CNA and the CVE container give the same references one after the other.
        if (advisory.references.size() < most_references) add_reference(advisory.references, url, std::move(tags));
    }
}

void add_exploit_references(Advisory const& advisory, std::vector<ExploitFact>& facts) {
    std::size_t told = 0;
    for (auto const& reference : advisory.references)
        if (std::ranges::find(reference.tags, "exploit") != reference.tags.end() && told++ < 10)
            facts.push_back({.cve = advisory.id, .source = "nvd", .kind = "public", .url = reference.url});
}

struct Kev {
    std::string_view added, due, action;
};

void read_member(std::string_view key, json::Value value, Advisory& advisory, std::vector<ExploitFact>& facts,
                 Kev& kev) {
    if (key == "published") advisory.published = time_of(json::text(value));
    else if (key == "lastModified") advisory.modified = time_of(json::text(value));
    else if (key == "vulnStatus" && json::text(value) == "Rejected") advisory.state = AdvisoryState::rejected;
    else if (key == "descriptions") read_descriptions(value, advisory);
    else if (key == "metrics") read_metrics(value, advisory, facts);
    else if (key == "references") read_references(value, advisory);
    else if (key == "cisaExploitAdd") kev.added = json::text(value);
    else if (key == "cisaActionDue") kev.due = json::text(value);
    else if (key == "cisaRequiredAction") kev.action = json::text(value);
    else if (key == "weaknesses") {
        for (auto const weakness : json::array(value))
            for (auto const text : json::array(weakness, "description")) add_cwe(advisory.cwes, json::text(text, "value"));
    } else if (key == "cveTags") {
        for (auto const entry : json::array(value))
            for (auto const tag : json::array(entry, "tags"))
                if (json::text(tag) == "disputed" && advisory.state == AdvisoryState::published)
                    advisory.state = AdvisoryState::disputed;
    }
}

// Statements of one record; a reason when they cannot be read.
std::string_view read_statements(json::Value cve, Advisory& advisory) {
    if (auto const configurations = json::member(cve, "configurations")) {
        if (!json::is_array(*configurations)) return "configurations is no list";
        auto read = configurations_of(*configurations);
        if (read.malformed > 0) return "a row of its configurations has no CPE name that can be read";
        if (read.negated > 0) return "its configurations are negated, which has no meaning for findings";
        advisory.affected = std::move(read.affected);
    }
    if (!advisory.affected.empty()) return {};
    for (auto const source : json::array(cve, "affected"))
        for (auto const product : json::array(source, "affectedData")) add_cve5_affected(product, advisory.affected);
    separate_branches(advisory.affected);
    return {};
}

Status read_record(json::Value entry, std::uint64_t offset, Intake& intake) {
    auto const cve = json::member(entry, "cve");
    auto const where = "byte " + std::to_string(offset);
    simdjson::dom::object members;
    if (!cve || cve->get(members) != simdjson::SUCCESS) {
        intake.reject(where, "it has no object cve");
        return {};
    }
    Advisory advisory{.id = std::string(json::text(*cve, "id")), .source = "nvd"};
    if (!is_cve_id(advisory.id)) {
        intake.reject(advisory.id.empty() ? where : advisory.id, "its id is no CVE number");
        return {};
    }
    advisory.cves = {advisory.id};
    std::vector<ExploitFact> facts;
    Kev kev;
    for (auto const [key, value] : members) read_member(key, value, advisory, facts, kev);
    if (advisory.state != AdvisoryState::rejected)
        if (auto const reason = read_statements(*cve, advisory); !reason.empty()) {
            intake.reject(advisory.id, reason);
            return {};
        }
    add_exploit_references(advisory, facts);
    if (!kev.added.empty())
        facts.push_back({.cve = advisory.id, .source = "nvd", .kind = "exploited", .date = time_of(kev.added),
                         .due = time_of(kev.due), .detail = std::string(kev.action)});
    return intake.keep(std::move(advisory), std::move(facts));
}

Status read_override(json::Value entry, std::string const& where, Intake& intake) {
    auto const annotation = json::member(entry, "_annotation");
    Advisory advisory{.source = "nvd-override"};
    if (annotation) {
        advisory.id = json::text(*annotation, "cve_id");
        advisory.modified = time_of(json::text(*annotation, "modified"));
    }
    if (!is_cve_id(advisory.id)) {
        intake.reject(where, "it names no CVE");
        return {};
    }
    advisory.cves = {advisory.id};
    auto const cve = json::member(entry, "cve");
    auto const reason = cve ? read_statements(*cve, advisory) : std::string_view("it has no object cve");
    if (!reason.empty()) {
        intake.reject(advisory.id, reason);
        return {};
    }
    return intake.keep(std::move(advisory));
}

}  // namespace

Status read_nvd(Source const& source, Intake& intake) {
    std::int64_t seen = 0;
    auto const around = TRY(each_in_array(source, "vulnerabilities", [&](json::Value entry, std::uint64_t offset) {
        ++seen;
        return read_record(entry, offset, intake);
    }));
    auto const document = TRY(json::Document::parse(around, source.name));
    intake.data_time(time_of(json::text(document.root(), "timestamp")));
    // A page says how many records it holds (the last one fewer than asked for).
    auto const said = json::integer(document.root(), "resultsPerPage").value_or(seen);
    auto const start = json::integer(document.root(), "startIndex").value_or(0);
    auto const total = json::integer(document.root(), "totalResults").value_or(seen);
    if (auto const wanted = std::min(said, total - start); wanted != seen)
        intake.note("it says that it holds " + std::to_string(wanted) + " records, but it holds " + std::to_string(seen));
    return {};
}

Status read_nvd_overrides(Source const& source, Layout layout, Intake& intake) {
    if (layout == Layout::lines)
        return each_line(source, [&](json::Value entry, std::size_t line) { return read_override(entry, "line " + std::to_string(line), intake); });
    auto const whole = TRY(whole_document(source));
    return read_override(whole.document.root(), source.name, intake);
}

}  // namespace merlon::feeds
