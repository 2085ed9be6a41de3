// The door for inventories in files: recognised by content, read into device reports.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "sensors/reading.h"

namespace merlon::sensors {

struct ImportOptions {
    // Name of the device that the input is about, or its id (40 hex digits); overrides what the input says. Only for
    // inputs about one device.
    std::string device;
};

// Reads one file (compressed or not) or folder and gives its reports to `sink`, one for each device in it:
//   CycloneDX 1.2-1.7 (JSON, XML), SPDX 2.2, 2.3 (JSON, tag-value), SPDX 3.0 (JSON-LD); osquery: result logs, rows of a
//   table, a folder with a file for each table; dpkg status and apk database files; a root folder with their
//   databases; lines of Merlon's own form.
// Several reports about one device stay several. An error means that the input is to be refused as a whole, although
// `sink` may have seen some of its reports: write them in one transaction.
Result<ImportCounts> import_inventory(std::filesystem::path const&, ImportOptions const&, ReportSink const& sink);

// The same for a document at hand (request bodies, standard input); `name` is used in messages.
Result<ImportCounts> import_text(std::string_view bytes, std::string_view name, ImportOptions const&,
                                 ReportSink const& sink);

// All reports at once.
struct Imported {
    ImportCounts counts;
    std::vector<DeviceReport> reports;
};
Result<Imported> import_all(std::filesystem::path const&, ImportOptions const& = {});

}  // namespace merlon::sensors
