// What each device keeps to of a baseline profile: one row for each, so that a list of them does not count millions of results.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "fleet/index.h"

namespace merlon::advise {

// Settings of a profile that apply to a device, that it does not meet, and that it does not meet but need not (under an exception).
struct KeptSettings {
    std::uint32_t settings = 0, failed = 0, exempt = 0;
    friend bool operator==(KeptSettings const&, KeptSettings const&) = default;
};
struct ProfileMachines {
    std::string profile;
    std::vector<KeptSettings> machines;  // by device number; no settings: the profile does not speak of it
};

// Table baseline_machine; rows that say what is still so stay. The profiles stand in the order of their ids.
Status write_baseline_machines(store::Connection&, fleet::Index const&, std::vector<ProfileMachines> const&);

}  // namespace merlon::advise
