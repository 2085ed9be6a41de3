#include "advise/baselines.h"

#include <set>

#include "advise/baseline_machines.h"
#include "advise/device_groups.h"
#include "advise/rows.h"
#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"
#include "store/inventory.h"

namespace merlon::advise {
namespace {

using fleet::DeviceSet;
using store::Value;

constexpr std::string_view folder = "rules/baselines/";

Check const* find_check(std::vector<Check> const& checks, std::int64_t scid) {
    auto const found = std::ranges::find(checks, scid, &Check::scid);
    return found == checks.end() ? nullptr : &*found;
}

Result<BaselineSetting> read_setting(json::Value from, std::string const& section, std::string number,
                                     std::string_view platform, std::vector<Check> const& checks) {
    std::vector<std::int64_t> pair;
    for (auto const one : json::array(from))
        if (std::int64_t value = 0; !one.get(value)) pair.push_back(value);
    if (pair.size() != 2 || pair[0] < 1 || pair[0] > 2)
        return fail("advise.bad_baseline", number, "a setting is [level, scid]");
    auto const* check = find_check(checks, pair[1]);
    if (!check || std::ranges::find(check->platforms, platform) == check->platforms.end())
        return fail("advise.bad_baseline", number,
                    "scid-" + std::to_string(pair[1]) + " is no check of " + std::string(platform));
    return BaselineSetting{std::move(number), section, static_cast<int>(pair[0]), pair[1]};
}

std::string in_words(CheckTest const& test) {
    switch (test.rule) {
    case Passing::is: return join(test.values, " or ");
    case Passing::is_not: return "not " + join(test.values, " or ");
    case Passing::contains: return "contains " + test.values[0];
    case Passing::at_least: return "at least " + test.values[0];
    case Passing::at_most: return "at most " + test.values[0];
    case Passing::between: return "between " + test.values[0] + " and " + test.values[1];
    case Passing::parts_at_most: return "at most " + join(test.values, ":");
    }
    return {};
}

std::unexpected<Error> wrong(std::string text, std::string hint) {
    return fail("advise.bad_profile", std::move(text), std::move(hint));
}

void sort_once(std::vector<std::string>& all) {
    std::ranges::sort(all);
    auto const rest = std::ranges::unique(all);
    all.erase(rest.begin(), rest.end());
}

// B2. What a profile may say.
Status check_profile(store::Connection& connection, BaselineProfile& one) {
    one.name = clean_text(trim(one.name), 200);
    one.description = clean_text(one.description, 4000);
    if (one.name.empty()) return wrong("it has no name", "Give it one.");
    if (one.level < 1 || one.level > 2) return wrong("there is no level " + std::to_string(one.level), "Levels: 1, 2.");
    for (auto const& other : TRY(read_profiles(connection)))
        if (other.id != one.id && equal_ignoring_ascii_case(other.name, one.name))
            return wrong("there is one called «" + other.name + "» already", "Choose another name.");
    std::vector<std::string> benchmarks;
    std::set<std::string, std::less<>> numbers;
    auto rows =
        TRY(connection.query("SELECT b.id, s.number, s.level FROM main.baseline_benchmark b JOIN main.baseline_setting "
                             "s ON s.benchmark = b.id ORDER BY b.id"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            benchmarks.emplace_back(chunk->columns[0].text(row));
            if (equal_ignoring_ascii_case(benchmarks.back(), one.benchmark) &&
                chunk->columns[2].integer(row) <= one.level)
                numbers.emplace(chunk->columns[1].text(row));
        }
    sort_once(benchmarks);
    one.benchmark = ascii_lower(one.benchmark);
    if (std::ranges::find(benchmarks, one.benchmark) == benchmarks.end())
        return wrong("there is no benchmark «" + clean_text(one.benchmark, 60) + "»",
                     "Benchmarks: " + join(benchmarks, ", ") + ".");
    for (auto const& number : one.settings)
        if (!numbers.contains(number))
            return wrong("level " + std::to_string(one.level) + " of the benchmark has no setting «" +
                             clean_text(number, 30) + "»",
                         "merlon baselines settings " + one.benchmark + " lists them.");
    sort_once(one.settings);
    TRY(check_groups(connection, one.groups));
    for (auto& tag : one.tags) tag = clean_text(trim(tag), 200);
    std::erase(one.tags, "");
    sort_once(one.tags);
    return {};
}

constexpr RowColumn<BaselineProfile> columns[] = {
    {"id", &BaselineProfile::id},
    {"name", &BaselineProfile::name},
    {"description", &BaselineProfile::description},
    {"benchmark", &BaselineProfile::benchmark},
    {"level", &BaselineProfile::level},
    {"settings", &BaselineProfile::settings},
    {"device_groups", &BaselineProfile::groups},
    {"tags", &BaselineProfile::tags},
    {"active", &BaselineProfile::active},
    {"built_in", &BaselineProfile::built_in},
    {"created", &BaselineProfile::created},
    {"created_by", &BaselineProfile::created_by},
    {"changed", &BaselineProfile::changed},
    {"changed_by", &BaselineProfile::changed_by},
};

Status save(store::Connection& connection, BaselineProfile const& one) {
    return replace_record<BaselineProfile>(connection, "baseline_profile", columns, one);
}

// B1. A profile of each level, called by benchmark and level; what people said of it (only whether it is active) stays.
Status write_built_in(store::Connection& connection, Benchmark const& benchmark,
                      std::vector<BaselineProfile> const& present) {
    for (int const level : {1, 2}) {
        auto const id = benchmark.id + "-level-" + std::to_string(level);
        auto const found = std::ranges::find(present, id, &BaselineProfile::id);
        BaselineProfile one;
        if (found != present.end()) one = *found;
        else one.created_by = one.changed_by = "Merlon";
        one.id = id;
        one.name = benchmark.name + ", level " + std::to_string(level);
        one.description = benchmark.description;
        one.benchmark = benchmark.id;
        one.level = level;
        one.built_in = true;
        TRY(save(connection, one));
    }
    return {};
}

// Devices that have one of the tags.
Result<DeviceSet> with_tags(store::Connection& connection, fleet::Index const& index,
                            std::vector<std::string> const& tags) {
    DeviceSet out;
    std::array const wanted{Value{store::texts_json(tags)}};
    auto rows =
        TRY(connection.query("SELECT id FROM main.device WHERE list_has_any(from_json(tags, '[\"VARCHAR\"]'), "
                             "from_json($1, '[\"VARCHAR\"]'))",
                             wanted));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            if (auto const number = index.device_number(chunk->columns[0].text(row))) out.add(*number);
    return out;
}

// B1. Devices of each benchmark's system.
Result<std::map<std::string, DeviceSet, std::less<>>> of_systems(store::Connection& connection, fleet::Index const& index) {
    std::map<std::string, DeviceSet, std::less<>> out;
    auto rows = TRY(connection.query("SELECT benchmark, device FROM main.baseline_device"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            if (auto const number = index.device_number(chunk->columns[1].text(row)))
                out[std::string(chunk->columns[0].text(row))].add(*number);
    return out;
}

struct Placed {
    std::string profile;
    std::int64_t scid = 0;
};
Result<std::vector<Placed>> settings_of_profiles(store::Connection& connection) {
    std::vector<Placed> all;
    auto rows = TRY(connection.query("SELECT profile, scid FROM main.baseline_profile_setting ORDER BY profile, scid"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            all.push_back({std::string(chunk->columns[0].text(row)), chunk->columns[1].int64(row)});
    return all;
}

}  // namespace

Result<Benchmark> read_benchmark(std::string_view bytes, std::string_view path, std::vector<Check> const& checks) {
    auto const document = TRY(json::Document::parse(bytes, path));
    auto const root = document.root();
    Benchmark made;
    auto const slash = path.rfind('/');
    made.id = path.substr(slash + 1, path.rfind('.') - slash - 1);
    made.name = json::text(root, "name");
    made.version = json::text(root, "version");
    made.os = json::text(root, "os");
    made.description = json::text(root, "description");
    std::set<std::int64_t> once;
    std::size_t section = 0;
    for (auto const part : json::array(root, "sections")) {
        std::size_t place = 0;
        ++section;
        for (auto const one : json::array(part, "settings")) {
            auto setting = TRY(read_setting(one, std::string(json::text(part, "name")),
                                            made.id + "-" + std::to_string(section) + "." + std::to_string(++place),
                                            json::text(root, "platform"), checks));
            if (!once.insert(setting.scid).second)
                return fail("advise.bad_baseline", std::string(path),
                            "scid-" + std::to_string(setting.scid) + " is there twice");
            made.settings.push_back(std::move(setting));
        }
    }
    if (made.name.empty() || made.version.empty() || made.os.empty() || made.settings.empty())
        return fail("advise.bad_baseline", std::string(path), "name, version, os or sections");
    return made;
}

Result<std::vector<Benchmark>> read_benchmarks(std::vector<Check> const& checks) {
    std::vector<Benchmark> all;
    for (auto const& file : embedded_under(folder)) all.push_back(TRY(read_benchmark(file.bytes, file.path, checks)));
    return all;
}

std::vector<std::string> recommended_values(Check const& check) {
    std::vector<std::string> all;
    for (auto const& test : check.tests) all.push_back(in_words(test));
    return all;
}

Result<std::vector<BaselineProfile>> read_profiles(store::Connection& connection) {
    return read_records<BaselineProfile>(connection, "baseline_profile", columns, "ORDER BY id");
}

Result<BaselineProfile> find_profile(store::Connection& connection, std::string_view wanted) {
    for (auto& one : TRY(read_profiles(connection)))
        if (equal_ignoring_ascii_case(one.id, wanted) || equal_ignoring_ascii_case(one.name, wanted))
            return std::move(one);
    return fail("advise.no_such_profile", clean_text(wanted, 100));
}

Status write_profile(store::Connection& connection, BaselineProfile one, std::string const& who, Ticks now) {
    TRY(check_profile(connection, one));
    auto const all = TRY(read_profiles(connection));
    if (auto const before = std::ranges::find(all, one.id, &BaselineProfile::id); before != all.end()) {
        // B1. What comes with the program is what the program says; only whether it counts is for people to say.
        bool const same = one.name == before->name && one.benchmark == before->benchmark &&
                          one.level == before->level && one.description == before->description &&
                          one.settings == before->settings && one.groups == before->groups && one.tags == before->tags;
        if (before->built_in && !same)
            return wrong("«" + before->name + "» comes with Merlon and can only be switched on and off",
                         "Make a profile of your own of the same benchmark.");
        one.built_in = before->built_in;
        one.created = before->created, one.created_by = before->created_by;
    } else {
        one.created = now, one.created_by = who;
    }
    one.changed = now, one.changed_by = who;
    return save(connection, one);
}

Status remove_profile(store::Connection& connection, std::string_view wanted) {
    auto const one = TRY(find_profile(connection, wanted));
    if (one.built_in)
        return wrong("«" + one.name + "» comes with Merlon and cannot be removed", "Switch it off instead.");
    std::array const key{Value{one.id}};
    TRY(connection.query("DELETE FROM main.baseline_profile WHERE id = $1", key));
    TRY(connection.query("DELETE FROM main.baseline_score WHERE profile = $1", key));
    TRY(connection.query("DELETE FROM main.baseline_count WHERE profile = $1", key));
    TRY(connection.query("DELETE FROM main.baseline_machine WHERE profile = $1", key));
    return {};
}

Status write_benchmarks(store::Connection& connection, std::vector<Check> const& checks) {
    auto const all = TRY(read_benchmarks(checks));
    TRY(connection.execute("DELETE FROM main.baseline_benchmark; DELETE FROM main.baseline_setting"));
    auto benchmarks = TRY(connection.appender("baseline_benchmark"));
    for (auto const& one : all)
        TRY(benchmarks.text(one.id).text(one.name).text(one.version).text(one.os).text(one.description).end_row());
    TRY(benchmarks.close());
    auto settings = TRY(connection.appender("baseline_setting"));
    for (auto const& one : all)
        for (auto const& setting : one.settings) {
            auto const& check = *find_check(checks, setting.scid);
            std::vector<std::string> keys;
            for (auto const& test : check.tests) keys.insert(keys.end(), test.keys.begin(), test.keys.end());
            TRY(settings.text(one.id)
                    .text(setting.number)
                    .text(setting.section)
                    .int64(setting.level)
                    .int64(setting.scid)
                    .text(store::texts_json(recommended_values(check)))
                    .text(store::texts_json(keys))
                    .end_row());
        }
    TRY(settings.close());
    auto const present = TRY(read_profiles(connection));
    for (auto const& one : all) TRY(write_built_in(connection, one, present));
    return {};
}

Status publish_baselines(store::Connection& connection, fleet::Index const& index, Assessment const& before,
                         Assessment const& after, Ticks now) {
    auto const settings = TRY(settings_of_profiles(connection));
    std::map<std::int64_t, std::size_t> places;
    for (std::size_t i = 0; i < before.checks.size(); ++i) places.emplace(before.checks[i].scid, i);
    TRY(connection.execute("DELETE FROM main.baseline_count"));
    std::vector<std::pair<BaselineProfile, DeviceSet>> profiles;  // and its devices
    auto const systems = TRY(of_systems(connection, index));
    for (auto& one : TRY(read_profiles(connection))) {
        if (!one.active) continue;
        auto const system = systems.find(one.benchmark);
        auto devices = system == systems.end() ? DeviceSet{} : system->second & index.counted;
        if (!one.groups.empty()) devices &= index.in_groups(one.groups);
        if (!one.tags.empty()) devices &= TRY(with_tags(connection, index, one.tags));
        profiles.emplace_back(std::move(one), std::move(devices));
    }
    auto counts = TRY(connection.appender("baseline_count"));
    auto scores = TRY(connection.appender("baseline_score"));
    auto const number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
    std::vector<ProfileMachines> machines;
    for (auto const& [profile, devices] : profiles) {
        auto& kept_by = machines.emplace_back(profile.id, std::vector<KeptSettings>(index.devices.size())).machines;
        DeviceSet assessed, failing, failing_after;
        std::uint64_t results = 0, kept = 0;
        for (auto const& [of, scid] : settings) {
            auto const place = places.find(scid);
            if (of != profile.id || place == places.end()) continue;
            auto const here = before.outcomes[place->second].applicable & devices;
            auto const bad = before.outcomes[place->second].failing & devices;
            auto const bad_after = after.outcomes[place->second].failing & devices;
            TRY(counts.text(profile.id)
                    .int64(scid)
                    .int64(number(here.cardinality()))
                    .int64(number(bad.cardinality()))
                    .int64(number(bad_after.cardinality()))
                    .end_row());
            for (auto const device : here) ++kept_by[device].settings;
            for (auto const device : bad_after) ++kept_by[device].failed;
            for (auto const device : bad - bad_after) ++kept_by[device].exempt;
            assessed |= here, failing |= bad, failing_after |= bad_after;
            results += here.cardinality(), kept += here.cardinality() - bad_after.cardinality();
        }
        // B4. A device keeps to a profile when it meets every setting that applies to it.
        TRY(scores.int64(now)
                .text(profile.id)
                .int64(number(assessed.cardinality()))
                .int64(number((assessed - failing_after).cardinality()))
                .int64(number((assessed - failing).cardinality()))
                .int64(number(results))
                .int64(number(kept))
                .end_row());
    }
    TRY(counts.close());
    TRY(scores.close());
    return write_baseline_machines(connection, index, machines);
}

}  // namespace merlon::advise
