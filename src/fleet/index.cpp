#include "fleet/index.h"

#include <algorithm>
#include <atomic>

#include "base/parallel.h"
#include "store/history.h"
#include "store/store.h"

namespace merlon::fleet {
namespace {

template <typename Map, typename Key>
std::uint32_t number_of(Map& map, Key&& key) {
    auto const next = static_cast<std::uint32_t>(map.size());
    return map.try_emplace(std::forward<Key>(key), next).first->second;
}

float weight_of(std::string_view value) { return value == "High" ? 2.0F : value == "Low" ? 0.5F : 1.0F; }

// The rows of now, or as of the wanted time.
Result<store::Rows> rows_of(store::Connection& connection, std::string sql, IndexOptions const& options) {
    if (options.as_of) sql = TRY(store::as_of(std::move(sql), options.as_of));
    return connection.query(sql);
}

}  // namespace

Result<bool> unsupported_counts(store::Connection& connection) {
    auto const said = TRY(store::state_value(connection, unsupported_counts_state));
    return said != "off";
}

Result<std::shared_ptr<Index const>> Index::build(store::Connection& connection, IndexOptions const& options,
                                                  store::Installed const* installed) {
    Numbers numbers;
    return std::make_shared<Index const>(TRY(build(connection, options, numbers, installed)));
}

Result<Index> Index::build(store::Connection& connection, IndexOptions const& options, Numbers& numbers,
                           store::Installed const* installed) {
    static std::atomic<std::uint64_t> builds = 0;
    Index index;
    index.made = ++builds;
    index.unsupported_hazard = TRY(unsupported_counts(connection)) ? hazard_of_unsupported() : 0;
    TRY(index.read_devices(connection, options, numbers));
    TRY(index.read_software(connection, options, numbers));
    if (installed) index.place_installations(*installed, numbers);
    else index.place_installations(TRY(store::Installed::read(connection, options.as_of)), numbers);
    TRY(index.read_findings(connection, options, numbers));
    TRY(index.read_cleared(connection, options, numbers));
    return index;
}

std::uint32_t Index::add_device(Numbers& numbers, std::string_view id, std::string_view group, std::string_view value,
                                bool internet_facing, bool excluded, bool is_counted) {
    auto const group_number = number_of(numbers.groups, std::string(group));
    if (group_number == groups.size()) {
        groups.emplace_back(group);
        in_group.emplace_back();
    }
    auto const number = number_of(numbers.devices, std::string(id));
    if (number == devices.size()) devices.push_back({});
    else in_group[devices[number].group].remove(number);
    auto& device = devices.edit(number);
    device = {std::string(id), group_number, weight_of(value), internet_facing, is_counted, excluded};
    in_group[group_number].add(number);
    if (is_counted) counted.add(number);
    else counted.remove(number);
    return number;
}

Status Index::read_devices(store::Connection& connection, IndexOptions const& options, Numbers& numbers) {
    auto const oldest = options.now - options.silent_days * ticks_per_day;
    std::string_view const last = options.as_of ? "counted" : "last_seen";
    auto rows = TRY(rows_of(connection,
                            "SELECT id, device_group, value, internet_facing, excluded, " + std::string(last) +
                                " FROM main.device ORDER BY id",
                            options));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            bool const excluded = c[4].boolean(row);
            bool const is_counted = options.as_of ? c[5].boolean(row) : !excluded && c[5].int64(row) >= oldest;
            add_device(numbers, c[0].text(row), c[1].text(row), c[2].text(row), c[3].boolean(row), excluded,
                       is_counted);
        }
    }
    counted.runOptimize();
    for (auto& set : in_group) set.runOptimize();
    sorted_ = static_cast<std::uint32_t>(devices.size());
    return {};
}

std::optional<std::uint32_t> Index::device_number(std::string_view id) const {
    std::uint32_t low = 0, high = sorted_;
    while (low < high) {
        auto const middle = low + (high - low) / 2;
        if (devices[middle].id < id) low = middle + 1;
        else high = middle;
    }
    if (low < sorted_ && devices[low].id == id) return low;
    for (auto number = sorted_; number < devices.size(); ++number)
        if (devices[number].id == id) return number;
    return {};
}

