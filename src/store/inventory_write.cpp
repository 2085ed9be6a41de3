#include <set>
#include <unordered_set>

#include "base/text.h"
#include "store/device_facts.h"
#include "store/inventory.h"

namespace merlon::store {
namespace {

constexpr std::size_t most_text_bytes = 4096;

std::string clean(std::string_view text) { return clean_text(text, most_text_bytes); }

// The same, quick for the text that nearly all of it is.
std::string plain(std::string const& text) {
    bool const usual = text.size() <= most_text_bytes &&
                       std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
    return usual ? text : clean(text);
}

bool is_device_id(std::string_view id) {
    return id.size() == 40 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

Result<std::string> id_of(DeviceReport const& report) {
    if (!report.device_id.empty()) {
        if (!is_device_id(report.device_id)) return fail("inventory.bad_device_id", clean(report.device_id));
        return report.device_id;
    }
    for (auto const* text : {&report.identifier, &report.name})
        if (!trim(*text).empty()) return device_id_of(*text);
    return fail("inventory.no_device", report.source);
}

bool same_but_times(DeviceRow const& a, DeviceRow const& b) {
    return std::tie(a.identifier, a.name, a.group, a.value, a.internet_facing, a.public_address, a.tags, a.excluded,
                    a.source) == std::tie(b.identifier, b.name, b.group, b.value, b.internet_facing, b.public_address,
                                          b.tags, b.excluded, b.source) &&
           a.os == b.os && a.interfaces == b.interfaces;
}

// Ids in a temporary table, to be joined with; made anew each time.
Status stage_ids(Connection& connection, std::span<std::int64_t const> ids) {
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_id (id BIGINT NOT NULL)"));
    auto appender = TRY(connection.appender("stage_id"));
    for (auto const id : ids) TRY(appender.int64(id).end_row());
    return appender.close();
}

// What a report says of one device, worked out against what is known.
struct Pending {
    DeviceReport const* report = nullptr;
    ReportChange change;
    std::optional<DeviceRow> known;
    DeviceRow row;
    Reported reported;  // what people may overrule
    bool reported_changed = false;
    bool speaks_of_os = false;
    bool row_changed = false;
    // Software of this report, the operating system included.
    struct Installed {
        std::int64_t software = 0;
        std::string path, installed_at;
    };
    std::vector<Installed> installed;
};

// Rows of one device in a table: a condition on its device column, for all pending devices for which `wanted` holds.
template <typename Wanted>
std::string among(std::string_view column, std::span<Pending const> pending, Wanted wanted) {
    std::string out = std::string(column) + " IN (";
    bool first = true;
    for (auto const& one : pending) {
        if (!one.known || !wanted(one)) continue;
        if (!first) out += ',';
        out += '\'' + one.change.device_id + '\'';
        first = false;
    }
    return first ? std::string{} : out + ")";
}

void take_text(std::string& into, std::string_view from) {
    if (!trim(from).empty()) into = clean(trim(from));
}

OperatingSystem cleaned(OperatingSystem os) {
    for (auto* field : {&os.platform, &os.distribution, &os.name, &os.version, &os.release, &os.edition, &os.build,
                        &os.architecture, &os.kernel})
        *field = clean(*field);
    return os;
}

OperatingSystem merged(OperatingSystem known, OperatingSystem const& told) {
    bool const moved = (!told.distribution.empty() && told.distribution != known.distribution) ||
                       (!told.version.empty() && told.version != known.version);
    if (moved) {
        auto whole = told;
        if (whole.distribution.empty()) whole.distribution = known.distribution;
        if (whole.kernel.empty() && whole.distribution == known.distribution) whole.kernel = known.kernel;
        if (whole.platform.empty() && whole.distribution == known.distribution) whole.platform = known.platform;
        if (whole.architecture.empty()) whole.architecture = known.architecture;
        return whole;
    }
    for (auto const field : {&OperatingSystem::platform, &OperatingSystem::distribution, &OperatingSystem::name,
                             &OperatingSystem::version, &OperatingSystem::release, &OperatingSystem::edition,
                             &OperatingSystem::build, &OperatingSystem::architecture, &OperatingSystem::kernel})
        if (!(told.*field).empty()) known.*field = told.*field;
    return known;
}

// Value, group and tags as reported; what the device has in the end people and rules decide (store/device_facts.h).
void merge_facts(Pending& one, FactSources const& sources) {
    auto const& report = *one.report;
    auto& reported = one.reported;
    auto const known = sources.reported.find(one.change.device_id);
    if (known != sources.reported.end()) reported = known->second;
    else if (one.known) reported = {one.known->group, one.known->value, one.known->tags};
    auto const before = reported;
    take_text(reported.group, report.group);
    take_text(reported.value, report.value);
    for (auto const& tag : report.tags)
        if (auto const text = clean(tag); std::find(reported.tags.begin(), reported.tags.end(), text) == reported.tags.end())
            reported.tags.push_back(text);
    one.reported_changed = known == sources.reported.end() || before != reported;
    decide(one.row, reported, sources);
}

void merge_row(Pending& one, FactSources const& sources, Ticks now) {
    auto const& report = *one.report;
    auto& row = one.row;
    if (one.known) row = *one.known;
    row.id = one.change.device_id;
    take_text(row.identifier, report.identifier);
    take_text(row.name, report.name);
    if (row.name.empty()) row.name = row.identifier;
    one.speaks_of_os = !(report.os == OperatingSystem{});
    row.os = merged(row.os, cleaned(report.os));
    if (report.internet_facing) row.internet_facing = *report.internet_facing;
    take_text(row.public_address, report.public_address);
    if (!report.interfaces.empty()) row.interfaces = interfaces_of(interfaces_json(report.interfaces));
    take_text(row.source, report.source);
    merge_facts(one, sources);
    one.row_changed = !one.known || !same_but_times(*one.known, row);
    one.change.new_device = !one.known;
    one.change.changed = one.row_changed;
    auto const when = report.collected_at > 0 ? std::min(report.collected_at, now) : now;
    if (!one.known) row.first_seen = when;
    row.last_seen = std::max(row.last_seen, when);
    if (report.software) row.software_seen = std::max(row.software_seen, when);
}

Status write_device_rows(Connection& connection, std::span<Pending const> pending) {
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_device AS FROM device LIMIT 0;"
                           "CREATE OR REPLACE TEMP TABLE stage_seen (id VARCHAR, last_seen BIGINT, software_seen BIGINT)"));
    auto whole = TRY(connection.appender("stage_device"));
    auto seen = TRY(connection.appender("stage_seen"));
    bool any_whole = false, any_seen = false;
    for (auto const& one : pending) {
        auto const& row = one.row;
        if (!one.row_changed) {
            if (row.last_seen == one.known->last_seen && row.software_seen == one.known->software_seen) continue;
            TRY(seen.text(row.id).int64(row.last_seen).int64(row.software_seen).end_row());
            any_seen = true;
            continue;
        }
        any_whole = true;
        auto const& os = row.os;
        for (auto const* text : {&row.id, &row.identifier, &row.name, &os.platform, &os.distribution, &os.name,
                                 &os.version, &os.release, &os.edition, &os.build, &os.architecture, &os.kernel,
                                 &row.group, &row.value})
            whole.text(*text);
        whole.boolean(row.internet_facing).text(row.public_address);
        whole.text(interfaces_json(row.interfaces)).text(texts_json(row.tags)).boolean(row.excluded).text(row.source);
        TRY(whole.int64(row.first_seen).int64(row.last_seen).int64(row.software_seen).end_row());
    }
    TRY(whole.close());
    TRY(seen.close());
    if (any_whole) TRY(connection.execute("INSERT OR REPLACE INTO device FROM stage_device"));
    if (any_seen)
        TRY(connection.execute("UPDATE device SET last_seen = s.last_seen, software_seen = s.software_seen "
                               "FROM stage_seen s WHERE device.id = s.id"));
    return {};
}

Status write_reported(Connection& connection, std::span<Pending const> pending) {
    if (std::none_of(pending.begin(), pending.end(), [](Pending const& one) { return one.reported_changed; })) return {};
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_reported AS FROM device_reported LIMIT 0"));
    auto appender = TRY(connection.appender("stage_reported"));
    for (auto const& one : pending)
        if (one.reported_changed)
            TRY(appender.text(one.row.id).text(one.reported.group).text(one.reported.value).text(texts_json(one.reported.tags)).end_row());
    TRY(appender.close());
    return connection.execute("INSERT OR REPLACE INTO device_reported FROM stage_reported");
}

// ---- software -----------------------------------------------------------------------------------------------

// Software met in this call: its id by all of its fields, so that the hash is made once for each distinct one.
struct SoftwareSeen {
    std::unordered_map<std::string, std::int64_t> ids;
    std::vector<SoftwareRow> fresh;  // met since the last write
    std::string scratch;

