#include "cli/baselines.h"

#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/baselines.h"
#include "advise/publish.h"
#include "api/auth/secrets.h"
#include "base/text.h"
#include "cli/change.h"
#include "cli/listing.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    std::string profile, device, output = "table";
    advise::BaselineProfile made;
    bool failing = false;
};

// The profile's id, or the name of a benchmark.
Result<std::string> profile_id(store::Connection& connection, std::string const& named) {
    return TRY(advise::find_profile(connection, named)).id;
}

Result<int> print(Front const& front, std::function<Result<Listing>(store::Connection&)> const& make) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    TRY(print_listing(connection, TRY(make(connection))));
    return done;
}

Result<int> list(Front const& front, Options const& options) {
    return print(front, [&](store::Connection&) -> Result<Listing> {
        return Listing{
            "SELECT p.id, p.name, b.os, p.level, p.active, (SELECT count(*) FROM main.baseline_profile_setting n WHERE "
            "n.profile = p.id), s.devices, s.passed, s.passed_before, "
            "CASE WHEN s.results > 0 THEN 100.0 * s.kept / s.results END "
            "FROM main.baseline_profile p JOIN main.baseline_benchmark b ON b.id = p.benchmark "
            "LEFT JOIN (SELECT * FROM main.baseline_score QUALIFY row_number() OVER (PARTITION BY profile ORDER BY "
            "time DESC) = 1) s ON s.profile = p.id AND p.active "
            "ORDER BY p.built_in, p.name",
            {},
            {{"id"},
             {"profile"},
             {"os"},
             {"level"},
             {"active"},
             {"settings"},
             {"devices"},
             {"keep to it"},
             {"before exceptions"},
             {"compliance %"}},
            options.output,
            "no profile yet: exposure was never computed (merlon match)"};
    });
}

// Of a profile with counts, or of a benchmark without.
Result<int> settings(Front const& front, Options const& options) {
    return print(front, [&](store::Connection& connection) -> Result<Listing> {
        std::array const benchmark{store::Value{options.profile}};
        if (TRY(connection.count("SELECT count(*) FROM main.baseline_benchmark WHERE id = lower($1)", benchmark)) > 0)
            return Listing{
                "SELECT s.number, s.section, c.name, s.level, s.recommended, 'scid-' || s.scid FROM "
                "main.baseline_setting s "
                "JOIN main.configuration_check c ON c.scid = s.scid WHERE s.benchmark = lower($1) ORDER BY s.rowid",
                {options.profile},
                {{"id"}, {"section"}, {"setting"}, {"level"}, {"passes", Kind::list}, {"check"}},
                options.output,
                "no setting"};
        return Listing{
            "SELECT s.number, s.section, c.name, s.recommended, coalesce(n.devices, 0), coalesce(n.failing_after, 0) "
            "AS failing, coalesce(n.failing, 0), 'sca-_-scid-' || s.scid "
            "FROM main.baseline_profile_setting s JOIN main.configuration_check c ON c.scid = s.scid "
            "LEFT JOIN main.baseline_count n ON n.profile = s.profile AND n.scid = s.scid WHERE s.profile = $1 " +
                std::string(options.failing ? "AND n.failing_after > 0 " : "") + "ORDER BY failing DESC, s.number",
            {TRY(profile_id(connection, options.profile))},
            {{"id"},
             {"section"},
             {"setting"},
             {"passes", Kind::list},
             {"devices"},
             {"failing"},
             {"before exceptions"},
             {"recommendation"}},
            options.output,
            "no setting"};
    });
}

Result<int> devices(Front const& front, Options const& options) {
    return print(front, [&](store::Connection& connection) -> Result<Listing> {
        return Listing{
            "SELECT d.name, d.os_platform, d.device_group, count(*) FILTER (r.applicable) AS settings, "
            "count(*) FILTER (r.applicable AND NOT r.compliant AND NOT r.exempt) AS failed, count(*) FILTER "
            "(r.applicable AND NOT r.compliant AND r.exempt), failed = 0, "
            "100.0 * (settings - failed) / settings FROM main.baseline_result r JOIN main.device d ON d.id = r.device "
            "WHERE r.profile = $1 " +
                std::string("GROUP BY d.id, d.name, d.os_platform, d.device_group HAVING settings > 0 ") +
                (options.failing ? "AND failed > 0 " : "") + "ORDER BY failed DESC, d.name",
            {TRY(profile_id(connection, options.profile))},
            {{"device"},
             {"platform"},
             {"group"},
             {"settings"},
             {"failed"},
             {"under exceptions"},
             {"keeps to it"},
             {"compliance %"}},
            options.output,
            "no device reports settings that it speaks of"};
    });
}

