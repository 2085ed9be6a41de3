#include <unordered_set>

#include "base/text.h"
#include "model/extended_support.h"
#include "store/report_wave.h"

namespace merlon::store {
namespace {

constexpr std::size_t most_text_bytes = 4096;

}  // namespace

std::string clean(std::string_view text) { return clean_text(text, most_text_bytes); }

std::string plain(std::string const& text) {
    bool const usual = text.size() <= most_text_bytes &&
                       std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
    return usual ? text : clean(text);
}

bool listed(std::vector<std::string> const& covered, std::string_view source) {
    return covered.empty() || std::find(covered.begin(), covered.end(), source) != covered.end();
}

bool covers(Pending const& one, std::string_view source) {
    if (source == "os") return one.speaks_of_os;
    return one.report->software && listed(one.report->software_sources, source);
}

void sort_once(std::vector<std::int64_t>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

namespace {

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

// A digest of what the report says of the device itself; never 0.
std::uint64_t facts_of(DeviceReport const& report) {
    std::string all;
    auto const& os = report.os;
    for (auto const* text : {&report.identifier, &report.name, &os.platform, &os.distribution, &os.name, &os.version, &os.release, &os.edition,
                             &os.build, &os.architecture, &os.kernel, &report.public_address, &report.source, &report.group, &report.value})
        all += *text + '\0';
    all += report.internet_facing ? *report.internet_facing ? "yes" : "no" : "";
    all += interfaces_json(report.interfaces) + texts_json(report.tags);
    return std::hash<std::string>{}(all) | 1U;
}

// What the report says of the device is known to be as the last one said, when Standing remembers it.
void recall(Pending& one, Standing& standing) {
    one.standing = standing.device(one.change.device_id);
    one.facts = facts_of(*one.report);
    if (!one.standing) return;
    auto const& device = standing.installed().devices[*one.standing];
    one.same_facts = device.facts == one.facts;
    if (one.same_facts) one.row.os = one.os = standing.os(device.os);
}
void remember(Pending& one, Standing& standing) {
    if (one.same_facts) return;
    if (!one.standing) one.standing = standing.add_device(one.change.device_id);
    auto& device = standing.edit(*one.standing);
    device.facts = one.facts;
    device.os = standing.os_number(one.os);
}

void merge_row(Pending& one, FactSources const& sources, Ticks now) {
    auto const& report = *one.report;
    auto& row = one.row;
    if (one.same_facts) {
        row.id = one.change.device_id;
        one.speaks_of_os = !(report.os == OperatingSystem{});
        row.last_seen = report.collected_at > 0 ? std::min(report.collected_at, now) : now;
        row.software_seen = report.software ? row.last_seen : 0;
        return;
    }
    if (one.known) row = *one.known;
    row.id = one.change.device_id;
    take_text(row.identifier, report.identifier);
    take_text(row.name, report.name);
    if (row.name.empty()) row.name = row.identifier;
    one.speaks_of_os = !(report.os == OperatingSystem{});
    row.os = merged(row.os, cleaned(report.os));
    row.os.edition = marked_edition(row.os.edition, false);  // who is entitled is decided here, not told
    if (report.internet_facing) row.internet_facing = *report.internet_facing;
    take_text(row.public_address, report.public_address);
    if (!report.interfaces.empty()) row.interfaces = interfaces_of(interfaces_json(report.interfaces));
    take_text(row.source, report.source);
    merge_facts(one, sources);
    one.os = row.os;
    one.os.edition = marked_edition(row.os.edition, sources.entitled.has(row.id, row.group));
    one.row_changed = !one.known || !same_but_times(*one.known, row);
    one.change.new_device = !one.known;
    one.change.changed = one.change.row_changed = one.row_changed;
    auto const when = report.collected_at > 0 ? std::min(report.collected_at, now) : now;
    if (!one.known) row.first_seen = when;
    row.last_seen = std::max(row.last_seen, when);
    if (report.software) row.software_seen = std::max(row.software_seen, when);
}

Status write_seen(Connection& connection, std::span<Pending const* const> seen) {
    constexpr std::size_t few = 8;
    if (seen.size() <= few) {
        for (auto const* one : seen)
            TRY(connection.query("UPDATE device SET last_seen = greatest(last_seen, $2), software_seen = greatest(software_seen, $3) WHERE id = $1",
                                 {Value{one->row.id}, Value{one->row.last_seen}, Value{one->row.software_seen}}));
        return {};
    }
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_seen (id VARCHAR, last_seen BIGINT, software_seen BIGINT)"));
    auto appender = TRY(connection.appender("stage_seen"));
    for (auto const* one : seen) TRY(appender.text(one->row.id).int64(one->row.last_seen).int64(one->row.software_seen).end_row());
    TRY(appender.close());
    return connection.execute("UPDATE device SET last_seen = greatest(device.last_seen, s.last_seen), "
                              "software_seen = greatest(device.software_seen, s.software_seen) FROM stage_seen s WHERE device.id = s.id");
}

Status write_whole(Connection& connection, std::span<Pending const* const> whole) {
    if (whole.empty()) return {};
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_device AS FROM device LIMIT 0"));
    auto appender = TRY(connection.appender("stage_device"));
    for (auto const* one : whole) {
        auto const& row = one->row;
        auto const& os = row.os;
        for (auto const* text : {&row.id, &row.identifier, &row.name, &os.platform, &os.distribution, &os.name,
                                 &os.version, &os.release, &os.edition, &os.build, &os.architecture, &os.kernel,
                                 &row.group, &row.value})
            appender.text(*text);
        appender.boolean(row.internet_facing).text(row.public_address);
        appender.text(interfaces_json(row.interfaces)).text(texts_json(row.tags)).boolean(row.excluded).text(row.source);
        TRY(appender.int64(row.first_seen).int64(row.last_seen).int64(row.software_seen).end_row());
    }
    TRY(appender.close());
    return connection.execute("INSERT OR REPLACE INTO device FROM stage_device");
}

Status write_device_rows(Connection& connection, std::span<Pending const> pending) {
    std::vector<Pending const*> whole, seen;
    for (auto const& one : pending) {
        if (one.row_changed) whole.push_back(&one);
        else if (one.same_facts || one.row.last_seen != one.known->last_seen || one.row.software_seen != one.known->software_seen) seen.push_back(&one);
    }
    TRY(write_whole(connection, whole));
    return write_seen(connection, seen);
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
    SoftwareIds& ids;
    std::vector<SoftwareRow> fresh = {};  // met since the last write
    std::string scratch = {};

    std::int64_t id(SoftwareItem const& item, OperatingSystem const& os) {
        scratch.clear();
        for (auto const* field : {&item.source, &item.name, &item.vendor, &item.version, &item.architecture,
                                  &item.source_name, &item.source_version, &item.distribution, &item.bundle_id,
                                  &item.edition, &item.purl, &item.cpe, &os.distribution, &os.version}) {
            scratch += *field;
            scratch += '\0';
        }
        auto const digest = ids.digest(scratch);
        if (auto const found = ids.find(digest)) return *found;
        auto copy = item;
        for (auto* field : {&copy.source, &copy.name, &copy.vendor, &copy.version, &copy.architecture,
                            &copy.source_name, &copy.source_version, &copy.distribution, &copy.bundle_id,
                            &copy.edition, &copy.purl, &copy.cpe})
            *field = clean(*field);
        SoftwareRow row;
        row.key = software_key(std::move(copy), os);
        row.id = row.key.id();
        fresh.push_back(row);
        ids.add(digest, row.id);
        return row.id;
    }
};

void gather_software(Pending& one, SoftwareSeen& seen) {
    auto const& report = *one.report;
    bool const entitled = one.os.edition.ends_with(extended_support_mark);
    bool has_os = false;
    if (report.software) {
        one.installed.reserve(report.software->size() + 1);
        for (auto const& item : *report.software) {
            has_os = has_os || item.source == "os";
            if (item.source == "os" && entitled) {
                auto marked = item;
                marked.edition = marked_edition(item.edition, true);
                one.installed.push_back({seen.id(marked, one.row.os), plain(item.path), plain(item.installed_at), item.source});
                continue;
            }
            one.installed.push_back({seen.id(item, one.row.os), plain(item.path), plain(item.installed_at), item.source});
        }
    }
    if (one.speaks_of_os && !has_os)
        if (auto const item = operating_system_item(one.os)) one.installed.push_back({seen.id(*item, one.row.os), {}, {}, "os"});
}

// Writes software that no device had before; gives their ids.
Result<std::unordered_set<std::int64_t>> write_new_software(Connection& connection, SoftwareSeen& seen, Standing* standing, Ticks now) {
    std::unordered_set<std::int64_t> fresh;
    if (seen.fresh.empty()) return fresh;
    if (standing) {
        for (auto const& row : seen.fresh)
            if (!standing->knows_software(row.id)) fresh.insert(row.id);
        for (auto const id : fresh) standing->add_software(id);
    } else {
        std::vector<std::int64_t> ids;
        for (auto const& row : seen.fresh) ids.push_back(row.id);
        TRY(stage_ids(connection, ids));
        auto rows = TRY(connection.query("SELECT DISTINCT id FROM stage_id WHERE id NOT IN (SELECT id FROM software)"));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t i = 0; i < chunk->rows; ++i) fresh.insert(chunk->columns[0].int64(i));
    }
    if (fresh.empty()) {
        seen.fresh.clear();
        return fresh;
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

// ---- one wave: reports of distinct devices ------------------------------------------------------------------

// Of those whose rows are to be read.
std::string listed_ids(std::span<Pending const> pending) {
    std::string ids;
    for (auto const& one : pending)
        if (!one.same_facts) ids += (ids.empty() ? "'" : ",'") + one.change.device_id + "'";
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

Status write_wave(Connection& connection, std::span<Pending> pending, SoftwareSeen& seen, Standing* standing, Ticks now) {
    if (standing)
        for (auto& one : pending) recall(one, *standing);
    auto const ids = listed_ids(pending);
    FactSources sources;
    if (!ids.empty()) {
        TRY(read_known(connection, pending, ids));
        sources = TRY(read_sources(connection, ids));
    }
    for (auto& one : pending) {
        merge_row(one, sources, now);
        gather_software(one, seen);
    }
    auto const fresh = TRY(write_new_software(connection, seen, standing, now));
    TRY(write_installations(connection, pending, standing, standing ? standing->next_time(now) : now));
    TRY(write_hotfixes_and_settings(connection, pending, standing, now));
    TRY(write_device_rows(connection, pending));
    TRY(write_usage(connection, pending, now));
    TRY(write_reported(connection, pending));
    if (standing)
        for (auto& one : pending) remember(one, *standing);
    if (fresh.empty()) return {};
    for (auto& one : pending) {
        for (auto const& item : one.installed)
            if (fresh.contains(item.software)) one.change.new_software.push_back(item.software);
        sort_once(one.change.new_software);
    }
    return {};
}

}  // namespace

Result<std::vector<ReportChange>> write_reports(Connection& connection, std::span<DeviceReport const> reports, Ticks now,
                                                Standing* standing) {
    std::vector<ReportChange> changes;
    SoftwareIds software_ids;
    SoftwareSeen seen{standing ? standing->software_ids() : software_ids};
    std::vector<Pending> wave;
    std::unordered_set<std::string> devices;
    auto flush = [&]() -> Status {
        if (wave.empty()) return {};
        TRY(write_wave(connection, wave, seen, standing, now));
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
