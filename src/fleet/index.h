// The fleet index: which devices have which software, as compressed bitmaps in memory. Derived from the store, rebuilt at
// start and after changes, immutable once built; answers "how many devices" without touching the database.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <roaring/roaring.hh>

#include "base/result.h"
#include "base/time.h"
#include "fleet/hazard.h"
#include "store/engine.h"

namespace merlon::fleet {

using DeviceSet = Roaring;  // of device numbers: positions in Index::devices

struct IndexedDevice {
    std::string id;
    std::uint32_t group = 0;      // position in Index::groups
    float weight = 1;             // by device value: Low 0.5, Normal 1, High 2
    bool internet_facing = false;
    bool counted = true;          // false: excluded by people, or silent for longer than the setting
};

struct IndexedCve {
    std::string id;
    CveFacts facts;
    double hazard = 0;
    Ticks first_seen = 0;  // earliest finding
    std::vector<std::uint32_t> software;  // positions in Index::software that have it, visible findings only
};

// All installed software that hunting shows as one (vendor, product, version).
struct IndexedSoftware {
    std::string vendor, product, version;
    std::uint32_t product_number = 0;  // position in Index::products
    DeviceSet devices;
    std::vector<std::uint32_t> cves;   // positions in Index::cves, ascending
    double hazard = 0;                 // sum over its CVEs
    std::vector<bool> fixable = {};    // beside `cves`: a fix is known; empty: for none
    double fixable_hazard = 0;         // sum over those
    DeviceSet ended = {}, ending = {}; // where this version is out of support, or will be within the window
};

struct IndexedProduct {
    std::string vendor, product;
    std::vector<std::uint32_t> software;
};

// A finding that one device does not have although its software does.
struct ClearedFinding {
    std::uint32_t device, software, cve;
};

struct IndexOptions {
    Ticks now = 0;
    int silent_days = 30;  // devices not heard of for longer do not count
};

class Index {
public:
    // Reads the store; memory is about 2 bytes an installation. Errors are the store's.
    static Result<std::shared_ptr<Index const>> build(store::Connection&, IndexOptions const&);

    std::vector<IndexedDevice> devices;
    std::vector<std::string> groups;
    std::vector<IndexedSoftware> software;
    std::vector<IndexedProduct> products;
    std::vector<IndexedCve> cves;
    std::vector<ClearedFinding> cleared;  // sorted by software, then CVE, then device; each once
    DeviceSet counted;  // devices that take part in counts and scores

    // Devices that have the CVE through any software, counted ones only, cleared findings taken out.
    DeviceSet exposed_to(std::uint32_t cve) const;
    // Devices of the product that have any visible CVE through it, counted ones only, cleared findings taken out.
    DeviceSet exposed_by(std::uint32_t product) const;
    // Counted devices that have a version of the product which is out of support, or will be within the window.
    DeviceSet ended(std::uint32_t product) const;
    DeviceSet ending(std::uint32_t product) const;
    // Cleared findings of one software.
    std::span<ClearedFinding const> cleared_of(std::uint32_t software) const;
    // Devices that have the product.
    DeviceSet having(std::uint32_t product) const;

private:
    Status read_devices(store::Connection&, IndexOptions const&);
    Status read_software(store::Connection&);
    Status read_installations(store::Connection&);
    Status read_findings(store::Connection&);
    Status read_cleared(store::Connection&);

    std::unordered_map<std::string, std::uint32_t> device_numbers_;
    enum class Support : std::uint8_t { none, ended, ending };
    struct Place {
        std::uint32_t software = 0;
        Support support = Support::none;
    };
    std::unordered_map<std::int64_t, Place> software_numbers_;  // software id -> position
    std::unordered_map<std::string, std::uint32_t> cve_numbers_;
};

}  // namespace merlon::fleet
