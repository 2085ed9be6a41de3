#include "fleet/device_counts.h"

#include <algorithm>
#include <set>

#include "base/parallel.h"
#include "fleet/device_numbers.h"
#include "fleet/each_device.h"

namespace merlon::fleet {
namespace {

// Software that is one version to the index although its rows in the store have not the same findings, or not on the
// same devices: what a device has of it is what its own rows have.
struct Uneven {
    std::vector<std::int64_t> ids;
    std::vector<IndexedSoftware> rows;  // beside `ids`
    std::set<std::uint32_t> versions;   // of the index, which these rows replace

    IndexedSoftware& row(std::int64_t id) {
        return rows[static_cast<std::size_t>(std::ranges::lower_bound(ids, id) - ids.begin())];
    }
    std::string listed() const {
        std::string out;
        for (auto const id : ids) out += (out.empty() ? "(" : ",") + std::to_string(id);
        return out + ")";
    }
};

Status read_rows(store::Connection& connection, Index const& index, Uneven& uneven) {
    std::vector<std::string> names;
    auto rows = TRY(connection.query(
        "WITH r AS MATERIALIZED (SELECT y.software, y.vendor, y.product, y.version, "
        "count(*) OVER (PARTITION BY y.vendor, y.product, y.version) AS rows FROM main.identity y "
        "JOIN main.installed_software i ON i.software = y.software) "
        "SELECT r.software, r.vendor, r.product, r.version FROM r WHERE (r.vendor, r.product, r.version) IN ("
        "SELECT (r.vendor, r.product, r.version) FROM r JOIN main.finding f ON f.software = r.software AND NOT f.hidden "
        "WHERE r.rows > 1 GROUP BY r.vendor, r.product, r.version, r.rows, f.cve HAVING count(*) < r.rows "
        "UNION SELECT (r.vendor, r.product, r.version) FROM r WHERE r.rows > 1 "
        "AND r.software IN (SELECT software FROM main.finding_cleared)) ORDER BY r.software"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            uneven.ids.push_back(c[0].int64(row));
            auto& one = uneven.rows.emplace_back();
            one.vendor = c[1].text(row), one.product = c[2].text(row), one.version = c[3].text(row);
        }
    }
    if (uneven.ids.empty()) return {};
    auto const name = [](IndexedSoftware const& one) { return one.vendor + '\0' + one.product + '\0' + one.version; };
    std::unordered_map<std::string, std::uint32_t> numbers;
    for (std::uint32_t number = 0; number < index.software.size(); ++number)
        numbers.emplace(name(index.software[number]), number);
    for (auto& one : uneven.rows) {
        auto const found = numbers.find(name(one));
        if (found == numbers.end()) continue;  // of no device in the index
        uneven.versions.insert(found->second);
        one.product_number = index.software[found->second].product_number;
    }
    return {};
}

// Their devices, findings, and what is cleared.
Result<Uneven> read_uneven(store::Connection& connection, Index const& index) {
    Uneven uneven;
    TRY(read_rows(connection, index, uneven));
    if (uneven.ids.empty()) return uneven;
    auto const among = " IN " + uneven.listed();
    std::unordered_map<std::string_view, std::uint32_t> cves;
    for (std::uint32_t number = 0; number < index.cves.size(); ++number) cves.emplace(index.cves[number].id, number);
    DeviceNumbers numbers(index);
    {
        auto rows = TRY(
            connection.query("SELECT software, cve FROM main.finding WHERE NOT hidden AND software" + among));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row)
                if (auto const cve = cves.find(chunk->columns[1].text(row)); cve != cves.end())
                    uneven.row(chunk->columns[0].int64(row)).cves.push_back(cve->second);
    }
    {
        auto rows = TRY(connection.query("SELECT software, device FROM main.installation WHERE software" + among));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row)
                if (auto const device = numbers.of(chunk->columns[1].text(row)))
                    uneven.row(chunk->columns[0].int64(row)).devices.add(*device);
    }
    {
        auto rows = TRY(connection.query(
            "SELECT DISTINCT software, device, cve FROM main.finding_cleared WHERE software" + among));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row) {
                auto const device = numbers.of(chunk->columns[1].text(row));
                auto const cve = cves.find(chunk->columns[2].text(row));
                if (device && cve != cves.end())
                    uneven.row(chunk->columns[0].int64(row)).cleared.push_back({*device, cve->second});
            }
    }
    for (auto& one : uneven.rows) {
        std::ranges::sort(one.cves);
        keep_what_can_be_cleared(one, std::move(one.cleared));
    }
    return uneven;
}

using Parts = std::vector<IndexedSoftware const*>;

// CVEs that the same parts have, nothing of them cleared: one set of devices for all of them.
struct Crowd {
    std::vector<std::uint32_t> parts;
    std::uint32_t cve = 0, cves = 1;  // one of them; how many
};

