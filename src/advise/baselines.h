// Security baselines (docs/baselines.md): benchmarks are data, rules/baselines/*.json
//   {"name", "os", "platform": windows|linux|macos, "description", "version", "sections": [{"name", "settings":
//   [[LEVEL, SCID], ...]}]}
// and choose configuration checks by level, 1 or 2. A profile applies a level of a benchmark to devices.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advise/configuration.h"

namespace merlon::advise {

struct BaselineSetting {
    std::string number, section;  // "linux-1.2": benchmark, section and place in it
    int level = 1;
    std::int64_t scid = 0;
};
struct Benchmark {
    std::string id, name, version, os, description;
    std::vector<BaselineSetting> settings;
};
// Those that travel in the binary, by id (the file's name). A setting must be one of `checks` of its platform, once. A
// bad one is an error of ours (advise.bad_baseline).
Result<std::vector<Benchmark>> read_benchmarks(std::vector<Check> const& checks);
// That of one file's bytes.
Result<Benchmark> read_benchmark(std::string_view bytes, std::string_view path, std::vector<Check> const& checks);

// What passes, in words, one for each test of a check: "at least 14", "1 or 2".
std::vector<std::string> recommended_values(Check const&);

struct BaselineProfile {
    std::string id, name, description;
    std::string benchmark;
    std::int64_t level = 1;
    std::vector<std::string> settings;  // numbers; none: all of the level
    std::vector<std::string> groups;    // none: all; "" is no group
    std::vector<std::string> tags;      // a device has one of them; none: all devices
    bool active = true, built_in = false;
    Ticks created = 0, changed = 0;  // 0: with the program
    std::string created_by, changed_by;
};
Result<std::vector<BaselineProfile>> read_profiles(store::Connection&);
Result<BaselineProfile> find_profile(store::Connection&, std::string_view id_or_name);  // advise.no_such_profile

// Checks it against what there is (rule B2) and replaces the row of the same id. Counts follow with publish_all().
// Errors: advise.bad_profile, advise.no_such_group.
Status write_profile(store::Connection&, BaselineProfile, std::string const& who, Ticks now);
Status remove_profile(store::Connection&, std::string_view id_or_name);  // advise.no_such_profile, advise.bad_profile

// The benchmarks as this program carries them into the store, and a profile of each level of each where it is not
// there.
Status write_benchmarks(store::Connection&, std::vector<Check> const& checks);

// Rules B3 to B5: counts of each active profile and setting, appended to the history of the profiles. `after`: after
// exceptions.
Status publish_baselines(store::Connection&, fleet::Index const&, Assessment const& before, Assessment const& after,
                         Ticks now);

}  // namespace merlon::advise