Numbers::Place Index::add_identity(Numbers& numbers, std::int64_t id, std::string_view vendor, std::string_view product,
                                   std::string_view version, std::string_view support_status) {
    auto const maker = std::string(vendor) + '\0' + std::string(product);
    auto const number = number_of(numbers.versions, maker + '\0' + std::string(version));
    auto const support = support_status.empty()              ? Numbers::Support::none
                         : support_status.starts_with("EOS") ? Numbers::Support::ended
                                                             : Numbers::Support::ending;
    Numbers::Place const place{number, support};
    numbers.software.insert_or_assign(id, place);
    if (number < software.size()) return place;
    auto const product_number = number_of(numbers.products, maker);
    if (product_number == products.size()) products.push_back({std::string(vendor), std::string(product), {}});
    products.edit(product_number).software.push_back(number);
    IndexedSoftware one;
    one.vendor = vendor;
    one.product = product;
    one.version = version;
    one.product_number = product_number;
    software.push_back(std::move(one));
    return place;
}

Status Index::read_software(store::Connection& connection, IndexOptions const& options, Numbers& numbers) {
    auto rows = TRY(rows_of(
        connection, "SELECT software, vendor, product, version, support_status FROM main.identity ORDER BY software",
        options));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row)
            add_identity(numbers, c[0].int64(row), c[1].text(row), c[2].text(row), c[3].text(row), c[4].text(row));
    }
    return {};
}

namespace {

constexpr std::uint32_t nowhere = 0xffffffff;

// The devices that have each version, of a range of devices.
struct Placed {
    std::vector<DeviceSet> devices, ended, ending;  // by version
    std::unordered_map<std::int64_t, DeviceSet> unmatched;
};

constexpr std::uint32_t container = 65'536;  // devices of one container of a bitmap

// Container by container: how often each version occurs is counted first, so that the devices of one lie side by side
// when they are added, in the order of their numbers.
Placed place_range(store::Installed const& installed, std::span<std::uint32_t const> standing,
                   std::span<Numbers::Place const> places, std::size_t versions, std::uint32_t begin,
                   std::uint32_t end) {
    Placed out;
    for (auto* sets : {&out.devices, &out.ended, &out.ending}) sets->resize(versions);
    std::vector<std::uint32_t> devices, next(versions);
    auto const each = [&](std::uint32_t from, std::uint32_t to, auto take) {
        for (auto device = from; device < to; ++device)
            if (standing[device] != nowhere)
                store::each_entry(installed.devices[standing[device]].entries,
                                  [&](store::Installed::Entry entry) { take(device, entry.place); });
    };
    for (auto from = begin; from < end; from += std::min(container, end - from)) {
        auto const to = from + std::min(container, end - from);
        std::ranges::fill(next, 0);
        each(from, to, [&](std::uint32_t, std::uint32_t place) {
            if (places[place].software != nowhere) ++next[places[place].software];
        });
        std::uint32_t sum = 0;
        for (auto& one : next) sum += std::exchange(one, sum);
        devices.resize(sum);
        each(from, to, [&](std::uint32_t device, std::uint32_t at) {
            auto const [place, support] = places[at];
            if (place == nowhere) {
                out.unmatched[installed.places[at].software].add(device);
                return;
            }
            devices[next[place]++] = device;
            if (support == Numbers::Support::ended) out.ended[place].add(device);
            else if (support == Numbers::Support::ending) out.ending[place].add(device);
        });
        std::uint32_t first = 0;
        for (std::size_t number = 0; number < versions; first = next[number++])
            if (next[number] > first) out.devices[number].addMany(next[number] - first, &devices[first]);
    }
    return out;
}

}  // namespace

