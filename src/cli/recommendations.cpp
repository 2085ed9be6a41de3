// merlon recommendations [ID]
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/view.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    std::string id, device, group, type, status, category, platform, threat, text, as_of, output = "table";
    std::vector<std::string> tags;
    std::int64_t top = 0;
    bool all = false, devices = false, versions = false, cves = false, history = false;
};

// "eos-versions" and "EOS versions" are the same tag.
std::string tag_key(std::string_view tag) { return replace_all(ascii_lower(tag), "-", " "); }

std::string_view threat_condition(std::string_view named) {
    if (named == "public-exploit") return "publicExploit eq true";
    return named == "known-exploited" ? "knownExploited eq true" : "activeAlert eq true";
}

// Of the fleet; with --group counted over the devices of a group, with --device about one.
View list_of(Options const& options) {
    View view{{.path = {"recommendations"}, .order = "priority", .as_of = options.as_of, .output = options.output}};
    view.group = options.group;
    view.nothing = options.as_of.empty() ? "no recommendation" : "no recommendation is known of that day";
    view.columns = {{"priority", "priority", Kind::whole}, {"id", "id"}, {"recommendation", "recommendationName"}, {"type", "remediationType"},
                    {"version", "recommendedVersion"}, {"weaknesses", "weaknesses", Kind::whole}, {"exposed", "exposedMachinesCount", Kind::whole},
                    {"after", "exposedMachinesAfterExceptions", Kind::whole}, {"total", "totalMachineCount", Kind::whole},
                    {"exposure impact", "exposureImpact", Kind::real}, {"score impact", "configScoreImpact", Kind::real},
                    {"status", "exceptionState"}, {"activities", "remediationActivities", Kind::whole}, {"tags", "tags", Kind::list}};
    auto& asked = view.question;
    if (!options.device.empty()) {
        asked.path = {"machines", options.device, "recommendations"};
        // What is installed there, and what fixes it there; counts of devices and impacts are those of the fleet.
        for (auto& column : view.columns) {
            if (column.field == "recommendedVersion") column.field = "machineRecommendedVersion";
            if (column.field == "weaknesses") column.field = "machineWeaknesses";
            for (std::string_view const counted : {"ExposedMachinesCount", "ExposedMachinesAfterExceptions", "TotalMachineCount", "ExposureImpact"})
                if (equal_ignoring_ascii_case(column.field, counted)) column.field = "fleet" + std::string(counted);
        }
        view.columns.insert(view.columns.begin() + 4, {"installed", "installedVersions", Kind::list});
        view.columns.insert(view.columns.begin() + 6, {"why", "machineRecommendedVersionReason"});
    } else if (!options.group.empty()) {
        asked.path = {"deviceGroups", options.group, "recommendations"};
    }
    if (!options.status.empty()) only(asked, "startswith(exceptionState, {})", options.status);
    else if (!options.all) only(asked, "exceptionState ne 'Full exception'");
    if (!options.type.empty()) only(asked, "tolower(remediationType) eq {}", ascii_lower(options.type));
    if (!options.category.empty()) only(asked, "tolower(recommendationCategory) eq {}", ascii_lower(options.category));
    if (!options.platform.empty()) only(asked, "osPlatforms/any(p: tolower(p) eq {})", ascii_lower(options.platform));
    if (!options.text.empty())
        only(asked, "contains(recommendationName, {}) or contains(relatedComponent, {}) or contains(id, {})", options.text);
    if (!options.threat.empty()) only(asked, threat_condition(options.threat));
    std::vector<std::string> tags;
    for (auto const& tag : options.tags) tags.push_back(tag_key(tag));
    only_any(asked, "tags/any(t: tolower(t) eq {})", tags);
    if (options.top > 0) asked.top = std::to_string(options.top);
    return view;
}

Result<View> versions_of(Options const& options) {
    if (!options.id.starts_with("va-_-"))
        return fail("cli.usage", "--versions is about software; «" + options.id + "» is a configuration.");
    View view{{.path = {"Software", options.id.substr(5), "distributions"},
               .order = "endOfSupportStatus eq 'None', installations desc, version",
               .output = options.output}};
    view.nothing = "no version is installed";
    view.columns = {{"version", "version"}, {"installed", "installations", Kind::whole}, {"end of support", "endOfSupportStatus"},
                    {"date", "endOfSupportDate", Kind::day}, {"why", "endOfSupportReason"}};
    return view;
}

