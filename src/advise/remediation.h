// Remediation activities: somebody asks for a recommendation to be carried out on some devices; the devices' own state
// says how far it is (docs/remediation.md).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::advise {

struct Remediation {
    std::string id;
    std::string recommendation, title, description, component;
    std::string type;  // remediation_type_name()
    std::string vendor, product, scid, recommended_version;
    std::vector<std::string> groups;  // none: all
    bool quiet = false;               // only devices whose users notice nothing
    std::string priority;             // High Medium Low
    Ticks due = 0;                    // 0: none
    std::string notes, owner;
    std::string requester_id, requester;
    std::string state;  // Active Completed Cancelled
    Ticks created = 0, changed = 0;
    std::string method;  // Automatic Manual, "" not completed
    std::string completer_id, completer;
    std::string ticket, ticket_state;
    std::int64_t target_devices = 0, fixed_devices = 0, away_devices = 0;

    bool watches_only() const { return type == "AttentionRequired"; }
    friend bool operator==(Remediation const&, Remediation const&) = default;
};

// Who asks or completes: an id, and what people read.
struct Person {
    std::string id, name;
};

struct NewRemediation {
    std::string id;  // made by the caller
    Person by;
    std::string recommendation;
    std::string type;  // "": what the recommendation says
    std::vector<std::string> groups;
    bool quiet = false;
    std::string priority = "Medium";
    std::optional<Ticks> due;
    std::string notes, owner;
};

// Writes it with its devices (rules M1 and M2), inside the caller's transaction. Errors: advise.no_such_recommendation,
// advise.bad_remediation, advise.nothing_to_remedy (no device in its groups needs it).
Result<Remediation> add_remediation(store::Connection&, NewRemediation const&, Ticks now);

struct RemediationChange {
    std::optional<std::string> notes, owner, priority;
    std::optional<Ticks> due;
    std::optional<std::string> ticket, ticket_state;
    bool complete = false, cancel = false;
};
// Errors: advise.no_such_remediation, advise.remediation_state (it is over), advise.bad_remediation.
Status change_remediation(store::Connection&, std::string const& id, RemediationChange const&, Person const& by,
                          Ticks now);

Result<std::vector<Remediation>> read_remediations(store::Connection&);
Result<Remediation> find_remediation(store::Connection&, std::string const& id);
// Replaces the row of the same id.
Status save_remediation(store::Connection&, Remediation const&);

// Removes those that have been over for 180 days (rule M5).
Status forget_old_remediations(store::Connection&, Ticks now);

}  // namespace merlon::advise
