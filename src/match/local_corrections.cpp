#include "match/local_corrections.h"

#include <algorithm>
#include <random>

#include "base/text.h"
#include "store/device_facts.h"

namespace merlon::match {
namespace {

using store::Value;

// lies_within() in SQL, for the path of a correction `c` and a place on a device `d`.
std::string within(std::string_view place) {
    auto const folded = [](std::string_view path) {
        return "CASE WHEN d.os_distribution = 'windows' THEN lower(replace(" + std::string(path) + ", '/', '\\')) ELSE " + std::string(path) + " END";
    };
    auto const folder = "rtrim(" + folded("c.path") + ", '/\\')";
    return "(" + std::string(place) + " <> '' AND starts_with(" + folded(place) + ", " + folder + ") AND substr(" + folded(place) + ", length(" + folder +
           ") + 1, 1) IN ('', '/', '\\'))";
}

// One row for each correction `c` and finding on a device that it speaks of. A correction for a place clears the finding of
// a device only when every copy of that software there lies within it.
std::string reach(std::string_view corrections) {
    return "FROM " + std::string(corrections) +
           " c JOIN main.finding f ON (c.cve = '' OR f.cve = c.cve) AND NOT f.hidden "
           "JOIN main.software s ON s.id = f.software LEFT JOIN main.identity y ON y.software = f.software "
           "JOIN main.installation i ON i.software = f.software JOIN main.device d ON d.id = i.device "
           "WHERE (c.vendor = '' OR lower(coalesce(y.vendor, '')) = lower(c.vendor) OR lower(s.vendor) = lower(c.vendor)) "
           "AND (c.product = '' OR lower(coalesce(y.product, '')) = lower(c.product) OR lower(s.name) = lower(c.product)) "
           "AND (c.version = '' OR s.version = c.version OR y.version = c.version) "
           "AND (c.scope = 'everywhere' OR (c.scope = 'group' AND lower(d.device_group) = lower(c.scope_value)) "
           "     OR (c.scope = 'device' AND d.id = c.scope_value)) "
           "AND (c.path = '' OR (" + within("i.path") + " AND NOT EXISTS (SELECT 1 FROM main.installation o WHERE o.device = i.device "
           "     AND o.software = i.software AND NOT " + within("o.path") + ")))";
}

bool among(std::string_view word, std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), word) != words.end(); }

std::string new_id() {
    std::random_device random;
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(random());
    return "cor-" + hex(bytes);
}

std::vector<Value> row_of(LocalCorrection const& c) {
    return {c.id, c.cve, c.scope, c.scope_value, c.vendor, c.product, c.version, c.path, c.status, c.justification, c.reason, c.link,
            c.created, c.created_by, c.changed, c.expires, c.disabled};
}

// Whether they clear the same, with the same word.
bool says_the_same(LocalCorrection const& a, LocalCorrection const& b) {
    return a.cve == b.cve && a.scope == b.scope && equal_ignoring_ascii_case(a.scope_value, b.scope_value) && equal_ignoring_ascii_case(a.vendor, b.vendor) &&
           equal_ignoring_ascii_case(a.product, b.product) && a.version == b.version && a.path == b.path && a.status == b.status && a.expires == b.expires;
}

Status insert(store::Connection& connection, std::string_view table, LocalCorrection const& correction) {
    TRY(connection.query("INSERT INTO " + std::string(table) + " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)", row_of(correction)));
    return {};
}

}  // namespace

std::vector<Justification> const& justifications() {
    static std::vector<Justification> const all{
        {"component_not_present", "code_not_present"},
        {"vulnerable_code_not_present", "code_not_present"},
        {"vulnerable_code_not_in_execute_path", "code_not_reachable"},
        {"vulnerable_code_cannot_be_controlled_by_adversary", "requires_configuration"},
        {"inline_mitigations_already_exist", "protected_by_mitigating_control"},
    };
    return all;
}

bool lies_within(std::string_view place, std::string_view folder, bool windows) {
    auto const folded = [&](std::string_view path) { return windows ? replace_all(ascii_lower(path), "/", "\\") : std::string(path); };
    auto const at = folded(place);
    auto above = folded(folder);
    while (above.ends_with('/') || above.ends_with('\\')) above.pop_back();
    if (at.empty() || !at.starts_with(above)) return false;
    return at.size() == above.size() || at[above.size()] == '/' || at[above.size()] == '\\';
}

