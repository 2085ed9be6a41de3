#include "advise/baseline_machines.h"

#include <algorithm>

#include "fleet/device_numbers.h"
#include "store/rows.h"

namespace merlon::advise {

Status write_baseline_machines(store::Connection& connection, fleet::Index const& index, std::vector<ProfileMachines> const& profiles) {
    std::vector<std::vector<bool>> stand(profiles.size(), std::vector<bool>(index.devices.size()));
    std::vector<std::int64_t> gone;
    {
        fleet::DeviceNumbers numbers(index);
        auto rows = TRY(connection.query("SELECT rowid, profile, device, settings, failed, exempt FROM main.baseline_machine"));
        while (auto const chunk = TRY(rows.next())) {
            auto const& c = chunk->columns;
            for (std::size_t row = 0; row < chunk->rows; ++row) {
                auto const profile = std::ranges::lower_bound(profiles, c[1].text(row), {}, &ProfileMachines::profile);
                auto const number = numbers.of(c[2].text(row));
                bool same = false;
                if (number && profile != profiles.end() && profile->profile == c[1].text(row)) {
                    auto const whole = [&](std::size_t column) { return static_cast<std::uint32_t>(c[column].int64(row)); };
                    auto place = stand[static_cast<std::size_t>(profile - profiles.begin())][*number];
                    same = !place && profile->machines[*number] == KeptSettings{whole(3), whole(4), whole(5)};
                    if (same) place = true;
                }
                if (!same) gone.push_back(c[0].int64(row));
            }
        }
    }
    TRY(store::delete_rows(connection, "baseline_machine", gone));
    auto appender = TRY(connection.appender("baseline_machine"));
    for (std::size_t i = 0; i < profiles.size(); ++i)
        for (std::uint32_t number = 0; number < index.devices.size(); ++number) {
            auto const& one = profiles[i].machines[number];
            if (one.settings == 0 || stand[i][number]) continue;
            TRY(appender.text(profiles[i].profile).text(index.devices[number].id).int64(one.settings).int64(one.failed).int64(one.exempt).end_row());
        }
    return appender.close();
}

}  // namespace merlon::advise
