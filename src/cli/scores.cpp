// merlon score, merlon devices, merlon what-if ID...
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/json_read.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/view.h"
#include "store/inventory.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct ScoreOptions {
    bool history = false, categories = false, explain = false;
    std::string by, group, output = "table";
    std::int64_t top = 0;
};

// Day by day with the causes of each change, the heaviest first.
View explained_view() {
    View view{{.path = {"merlon/scores/changes"}}};
    view.columns = {{"day", "date", Kind::day}, {"exposure score", "score", Kind::real}, {"points", "points", Kind::real}, {"cause", "cause"}};
    return view;
}

// What each CVE, product, recommendation or device comes to of the score (rule E11).
View parts_view(std::string_view by) {
    View view{{.path = {}, .order = "points desc, id"}, {}, "nothing is exposed"};
    ViewColumn const exposed{"exposed", "exposedMachines", Kind::whole}, points{"points", "points", Kind::real};
    auto& path = view.question.path;
    if (by == "cve") path = {"exposureScore/ByVulnerability"}, view.columns = {{"CVE", "id"}, {"title", "name"}, exposed, points};
    else if (by == "device")
        path = {"exposureScore/ByMachine"},
        view.columns = {{"device", "computerDnsName"}, {"group", "rbacGroupName"}, {"level", "exposureLevel"}, points},
        view.question.order = "points desc, computerDnsName, id";
    else if (by == "product")
        path = {"exposureScore/BySoftware"}, view.columns = {{"product", "id"}, {"weaknesses", "weaknesses", Kind::whole}, exposed, points};
    else path = {"exposureScore/ByRecommendation"}, view.columns = {{"recommendation", "id"}, {"what", "recommendationName"}, exposed, points};
    return view;
}

View categories_view() {
    View view{{.path = {"merlon/scores/categories"}, .order = "wholeFleet desc, rbacGroupName, category ne 'All', category"}};
    view.columns = {{"group", "rbacGroupName"}, {"category", "category"}, {"secure score", "configurationScore", Kind::real},
                    {"before exceptions", "configurationScoreBeforeExceptions", Kind::real}, {"possible", "configurationScorePossible", Kind::real}};
    return view;
}

View scores_view(bool history) {
    View view{{.path = {"merlon/scores"}, .order = history ? "time" : "wholeFleet desc, score desc, rbacGroupName"}};
    view.columns = {{"group", "rbacGroupName"}, {"exposure score", "score", Kind::real}, {"before exceptions", "scoreBeforeExceptions", Kind::real},
                    {"level", "level"}, {"secure score", "configurationScore", Kind::real},
                    {"secure before exceptions", "configurationScoreBeforeExceptions", Kind::real}, {"possible", "configurationScorePossible", Kind::real},
                    {"devices", "devices", Kind::whole}};
    if (history) view.columns[0] = {"time", "time", Kind::moment};
    else only(view.question, "newest eq true");
    return view;
}

Result<int> score(Front const& front, ScoreOptions const& options) {
    auto view = !options.by.empty()  ? parts_view(options.by)
                : options.explain    ? explained_view()
                : options.categories ? categories_view()
                                     : scores_view(options.history);
    view.group = options.group;
    view.question.output = options.output;
    if (options.by.empty()) view.nothing = "not computed yet: merlon match computes it";
    if (!options.group.empty()) only(view.question, "wholeFleet eq false and tolower(rbacGroupName) eq {}", ascii_lower(options.group));
    else if (options.history) only(view.question, "wholeFleet eq true");
    if (options.top > 0) view.question.top = std::to_string(options.top);
    return show_view(front, view);
}

struct DeviceOptions {
    std::string group, level, tag, platform, value, text, output = "table";
    std::int64_t top = 0, silent = 0;
    bool counts = false, excluded = false;
};

Result<int> devices(Front const& front, DeviceOptions const& options) {
    View view{{.path = {"machines"}, .order = "exposureScore desc, computerDnsName, id", .output = options.output}, {}, "no device", options.group};
    view.columns = {{"device", "computerDnsName"}, {"id", "id"}, {"platform", "osPlatform"}, {"version", "osVersion"}, {"group", "rbacGroupName"},
                    {"value", "deviceValue"}, {"exposure", "exposureLevel"}, {"chance %", "exposureScore", Kind::real},
                    {"before exceptions", "exposureScoreBeforeExceptions", Kind::real}, {"last seen", "lastSeen", Kind::day},
                    {"tags", "machineTags", Kind::list}};
    if (options.counts)
        for (auto const& [name, field] : {std::pair{"CVEs", "discoveredVulnerabilities"},
                                          {"CVEs after", "discoveredVulnerabilitiesAfterExceptions"},
                                          {"recommendations", "securityRecommendations"},
                                          {"recommendations after", "securityRecommendationsAfterExceptions"}})
            view.columns.push_back({name, field, Kind::whole});
    auto& asked = view.question;
    auto const equal = [&](std::string_view condition, std::string const& value) {
        if (!value.empty()) only(asked, condition, ascii_lower(value));
    };
    equal("tolower(rbacGroupName) eq {}", options.group);
    equal("tolower(exposureLevel) eq {}", options.level);
    equal("startswith(osPlatform, {})", options.platform);
    equal("tolower(deviceValue) eq {}", options.value);
    equal("contains(computerDnsName, {}) or contains(osName, {})", options.text);
    if (!options.tag.empty()) only(asked, "machineTags/any(t: t eq {})", options.tag);
    if (options.excluded) only(asked, "isExcluded eq true");
    if (options.silent > 0) only(asked, "lastSeen lt " + iso_seconds(now_ticks() - options.silent * ticks_per_day));
    if (options.top > 0) asked.top = std::to_string(options.top);
    return show_view(front, view);
}