View devices_of(Options const& options) {
    View view{{.path = {"recommendations", options.id, "machineReferences"}, .order = "exposureScore desc, computerDnsName", .output = options.output}};
    view.nothing = "no device";
    view.columns = {{"device", "computerDnsName"}, {"platform", "osPlatform"}, {"group", "rbacGroupName"}, {"value", "deviceValue"},
                    {"exposure", "exposureLevel"}, {"chance %", "exposureScore", Kind::real}, {"under an exception", "underException", Kind::flag}};
    return view;
}

View history_of(Options const& options) {
    View view{{.path = {"recommendations", options.id, "history"}, .order = "date", .output = options.output}};
    view.nothing = "no day is known yet";
    view.columns = {{"day", "date", Kind::day}, {"exposed", "exposedMachinesCount", Kind::whole},
                    {"after", "exposedMachinesAfterExceptions", Kind::whole}, {"total", "totalMachineCount", Kind::whole}};
    return view;
}

View cves_of(Options const& options) {
    View view{{.path = {"recommendations", options.id, "vulnerabilities"}, .order = "cvssV3 desc, id", .output = options.output}};
    view.nothing = "no CVE";
    view.columns = {{"CVE", "id"}, {"severity", "severity"}, {"CVSS", "cvssV3", Kind::tenth}, {"EPSS", "epss", Kind::real},
                    {"known exploited", "knownExploited", Kind::flag}, {"public exploit", "publicExploit", Kind::flag},
                    {"exposed", "exposedMachinesBeforeExceptions", Kind::whole}, {"after", "exposedMachines", Kind::whole},
                    {"fix known", "fixKnown", Kind::flag}, {"title", "title"}};
    return view;
}

// Everything that is known of one, for programs.
View record_of(Options const& options) {
    View view{{.path = {"recommendations"}, .output = options.output}};
    only(view.question, "tolower(id) eq {}", ascii_lower(options.id));
    view.columns = {{"id", "id"}, {"recommendation", "recommendationName"}, {"type", "remediationType"}, {"status", "exceptionState"},
                    {"priority", "priority", Kind::whole}, {"vendor", "vendor"}, {"product", "productName"}, {"check", "scid"},
                    {"component", "relatedComponent"}, {"category", "recommendationCategory"}, {"subcategory", "subCategory"},
                    {"platforms", "osPlatforms", Kind::list}, {"version", "recommendedVersion"}, {"weaknesses", "weaknesses", Kind::whole},
                    {"public exploit", "publicExploit", Kind::flag}, {"known exploited", "knownExploited", Kind::flag},
                    {"active alert", "activeAlert", Kind::flag}, {"exposed", "exposedMachinesCount", Kind::whole},
                    {"after", "exposedMachinesAfterExceptions", Kind::whole}, {"total", "totalMachineCount", Kind::whole},
                    {"high value", "exposedCriticalDevices", Kind::whole}, {"exposure impact", "exposureImpact", Kind::real},
                    {"exposure impact after", "exposureImpactAfterExceptions", Kind::real}, {"score impact", "configScoreImpact", Kind::real},
                    {"score impact after", "configScoreImpactAfterExceptions", Kind::real}, {"tags", "tags", Kind::list},
                    {"description", "description"}};
    return view;
}

// One recommendation in words.
void describe_one(json::Value one) {
    auto const text = [&](std::string_view name) { return std::string(json::text(one, name)); };
    auto const count = [&](std::string_view name) { return with_thousands(json::integer(one, name).value_or(0)); };
    auto const points = [&](std::string_view name) { return json::number(one, name).value_or(0); };
    auto const is = [&](std::string_view name) { return json::boolean(one, name).value_or(false); };
    std::vector<std::string> tags;
    for (auto const tag : json::array(one, "tags")) tags.emplace_back(json::text(tag));
    std::cout << fmt::format("{}\n  id         {}\n  priority   {}\n  type       {}{}\n  status     {}\n  tags       {}\n",
                             text("recommendationName"), text("id"), json::integer(one, "priority").value_or(0), text("remediationType"),
                             text("recommendedVersion").empty() ? "" : " to " + text("recommendedVersion"), text("exceptionState"),
                             tags.empty() ? "none" : join(tags, ", "));
    std::cout << fmt::format("  devices    {} exposed of {} that have it ({} after exceptions)\n  weaknesses {}{}{}\n",
                             count("exposedMachinesCount"), count("totalMachineCount"), count("exposedMachinesAfterExceptions"),
                             count("weaknesses"), is("publicExploit") ? ", a public exploit exists" : "",
                             is("activeAlert") ? ", an open alert on an exposed device" : "");
    std::cout << fmt::format(
        "  impact     {:.3f} points of the exposure score ({:.3f} after exceptions), {:.2f} of the secure score ({:.2f})\n\n{}\n",
        points("exposureImpact"), points("exposureImpactAfterExceptions"), points("configScoreImpact"),
        points("configScoreImpactAfterExceptions"), text("description"));
}

