#include "fleet/index.h"

#include <algorithm>

namespace merlon::fleet {
namespace {

template <typename Map, typename Key>
std::uint32_t number_of(Map& map, Key&& key) {
    auto const next = static_cast<std::uint32_t>(map.size());
    return map.try_emplace(std::forward<Key>(key), next).first->second;
}

float weight_of(std::string_view value) { return value == "High" ? 2.0F : value == "Low" ? 0.5F : 1.0F; }

}  // namespace

Result<std::shared_ptr<Index const>> Index::build(store::Connection& connection, IndexOptions const& options) {
    auto index = std::make_shared<Index>();
    TRY(index->read_devices(connection, options));
    TRY(index->read_software(connection));
    TRY(index->read_installations(connection));
    TRY(index->read_findings(connection));
    TRY(index->read_cleared(connection));
    return std::shared_ptr<Index const>(std::move(index));
}

Status Index::read_devices(store::Connection& connection, IndexOptions const& options) {
    auto const oldest = options.now - options.silent_days * ticks_per_day;
    std::unordered_map<std::string, std::uint32_t> group_numbers;
    auto rows = TRY(connection.query(
        "SELECT id, device_group, value, internet_facing, excluded, last_seen FROM main.device ORDER BY id"));
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            IndexedDevice device;
            device.id = chunk->columns[0].text(row);
            auto const group = std::string(chunk->columns[1].text(row));
            device.group = number_of(group_numbers, group);
            if (device.group == groups.size()) groups.push_back(group);
            device.weight = weight_of(chunk->columns[2].text(row));
            device.internet_facing = chunk->columns[3].boolean(row);
            device.counted = !chunk->columns[4].boolean(row) && chunk->columns[5].int64(row) >= oldest;
            auto const number = static_cast<std::uint32_t>(devices.size());
            device_numbers_.emplace(device.id, number);
            if (device.counted) counted.add(number);
            devices.push_back(std::move(device));
        }
    }
    return {};
}

Status Index::read_software(store::Connection& connection) {
    std::map<std::array<std::string, 3>, std::uint32_t> by_version;
    std::map<std::array<std::string, 2>, std::uint32_t> by_product;
    auto rows = TRY(connection.query("SELECT software, vendor, product, version, support_status FROM main.identity ORDER BY software"));
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            std::array<std::string, 3> const key{std::string(chunk->columns[1].text(row)),
                                                 std::string(chunk->columns[2].text(row)),
                                                 std::string(chunk->columns[3].text(row))};
            auto const number = number_of(by_version, key);
            auto const status = chunk->columns[4].text(row);
            auto const support = status.empty() ? Support::none : status.starts_with("EOS") ? Support::ended : Support::ending;
            software_numbers_.emplace(chunk->columns[0].int64(row), Place{number, support});
            if (number < software.size()) continue;
            auto const product = number_of(by_product, std::array<std::string, 2>{key[0], key[1]});
            if (product == products.size()) products.push_back({key[0], key[1], {}});
            products[product].software.push_back(number);
            software.push_back({key[0], key[1], key[2], product, {}, {}, 0, {}, 0, {}, {}});
        }
    }
    return {};
}

Status Index::read_installations(store::Connection& connection) {
    // Devices are numbered by id and stored report by report, so numbers arrive in runs; a small buffer for each
    // software turns them into bulk insertions.
    constexpr std::size_t batch = 128;
    std::vector<std::vector<std::uint32_t>> waiting(software.size());
    auto const flush = [&](std::size_t number) {
        software[number].devices.addMany(waiting[number].size(), waiting[number].data());
        waiting[number].clear();
    };
    auto rows = TRY(connection.query("SELECT device, software FROM main.installation"));
    std::string last;
    std::uint32_t device = 0;
    bool known = false;
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const id = chunk->columns[0].text(row);
            if (id != last) {
                last = id;
                auto const found = device_numbers_.find(last);
                known = found != device_numbers_.end();
                if (known) device = found->second;
            }
            auto const found = software_numbers_.find(chunk->columns[1].int64(row));
            if (!known || found == software_numbers_.end()) continue;
            auto const [place, support] = found->second;
            waiting[place].push_back(device);
            if (waiting[place].size() == batch) flush(place);
            if (support == Support::ended) software[place].ended.add(device);
            else if (support == Support::ending) software[place].ending.add(device);
        }
    }
    for (std::size_t number = 0; number < software.size(); ++number) {
        flush(number);
        software[number].devices.runOptimize();
    }
    return {};
}

