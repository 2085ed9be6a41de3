// osquery's results as they lie in files: rows of one table (osqueryi --json), result log lines (snapshot,
// differential, batch), answers of distributed queries, an object of tables, a folder with a file for each table.
#pragma once
#include <filesystem>

#include "base/json_read.h"
#include "sensors/osquery/tables.h"

namespace merlon::sensors {

// True for one JSON value that one of the readers below takes: a log line, a log request, a distributed answer.
bool looks_like_osquery(json::Value root);
// True for an array of objects whose values are texts: rows of a table.
bool looks_like_osquery_rows(json::Value root);

// Gathers result lines by device and keeps differential results until their end.
class OsqueryLog {
public:
    // A log line, a whole log request ({"log_type", "data"}), a distributed answer ({"queries", "statuses"}) or an
    // object of tables ({"deb_packages": [...]}).
    Status take(json::Value, ImportCounts&);
    // The rows of one file; `query` is the file's name.
    void take_rows(std::string_view query, simdjson::dom::array rows, ImportCounts&);
    // Gives one report for each device, in order of first sight. `device` overrides what the lines say.
    Status finish(std::string_view file, std::string_view device, ImportCounts&, ReportSink const&);

private:
    struct Host {
        std::string identifier, name;
        OsqueryDevice device;
        Ticks newest = 0;
        // Differential results: query -> rows (as JSON) that stand.
        struct Rows {
            bool whole = false;  // its beginning (counter 0) was seen
            std::vector<std::string> rows;
        };
        std::map<std::string, Rows> differential;
    };
    Host& host(json::Value line);
    Status take_line(json::Value line, ImportCounts&);
    void take_distributed(json::Value answer, ImportCounts&);
    std::vector<Host> hosts_;
    std::size_t failed_ = 0;
    std::string failure_;
};

// A folder with one JSON file for each table.
bool looks_like_osquery_folder(std::filesystem::path const&);
Status read_osquery_folder(std::filesystem::path const&, std::string_view device, ImportCounts&, ReportSink const&);

}  // namespace merlon::sensors
