#include "fleet/vulnerable.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "fleet/device_numbers.h"

namespace merlon::fleet {
namespace {

// The worst of some CVEs. No severity: there are none.
struct Worst {
    std::uint8_t severity = 0;  // 1 Low (or unknown) to 4 Critical
    bool known_exploited = false;
    std::int8_t exploit = -1;  // 1: one has a known exploit; -1: none of them is known but by its id
    Ticks published = std::numeric_limits<Ticks>::max();  // the first of them

    void add(Worst const& other) {
        severity = std::max(severity, other.severity);
        known_exploited = known_exploited || other.known_exploited;
        exploit = std::max(exploit, other.exploit);
        published = std::min(published, other.published);
    }
};

// Of each CVE of the index.
Result<std::vector<Worst>> read_cves(store::Connection& connection, Index const& index) {
    std::vector<Worst> all(index.cves.size());
    std::unordered_map<std::string_view, std::uint32_t> numbers;
    numbers.reserve(all.size());
    for (std::uint32_t number = 0; number < all.size(); ++number) {
        all[number].severity = 1;
        numbers.emplace(index.cves[number].id, number);
    }
    auto rows = TRY(connection.query("SELECT id, CASE severity WHEN 'Critical' THEN 4 WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 ELSE 1 END::BIGINT, "
                                     "known_exploited, exploit_public OR known_exploited, published, state = 'rejected' FROM main.cve"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const number = numbers.find(c[0].text(row));
            if (number == numbers.end()) continue;
            auto& one = all[number->second];
            one.severity = static_cast<std::uint8_t>(c[1].int64(row));
            one.known_exploited = c[2].boolean(row);
            if (c[5].boolean(row)) continue;  // hunting tells no more of these
            one.exploit = c[3].boolean(row) ? 1 : 0;
            if (c[4].int64(row) > 0) one.published = c[4].int64(row);
        }
    }
    return all;
}

// Of each device of the index.
std::vector<Worst> worst_of_devices(Index const& index, std::vector<Worst> const& cves) {
    std::vector<Worst> all(index.devices.size());
    for (std::uint32_t number = 0; number < index.software.size(); ++number) {
        auto const& one = index.software[number];
        Worst whole;
        for (auto const cve : one.cves) whole.add(cves[cve]);
        if (whole.severity == 0) continue;
        std::map<std::uint32_t, std::vector<std::uint32_t>> without;  // of devices, what is cleared; ascending
        for (auto const& [device, cve] : one.cleared) without[device].push_back(cve);
        for (auto const device : one.devices) {
            auto const cleared = without.empty() ? without.end() : without.find(device);
            if (cleared == without.end()) {
                all[device].add(whole);
                continue;
            }
            for (auto const cve : one.cves)
                if (!std::ranges::binary_search(cleared->second, cve)) all[device].add(cves[cve]);
        }
    }
    return all;
}

// Days since the first of its CVEs was published, as a report tells them apart: at least so many.
std::int64_t age_class(Ticks published, Ticks now) {
    auto const days = now / ticks_per_day - published / ticks_per_day;
    for (auto const least : {366, 181, 91, 31})
        if (days >= least) return least;
    return 0;
}

}  // namespace

Status publish_vulnerable(store::Connection& connection, Index const& index, Ticks now, Ticks oldest) {
    auto const worst = worst_of_devices(index, TRY(read_cves(connection, index)));
    constexpr std::int64_t unknown = -1;
    using Alike = std::tuple<std::string, std::string, std::string, std::uint8_t, bool, std::int8_t, std::int64_t>;
    std::map<Alike, std::int64_t> counts;
    {
        DeviceNumbers numbers(index);
        auto rows = TRY(connection.query("SELECT id, device_group, os_platform, os_release FROM main.device"));
        while (auto const chunk = TRY(rows.next())) {
            auto const& c = chunk->columns;
            for (std::size_t row = 0; row < chunk->rows; ++row) {
                auto const number = numbers.of(c[0].text(row));
                if (!number) continue;
                auto const& one = worst[*number];
                auto const age = one.published == std::numeric_limits<Ticks>::max() ? unknown : age_class(one.published, now);
                ++counts[{std::string(c[1].text(row)), std::string(c[2].text(row)), std::string(c[3].text(row)), one.severity, one.known_exploited, one.exploit, age}];
            }
        }
    }
    auto const day = now - now % ticks_per_day;
    std::array const days{store::Value{day}, store::Value{oldest}};
    TRY(connection.query("DELETE FROM main.vulnerable_day WHERE day = $1 OR day < $2", days));
    auto appender = TRY(connection.appender("vulnerable_day"));
    for (auto const& [alike, devices] : counts) {
        auto const& [group, platform, release, severity, known_exploited, exploit, age] = alike;
        TRY(appender.int64(day).text(group).text(platform).text(release).int64(severity).boolean(known_exploited).int64(exploit).int64(age).int64(devices).end_row());
    }
    return appender.close();
}

}  // namespace merlon::fleet
