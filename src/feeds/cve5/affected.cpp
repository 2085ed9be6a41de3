#include "feeds/cve5/affected.h"

#include <algorithm>

#include "base/text.h"
#include "feeds/cve5/names.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

bool says_nothing(std::string_view version) {
    auto const word = ascii_lower(trim(version));
    return word.empty() || word == "unspecified" || word == "n/a" || word == "na" || word == "unknown" ||
           word == "-" || word == "none" || word == "various" || word == "multiple" || word == "tbd" || word == "see text";
}
bool is_start(std::string_view version) { return says_nothing(version) || version == "0" || version == "*"; }

std::string major_of(std::string_view version) {
    auto const major = version.substr(0, version.find('.'));
    return to_int(major) ? std::string(major) : std::string{};
}

std::string_view scheme_of(json::Value version, std::string_view vendor, std::string_view product) {
    auto const type = ascii_lower(json::text(version, "versionType"));
    if (vendor == "microsoft" && product.starts_with("windows")) return "windows_build";
    if (type == "semver" || type == "rpm" || type == "maven") return type == "semver" ? "semver" : type == "rpm" ? "rpm" : "maven";
    if (type == "python" || type == "pep440") return "pep440";
    if (type == "dpkg" || type == "deb") return "dpkg";
    return "cpe";
}

// "4.19.*" -> "4.20" exclusive; "*" -> open.
void set_upper(VersionRange& range, std::string_view bound, bool inclusive) {
    if (bound == "*" || says_nothing(bound)) return;
    range.to = bound;
    range.to_inclusive = inclusive;
    if (!bound.ends_with(".*")) return;
    auto stem = bound.substr(0, bound.size() - 2);
    auto const dot = stem.rfind('.');
    auto const last = to_int(stem.substr(dot == std::string_view::npos ? 0 : dot + 1));
    range.to_inclusive = false;
    range.to = last ? std::string(stem.substr(0, dot == std::string_view::npos ? 0 : dot + 1)) + std::to_string(*last + 1)
                    : std::string(stem);
}

// ">= 1.0, < 1.3": bounds written into the version.
std::optional<VersionRange> range_in_text(std::string_view text) {
    VersionRange range;
    bool any = false;
    for (auto part : split(text, ',')) {
        part = trim(part);
        std::size_t length = 0;
        while (length < part.size() && (part[length] == '<' || part[length] == '>' || part[length] == '=')) ++length;
        auto const sign = part.substr(0, length);
        auto const bound = trim(part.substr(length));
        if (length == 0 || bound.empty() || bound.find(' ') != std::string_view::npos) return {};
        if (sign == "<" || sign == "<=") set_upper(range, bound, sign == "<=");
        else if (sign == ">" || sign == ">=") {
            range.from = bound;
            range.from_inclusive = sign == ">=";
        } else if (sign == "=" || sign == "==") {
            range.from = range.to = bound;
            range.from_inclusive = range.to_inclusive = true;
        } else return {};
        any = true;
    }
    if (!any) return {};
    return range;
}

// "Fixed in OpenSSL 1.1.1d (Affected 1.1.1-1.1.1c)": the form of that project's records until 2023.
std::optional<VersionRange> range_with_fix(std::string_view text) {
    auto const affected = text.find(" (Affected ");
    if (!text.starts_with("Fixed in ") || affected == std::string_view::npos) return {};
    auto const fixed = text.substr(0, affected).substr(text.substr(0, affected).rfind(' ') + 1);
    auto const from = text.substr(affected + 11, text.find_first_of("-,)", affected + 11) - affected - 11);
    if (fixed.empty() || from.empty() || fixed[0] < '0' || fixed[0] > '9' || from[0] < '0' || from[0] > '9') return {};
    return VersionRange{.from = std::string(from), .to = std::string(fixed)};
}

// "before 1.2", "prior to 1.2", "up to 1.2", "1.2 and earlier".
std::optional<VersionRange> range_in_words(std::string_view text) {
    struct Form {
        std::string_view words;
        bool inclusive;
    };
    auto const lower = ascii_lower(trim(text));
    for (auto const& form : {Form{"before ", false}, Form{"prior to ", false}, Form{"up to ", true}, Form{"through ", true}}) {
        if (!lower.starts_with(form.words)) continue;
        auto bound = trim(std::string_view(lower).substr(form.words.size()));
        if (bound.starts_with('v')) bound.remove_prefix(1);
        if (bound.empty() || bound.find(' ') != std::string_view::npos || bound[0] < '0' || bound[0] > '9') return {};
        VersionRange range;
        set_upper(range, bound, form.inclusive);
        return range;
    }
    return {};
}

