#include "match/evaluate.h"

#include <algorithm>
#include <bitset>
#include <deque>
#include <map>

#include "base/text.h"
#include "match/affected_version.h"
#include "match/conditions.h"
#include "match/identity/windows_release.h"
#include "match/identity/distribution.h"
#include "match/modules.h"
#include "store/advisory_name.h"

namespace merlon::match {
namespace {

using store::StoredStatement;

struct Verdict {
    StoredStatement const* statement = nullptr;
    Identity::Candidate const* candidate = nullptr;
    InstalledVersion const* installed = nullptr;
    Correction const* correction = nullptr;
    int rank = 0;         // of the source; lower decides
    int confidence = 0;   // that the software is affected; 0: it is not
    bool cleared = false; // the statement says that it is not affected
    bool never_updated = false;  // it became known after the last update of this system
    bool of_distribution = false;  // a package of the distribution put it there
    bool upstream = false;  // it speaks of the product that a distribution has packaged
    VersionAnswer version;
    ConditionAnswer condition;
};

// ---- What is compared ----------------------------------------------------------------------------------------

// The name of a source rpm ("bind-9.16.23-14.el9_3.src.rpm") tells no epoch. What was built of it under the same version has the
// same one (32:9.16.23-14.el9_3); what has a version of its own may have another epoch as well (perl-IO of perl).
void take_source_version(InstalledVersion& installed, SoftwareItem const& item) {
    installed.text = item.source_version;
    if (item.source != "rpm" || item.source_version.contains(':')) return;
    auto const colon = item.version.find(':');
    if (item.version.substr(colon + 1) == item.source_version) installed.text = item.version;
    else installed.any_epoch = true;
}

InstalledVersion installed_version(SoftwareKey const& key, Kind kind, Identity const& identity,
                                   Identity::Candidate const& candidate) {
    InstalledVersion installed;
    installed.text = identity.version;
    installed.scheme = identity.scheme;
    if (!candidate.scheme.empty()) installed.scheme = candidate.scheme;
    if (!candidate.version.empty()) installed.text = candidate.version;
    std::string_view const subject = candidate.subject;
    if (kind == Kind::distribution_package && subject.starts_with("pkg:")) {
        auto const slash = subject.rfind('/');
        auto const name = slash == std::string_view::npos ? subject : subject.substr(slash + 1);
        // Statements about the source package speak of its version, which may differ from the binary's.
        auto const source = advisory_source_name(key.item.source_name, key.item.distribution);
        if (!key.item.source_version.empty() && (name == source || name == key.item.source_name))
            take_source_version(installed, key.item);
        // Signed kernels carry their own version; the kernel's is within: 6.1.76+1 of linux 6.1.76-1.
        if (name == "linux" && key.item.source_name.starts_with("linux-signed")) {
            auto const plus = installed.text.rfind('+');
            if (plus != std::string::npos && installed.text.find('-') == std::string::npos) installed.text[plus] = '-';
        }
    }
    if (kind == Kind::operating_system && key.platform == "windows") {
        installed.windows = true;
        bool const server = says_server(key.item.edition) || says_server(key.item.name);
        if (auto const release = windows_release(identity.version, server)) installed.release = release->release;
    }
    return installed;
}

// ---- Who decides ---------------------------------------------------------------------------------------------

int rank_of(Kind kind, StoredStatement const& statement, std::string_view cve) {
    auto const& head = *statement.advisory;
    if (kind == Kind::distribution_package && !statement.subject.starts_with("pkg:")) {
        return head.source == "nvd" || head.source == "merlon" ? 6 : head.source == "cve5" ? 7 : 8;
    }
    if (kind == Kind::distribution_package) {
        int rank = head.id.find(cve) != std::string::npos ? 0 : 1;
        if (statement.subject.starts_with("pkg:Ubuntu:Pro")) rank += 2;
        return rank;
    }
    if (statement.subject.starts_with("pkg:")) return 0;
    if (kind == Kind::language_package) return 5;
    if (head.source == "msrc") return 1;
    if (head.source == "nvd" || head.source == "nvd-override" || head.source == "merlon") return 2;
    if (head.source == "cve5") return 3;
    return 4;
}

// First day of the year in a CVE's number: it was not known before.
Ticks year_of(std::string_view cve) {
    if (!cve.starts_with("CVE-") || cve.size() < 9) return 0;
    return parse_iso_time(std::string(cve.substr(4, 4)) + "-01-01").value_or(0);
}

Ticks known_since(store::AdvisoryHead const& head, std::string_view cve) { return head.published > 0 ? head.published : year_of(cve); }

// Whether the distribution's records cannot know of the CVE, so that what is said of the upstream product counts.
bool beyond(Coverage const& coverage, store::AdvisoryHead const& head, std::string_view cve) {
    if (!coverage.loaded) return true;
    return known_since(head, cve) > coverage.until;
}

int with_percent(int confidence, int percent) { return confidence * percent / 100; }

// How sure a statement is by its own words.
int statement_percent(Kind kind, Affected const& affected, VersionAnswer const& version, bool never_updated) {
    bool const package = std::holds_alternative<PackageName>(affected.subject);
    if (version.kind == VersionAnswer::unknown) {
        // A KB without build: affected until that update is there.
        if (kind == Kind::operating_system && !affected.hotfix.empty()) return 55;
        return 20;
    }
    if (kind == Kind::operating_system && !version.bounded && never_updated) return 70;
    if (!version.bounded && !package) {
        if (!affected.hotfix.empty()) return 55;
        return affected.state == FixState::affected || affected.state == FixState::will_not_fix ? 60 : 40;
    }
    return 100;
}

// The comparison with what the statement says, or with what a correction puts in its place; in words where `tell` is set.
VersionAnswer compared(InstalledVersion const& installed, Verdict const& verdict, bool tell) {
    auto const& affected = verdict.statement->affected;
    if (!verdict.correction || verdict.correction->ranges.empty()) return version_affected(installed, affected, tell);
    Affected corrected = affected;
    corrected.versions.clear();
    corrected.ranges = verdict.correction->ranges;
    return version_affected(installed, corrected, tell);
}

// A statement about one CVE that has to be looked at.
struct Said {
    std::string_view cve;
    StoredStatement const* statement = nullptr;
    Identity::Candidate const* candidate = nullptr;
    InstalledVersion const* installed = nullptr;
    Correction const* correction = nullptr;
    bool silent = false;  // it says of other versions only
    std::uint8_t hole = 0;  // of the sieve in evaluate()
};

Verdict judge(SoftwareKey const& key, Kind kind, Said const& said, Coverage const& coverage) {
    auto const& statement = *said.statement;
    auto const& candidate = *said.candidate;
    Verdict verdict;
    verdict.statement = said.statement;
    verdict.candidate = said.candidate;
    verdict.installed = said.installed;
    verdict.correction = said.correction;
    verdict.rank = rank_of(kind, statement, said.cve);
    verdict.upstream = kind == Kind::distribution_package && !statement.subject.starts_with("pkg:");
    auto const& affected = statement.affected;
    verdict.never_updated = kind == Kind::operating_system && coverage.updates_ended > 0 && known_since(*statement.advisory, said.cve) > coverage.updates_ended;
    verdict.condition = conditions_met(key, kind, affected, candidate.extension);
    verdict.version = compared(*said.installed, verdict, false);
    if (verdict.correction && verdict.correction->not_affected) {
        verdict.cleared = verdict.version.kind == VersionAnswer::inside;
        return verdict;
    }
    if (verdict.version.kind == VersionAnswer::outside) return verdict;
    if (affected.state == FixState::not_affected) {
        verdict.cleared = verdict.version.kind == VersionAnswer::inside;
        return verdict;
    }
    int confidence = with_percent(candidate.confidence, verdict.condition.percent);
    confidence = with_percent(confidence, statement_percent(kind, affected, verdict.version, verdict.never_updated));
    if (kind == Kind::language_package && !statement.subject.starts_with("pkg:")) confidence = std::min(confidence, 45);
    // Put there by a package of the distribution, which fixes it under the same version and whose records decide.
    verdict.of_distribution = kind == Kind::language_package && !key.item.distribution.empty();
    if (verdict.of_distribution) confidence = std::min(confidence, 40);
    verdict.confidence = confidence;
    return verdict;
}

// ---- Telling it ----------------------------------------------------------------------------------------------

Grounds grounds_of(SoftwareKey const& key, Identity const& identity, Verdict const& verdict, Finding const& finding) {
    auto const& statement = *verdict.statement;
    auto const& affected = statement.affected;
    Grounds grounds;
    grounds.candidate = static_cast<std::size_t>(verdict.candidate - identity.candidates.data());
    auto version = compared(*verdict.installed, verdict, true);
    grounds.range = std::move(version.range);
    grounds.comparison = std::move(version.comparison);
    grounds.says_unaffected = affected.state == FixState::not_affected;
    if (finding.fixed_version.empty() && finding.hotfix.empty() &&
        (affected.state == FixState::will_not_fix || affected.state == FixState::deferred || affected.state == FixState::under_investigation))
        grounds.stated = affected.state;
    auto const add = [&](std::string_view kind, std::string text) { grounds.more.push_back({std::string(kind), std::move(text)}); };
    if (verdict.correction)
        add("advisory", "corrected by rules/corrections: " + verdict.correction->id + ": " + verdict.correction->reason + " (" +
                            verdict.correction->link + ")");
    if (!verdict.condition.text.empty()) add("condition", verdict.condition.text);
    if (verdict.never_updated && !version.bounded)
        add("condition", "it became known after the last update for this release of the system");
    if (verdict.of_distribution)
        add("condition", "a package of " + key.item.distribution + " put it there: the distribution's records of that package decide");
    if (verdict.upstream)
        add("condition", "the distribution's own records of this flaw are not loaded; its package may carry the fix under "
                         "an unchanged upstream version");
    if (!affected.modules.empty()) add("condition", "for module " + join(affected.modules, ", "));
    if (!affected.note.empty()) add("condition", affected.note);
    if (statement.subject.starts_with("pkg:Ubuntu:Pro")) add("condition", "the fixed version comes with Ubuntu Pro only");
    if (finding.urgency == "unimportant")
        add("condition", "the distribution calls it unimportant: no effect on security in practice");
    return grounds;
}

// Whether the first is the better witness of an affected version.
bool better(Verdict const& a, Verdict const& b) {
    if (a.confidence != b.confidence) return a.confidence > b.confidence;
    if (a.rank != b.rank) return a.rank < b.rank;
    bool const a_fixed = !a.statement->affected.fixed_version.empty() || !a.version.fixed_version.empty();
    bool const b_fixed = !b.statement->affected.fixed_version.empty() || !b.version.fixed_version.empty();
    if (a_fixed != b_fixed) return a_fixed;
    if (a.statement->advisory->id != b.statement->advisory->id)
        return a.statement->advisory->id < b.statement->advisory->id;
    return a.statement->subject < b.statement->subject;
}

std::vector<std::string> names_of(std::vector<Verdict> const& verdicts, Verdict const& first) {
    auto const name = [](Verdict const& v) { return v.statement->advisory->source + ":" + v.statement->advisory->id; };
    std::vector<std::string> names{name(first)};
    std::vector<std::string> others;
    for (auto const& verdict : verdicts)
        if (name(verdict) != names.front()) others.push_back(name(verdict));
    std::sort(others.begin(), others.end());
    others.erase(std::unique(others.begin(), others.end()), others.end());
    names.insert(names.end(), others.begin(), others.end());
    return names;
}

std::optional<Finding> decide(SoftwareKey const& key, Identity const& identity, std::int64_t software, std::string_view cve,
                              std::vector<Verdict>& verdicts) {
    // A weak reading of the identity does not silence a sure one.
    int best_candidate = 0;
    for (auto const& verdict : verdicts) best_candidate = std::max(best_candidate, verdict.candidate->confidence);
    std::erase_if(verdicts, [&](Verdict const& v) { return v.candidate->confidence + 30 < best_candidate; });
    // The correction lists for NVD stand in where NVD itself has nothing to say.
    auto const from = [](std::string_view source) { return [source](Verdict const& v) { return v.statement->advisory->source == source; }; };
    if (std::any_of(verdicts.begin(), verdicts.end(), from("nvd"))) std::erase_if(verdicts, from("nvd-override"));
    // A statement that names no version, or every one, does not outrank one that does.
    auto const knows = [](Verdict const& v) {
        if (v.cleared || v.confidence >= shown_from) return true;
        return v.version.kind == VersionAnswer::outside || (v.version.kind == VersionAnswer::inside && v.version.bounded);
    };
    bool const any_knows = std::any_of(verdicts.begin(), verdicts.end(), knows);
    int rank = 100;
    for (auto const& verdict : verdicts)
        if (!any_knows || knows(verdict)) rank = std::min(rank, verdict.rank);
    Verdict const* decides = nullptr;
    Verdict const* clears = nullptr;
    for (auto const& verdict : verdicts) {
        if (verdict.rank != rank || (any_knows && !knows(verdict))) continue;
        if (verdict.cleared && (!clears || better(verdict, *clears))) clears = &verdict;
        if (verdict.confidence > 0 && (!decides || better(verdict, *decides))) decides = &verdict;
    }
    auto const* shown = clears ? clears : decides;
    // "Not affected" is worth a line only where somebody else says affected.
    if (clears && !decides &&
        std::none_of(verdicts.begin(), verdicts.end(), [](Verdict const& v) { return v.confidence > 0; }) &&
        !clears->correction)
        return {};
    if (!shown) return {};
    auto const& affected = shown->statement->affected;
    Finding finding;
    finding.software_id = software;
    finding.cve = cve;
    finding.advisories = names_of(verdicts, *shown);
    // The end of the range that the version lies in: a statement about several branches has a fix for each.
    finding.fixed_version = shown->version.fixed_version;
    if (finding.fixed_version.empty() && !(shown->correction && !shown->correction->ranges.empty()))
        finding.fixed_version = affected.fixed_version;
    finding.hotfix = affected.hotfix;
    finding.urgency = affected.urgency;
    if (clears) {
        finding.state = FixState::not_affected;
        finding.confidence = clears->candidate->confidence;
        finding.hidden = true;
    } else {
        finding.state = affected.state;
        if (finding.state == FixState::unknown || finding.state == FixState::affected)
            finding.state = finding.fixed_version.empty() ? FixState::affected : FixState::fixed;
        finding.confidence = shown->confidence;
        finding.hidden = finding.confidence < shown_from || finding.urgency == "unimportant";
    }
    finding.grounds = grounds_of(key, identity, *shown, finding);
    return finding;
}

}  // namespace

std::vector<Finding> evaluate(SoftwareKey const& key, Identity const& identity,
                              std::span<StoredStatement const* const> statements, Corrections const& corrections,
                              Coverage const& coverage) {
    std::vector<Finding> findings;
    if (identity.candidates.empty() || statements.empty()) return findings;
    auto const kind = kind_of(key);
    std::map<std::string_view, std::size_t> candidates;
    for (std::size_t i = 0; i < identity.candidates.size(); ++i) candidates.emplace(identity.candidates[i].subject, i);
    std::vector<std::optional<InstalledVersion>> installed(identity.candidates.size());
    ModuleStreams const streams(key.item, statements);
    std::deque<std::string> names;  // of records without a CVE
    std::vector<Said> all;
    all.reserve(statements.size());
    auto found = candidates.end();
    for (auto const* statement : statements) {
        if (found == candidates.end() || found->first != statement->subject) found = candidates.find(statement->subject);
        if (found == candidates.end()) continue;
        auto const& head = *statement->advisory;
        if (head.state == AdvisoryState::rejected || head.state == AdvisoryState::withdrawn) continue;
        if (kind == Kind::distribution_package && streams.another(*statement)) continue;
        bool const upstream = kind == Kind::distribution_package && !statement->subject.starts_with("pkg:");
        auto const& candidate = identity.candidates[found->second];
        auto& version = installed[found->second];
        if (!version) version = installed_version(key, kind, identity, candidate);
        bool const outside = version_affected(*version, statement->affected, false).kind == VersionAnswer::outside;
        auto const add = [&](std::string_view cve) {
            if (upstream && !beyond(coverage, head, cve)) return;
            auto const* correction = corrections.find(cve, statement->subject, head.source, key.platform);
            auto const hole = static_cast<std::uint8_t>(std::hash<std::string_view>{}(cve));
            all.push_back({cve, statement, &candidate, &*version, correction, outside && !correction, hole});
        };
        if (head.cves.empty()) add(names.emplace_back(store::name_without_cve(head.id, head.aliases)));
        for (auto const& cve : head.cves) add(cve);
    }
    // Most flaws of a product are of other versions. What is said of these goes before the sorting, by a sieve of hashes.
    std::bitset<256> heard;
    for (auto const& said : all)
        if (!said.silent) heard.set(said.hole);
    std::erase_if(all, [&](Said const& said) { return !heard.test(said.hole); });
    std::stable_sort(all.begin(), all.end(), [](Said const& a, Said const& b) { return a.cve < b.cve; });
    std::vector<Verdict> verdicts;
    auto const software = key.id();
    for (auto begin = all.begin(), end = begin; begin != all.end(); begin = end) {
        end = std::find_if(begin, all.end(), [&](Said const& said) { return said.cve != begin->cve; });
        if (std::all_of(begin, end, [](Said const& said) { return said.silent; })) continue;
        verdicts.clear();
        for (auto said = begin; said != end; ++said) verdicts.push_back(judge(key, kind, *said, coverage));
        if (auto finding = decide(key, identity, software, begin->cve, verdicts)) findings.push_back(std::move(*finding));
    }
    return findings;
}

}  // namespace merlon::match
