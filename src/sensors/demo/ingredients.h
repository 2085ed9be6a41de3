// What the demo fleet is made of: data/demo/fleet.json, and of its past the program that went. Lists of versions run from old to new.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_read.h"
#include "base/result.h"
#include "model/device.h"

namespace merlon::sensors {

struct Version {
    std::string text, release;
};
struct Kind {
    std::string platform, distribution, name, architecture;
    std::vector<std::string> editions;
    std::vector<Version> versions;
};
struct Group {
    std::string name, value;
    std::int64_t share = 0;
    std::vector<std::string> kinds, tags;
};
struct Program {
    std::string runs_on, source, name, vendor, source_name, bundle_id, purl;
    std::int64_t share = 0;
    std::vector<std::string> versions;
    std::map<std::string, std::vector<std::string>, std::less<>> by_release;
};
struct AlertKind {
    std::string title, category, severity, runs_on;
    std::vector<std::string> techniques;
};
// An extension of a browser, what it asks for, and for what it may ask later.
struct ExtensionKind {
    std::string runs_on, browser, id, name, vendor, permissions, optional;
    std::int64_t share = 0;
    std::vector<std::string> versions;
};
// A configuration fact: most devices have the good value, the rest the bad one or none.
struct SettingKind {
    std::string runs_on, key, good;
    std::optional<std::string> bad;
    std::int64_t share = 0;
};
struct Ingredients {
    std::vector<Group> groups;
    std::map<std::string, Kind> kinds;
    std::vector<Program> programs;
    std::vector<AlertKind> alerts;
    std::vector<SettingKind> settings;
    std::vector<ExtensionKind> extensions;
    // A program that was on some devices and came off them, so many days ago (data/demo/past.json).
    struct Retired {
        Program program;
        int from = 0, until = 0;
    };
    Retired retired;
};

Result<Ingredients> read_ingredients();

// Whether what is meant for `wanted` ("": everything, "linux": each of them) is for this distribution.
bool runs_on(std::string_view wanted, std::string_view distribution);

// The versions of a program that a release of a distribution has; null: it has none.
std::vector<std::string> const* versions_of(Program const&, std::string_view distribution, std::string_view os_version);

// A program as it is reported from a device of this system.
SoftwareItem installed(Program const&, OperatingSystem const&, std::string const& version);
// "10.0.19045.5737" -> "19045.5737".
std::string windows_build(std::string_view version);

}  // namespace merlon::sensors