Result<int> recommendations(Front const& front, Options options) {
    if (!options.as_of.empty() && !parse_iso_time(options.as_of))
        return fail("cli.usage", "--as-of takes a time such as 2026-01-31, not «" + options.as_of + "».");
    if (!options.as_of.empty() && !(options.id.empty() && options.device.empty() && options.group.empty()))
        return fail("cli.usage", "--as-of is about the whole fleet: it takes no ID, no --device and no --group.");
    if (!options.device.empty() && !options.group.empty()) return fail("cli.usage", "Give --device or --group, not both.");
    auto const ask = TRY(asker(front));
    if (options.id.empty()) {
        if (!options.device.empty()) options.device = TRY(known_device(ask, options.device));
        TRY(print_view(ask, list_of(options)));
        return done;
    }
    auto const answer = TRY(get_one(ask, "recommendations/" + api::percent_encode(options.id), error("advise.no_such_recommendation", options.id)));
    if (options.versions) TRY(print_view(ask, TRY(versions_of(options))));
    else if (options.devices) TRY(print_view(ask, devices_of(options)));
    else if (options.history) TRY(print_view(ask, history_of(options)));
    else if (options.cves) TRY(print_view(ask, cves_of(options)));
    else if (options.output != "table") TRY(print_view(ask, record_of(options)));
    else describe_one(TRY(json::Document::parse(answer, "answer")).root());
    return done;
}

}  // namespace

void add_recommendations(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("recommendations",
                                    "What to do first: security recommendations with their effect on the scores");
    verb->add_option("ID", options->id, "One recommendation in words, such as va-_-google-_-chrome");
    verb->add_flag("--devices", options->devices, "With ID: the devices it is about, the most exposed first");
    verb->add_flag("--versions", options->versions, "With ID: the installed versions and when their support ends");
    verb->add_flag("--cves", options->cves, "With ID: its CVEs, the most severe first");
    verb->add_flag("--history", options->history, "With ID: how many devices it was about, day by day");
    verb->add_option("--tag", options->tags,
                     "Only with one of these tags: eos-software, eos-versions, upcoming-eos-versions, zero-day ...");
    verb->add_option("--type", options->type,
                     "Only of this type: Update Upgrade Uninstall AttentionRequired ConfigurationChange")
        ->check(CLI::IsMember({"Update", "Upgrade", "Uninstall", "AttentionRequired", "ConfigurationChange"}, CLI::ignore_case));
    verb->add_option("--device", options->device, "Only those about this device (id or name)");
    verb->add_option(
        "--group", options->group,
        "Only those about a device of this group; exposed devices are counted in it (impacts stay those of the fleet)");
    verb->add_option("--as-of", options->as_of, "As they were on the day of TIME")->type_name("TIME");
    verb->add_option("--category", options->category,
                     "Only of this category: Application, OS, Network, Accounts, SecurityControls")
        ->check(CLI::IsMember({"Application", "OS", "Network", "Accounts", "SecurityControls"}, CLI::ignore_case, CLI::ignore_space));
    verb->add_option("--platform", options->platform, "Only for Windows, Linux or macOS")
        ->check(CLI::IsMember({"Windows", "Linux", "macOS"}, CLI::ignore_case));
    verb->add_option("--threat", options->threat,
                     "Only with this threat: public-exploit, known-exploited, active-alert")
        ->check(CLI::IsMember({"public-exploit", "known-exploited", "active-alert"}));
    verb->add_option("--search", options->text, "Only with these letters in name, product or id");
    verb->add_option("--status", options->status, "Only of this status: Active, Partial, Full (exception)")
        ->check(CLI::IsMember({"Active", "Partial", "Full"}, CLI::ignore_case));
    verb->add_option("--top", options->top, "The first N");
    verb->add_flag("--all", options->all,
                   "Also those under an exception for every device (with --device: for that one)");
    add_output_option(*verb, options->output);
    verb->callback([&front, options] { throw run(recommendations(front, *options)); });
}

}  // namespace merlon::cli
