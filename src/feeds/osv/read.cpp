#include "feeds/osv/read.h"

#include <algorithm>

#include "base/json_members.h"
#include "base/text.h"
#include "feeds/record_parser.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

// The order of versions is the ecosystem's own, by the names that match/versions knows.
std::string_view scheme_of(std::string_view ecosystem) {
    struct Known {
        std::string_view family, scheme;
    };
    constexpr Known known[] = {
        {"Debian", "dpkg"},     {"Ubuntu", "dpkg"},     {"Alpine", "apk"},       {"Wolfi", "apk"},
        {"Chainguard", "apk"},  {"AlmaLinux", "rpm"},   {"Rocky Linux", "rpm"},  {"Red Hat", "rpm"},
        {"SUSE", "rpm"},        {"openSUSE", "rpm"},    {"Mageia", "rpm"},       {"openEuler", "rpm"},
        {"Azure Linux", "rpm"}, {"Photon OS", "rpm"},   {"PyPI", "pep440"},      {"npm", "semver"},
        {"Maven", "maven"},     {"Go", "golang"},       {"crates.io", "semver"}, {"RubyGems", "gem"},
        {"NuGet", "nuget"},     {"Packagist", "packagist"}, {"Hex", "semver"},   {"Pub", "pub"},
        {"CRAN", "cran"},       {"Bioconductor", "cran"},   {"Hackage", "hackage"}, {"GHC", "hackage"},
        {"SwiftURL", "semver"}, {"Bitnami", "semver"},  {"GitHub Actions", "semver"}, {"VSCode", "semver"},
        {"MinimOS", "apk"},     {"Echo", "dpkg"},       {"Alpaquita", "apk"},
        {"BellSoft Hardened Containers", "apk"},
    };
    auto const family = ecosystem.substr(0, ecosystem.find(':'));
    auto const found = std::ranges::find(known, family, &Known::family);
    return found == std::end(known) ? std::string_view("cpe") : found->scheme;
}

// The members of a record.
struct Record {
    std::optional<json::Value> id, aliases, upstream, related, withdrawn, summary, details, published, modified;
    std::optional<json::Value> severity, database_specific, references, affected;
};

Record record_of(json::Value value) {
    return std::apply([](auto const&... found) { return Record{found...}; },
                      json::members<"id", "aliases", "upstream", "related", "withdrawn", "summary", "details", "published", "modified",
                                    "severity", "database_specific", "references", "affected">(value));
}

void close_range(Affected& affected, VersionRange& open, std::string_view to, bool inclusive) {
    open.to = to;
    open.to_inclusive = inclusive;
    affected.ranges.push_back(open);
}

// Events are in order; "introduced" opens a range, the next fixed, last_affected or limit closes it. Several fixes in a
// row (on several branches of commits) say the same: the first one closes.
void read_events(simdjson::dom::array events, std::string_view scheme, Affected& affected) {
    VersionRange open;
    bool is_open = false;
    for (auto const event : events) {
        auto const [introduced, fixed, last, limit] = json::members<"introduced", "fixed", "last_affected", "limit">(event);
        if (introduced) {
            if (is_open) close_range(affected, open, {}, false);
            auto const from = json::text(*introduced);
            open = {.scheme = std::string(scheme), .from = from == "0" ? std::string{} : std::string(from)};
            is_open = true;
        } else if (fixed && is_open) {
            auto const version = json::text(*fixed);
            is_open = false;
            // Debian's fixed "0": no release of it ever had the flaw.
            if (version == "0" && open.from.empty()) {
                affected.state = FixState::not_affected;
                continue;
            }
            close_range(affected, open, version, false);
            affected.fixed_version = version;
        } else if (last && is_open) {
            close_range(affected, open, json::text(*last), true);
            is_open = false;
        } else if (limit && is_open && json::text(*limit) != "*") {
            close_range(affected, open, json::text(*limit), false);
            is_open = false;
        }
    }
    if (is_open) close_range(affected, open, {}, false);
}

// GitHub says the bound of a range without a fix beside it: "<= 1.2.3" or "< 1.3".
void apply_last_known(std::string_view said, Affected& affected) {
    auto const text = trim(said);
    if (text.empty() || affected.ranges.size() != 1 || !affected.ranges[0].to.empty()) return;
    bool const inclusive = text.starts_with("<=");
    if (!inclusive && !text.starts_with('<')) return;
    auto const bound = trim(text.substr(inclusive ? 2 : 1));
    if (bound.empty() || bound.find(',') != std::string_view::npos) return;
    affected.ranges[0].to = bound;
    affected.ranges[0].to_inclusive = inclusive;
}

