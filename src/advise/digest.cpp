#include "advise/digest.h"

#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "fleet/exposure.h"

namespace merlon::advise {
namespace {

struct Scores {
    bool known = false;
    double exposure = 0, points = 0, possible = 0;
    std::int64_t devices = 0;
};

// The organisation's scores as they were published last before a time.
Result<Scores> scores_before(store::Connection& connection, Ticks time) {
    Scores out;
    std::array const values{store::Value{time}};
    auto rows = TRY(connection.query("SELECT score, devices FROM main.exposure_score WHERE device_group = '*' AND time < $1 ORDER BY time DESC LIMIT 1", values));
    if (auto const chunk = TRY(rows.next()); chunk && chunk->rows > 0) {
        out.known = true;
        out.exposure = chunk->columns[0].real(0);
        out.devices = chunk->columns[1].integer(0);
    }
    auto secure = TRY(connection.query("SELECT points, possible FROM main.secure_score WHERE device_group = '*' AND category = '*' AND time < $1 ORDER BY time DESC LIMIT 1", values));
    if (auto const chunk = TRY(secure.next()); chunk && chunk->rows > 0) {
        out.points = chunk->columns[0].real(0);
        out.possible = chunk->columns[1].real(0);
    }
    return out;
}

std::string plural(std::int64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}
std::string devices_text(std::int64_t count) { return plural(count, "device", "devices"); }

// ", 3.1 less than before": nothing where there was no score before.
std::string change_text(Scores const& before, double change, std::string_view more, std::string_view less) {
    if (!before.known) return "";
    if (std::abs(change) < 0.05) return ", as before";
    return fmt::format(", {:.1f} {} than before", std::abs(change), change > 0 ? more : less);
}

void add_scores(Digest& digest, Scores const& before, Scores const& now) {
    digest.lines.push_back({"exposureScore", fmt::format("Exposure score: {:.1f} of 100 ({}){}; lower is better", now.exposure, fleet::exposure_level_name(fleet::exposure_level(now.exposure)),
                                                         change_text(before, now.exposure - before.exposure, "more", "less")), "/", now.devices});
    if (now.possible > 0)
        digest.lines.push_back({"secureScore", fmt::format("Secure score: {:.1f} of {:.0f} points ({:.0f} %){}; higher is better", now.points, now.possible,
                                                           100 * now.points / now.possible, change_text(before, now.points - before.points, "more", "less")), "/configuration", now.devices});
    auto const came = now.devices - before.devices;
    digest.lines.push_back({"devices", "Devices: " + std::to_string(now.devices) + (before.known && came != 0 ? fmt::format(", {} {} than before", std::abs(came), came > 0 ? "more" : "fewer") : ""), "/devices", now.devices});
}

// One heading for each kind of event with the few that hit most devices.
Status add_events(store::Connection& connection, Digest& digest, Ticks from, Ticks to) {
    constexpr std::size_t most = 5;
    struct Kind {
        std::string_view type, id, words;
    };
    constexpr std::array kinds{Kind{"NewVulnerability", "newVulnerabilities", "New vulnerabilities"},
                               Kind{"NewPublicExploit", "newExploits", "Exploits that became public"},
                               Kind{"ExploitVerified", "verifiedExploits", "Exploits that were verified"},
                               Kind{"ExploitAddedToKit", "exploitKits", "Exploits that came into a kit"},
                               Kind{"KnownExploited", "knownExploited", "Vulnerabilities that became known to be exploited"},
                               Kind{"EndOfSupport", "endOfSupport", "Support that has ended"},
                               Kind{"UpcomingEndOfSupport", "upcomingEndOfSupport", "Support that ends soon"}};
    for (auto const& kind : kinds) {
        std::array const values{store::Value{std::string(kind.type)}, store::Value{from}, store::Value{to}};
        auto rows = TRY(connection.query("SELECT sentence, devices_now, id FROM main.event WHERE type = $1 AND time >= $2 AND time < $3 ORDER BY devices_now DESC, id", values));
        std::vector<DigestLine> found;
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row)
                found.push_back({"event", replace_all(std::string(chunk->columns[0].text(row)), "\n", " "),
                                 "/timeline?open=" + std::string(chunk->columns[2].text(row)), chunk->columns[1].integer(row), true});
        if (found.empty()) continue;
        digest.lines.push_back({std::string(kind.id), fmt::format("{}: {}", kind.words, plural(static_cast<std::int64_t>(found.size()), "event", "events")), "/timeline", 0});
        if (found.size() > most) found.resize(most);
        for (auto& one : found) {
            one.text += " (" + devices_text(one.devices) + ")";
            digest.lines.push_back(std::move(one));
        }
    }
    return {};
}

Status add_advice(store::Connection& connection, Digest& digest) {
    auto rows = TRY(connection.query("SELECT id, name, exposed_after, exposure_impact_after, score_impact_after FROM main.recommendation "
                                     "WHERE status <> 'Full exception' AND exposed_after > 0 ORDER BY priority LIMIT 5"));
    bool first = true;
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            if (std::exchange(first, false)) digest.lines.push_back({"recommendations", "What to do first", "/recommendations", 0});
            auto const devices = chunk->columns[2].integer(row);
            auto const exposure = chunk->columns[3].real(row), points = chunk->columns[4].real(row);
            auto const effect = exposure >= 0.05 ? fmt::format(", exposure score \u2212{:.1f}", exposure) : points >= 0.05 ? fmt::format(", secure score +{:.1f}", points) : "";
            std::string const id(chunk->columns[0].text(row));
            digest.lines.push_back({id, fmt::format("{} ({}{})", chunk->columns[1].text(row), devices_text(devices), effect), "/recommendations?open=" + id, devices, true});
        }
    return {};
}