    std::int64_t id(SoftwareItem const& item, OperatingSystem const& os) {
        scratch.clear();
        for (auto const* field : {&item.source, &item.name, &item.vendor, &item.version, &item.architecture,
                                  &item.source_name, &item.source_version, &item.distribution, &item.bundle_id,
                                  &item.edition, &item.purl, &item.cpe, &os.distribution, &os.version}) {
            scratch += *field;
            scratch += '\0';
        }
        if (auto const found = ids.find(scratch); found != ids.end()) return found->second;
        auto copy = item;
        for (auto* field : {&copy.source, &copy.name, &copy.vendor, &copy.version, &copy.architecture,
                            &copy.source_name, &copy.source_version, &copy.distribution, &copy.bundle_id,
                            &copy.edition, &copy.purl, &copy.cpe})
            *field = clean(*field);
        SoftwareRow row;
        row.key = software_key(std::move(copy), os);
        row.id = row.key.id();
        fresh.push_back(row);
        return ids.emplace(scratch, row.id).first->second;
    }
};

bool listed(std::vector<std::string> const& covered, std::string_view source) {
    return covered.empty() || std::find(covered.begin(), covered.end(), source) != covered.end();
}

void gather_software(Pending& one, SoftwareSeen& seen) {
    auto const& report = *one.report;
    bool has_os = false;
    if (report.software) {
        one.installed.reserve(report.software->size() + 1);
        for (auto const& item : *report.software) {
            has_os = has_os || item.source == "os";
            one.installed.push_back({seen.id(item, one.row.os), plain(item.path), plain(item.installed_at)});
        }
    }
    if (one.speaks_of_os && !has_os)
        if (auto const item = operating_system_item(one.row.os)) one.installed.push_back({seen.id(*item, one.row.os), {}, {}});
    std::sort(one.installed.begin(), one.installed.end(), [](auto const& a, auto const& b) {
        return std::tie(a.software, a.path, a.installed_at) < std::tie(b.software, b.path, b.installed_at);
    });
    auto const last = std::unique(one.installed.begin(), one.installed.end(), [](auto const& a, auto const& b) {
        return a.software == b.software && a.path == b.path;
    });
    one.installed.erase(last, one.installed.end());
}

// True when the report decides whether software of this source is on the device.
bool covers(Pending const& one, std::string_view source) {
    if (source == "os") return one.speaks_of_os;
    return one.report->software && listed(one.report->software_sources, source);
}

// Writes software that no device had before; gives their ids.
Result<std::unordered_set<std::int64_t>> write_new_software(Connection& connection, SoftwareSeen& seen, Ticks now) {
    std::unordered_set<std::int64_t> fresh;
    if (seen.fresh.empty()) return fresh;
    std::vector<std::int64_t> ids;
    for (auto const& row : seen.fresh) ids.push_back(row.id);
    TRY(stage_ids(connection, ids));
    {
        auto rows = TRY(connection.query("SELECT DISTINCT id FROM stage_id WHERE id NOT IN (SELECT id FROM software)"));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t i = 0; i < chunk->rows; ++i) fresh.insert(chunk->columns[0].int64(i));
    }
    auto appender = TRY(connection.appender("software"));
    auto wanted = fresh;
    for (auto const& row : seen.fresh) {
        if (wanted.erase(row.id) == 0) continue;
        auto const& item = row.key.item;
        appender.int64(row.id);
        for (auto const* field : {&item.source, &item.name, &item.vendor, &item.version, &item.architecture,
                                  &item.source_name, &item.source_version, &item.distribution, &item.bundle_id,
                                  &item.edition, &item.purl, &item.cpe, &row.key.platform})
            appender.text(*field);
        TRY(appender.int64(now).end_row());
    }
    TRY(appender.close());
    seen.fresh.clear();
    return fresh;
}

