#include "match/run.h"

#include <map>
#include <mutex>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/embedded.h"
#include "base/parallel.h"
#include "base/text.h"
#include "match/evidence.h"
#include "match/hotfixes.h"
#include "match/identity/windows_release.h"
#include "match/local_corrections.h"
#include "match/rows.h"
#include "store/inventory.h"
#include "store/knowledge.h"
#include "store/schema.h"
#include "store/store.h"
#include "store/texts.h"

namespace merlon::match {
namespace {

void tell(MatchOptions const& options, std::string_view line) {
    if (options.progress) options.progress(line);
}

// "pkg:Debian:12/openssl" -> "pkg:Debian:12".
std::string_view ecosystem_of(std::string_view subject) { return subject.substr(0, subject.find('/')); }

// What some source of knowledge speaks of: exact subjects for CPE names, whole ecosystems for packages (a package
// without a record in a known ecosystem has no known flaw, which is an assessment).
struct Known {
    std::map<std::string, Ticks, std::less<>> ecosystems;  // "pkg:Debian:12" -> time of its newest record
    VendorCatalog catalog;
    bool speaks_of(std::string_view subject) const {
        return subject.starts_with("pkg:") ? ecosystems.contains(ecosystem_of(subject)) : catalog.knows(subject);
    }
};

// The dictionary of the names that knowledge speaks of. The one made last is kept: the names change seldom, and it takes longer to
// make than a day's change takes to evaluate. The engine tells by itself whether they are the same, without giving each of them.
Result<VendorCatalog> read_catalog(store::Connection& connection) {
    static std::mutex guard;
    static std::string last_digest;
    static VendorCatalog last;
    auto const said = TRY(connection.scalar("SELECT count(*) || ' ' || coalesce(sum(hash(number, name)), 0) FROM main.subject WHERE NOT starts_with(name, 'pkg:')"));
    auto const* digest = std::get_if<std::string>(&said);
    std::lock_guard const lock(guard);
    if (!digest || *digest != last_digest) {
        last = VendorCatalog(TRY(store::cpe_subjects(connection)));
        last_digest = digest ? *digest : std::string{};
    }
    return last;
}

Result<Known> read_known(store::Connection& connection) {
    Known known;
    known.catalog = TRY(read_catalog(connection));
    // Records without times speak until the end of the year of their newest CVE.
    for (auto const& one : TRY(store::ecosystems(connection)))
        known.ecosystems.emplace(one.name, one.newest != 0 ? one.newest : parse_iso_time(fmt::format("{:04}-12-31", one.year)).value_or(0));
    return known;
}

Coverage coverage_of(SoftwareKey const& key, Identity const& identity, SupportFact const& support, Ticks now, Known const& known) {
    Coverage coverage;
    if (key.item.source == "os") {
        // The last day of support is supported (match/lifecycle.h).
        bool const goes_on = support.date && now < *support.date + ticks_per_day;  // also where only those entitled still get updates
        if (support.date && !goes_on) coverage.updates_ended = *support.date;
        auto const release = windows_release(identity.version, says_server(key.item.edition + key.item.name));
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

// What is only guessed at is not assessed: nothing found of it would be no "nothing to do".
void mark_assessed(Identity& identity, Known const& known) {
    if (!identity.assessed) return;
    identity.assessed = std::any_of(identity.candidates.begin(), identity.candidates.end(), [&](auto const& candidate) {
        return candidate.confidence >= shown_from && known.speaks_of(candidate.subject);
    });
}

// What is stated of the subjects of neighbouring software, taken apart once.
class Nearby {
public:
    explicit Nearby(store::Statements const& all) : all_(all) {}
    Status add_to(std::vector<store::StoredStatement const*>& relevant, std::string_view subject) {
        auto const [found, is_new] = known_.try_emplace(std::string(subject));
        if (is_new) found->second = TRY(all_.of(subject));
        for (auto const& statement : found->second) relevant.push_back(&statement);
        return {};
    }

private:
    store::Statements const& all_;
    std::unordered_map<std::string, std::vector<store::StoredStatement>> known_;
};

// Gives each software with what was found of it, by several threads at once.
using Take = std::function<void(std::size_t, Assessed&&)>;
Status assess_each(store::Connection& connection, std::vector<SoftwareKey> keys, MatchOptions const& options, Take const& take) {
    static auto const rules = IdentityRules::embedded();
    static auto const corrections = Corrections::embedded();
    if (!rules) return std::unexpected(rules.error());
    if (!corrections) return std::unexpected(corrections.error());

    tell(options, "reading the names that knowledge speaks of");
    auto const known = TRY(read_known(connection));
    LifecycleCatalog const lifecycles(TRY(store::lifecycle_products(connection)));

    tell(options, fmt::format("identifying {} kinds of software", with_thousands(static_cast<std::int64_t>(keys.size()))));
    std::vector<Assessed> all(keys.size());
    auto const window_days = TRY(window_days_of(connection, options.window_days));
    LifecycleOptions const lifecycle_options{options.now, window_days};
    for_each_parallel(keys.size(), options.threads, [&](std::size_t i) {
        auto& one = all[i];
        one.key = std::move(keys[i]);
        one.identity = identify(one.key, *rules, known.catalog);
        mark_assessed(one.identity, known);
        one.support = support_of(lifecycles, one.key, one.identity, lifecycle_options);
    });

    std::unordered_set<std::string_view> wanted;
    for (auto const& one : all)
        for (auto const& candidate : one.identity.candidates)
            if (known.speaks_of(candidate.subject)) wanted.insert(candidate.subject);
    tell(options, fmt::format("reading what is known of {} products and packages", with_thousands(static_cast<std::int64_t>(wanted.size()))));
    std::vector<std::string> const subjects(wanted.begin(), wanted.end());
    auto const statements = TRY(store::statements_for(connection, subjects));

    tell(options, fmt::format("evaluating {} statements", with_thousands(static_cast<std::int64_t>(statements.count()))));
    // Software of one name after another, so that what is said of it is taken apart once.
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto const first_subject = [&](std::size_t i) { return all[i].identity.candidates.empty() ? std::string_view{} : std::string_view(all[i].identity.candidates.front().subject); };
    std::ranges::stable_sort(order, {}, first_subject);
    auto const a_block = std::clamp<std::size_t>(all.size() / 64, 8, 256);
    std::vector<Status> outcomes((all.size() + a_block - 1) / a_block);
    for_each_parallel(outcomes.size(), options.threads, [&](std::size_t block) {
        outcomes[block] = [&]() -> Status {
            Nearby nearby(statements);
            for (auto at = block * a_block; at < std::min((block + 1) * a_block, all.size()); ++at) {
                auto& one = all[order[at]];
                std::vector<store::StoredStatement const*> relevant;
                for (auto const& candidate : one.identity.candidates) TRY(nearby.add_to(relevant, candidate.subject));
                one.findings = evaluate(one.key, one.identity, relevant, *corrections, coverage_of(one.key, one.identity, one.support, options.now, known));
                take(order[at], std::move(one));
            }
            return {};
        }();
    }, 1);
    for (auto const& outcome : outcomes) TRY(outcome);
    return {};
}

// Since when each finding of the software that is matched anew is known.
class FirstSeen {
public:
    void add(std::int64_t software, std::string_view cve, Ticks time) { times_.emplace(Key{software, texts_.keep(cve)}, time); }
    Ticks of(std::int64_t software, std::string_view cve, Ticks otherwise) const {
        if (times_.empty()) return otherwise;
        auto const known = times_.find(Key{software, cve});
        return known == times_.end() ? otherwise : known->second;
    }

private:
    struct Key {
        std::int64_t software;
        std::string_view cve;
        friend bool operator==(Key const&, Key const&) = default;
    };
    struct Hash {
        std::size_t operator()(Key const& key) const {
            return std::hash<std::string_view>{}(key.cve) ^ static_cast<std::size_t>(key.software) * 0x9E3779B97F4A7C15ULL;
        }
    };
    store::Texts texts_;
    std::unordered_map<Key, Ticks, Hash> times_;
};

Result<FirstSeen> read_first_seen(store::Connection& connection) {
    FirstSeen seen;
    auto rows = TRY(connection.query("SELECT f.software, f.cve, f.first_seen FROM main.finding f SEMI JOIN matched m ON m.id = f.software"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            seen.add(chunk->columns[0].int64(row), chunk->columns[1].text(row), chunk->columns[2].int64(row));
    return seen;
}

Status write_rows(store::Connection& connection, std::span<SoftwareRows const> rows, std::span<std::int64_t const> ids, FirstSeen const& seen, Ticks now) {
    auto identity = TRY(connection.appender("identity"));
    auto finding = TRY(connection.appender("finding"));
    auto next_line = TRY(connection.appender("next_line"));
    FindingTables tables{std::move(identity), std::move(finding), std::move(next_line)};
    for (std::size_t i = 0; i < rows.size(); ++i)
        TRY(append_rows(rows[i], ids[i], tables, [&](std::string_view cve) { return seen.of(ids[i], cve, now); }));
    TRY(tables.identity.close());
    TRY(tables.next_line.close());
    return tables.finding.close();
}

Result<std::vector<std::string>> texts(store::Connection& connection, std::string_view sql) {
    std::vector<std::string> out;
    auto rows = TRY(connection.query(sql));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) out.emplace_back(chunk->columns[0].text(row));
    return out;
}

// Which installed update stands for which one that a finding wants, as temporary table stands_for; false: none is wanted.
Result<bool> stage_replacements(store::Connection& connection) {
    auto const wanted = TRY(texts(connection, "SELECT DISTINCT hotfix FROM main.finding WHERE hotfix <> '' AND NOT hidden"));
    if (wanted.empty()) return false;
    auto const supersedence = TRY(Supersedence::read(connection));
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stands_for (kb VARCHAR, installed VARCHAR)"));
    auto staged = TRY(connection.appender("stands_for"));
    for (auto const& kb : wanted)
        for (auto const& newer : supersedence.as_good_as(kb)) TRY(staged.text(kb).text(newer).end_row());
    TRY(staged.close());
    return true;
}

// A finding whose update, or one that replaces it, a device has installed is cleared there. `where` limits the hotfixes `h`.
std::string cleared_by_hotfixes(std::string_view where = "true") {
    return "SELECT i.device, f.software, f.cve, 'installed update ' || min(CASE WHEN s.kb = s.installed THEN s.kb ELSE s.installed || ', which "
           "replaces ' || s.kb END) AS reason FROM main.finding f JOIN stands_for s ON s.kb = f.hotfix JOIN main.hotfix h ON h.kb = s.installed "
           "JOIN main.installation i ON i.software = f.software AND i.device = h.device WHERE NOT f.hidden AND " + std::string(where) + " GROUP BY ALL";
}

Status clear_by_hotfix(store::Connection& connection) {
    TRY(connection.execute("DELETE FROM main.finding_cleared WHERE starts_with(reason, 'installed update ')"));
    if (TRY(connection.count("SELECT count(*) FROM (SELECT 1 FROM main.hotfix LIMIT 1)")) == 0) return {};
    if (!TRY(stage_replacements(connection))) return {};
    return connection.execute("INSERT INTO main.finding_cleared " + cleared_by_hotfixes() + "; DROP TABLE stands_for");
}

}  // namespace

Result<std::vector<Assessed>> assess(store::Connection& connection, std::span<SoftwareKey const> keys, MatchOptions const& options) {
    std::vector<Assessed> all(keys.size());
    TRY(assess_each(connection, {keys.begin(), keys.end()}, options, [&](std::size_t i, Assessed&& one) {
        for (auto& finding : one.findings) finding.evidence = steps_of(one.key, one.identity.candidates, finding, finding.grounds);
        all[i] = std::move(one);
    }));
    return all;
}

Status clear_findings(store::Connection& connection, Ticks now) {
    TRY(clear_by_hotfix(connection));
    return apply_corrections(connection, now);
}

Result<std::vector<std::string>> clear_findings_of(store::Connection& connection, std::span<std::string const> devices, Ticks now) {
    constexpr std::string_view among_these = " IN (SELECT device FROM clearing)";
    auto const any = "SELECT (SELECT count(*) FROM main.correction) + (SELECT count(*) FROM (SELECT 1 FROM main.hotfix LIMIT 1)) + "
                     "(SELECT count(*) FROM (SELECT 1 FROM main.finding_cleared LIMIT 1))";
    if (devices.empty() || TRY(connection.count(any)) == 0) return std::vector<std::string>{};
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE clearing (device VARCHAR);"
                           "CREATE OR REPLACE TEMP TABLE cleared_now AS SELECT device, software, cve, reason FROM main.finding_cleared LIMIT 0"));
    auto staged = TRY(connection.appender("clearing"));
    for (auto const& device : devices) TRY(staged.text(device).end_row());
    TRY(staged.close());
    auto const these = std::string(among_these);
    if (TRY(connection.count("SELECT count(*) FROM main.hotfix WHERE device" + these)) > 0 && TRY(stage_replacements(connection)))
        TRY(connection.execute("INSERT INTO cleared_now " + cleared_by_hotfixes("h.device" + these) + "; DROP TABLE stands_for"));
    std::vector<store::Value> const at{now};
    TRY(connection.query("INSERT INTO cleared_now " + cleared_by_corrections("d.id" + these), at));
    auto const before = "SELECT device, software, cve, reason FROM main.finding_cleared WHERE device" + these;
    TRY(connection.execute("DELETE FROM clearing WHERE device NOT IN (SELECT device FROM ((FROM cleared_now EXCEPT " + before + ") UNION ALL (" + before +
                           " EXCEPT FROM cleared_now)))"));
    auto const changed = TRY(texts(connection, "SELECT device FROM clearing ORDER BY device"));
    if (!changed.empty())
        TRY(connection.execute("DELETE FROM main.finding_cleared WHERE device" + these +
                               "; INSERT INTO main.finding_cleared SELECT * FROM cleared_now WHERE device" + these));
    TRY(connection.execute("DROP TABLE clearing; DROP TABLE cleared_now"));
    return changed;
}

namespace {

constexpr std::string_view evaluated = "evaluated.day", evaluated_by = "evaluated.rules";

// What evaluates: this release with its rules.
std::string const& rules_digest() {
    static std::string const digest = [] {
        std::string all(store::program_version());
        for (auto const& file : embedded_under("rules/")) all += '\n' + std::string(file.path) + '\n' + std::string(file.bytes);
        return sha256_hex(all);
    }();
    return digest;
}

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

Result<std::string> evaluated_day(store::Connection& connection) { return store::state_value(connection, evaluated); }
Status forget_evaluated_day(store::Connection& connection) { return store::set_state_value(connection, evaluated, ""); }
Result<bool> evaluated_by_these_rules(store::Connection& connection) { return TRY(store::state_value(connection, evaluated_by)) == rules_digest(); }

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
    std::vector<SoftwareRows> rows(keys.size());
    TRY(assess_each(connection, std::move(keys), options, [&](std::size_t i, Assessed&& done) {
        auto const one = std::move(done);  // let go of here
        rows[i] = rows_of(one);
    }));
    MatchReport report;
    report.software = rows.size();
    for (auto const& one : rows) {
        report.assessed += one.assessed ? 1 : 0;
        report.findings += one.findings;
        report.hidden += one.hidden;
    }
    tell(options, fmt::format("writing {} findings", with_thousands(static_cast<std::int64_t>(report.findings))));
    TRY(connection.transaction([&]() -> Status {
        TRY(connection.execute("CREATE OR REPLACE TEMP TABLE matched (id BIGINT)"));
        auto staged = TRY(connection.appender("matched"));
        for (auto const id : ids) TRY(staged.int64(id).end_row());
        TRY(staged.close());
        auto const first_seen = TRY(read_first_seen(connection));
        bool const first = TRY(connection.count("SELECT count(*) FROM (SELECT 1 FROM main.identity LIMIT 1)")) == 0;
        TRY(connection.execute("CREATE OR REPLACE TEMP TABLE support_before AS SELECT software, support_status FROM main.identity "
                               "WHERE software IN (SELECT id FROM matched)"));
        TRY(connection.execute("DELETE FROM main.identity WHERE software IN (SELECT id FROM matched)"));
        TRY(connection.execute("DELETE FROM main.finding WHERE software IN (SELECT id FROM matched)"));
        TRY(connection.execute("DELETE FROM main.next_line WHERE software IN (SELECT id FROM matched)"));
        TRY(write_rows(connection, rows, ids, first_seen, options.now));
        TRY(note_support_changes(connection, options.now));
        if (first || options.only.empty()) {
            TRY(store::set_state_value(connection, evaluated, iso_date(options.now)));
            TRY(store::set_state_value(connection, evaluated_by, rules_digest()));
        }
        return clear_findings(connection, options.now);
    }));
    return report;
}

}  // namespace merlon::match