void set_state(Affected& affected) {
    if (affected.state == FixState::not_affected) return;
    if (affected.urgency == "end-of-life") affected.state = FixState::will_not_fix;
    else affected.state = affected.fixed_version.empty() ? FixState::affected : FixState::fixed;
}

// Adds what the entry says, where it says something.
void read_affected(json::Value entry, Advisory& advisory) {
    auto const [package, ranges, versions, of_ecosystem, of_database] =
        json::members<"package", "ranges", "versions", "ecosystem_specific", "database_specific">(entry);
    if (!package) return;
    auto const [ecosystem_given, name_given] = json::members<"ecosystem", "name">(*package);
    auto const ecosystem = json::text(ecosystem_given), name = json::text(name_given);
    if (ecosystem.empty() || name.empty()) return;
    auto& affected = advisory.affected.emplace_back(PackageName{std::string(ecosystem), package_name(ecosystem, name)});
    auto const scheme = scheme_of(ecosystem);
    for (auto const range : json::array(ranges)) {
        auto const [type, events] = json::members<"type", "events">(range);
        if (json::text(type) != "GIT") read_events(json::array(events), scheme, affected);
    }
    for (auto const version : json::array(versions)) affected.versions.emplace_back(json::text(version));
    // Gives the last known range.
    auto const read_specific = [&](std::optional<json::Value> const& specific) -> std::string_view {
        if (!specific) return {};
        auto const [urgency, priority, informational, last_known] =
            json::members<"urgency", "ubuntu_priority", "informational", "last_known_affected_version_range">(*specific);
        if (affected.urgency.empty()) affected.urgency = json::text(urgency);
        if (affected.urgency.empty()) affected.urgency = json::text(priority);
        if (affected.note.empty()) affected.note = json::text(informational);
        return json::text(last_known);
    };
    read_specific(of_ecosystem);
    apply_last_known(read_specific(of_database), affected);
    if (advisory.id.starts_with("MAL-")) {
        affected.note = "malicious package";
        if (affected.ranges.empty() && affected.versions.empty()) affected.ranges.push_back({.scheme = std::string(scheme)});
    }
    if (affected.ranges.empty() && affected.versions.empty() && affected.state != FixState::not_affected) advisory.affected.pop_back();
    else set_state(affected);
}

void read_severities(json::Value list, std::string_view source, Advisory& advisory) {
    for (auto const severity : json::array(list)) {
        auto const type = json::text(severity, "type");
        auto const score = json::text(severity, "score");
        if (type.starts_with("CVSS_")) {
            if (auto rating = rating_of(score, {}, source, false)) advisory.severities.push_back(std::move(*rating));
        } else if (!score.empty()) {
            advisory.severities.push_back({.scheme = "WORD", .word = std::string(score), .source = std::string(type)});
        }
    }
}

// Whose words they are, by the id: what people know the record's publisher as.
std::string_view publisher_of(std::string_view id) {
    struct Known {
        std::string_view prefix, name;
    };
    constexpr Known known[] = {{"GHSA-", "GitHub"}, {"DSA-", "Debian"},  {"DLA-", "Debian"}, {"DEBIAN-", "Debian"},
                               {"USN-", "Ubuntu"},  {"UBUNTU-", "Ubuntu"}, {"ALPINE-", "Alpine"}, {"PYSEC-", "PyPA"},
                               {"RUSTSEC-", "RustSec"}, {"GO-", "Go"}, {"ALSA-", "AlmaLinux"}, {"RLSA-", "Rocky Linux"},
                               {"RHSA-", "Red Hat"}, {"MAL-", "OpenSSF"}};
    for (auto const& [prefix, name] : known)
        if (id.starts_with(prefix)) return name;
    return "OSV";
}

// Ids of advisories, as opposed to those of single flaws: what they relate to is what they fix.
bool is_bulletin(std::string_view id) {
    for (std::string_view const prefix : {"DSA-", "DLA-", "DTSA-", "ALSA-", "ALBA-", "ALEA-", "RLSA-", "RXSA-", "RHSA-",
                                          "RHBA-", "RHEA-", "USN-", "SUSE-", "openSUSE-", "LSN-", "MGASA-", "ELSA-"})
        if (id.starts_with(prefix)) return true;
    return false;
}

void read_names(Record const& record, Advisory& advisory) {
    for (auto const& list : {record.aliases, record.upstream})
        for (auto const alias : json::array(list)) {
            auto const name = json::text(alias);
            if (is_cve_id(name)) add_once(advisory.cves, name);
            add_once(advisory.aliases, name);
        }
    // DEBIAN-CVE-2024-1, UBUNTU-CVE-2024-1, ALPINE-CVE-2024-1 and CVE-2024-1 itself.
    for (auto const& cve : cve_ids_in(advisory.id)) add_once(advisory.cves, cve);
    if (!advisory.cves.empty() || !is_bulletin(advisory.id)) return;
    for (auto const related : json::array(record.related))
        if (is_cve_id(json::text(related))) add_once(advisory.cves, json::text(related));
}

