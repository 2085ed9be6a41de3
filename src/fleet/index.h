// The fleet index: which devices have which software, as compressed bitmaps in memory. Derived from the store, built at
// start, kept by fleet/live.h as reports arrive; answers "how many devices" without touching the database. A copy is a
// snapshot: cheap, and it never changes (base/chunked.h).
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
#include "base/chunked.h"
#include "fleet/hazard.h"
#include "store/standing.h"

namespace merlon::fleet {

using DeviceSet = Roaring;  // of device numbers: positions in Index::devices

struct IndexedDevice {
    std::string id;
    std::uint32_t group = 0;  // position in Index::groups
    float weight = 1;         // by device value: Low 0.5, Normal 1, High 2
    bool internet_facing = false;
    bool counted = true;  // false: excluded by people, or silent for longer than the setting
    bool excluded = false;
};

struct IndexedCve {
    std::string id;
    CveFacts facts;
    double hazard = 0;
    Ticks first_seen = 0;                 // earliest finding
    std::vector<std::uint32_t> software;  // positions in Index::software that have it, visible findings only
};

// A finding that one device does not have although its software does.
struct ClearedFinding {
    std::uint32_t device, cve;
    friend auto operator<=>(ClearedFinding const&, ClearedFinding const&) = default;
};

// All installed software that hunting shows as one (vendor, product, version).
struct IndexedSoftware {
    std::string vendor, product, version;
    std::uint32_t product_number = 0;  // position in Index::products
    DeviceSet devices;
    std::vector<std::uint32_t> cves;           // positions in Index::cves, ascending
    double hazard = 0;                         // sum over its CVEs; where support has ended E12 comes on top
    std::vector<bool> fixable = {};            // beside `cves`: a fix is known; empty: for none
    double fixable_hazard = 0;                 // sum over those
    DeviceSet ended = {}, ending = {};         // where this version is out of support, or will be within the window
    std::vector<ClearedFinding> cleared = {};  // of its CVEs on its devices; by CVE, then device; each once
};

// Sets what is cleared of a software; what cannot be is left out: hidden findings do not count, and a device without the
// software has none of its findings.
void keep_what_can_be_cleared(IndexedSoftware&, std::vector<ClearedFinding>);

struct IndexedProduct {
    std::string vendor, product;
    std::vector<std::uint32_t> software;
};

struct IndexOptions {
    Ticks now = 0;
    int silent_days = 30;  // devices not heard of for longer do not count
    Ticks as_of = 0;       // not 0: the state as it was published at that time (store/history.h)
};

// How rows of the store are numbered in an index; kept by those who change one.
struct Numbers {
    enum class Support : std::uint8_t { none, ended, ending };
    struct Place {
        std::uint32_t software = 0;
        Support support = Support::none;
    };
    std::unordered_map<std::string, std::uint32_t> devices, groups, cves;
    std::unordered_map<std::int64_t, Place> software;                   // software id -> position
    std::unordered_map<std::string, std::uint32_t> versions, products;  // names joined by NUL
    std::unordered_map<std::int64_t, DeviceSet>
        unmatched;  // software id without a row of table identity -> devices that have it
};

// E12: whether software past its end of support counts in the scores of this data folder. It does unless the setting of
// this name of the server that used it last says "off".
inline constexpr std::string_view unsupported_counts_state = "score.end_of_support";
Result<bool> unsupported_counts(store::Connection&);

class Index {
public:
    // Reads the store; memory is about 2 bytes an installation. Installations are taken from `installed` where somebody
    // has them at hand (of the same state as the connection sees). Errors are the store's.
    static Result<std::shared_ptr<Index const>> build(store::Connection&, IndexOptions const&,
                                                      store::Installed const* installed = nullptr);
    static Result<Index> build(store::Connection&, IndexOptions const&, Numbers&,
                               store::Installed const* installed = nullptr);

    std::uint64_t made = 0;  // another number for each build(); copies keep it, in which positions never change their meaning
    Chunked<IndexedDevice, 1024> devices;
    std::vector<std::string> groups;
    Chunked<IndexedSoftware, 1> software;  // written to one by one, and large
    Chunked<IndexedProduct, 64> products;
    Chunked<IndexedCve, 128> cves;
    DeviceSet counted;                // devices that take part in counts and scores
    double unsupported_hazard = 0;    // E12: what a version adds where it is out of support; 0: the data folder says that it does not count
    std::vector<DeviceSet> in_group;  // beside `groups`: their devices, counted or not

    // By a search among the devices that were there when the index was built, then among those that came later.
    std::optional<std::uint32_t> device_number(std::string_view id) const;

    // Devices that have the CVE through any software, counted ones only, cleared findings taken out.
    DeviceSet exposed_to(std::uint32_t cve) const;
    // The same through one product only.
    DeviceSet exposed_to(std::uint32_t cve, std::uint32_t product) const;
    // Devices of the product that have any visible CVE through it, counted ones only, cleared findings taken out.
    DeviceSet exposed_by(std::uint32_t product) const;
    // Counted devices that have a version of the product which is out of support, or will be within the window.
    DeviceSet ended(std::uint32_t product) const;
    DeviceSet ending(std::uint32_t product) const;
    // Devices that have the product.
    DeviceSet having(std::uint32_t product) const;
    // All devices of these groups (by name), counted or not: to be cut with any of the above.
    DeviceSet in_groups(std::span<std::string const> names) const;

    // E12: whether support has ended on any device (of a version, or a product), and that counts.
    bool adds_unsupported(DeviceSet const& ended) const { return unsupported_hazard > 0 && !ended.isEmpty(); }

    // The parts of building; also used to take in software that was matched later.
    // Adds (or finds) the version of a row of table identity.
    Numbers::Place add_identity(Numbers&, std::int64_t software, std::string_view vendor, std::string_view product,
                                std::string_view version, std::string_view support_status);
    // Reads the findings of these software ids (all when empty), which have none yet.
    Status read_findings(store::Connection&, IndexOptions const&, Numbers&, std::span<std::int64_t const> only = {});
    // Replaces what is cleared of a software; what cannot be is left out.
    void set_cleared(std::uint32_t software, std::vector<ClearedFinding>);
    // Adds a row of table device, or brings it up to date.
    std::uint32_t add_device(Numbers&, std::string_view id, std::string_view group, std::string_view value,
                             bool internet_facing, bool excluded, bool counted);

private:
    Status read_devices(store::Connection&, IndexOptions const&, Numbers&);
    Status read_software(store::Connection&, IndexOptions const&, Numbers&);
    void place_installations(store::Installed const&, Numbers&);
    Status read_cleared(store::Connection&, IndexOptions const&, Numbers const&);
    std::uint32_t sorted_ = 0;  // so many devices at the front are in the order of their ids
    void add_exposed(DeviceSet& all, std::uint32_t software, std::uint32_t cve) const;
};

}  // namespace merlon::fleet
