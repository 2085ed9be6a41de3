// What a sensor reports of one device, in the one normal form that every reader produces.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace merlon {

// The operating system as the sensor saw it. Empty fields mean "not reported".
struct OperatingSystem {
    std::string platform;      // Defender's token: Windows10, Windows11, WindowsServer2019, Linux, macOS
    std::string distribution;  // lower case: windows, macos, debian, ubuntu, rhel, rocky, almalinux, alpine, sles ...
    std::string name;          // as shown: "Debian GNU/Linux 12 (bookworm)", "Microsoft Windows 11 Enterprise"
    std::string version;       // "12.11", "22.04", "10.0.22631.3155", "14.4.1"
    std::string release;       // marketing release: "23H2", "bookworm"
    std::string edition;       // "Enterprise", "Pro", "LTSC", "Server Datacenter"
    std::string build;         // "22631.3155", "23E224"
    std::string architecture;  // x64, x86, arm64
    std::string kernel;        // running kernel release
    friend bool operator==(OperatingSystem const&, OperatingSystem const&) = default;
};

// "debian:12", "ubuntu:22.04", "rhel:9", "alpine:3.20": the release whose advisories speak of the packages on it,
// without the point release. Empty when the distribution is not known.
std::string distribution_release(OperatingSystem const&);

// Where a piece of software was read; decides which version order and which advisories speak of it.
//   deb rpm apk pacman portage snap flatpak            packages of a distribution or store
//   programs msi appx                                   Windows
//   apps pkg homebrew                                   macOS
//   pypi npm maven gem nuget golang cargo composer hex pub cran conan swift   language packages (purl types)
//   chrome_extensions firefox_addons vscode_extensions ...                    extensions
//   cpe                                                 named by a CPE alone
//   os                                                  the operating system itself
//   generic                                             anything else
struct SoftwareItem {
    std::string source;
    std::string name;            // as reported
    std::string vendor;          // publisher, maintainer, bundle-id prefix: as reported
    std::string version;         // as reported; rpm as [epoch:]version-release
    std::string architecture;
    std::string source_name;     // source package of a distribution package, when it differs or is known
    std::string source_version;  // version of that source package
    std::string distribution;    // "debian:12", "ubuntu:22.04", "rhel:9": where the package is from, else the device's
    std::string bundle_id;       // macOS bundle id, Windows product code, extension id
    std::string edition;         // "ESR", "LTSC", "Professional Plus 2019"
    std::string purl;
    std::string cpe;             // one CPE 2.3 name, when the source knows it
    std::string path;            // where it lies on the device
    std::string installed_at;    // ISO time, as reported
    friend bool operator==(SoftwareItem const&, SoftwareItem const&) = default;
};

struct NetworkInterface {
    std::string name;
    std::string mac;
    std::vector<std::string> addresses;
    friend bool operator==(NetworkInterface const&, NetworkInterface const&) = default;
};

// One configuration fact: "osquery.disk_encryption.encrypted" = "1", "registry.HKLM\\...\\EnableLUA" = "1".
struct SettingFact {
    std::string key;
    std::string value;
    friend bool operator==(SettingFact const&, SettingFact const&) = default;
};
// The family of a setting, within which a report is complete: "osquery.disk_encryption" of
// "osquery.disk_encryption.encrypted", "sshd" of "sshd.PermitRootLogin".
std::string_view setting_family(std::string_view key);

struct DeviceReport {
    std::string device_id;   // 40 lower-case hex digits; made by device_id_of() from `identifier` when empty
    std::string identifier;  // what the source calls the device: hardware UUID, serial number, host name
    std::string name;        // host name, fully qualified where known
    OperatingSystem os;
    std::vector<NetworkInterface> interfaces;
    // Nothing: this report does not speak of software, what was known stays. An empty list: none is installed.
    std::optional<std::vector<SoftwareItem>> software;
    // The sources ("deb", "pypi") that `software` lists in full; what is known from other sources stays. Empty: all.
    std::vector<std::string> software_sources;
    std::optional<std::vector<std::string>> hotfixes;  // "KB5040427"
    std::optional<std::vector<SettingFact>> settings;
    std::vector<std::string> setting_families;  // what `settings` lists in full, likewise. Empty: all.
    std::vector<std::string> tags;
    std::string group;        // device group, when the source assigns one
    std::string value;        // Low, Normal, High; empty: not said
    std::optional<bool> internet_facing;
    std::string public_address;
    Ticks collected_at = 0;   // 0: the time of arrival
    std::string source;       // reader: osquery, cyclonedx, spdx, dpkg, merlon, collect, demo
    friend bool operator==(DeviceReport const&, DeviceReport const&) = default;
};

// Stable id of a device from what the source calls it: SHA-1 of the lower-case identifier, in hex.
std::string device_id_of(std::string_view identifier);

// What makes two installed rows the same software everywhere in the fleet: the SoftwareItem without path and
// installation time, with the operating system it runs on. Matching is done once for each key.
struct SoftwareKey {
    SoftwareItem item;     // path and installed_at empty; distribution always set for distribution packages
    std::string platform;  // windows, macos, linux, other
    std::int64_t id() const;  // 63-bit hash of all fields, stable over runs and machines
};
SoftwareKey software_key(SoftwareItem, OperatingSystem const&);
// The operating system as software of its device (source "os"): name "debian", "windows"; full version; edition.
// Nothing when the distribution is not known.
std::optional<SoftwareItem> operating_system_item(OperatingSystem const&);

}  // namespace merlon
