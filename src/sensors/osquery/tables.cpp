#include "sensors/osquery/tables.h"

#include "base/json_text.h"
#include "base/text.h"

namespace merlon::sensors {
namespace {

struct SoftwareTable {
    std::string_view table, source;
};
constexpr SoftwareTable software_tables[] = {
    {"deb_packages", "deb"},
    {"rpm_packages", "rpm"},
    {"portage_packages", "portage"},
    {"programs", "programs"},
    {"apps", "apps"},
    {"homebrew_packages", "homebrew"},
    {"chocolatey_packages", "chocolatey"},
    {"python_packages", "pypi"},
    {"npm_packages", "npm"},
    {"chrome_extensions", "chrome_extensions"},
    {"firefox_addons", "firefox_addons"},
    {"safari_extensions", "safari_extensions"},
    {"ie_extensions", "ie_extensions"},
    {"vscode_extensions", "vscode_extensions"},
    {"jetbrains_plugins", "jetbrains_plugins"},
};

// Tables kept as settings. `keys` name a row among several; without them the table has one row. The columns are
// written one by one ("osquery.TABLE.ROW.COLUMN"), or as one JSON object for each row when `whole`.
struct SettingTable {
    std::string_view table, keys, columns;
    bool whole = false;
};
constexpr SettingTable setting_tables[] = {
    {"disk_encryption", "name", "encrypted,encryption_status,type,filevault_status"},
    {"bitlocker_info", "drive_letter", "protection_status,conversion_status,encryption_method,percentage_encrypted,lock_status"},
    {"windows_security_center", "", "firewall,autoupdate,antivirus,antispyware,internet_settings,windows_security_center_service,user_account_control"},
    {"windows_security_products", "type,name", "state,signatures_up_to_date"},
    {"windows_optional_features", "name", "state"},
    {"windows_firewall_rules", "name", "enabled,action,direction,grouping"},
    {"security_profile_info", "", "minimum_password_age,maximum_password_age,minimum_password_length,password_complexity,password_history_size,lockout_bad_count,logon_to_change_password,force_logoff_when_expire,new_administrator_name,new_guest_name,clear_text_password,lsa_anonymous_name_lookup,enable_admin_account,enable_guest_account,audit_system_events,audit_logon_events,audit_object_access,audit_privilege_use,audit_policy_change,audit_account_manage,audit_process_tracking,audit_ds_access,audit_account_logon"},
    {"tpm_info", "", "activated,enabled,owned,manufacturer_version,spec_version"},
    {"secureboot", "", "secure_boot,secure_mode,setup_mode"},
    {"services", "name", "status,start_type"},
    {"system_controls", "name", "current_value"},
    {"selinux_settings", "scope,key", "value"},
    {"sip_config", "config_flag", "enabled,enabled_nvram"},
    {"gatekeeper", "", "assessments_enabled,dev_id_enabled"},
    {"alf", "", "global_state,stealth_enabled,logging_enabled,allow_signed_enabled,firewall_unload"},
    {"screenlock", "", "enabled,grace_period"},
    {"password_policy", "policy_identifier", "policy_content"},
    {"sharing_preferences", "", "screen_sharing,file_sharing,printer_sharing,remote_login,remote_management,remote_apple_events,internet_sharing,bluetooth_sharing,disc_sharing,content_caching"},
    {"mounts", "path", "type,flags"},
    {"memory_info", "", "memory_total"},
    {"platform_info", "", "vendor,version,date"},
    {"users", "username", "uid,gid,shell", true},
    {"listening_ports", "protocol,address,port", "name,path,family", true},
    {"certificates", "sha1,path", "common_name,subject,issuer,ca,self_signed,not_valid_before,not_valid_after,signing_algorithm,key_algorithm,key_strength,key_usage,serial,path", true},
    {"suid_bin", "path", "username,groupname,permissions", true},
    // Software as well; these say what it may do and for whom it is on (views browser_extension...).
    {"chrome_extensions", "browser_type,identifier,uid", "state,permissions,optional_permissions", true},
    {"firefox_addons", "identifier,uid", "active", true},
};

constexpr std::string_view system_tables[] = {"os_version", "system_info", "kernel_info", "osquery_info", "patches",
                                              "interface_addresses", "interface_details", "registry", "pending_restart", "network_shares", "software_usage"};
// Known tables that say nothing about the inventory.
constexpr std::string_view other_tables[] = {
    "uptime", "processes", "deb_package_files", "rpm_package_files", "routes", "crontab", "apt_sources", "yum_sources",
    "block_devices", "groups", "docker_containers", "docker_images", "windows_update_history", "package_receipts",
    "startup_items", "scheduled_tasks", "drivers", "kernel_modules", "etc_hosts", "logged_in_users"};

SettingTable const* setting_table(std::string_view name) {
    for (auto const& one : setting_tables)
        if (one.table == name) return &one;
    return nullptr;
}

// "name", "name (version)" or "": the Source field of dpkg.
void take_deb_source(SoftwareItem& item, std::string_view source) {
    auto const open = source.find(" (");
    item.source_name = field(source.substr(0, open));
    if (open != source.npos && source.ends_with(')'))
        item.source_version = field(source.substr(open + 2, source.size() - open - 3));
}

std::string first_of(json::Value row, std::initializer_list<std::string_view> columns) {
    for (auto const column : columns)
        if (auto value = cell(row, column); !value.empty()) return value;
    return {};
}

// Reads one row; gives the reason when it is no installed software.
std::string read_item(std::string_view table, json::Value row, SoftwareItem& item) {
    item.name = cell(row, "name");
    item.version = cell(row, "version");
    item.path = first_of(row, {"path", "install_location", "directory"});
    item.vendor = first_of(row, {"publisher", "vendor", "maintainer", "author", "creator"});
    if (table == "deb_packages") {
        auto const status = cell(row, "status");
        if (!status.empty() && !status.ends_with(" installed")) return "package removed, configuration left";
        item.architecture = cell(row, "arch");
        item.path.clear();
        take_deb_source(item, cell(row, "source"));
    } else if (table == "rpm_packages") {
        auto const epoch = cell(row, "epoch"), release = cell(row, "release");
        if (!release.empty()) item.version += "-" + release;
        if (!epoch.empty() && epoch != "0") item.version = epoch + ":" + item.version;
        item.architecture = cell(row, "arch");
        item.installed_at = cell(row, "install_time");
        split_source_rpm(cell(row, "source"), item.source_name, item.source_version);
    } else if (table == "portage_packages") {
        item.name = first_of(row, {"package", "name"});
    } else if (table == "programs") {
        item.bundle_id = cell(row, "identifying_number");
        item.installed_at = cell(row, "install_date");
        if (!cell(row, "package_family_name").empty()) {
            item.source = "appx";
            item.bundle_id = cell(row, "package_family_name");
        }
    } else if (table == "apps") {
        item.bundle_id = cell(row, "bundle_identifier");
        item.version = first_of(row, {"bundle_short_version", "bundle_version"});
        if (item.name.ends_with(".app")) item.name.resize(item.name.size() - 4);
        item.vendor.clear();
    } else if (table == "homebrew_packages") {
        item.vendor.clear();
    } else if (table == "python_packages") {
        auto const full = item.path.empty() ? cell(row, "directory") : item.path;
        if (python_of_distribution(full)) return "Python module of a distribution package";
        item.vendor.clear();
    } else if (table == "npm_packages") {
        item.vendor.clear();
    } else if (table.ends_with("extensions") || table == "firefox_addons" || table == "jetbrains_plugins") {
        item.bundle_id = first_of(row, {"identifier", "uuid"});
        item.edition = first_of(row, {"browser_type", "product_type", "vscode_edition"});
        if (item.name.empty()) item.name = item.bundle_id;
    }
    return item.name.empty() ? "no name" : "";
}

std::vector<std::string_view> columns_of(std::string_view list) {
    return list.empty() ? std::vector<std::string_view>{} : split(list, ',');
}

void read_os(OperatingSystem& os, json::Value row) {
    os = {};
    auto const platform = cell(row, "platform");
    os.distribution = distribution_id(platform.empty() ? cell(row, "name") : platform);
    os.name = cell(row, "name");
    os.version = cell(row, "version");
    os.build = cell(row, "build");
    os.architecture = architecture_token(cell(row, "arch"));
    os.release = cell(row, "codename");
    if (os.distribution.find("windows") != std::string::npos) {
        os.distribution = "windows";
        auto const revision = cell(row, "revision");
        auto const parts = split(os.version, '.');
        if (!revision.empty() && parts.size() == 3) {
            os.version += "." + revision;
            if (!os.build.empty()) os.build += "." + revision;
        }
        os.release = cell(row, "display_version");
    } else if (os.distribution != "macos") {
        // "12 (bookworm)", "22.04.4 LTS (Jammy Jellyfish)": the number is the version, all of it belongs to the name.
        if (!os.version.empty()) os.name += " " + os.version;
        os.version = os.version.substr(0, os.version.find(' '));
        if (os.version.empty() || os.version.find_first_of("0123456789") == std::string::npos) {
            os.version = cell(row, "major");
            if (auto const minor = cell(row, "minor"); !minor.empty() && minor != "0") os.version += "." + minor;
        }
    }
    complete_platform(os);
}

}  // namespace

std::string cell(json::Value row, std::string_view column) {
    auto const value = json::member(row, column);
    if (!value) return {};
    if (json::is_string(*value)) return field(json::text(*value));
    // Agents may be told to write numbers as such.
    return json::is_null(*value) || json::is_object(*value) || json::is_array(*value) ? std::string{}
                                                                                        : json::dump(*value);
}

std::optional<Ticks> time_of_seconds(std::optional<std::int64_t> seconds) {
    if (!seconds || *seconds <= 0 || *seconds >= 253402300799) return {};
    return unix_epoch_ticks + *seconds * ticks_per_second;
}

bool osquery_table_is_read(std::string_view table) {
    for (auto const& one : software_tables)
        if (one.table == table) return true;
    for (auto const one : system_tables)
        if (one == table) return true;
    return setting_table(table) != nullptr;
}

std::string osquery_table(std::string_view query_name, simdjson::dom::array rows) {
    auto const name = ascii_lower(query_name);
    std::string_view best;
    auto consider = [&](std::string_view table) {
        // The name may have words before or after: "pack_inventory_deb_packages", "deb_packages_snapshot".
        auto const at = name.find(table);
        if (at == name.npos || table.size() <= best.size()) return;
        bool const starts = at == 0 || name[at - 1] == '_' || name[at - 1] == '/' || name[at - 1] == '-' || name[at - 1] == '.';
        auto const end = at + table.size();
        bool const ends = end == name.size() || name[end] == '_' || name[end] == '.' || name[end] == '-';
        if (starts && ends) best = table;
    };
    for (auto const& one : software_tables) consider(one.table);
    for (auto const& one : setting_tables) consider(one.table);
    for (auto const one : system_tables) consider(one);
    for (auto const one : other_tables) consider(one);
    if (!best.empty()) return std::string(best);
    // Columns that one table alone has.
    static constexpr std::pair<std::string_view, std::string_view> signs[] = {
        {"admindir", "deb_packages"},        {"package_group", "rpm_packages"}, {"identifying_number", "programs"},
        {"bundle_identifier", "apps"},       {"hotfix_id", "patches"},          {"hardware_serial", "system_info"},
        {"platform_like", "os_version"},     {"browser_type", "chrome_extensions"}};
    for (auto const row : rows) {
        for (auto const& [column, table] : signs)
            if (json::member(row, column)) return std::string(table);
        break;
    }
    return {};
}

void OsqueryDevice::take(std::string_view table, simdjson::dom::array rows, ImportCounts& counts) {
    for (auto const& one : software_tables)
        if (one.table == table) {
            tables_.insert(std::string(table));
            take_software(table, std::string(one.source), rows, counts);
            if (setting_table(table)) take_settings(table, rows, counts);
            return;
        }
    if (setting_table(table) || table == "registry") {
        tables_.insert(std::string(table));
        return take_settings(table, rows, counts);
    }
    if (table == "interface_addresses" || table == "interface_details") {
        tables_.insert(std::string(table));
        return take_interfaces(table, rows, counts);
    }
    for (auto const& [query, take_rows] : {std::pair{"pending_restart", &OsqueryDevice::take_restart}, {"network_shares", &OsqueryDevice::take_shares},
                                           {"software_usage", &OsqueryDevice::take_usage}})
        if (table == query) {
            tables_.insert(std::string(table));
            return (this->*take_rows)(rows, counts);
        }
    for (auto const one : system_tables)
        if (one == table) {
            tables_.insert(std::string(table));
            return take_system(table, rows, counts);
        }
    counts.skip("table " + std::string(table.empty() ? "without a known name" : table) + " is not used", rows.size());
}

void OsqueryDevice::take_software(std::string_view table, std::string source, simdjson::dom::array rows,
                                  ImportCounts& counts) {
    if (!report_.software) report_.software.emplace();
    report_.software_sources.push_back(source);
    if (table == "programs") report_.software_sources.emplace_back("appx");
    std::set<std::string> seen;  // joins give the same row more than once
    for (auto const row : rows) {
        SoftwareItem item;
        item.source = source;
        if (auto reason = read_item(table, row, item); !reason.empty()) {
            counts.skip(std::move(reason));
            continue;
        }
        if (!seen.insert(item.name + '\0' + item.version + '\0' + item.architecture + '\0' + item.path + '\0' +
                         item.bundle_id + '\0' + item.edition).second) {
            counts.skip("the same row again");
            continue;
        }
        if (item.source_name == item.name && (item.source_version.empty() || item.source_version == item.version)) {
            item.source_name.clear();
            item.source_version.clear();
        }
        counts.keep(item);
        report_.software->push_back(std::move(item));
    }
}

void OsqueryDevice::take_system(std::string_view table, simdjson::dom::array rows, ImportCounts& counts) {
    if (table == "patches" && !report_.hotfixes) report_.hotfixes.emplace();
    for (auto const row : rows) {
        counts.keep_fact();
        if (table == "os_version") {
            auto const kernel = report_.os.kernel;
            read_os(report_.os, row);
            report_.os.kernel = kernel;
        } else if (table == "kernel_info") {
            report_.os.kernel = cell(row, "version");
        } else if (table == "system_info") {
            report_.name = first_of(row, {"hostname", "computer_name", "local_hostname"});
            report_.identifier = first_of(row, {"uuid", "hardware_serial"});
            if (report_.os.architecture.empty()) report_.os.architecture = architecture_token(cell(row, "cpu_type"));
            auto& settings = settings_of("osquery.system_info");
            for (auto const* column : {"hardware_vendor", "hardware_model", "hardware_version", "hardware_serial",
                                       "cpu_brand", "cpu_logical_cores", "physical_memory", "board_vendor", "board_model"})
                if (auto value = cell(row, column); !value.empty())
                    settings.push_back({"osquery.system_info." + std::string(column), std::move(value)});
        } else if (table == "osquery_info") {
            settings_of("osquery.osquery_info").push_back({"osquery.osquery_info.version", cell(row, "version")});
        } else if (table == "patches") {
            auto const id = cell(row, "hotfix_id");
            if (!id.empty() && std::find(report_.hotfixes->begin(), report_.hotfixes->end(), id) == report_.hotfixes->end())
                report_.hotfixes->push_back(id);
        }
    }
}

NetworkInterface& OsqueryDevice::interface(std::string_view name) {
    for (auto& one : report_.interfaces)
        if (one.name == name) return one;
    auto& made = report_.interfaces.emplace_back();
    made.name = name;
    return made;
}

void OsqueryDevice::take_interfaces(std::string_view table, simdjson::dom::array rows, ImportCounts& counts) {
    for (auto const row : rows) {
        auto const name = first_of(row, {"interface", "friendly_name"});
        if (name.empty()) {
            counts.skip("no interface name");
            continue;
        }
        counts.keep_fact();
        auto& one = interface(name);
        if (auto mac = cell(row, "mac"); !mac.empty() && mac != "00:00:00:00:00:00") one.mac = std::move(mac);
        if (table != "interface_addresses") continue;
        auto address = cell(row, "address");
        if (!address.empty() && std::find(one.addresses.begin(), one.addresses.end(), address) == one.addresses.end())
            one.addresses.push_back(std::move(address));
    }
}

std::vector<SettingFact>& OsqueryDevice::settings_of(std::string family) {
    report_.setting_families.push_back(std::move(family));
    return report_.settings ? *report_.settings : report_.settings.emplace();
}

void OsqueryDevice::take_settings(std::string_view table, simdjson::dom::array rows, ImportCounts& counts) {
    bool const registry = table == "registry";
    auto& settings = settings_of(registry ? "registry" : "osquery." + std::string(table));
    auto const* known = setting_table(table);
    for (auto const row : rows) {
        if (registry) {
            auto const path = cell(row, "path");
            if (path.empty()) {
                counts.skip("a registry row without path");
                continue;
            }
            counts.keep_fact();
            settings.push_back({"registry." + path, cell(row, "data")});
            continue;
        }
        std::string prefix = "osquery." + std::string(table);
        for (auto const key : columns_of(known->keys)) prefix += "." + cell(row, key);
        if (!seen_settings_.emplace(std::string(table), prefix).second) {
            counts.skip("the same row again");
            continue;
        }
        counts.keep_fact();
        std::string object;
        JsonWriter json(object);
        if (known->whole) json.begin_object();
        for (auto const column : columns_of(known->columns)) {
            if (!json::member(row, column)) continue;
            if (known->whole) json.member(column, cell(row, column));
            else settings.push_back({prefix + "." + std::string(column), cell(row, column)});
        }
        if (!known->whole) continue;
        json.end_object();
        settings.push_back({std::move(prefix), std::move(object)});
    }
}

DeviceReport OsqueryDevice::report(std::string_view identifier, std::string_view name) const {
    auto report = report_;
    if (!identifier.empty()) report.identifier = field(identifier);
    if (!name.empty()) report.name = field(name);
    report.source = "osquery";
    // Interfaces without any address or hardware address say nothing.
    std::erase_if(report.interfaces, [](NetworkInterface const& one) { return one.addresses.empty() && one.mac.empty(); });
    return report;
}

}  // namespace merlon::sensors
