#include "advise/remediation_progress.h"

#include "base/text.h"

namespace merlon::advise {
namespace {

using fleet::DeviceSet;

std::optional<std::uint32_t> product_of(fleet::Index const& index, Remediation const& one) {
    if (!one.scid.empty()) return {};
    for (std::uint32_t number = 0; number < index.products.size(); ++number)
        if (index.products[number].vendor == one.vendor && index.products[number].product == one.product) return number;
    return {};
}

std::int64_t number_of_check(Remediation const& one) {
    return to_int(std::string_view(one.scid).substr(std::string_view("scid-").size())).value_or(0);
}

// Devices that have a finding through the product which a fix is known for.
DeviceSet with_fixable_findings(fleet::Index const& index, std::uint32_t product) {
    DeviceSet all;
    for (auto const number : index.products[product].software) {
        auto const& one = index.software[number];
        DeviceSet cleared;  // on which every such finding is cleared
        bool any = false;
        for (std::size_t i = 0; i < one.cves.size(); ++i) {
            if (!one.fixable[i]) continue;
            DeviceSet here;
            for (auto const& finding : fleet::cleared_of(index, number, one.cves[i])) here.add(finding.device);
            cleared = any ? cleared & here : here;
            any = true;
        }
        if (any) all |= one.devices - cleared;
    }
    return all & index.counted;
}

// Devices that an exception takes out of what the activity is about.
DeviceSet excepted(fleet::Index const& index, Effects const& effects, Remediation const& one) {
    DeviceSet const* gone = nullptr;
    if (!one.scid.empty()) gone = effects.check(number_of_check(one));
    else if (auto const product = product_of(index, one)) gone = effects.mask.product(*product);
    return gone ? *gone : DeviceSet{};
}

struct Target {
    std::string device, state;
    Ticks changed = 0;
};

Result<std::vector<Target>> read_targets(store::Connection& connection, std::string const& id) {
    std::vector<Target> all;
    std::array const key{store::Value{id}};
    auto rows = TRY(connection.query(
        "SELECT device, state, changed FROM main.remediation_device WHERE remediation = $1 ORDER BY device", key));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            all.push_back({std::string(chunk->columns[0].text(row)), std::string(chunk->columns[1].text(row)),
                           chunk->columns[2].int64(row)});
    return all;
}

Status write_targets(store::Connection& connection, std::string const& id, std::vector<Target> const& all) {
    std::array const key{store::Value{id}};
    TRY(connection.query("DELETE FROM main.remediation_device WHERE remediation = $1", key));
    auto table = TRY(connection.appender("remediation_device"));
    for (auto const& one : all) TRY(table.text(id).text(one.device).text(one.state).int64(one.changed).end_row());
    return table.close();
}

// M3. Open while the action still changes something on the device, fixed when it does not; away when the device no
// longer counts or an exception takes it out: it then holds nothing up, and comes back as open or fixed.
Status look_again(store::Connection& connection, fleet::Index const& index, Effects const& effects, Remediation& one,
                  Ticks now) {
    auto const open = TRY(devices_to_remedy(connection, index, one));
    auto const out = excepted(index, effects, one);
    auto targets = TRY(read_targets(connection, one.id));
    bool moved = false;
    std::int64_t left = 0;
    one.fixed_devices = one.away_devices = 0;
    for (auto& target : targets) {
        auto const number = index.device_number(target.device);
        std::string_view state = "Away";
        if (number && index.counted.contains(*number))
            state = one.watches_only() || open.contains(*number) ? (out.contains(*number) ? "Away" : "Open") : "Fixed";
        if (state == "Open") ++left;
        else ++(state == "Fixed" ? one.fixed_devices : one.away_devices);
        if (target.state == state) continue;
        moved = true;
        target.state = state;
        target.changed = now;
    }
    if (moved) TRY(write_targets(connection, one.id, targets));
    // M4. Done when nothing is left and something was done.
    if (left == 0 && one.fixed_devices > 0 && !one.watches_only()) {
        one.state = "Completed";
        one.changed = now;
        one.method = "Automatic";
        one.completer = "System confirmation";
    }
    return {};
}

}  // namespace

Result<DeviceSet> devices_to_remedy(store::Connection& connection, fleet::Index const& index, Remediation const& one) {
    if (!one.scid.empty()) return failing_devices(connection, index, number_of_check(one));
    auto const product = product_of(index, one);
    if (!product) return DeviceSet{};
    if (one.type == "Uninstall") return index.having(*product);
    if (one.watches_only()) return concerned(index, *product);
    return with_fixable_findings(index, *product) | index.ended(*product) | index.ending(*product);
}

Status target_devices(store::Connection& connection, Remediation& one, Ticks now) {
    fleet::IndexOptions options;
    options.now = now;
    auto const index = TRY(fleet::Index::build(connection, options));
    auto const effects = TRY(effects_of(connection, *index, now));
    auto devices = TRY(devices_to_remedy(connection, *index, one)) & (one.groups.empty() ? index->counted : index->in_groups(one.groups));
    devices -= excepted(*index, effects, one);
    if (devices.isEmpty())
        return fail("advise.nothing_to_remedy", one.title, one.groups.empty() ? "of the fleet" : "of these groups");
    std::vector<Target> targets;
    for (auto const device : devices) targets.push_back({index->devices[device].id, "Open", now});
    one.target_devices = static_cast<std::int64_t>(targets.size());
    return write_targets(connection, one.id, targets);
}

Status update_remediations(store::Connection& connection, fleet::Index const& index, Effects const& effects,
                           Ticks now) {
    for (auto const& stored : TRY(read_remediations(connection))) {
        if (stored.state != "Active") continue;
        auto one = stored;
        TRY(look_again(connection, index, effects, one, now));
        if (!(one == stored)) TRY(save_remediation(connection, one));
    }
    return {};
}

}  // namespace merlon::advise
