#include "fleet/live.h"

#include <algorithm>
#include <set>

namespace merlon::fleet {
namespace {

using Support = Numbers::Support;

// "IN ('a','b')" of ids, which are 40 hex digits.
std::string among(std::span<std::string const> ids) {
    std::string out = "IN (";
    for (auto const& id : ids) out += (out.back() == '(' ? "" : ",") + store::quote_text(id);
    return out + ")";
}

}  // namespace

Result<Live> Live::build(store::Connection& connection, IndexOptions const& options,
                         store::Installed const* installed) {
    Live live;
    live.options_ = options;
    live.index_ = TRY(Index::build(connection, options, live.numbers_, installed));
    live.hazards_ = device_hazards(live.index_);
    live.groups_.resize(live.index_.groups.size());
    for (std::uint32_t device = 0; device < live.index_.devices.size(); ++device) live.count(device, 1);
    for (std::uint32_t number = 0; number < live.index_.software.size(); ++number)
        for (auto const& cleared : live.index_.software[number].cleared)
            if (auto& list = live.cleared_on_[cleared.device]; list.empty() || list.back() != number)
                list.push_back(number);
    // Reported, and not matched before the server stopped.
    live.waiting_ = std::move(live.numbers_.unmatched);
    live.numbers_.unmatched.clear();
    return live;
}

void Live::count(std::uint32_t number, int sign) {
    auto const& device = index_.devices[number];
    if (!device.counted) return;
    Tally one;
    one.add(device.weight, device.internet_facing, hazards_[number]);
    for (auto* tally : {&all_, &groups_[device.group]}) tally->add(one, sign);
}

// What a software adds to a device's hazard: its own, less what is cleared there, and its end of support.
double Live::part_of(std::uint32_t device, std::uint32_t number) const {
    auto const& one = index_.software[number];
    if (!one.devices.contains(device)) return 0;
    auto part = one.hazard + (one.ended.contains(device) ? index_.unsupported_hazard : 0);
    if (one.cleared.empty()) return part;
    for (auto const cve : one.cves)
        if (std::ranges::binary_search(one.cleared, std::pair(cve, device), {},
                                       [](ClearedFinding const& c) { return std::pair(c.cve, c.device); }))
            part -= index_.cves[cve].hazard;
    return part;
}

void Live::put(std::uint32_t device, std::uint32_t number, bool has, bool ended, bool ending) {
    auto const& now = index_.software[number];
    if (now.devices.contains(device) == has && now.ended.contains(device) == ended &&
        now.ending.contains(device) == ending)
        return;
    auto const before = part_of(device, number);
    auto& one = index_.software.edit(number);
    auto const set = [&](DeviceSet& devices, bool in) {
        if (in) devices.add(device);
        else devices.remove(device);
    };
    set(one.devices, has);
    set(one.ended, ended);
    set(one.ending, ending);
    if (!has) std::erase_if(one.cleared, [&](ClearedFinding const& c) { return c.device == device; });
    hazards_[device] += part_of(device, number) - before;
}

// The versions that a report put on a device or took from it. Several software ids may be one version, so what the
// device has now decides, not what came or went.
void Live::place(std::uint32_t device, store::ReportChange const& change) {
    std::set<std::uint32_t> touched;
    for (auto const* ids : {&change.installed, &change.gone})
        for (auto const id : *ids)
            if (auto const found = numbers_.software.find(id); found != numbers_.software.end())
                touched.insert(found->second.software);
    for (auto const id : change.gone)
        if (auto const found = waiting_.find(id); found != waiting_.end()) found->second.remove(device);
    for (auto const id : change.installed)
        if (!numbers_.software.contains(id)) waiting_[id].add(device);
    if (touched.empty()) return;
    struct State {
        bool has = false, ended = false, ending = false;
    };
    std::map<std::uint32_t, State> states;
    for (auto const number : touched) states[number];
    for (auto const id : change.software) {
        auto const found = numbers_.software.find(id);
        if (found == numbers_.software.end()) continue;
        auto const state = states.find(found->second.software);
        if (state == states.end()) continue;
        state->second.has = true;
        state->second.ended = state->second.ended || found->second.support == Support::ended;
        state->second.ending = state->second.ending || found->second.support == Support::ending;
    }
    for (auto const& [number, state] : states) put(device, number, state.has, state.ended, state.ending);
}

Status Live::read_rows(store::Connection& connection, std::span<std::string const> ids, Ticks now) {
    auto const oldest = now - options_.silent_days * ticks_per_day;
    auto rows = TRY(connection.query(
        "SELECT id, device_group, value, internet_facing, excluded, last_seen FROM main.device WHERE id " + among(ids) +
        " ORDER BY id"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            if (auto const known = numbers_.devices.find(std::string(c[0].text(row))); known != numbers_.devices.end())
                count(known->second, -1);
            auto const number =
                index_.add_device(numbers_, c[0].text(row), c[1].text(row), c[2].text(row), c[3].boolean(row),
                                  c[4].boolean(row), !c[4].boolean(row) && c[5].int64(row) >= oldest);
            if (number == hazards_.size()) hazards_.push_back(0);
            groups_.resize(index_.groups.size());
            count(number, 1);
        }
    }
    return {};
}

Status Live::read_cleared(store::Connection& connection, std::span<std::string const> ids) {
    std::map<std::uint32_t, std::vector<ClearedFinding>> told;  // by software
    std::set<std::uint32_t> devices;
    for (auto const& id : ids) {
        auto const device = numbers_.devices.find(id);
        if (device == numbers_.devices.end()) continue;
        devices.insert(device->second);
        if (auto const before = cleared_on_.find(device->second); before != cleared_on_.end()) {
            for (auto const number : before->second) told[number];
            cleared_on_.erase(before);
        }
    }
    auto rows = TRY(
        connection.query("SELECT DISTINCT device, software, cve FROM main.finding_cleared WHERE device " + among(ids)));
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const device = numbers_.devices.find(std::string(chunk->columns[0].text(row)));
            auto const one = numbers_.software.find(chunk->columns[1].int64(row));
            auto const cve = numbers_.cves.find(std::string(chunk->columns[2].text(row)));
            if (device == numbers_.devices.end() || one == numbers_.software.end() || cve == numbers_.cves.end())
                continue;
            told[one->second.software].push_back({device->second, cve->second});
        }
    }
    for (auto& [number, cleared] : told) {
        for (auto const device : devices) hazards_[device] -= part_of(device, number);
        for (auto const& one : index_.software[number].cleared)
            if (!devices.contains(one.device)) cleared.push_back(one);
        index_.set_cleared(number, std::move(cleared));
        for (auto const device : devices) hazards_[device] += part_of(device, number);
        for (auto const& one : index_.software[number].cleared)
            if (devices.contains(one.device))
                if (auto& list = cleared_on_[one.device]; list.empty() || list.back() != number) list.push_back(number);
    }
    return {};
}

