#include "server/journey.h"

#include <fmt/format.h>

#include "advise/publish.h"
#include "api/device_query.h"
#include "base/digest.h"
#include "base/embedded.h"
#include "base/text.h"
#include "feeds/merlon/read.h"
#include "match/local_corrections.h"
#include "match/run.h"
#include "store/inventory.h"
#include "store/knowledge.h"
#include "store/unmatched.h"

namespace merlon::server {
namespace {

constexpr std::size_t reports_a_batch = 500;

void tell(Say const& say, std::string_view line) {
    if (say) say(line);
}

// Everything that follows from inventory and findings, made anew.
Status publish(store::Connection& connection, Ticks now, Say const& say) {
    tell(say, "computing exposure");
    auto const answers = TRY(advise::ask_queries(connection, [&](std::string const& kql) { return api::devices_of_query(connection, kql); }));
    return connection.transaction([&]() -> Status {
        TRY(advise::keep_query_answers(connection, answers, now));
        TRY(advise::publish_all(connection, now));
        return {};
    });
}

Status match_and_publish(store::Connection& connection, std::span<std::int64_t const> only, Say const& say, Ticks now) {
    match::MatchOptions options;
    options.now = now;
    options.only.assign(only.begin(), only.end());
    options.progress = [&](std::string_view line) { tell(say, line); };
    TRY(match::run(connection, options));
    TRY(publish(connection, now, say));
    return only.empty() ? store::forget_unmatched_loads(connection) : Status{};
}

// Whether matches lack loads beyond so many, or are of other rules.
Result<bool> matches_lag(store::Connection& connection, std::int64_t known_loads) {
    if (TRY(store::unmatched_loads(connection)) != known_loads) return true;
    return !TRY(match::evaluated_by_these_rules(connection));
}

}  // namespace

Result<Written> write_reports(store::Connection& connection, std::span<DeviceReport const> reports, Ticks now) {
    Written written;
    TRY(connection.transaction([&]() -> Status {
        for (std::size_t at = 0; at < reports.size(); at += reports_a_batch) {
            auto const batch = reports.subspan(at, std::min(reports_a_batch, reports.size() - at));
            for (auto const& change : TRY(store::write_reports(connection, batch, now))) {
                ++written.devices;
                written.changed += change.changed ? 1 : 0;
                written.new_software.insert(written.new_software.end(), change.new_software.begin(), change.new_software.end());
            }
        }
        return {};
    }));
    return written;
}

void KnowledgeChange::add(store::WriteOutcome const& outcome) {
    subjects.insert(subjects.end(), outcome.changed_subjects.begin(), outcome.changed_subjects.end());
    names.insert(names.end(), outcome.changed_names.begin(), outcome.changed_names.end());
    everything = everything || outcome.products > 0;
    ++loads;
}

Status knowledge_changed(store::Connection& connection, KnowledgeChange const& change, bool match, Say const& say, Ticks now) {
    tell(say, "merging what feeds say of each CVE");
    TRY(store::rebuild_cve_table(connection));
    if (!match) return {};
    if (change.everything || TRY(matches_lag(connection, change.loads))) return match_and_publish(connection, {}, say, now);
    auto const touched = TRY(match::touched_by(connection, change.subjects, change.names));
    if (touched.everything) return match_and_publish(connection, {}, say, now);
    // Ratings and exploits may have changed all the same.
    TRY(inventory_changed(connection, touched.software, say, now));
    return store::forget_unmatched_loads(connection);
}

Status inventory_changed(store::Connection& connection, std::span<std::int64_t const> new_software, Say const& say, Ticks now) {
    if (!new_software.empty()) return match_and_publish(connection, new_software, say, now);
    TRY(connection.transaction([&] { return match::clear_findings(connection, now); }));
    return publish(connection, now, say);
}

Result<bool> evaluation_due(store::Connection& connection, Ticks now) {
    if (TRY(match::evaluated_day(connection)) == iso_date(now) && !TRY(matches_lag(connection, 0))) return false;
    return TRY(connection.count("SELECT count(*) FROM (SELECT 1 FROM main.identity LIMIT 1)")) > 0;
}

Status end_what_ran_out(store::Connection& connection, Ticks now) {
    if (!TRY(match::correction_ran_out(connection, now))) return {};
    return inventory_changed(connection, {}, {});
}

Status match_everything(store::Connection& connection, Say const& say, Ticks now) { return match_and_publish(connection, {}, say, now); }

Result<std::int64_t> load_starter_knowledge(store::Connection& connection, Say const& say, Unknown const& unknown, Ticks now) {
    std::int64_t fresh = 0;
    for (auto const& file : embedded_under("data/knowledge/")) {
        std::vector<KnowledgeRecord> records;
        std::size_t left_out = 0;
        auto const read = [&] {
            return feeds::read_knowledge(file.bytes, file.path, [&](KnowledgeRecord record) -> Status {
                if (unknown && unknown(record)) ++left_out;
                else records.push_back(std::move(record));
                return {};
            });
        };
        if (unknown) TRY(read());
        store::FeedFile described;
        described.feed = "starter";
        described.file = file.path;
        described.digest = sha256_hex(left_out == 0 ? std::string(file.bytes) : std::string(file.bytes) + std::to_string(left_out));
        described.loaded = now;
        if (TRY(store::already_loaded(connection, described.feed, described.digest))) continue;
        tell(say, "loading starter knowledge: " + std::string(file.path));
        if (!unknown) TRY(read());
        auto const outcome = TRY(store::write_knowledge(
            connection, described, [&](store::PackedSink const& sink) -> Result<store::FeedCounts> {
                store::FeedCounts counts;
                store::PackedBatch batch;
                counts.records = counts.kept = static_cast<std::int64_t>(records.size());
                for (auto& record : records) batch.add(std::move(record));
                TRY(sink(batch));
                return counts;
            }));
        fresh += outcome.counts.kept;
    }
    return fresh;
}

}  // namespace merlon::server
