// merlon baselines: security baselines, and which devices keep to them
#include <CLI/CLI.hpp>

#include "base/json_read.h"
#include "base/text.h"
#include "cli/change.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    std::string profile, device, output = "table";
    bool failing = false;
};

Noun const profiles{.what = "baseline profile", .lists = "merlon baselines list", .list = {.path = {"baselineProfiles"}, .select = "id,name"}, .key = "PROFILE",
                    .key_doc = "Id or name of a profile"};

Result<std::string> profile_named(Ask const& ask, std::string const& named) {
    return TRY(find_named(ask, profiles, named)).front().id;
}

View all_profiles() {
    View view{{.path = {"baselineProfiles"}, .order = "isBuiltIn, name"}};
    view.nothing = "no profile yet: exposure was never computed (merlon match)";
    view.columns = {{"id", "id"}, {"profile", "name"}, {"os", "operatingSystem"}, {"level", "level", Kind::whole}, {"active", "status", Kind::flag},
                    {"settings", "settingsNumber", Kind::whole}, {"devices", "totalDevices", Kind::whole}, {"keep to it", "passedDevices", Kind::whole},
                    {"before exceptions", "passedDevicesBeforeExceptions", Kind::whole}, {"compliance %", "compliance", Kind::real}};
    return view;
}

// Of a profile with counts, or of a benchmark without.
Result<int> settings(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front));
    View of_benchmark{{.path = {"baselineConfigurations"}, .order = "position", .output = options.output}, {}, "no setting"};
    only(of_benchmark.question, "benchmarkId eq {}", ascii_lower(options.profile));
    of_benchmark.columns = {{"id", "id"}, {"section", "category"}, {"setting", "name"}, {"level", "level", Kind::whole},
                            {"passes", "recommendedValue", Kind::list}, {"check", "scid"}};
    auto const some = TRY(first_page(ask, {.path = of_benchmark.question.path, .filter = of_benchmark.question.filter, .select = "id", .top = "1"}));
    if (json::array(some.root(), "value").size() > 0) {
        TRY(print_view(ask, of_benchmark));
        return done;
    }
    auto const profile = TRY(profile_named(ask, options.profile));
    View view{{.path = {"baselineProfiles", profile, "configurations"}, .order = "failingDevices desc, id", .output = options.output}, {}, "no setting"};
    if (options.failing) only(view.question, "failingDevices gt 0");
    view.columns = {{"id", "id"}, {"section", "category"}, {"setting", "name"}, {"passes", "recommendedValue", Kind::list},
                    {"devices", "totalDevices", Kind::whole}, {"failing", "failingDevices", Kind::whole},
                    {"before exceptions", "failingDevicesBeforeExceptions", Kind::whole}, {"recommendation", "recommendationReference"}};
    TRY(print_view(ask, view));
    return done;
}

Result<int> devices(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front));
    auto const profile = TRY(profile_named(ask, options.profile));
    View view{{.path = {"baselineProfiles", profile, "machines"},
               .order = "failedConfigurations desc, computerDnsName",
               .output = options.output}};
    view.nothing = "no device reports settings that it speaks of";
    if (options.failing) only(view.question, "failedConfigurations gt 0");
    view.columns = {{"device", "computerDnsName"}, {"platform", "osPlatform"}, {"group", "rbacGroupName"}, {"settings", "configurations", Kind::whole},
                    {"failed", "failedConfigurations", Kind::whole}, {"under exceptions", "exemptConfigurations", Kind::whole},
                    {"keeps to it", "isCompliant", Kind::flag}, {"compliance %", "compliance", Kind::real}};
    TRY(print_view(ask, view));
    return done;
}

