#include "cli/baselines.h"

#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/view.h"
#include "store/inventory.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    std::string profile, device, output = "table";
    std::string name, benchmark, description;  // of one that is made
    std::int64_t level = 1;
    std::vector<std::string> settings, groups, tags;
    bool failing = false;
};

struct Profile {
    std::string id, name;
};
// The one of this id or name. Errors: advise.no_such_profile.
Result<Profile> profile_named(Ask const& ask, std::string const& named) {
    Question question{.path = {"baselineProfiles"}, .select = "id,name"};
    only(question, "tolower(id) eq {} or tolower(name) eq {}", ascii_lower(named));
    auto const page = TRY(first_page(ask, question));
    for (auto const one : json::array(page.root(), "value"))
        return Profile{std::string(json::text(one, "id")), std::string(json::text(one, "name"))};
    return fail("advise.no_such_profile", clean_text(named, 100));
}

Result<int> list(Front const& front, Options const& options) {
    View view{{.path = {"baselineProfiles"}, .order = "isBuiltIn, name", .output = options.output}};
    view.nothing = "no profile yet: exposure was never computed (merlon match)";
    view.columns = {{"id", "id"}, {"profile", "name"}, {"os", "operatingSystem"}, {"level", "level", Kind::whole}, {"active", "status", Kind::flag},
                    {"settings", "settingsNumber", Kind::whole}, {"devices", "totalDevices", Kind::whole}, {"keep to it", "passedDevices", Kind::whole},
                    {"before exceptions", "passedDevicesBeforeExceptions", Kind::whole}, {"compliance %", "compliance", Kind::real}};
    return show_view(front, view);
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
    View view{{.path = {"baselineProfiles", profile.id, "configurations"}, .order = "failingDevices desc, id", .output = options.output}, {}, "no setting"};
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
    View view{{.path = {"baselineProfiles", profile.id, "machines"},
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
    only(view.question, "profileId eq {}", profile.id);
    if (options.failing) only(view.question, "result eq 'not met'");
    view.columns = {{"id", "configurationId"}, {"section", "category"}, {"setting", "configurationName"}, {"result", "result"},
                    {"read", "read", Kind::list}, {"passes", "recommendedValue", Kind::list}};
    TRY(print_view(ask, view));
    return done;
}

Result<int> add(Front const& front, Options const& options) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("name", options.name);
    json.member("benchmark", options.benchmark);
    json.member("description", options.description);
    json.member("level", options.level);
    for (auto const& [name, texts] : {std::pair{"configurations", &options.settings}, {"deviceGroups", &options.groups}, {"tags", &options.tags}}) {
        json.key(name);
        json.raw(store::texts_json(*texts));
    }
    json.end_object();
    auto const answer = TRY(send(TRY(asker(front, Folder::change)), "POST", "baselineProfiles", body));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    std::cout << fmt::format("{}  {}\n", json::text(document.root(), "id"), json::text(document.root(), "name"));
    return done;
}

// Says what was removed: a name or an id was given, and the other tells that it was the one that was meant.
Result<int> remove(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front, Folder::change));
    auto const gone = TRY(profile_named(ask, options.profile));
    TRY(send(ask, "DELETE", "baselineProfiles/" + api::percent_encode(gone.id)));
    std::cout << fmt::format("removed {}  {}\n", gone.id, gone.name);
    return done;
}

Result<int> switch_to(Front const& front, Options const& options, bool active) {
    auto const ask = TRY(asker(front, Folder::change));
    auto const one = TRY(profile_named(ask, options.profile));
    TRY(send(ask, "PATCH", "baselineProfiles/" + api::percent_encode(one.id), fmt::format("{{\"status\":{}}}", active)));
    std::cout << fmt::format("{} {}  {}\n", active ? "on" : "off", one.id, one.name);
    return done;
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
    adding->add_option("NAME", options->name, "What it is called")->required();
    adding->add_option("--benchmark", options->benchmark, "linux, macos or windows")->required();
    adding->add_option("--level", options->level, "1 (default) or 2");
    adding->add_option("--description", options->description, "What it is for");
    adding->add_option("--setting", options->settings,
                       "Only these settings, such as linux-1.2 (several times; default: all of the level)");
    adding->add_option("--group", options->groups, "Only devices of these groups (several times)");
    adding->add_option("--tag", options->tags, "Only devices with one of these tags (several times)");
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
