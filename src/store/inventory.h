// The inventory as the store keeps it: what devices reported, and the distinct software of the fleet.
// The writing functions run inside the caller's transaction; when one fails the caller rolls back.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "model/alert.h"
#include "model/device.h"
#include "store/engine.h"

namespace merlon::store {

class Standing;

// What one report changed. Lists are sorted and hold each id once.
struct ReportChange {
    std::string device_id;
    bool new_device = false;
    bool changed = false;                    // anything besides last_seen and software_seen
    bool row_changed = false;                // of that, what table device says
    std::vector<std::int64_t> new_software;  // never seen before on any device: to be matched
    std::vector<std::int64_t> installed;     // not on this device before
    std::vector<std::int64_t> gone;          // no longer on this device
    std::vector<std::int64_t> software;      // all that is on it now; only filled when something was installed or went
};

// Writes reports in their order. The same report twice changes nothing but last_seen and software_seen.
//   - A device is found by device_id, else device_id_of(identifier), else device_id_of(name); a report without any of
//     these fails with inventory.no_device and nothing of it is written.
//   - Empty texts and lists of interfaces or tags mean "not reported" and keep what was known. Operating system
//     fields are taken one by one while distribution and version stay, all together when either changes.
//   - software, hotfixes and settings replace what was known (within software_sources, setting_families); nullopt
//     keeps it. An installation is (software, path); one that stays keeps its first_seen.
//   - The operating system is software of its device too (operating_system_item), written with the os fields.
// Fast for many devices at once: pass some hundreds to thousands of reports a call.
// With a Standing (store/standing.h) they are compared in memory, and it takes what they changed: the caller says whether the
// transaction was committed or taken back.
Result<std::vector<ReportChange>> write_reports(Connection&, std::span<DeviceReport const>, Ticks now, Standing* = nullptr);
Result<ReportChange> write_report(Connection&, DeviceReport const&, Ticks now);

// Writes alerts; one with a known id replaces it. Every alert names its id and device (inventory.bad_alert).
Status write_alerts(Connection&, std::span<Alert const>);
// The part of an alert that the alert table keeps as JSON in `body`, and back.
std::string alert_body(Alert const&);
Status read_alert_body(std::string_view json, Alert& into);
// All alerts of a device ("" of every device), oldest first.
Result<std::vector<Alert>> read_alerts(Connection&, std::string_view device_id = {});

// A device row as the store keeps it.
struct DeviceRow {
    std::string id, identifier, name;
    OperatingSystem os;
    std::string group, value;
    bool internet_facing = false;
    std::string public_address;
    std::vector<NetworkInterface> interfaces;
    std::vector<std::string> tags;
    bool excluded = false;
    std::string source;
    Ticks first_seen = 0, last_seen = 0, software_seen = 0;
};
// Calls `take` with each device, ordered by id; only those that meet an SQL `condition` of our own making.
Status read_devices(Connection&, std::function<Status(DeviceRow)> const& take, std::string_view condition = {});
// Nothing when there is no such device.
Result<std::optional<DeviceRow>> read_device(Connection&, std::string_view device_id);

// One software row: the key that matching takes, and its id.
struct SoftwareRow {
    std::int64_t id = 0;
    SoftwareKey key;
};
// Calls `take` with each distinct software, ordered by id; only these ids when `only` is not empty.
Status read_software(Connection&, std::function<Status(SoftwareRow)> const& take,
                     std::span<std::int64_t const> only = {});

std::string interfaces_json(std::span<NetworkInterface const>);
std::vector<NetworkInterface> interfaces_of(std::string_view json);
std::string texts_json(std::span<std::string const>);
std::vector<std::string> texts_of(std::string_view json);

}  // namespace merlon::store