Result<int> results(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front));
    auto const profile = TRY(profile_named(ask, options.profile));
    auto const device = TRY(known_device(ask, options.device));
    View view{{.path = {"machines", device, "baselines"}, .order = "configurationId", .output = options.output}};
    view.nothing = "the profile says nothing of that device";
    only(view.question, "profileId eq {}", profile);
    if (options.failing) only(view.question, "result eq 'not met'");
    view.columns = {{"id", "configurationId"}, {"section", "category"}, {"setting", "configurationName"}, {"result", "result"},
                    {"read", "read", Kind::list}, {"passes", "recommendedValue", Kind::list}};
    TRY(print_view(ask, view));
    return done;
}

}  // namespace

void add_baselines(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verbs = app.add_subcommand("baselines", "Security baselines: which devices keep to a set of settings");
    verbs->require_subcommand(1);
    add_list(*verbs, front, "list", "Profiles, and how many devices keep to each", all_profiles());
    auto const verb = [&](char const* name, char const* doc, auto work, std::string const& argument) {
        auto* made = verbs->add_subcommand(name, doc);
        made->add_option("PROFILE", options->profile, argument)->required();
        add_output_option(*made, options->output);
        made->callback([&front, options, work] { throw run(work(front, *options)); });
        return made;
    };
    auto* set = verb("settings", "What a profile asks for, and how many devices fail each", settings,
                     "Id or name of a profile, or a benchmark: linux, macos, windows");
    set->add_flag("--failing", options->failing, "Only settings that a device fails");
    auto* who = verb("devices", "Devices that a profile speaks of, the worst first", devices, profiles.key_doc);
    who->add_flag("--failing", options->failing, "Only devices that do not keep to it");
    auto* one = verb("show", "What a device keeps to, with what was read", results, profiles.key_doc);
    one->add_option("DEVICE", options->device, "Id or name of a device")->required();
    one->add_flag("--failing", options->failing, "Only what it does not meet");

    using Of = Part::Kind;
    Part const name{"NAME", "name", "What it is called"}, benchmark{"--benchmark", "benchmark", "linux, macos or windows"}, level{"--level", "level", "1 (default) or 2", Of::number},
        description{"--description", "description", "What it is for"},
        only_settings{"--setting", "configurations", "Only these settings, such as linux-1.2 (several times; default: all of the level)", Of::texts},
        only_groups{"--group", "deviceGroups", "Only devices of these groups (several times)", Of::texts},
        only_tags{"--tag", "tags", "Only devices with one of these tags (several times)", Of::texts};
    auto const all = [](char const* option, char const* member, char const* doc) { return Part{option, member, doc, Of::constant, "[]"}; };
    auto const turned = [](char const* word, char const* doc, char const* active) {
        return Change{word, doc, "PATCH", "baselineProfiles/{}", {{"", "status", "", Of::constant, active}}, std::string(word) + " {id}  {name}"};
    };
    add_changes(*verbs, front, profiles,
                {{"add", "Make a profile of a benchmark for some devices", "POST", "baselineProfiles",
                  {needed(name), needed(benchmark), level, description, only_settings, only_groups, only_tags}, "{id}  {name}", "{id}"},
                 {.verb = "change", .doc = "Change what is given of a profile of your own; settings, groups and tags replace those that it had", .method = "PATCH", .path = "baselineProfiles/{}",
                  .parts = {{"--name", "name", "Its new name"}, benchmark, {"--level", "level", "1 or 2", Of::number}, description,
                            {"--setting", "configurations", "Only these settings, such as linux-1.2 (several times)", Of::texts}, all("--all-settings", "configurations", "All settings of its level"),
                            only_groups, all("--all-groups", "deviceGroups", "Devices of all groups"), only_tags, all("--all-tags", "tags", "Devices with and without tags")},
                  .said = "{id}  {name}: {settingsNumber setting}", .footer = "Those that come with Merlon can only be switched on and off."},
                 turned("on", "Count a profile again", "true"), turned("off", "Leave a profile out of everything", "false"),
                 {"remove", "Remove profiles of your own and their history", "DELETE", "baselineProfiles/{}", {}, "removed {id}  {name}"}});
}

}  // namespace merlon::cli
