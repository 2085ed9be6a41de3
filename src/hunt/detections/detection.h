// Custom detections: a hunting query that runs by itself and raises an alert on each device it names.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "hunt/hunt.h"
#include "store/alert_handling.h"
#include "store/engine.h"

namespace merlon::hunt {

// What is done with a device besides the alert.
struct DetectionAction {
    std::string type;   // tag, setDeviceValue, notify
    std::string value;  // the tag; Low, Normal, High; id or name of a notification channel (webhook, mail, ticket)
    friend bool operator==(DetectionAction const&, DetectionAction const&) = default;
};

struct Detection {
    std::string id, name, query;
    std::int64_t frequency_minutes = 60;  // 5 to 1440
    std::int64_t lookback_minutes = 0;    // rows with a Timestamp within it; 0: as long as the frequency says (rule D2)
    std::string severity = "Medium", category = "SuspiciousActivity";
    std::string title;                    // {Column} stands for the row's value
    std::string description, recommended_action;
    std::vector<std::string> techniques;
    std::vector<DetectionAction> actions;
    bool enabled = true;
    Ticks next_run = 0;
};

// Checks all members and compiles the query, which must give a DeviceId. Puts words in their usual letters. Errors:
// detections.bad, or those of the query.
Status check_detection(Detection&);

std::string actions_json(std::span<DetectionAction const>);
Result<std::vector<Detection>> read_detections(store::Connection&);
Result<Detection> read_detection(store::Connection&, std::string_view id_or_name);  // detections.no_such
// Adds it, or replaces the one with its id. Errors: detections.bad when the name is taken.
Status write_detection(store::Connection&, Detection, std::string_view by, Ticks now);
Status remove_detection(store::Connection&, std::string_view id);

// ---- Running ------------------------------------------------------------------------------------------------

struct DetectionOutcome {
    std::int64_t rows = 0, elapsed_ms = 0;
    bool truncated = false;      // more rows than a run looks at
    std::vector<store::DetailedAlert> alerts;  // to be raised: new ones only
    std::vector<std::string> devices;  // of all rows, for the actions; each once
    std::string error;           // why the query failed; "" it did not
};
// Runs the query and works out the alerts; changes nothing.
//   D1. A run looks at the first 1,000 rows.
//   D2. Tables with a Timestamp are read from `now` less the look-back (at least 4 hours, as reports come in late).
//   D3. Rows of one device with one title are one alert.
//   D4. An alert of the same detection, device and title that is not resolved takes them in. A resolved one does too, unless
//       the newest row is younger than the resolution.
Result<DetectionOutcome> try_detection(store::Connection&, Detection const&, Ticks now);
// Raises the alerts, does the actions, writes down the run and when the next is due. For the writer.
Status finish_detection(store::Connection&, Detection const&, DetectionOutcome const&, Ticks now);

// Runs every enabled detection that is due at `now`, or with `all` every enabled one: `lend` gives a connection to read
// from, `write` runs a change. Returns how many ran; a failing one is written down as such and stops no other.
Result<std::size_t> run_due_detections(store::Connection& reading, std::function<Status(std::function<Status(store::Connection&)>)> const& write,
                                       Ticks now, bool all, std::function<void(Detection const&, DetectionOutcome const&)> const& tell = {});

}  // namespace merlon::hunt
