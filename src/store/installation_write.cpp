#include "store/report_wave.h"

namespace merlon::store {
namespace {

// An installation row as it stands.
struct StandingRow {
    std::int64_t row = 0;
    std::int64_t software = 0;
    std::string path, installed_at;
};

Result<std::unordered_map<std::string, std::vector<StandingRow>>> standing_installations(
    Connection& connection, std::span<Pending> pending) {
    std::unordered_map<std::string, std::vector<StandingRow>> standing;
    auto const condition = among("i.device", pending, [](Pending const& one) {
        return one.report->software.has_value() || one.speaks_of_os;
    });
    if (condition.empty()) return standing;
    std::unordered_map<std::string, Pending*> by_id;
    for (auto& one : pending) by_id.emplace(one.change.device_id, &one);
    auto rows = TRY(connection.query(
        "SELECT i.rowid, i.device, i.software, i.path, i.installed_at, s.source FROM installation i "
        "JOIN software s ON s.id = i.software WHERE " + condition));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t i = 0; i < chunk->rows; ++i) {
            std::string device(c[1].text(i));
            auto& one = *by_id.at(device);
            // Of other sources a report may speak too: what it names is there and stays, the rest stays as well.
            bool const named = std::ranges::binary_search(one.installed, std::pair(c[2].int64(i), c[3].text(i)), {}, [](Pending::Installed const& item) {
                return std::pair(item.software, std::string_view(item.path));
            });
            if (!named && !covers(one, c[5].text(i))) {
                one.change.software.push_back(c[2].int64(i));
                continue;
            }
            standing[std::move(device)].push_back(
                {c[0].int64(i), c[2].int64(i), std::string(c[3].text(i)), std::string(c[4].text(i))});
        }
    }
    for (auto& [device, list] : standing)
        std::sort(list.begin(), list.end(), [](auto const& a, auto const& b) {
            return std::tie(a.software, a.path) < std::tie(b.software, b.path);
        });
    return standing;
}

struct InstallationChange {
    std::vector<std::int64_t> rows_gone;
    struct Added {
        std::size_t pending;
        Pending::Installed item;
    };
    std::vector<Added> added;
    std::vector<std::pair<std::int64_t, std::string>> times;  // row, installed_at: the same one, told anew
};

// Walks both sorted lists of one device side by side.
void compare(std::size_t index, Pending& one, std::vector<StandingRow> const& standing, InstallationChange& out) {
    // What the report does not decide stays, at whatever path.
    std::set<std::int64_t> before(one.change.software.begin(), one.change.software.end()), after = before;
    for (auto const& row : standing) before.insert(row.software);
    for (auto const& item : one.installed) after.insert(item.software);
    std::size_t s = 0;
    for (auto const& item : one.installed) {
        while (s < standing.size() &&
               std::tie(standing[s].software, standing[s].path) < std::tie(item.software, item.path))
            out.rows_gone.push_back(standing[s++].row);
        if (s < standing.size() && standing[s].software == item.software && standing[s].path == item.path) {
            if (standing[s].installed_at != item.installed_at)
                out.times.emplace_back(standing[s].row, item.installed_at);
            ++s;
        } else {
            out.added.push_back({index, item});
        }
    }
    while (s < standing.size()) out.rows_gone.push_back(standing[s++].row);
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(one.change.installed));
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(one.change.gone));
    one.change.software.insert(one.change.software.end(), after.begin(), after.end());
    sort_once(one.change.software);
    if (one.change.installed.empty() && one.change.gone.empty()) one.change.software.clear();
}

// By software and path, each once: the first that was installed.
void sort_installed(std::vector<Pending::Installed>& installed) {
    std::ranges::sort(installed, {}, [](auto const& a) { return std::tie(a.software, a.path, a.installed_at); });
    auto const rest = std::ranges::unique(installed, {}, [](auto const& a) { return std::tie(a.software, a.path); });
    installed.erase(rest.begin(), rest.end());
}

