#include "store/alert_handling.h"

#include <charconv>

#include "base/digest.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::store {
namespace {

// Words of the specification, section 12.
constexpr std::string_view severities[] = {"UnSpecified", "Informational", "Low", "Medium", "High"};
constexpr std::string_view statuses[] = {"New", "InProgress", "Resolved"};
constexpr std::string_view classifications[] = {"Unknown", "TruePositive", "InformationalExpectedActivity", "FalsePositive"};
constexpr std::string_view determinations[] = {
    "Unknown",  "MultiStagedAttack", "MaliciousUserActivity", "CompromisedUser",           "Malware",               "Phishing", "UnwantedSoftware",
    "SecurityTesting", "LineOfBusinessApplication", "ConfirmedUserActivity", "Clean", "InsufficientData", "Other"};
constexpr std::string_view categories[] = {
    "General",  "CommandAndControl", "Collection", "CredentialAccess",    "DefenseEvasion",   "Discovery",  "Exfiltration",      "Exploit",
    "Execution", "Impact", "InitialAccess", "LateralMovement", "Malware", "Persistence", "PrivilegeEscalation", "Ransomware", "Reconnaissance",
    "SuspiciousActivity", "UnwantedSoftware", "WebExploit"};
constexpr std::size_t most_comment_bytes = 4000;

Result<std::string> usual(std::string_view what, std::span<std::string_view const> known, std::string_view word) {
    for (auto const one : known)
        if (equal_ignoring_ascii_case(one, word)) return std::string(one);
    std::vector<std::string> const all(known.begin(), known.end());
    return fail("alerts.bad_word", clean_text(word, 100), std::string(what), join(all, ", "));
}

std::string comments_with(std::string_view comments, std::string_view comment, std::string_view by, Ticks now) {
    std::string one;
    JsonWriter json(one);
    json.begin_object();
    json.member("comment", clean_text(comment, most_comment_bytes));
    json.member("createdBy", by);
    json.member("createdTime", iso_seconds(now));
    json.end_object();
    auto const before = comments.size() > 2 ? std::string(comments.substr(0, comments.size() - 1)) + "," : std::string("[");
    return before + one + "]";
}

}  // namespace

std::string new_alert_id(Ticks time, std::string_view said) {
    auto const digits = sha1_hex(said);
    std::uint32_t number = 0;
    std::from_chars(digits.data(), digits.data() + 8, number, 16);
    return "da" + std::to_string(time) + "_" + std::to_string(static_cast<std::int32_t>(number));
}

Status write_detailed_alerts(Connection& connection, std::span<DetailedAlert const> detailed) {
    std::vector<Alert> alerts;
    for (auto const& [alert, detail] : detailed) {
        alerts.push_back(alert);
        std::array const which{Value{alert.id}};
        auto const decided = TRY(connection.scalar("SELECT status FROM main.alert_handling WHERE alert = $1 AND status <> ''", which));
        if (auto const* status = std::get_if<std::string>(&decided)) alerts.back().status = *status;
        std::array const values{Value{alert.id}, Value{clean_text(detail.description, 4000)}, Value{clean_text(detail.recommended_action, 4000)},
                                Value{detail.detector}, Value{detail.first_event > 0 ? detail.first_event : alert.time},
                                Value{detail.last_event > 0 ? detail.last_event : alert.time}};
        TRY(connection.query("INSERT OR REPLACE INTO main.alert_detail VALUES ($1, $2, $3, $4, $5, $6)", values));
    }
    return write_alerts(connection, alerts);
}

Result<std::string> alert_severity(std::string_view word) { return usual("severity", severities, word); }
Result<std::string> alert_category(std::string_view word) { return usual("category", categories, word); }

Status check_alert_change(AlertChange& change) {
    if (change.status) change.status = TRY(usual("status", statuses, *change.status));
    if (change.classification) change.classification = TRY(usual("classification", classifications, *change.classification));
    if (change.determination) change.determination = TRY(usual("determination", determinations, *change.determination));
    if (change.assigned_to) change.assigned_to = clean_text(*change.assigned_to, 200);
    return {};
}

Status change_alerts(Connection& connection, std::span<std::string const> ids, AlertChange const& change, std::string_view by, Ticks now) {
    for (auto const& id : ids) {
        std::array const which{Value{id}};
        auto rows = TRY(connection.query("SELECT a.status, coalesce(h.status, ''), coalesce(h.assigned_to, ''), coalesce(h.classification, ''), "
                                         "coalesce(h.determination, ''), coalesce(h.comments, '[]'), coalesce(h.resolved_at, 0) "
                                         "FROM main.alert a LEFT JOIN main.alert_handling h ON h.alert = a.id WHERE a.id = $1", which));
        auto const chunk = TRY(rows.next());
        if (!chunk) continue;
        auto const& c = chunk->columns;
        auto const text = [&](std::size_t column) { return std::string(c[column].text(0)); };
        bool const was_resolved = text(0) == "Resolved";
        auto const status = change.status.value_or(text(0));
        auto const decided = change.status.value_or(text(1));
        auto const resolved = status != "Resolved" ? 0 : was_resolved && c[6].integer(0) > 0 ? c[6].integer(0) : now;
        auto const comments = change.comment.empty() ? text(5) : comments_with(text(5), change.comment, by, now);
        std::array const values{Value{id}, Value{decided}, Value{change.assigned_to.value_or(text(2))}, Value{change.classification.value_or(text(3))},
                                Value{change.determination.value_or(text(4))}, Value{comments}, Value{now}, Value{resolved}};
        TRY(connection.query("INSERT OR REPLACE INTO main.alert_handling VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", values));
        TRY(connection.query("UPDATE main.alert SET status = $1 WHERE id = $2", {Value{status}, Value{id}}));
    }
    return {};
}

Result<std::string> open_alert(Connection& connection, std::string_view device, std::string_view title) {
    std::array const which{Value{std::string(device)}, Value{std::string(title)}};
    auto const id = TRY(connection.scalar("SELECT id FROM main.alert WHERE device = $1 AND title = $2 AND status <> 'Resolved' ORDER BY time DESC LIMIT 1", which));
    auto const* text = std::get_if<std::string>(&id);
    return text ? *text : std::string{};
}

}  // namespace merlon::store