struct Said {
    std::vector<VersionRange> affected, unaffected;
    std::vector<std::string> affected_exactly, unaffected_exactly;
};

void add_range(Said& said, std::string_view status, VersionRange range) {
    if (status == "affected") said.affected.push_back(std::move(range));
    else if (status == "unaffected") said.unaffected.push_back(std::move(range));
}

// `changes`: from `version` on the status is one, at each change another.
void add_with_changes(Said& said, json::Value version, VersionRange const& whole, simdjson::dom::array changes) {
    auto status = std::string(json::text(version, "status"));
    auto segment = whole;
    for (auto const change : changes) {
        auto const at = json::text(change, "at");
        auto const next = json::text(change, "status");
        if (at.empty() || next == status) continue;
        auto const end = segment;
        segment.to = at;
        segment.to_inclusive = false;
        add_range(said, status, segment);
        segment = end;
        segment.from = at;
        segment.from_inclusive = true;
        status = next;
    }
    add_range(said, status, segment);
}

void add_version(Said& said, json::Value version, std::string_view vendor, std::string_view product) {
    if (json::text(version, "versionType") == "git") return;
    auto const text = trim(json::text(version, "version"));
    auto const status = json::text(version, "status");
    auto const scheme = std::string(scheme_of(version, vendor, product));
    auto const less = json::member(version, "lessThan");
    auto const up_to = json::member(version, "lessThanOrEqual");
    if (less || up_to) {
        VersionRange range{.scheme = scheme};
        // Microsoft's lower bounds name the product's generation (10.0.0), not a build.
        if (!is_start(text) && scheme != "windows_build") range.from = text;
        set_upper(range, less ? json::text(*less) : json::text(*up_to), !less);
        if (!less && range.from == range.to && !major_of(range.to).empty() && writes_last_versions(vendor, product))
            range.from = major_of(range.to) + ".0.0";
        auto const changes = json::array(version, "changes");
        if (changes.size() > 0) add_with_changes(said, version, range, changes);
        else add_range(said, status, std::move(range));
        return;
    }
    if (says_nothing(text)) return;
    auto written = range_in_text(text);
    if (!written) written = range_with_fix(text);
    if (!written) written = range_in_words(text);
    if (written || text == "*" || (text == "0" && status == "affected")) {
        auto range = written.value_or(VersionRange{});
        range.scheme = scheme;
        add_range(said, status, std::move(range));
    } else if (text.size() <= 64 && std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
        // "24.08 (x64)": the remark is no part of the version.
        auto const plain = text.substr(0, text.find(" ("));
        if (status == "affected") said.affected_exactly.emplace_back(plain);
        else if (status == "unaffected") said.unaffected_exactly.emplace_back(plain);
    }
}

// What the entry speaks of: its CPE names, else its vendor and product. Names that NVD's dictionary does not have are put right.
std::vector<Subject> subjects_of(json::Value entry, std::string const& vendor, std::string const& product) {
    std::vector<Subject> subjects;
    auto const add = [&](Cpe cpe) {
        Subject subject = std::move(cpe);
        if (std::ranges::find(subjects, subject) == subjects.end()) subjects.push_back(std::move(subject));
    };
    for (auto const text : json::array(entry, "cpes")) {
        auto cpe = parse_cpe(json::text(text));
        if (!cpe || cpe->vendor == "*" || cpe->product == "*") continue;
        cpe->version = cpe->update = cpe->edition = cpe->language = "*";
        if (cpe->part != "a") {
            add(std::move(*cpe));
            continue;
        }
        for (auto const& known : cpes_of_names(cpe->vendor, cpe->product)) {
            auto one = *cpe;
            one.part = known.part;
            one.vendor = known.vendor;
            one.product = known.product;
            if (known.target_sw != "*") one.target_sw = known.target_sw;
            add(std::move(one));
        }
    }
    if (!subjects.empty()) return subjects;
    for (auto& cpe : cpes_of_names(vendor, product)) add(std::move(cpe));
    return subjects;
}

