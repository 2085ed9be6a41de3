// One call's work on reports, shared by the files that write their parts. Not for other rooms.
#pragma once
#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "store/device_facts.h"
#include "store/inventory.h"
#include "store/rows.h"
#include "store/standing.h"

namespace merlon::store {

// What a report says of one device, worked out against what is known.
struct Pending {
    DeviceReport const* report = nullptr;
    ReportChange change;
    std::optional<std::uint32_t> standing;  // its number there, when it has one
    bool same_facts = false;                // of the device itself the report says what the last one said: `known` is not read
    std::uint64_t facts = 0;
    std::optional<DeviceRow> known;
    DeviceRow row;
    OperatingSystem os;  // of the row; as software, of an edition that says whether the device is entitled to extended support
    Reported reported;  // what people may overrule
    bool reported_changed = false;
    bool speaks_of_os = false;
    bool row_changed = false;
    // Software of this report, the operating system included.
    struct Installed {
        std::int64_t software = 0;
        std::string path, installed_at;
        std::string_view source;
    };
    std::vector<Installed> installed;
};

std::string clean(std::string_view);
// The same, quick for the text that nearly all of it is.
std::string plain(std::string const&);
bool listed(std::vector<std::string> const& covered, std::string_view source);
// True when the report decides whether software of this source is on the device.
bool covers(Pending const&, std::string_view source);
void sort_once(std::vector<std::int64_t>&);

// Rows of one device in a table: a condition on its device column, for all pending devices for which `wanted` holds.
template <typename Wanted>
std::string among(std::string_view column, std::span<Pending const> pending, Wanted wanted) {
    std::string out = std::string(column) + " IN (";
    bool first = true;
    for (auto const& one : pending) {
        if (one.change.new_device || !wanted(one)) continue;
        if (!first) out += ',';
        out += '\'' + one.change.device_id + '\'';
        first = false;
    }
    return first ? std::string{} : out + ")";
}

// Each notes in Pending::change what it changed. Standing may be null: then the engine is asked what there is.
Status write_installations(Connection&, std::span<Pending>, Standing*, Ticks now);
Status write_hotfixes_and_settings(Connection&, std::span<Pending>, Standing*, Ticks now);
// Settings of this family are days on which programs ran: they are added to what is known of installed software, not kept.
constexpr std::string_view usage_family = "usage.";
inline bool is_usage(SettingFact const& fact) { return fact.key.starts_with(usage_family); }
Status write_usage(Connection&, std::span<Pending const>, Ticks now);

}  // namespace merlon::store
