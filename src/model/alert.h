// A sign of attack on a device, with what it is about: rows of AlertInfo, AlertEvidence and DeviceAlertEvents.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace merlon {

// One thing that an alert is about. Empty fields are not known.
struct AlertEntity {
    std::string type;       // Machine, File, Process, User, Ip, Url, RegistryValue ...
    std::string role;       // Impacted or Related
    std::string direction;  // Source or Destination
    std::string file_name, folder_path, sha1, sha256;
    std::int64_t file_size = 0;
    std::string threat_family;
    std::string remote_ip, remote_url, local_ip;
    std::string account_name, account_domain, account_sid, account_upn;
    std::string process_command_line;
    std::string registry_key, registry_value_name, registry_value_data;
    std::string application;
    std::string additional_fields;  // JSON text
    friend bool operator==(AlertEntity const&, AlertEntity const&) = default;
};

struct Alert {
    std::string id;
    std::string device_id;
    Ticks time = 0;
    std::string title;
    std::string category;          // tactic: InitialAccess, Execution, LateralMovement ...
    std::string severity;          // Informational, Low, Medium, High
    std::string status = "New";    // New, InProgress, Resolved
    std::string service_source;    // product that raised it
    std::string detection_source;  // EDR, Antivirus, Custom detection ...
    std::vector<std::string> techniques;  // MITRE ATT&CK: "T1059.001"
    std::string table;             // event table that holds the event behind it
    std::int64_t report_id = 0;
    std::vector<AlertEntity> evidence;
    friend bool operator==(Alert const&, Alert const&) = default;
};

}  // namespace merlon