Status Live::apply(store::Connection& connection, std::span<store::ReportChange const> changes, Ticks now) {
    std::vector<std::string> ids, rows;  // touched at all; of those, their rows too
    for (auto const& change : changes) {
        auto const known = numbers_.devices.find(change.device_id);
        // A device that counts and has only been heard of again stays as it is.
        bool const stays = known != numbers_.devices.end() && index_.devices[known->second].counted;
        if (stays && !change.changed) continue;
        ids.push_back(change.device_id);
        if (!stays || change.row_changed) rows.push_back(change.device_id);
    }
    for (auto* list : {&ids, &rows}) {
        std::ranges::sort(*list);
        auto const rest = std::ranges::unique(*list);
        list->erase(rest.begin(), rest.end());
    }
    if (ids.empty()) return {};
    if (!rows.empty()) TRY(read_rows(connection, rows, now));
    count_all(ids, -1);
    for (auto const& change : changes)
        if (auto const device = numbers_.devices.find(change.device_id);
            device != numbers_.devices.end() && change.changed)
            place(device->second, change);
    auto const read = read_cleared(connection, ids);
    count_all(ids, 1);
    return read;
}

void Live::count_all(std::span<std::string const> ids, int sign) {
    for (auto const& id : ids)
        if (auto const device = numbers_.devices.find(id); device != numbers_.devices.end()) count(device->second, sign);
}

Status Live::cleared(store::Connection& connection, std::span<std::string const> devices) {
    constexpr std::size_t at_once = 1000;
    for (; !devices.empty(); devices = devices.subspan(std::min(at_once, devices.size()))) {
        auto const some = devices.first(std::min(at_once, devices.size()));
        count_all(some, -1);
        auto const read = read_cleared(connection, some);
        count_all(some, 1);
        TRY(read);
    }
    return {};
}

Status Live::matched(store::Connection& connection, std::span<std::int64_t const> software) {
    if (software.empty()) return {};
    std::string list;
    for (auto const id : software) list += (list.empty() ? "" : ",") + std::to_string(id);
    std::map<std::uint32_t, double> before;  // versions that were there: their hazard
    std::vector<std::pair<std::int64_t, Numbers::Place>> fresh;
    {
        auto rows = TRY(connection.query(
            "SELECT software, vendor, product, version, support_status FROM main.identity WHERE software IN (" + list +
            ") ORDER BY software"));
        while (auto const chunk = TRY(rows.next())) {
            auto const& c = chunk->columns;
            for (std::size_t row = 0; row < chunk->rows; ++row) {
                auto const there = index_.software.size();
                auto const place = index_.add_identity(numbers_, c[0].int64(row), c[1].text(row), c[2].text(row),
                                                       c[3].text(row), c[4].text(row));
                if (place.software < there) before.emplace(place.software, index_.software[place.software].hazard);
                fresh.emplace_back(c[0].int64(row), place);
            }
        }
    }
    TRY(index_.read_findings(connection, options_, numbers_, software));
    for (auto const& [number, hazard] : before) {
        auto const more = index_.software[number].hazard - hazard;
        if (more == 0) continue;
        for (auto const device : index_.software[number].devices) {
            count(device, -1);
            hazards_[device] += more;
            count(device, 1);
        }
    }
    std::set<std::uint32_t> touched;
    for (auto const& [id, place] : fresh) {
        auto const found = waiting_.find(id);
        if (found == waiting_.end()) continue;
        for (auto const device : found->second) {
            count(device, -1);
            auto const& one = index_.software[place.software];
            put(device, place.software, true, one.ended.contains(device) || place.support == Support::ended,
                one.ending.contains(device) || place.support == Support::ending);
            count(device, 1);
            touched.insert(device);
        }
        waiting_.erase(found);
    }
    std::vector<std::string> ids;
    for (auto const device : touched) ids.push_back(index_.devices[device].id);
    if (ids.empty()) return {};
    for (auto const device : touched) count(device, -1);
    auto const read = read_cleared(connection, ids);
    for (auto const device : touched) count(device, 1);
    return read;
}

}  // namespace merlon::fleet
