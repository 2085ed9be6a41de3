// What was true when: state tables as of a time, and how their past is kept (docs/decisions/010).
#pragma once
#include <string>
#include <string_view>

#include "base/time.h"
#include "store/engine.h"

namespace merlon::store {

// Notes what changed in devices, identities, findings, ratings, configuration, exceptions and remediation since the last call, in the caller's
// transaction. Called when exposure is published, after device_exposure and configuration_result are written; until
// then the history ends at the publication before. What ended more than `keep_days` ago is forgotten.
Status keep_history(Connection&, Ticks now, int keep_days);

// SQL over main.installation, device, identity, finding, finding_cleared, cve, configuration_result, device_exposure
// (`counted` and `level`), recommendation (by the day, without its description), exception, remediation and
// remediation_device as of a time: each name becomes the table's state then. Errors: store.no_history names another table
// of main which has none; software and configuration_check do not change and may stand.
Result<std::string> as_of(std::string sql, Ticks time);

// The time of the newest publication not after `time`; 0 when there is none. What changed between publications shows
// with the later one.
Result<Ticks> published_before(Connection&, Ticks time);

}  // namespace merlon::store
