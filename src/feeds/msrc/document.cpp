#include "feeds/msrc/document.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "feeds/msrc/product.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

// "5040427", "KB5040427", or the number in the address of the update; "" when there is none.
std::string kb_of(std::string_view description, std::string_view url) {
    auto const number = [](std::string_view text) -> std::string {
        if (text.starts_with("KB") || text.starts_with("kb")) text.remove_prefix(2);
        bool const digits = text.size() >= 6 && text.size() <= 8 &&
                            std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
        return digits ? "KB" + std::string(text) : std::string{};
    };
    if (auto kb = number(trim(description)); !kb.empty()) return kb;
    auto const at = url.find("q=KB");
    return at == std::string_view::npos ? std::string{} : number(url.substr(at + 2, 10));
}

// "5039211", "KB5039211", "MS16-023 [KB3124280]; 3124275": numbers of six to eight digits.
std::set<std::string> kbs_in(std::string_view text) {
    std::set<std::string> kbs;
    for (std::size_t at = 0; at < text.size();) {
        auto const begin = text.find_first_of("0123456789", at);
        if (begin == std::string_view::npos) break;
        at = std::min(text.find_first_not_of("0123456789", begin), text.size());
        if (at - begin >= 6 && at - begin <= 8) kbs.insert("KB" + std::string(text.substr(begin, at - begin)));
    }
    return kbs;
}

Affected affected_of(std::string const& name, MsrcRemediation const& remediation) {
    auto product = msrc_product(name);
    Affected affected{.subject = product.subject, .state = FixState::fixed};
    affected.architecture = product.architecture;
    affected.hotfix = kb_of(remediation.description, remediation.url);
    affected.note = name;
    if (!remediation.supersedes.empty()) affected.note += "; replaces " + remediation.supersedes;
    if (auto range = msrc_range(product, remediation.fixed_build)) {
        affected.fixed_version = range->to;
        affected.ranges.push_back(std::move(*range));
    }
    return affected;
}

// Same subject and architecture, only another name (Server Core): said once.
void add_statement(std::vector<Affected>& list, Affected affected) {
    for (auto const& known : list)
        if (known.subject == affected.subject && known.architecture == affected.architecture &&
            known.hotfix == affected.hotfix && known.ranges == affected.ranges && known.state == affected.state)
            return;
    list.push_back(std::move(affected));
}

void add_statements(MsrcDocument const& document, MsrcVulnerability const& flaw, MsrcUpdates& updates, Advisory& advisory) {
    std::set<std::string> mended;
    auto const name_of = [&](std::string const& id) {
        auto const found = document.products.find(id);
        return found == document.products.end() ? std::string{} : found->second;
    };
    for (auto const& remediation : flaw.remediations) {
        if (remediation.type != "Vendor Fix" && remediation.type != "2") continue;
        if (auto const kb = kb_of(remediation.description, remediation.url); !kb.empty())
            for (auto const& older : kbs_in(remediation.supersedes))
                if (older != kb) updates.replaced[kb].insert(older);
        for (auto const& id : remediation.products)
            if (auto const name = name_of(id); !name.empty()) {
                mended.insert(id);
                add_statement(advisory.affected, affected_of(name, remediation));
            }
    }
    for (auto const& id : flaw.affected)
        if (auto const name = name_of(id); !name.empty() && !mended.contains(id)) {
            auto const product = msrc_product(name);
            add_statement(advisory.affected, {.subject = product.subject, .state = FixState::affected,
                                              .architecture = product.architecture, .note = name});
        }
}

void add_threats(MsrcVulnerability const& flaw, Advisory& advisory, std::vector<ExploitFact>& facts) {
    for (auto const& threat : flaw.threats) {
        if (threat.type == "Severity" || threat.type == "3") {
            bool const known = std::ranges::any_of(advisory.severities, [&](auto const& it) {
                return it.scheme == "WORD" && it.word == threat.description;
            });
            if (!known)
                advisory.severities.push_back({.scheme = "WORD", .word = threat.description, .source = "Microsoft"});
        } else if (threat.type == "Exploit Status" || threat.type == "1") {
            bool const exploited = threat.description.find("Exploited:Yes") != std::string::npos ||
                                   threat.description.find("Exploitation Detected") != std::string::npos;
            bool const told = std::ranges::any_of(facts, [](auto const& it) { return it.source == "msrc"; });
            if (exploited && !told)
                facts.push_back({.cve = flaw.cve, .source = "msrc", .kind = "exploited",
                                 .url = "https://msrc.microsoft.com/update-guide/vulnerability/" + flaw.cve,
                                 .date = advisory.published, .detail = threat.description});
        }
    }
}

}  // namespace

Status take_msrc_document(MsrcDocument const& document, MsrcUpdates& updates, Intake& intake) {
    for (auto const& flaw : document.vulnerabilities) {
        if (!is_cve_id(flaw.cve)) {
            if (flaw.cve.starts_with("ADV")) intake.unused("a Microsoft advisory that names no CVE");
            else intake.reject(flaw.cve.empty() ? flaw.title : flaw.cve, "it names no CVE");
            continue;
        }
        Advisory advisory{.id = flaw.cve, .source = "msrc", .cves = {flaw.cve}, .title = flaw.title};
        advisory.description = flaw.description;
        advisory.published = document.published;
        advisory.modified = std::max(flaw.modified, document.modified);
        updates.modified = std::max(updates.modified, advisory.modified);
        add_cwe(advisory.cwes, flaw.cwe);
        std::set<std::string> rated;
        for (auto const& [score, vector] : flaw.scores)
            if (rated.insert(vector).second)
                if (auto rating = rating_of(vector, to_double(score), "Microsoft", true))
                    advisory.severities.push_back(std::move(*rating));
        // The worst rating speaks for the CVE.
        std::ranges::stable_sort(advisory.severities, std::greater{}, [](auto const& it) { return it.score.value_or(0); });
        std::vector<ExploitFact> facts;
        add_threats(flaw, advisory, facts);
        add_statements(document, flaw, updates, advisory);
        add_reference(advisory.references, "https://msrc.microsoft.com/update-guide/vulnerability/" + flaw.cve, {"vendor-advisory"});
        TRY(intake.keep(std::move(advisory), std::move(facts)));
    }
    return {};
}

Status take_msrc_updates(MsrcUpdates const& updates, Intake& intake) {
    for (auto const& [kb, replaced] : updates.replaced)
        TRY(intake.keep(Advisory{.id = kb, .source = "msrc-kb", .aliases = {replaced.begin(), replaced.end()}, .modified = updates.modified}));
    return {};
}

}  // namespace merlon::feeds