Result<int> results(Front const& front, Options const& options) {
    return print(front, [&](store::Connection& connection) -> Result<Listing> {
        return Listing{
            "SELECT r.number, r.section, c.name, CASE WHEN NOT r.applicable THEN 'not applicable' WHEN r.compliant "
            "THEN 'met' WHEN r.exempt THEN 'under an exception' ELSE 'not met' END AS result, "
            "CAST(to_json(list_transform(from_json(r.context, '[[\"VARCHAR\"]]'), lambda x: x[1] || ' = ' || "
            "coalesce(x[2], 'not set'))) AS VARCHAR), r.recommended "
            "FROM main.baseline_result r JOIN main.configuration_check c ON c.scid = r.scid "
            "WHERE r.profile = $1 AND r.device = $2 " +
                std::string(options.failing ? "AND result = 'not met' " : "") + "ORDER BY r.number",
            {TRY(profile_id(connection, options.profile)), TRY(known_device(connection, options.device))},
            {{"id"}, {"section"}, {"setting"}, {"result"}, {"read", Kind::list}, {"passes", Kind::list}},
            options.output,
            "the profile says nothing of that device"};
    });
}

Result<int> change_profiles(Front const& front, std::string const& action, std::string const& object,
                            std::function<Status(store::Connection&)> const& work) {
    auto store = TRY(front.open_store(false));
    TRY(change(store, "baselines " + action, object, [&](store::Connection& c) -> Status {
        TRY(work(c));
        TRY(advise::publish_all(c, now_ticks()));
        return {};
    }));
    return done;
}

Result<int> add(Front const& front, Options const& options) {
    auto made = options.made;
    made.id = api::new_id();
    auto const code = TRY(change_profiles(front, "add", made.name, [&](store::Connection& c) {
        return advise::write_profile(c, made, std::string(local), now_ticks());
    }));
    std::cout << fmt::format("{}  {}\n", made.id, made.name);
    return code;
}

// Says what was removed: a name or an id was given, and the other tells that it was the one that was meant.
Result<int> remove(Front const& front, Options const& options) {
    advise::BaselineProfile gone;
    auto const code = TRY(change_profiles(front, "remove", options.profile, [&](store::Connection& c) -> Status {
        gone = TRY(advise::find_profile(c, options.profile));
        return advise::remove_profile(c, gone.id);
    }));
    std::cout << fmt::format("removed {}  {}\n", gone.id, gone.name);
    return code;
}

Result<int> switch_to(Front const& front, Options const& options, bool active) {
    advise::BaselineProfile one;
    auto const code =
        TRY(change_profiles(front, active ? "on" : "off", options.profile, [&](store::Connection& c) -> Status {
            one = TRY(advise::find_profile(c, options.profile));
            one.active = active;
            return advise::write_profile(c, one, std::string(local), now_ticks());
        }));
    std::cout << fmt::format("{} {}  {}\n", active ? "on" : "off", one.id, one.name);
    return code;
}

}  // namespace

void add_baselines(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verbs = app.add_subcommand("baselines", "Security baselines: which devices keep to a set of settings");
    verbs->require_subcommand(1);
    auto const verb = [&](char const* name, char const* doc, auto work, char const* argument) {
        auto* made = verbs->add_subcommand(name, doc);
        if (argument) made->add_option("PROFILE", options->profile, argument)->required();
        add_output_option(*made, options->output);
        made->callback([&front, options, work] { throw run(work(front, *options)); });
        return made;
    };
    verb("list", "Profiles, and how many devices keep to each", list, nullptr);
    auto* set = verb("settings", "What a profile asks for, and how many devices fail each", settings,
                     "Id or name of a profile, or a benchmark: linux, macos, windows");
    set->add_flag("--failing", options->failing, "Only settings that a device fails");
    auto* who =
        verb("devices", "Devices that a profile speaks of, the worst first", devices, "Id or name of a profile");
    who->add_flag("--failing", options->failing, "Only devices that do not keep to it");
    auto* one = verb("show", "What a device keeps to, with what was read", results, "Id or name of a profile");
    one->add_option("DEVICE", options->device, "Id or name of a device")->required();
    one->add_flag("--failing", options->failing, "Only what it does not meet");

    auto* adding = verbs->add_subcommand("add", "Make a profile of a benchmark for some devices");
    adding->add_option("NAME", options->made.name, "What it is called")->required();
    adding->add_option("--benchmark", options->made.benchmark, "linux, macos or windows")->required();
    adding->add_option("--level", options->made.level, "1 (default) or 2");
    adding->add_option("--description", options->made.description, "What it is for");
    adding->add_option("--setting", options->made.settings,
                       "Only these settings, such as linux-1.2 (several times; default: all of the level)");
    adding->add_option("--group", options->made.groups, "Only devices of these groups (several times)");
    adding->add_option("--tag", options->made.tags, "Only devices with one of these tags (several times)");
    adding->callback([&front, options] { throw run(add(front, *options)); });
    for (bool const active : {true, false}) {
        auto* made = verbs->add_subcommand(active ? "on" : "off",
                                           active ? "Count a profile again" : "Leave a profile out of everything");
        made->add_option("PROFILE", options->profile, "Id or name of a profile")->required();
        made->callback([&front, options, active] { throw run(switch_to(front, *options, active)); });
    }
    auto* removing = verbs->add_subcommand("remove", "Remove a profile of your own and its history");
    removing->add_option("PROFILE", options->profile, "Id or name of a profile")->required();
    removing->callback([&front, options] { throw run(remove(front, *options)); });
}

}  // namespace merlon::cli
