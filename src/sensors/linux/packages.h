// Package databases of Linux systems as files: dpkg's status, apk's installed, rpm's through its own tool.
#pragma once
#include <filesystem>

#include "sensors/reading.h"

namespace merlon::sensors {

// Fields of an os-release file (freedesktop.org os-release(5)).
OperatingSystem read_os_release(std::string_view bytes);

// Paragraphs of var/lib/dpkg/status, or of one file in status.d. Packages that are not installed are counted, not
// taken.
bool looks_like_dpkg_status(std::string_view bytes);
Status read_dpkg_status(std::string_view bytes, std::string_view file, std::vector<SoftwareItem>&, ImportCounts&);

// lib/apk/db/installed of Alpine and its kin.
bool looks_like_apk_installed(std::string_view bytes);
Status read_apk_installed(std::string_view bytes, std::string_view file, std::vector<SoftwareItem>&, ImportCounts&);

// Asks the rpm tool for the packages of a database folder (var/lib/rpm, usr/lib/sysimage/rpm).
Status read_rpm_database(std::filesystem::path const& folder, std::vector<SoftwareItem>&, ImportCounts&);
// One line of that answer: NAME, EPOCH, VERSION, RELEASE, ARCH, VENDOR, SOURCERPM, INSTALLTIME, MODULARITYLABEL between tabs; the
// last may be missing. The label gives the edition, "ruby:2.5".
bool read_rpm_line(std::string_view line, SoftwareItem&);

// Python distributions (dist-info, egg-info) and global npm packages below a root folder, those of distribution
// packages left out.
void read_python_packages(std::filesystem::path const& root, std::vector<SoftwareItem>&, ImportCounts&);
void read_npm_packages(std::filesystem::path const& root, std::vector<SoftwareItem>&, ImportCounts&);

// A root file system: os-release and every database in it. True when the folder has any database.
bool looks_like_root_folder(std::filesystem::path const&);
Result<DeviceReport> read_root_folder(std::filesystem::path const& root, ImportCounts&);

}  // namespace merlon::sensors