Status write_by_rows(Connection& connection, std::span<Pending> pending, Ticks now) {
    for (auto& one : pending) sort_installed(one.installed);
    auto const standing = TRY(standing_installations(connection, pending));
    static std::vector<StandingRow> const none;
    InstallationChange change;
    for (std::size_t i = 0; i < pending.size(); ++i) {
        if (!pending[i].report->software && !pending[i].speaks_of_os) continue;
        auto const found = standing.find(pending[i].change.device_id);
        auto const gone_before = change.rows_gone.size() + change.added.size() + change.times.size();
        compare(i, pending[i], found == standing.end() ? none : found->second, change);
        if (change.rows_gone.size() + change.added.size() + change.times.size() > gone_before)
            pending[i].change.changed = true;
    }
    if (!change.rows_gone.empty()) {
        TRY(stage_ids(connection, change.rows_gone));
        TRY(connection.execute("INSERT INTO installation_past SELECT device, software, path, installed_at, first_seen, " + std::to_string(now) +
                               " FROM installation WHERE rowid IN (SELECT id FROM stage_id)"));
        TRY(connection.execute("DELETE FROM installation WHERE rowid IN (SELECT id FROM stage_id)"));
    }
    for (auto const& [row, told] : change.times)
        TRY(connection.query("UPDATE installation SET installed_at = $1 WHERE rowid = $2", {Value{told}, Value{row}}));
    if (change.added.empty()) return {};
    auto appender = TRY(connection.appender("installation"));
    for (auto const& [index, item] : change.added)
        TRY(appender.text(pending[index].change.device_id)
                .int64(item.software)
                .text(item.path)
                .text(item.installed_at)
                .int64(now)
                .end_row());
    return appender.close();
}

// ---- compared in memory -------------------------------------------------------------------------------------

struct Difference {
    struct Gone {
        std::string_view device;
        std::int64_t software = 0;
        std::string_view path;
    };
    struct Told {
        std::string_view device;
        Pending::Installed const* item = nullptr;
    };
    std::vector<Gone> gone;
    std::vector<Told> added;
    std::vector<Told> times;  // the same ones, told to be installed at another time
    bool empty() const { return gone.empty() && added.empty() && times.empty(); }
};

// Walks what a device has and what it is told to have, both by place.
void compare(Pending& one, Standing& standing, Difference& out) {
    using Entry = Installed::Entry;
    std::vector<bool> covered;
    for (auto const& source : standing.sources()) covered.push_back(covers(one, source));
    std::vector<Entry> had;
    if (one.standing) had = entries_of(standing.installed().devices[*one.standing]);
    struct Item {
        Entry entry;
        Pending::Installed const* told;
    };
    std::vector<Item> told;
    told.reserve(one.installed.size());
    for (auto const& item : one.installed)
        told.push_back({{standing.place(item.software, item.path, item.source), Standing::check_of(item.installed_at)}, &item});
    std::ranges::sort(told, [](Item const& a, Item const& b) {
        return a.entry.place != b.entry.place ? a.entry.place < b.entry.place : a.told->installed_at < b.told->installed_at;
    });
    auto const twice = std::ranges::unique(told, {}, [](Item const& item) { return item.entry.place; });
    told.erase(twice.begin(), twice.end());
    auto const& places = standing.installed().places;
    std::vector<Entry> now;
    std::vector<std::int64_t> gone, came, kept;
    Difference found;
    std::size_t t = 0;
    auto const add = [&](Item const& item) {
        found.added.push_back({one.change.device_id, item.told});
        came.push_back(item.told->software);
        now.push_back(item.entry);
    };
    for (auto const& entry : had) {
        for (; t < told.size() && told[t].entry.place < entry.place; ++t) add(told[t]);
        auto const& place = places[entry.place];
        if (t < told.size() && told[t].entry.place == entry.place) {
            if (told[t].entry.time != entry.time) found.times.push_back({one.change.device_id, told[t].told});
            now.push_back(told[t].entry);
            kept.push_back(place.software);
            ++t;
        } else if (place.source < covered.size() && covered[place.source]) {
            found.gone.push_back({one.change.device_id, place.software, standing.path(place.path)});
            gone.push_back(place.software);
        } else {
            now.push_back(entry);
            kept.push_back(place.software);
        }
    }
    for (; t < told.size(); ++t) add(told[t]);
    if (found.empty()) return;
    one.change.changed = true;
    for (auto* list : {&gone, &came, &kept}) sort_once(*list);
    // Of several paths of one software some may come or go: the device has it before and after.
    auto const without = [](std::vector<std::int64_t> const& from, std::vector<std::int64_t> const& a, std::vector<std::int64_t> const& b) {
        std::vector<std::int64_t> rest, out_of;
        std::ranges::set_difference(from, a, std::back_inserter(rest));
        std::ranges::set_difference(rest, b, std::back_inserter(out_of));
        return out_of;
    };
    one.change.installed = without(came, gone, kept);
    one.change.gone = without(gone, came, kept);
    if (!one.change.installed.empty() || !one.change.gone.empty()) {
        one.change.software = std::move(kept);
        one.change.software.insert(one.change.software.end(), came.begin(), came.end());
        sort_once(one.change.software);
    }
    if (!one.standing) one.standing = standing.add_device(one.change.device_id);
    standing.set_entries(*one.standing, now);
    out.gone.insert(out.gone.end(), found.gone.begin(), found.gone.end());
    out.added.insert(out.added.end(), found.added.begin(), found.added.end());
    out.times.insert(out.times.end(), found.times.begin(), found.times.end());
}

