// merlon score, merlon devices, merlon what-if ID...
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/answers.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/listing.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct ScoreOptions {
    bool history = false, categories = false, explain = false;
    std::string by, group, output = "table";
    std::int64_t top = 0;
};

constexpr std::string_view group_name =
    "CASE {}.device_group WHEN '*' THEN 'Organisation' WHEN '' THEN 'Unassigned' ELSE {}.device_group END";
constexpr std::string_view level_name =
    "CASE WHEN e.score <= 0 THEN 'None' WHEN e.score < 30 THEN 'Low' WHEN e.score < 70 THEN 'Medium' ELSE 'High' END";

// Day by day with the causes of each change, the heaviest first.
Listing explained_listing(ScoreOptions const& options) {
    Listing listing;
    listing.output = options.output;
    listing.nothing = "not computed yet: merlon match computes it";
    listing.columns = {{"day", Kind::time}, {"exposure score"}, {"points"}, {"cause"}};
    listing.parameters.emplace_back(options.group.empty() ? std::string("*") : options.group);
    listing.sql =
        "WITH score AS (SELECT time - time % 864000000000 AS day, arg_max(score, time) AS score FROM "
        "main.exposure_score "
        "WHERE lower(device_group) = lower($1) GROUP BY ALL), "
        "change AS (SELECT time - time % 864000000000 AS day, cause, sum(points) AS points FROM main.score_change "
        "WHERE lower(device_group) = lower($1) GROUP BY ALL), "
        "line AS (SELECT day, 'Change of the day' AS cause, sum(points) AS points, 0 AS place FROM change GROUP BY ALL "
        "UNION ALL SELECT day, cause, points, 1 FROM change) "
        "SELECT s.day, s.score, l.points, l.cause FROM score s JOIN line l ON l.day = s.day ORDER BY s.day, l.place, "
        "abs(l.points) DESC, l.cause";
    return listing;
}

// What each CVE, product, recommendation or device comes to of the score (rule E11).
Listing parts_listing(ScoreOptions const& options) {
    Listing listing;
    listing.output = options.output;
    listing.nothing = "nothing is exposed";
    if (options.by == "cve") {
        listing.columns = {{"CVE"}, {"title"}, {"exposed"}, {"points"}};
        listing.sql =
            "SELECT e.cve, coalesce(c.title, ''), e.devices, e.part FROM main.cve_exposure e LEFT JOIN main.cve c ON "
            "c.id = e.cve WHERE e.part > 0 ORDER BY e.part DESC, e.cve";
    } else if (options.by == "device") {
        listing.columns = {{"device"}, {"group"}, {"level"}, {"points"}};
        listing.sql =
            "SELECT d.name, d.device_group, e.level, 100 * e.weighed / (SELECT arg_max(weight, time) "
            "FROM main.exposure_score WHERE device_group = '*') FROM main.device_exposure e "
            "JOIN main.device d ON d.id = e.device WHERE e.weighed > 0 ORDER BY e.weighed DESC, d.name, d.id";
    } else if (options.by == "product") {
        listing.columns = {{"product"}, {"weaknesses"}, {"exposed"}, {"points"}};
        listing.sql =
            "SELECT e.vendor || '-_-' || e.product, e.weaknesses, e.exposed_devices, e.part FROM main.product_exposure "
            "e WHERE e.part > 0 ORDER BY e.part DESC, 1";
    } else {
        listing.columns = {{"recommendation"}, {"what"}, {"exposed"}, {"points"}};
        listing.sql =
            "SELECT r.id, r.name, r.exposed_devices, e.part FROM main.product_exposure e JOIN main.recommendation r ON "
            "r.vendor = e.vendor AND r.product = e.product "
            "WHERE e.part > 0 ORDER BY e.part DESC, r.id";
    }
    if (options.top > 0) listing.sql += " LIMIT " + std::to_string(options.top);
    return listing;
}

// "AND ..." for --group.
std::string in_group(std::string const& table, ScoreOptions const& options, Listing& listing) {
    if (options.group.empty()) return {};
    listing.parameters.emplace_back(equal_ignoring_ascii_case(options.group, "Unassigned") ? std::string{}
                                                                                           : options.group);
    return "AND lower(" + table + ".device_group) = lower($" + std::to_string(listing.parameters.size()) + ") ";
}