std::vector<Crowd> crowds_of(Index const& index, Parts const& parts, Mask const& leaving) {
    std::vector<std::vector<std::uint32_t>> having(index.cves.size());
    for (std::uint32_t part = 0; part < parts.size(); ++part)
        for (auto const cve : parts[part]->cves) having[cve].push_back(part);
    std::vector<Crowd> crowds;
    std::map<std::vector<std::uint32_t>, std::size_t> alike;
    for (std::uint32_t cve = 0; cve < having.size(); ++cve) {
        if (having[cve].empty()) continue;
        bool const apart = leaving.cve(cve) || std::ranges::any_of(having[cve], [&](auto part) {
            return !cleared_of(*parts[part], cve).empty();
        });
        if (!apart) {
            auto const [found, fresh] = alike.try_emplace(having[cve], crowds.size());
            if (!fresh) {
                ++crowds[found->second].cves;
                continue;
            }
        }
        crowds.push_back({std::move(having[cve]), cve, 1});
    }
    return crowds;
}

DeviceSet having(Parts const& parts, Crowd const& crowd, Mask const& mask) {
    std::vector<DeviceSet const*> whole;
    DeviceSet rest;
    for (auto const part : crowd.parts) {
        auto const& one = *parts[part];
        auto const cleared = cleared_of(one, crowd.cve);
        auto const* masked = mask.product(one.product_number);
        if (cleared.empty() && !masked) {
            whole.push_back(&one.devices);
            continue;
        }
        auto here = one.devices;
        for (auto const& finding : cleared) here.remove(finding.device);
        if (masked) here -= *masked;
        rest |= here;
    }
    whole.push_back(&rest);
    auto all = DeviceSet::fastunion(whole.size(), whole.data());
    if (auto const* masked = mask.cve(crowd.cve)) all -= *masked;
    return all;
}

void count_cves(Index const& index, Parts const& parts, Mask const& leaving, std::vector<DeviceCounts>& out) {
    constexpr std::size_t most_workers = 8, least_devices = 20'000;
    auto const crowds = crowds_of(index, parts, leaving);
    auto const workers = workers_for(index.devices.size(), least_devices, std::min(most_workers, cores()));
    struct Sums {
        std::vector<std::uint32_t> before, excused;
    };
    std::vector<Sums> sums(workers);
    in_parallel(workers, crowds.size(), 4, [&](std::size_t worker, std::size_t number) {
        auto& [before, excused] = sums[worker];
        if (before.empty()) before.resize(index.devices.size()), excused.resize(index.devices.size());
        auto const& crowd = crowds[number];
        auto const all = having(parts, crowd, {});
        each_device(all, [&](std::uint32_t device) { before[device] += crowd.cves; });
        bool const masked = leaving.cve(crowd.cve) || std::ranges::any_of(crowd.parts, [&](auto part) {
            return leaving.product(parts[part]->product_number);
        });
        if (masked)
            each_device(all - having(parts, crowd, leaving), [&](std::uint32_t device) { excused[device] += crowd.cves; });
    });
    for (auto const& [before, excused] : sums)
        for (std::size_t device = 0; device < before.size(); ++device) {
            out[device].cves += before[device];
            out[device].cves_after += before[device] - excused[device];
        }
}

void count_recommendations(Index const& index, Parts const& parts, Mask const& leaving, std::vector<DeviceCounts>& out) {
    std::vector<Parts> of_product(index.products.size());
    for (auto const* one : parts) of_product[one->product_number].push_back(one);
    for (std::uint32_t product = 0; product < index.products.size(); ++product) {
        auto const old = index.ended(product) | index.ending(product);
        auto const concerned = [&](Mask const& mask) {
            DeviceSet open;
            for (auto const* one : of_product[product]) open |= still_exposed(*one, mask);
            open = (open & index.counted) | old;
            if (auto const* masked = mask.product(product)) open -= *masked;
            return open;
        };
        auto const before = concerned({});
        each_device(before, [&](std::uint32_t device) { ++out[device].recommendations; });
        each_device(leaving.empty() ? before : concerned(leaving),
                    [&](std::uint32_t device) { ++out[device].recommendations_after; });
    }
}

}  // namespace

Result<std::vector<DeviceCounts>> count_on_devices(store::Connection& connection, Index const& index, Mask const& leaving) {
    auto const uneven = TRY(read_uneven(connection, index));
    Parts parts;
    for (std::uint32_t number = 0; number < index.software.size(); ++number)
        if (!uneven.versions.contains(number)) parts.push_back(&index.software[number]);
    for (auto const& row : uneven.rows) parts.push_back(&row);
    std::erase_if(parts, [](auto const* one) { return one->cves.empty() || one->devices.isEmpty(); });
    std::vector<DeviceCounts> out(index.devices.size());
    count_cves(index, parts, leaving, out);
    count_recommendations(index, parts, leaving, out);
    return out;
}

}  // namespace merlon::fleet
