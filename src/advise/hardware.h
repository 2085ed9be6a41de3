// What the fleet is made of: devices by model, processor and firmware, counted while their settings pass by, since counting
// the settings of every device for each answer would cost as much each time. Which device has what:
// schema/views/DeviceTvmHardwareFirmware.sql, which names the same components.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "store/store.h"

namespace merlon::advise {

class Hardware {
public:
    // The settings of one device, then its end.
    void take(std::string_view key, std::string_view value);
    void end_device();
    // Replaces hardware_count.
    Status publish(store::Connection&) const;

private:
    std::map<std::string, std::string, std::less<>> told_;                 // of the device that is passing by
    std::map<std::array<std::string, 4>, std::int64_t> devices_;  // by kind, maker, name, version
};

}  // namespace merlon::advise