Advisory advisory_of(Record const& record) {
    Advisory advisory{.id = std::string(json::text(record.id)), .source = "osv"};
    read_names(record, advisory);
    if (!json::text(record.withdrawn).empty()) advisory.state = AdvisoryState::withdrawn;
    advisory.title = json::text(record.summary);
    advisory.description = json::text(record.details);
    advisory.published = time_of(json::text(record.published));
    auto const publisher = publisher_of(advisory.id);
    if (record.severity) read_severities(*record.severity, publisher, advisory);
    if (record.database_specific) {
        auto const [severity, cwes] = json::members<"severity", "cwe_ids">(*record.database_specific);
        if (auto const word = json::text(severity); !word.empty())
            advisory.severities.push_back({.scheme = "WORD", .word = std::string(word), .source = std::string(publisher)});
        for (auto const cwe : json::array(cwes)) add_cwe(advisory.cwes, json::text(cwe));
    }
    if (advisory.severities.empty() && advisory.id.starts_with("MAL-"))
        advisory.severities.push_back({.scheme = "WORD", .word = "critical", .source = std::string(publisher)});
    for (auto const reference : json::array(record.references)) {
        auto const [url, type] = json::members<"url", "type">(reference);
        add_reference(advisory.references, json::text(url), {tag_of(json::text(type))});
    }
    return advisory;
}

// Older dumps call the records of Debian and Alpine by the bare CVE number, so that two publishers have the same id;
// newer ones write DEBIAN-CVE-2024-1. Both are stored under the newer name.
void make_id_unique(Advisory& advisory) {
    if (!is_cve_id(advisory.id) || advisory.affected.empty()) return;
    std::string family;
    for (auto const& affected : advisory.affected) {
        auto const& ecosystem = std::get<PackageName>(affected.subject).ecosystem;
        auto const own = ecosystem.substr(0, ecosystem.find(':'));
        if (!family.empty() && own != family) return;
        family = own;
    }
    for (auto const* known : {"Debian", "Alpine", "Ubuntu"})
        if (family == known) {
            for (auto& c : family) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
            advisory.id = family + "-" + advisory.id;
            return;
        }
}

Status read_record(json::Value value, auto const& where, Intake& intake) {
    if (!json::is_object(value)) {
        intake.reject(where(), "it is no object");
        return {};
    }
    auto const record = record_of(value);
    auto advisory = advisory_of(record);
    if (advisory.id.empty()) {
        intake.reject(where(), "it has no id");
        return {};
    }
    // Go's own database writes the zero time 0001-01-01: not said.
    auto const modified = parse_iso_time(json::text(record.modified));
    if (!modified) {
        intake.reject(advisory.id, "its modified time is missing or no time");
        return {};
    }
    advisory.modified = *modified;
    if (record.affected && !json::is_array(*record.affected) && !json::is_null(*record.affected)) {
        intake.reject(advisory.id, "affected is no list");
        return {};
    }
    std::size_t entries = 0;
    auto const list_of_affected = json::array(record.affected);
    advisory.affected.reserve(std::min<std::size_t>(list_of_affected.size(), 64));
    for (auto const entry : list_of_affected) {
        ++entries;
        if (advisory.affected.empty())
            if (auto const list = json::member(entry, "severity"); list && advisory.severities.empty())
                read_severities(*list, publisher_of(advisory.id), advisory);
        read_affected(entry, advisory);
    }
    for (auto const& severity : advisory.severities)
        if (severity.source == "Ubuntu" && severity.scheme == "WORD")
            for (auto& one : advisory.affected)
                if (one.urgency.empty()) one.urgency = severity.word;
    if (advisory.affected.empty() && advisory.cves.empty()) {
        intake.unused(entries == 0 ? "it names no package and no CVE" : "it names only commits, and no CVE");
        return {};
    }
    make_id_unique(advisory);
    return intake.keep(std::move(advisory));
}

}  // namespace

Status read_osv(Source const& source, OsvLayout layout, Intake& intake) {
    if (layout == OsvLayout::lines)
        return each_line(source, [&](json::Value record, std::size_t line) {
            return read_record(record, [&] { return "line " + std::to_string(line); }, intake);
        });
    if (layout == OsvLayout::array) {
        TRY(each_in_array(source, {}, [&](json::Value record, std::uint64_t offset) {
            return read_record(record, [&] { return "byte " + std::to_string(offset); }, intake);
        }));
        return {};
    }
    auto const whole = TRY(whole_document(source));
    return read_record(whole.document.root(), [&] { return source.name; }, intake);
}

}  // namespace merlon::feeds