// An installation row as it stands.
struct Standing {
    std::int64_t row = 0;
    std::int64_t software = 0;
    std::string path, installed_at;
};

Result<std::unordered_map<std::string, std::vector<Standing>>> standing_installations(
    Connection& connection, std::span<Pending> pending) {
    std::unordered_map<std::string, std::vector<Standing>> standing;
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
            if (!covers(one, c[5].text(i))) {
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

void sort_once(std::vector<std::int64_t>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

// Walks both sorted lists of one device side by side.
void compare(std::size_t index, Pending& one, std::vector<Standing> const& standing, InstallationChange& out) {
    std::set<std::int64_t> before, after;
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

Status delete_rows(Connection& connection, std::string_view table, std::span<std::int64_t const> rows) {
    if (rows.empty()) return {};
    TRY(stage_ids(connection, rows));
    return connection.execute("DELETE FROM " + std::string(table) + " WHERE rowid IN (SELECT id FROM stage_id)");
}

Status write_installations(Connection& connection, std::span<Pending> pending, Ticks now) {
    auto const standing = TRY(standing_installations(connection, pending));
    static std::vector<Standing> const none;
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

// ---- hotfixes and settings ----------------------------------------------------------------------------------

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
        for (auto const& fact : *report.settings) entries[plain(fact.key)] = plain(fact.value);
    } else {
        if (!report.hotfixes) return {};
        for (auto const& kb : *report.hotfixes) entries[plain(kb)];
    }
    return entries;
}

Status write_list(Connection& connection, Listed const& list, std::span<Pending> pending, Ticks now) {
    std::unordered_map<std::string, std::pair<Pending*, Entries>> told;
    for (auto& one : pending)
        if (auto entries = told_of(list, *one.report)) told[one.change.device_id] = {&one, std::move(*entries)};
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

// ---- one wave: reports of distinct devices ------------------------------------------------------------------

std::string listed_ids(std::span<Pending const> pending) {
    std::string ids;
    for (auto const& one : pending) ids += (ids.empty() ? "'" : ",'") + one.change.device_id + "'";
    return ids;
}

Status read_known(Connection& connection, std::span<Pending> pending, std::string const& ids) {
    std::unordered_map<std::string, Pending*> by_id;
    for (auto& one : pending) by_id.emplace(one.change.device_id, &one);
    return read_devices(
        connection,
        [&](DeviceRow row) -> Status {
            auto const place = by_id.find(row.id);
            if (place != by_id.end()) place->second->known = std::move(row);
            return {};
        },
        "id IN (" + ids + ")");
}

Status write_wave(Connection& connection, std::span<Pending> pending, SoftwareSeen& seen, Ticks now) {
    auto const ids = listed_ids(pending);
    TRY(read_known(connection, pending, ids));
    auto const sources = TRY(read_sources(connection, ids));
    for (auto& one : pending) {
        merge_row(one, sources, now);
        gather_software(one, seen);
    }
    auto const fresh = TRY(write_new_software(connection, seen, now));
    TRY(write_installations(connection, pending, now));
    TRY(write_list(connection, hotfix_list, pending, now));
    TRY(write_list(connection, setting_list, pending, now));
    TRY(write_device_rows(connection, pending));
    TRY(write_reported(connection, pending));
    if (fresh.empty()) return {};
    for (auto& one : pending) {
        for (auto const& item : one.installed)
            if (fresh.contains(item.software)) one.change.new_software.push_back(item.software);
        sort_once(one.change.new_software);
    }
    return {};
}

}  // namespace

Result<std::vector<ReportChange>> write_reports(Connection& connection, std::span<DeviceReport const> reports,
                                                Ticks now) {
    std::vector<ReportChange> changes;
    SoftwareSeen seen;
    std::vector<Pending> wave;
    std::unordered_set<std::string> devices;
    auto flush = [&]() -> Status {
        if (wave.empty()) return {};
        TRY(write_wave(connection, wave, seen, now));
        for (auto& one : wave) changes.push_back(std::move(one.change));
        wave.clear();
        devices.clear();
        return {};
    };
    constexpr std::size_t most_devices_in_a_wave = 2000;
    for (auto const& report : reports) {
        auto id = TRY(id_of(report));
        if (devices.contains(id) || wave.size() >= most_devices_in_a_wave) TRY(flush());
        devices.insert(id);
        auto& one = wave.emplace_back();
        one.report = &report;
        one.change.device_id = std::move(id);
    }
    TRY(flush());
    return changes;
}

Result<ReportChange> write_report(Connection& connection, DeviceReport const& report, Ticks now) {
    auto changes = TRY(write_reports(connection, std::span(&report, 1), now));
    return std::move(changes.front());
}

}  // namespace merlon::store
