// Extended support that somebody has paid for (Windows ESU, Ubuntu Pro, Red Hat ELS, SUSE LTSS, Debian ELTS ...): entered by people
// for device groups and devices. It counts from the next moment on: the operating system of an entitled device is software of
// its own, whose edition ends in extended_support_mark, so that matching gives it its own dates and every list shows them.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/device.h"
#include "store/engine.h"

namespace merlon::store {

struct SupportEntitlement {
    std::string id, scope, scope_value, note;  // scope: group or device
    Ticks created = 0;
    std::string created_by;
};

Result<std::vector<SupportEntitlement>> read_entitlements(Connection&);
// Replaces what was entered for the same group or device. Inside the caller's transaction.
Status add_entitlement(Connection&, SupportEntitlement const&);
Status remove_entitlement(Connection&, std::string_view id);

// By which reports are written.
struct Entitled {
    std::set<std::string, std::less<>> groups, devices;
    bool has(std::string_view device, std::string_view group) const { return devices.contains(device) || groups.contains(group); }
};
Result<Entitled> read_entitled(Connection&);
// The edition with the mark, or without it.
std::string marked_edition(std::string_view edition, bool entitled);

// A report of its operating system for each device whose mark is not as entitlements want it: to be written like any other,
// after entitlements or the groups of devices changed. It says nothing else and leaves when the device was heard of.
Result<std::vector<DeviceReport>> reports_out_of_step(Connection&);

}  // namespace merlon::store