Listing score_listing(ScoreOptions const& options) {
    if (!options.by.empty()) return parts_listing(options);
    if (options.explain) return explained_listing(options);
    Listing listing;
    listing.output = options.output;
    listing.nothing = "not computed yet: merlon match computes it";
    if (options.categories) {
        listing.columns = {{"group"}, {"category"}, {"secure score"}, {"before exceptions"}, {"possible"}};
        listing.sql =
            "SELECT " + replace_all(std::string(group_name), "{}", "s") +
            ", CASE s.category WHEN '*' THEN 'All' ELSE s.category END, s.points, s.points_before, s.possible "
            "FROM main.secure_score s WHERE s.time = (SELECT max(time) FROM main.secure_score) " +
            in_group("s", options, listing) +
            "ORDER BY s.device_group <> '*', s.device_group, s.category <> '*', s.category";
        return listing;
    }
    std::string const from =
        " FROM main.exposure_score e LEFT JOIN main.secure_score s ON s.time = e.time AND s.device_group = "
        "e.device_group AND s.category = '*' ";
    if (options.history) {
        listing.columns = {{"time", Kind::time}, {"exposure score"}, {"before exceptions"}, {"level"},
                           {"secure score"},     {"before"},         {"possible"},          {"devices"}};
        listing.sql = "SELECT e.time, e.score, e.score_before, " + std::string(level_name) +
                      ", s.points, s.points_before, s.possible, e.devices" + from + "WHERE " +
                      (options.group.empty() ? "e.device_group = '*' " : "true " + in_group("e", options, listing)) +
                      "ORDER BY e.time";
    } else {
        listing.columns = {{"group"},        {"exposure score"}, {"before exceptions"}, {"level"},
                           {"secure score"}, {"before"},         {"possible"},          {"devices"}};
        listing.sql = "SELECT " + replace_all(std::string(group_name), "{}", "e") + ", e.score, e.score_before, " +
                      std::string(level_name) + ", s.points, s.points_before, s.possible, e.devices" + from +
                      "WHERE e.time = (SELECT max(time) FROM main.exposure_score) " + in_group("e", options, listing) +
                      "ORDER BY e.device_group <> '*', e.score DESC, e.device_group";
    }
    return listing;
}

Result<int> score(Front const& front, ScoreOptions const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    TRY(known_group(connection, options.group));
    TRY(print_listing(connection, score_listing(options)));
    return done;
}

struct DeviceOptions {
    std::string group, level, tag, platform, value, text, output = "table";
    std::int64_t top = 0, silent = 0;
    bool counts = false, excluded = false;
};

// How many CVEs and recommendations each has, before and after exceptions.
constexpr std::string_view device_counts =
    " LEFT JOIN (SELECT i.device, count(DISTINCT f.cve) AS cves, count(DISTINCT f.cve) FILTER (NOT EXISTS (SELECT 1 "
    "FROM main.exempt g WHERE g.device = i.device "
    "AND (g.subject = f.cve OR g.subject = 'va-_-' || y.vendor || '-_-' || y.product))) AS cves_after FROM "
    "main.installation i JOIN main.finding f ON f.software = i.software AND NOT f.hidden "
    "JOIN main.identity y ON y.software = i.software WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE "
    "x.device = i.device AND x.software = f.software AND x.cve = f.cve) "
    "GROUP BY i.device) v ON v.device = d.id "
    "LEFT JOIN (SELECT device, count(*) AS advice, count(*) FILTER (NOT exempt) AS advice_after FROM "
    "main.recommendation_device GROUP BY device) n ON n.device = d.id";

