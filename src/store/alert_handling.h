// What people do about alerts: who works on one, how it ended, what was said. It stays when the source of the alert tells
// of it again.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "store/inventory.h"

namespace merlon::store {

// What the source of an alert says besides (model/alert.h).
struct AlertDetail {
    std::string description, recommended_action;
    std::string detector;                   // rule or query behind it
    Ticks first_event = 0, last_event = 0;  // 0: the alert's time
};
struct DetailedAlert {
    Alert alert;
    AlertDetail detail;
};
// The id of an alert that comes without one, in Defender's form: "da", its time, "_" and a number made of what it says. What says
// the same at the same time is the same alert.
std::string new_alert_id(Ticks, std::string_view said);
// As write_alerts(); a status that people gave an alert stays.
Status write_detailed_alerts(Connection&, std::span<DetailedAlert const>);

// What is left out stays.
struct AlertChange {
    std::optional<std::string> status, assigned_to, classification, determination;
    std::string comment;  // added when there is one
};
// Errors: alerts.bad_word for a status, classification or determination that is none (specification, section 12). Puts
// names in their usual letters.
Status check_alert_change(AlertChange&);
// A severity or category in its usual letters. Errors: alerts.bad_word.
Result<std::string> alert_severity(std::string_view);
Result<std::string> alert_category(std::string_view);

// Inside the caller's transaction; ids that are no alert are passed over.
Status change_alerts(Connection&, std::span<std::string const> ids, AlertChange const&, std::string_view by, Ticks now);

// The alert of this title on the device that is not resolved; "" when there is none.
Result<std::string> open_alert(Connection&, std::string_view device, std::string_view title);

}  // namespace merlon::store
