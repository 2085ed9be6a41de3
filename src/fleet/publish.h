// Writes what the index says into the tables that the API, hunting and the summary read
// (schema/store/0002_exposure.sql).
#pragma once
#include "fleet/device_counts.h"
#include "fleet/explain.h"

namespace merlon::fleet {

struct ExposureReport {
    double score = 0;
    std::uint64_t devices = 0, exposed_devices = 0;
    std::uint64_t cves = 0;
};

// Replaces the derived tables inside the caller's transaction; `counts` by device number. The scores are appended to their
// history.
Result<ExposureReport> publish_exposure(store::Connection&, Index const&, Exposure const&,
                                        std::span<DeviceCounts const> counts, Ticks now);

// explain_change() speaks of the scores before exceptions, by today's rules. Adds how much more exceptions take out of the
// scores than when they were published last, and, where the state of then was at hand (`compared`), how far the rules of
// then gave that state another score. Called before publish_exposure().
Status add_published_causes(store::Connection&, Index const&, Exposure const&, bool compared, std::vector<ScoreChange>&);
// Appends why the scores changed since the publication before.
Status publish_score_changes(store::Connection&, std::span<ScoreChange const>, Ticks now);

// Counted devices with an alert that is not resolved.
Result<DeviceSet> devices_with_alerts(store::Connection&, Index const&);

}  // namespace merlon::fleet