Status check_correction(store::Connection& connection, LocalCorrection& correction) {
    auto const wrong = [](std::string what, std::string hint) -> Status {
        return std::unexpected(error("match.bad_local_correction", std::move(what)).with_hint(std::move(hint)));
    };
    if (correction.cve.empty() && correction.product.empty()) return wrong("it names neither a CVE nor a product", "Give one of them, or both.");
    if (trim(correction.reason).empty()) return wrong("it gives no reason", "Say why, for whoever reads it in a year.");
    if (!among(correction.scope, {"everywhere", "group", "device"}))
        return wrong("its scope is «" + clean_text(correction.scope, 40) + "»", "Scopes are everywhere, group and device.");
    if (correction.scope != "everywhere" && correction.scope_value.empty()) return wrong("it names no " + correction.scope, "Give the name of the " + correction.scope + ".");
    if (!among(correction.status, {"not_affected", "false_positive", "fixed"}))
        return wrong("its status is «" + clean_text(correction.status, 40) + "»", "It can be not_affected, false_positive or fixed.");
    if (!correction.justification.empty() &&
        std::ranges::none_of(justifications(), [&](auto const& it) { return it.openvex == correction.justification; })) {
        std::string words;
        for (auto const& known : justifications()) words += (words.empty() ? "" : ", ") + std::string(known.openvex);
        return wrong("its justification is «" + clean_text(correction.justification, 60) + "»", "Known are " + words + ".");
    }
    if (!correction.cve.empty()) {
        // A CVE may become known later; any other name has to be one that is known.
        std::vector<Value> const named{correction.cve};
        auto id = TRY(connection.scalar("SELECT CASE WHEN regexp_full_match(upper($1), 'CVE-[0-9]{4}-[0-9]{4,19}') THEN upper($1) END", named));
        if (!std::holds_alternative<std::string>(id)) id = TRY(connection.scalar("SELECT min(id) FROM main.cve WHERE lower(id) = lower($1)", named));
        if (!std::holds_alternative<std::string>(id))
            return wrong("there is no flaw «" + clean_text(correction.cve, 80) + "»", "Write it as lists show it: CVE-2024-4030, or GHSA-... where it has no CVE.");
        correction.cve = std::get<std::string>(id);
    }
    if (correction.scope == "device") {
        auto const device = TRY(store::device_named(connection, correction.scope_value));
        if (!device) return wrong("there is no device «" + clean_text(correction.scope_value, 80) + "»", "Give its id or its name.");
        correction.scope_value = *device;
    }
    if (correction.scope == "group") {
        std::vector<Value> const named{correction.scope_value};
        auto const known = TRY(connection.count(
            "SELECT count(*) FROM (SELECT name FROM main.device_group UNION SELECT device_group FROM main.device) WHERE lower(name) = lower($1)", named));
        if (known == 0) return wrong("there is no device group «" + clean_text(correction.scope_value, 80) + "»", "merlon groups list has their names.");
    }
    return {};
}

