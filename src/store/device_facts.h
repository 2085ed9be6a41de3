// What people say of devices: value, tags, exclusion, duplicates, and groups by rule. A person's choice wins over what
// sensors report, now and at every later report; taking it back shows again what was reported.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/inventory.h"
#include "store/support_entitlements.h"

namespace merlon::store {

// ---- Which one is meant --------------------------------------------------------------------------------------

// The device that people name: the one with this id, else the one of this name that was heard of last; letter case does not
// matter. Nothing: there is none. The statement has the name as $1.
inline constexpr std::string_view device_named_sql =
    "SELECT id FROM main.device WHERE lower(id) = lower($1) OR lower(name) = lower($1) ORDER BY lower(id) <> lower($1), last_seen DESC, id LIMIT 1";
Result<std::optional<std::string>> device_named(Connection&, std::string_view id_or_name);

// ---- Choices ------------------------------------------------------------------------------------------------

struct DeviceChoice {
    std::string value;  // Low, Normal, High; "" not set
    std::vector<std::string> tags_added, tags_removed;
    bool excluded = false;
    std::string justification, note;  // of the exclusion
    std::string merged_into;          // the device that this one is a duplicate of
    bool empty() const { return *this == DeviceChoice{}; }
    friend bool operator==(DeviceChoice const&, DeviceChoice const&) = default;
};

// A change of the choices of some devices; what is left out stays.
struct ChoiceChange {
    std::optional<std::string> value;            // "" takes the choice back
    std::vector<std::string> add_tags, remove_tags;
    std::optional<std::vector<std::string>> tags;  // exactly these from now on
    struct Exclusion {
        bool excluded = false;
        std::string justification, note, merged_into;
    };
    std::optional<Exclusion> exclusion;
};
// Errors: devices.bad_value, devices.bad_tag, devices.bad_justification; each lists what fits. Puts names in their
// usual letters ("high" -> "High").
Status check_change(ChoiceChange&);
std::span<std::string_view const> justifications();

// Writes the choices and what follows from them for the devices. Returns how many devices there were; ids that are no
// device are passed over. `by` is who asked.
Result<std::size_t> change_devices(Connection&, std::span<std::string const> ids, ChoiceChange const&, std::string_view by, Ticks now);

// Devices that seem to be one: pairs, the one heard of last second.
struct DuplicatePair {
    std::string id, name, other_id, other_name, reason;
};
// By equal serial number, by equal hardware address of a network interface, or by equal host name together with an equal
// operating system platform. Excluded devices are left out.
Result<std::vector<DuplicatePair>> find_duplicates(Connection&);
// `from` is excluded as a duplicate of `into`, which takes over tags and value that people set. Undone by including it.
Status merge_devices(Connection&, std::string const& from, std::string const& into, std::string_view by, Ticks now);

// ---- Groups by rule -----------------------------------------------------------------------------------------

// Holds for a device when any of the values fits; compared without case.
struct GroupCondition {
    std::string property;  // name, domain, tag, osPlatform
    std::string operator_;  // equals, startsWith, endsWith, contains
    std::vector<std::string> values;
    friend bool operator==(GroupCondition const&, GroupCondition const&) = default;
};
struct DeviceGroup {
    std::string name;
    std::int64_t rank = 0;  // 1 is tried first; 0: after all others
    std::string description;
    std::vector<GroupCondition> conditions;  // all must hold; none: no device is in it by rule
};
// Errors: groups.bad_name, groups.bad_rule.
Status check_group(DeviceGroup const&);
bool fits(DeviceGroup const&, DeviceRow const&);

// By rank.
Result<std::vector<DeviceGroup>> read_groups(Connection&);
// Adds a group or replaces the one called `instead_of`; the others make room for its rank. Errors: groups.exists,
// groups.no_such. A new name also replaces the old one in what people may see.
Status write_group(Connection&, DeviceGroup const&, std::string_view instead_of, std::string_view by, Ticks now);
Status remove_group(Connection&, std::string_view name);
// Gives every device its group anew; returns how many moved.
Result<std::size_t> regroup(Connection&);

std::string conditions_json(std::span<GroupCondition const>);
std::vector<GroupCondition> conditions_of(std::string_view json);

// ---- What a report comes to ---------------------------------------------------------------------------------

// What the reports of a device said of the facts that people may overrule.
struct Reported {
    std::string group, value;
    std::vector<std::string> tags;
    friend bool operator==(Reported const&, Reported const&) = default;
};
// Everything that decides those facts of some devices.
struct FactSources {
    std::vector<DeviceGroup> groups;
    std::unordered_map<std::string, DeviceChoice> choices;
    std::unordered_map<std::string, Reported> reported;  // a device without an entry: what its row says
    Entitled entitled;                                   // to extended support
};
// For the devices among `ids`, a list for SQL: 'a','b'.
Result<FactSources> read_sources(Connection&, std::string const& ids);
// Sets group, value, tags and exclusion of the row from what was reported of it and what people chose.
void decide(DeviceRow&, Reported const&, FactSources const&);

}  // namespace merlon::store
