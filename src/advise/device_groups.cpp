#include "advise/device_groups.h"

#include <algorithm>

#include "base/text.h"

namespace merlon::advise {

Status check_groups(store::Connection& connection, std::vector<std::string>& groups) {
    std::vector<std::string> known;
    auto rows = TRY(connection.query("SELECT DISTINCT device_group FROM main.device ORDER BY 1"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) known.emplace_back(chunk->columns[0].text(row));
    for (auto& group : groups) {
        if (equal_ignoring_ascii_case(group, "Unassigned")) group.clear();
        auto const found = std::ranges::find_if(
            known, [&](auto const& name) { return equal_ignoring_ascii_case(name, group); });
        if (found != known.end()) {
            group = *found;
            continue;
        }
        std::vector<std::string> shown;
        for (auto const& name : known) shown.push_back(name.empty() ? "Unassigned" : name);
        return fail("advise.no_such_group", clean_text(group.empty() ? "Unassigned" : group, 100), join(shown, ", "));
    }
    std::ranges::sort(groups);
    auto const rest = std::ranges::unique(groups);
    groups.erase(rest.begin(), rest.end());
    return {};
}

}  // namespace merlon::advise