// Ranges of devices by several cores. They meet where one container of a bitmap ends, so that joining copies nothing
// apart.
void Index::place_installations(store::Installed const& installed, Numbers& numbers) {
    std::vector<std::uint32_t> standing(devices.size(), nowhere);
    std::string id;
    for (std::uint32_t at = 0; at < installed.devices.size(); ++at) {
        id = installed.devices[at].id;
        // Both are numbered by id when they are read: most have one number in both.
        if (at < devices.size() && devices[at].id == id) standing[at] = at;
        else if (auto const found = numbers.devices.find(id); found != numbers.devices.end()) standing[found->second] = at;
    }
    std::vector<Numbers::Place> places;
    places.reserve(installed.places.size());
    for (auto const& place : installed.places) {
        auto const found = numbers.software.find(place.software);
        places.push_back(found == numbers.software.end() ? Numbers::Place{nowhere, {}} : found->second);
    }
    auto const containers = (static_cast<std::uint32_t>(devices.size()) + container - 1) / container;
    auto const workers = workers_for(containers, 1, std::min<std::size_t>(4, cores()));
    std::vector<Placed> parts(workers);
    in_parallel(workers, workers, 1, [&](std::size_t, std::size_t part) {
        auto const border = [&](std::size_t of) {
            return std::min(static_cast<std::uint32_t>(containers * of / workers * container),
                            static_cast<std::uint32_t>(devices.size()));
        };
        parts[part] = place_range(installed, standing, places, software.size(), border(part), border(part + 1));
    });
    in_parallel(workers, software.size(), 64, [&](std::size_t, std::size_t number) {
        auto& one = software.edit(number);
        auto const join = [](DeviceSet& all, DeviceSet& part) {
            if (all.isEmpty()) std::swap(all, part);
            else all |= part;
            part = {};
        };
        for (auto& part : parts) {
            join(one.devices, part.devices[number]);
            join(one.ended, part.ended[number]);
            join(one.ending, part.ending[number]);
        }
        one.devices.runOptimize();
        one.devices.shrinkToFit();
    });
    for (auto& part : parts)
        for (auto& [software_id, set] : part.unmatched) numbers.unmatched[software_id] |= set;
}

Status Index::read_findings(store::Connection& connection, IndexOptions const& options, Numbers& numbers,
                            std::span<std::int64_t const> only) {
    std::string condition;
    for (auto const id : only) condition += (condition.empty() ? " AND f.software IN (" : ",") + std::to_string(id);
    if (!only.empty()) condition += ")";
    auto rows = TRY(rows_of(
        connection,
        "SELECT f.software, f.cve, f.first_seen, c.cvss, c.epss, coalesce(c.known_exploited, false), "
        "coalesce(c.exploit_verified, false), coalesce(c.exploit_public, false), coalesce(c.exploit_in_kit, false), "
        "f.state = 'fixed' OR f.fixed_version <> '' OR f.hotfix <> '' "
        "FROM main.finding f LEFT JOIN main.cve c ON c.id = f.cve WHERE NOT f.hidden" +
            condition + " ORDER BY f.cve, f.software",
        options));
    while (auto const chunk = TRY(rows.next())) {
        auto const& column = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const found = numbers.software.find(column[0].int64(row));
            if (found == numbers.software.end()) continue;
            auto const number = number_of(numbers.cves, std::string(column[1].text(row)));
            if (number == cves.size()) {
                IndexedCve fresh;
                fresh.id = column[1].text(row);
                if (!column[3].is_null(row)) fresh.facts.cvss = column[3].real(row);
                if (!column[4].is_null(row)) fresh.facts.epss = column[4].real(row);
                fresh.facts.known_exploited = column[5].boolean(row);
                fresh.facts.exploit_verified = column[6].boolean(row);
                fresh.facts.exploit_public = column[7].boolean(row);
                fresh.facts.exploit_in_kit = column[8].boolean(row);
                fresh.hazard = hazard_of(fresh.facts);
                fresh.first_seen = column[2].int64(row);
                cves.push_back(std::move(fresh));
            }
            auto& cve = cves.edit(number);
            cve.first_seen = std::min(cve.first_seen, column[2].int64(row));
            auto& one = software.edit(found->second.software);
            bool const fixable = column[9].boolean(row);
            // Several stored rows may be one version here: count the CVE once; a fix for any of them is a fix.
            auto const place = std::ranges::lower_bound(one.cves, number);
            auto const at = place - one.cves.begin();
            if (place != one.cves.end() && *place == number) {
                if (fixable && !one.fixable[static_cast<std::size_t>(at)]) {
                    one.fixable[static_cast<std::size_t>(at)] = true;
                    one.fixable_hazard += cve.hazard;
                }
                continue;
            }
            cve.software.push_back(found->second.software);
            one.cves.insert(place, number);
            one.fixable.insert(one.fixable.begin() + at, fixable);
            one.hazard += cve.hazard;
            if (fixable) one.fixable_hazard += cve.hazard;
        }
    }
    return {};
}