// Platforms that all name an operating system become a condition.
std::vector<std::vector<Cpe>> conditions_of(json::Value entry) {
    struct Known {
        std::string_view word, vendor, product;
    };
    constexpr Known known[] = {{"windows", "microsoft", "windows"}, {"macos", "apple", "macos"},
                               {"mac os", "apple", "macos"},        {"linux", "linux", "linux_kernel"},
                               {"ios", "apple", "iphone_os"},       {"android", "google", "android"}};
    std::vector<Cpe> group;
    for (auto const platform : json::array(entry, "platforms")) {
        auto const word = ascii_lower(trim(json::text(platform)));
        auto const found = std::ranges::find(known, word, &Known::word);
        if (found == std::end(known)) return {};
        group.push_back({.part = "o", .vendor = std::string(found->vendor), .product = std::string(found->product)});
    }
    if (group.empty()) return {};
    return {group};
}

// "0 to 16.20.1" beside "0 to 18.17.0" of one entry: branches. Taken by the word the longer one would say all that the shorter one does.
void separate_branches(std::vector<VersionRange>& ranges) {
    auto const major = [](VersionRange const& range) { return range.from.empty() ? to_int(major_of(range.to)) : std::nullopt; };
    std::optional<std::int64_t> least;
    for (auto const& range : ranges)
        if (auto const one = major(range); one && (!least || *one < *least)) least = one;
    for (auto& range : ranges)
        if (auto const mine = major(range); mine && *mine > *least) range.from = std::to_string(*mine);
}

void add_statement(std::vector<Affected>& out, Affected affected) {
    for (auto const& known : out)
        if (known.subject == affected.subject && known.ranges == affected.ranges &&
            known.versions == affected.versions && known.state == affected.state)
            return;
    out.push_back(std::move(affected));
}

}  // namespace

void add_cve5_affected(json::Value entry, std::vector<Affected>& out) {
    auto const vendor = cpe_word(json::text(entry, "vendor"));
    auto const product = cpe_word(json::text(entry, "product"));
    // A package of a distribution, under the CPE name of the distribution itself: its advisories speak of the package.
    if (vendor == "red_hat" && !json::text(entry, "packageName").empty()) return;
    Said said;
    for (auto const version : json::array(entry, "versions")) add_version(said, version, vendor, product);
    separate_branches(said.affected);
    bool const by_default = json::text(entry, "defaultStatus") == "affected";
    bool const nothing_said = said.affected.empty() && said.affected_exactly.empty();
    if (nothing_said && !by_default) return;
    auto const conditions = conditions_of(entry);
    for (auto const& subject : subjects_of(entry, vendor, product)) {
        Affected affected{.subject = subject, .conditions = conditions};
        if (by_default) {
            affected.ranges.push_back({.scheme = "cpe"});
            affected.versions = said.affected_exactly;
        } else {
            affected.ranges = said.affected;
            affected.versions = said.affected_exactly;
        }
        for (auto const& range : said.affected)
            if (!range.to.empty() && !range.to_inclusive) {
                affected.state = FixState::fixed;
                affected.fixed_version = range.to;
            }
        add_statement(out, std::move(affected));
        if (said.unaffected.empty() && said.unaffected_exactly.empty()) continue;
        if (!by_default && said.affected.empty()) continue;
        add_statement(out, {.subject = subject, .ranges = said.unaffected, .versions = said.unaffected_exactly,
                            .state = FixState::not_affected});
    }
}

void separate_branches(std::vector<Affected>& all) {
    auto const open = [](Affected const& affected) {
        return affected.versions.empty() && affected.state != FixState::not_affected && affected.ranges.size() == 1 &&
               affected.ranges[0].from.empty() && !major_of(affected.ranges[0].to).empty();
    };
    for (auto& affected : all) {
        if (!open(affected)) continue;
        auto const major = to_int(major_of(affected.ranges[0].to)).value_or(0);
        bool const lower_branch = std::ranges::any_of(all, [&](Affected const& other) {
            if (&other == &affected || !(other.subject == affected.subject) || other.conditions != affected.conditions) return false;
            if (other.ranges.size() != 1 || other.versions.size() > 0 || other.state == FixState::not_affected) return false;
            auto const below = to_int(major_of(other.ranges[0].to));
            return below && *below < major;
        });
        if (lower_branch) affected.ranges[0].from = std::to_string(major);
    }
}

void add_ssvc_facts(json::Value content, std::string_view cve, std::vector<ExploitFact>& facts) {
    for (auto const option : json::array(content, "options")) {
        auto word = json::text(option, "Exploitation");
        if (word.empty()) word = json::text(option, "exploitation");
        if (word != "active" && word != "poc") continue;
        facts.push_back({.cve = std::string(cve), .source = "ssvc", .kind = std::string(word),
                         .date = time_of(json::text(content, "timestamp"))});
    }
}

}  // namespace merlon::feeds