Status Index::read_findings(store::Connection& connection) {
    auto rows = TRY(connection.query(
        "SELECT f.software, f.cve, f.first_seen, c.cvss, c.epss, coalesce(c.known_exploited, false), "
        "coalesce(c.exploit_verified OR c.exploit_in_kit, false), coalesce(c.exploit_public, false), "
        "f.state = 'fixed' OR f.fixed_version <> '' OR f.hotfix <> '' "
        "FROM main.finding f LEFT JOIN main.cve c ON c.id = f.cve WHERE NOT f.hidden ORDER BY f.cve, f.software"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& column = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const found = software_numbers_.find(column[0].int64(row));
            if (found == software_numbers_.end()) continue;
            auto const number = number_of(cve_numbers_, std::string(column[1].text(row)));
            if (number == cves.size()) {
                IndexedCve cve;
                cve.id = column[1].text(row);
                if (!column[3].is_null(row)) cve.facts.cvss = column[3].real(row);
                if (!column[4].is_null(row)) cve.facts.epss = column[4].real(row);
                cve.facts.known_exploited = column[5].boolean(row);
                cve.facts.exploit_verified = column[6].boolean(row);
                cve.facts.exploit_public = column[7].boolean(row);
                cve.hazard = hazard_of(cve.facts);
                cve.first_seen = column[2].int64(row);
                cves.push_back(std::move(cve));
            }
            auto& cve = cves[number];
            cve.first_seen = std::min(cve.first_seen, column[2].int64(row));
            auto& one = software[found->second.software];
            bool const fixable = column[8].boolean(row);
            // Several stored rows may be one version here: count the CVE once; a fix for any of them is a fix.
            if (!one.cves.empty() && one.cves.back() == number) {
                if (fixable && !one.fixable.back()) {
                    one.fixable.back() = true;
                    one.fixable_hazard += cve.hazard;
                }
                continue;
            }
            cve.software.push_back(found->second.software);
            one.cves.push_back(number);
            one.hazard += cve.hazard;
            one.fixable.push_back(fixable);
            if (fixable) one.fixable_hazard += cve.hazard;
        }
    }
    return {};
}

Status Index::read_cleared(store::Connection& connection) {
    auto rows = TRY(connection.query("SELECT DISTINCT device, software, cve FROM main.finding_cleared ORDER BY ALL"));
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const device = device_numbers_.find(std::string(chunk->columns[0].text(row)));
            auto const one = software_numbers_.find(chunk->columns[1].int64(row));
            auto const cve = cve_numbers_.find(std::string(chunk->columns[2].text(row)));
            if (device == device_numbers_.end() || one == software_numbers_.end() || cve == cve_numbers_.end()) continue;
            auto const& cves_here = software[one->second.software].cves;
            // Hidden findings do not count, so nothing is to be taken out for them.
            if (!std::ranges::binary_search(cves_here, cve->second)) continue;
            cleared.push_back({device->second, one->second.software, cve->second});
        }
    }
    auto const order = [](ClearedFinding const& c) { return std::tuple(c.software, c.cve, c.device); };
    std::ranges::sort(cleared, {}, order);
    auto const rest = std::ranges::unique(cleared, {}, order);
    cleared.erase(rest.begin(), rest.end());
    return {};
}

std::span<ClearedFinding const> Index::cleared_of(std::uint32_t number) const {
    auto const range = std::ranges::equal_range(cleared, number, {}, &ClearedFinding::software);
    return {range.begin(), range.end()};
}

DeviceSet Index::exposed_to(std::uint32_t cve) const {
    DeviceSet all;
    for (auto const number : cves[cve].software) {
        auto const here = std::ranges::equal_range(cleared_of(number), cve, {}, &ClearedFinding::cve);
        if (here.empty()) {
            all |= software[number].devices;
            continue;
        }
        auto rest = software[number].devices;
        for (auto const& one : here) rest.remove(one.device);
        all |= rest;
    }
    return all & counted;
}

DeviceSet Index::exposed_by(std::uint32_t product) const {
    DeviceSet all;
    for (auto const number : products[product].software) {
        auto const& one = software[number];
        if (one.cves.empty()) continue;
        auto const here = cleared_of(number);
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
