// What exceptions take out of counts and scores (docs/exceptions.md): findings of a product, or of a CVE, on some
// devices. The index itself stays whole, so that every number is there before and after exceptions.
#pragma once
#include <map>

#include "fleet/index.h"

namespace merlon::fleet {

struct Mask {
    std::map<std::uint32_t, DeviceSet> products;  // by product number: devices without any finding through it
    std::map<std::uint32_t, DeviceSet> cves;      // by CVE number: devices without it

    bool empty() const { return products.empty() && cves.empty(); }
    // Nothing where no exception speaks of it.
    DeviceSet const* product(std::uint32_t number) const;
    DeviceSet const* cve(std::uint32_t number) const;
};

// Index::exposed_to() and Index::exposed_by() after exceptions.
DeviceSet exposed_to(Index const&, std::uint32_t cve, Mask const&);
DeviceSet exposed_by(Index const&, std::uint32_t product, Mask const&);

// Devices of one software that keep at least one finding, counted or not. A device leaves when each finding is cleared or
// masked for it; of the mask only CVEs are looked at.
DeviceSet still_exposed(IndexedSoftware const&, Mask const&);

// Devices of a software that have a finding cleared of their own; by CVE within one software.
std::span<ClearedFinding const> cleared_of(IndexedSoftware const&, std::uint32_t cve);
std::span<ClearedFinding const> cleared_of(Index const&, std::uint32_t software, std::uint32_t cve);

}  // namespace merlon::fleet
