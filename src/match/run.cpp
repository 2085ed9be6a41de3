#include "match/run.h"

#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <unordered_set>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/text.h"
#include "match/hotfixes.h"
#include "match/identity/windows_release.h"
#include "match/local_corrections.h"
#include "store/inventory.h"
#include "store/knowledge.h"

namespace merlon::match {
namespace {

using Statements = std::unordered_map<std::string_view, std::vector<store::StoredStatement const*>>;

void tell(MatchOptions const& options, std::string_view line) {
    if (options.progress) options.progress(line);
}

// Runs work(i) for each i below `count`; results go by position, so the order of threads does not show.
void for_each_parallel(std::size_t count, int threads, std::function<void(std::size_t)> const& work) {
    auto const wanted = threads > 0 ? static_cast<unsigned>(threads) : std::max(1U, std::thread::hardware_concurrency());
    if (wanted == 1 || count < 64) {
        for (std::size_t i = 0; i < count; ++i) work(i);
        return;
    }
    std::atomic<std::size_t> next = 0;
    constexpr std::size_t stride = 32;
    std::vector<std::jthread> crew;
    for (unsigned t = 0; t < wanted; ++t)
        crew.emplace_back([&] {
            for (auto begin = next.fetch_add(stride); begin < count; begin = next.fetch_add(stride))
                for (auto i = begin; i < std::min(begin + stride, count); ++i) work(i);
        });
}

Result<std::vector<std::string>> texts(store::Connection& connection, std::string_view sql) {
    std::vector<std::string> out;
    auto rows = TRY(connection.query(sql));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) out.emplace_back(chunk->columns[0].text(row));
    return out;
}

// "pkg:Debian:12/openssl" -> "pkg:Debian:12".
std::string_view ecosystem_of(std::string_view subject) { return subject.substr(0, subject.find('/')); }

// What some source of knowledge speaks of: exact subjects for CPE names, whole ecosystems for packages (a package
// without a record in a known ecosystem has no known flaw, which is an assessment).
struct Known {
    std::map<std::string, Ticks, std::less<>> ecosystems;  // "pkg:Debian:12" -> time of its newest record
    std::unordered_set<std::string_view> subjects;
    bool speaks_of(std::string_view subject) const {
        return subject.starts_with("pkg:") ? ecosystems.contains(ecosystem_of(subject)) : subjects.contains(subject);
    }
};

// Records without times speak until the end of the year of their newest CVE.
Status read_ecosystems(store::Connection& connection, Known& known) {
    auto rows = TRY(connection.query(
        "SELECT split_part(f.subject, '/', 1), max(greatest(a.modified, a.published)), "
        "coalesce(max(CASE WHEN a.published = 0 THEN try_cast(regexp_extract(a.cves, '.*CVE-([0-9]{4})-', 1) AS INTEGER) END), 0) "
        "FROM main.affected f JOIN main.advisory a ON a.number = f.advisory WHERE starts_with(f.subject, 'pkg:') GROUP BY 1"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            Ticks until = chunk->columns[1].int64(row);
            if (until == 0) until = parse_iso_time(fmt::format("{:04}-12-31", chunk->columns[2].integer(row))).value_or(0);
            known.ecosystems.emplace(chunk->columns[0].text(row), until);
        }
    return {};
}

Coverage coverage_of(SoftwareKey const& key, Identity const& identity, SupportFact const& support, Ticks now, Known const& known) {
    Coverage coverage;
    if (key.item.source == "os") {
        if (support.date && *support.date < now) coverage.updates_ended = *support.date;
        auto const release = windows_release(identity.version, says_server(key.item.edition + key.item.name));
        bool const goes_on = support.date && *support.date >= now;  // also where only those entitled still get updates
        if (key.platform == "windows" && release && !release->ended.empty() && !goes_on)
            coverage.updates_ended = parse_iso_time(release->ended).value_or(coverage.updates_ended);
    }
    for (auto const& candidate : identity.candidates) {
        if (!candidate.subject.starts_with("pkg:")) continue;
        auto const found = known.ecosystems.find(ecosystem_of(candidate.subject));
        if (found == known.ecosystems.end()) continue;
        coverage.loaded = true;
        coverage.until = std::max(coverage.until, found->second);
    }
    return coverage;
}

void mark_assessed(Identity& identity, Known const& known) {
    if (!identity.assessed) return;
    identity.assessed = std::any_of(identity.candidates.begin(), identity.candidates.end(),
                                    [&](auto const& candidate) { return known.speaks_of(candidate.subject); });
}

}  // namespace

Result<std::vector<Assessed>> assess(store::Connection& connection, std::span<SoftwareKey const> keys,
                                     MatchOptions const& options) {
    static auto const rules = IdentityRules::embedded();
    static auto const corrections = Corrections::embedded();
    if (!rules) return std::unexpected(rules.error());
    if (!corrections) return std::unexpected(corrections.error());

    tell(options, "reading the names that knowledge speaks of");
    auto const cpe_subjects = TRY(texts(connection, "SELECT DISTINCT subject FROM main.affected WHERE NOT starts_with(subject, 'pkg:')"));
    Known known;
    TRY(read_ecosystems(connection, known));
    known.subjects.insert(cpe_subjects.begin(), cpe_subjects.end());
    VendorCatalog const catalog(cpe_subjects);
    LifecycleCatalog const lifecycles(TRY(store::lifecycle_products(connection)));

    tell(options, fmt::format("identifying {} kinds of software", with_thousands(static_cast<std::int64_t>(keys.size()))));
    std::vector<Assessed> all(keys.size());
    LifecycleOptions const lifecycle_options{options.now, options.window_days};
    for_each_parallel(keys.size(), options.threads, [&](std::size_t i) {
        auto& one = all[i];
        one.key = keys[i];
        one.identity = identify(one.key, *rules, catalog);
        mark_assessed(one.identity, known);
        one.support = support_of(lifecycles, one.key, one.identity, lifecycle_options);
    });

    std::set<std::string> wanted;
    for (auto const& one : all)
        for (auto const& candidate : one.identity.candidates)
            if (known.speaks_of(candidate.subject)) wanted.insert(candidate.subject);
    tell(options, fmt::format("reading what is known of {} products and packages", with_thousands(static_cast<std::int64_t>(wanted.size()))));
    std::vector<std::string> const subjects(wanted.begin(), wanted.end());
    auto const statements = TRY(store::statements_for(connection, subjects));
    Statements by_subject;
    for (auto const& statement : statements) by_subject[statement.subject].push_back(&statement);

    tell(options, fmt::format("evaluating {} statements", with_thousands(static_cast<std::int64_t>(statements.size()))));
    for_each_parallel(all.size(), options.threads, [&](std::size_t i) {
        auto& one = all[i];
        std::vector<store::StoredStatement const*> relevant;
        for (auto const& candidate : one.identity.candidates)
            if (auto const found = by_subject.find(candidate.subject); found != by_subject.end())
                relevant.insert(relevant.end(), found->second.begin(), found->second.end());
        one.findings = evaluate(one.key, one.identity, relevant, *corrections, coverage_of(one.key, one.identity, one.support, options.now, known));
    });
    return all;
}

namespace {

std::string candidates_json(Identity const& identity) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& candidate : identity.candidates) {
        json.begin_object();
        json.member("subject", candidate.subject);
        json.member("confidence", candidate.confidence);
        json.member("rule", candidate.rule);
        json.end_object();
    }
    json.end_array();
    return out;
}

