// What all readers of inventories share: what they count, the names of systems, and text from outside made safe.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/device.h"

namespace merlon::sensors {

// What was read of one input. Every component is either kept or skipped with a reason.
struct ImportCounts {
    std::string format;          // "CycloneDX 1.5 JSON", "osquery results", "dpkg status"
    std::size_t reports = 0;
    std::size_t components = 0;  // packages, programs, rows of tables: what the input holds of inventory
    std::size_t kept = 0;
    std::size_t recognised = 0;  // of the kept: those whose ecosystem is known (not "generic")
    std::map<std::string, std::size_t> skipped;  // reason -> how many

    void keep(SoftwareItem const& item) {
        ++components;
        ++kept;
        if (item.source != "generic") ++recognised;
    }
    // Facts that are no software: settings, interfaces, the operating system.
    void keep_fact() { ++components, ++kept, ++recognised; }
    void skip(std::string reason, std::size_t count = 1) {
        if (count == 0) return;
        components += count;
        skipped[std::move(reason)] += count;
    }
};

// Takes each report as it is read; an error stops the reader.
using ReportSink = std::function<Status(DeviceReport)>;

// A value from outside: valid UTF-8, no control characters, no blanks around it, at most 1,024 bytes.
std::string field(std::string_view);

// "x86_64" and "amd64" -> "x64", "aarch64" -> "arm64", "i686" -> "x86"; others lower case as they are.
std::string architecture_token(std::string_view);
// The id that os-release uses: "redhat" -> "rhel", "alma" -> "almalinux", "rockylinux" -> "rocky", "darwin" -> "macos".
std::string distribution_id(std::string_view);
// "debian-12.11", "ubuntu-22.04", "debian-bookworm" -> "debian:12", "ubuntu:22.04"; "" when it says nothing.
std::string distribution_release_of(std::string_view distro);
// Fills os.platform (Windows10, WindowsServer2019, Linux, macOS) and, for Windows, edition and build from the rest.
void complete_platform(OperatingSystem&);
// The module and its stream of a label of rpm packages: "ruby:2.5:8060020220715153055:ad008a3a" -> "ruby:2.5"; "" of none.
std::string_view module_stream(std::string_view label);
// Splits "name-version-release.src.rpm" into name and version-release; false when it is none.
bool split_source_rpm(std::string_view, std::string& name, std::string& version);
// True for Python files that a distribution's own packages put there: they are reported as those packages.
bool python_of_distribution(std::string_view path);

}  // namespace merlon::sensors
