// Rows of osquery's inventory tables (osquery.io/schema) made into one DeviceReport. All values are texts.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "base/json_read.h"
#include "sensors/reading.h"

namespace merlon::sensors {

// The table that a query asked, by the query's or file's name ("pack_inventory_deb_packages", "deb_packages.json") or,
// when the name says nothing, by the columns of its first row. "" when neither tells.
std::string osquery_table(std::string_view query_name, simdjson::dom::array rows);
// True for the tables that Merlon reads; others are counted as skipped.
bool osquery_table_is_read(std::string_view table);

// The value of a column as text; "" without one.
std::string cell(json::Value row, std::string_view column);
// A time that is told in seconds since 1970; nothing where that is none (0, or after the year 9999).
std::optional<Ticks> time_of_seconds(std::optional<std::int64_t>);

// Gathers tables of one device.
class OsqueryDevice {
public:
    // Takes the complete result of one table. An empty list means: there are none of these.
    void take(std::string_view table, simdjson::dom::array rows, ImportCounts&);
    // True when no table was taken.
    bool empty() const { return tables_.empty(); }
    // The host name and hardware UUID, when system_info was among the tables.
    std::string const& host_name() const { return report_.name; }
    // The report of all tables taken; `identifier` stands when system_info gave none.
    DeviceReport report(std::string_view identifier, std::string_view name) const;

private:
    void take_software(std::string_view table, std::string source, simdjson::dom::array rows, ImportCounts&);
    void take_system(std::string_view table, simdjson::dom::array rows, ImportCounts&);
    void take_restart(simdjson::dom::array rows, ImportCounts&);
    void take_shares(simdjson::dom::array rows, ImportCounts&);
    void take_usage(simdjson::dom::array rows, ImportCounts&);
    void take_interfaces(std::string_view table, simdjson::dom::array rows, ImportCounts&);
    void take_settings(std::string_view table, simdjson::dom::array rows, ImportCounts&);
    NetworkInterface& interface(std::string_view name);
    // The report's settings, for facts of a family that is told whole from now on.
    std::vector<SettingFact>& settings_of(std::string family);

    DeviceReport report_;
    std::set<std::string, std::less<>> tables_;
    std::set<std::pair<std::string, std::string>> seen_settings_;
};

}  // namespace merlon::sensors