std::string evidence_json(Finding const& finding) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& step : finding.evidence) {
        json.begin_object();
        json.member("kind", step.kind);
        json.member("text", step.text);
        json.end_object();
    }
    json.end_array();
    return out;
}

Status write_identities(store::Connection& connection, std::span<Assessed const> all, std::span<std::int64_t const> ids) {
    auto appender = TRY(connection.appender("identity"));
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& identity = all[i].identity;
        auto const& support = all[i].support;
        TRY(appender.int64(ids[i])
                .text(identity.vendor)
                .text(identity.product)
                .text(identity.version)
                .text(identity.scheme)
                .text(candidates_json(identity))
                .boolean(identity.assessed)
                .text(support_status_name(support.status))
                .boolean(support.status != SupportStatus::no_data)
                .optional_int64(support.date)
                .text(support.product)
                .text(support.cycle)
                .text(support.latest)
                .text(support.reason)
                .end_row());
    }
    return appender.close();
}

// Since when each finding of the software that is matched anew is known.
using FirstSeen = std::unordered_map<std::string, Ticks>;
std::string finding_key(std::int64_t software, std::string_view cve) { return std::to_string(software) + " " + std::string(cve); }

Result<FirstSeen> read_first_seen(store::Connection& connection) {
    FirstSeen seen;
    auto rows = TRY(connection.query("SELECT f.software, f.cve, f.first_seen FROM main.finding f SEMI JOIN matched m ON m.id = f.software"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            seen.emplace(finding_key(chunk->columns[0].int64(row), chunk->columns[1].text(row)), chunk->columns[2].int64(row));
    return seen;
}

// Evidence as it is kept, written by all threads; the steps are let go.
using EvidenceTexts = std::vector<std::vector<std::string>>;
EvidenceTexts write_evidence(std::span<Assessed> all, int threads) {
    EvidenceTexts texts(all.size());
    for_each_parallel(all.size(), threads, [&](std::size_t i) {
        texts[i].reserve(all[i].findings.size());
        for (auto& finding : all[i].findings) {
            texts[i].push_back(evidence_json(finding));
            finding.evidence = {};
        }
    });
    return texts;
}

Status write_findings(store::Connection& connection, std::span<Assessed const> all, EvidenceTexts const& evidence,
                      std::span<std::int64_t const> ids, FirstSeen const& first_seen, Ticks now) {
    auto appender = TRY(connection.appender("finding"));
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t at = 0; at < all[i].findings.size(); ++at) {
            auto const& finding = all[i].findings[at];
            auto const seen = first_seen.empty() ? first_seen.end() : first_seen.find(finding_key(ids[i], finding.cve));
            TRY(appender.int64(ids[i])
                    .text(finding.cve)
                    .text(store::texts_json(finding.advisories))
                    .text(fix_state_name(finding.state))
                    .text(finding.fixed_version)
                    .text(finding.hotfix)
                    .text(finding.urgency)
                    .int32(finding.confidence)
                    .boolean(finding.hidden)
                    .text(evidence[i][at])
                    .int64(seen == first_seen.end() ? now : seen->second)
                    .end_row());
        }
    return appender.close();
}

// A finding whose update, or one that replaces it, a device has installed is cleared there.
Status clear_by_hotfix(store::Connection& connection) {
    TRY(connection.execute("DELETE FROM main.finding_cleared WHERE starts_with(reason, 'installed update ')"));
    auto const wanted = TRY(texts(connection, "SELECT DISTINCT hotfix FROM main.finding WHERE hotfix <> '' AND NOT hidden"));
    if (wanted.empty() || TRY(connection.count("SELECT count(*) FROM (SELECT 1 FROM main.hotfix LIMIT 1)")) == 0) return {};
    auto const supersedence = TRY(Supersedence::read(connection));
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stands_for (kb VARCHAR, installed VARCHAR)"));
    auto staged = TRY(connection.appender("stands_for"));
    for (auto const& kb : wanted)
        for (auto const& newer : supersedence.as_good_as(kb)) TRY(staged.text(kb).text(newer).end_row());
    TRY(staged.close());
    return connection.execute(
        "INSERT INTO main.finding_cleared SELECT i.device, f.software, f.cve, 'installed update ' || min(CASE WHEN s.kb = "
        "s.installed THEN s.kb ELSE s.installed || ', which replaces ' || s.kb END) "
        "FROM main.finding f JOIN stands_for s ON s.kb = f.hotfix JOIN main.hotfix h ON h.kb = s.installed "
        "JOIN main.installation i ON i.software = f.software AND i.device = h.device WHERE NOT f.hidden GROUP BY ALL;"
        "DROP TABLE stands_for");
}

}  // namespace