Status take_out_now(Connection& connection, std::span<Difference::Gone const> gone, Ticks now) {
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_gone (device VARCHAR NOT NULL, software BIGINT NOT NULL, path VARCHAR NOT NULL)"));
    auto staged = TRY(connection.appender("stage_gone"));
    for (auto const& one : gone) TRY(staged.text(one.device).int64(one.software).text(one.path).end_row());
    TRY(staged.close());
    auto past = TRY(connection.appender("installation_past"));
    auto rows = TRY(connection.query("DELETE FROM installation WHERE (device, software, path) IN (SELECT device, software, path FROM stage_gone) "
                                     "RETURNING device, software, path, installed_at, first_seen"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t i = 0; i < chunk->rows; ++i)
            TRY(past.text(c[0].text(i)).int64(c[1].int64(i)).text(c[2].text(i)).text(c[3].text(i)).int64(c[4].int64(i)).int64(now).end_row());
    }
    return past.close();
}

Status note_gone(Connection& connection, std::span<Difference::Gone const> gone, Ticks now) {
    auto notes = TRY(connection.appender("installation_gone"));
    for (auto const& one : gone) TRY(notes.text(one.device).int64(one.software).text(one.path).int64(now).end_row());
    return notes.close();
}

Status write_times(Connection& connection, std::span<Difference::Told const> times) {
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_time (device VARCHAR, software BIGINT, path VARCHAR, installed_at VARCHAR)"));
    auto staged = TRY(connection.appender("stage_time"));
    for (auto const& one : times) TRY(staged.text(one.device).int64(one.item->software).text(one.item->path).text(one.item->installed_at).end_row());
    TRY(staged.close());
    return connection.execute("UPDATE installation SET installed_at = t.installed_at FROM stage_time t "
                              "WHERE installation.device = t.device AND installation.software = t.software AND installation.path = t.path");
}

Status write_by_memory(Connection& connection, std::span<Pending> pending, Standing& standing, Ticks now) {
    auto const rows_before = standing.installed().rows;
    Difference all;
    for (auto& one : pending)
        if (one.report->software || one.speaks_of_os) compare(one, standing, all);
    if (!all.gone.empty()) {
        if (rows_before < standing.at_once_rows) TRY(take_out_now(connection, all.gone, now));
        else TRY(note_gone(connection, all.gone, now));
    }
    if (!all.times.empty()) TRY(write_times(connection, all.times));
    if (all.added.empty()) return {};
    auto appender = TRY(connection.appender("installation"));
    for (auto const& [device, item] : all.added)
        TRY(appender.text(device).int64(item->software).text(item->path).text(item->installed_at).int64(now).end_row());
    return appender.close();
}

}  // namespace

Status write_installations(Connection& connection, std::span<Pending> pending, Standing* standing, Ticks now) {
    return standing ? write_by_memory(connection, pending, *standing, now) : write_by_rows(connection, pending, now);
}

}  // namespace merlon::store