Status add_work(store::Connection& connection, Digest& digest, Ticks from, Ticks to) {
    std::array const until{store::Value{to}};
    std::array const between{store::Value{from}, store::Value{to}};
    std::array const ahead{store::Value{to}, store::Value{to + (to - from)}};
    auto const add = [&](std::string id, std::int64_t count, std::string words, std::string page) {
        if (count > 0) digest.lines.push_back({std::move(id), fmt::format("{}: {}", words, count), std::move(page), 0});
    };
    add("remediationCompleted", TRY(connection.count("SELECT count(*) FROM main.remediation WHERE state = 'Completed' AND changed >= $1 AND changed < $2", between)),
        "Remediation activities completed", "/remediation");
    add("remediationOverdue", TRY(connection.count("SELECT count(*) FROM main.remediation WHERE state = 'Active' AND due > 0 AND due < $1", until)),
        "Remediation activities overdue", "/remediation");
    add("remediationDue", TRY(connection.count("SELECT count(*) FROM main.remediation WHERE state = 'Active' AND due >= $1 AND due < $2", ahead)),
        "Remediation activities due next", "/remediation");
    add("exceptionsEnding", TRY(connection.count("SELECT count(*) FROM main.exception WHERE state IN ('InEffect', 'Suspended') AND ends >= $1 AND ends < $2", ahead)),
        "Exceptions that end next", "/remediation?tab=exceptions");
    return {};
}

}  // namespace

Result<Digest> make_digest(store::Connection& connection, Ticks from, Ticks to) {
    Digest digest;
    auto const last = iso_date(to - ticks_per_day);
    digest.title = to - from > ticks_per_day ? "The week of " + iso_date(from) + " to " + last : "The day of " + last;
    auto const before = TRY(scores_before(connection, from));
    auto const now = TRY(scores_before(connection, to));
    if (now.known) add_scores(digest, before, now);
    TRY(add_events(connection, digest, from, to));
    TRY(add_work(connection, digest, from, to));
    TRY(add_advice(connection, digest));
    return digest;
}

}  // namespace merlon::advise