Result<Touched> touched_by(store::Connection& connection, std::span<std::string const> changed_subjects, int threads) {
    constexpr std::size_t most_subjects = 5'000;
    static auto const rules = IdentityRules::embedded();
    if (!rules) return std::unexpected(rules.error());
    Touched touched;
    if (changed_subjects.size() > most_subjects) {
        touched.everything = true;
        return touched;
    }
    if (changed_subjects.empty()) return touched;
    std::vector<SoftwareKey> keys;
    std::vector<std::int64_t> ids;
    TRY(store::read_software(connection, [&](store::SoftwareRow row) -> Status {
        ids.push_back(row.id);
        keys.push_back(std::move(row.key));
        return {};
    }));
    // A dictionary of the changed names alone finds at least what the whole one finds of them.
    std::unordered_set<std::string_view> const changed(changed_subjects.begin(), changed_subjects.end());
    VendorCatalog const catalog(changed_subjects);
    std::vector<char> hit(keys.size());
    for_each_parallel(keys.size(), threads, [&](std::size_t i) {
        auto const identity = identify(keys[i], *rules, catalog);
        hit[i] = std::any_of(identity.candidates.begin(), identity.candidates.end(), [&](auto const& it) { return changed.contains(it.subject); });
    });
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (hit[i]) touched.software.push_back(ids[i]);
    // Names that fell out of the dictionary's reach are still identities; and what counted only as long as the
    // distribution was silent has to be looked at again.
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE changed_subject (subject VARCHAR)"));
    auto staged = TRY(connection.appender("changed_subject"));
    for (auto const& subject : changed_subjects) TRY(staged.text(subject).end_row());
    TRY(staged.close());
    auto rows = TRY(connection.query(
        "SELECT DISTINCT software FROM (SELECT software, unnest(from_json(json_extract(candidates, '$[*].subject'), '[\"VARCHAR\"]')) AS subject "
        "FROM main.identity) y WHERE subject IN (SELECT subject FROM changed_subject) "
        "UNION SELECT f.software FROM main.finding f JOIN main.software s ON s.id = f.software WHERE s.distribution <> '' AND s.source IN "
        "('deb', 'rpm', 'apk', 'pacman') AND (starts_with(f.advisories, '[\"nvd:') OR starts_with(f.advisories, '[\"cve5:'))"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) touched.software.push_back(chunk->columns[0].int64(row));
    TRY(connection.execute("DROP TABLE changed_subject"));
    std::sort(touched.software.begin(), touched.software.end());
    touched.software.erase(std::unique(touched.software.begin(), touched.software.end()), touched.software.end());
    return touched;
}

Status clear_findings(store::Connection& connection, Ticks now) {
    TRY(clear_by_hotfix(connection));
    return apply_corrections(connection, now);
}

namespace {

// A line for each version whose status is another than before; what is new on the fleet is no change of support.
Status note_support_changes(store::Connection& connection, Ticks now) {
    std::vector<store::Value> const values{now};
    TRY(connection.query(
        "INSERT INTO main.support_change SELECT $1, y.vendor, y.product, y.version, b.support_status, y.support_status, max(y.support_date), "
        "count(DISTINCT i.device) FROM support_before b JOIN main.identity y ON y.software = b.software AND y.support_status <> b.support_status "
        "JOIN main.installation i ON i.software = y.software GROUP BY ALL",
        values));
    return connection.execute("DROP TABLE support_before");
}

}  // namespace

Result<MatchReport> run(store::Connection& connection, MatchOptions const& options) {
    std::vector<SoftwareKey> keys;
    std::vector<std::int64_t> ids;
    TRY(store::read_software(
        connection,
        [&](store::SoftwareRow row) -> Status {
            ids.push_back(row.id);
            keys.push_back(std::move(row.key));
            return {};
        },
        options.only));
    auto all = TRY(assess(connection, keys, options));
    MatchReport report;
    report.software = all.size();
    for (auto const& one : all) {
        report.assessed += one.identity.assessed ? 1 : 0;
        for (auto const& finding : one.findings) ++(finding.hidden ? report.hidden : report.findings);
    }
    tell(options, fmt::format("writing {} findings", with_thousands(static_cast<std::int64_t>(report.findings))));
    auto const evidence = write_evidence(all, options.threads);
    TRY(connection.transaction([&]() -> Status {
        TRY(connection.execute("CREATE OR REPLACE TEMP TABLE matched (id BIGINT)"));
        auto staged = TRY(connection.appender("matched"));
        for (auto const id : ids) TRY(staged.int64(id).end_row());
        TRY(staged.close());
        auto const first_seen = TRY(read_first_seen(connection));
        TRY(connection.execute("CREATE OR REPLACE TEMP TABLE support_before AS SELECT software, support_status FROM main.identity "
                               "WHERE software IN (SELECT id FROM matched)"));
        TRY(connection.execute("DELETE FROM main.identity WHERE software IN (SELECT id FROM matched)"));
        TRY(connection.execute("DELETE FROM main.finding WHERE software IN (SELECT id FROM matched)"));
        TRY(write_identities(connection, all, ids));
        TRY(write_findings(connection, all, evidence, ids, first_seen, options.now));
        TRY(note_support_changes(connection, options.now));
        return clear_findings(connection, options.now);
    }));
    return report;
}

}  // namespace merlon::match