Status Index::read_cleared(store::Connection& connection, IndexOptions const& options, Numbers const& numbers) {
    auto rows = TRY(
        rows_of(connection, "SELECT DISTINCT device, software, cve FROM main.finding_cleared ORDER BY ALL", options));
    std::vector<std::vector<ClearedFinding>> all(software.size());
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const device = numbers.devices.find(std::string(chunk->columns[0].text(row)));
            auto const one = numbers.software.find(chunk->columns[1].int64(row));
            auto const cve = numbers.cves.find(std::string(chunk->columns[2].text(row)));
            if (device == numbers.devices.end() || one == numbers.software.end() || cve == numbers.cves.end()) continue;
            all[one->second.software].push_back({device->second, cve->second});
        }
    }
    for (std::uint32_t number = 0; number < software.size(); ++number)
        if (!all[number].empty()) set_cleared(number, std::move(all[number]));
    return {};
}

void Index::set_cleared(std::uint32_t number, std::vector<ClearedFinding> cleared) {
    keep_what_can_be_cleared(software.edit(number), std::move(cleared));
}

void keep_what_can_be_cleared(IndexedSoftware& one, std::vector<ClearedFinding> cleared) {
    std::erase_if(cleared, [&](ClearedFinding const& c) {
        return !std::ranges::binary_search(one.cves, c.cve) || !one.devices.contains(c.device);
    });
    std::ranges::sort(cleared, {}, [](ClearedFinding const& c) { return std::pair(c.cve, c.device); });
    auto const rest = std::ranges::unique(cleared);
    cleared.erase(rest.begin(), rest.end());
    one.cleared = std::move(cleared);
}

void Index::add_exposed(DeviceSet& all, std::uint32_t number, std::uint32_t cve) const {
    auto const here = std::ranges::equal_range(software[number].cleared, cve, {}, &ClearedFinding::cve);
    if (here.empty()) {
        all |= software[number].devices;
        return;
    }
    auto rest = software[number].devices;
    for (auto const& one : here) rest.remove(one.device);
    all |= rest;
}

DeviceSet Index::exposed_to(std::uint32_t cve) const {
    std::vector<DeviceSet const*> whole;
    DeviceSet all;
    for (auto const number : cves[cve].software) {
        if (software[number].cleared.empty()) whole.push_back(&software[number].devices);
        else add_exposed(all, number, cve);
    }
    whole.push_back(&all);
    return DeviceSet::fastunion(whole.size(), whole.data()) & counted;
}

DeviceSet Index::exposed_to(std::uint32_t cve, std::uint32_t product) const {
    DeviceSet all;
    for (auto const number : cves[cve].software)
        if (software[number].product_number == product) add_exposed(all, number, cve);
    return all & counted;
}

DeviceSet Index::exposed_by(std::uint32_t product) const {
    DeviceSet all;
    for (auto const number : products[product].software) {
        auto const& one = software[number];
        if (one.cves.empty()) continue;
        auto const& here = one.cleared;
        if (here.size() < one.cves.size()) {
            all |= one.devices;
            continue;
        }
        // A device leaves when each finding is cleared for it.
        std::unordered_map<std::uint32_t, std::size_t> times;
        for (auto const& finding : here) ++times[finding.device];
        auto rest = one.devices;
        for (auto const& [device, count] : times)
            if (count == one.cves.size()) rest.remove(device);
        all |= rest;
    }
    return all & counted;
}

DeviceSet Index::having(std::uint32_t product) const {
    DeviceSet all;
    for (auto const number : products[product].software) all |= software[number].devices;
    return all & counted;
}

DeviceSet Index::in_groups(std::span<std::string const> names) const {
    DeviceSet all;
    for (std::size_t group = 0; group < groups.size(); ++group)
        if (std::ranges::find(names, groups[group]) != names.end()) all |= in_group[group];
    return all;
}

DeviceSet Index::ended(std::uint32_t product) const {
    DeviceSet all;
    for (auto const number : products[product].software) all |= software[number].ended;
    return all & counted;
}

DeviceSet Index::ending(std::uint32_t product) const {
    DeviceSet all;
    for (auto const number : products[product].software) all |= software[number].ending;
    return all & counted;
}

}  // namespace merlon::fleet