Result<CorrectionEffect> preview_correction(store::Connection& connection, LocalCorrection correction) {
    TRY(check_correction(connection, correction));
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE proposed AS SELECT * FROM main.correction LIMIT 0"));
    TRY(insert(connection, "proposed", correction));
    TRY(connection.execute(
        "CREATE OR REPLACE TEMP TABLE proposed_effect AS SELECT DISTINCT i.device, d.name AS device_name, f.software, s.name, s.version, f.cve, "
        "EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = i.device AND x.software = f.software AND x.cve = f.cve) AS cleared " +
        reach("proposed")));
    CorrectionEffect effect;
    auto counts = TRY(connection.query("SELECT count(*), count(DISTINCT device), count(DISTINCT cve), count(*) FILTER (cleared) FROM proposed_effect"));
    if (auto const chunk = TRY(counts.next())) {
        effect.findings = chunk->columns[0].integer(0);
        effect.devices = chunk->columns[1].integer(0);
        effect.cves = chunk->columns[2].integer(0);
        effect.already_cleared = chunk->columns[3].integer(0);
    }
    auto rows = TRY(connection.query("SELECT device_name, name, version, cve FROM proposed_effect ORDER BY 1, 2, 3, 4 LIMIT 20"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            effect.examples.push_back({std::string(chunk->columns[0].text(row)), std::string(chunk->columns[1].text(row)),
                                       std::string(chunk->columns[2].text(row)), std::string(chunk->columns[3].text(row))});
    TRY(connection.execute("DROP TABLE proposed_effect; DROP TABLE proposed"));
    return effect;
}

std::string cleared_by_corrections(std::string_view where) {
    return "SELECT device, software, cve, min(reason) AS reason FROM (SELECT i.device, f.software, f.cve, 'correction ' || c.id || ': ' || c.reason AS reason " +
           reach("(SELECT * FROM main.correction WHERE NOT disabled AND (expires = 0 OR expires > $1))") + " AND " + std::string(where) + ") GROUP BY ALL";
}

Status apply_corrections(store::Connection& connection, Ticks now) {
    TRY(connection.execute("DELETE FROM main.finding_cleared WHERE starts_with(reason, 'correction ')"));
    if (TRY(connection.count("SELECT count(*) FROM main.correction")) == 0) return {};
    std::vector<Value> const values{now};
    TRY(connection.query("INSERT INTO main.finding_cleared " + cleared_by_corrections(), values));
    return {};
}

Result<std::string> add_correction(store::Connection& connection, LocalCorrection correction, Ticks now) {
    TRY(check_correction(connection, correction));
    correction.id = new_id();
    correction.created = correction.changed = now;
    TRY(insert(connection, "main.correction", correction));
    TRY(apply_corrections(connection, now));
    return correction.id;
}

Result<CorrectionsAdded> add_corrections(store::Connection& connection, std::vector<LocalCorrection> wanted, Ticks now) {
    CorrectionsAdded added;
    auto there = TRY(local_corrections(connection));
    std::erase_if(there, [&](auto const& one) { return !one.in_force(now); });
    for (auto& one : wanted) {
        auto checked = check_correction(connection, one);
        if (!checked && checked.error().code != "match.bad_local_correction") return std::unexpected(checked.error());
        if (!checked) {
            added.refused.push_back((one.cve.empty() ? one.product : one.cve) + ": " + describe(checked.error()));
        } else if (!one.in_force(now)) {
            added.refused.push_back(one.cve + ": it counted until " + iso_seconds(one.expires) + " only.");
        } else if (std::ranges::any_of(there, [&](auto const& known) { return says_the_same(known, one); })) {
            ++added.known;
        } else {
            one.id = new_id();
            one.created = one.changed = now;
            TRY(insert(connection, "main.correction", one));
            added.ids.push_back(one.id);
            there.push_back(std::move(one));
        }
    }
    if (!added.ids.empty()) TRY(apply_corrections(connection, now));
    return added;
}

Result<bool> correction_ran_out(store::Connection& connection, Ticks now) {
    std::vector<Value> const values{now};
    return TRY(connection.count("SELECT count(*) FROM main.correction c WHERE c.expires <> 0 AND c.expires <= $1 AND EXISTS (SELECT 1 FROM "
                                "main.finding_cleared x WHERE starts_with(x.reason, 'correction ' || c.id || ':'))",
                                values)) > 0;
}

Result<bool> change_correction(store::Connection& connection, std::string const& id, CorrectionChange const& change, Ticks now) {
    std::vector<Value> values{id, now};
    std::string set = "changed = $2";
    auto const put = [&](std::string_view column, Value value) {
        values.push_back(std::move(value));
        set += ", " + std::string(column) + " = $" + std::to_string(values.size());
    };
    if (change.reason && trim(*change.reason).empty()) return fail("match.bad_local_correction", "it gives no reason");
    if (change.reason) put("reason", *change.reason);
    if (change.link) put("link", *change.link);
    if (change.expires) put("expires", *change.expires);
    if (change.disabled) put("disabled", *change.disabled);
    std::vector<Value> const key{id};
    if (TRY(connection.count("SELECT count(*) FROM main.correction WHERE id = $1", key)) == 0) return false;
    TRY(connection.query("UPDATE main.correction SET " + set + " WHERE id = $1", values));
    TRY(apply_corrections(connection, now));
    return true;
}

Result<bool> remove_correction(store::Connection& connection, std::string const& id, Ticks now) {
    std::vector<Value> const key{id};
    if (TRY(connection.count("SELECT count(*) FROM main.correction WHERE id = $1", key)) == 0) return false;
    TRY(connection.query("DELETE FROM main.correction WHERE id = $1", key));
    TRY(apply_corrections(connection, now));
    return true;
}

Result<std::vector<LocalCorrection>> local_corrections(store::Connection& connection) {
    std::vector<LocalCorrection> all;
    auto rows = TRY(connection.query("SELECT * FROM main.correction ORDER BY created DESC, id"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            LocalCorrection one;
            std::size_t at = 0;
            for (auto* place : {&one.id, &one.cve, &one.scope, &one.scope_value, &one.vendor, &one.product, &one.version, &one.path, &one.status,
                                &one.justification, &one.reason, &one.link})
                *place = c[at++].text(row);
            one.created = c[12].int64(row);
            one.created_by = c[13].text(row);
            one.changed = c[14].int64(row);
            one.expires = c[15].int64(row);
            one.disabled = c[16].boolean(row);
            all.push_back(std::move(one));
        }
    return all;
}

}  // namespace merlon::match