Result<int> devices(Front const& front, DeviceOptions const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    Listing listing;
    listing.output = options.output;
    listing.nothing = "no device";
    listing.columns = {
        {"device"},          {"id"},       {"platform"}, {"version"},           {"group"},
        {"value"},           {"exposure"}, {"chance %"}, {"before exceptions"}, {"last seen", Kind::time},
        {"tags", Kind::list}};
    if (options.counts)
        listing.columns.insert(listing.columns.end(),
                               {{"CVEs"}, {"CVEs after"}, {"recommendations"}, {"recommendations after"}});
    listing.sql =
        "SELECT d.name, d.id, d.os_platform, d.os_version, d.device_group, d.value, coalesce(e.level, 'None'), 100 * "
        "(1 - exp(-coalesce(e.hazard, 0))), "
        "100 * (1 - exp(-coalesce(e.hazard_before, 0))), d.last_seen, d.tags" +
        std::string(
            options.counts
                ? ", coalesce(v.cves, 0), coalesce(v.cves_after, 0), coalesce(n.advice, 0), coalesce(n.advice_after, 0)"
                : "") +
        " FROM main.device d LEFT JOIN main.device_exposure e ON e.device = d.id" +
        std::string(options.counts ? device_counts : "") + " WHERE " + (options.excluded ? "d.excluded" : "true");
    auto const also = [&](std::string_view condition, std::string const& value) {
        if (value.empty()) return;
        listing.parameters.emplace_back(value);
        listing.sql +=
            " AND " + replace_all(std::string(condition), "{}", "$" + std::to_string(listing.parameters.size()));
    };
    also("lower(d.device_group) = lower({})",
         equal_ignoring_ascii_case(options.group, "Unassigned") ? "" : options.group);
    if (equal_ignoring_ascii_case(options.group, "Unassigned")) listing.sql += " AND d.device_group = ''";
    also("lower(coalesce(e.level, 'None')) = lower({})", options.level);
    also("list_contains(from_json(d.tags, '[\"VARCHAR\"]'), {})", options.tag);
    also("starts_with(lower(d.os_platform), lower({}))", options.platform);
    also("lower(CASE WHEN d.value = '' THEN 'Normal' ELSE d.value END) = lower({})", options.value);
    also("(contains(lower(d.name), lower({})) OR contains(lower(d.os_name), lower({})))", options.text);
    if (options.silent > 0)
        listing.sql += " AND d.last_seen < " + std::to_string(now_ticks() - options.silent * ticks_per_day);
    listing.sql += " ORDER BY coalesce(e.hazard, 0) DESC, d.name, d.id";
    if (options.top > 0) listing.sql += " LIMIT " + std::to_string(options.top);
    TRY(known_group(connection, options.group));
    TRY(print_listing(connection, listing));
    return done;
}

void print_what_if(advise::WhatIfAnswer const& answer) {
    TextTable table{{"recommendation", "what", "exposure", "secure score"}, {}, {false, false, true, true}};
    for (auto const& part : answer.parts)
        table.rows.push_back({part.id, part.name, fmt::format("-{:.3f}", part.exposure_alone),
                              fmt::format("+{:.2f}", part.secure_alone)});
    std::cout << print_table(table)
              << fmt::format("\nExposure score {:.3f} -> {:.3f} when all are done ({:+.3f})\n", answer.exposure_now,
                             answer.exposure_then, answer.exposure_then - answer.exposure_now);
    if (answer.secure_now > 0)
        std::cout << fmt::format("Secure score   {:.2f} -> {:.2f} ({:+.2f})\n", answer.secure_now, answer.secure_then,
                                 answer.secure_then - answer.secure_now);
}

// A row for each, and one for all of them together.
void print_what_if_csv(advise::WhatIfAnswer const& answer) {
    std::cout << "id,recommendation,exposure impact,secure score impact,exposure score then,secure score then\r\n";
    for (auto const& part : answer.parts)
        std::cout << fmt::format("{},{},{},{},,\r\n", csv_cell(part.id), csv_cell(part.name), part.exposure_alone,
                                 part.secure_alone);
    std::cout << fmt::format("all,all of them,{},{},{},{}\r\n", answer.exposure_now - answer.exposure_then,
                             answer.secure_then - answer.secure_now, answer.exposure_then, answer.secure_then);
}

Result<int> what_if(Front const& front, std::vector<std::string> const& ids, std::string const& output) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const answer = TRY(advise::what_if(connection, ids, now_ticks()));
    if (output == "json") std::cout << advise::answer_json(answer) << "\n";
    else if (output == "csv") print_what_if_csv(answer);
    else print_what_if(answer);
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
