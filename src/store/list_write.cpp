#include "store/report_wave.h"

namespace merlon::store {
namespace {

// The lists that are kept as (device, key, value) rows; hotfixes have no value.
struct Listed {
    std::string_view table, columns;
    bool with_value;
};
constexpr Listed hotfix_list{"hotfix", "rowid, device, kb, ''", false};
constexpr Listed setting_list{"setting", "rowid, device, key, value", true};

// What the report says of such a list; nothing when it does not speak of it. A key told twice: the last one counts.
using Entries = std::map<std::string, std::string>;
std::optional<Entries> told_of(Listed const& list, DeviceReport const& report) {
    Entries entries;
    if (list.with_value) {
        if (!report.settings) return {};
        for (auto const& fact : *report.settings)
            if (!is_usage(fact)) entries[plain(fact.key)] = plain(fact.value);
    } else {
        if (!report.hotfixes) return {};
        for (auto const& kb : *report.hotfixes) entries[plain(kb)];
    }
    return entries;
}

// ---- digests of what a device has, by family: most reports say the same as the last one ------------------------

using Digests = std::vector<std::pair<std::uint32_t, std::uint64_t>>;  // sorted by family

std::uint32_t family_number(Listed const& list, std::string_view family) {
    return (static_cast<std::uint32_t>(std::hash<std::string_view>{}(family)) << 1U) | (list.with_value ? 1U : 0U);
}
bool of_list(Listed const& list, std::uint32_t family) { return (family & 1U) == (list.with_value ? 1U : 0U); }
std::uint32_t family_of(Listed const& list, std::string_view key) { return family_number(list, list.with_value ? setting_family(key) : std::string_view{}); }

void add_to(Digests& digests, std::uint32_t family, std::string_view key, std::string_view value) {
    auto at = std::ranges::lower_bound(digests, family, {}, [](auto const& one) { return one.first; });
    if (at == digests.end() || at->first != family) at = digests.insert(at, {family, 0});
    auto const hash = std::hash<std::string_view>{};
    at->second += hash(key) * 0x9e3779b97f4a7c15U + (hash(value) ^ (hash(key) >> 7U)) * 0xbf58476d1ce4e5b9U + 1;
}

// The device's digests with those of the list that the report speaks of replaced by what it says.
Digests as_told(Listed const& list, DeviceReport const& report, Entries const& entries, Digests const& known) {
    std::set<std::uint32_t> covered;
    if (list.with_value)
        for (auto const& family : report.setting_families) covered.insert(family_number(list, family));
    Digests out;
    for (auto const& one : known)
        if (!of_list(list, one.first) || (!covered.empty() && !covered.contains(one.first))) out.push_back(one);
    for (auto const& [key, value] : entries) add_to(out, family_of(list, key), key, value);
    return out;
}

Status write_list(Connection& connection, Listed const& list, std::span<Pending> pending, Standing* standing, Ticks now) {
    std::unordered_map<std::string, std::pair<Pending*, Entries>> told;
    for (auto& one : pending)
        if (auto entries = told_of(list, *one.report)) {
            if (standing) {
                if (!one.standing) one.standing = standing->add_device(one.change.device_id);
                auto const& known = standing->installed().devices[*one.standing].lists;
                auto digests = as_told(list, *one.report, *entries, known);
                if (digests == known) continue;
                standing->edit(*one.standing).lists = std::move(digests);
            }
            told[one.change.device_id] = {&one, std::move(*entries)};
        }
    if (told.empty()) return {};
    std::vector<std::int64_t> gone;
    auto const condition =
        among("device", pending, [&](Pending const& one) { return told.contains(one.change.device_id); });
    if (!condition.empty()) {
        auto rows = TRY(connection.query("SELECT " + std::string(list.columns) + " FROM " + std::string(list.table) +
                                         " WHERE " + condition));
        while (auto const chunk = TRY(rows.next())) {
            auto const& c = chunk->columns;
            for (std::size_t i = 0; i < chunk->rows; ++i) {
                auto& [one, entries] = told.at(std::string(c[1].text(i)));
                if (list.with_value && !listed(one->report->setting_families, setting_family(c[2].text(i)))) continue;
                auto const found = entries.find(std::string(c[2].text(i)));
                if (found != entries.end() && found->second == c[3].text(i)) {
                    entries.erase(found);  // stands as told
                } else {
                    gone.push_back(c[0].int64(i));
                    one->change.changed = true;
                }
            }
        }
    }
    TRY(delete_rows(connection, list.table, gone));
    auto appender = TRY(connection.appender(list.table));
    for (auto& one : pending) {
        auto const found = told.find(one.change.device_id);
        if (found == told.end()) continue;
        for (auto const& [key, value] : found->second.second) {
            one.change.changed = true;
            appender.text(one.change.device_id).text(key);
            if (list.with_value) appender.text(value).int64(now);
            TRY(appender.end_row());
        }
    }
    return appender.close();
}

}  // namespace

Status write_hotfixes_and_settings(Connection& connection, std::span<Pending> pending, Standing* standing, Ticks now) {
    TRY(write_list(connection, hotfix_list, pending, standing, now));
    return write_list(connection, setting_list, pending, standing, now);
}

Status Standing::read_lists(Connection& connection) {
    for (auto const* list : {&hotfix_list, &setting_list}) {
        auto rows = TRY(connection.query("SELECT " + std::string(list->columns) + " FROM main." + std::string(list->table)));
        while (auto const chunk = TRY(rows.next())) {
            auto const& c = chunk->columns;
            for (std::size_t row = 0; row < chunk->rows; ++row)
                add_to(raw(add_device(c[1].text(row))).lists, family_of(*list, c[2].text(row)), c[2].text(row), c[3].text(row));
        }
    }
    return {};
}

}  // namespace merlon::store