// The answer of POST merlon/whatIf.
struct WhatIf {
    double exposure_now, exposure_then, secure_now, secure_then;
    struct Part {
        std::string id, name;
        double exposure, secure;
    };
    std::vector<Part> parts;

    static WhatIf read(json::Value root) {
        auto const points = [](json::Value value, std::string_view name) { return json::number(value, name).value_or(0); };
        WhatIf made{points(root, "exposureScore"), points(root, "exposureScoreThen"), points(root, "configurationScore"),
                    points(root, "configurationScoreThen"), {}};
        for (auto const part : json::array(root, "parts"))
            made.parts.push_back({std::string(json::text(part, "id")), std::string(json::text(part, "name")),
                                  points(part, "exposureImpact"), points(part, "configScoreImpact")});
        return made;
    }
};

void print_what_if(WhatIf const& answer) {
    TextTable table{{"recommendation", "what", "exposure", "secure score"}, {}, {false, false, true, true}};
    for (auto const& part : answer.parts)
        table.rows.push_back({part.id, part.name, fmt::format("-{:.3f}", part.exposure), fmt::format("+{:.2f}", part.secure)});
    std::cout << print_table(table)
              << fmt::format("\nExposure score {:.3f} -> {:.3f} when all are done ({:+.3f})\n", answer.exposure_now,
                             answer.exposure_then, answer.exposure_then - answer.exposure_now);
    if (answer.secure_now > 0)
        std::cout << fmt::format("Secure score   {:.2f} -> {:.2f} ({:+.2f})\n", answer.secure_now, answer.secure_then,
                                 answer.secure_then - answer.secure_now);
}

// A row for each, and one for all of them together.
void print_what_if_csv(WhatIf const& answer) {
    std::cout << "id,recommendation,exposure impact,secure score impact,exposure score then,secure score then\r\n";
    for (auto const& part : answer.parts)
        std::cout << fmt::format("{},{},{},{},,\r\n", csv_cell(part.id), csv_cell(part.name), part.exposure, part.secure);
    std::cout << fmt::format("all,all of them,{},{},{},{}\r\n", answer.exposure_now - answer.exposure_then,
                             answer.secure_then - answer.secure_now, answer.exposure_then, answer.secure_then);
}

Result<int> what_if(Front const& front, std::vector<std::string> const& ids, std::string const& output) {
    auto const answer = TRY(send(TRY(asker(front)), "POST", "merlon/whatIf", R"({"recommendations":)" + store::texts_json(ids) + "}"));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    if (output == "json") std::cout << answer << "\n";
    else if (output == "csv") print_what_if_csv(WhatIf::read(document.root()));
    else print_what_if(WhatIf::read(document.root()));
    return done;
}

}  // namespace

void add_scores(CLI::App& app, Front& front) {
    auto asked = std::make_shared<ScoreOptions>();
    auto* verb = app.add_subcommand(
        "score",
        "Exposure score (0 to 100, lower is better) and secure score (points, higher is better), by device group");
    verb->add_flag("--history", asked->history, "The organisation's scores over time");
    auto* history = verb->get_option("--history");
    verb->add_flag("--explain", asked->explain, "With --history: why the exposure score changed, day by day")
        ->needs(history);
    auto* group = verb->add_option("--group", asked->group, "Only of this device group");
    verb->add_flag("--categories", asked->categories, "The secure score by category");
    verb->add_option(
            "--by", asked->by,
            "What each comes to of the exposure score: cve, product, recommendation or device; the points sum to it")
        ->check(CLI::IsMember({"cve", "product", "recommendation", "device"}))
        ->excludes(group);
    verb->add_option("--top", asked->top, "With --by: the first N")->needs("--by");
    add_output_option(*verb, asked->output);
    verb->callback([&front, asked] { throw run(score(front, *asked)); });

    auto options = std::make_shared<DeviceOptions>();
    auto* list = app.add_subcommand("devices", "Devices, the most exposed first");
    list->add_option("--group", options->group, "Only of this device group");
    list->add_option("--exposure", options->level, "Only of this exposure level: None Low Medium High")
        ->check(CLI::IsMember({"None", "Low", "Medium", "High"}, CLI::ignore_case));
    list->add_option("--tag", options->tag, "Only with this tag");
    list->add_option("--platform", options->platform,
                     "Only of a platform that begins so: Windows, WindowsServer, Linux, macOS");
    list->add_option("--value", options->value, "Only of this value: Low, Normal, High")
        ->check(CLI::IsMember({"Low", "Normal", "High"}, CLI::ignore_case));
    list->add_option("--search", options->text, "Only with these letters in the name or the operating system's");
    list->add_option("--silent", options->silent, "Only those not heard of for so many days");
    list->add_flag("--excluded", options->excluded, "Only those that are excluded");
    list->add_flag("--counts", options->counts,
                   "Also how many CVEs and recommendations each has, before and after exceptions");
    list->add_option("--top", options->top, "The first N");
    add_output_option(*list, options->output);
    list->callback([&front, options] { throw run(devices(front, *options)); });

    auto ids = std::make_shared<std::vector<std::string>>();
    auto form = std::make_shared<std::string>("table");
    auto* ask =
        app.add_subcommand("what-if", "What the scores would be when these recommendations were done everywhere");
    ask->add_option("ID", *ids, "Recommendations, such as va-_-google-_-chrome")->required();
    ask->add_option("--output", *form, "table (default), json or csv")->check(CLI::IsMember({"table", "json", "csv"}));
    ask->callback([&front, ids, form] { throw run(what_if(front, *ids, *form)); });
}

}  // namespace merlon::cli
