// merlon recommendations [ID]
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/listing.h"
#include "store/history.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    std::string id, device, group, type, status, category, platform, threat, text, as_of, output = "table";
    std::vector<std::string> tags;
    std::int64_t top = 0;
    bool all = false, devices = false, versions = false, cves = false, history = false;
};

// "eos-versions" and "EOS versions" are the same tag.
std::string tag_key(std::string_view tag) { return replace_all(ascii_lower(tag), "-", " "); }

std::string threat_condition(std::string_view named) {
    if (named == "public-exploit") return "r.public_exploit";
    return named == "known-exploited" ? "r.known_exploited" : "r.active_alert";
}

// Of the fleet; with --group counted over the devices of a group, with --device about one.
Listing list_of(Options const& options) {
    Listing listing;
    listing.output = options.output;
    listing.nothing = "no recommendation";
    listing.columns = {{"priority"},       {"id"},
                       {"recommendation"}, {"type"},
                       {"version"},        {"weaknesses"},
                       {"exposed"},        {"after"},
                       {"total"},          {"exposure impact"},
                       {"score impact"},   {"status"},
                       {"activities"},     {"tags", Kind::list}};
    auto const bind = [&](std::string value) {
        listing.parameters.emplace_back(std::move(value));
        return "$" + std::to_string(listing.parameters.size());
    };
    std::string where = "true";
    auto const also = [&](std::string_view condition, std::string value) {
        if (!value.empty()) where += " AND " + replace_all(std::string(condition), "{}", bind(std::move(value)));
    };
    std::string from = "main.recommendation r", exposed = "r.exposed_devices", after = "r.exposed_after",
                status = "r.status";
    if (!options.group.empty()) {
        from +=
            " JOIN (SELECT n.recommendation, count(*) AS exposed, count(*) FILTER (NOT n.exempt) AS after FROM "
            "main.recommendation_device n "
            "JOIN main.device d ON d.id = n.device AND lower(d.device_group) = lower(" +
            bind(equal_ignoring_ascii_case(options.group, "Unassigned") ? "" : options.group) +
            ") GROUP BY ALL) g ON g.recommendation = r.id";
        exposed = "g.exposed", after = "g.after";
    }
    if (!options.device.empty()) {
        auto const named = bind(options.device);
        from +=
            " JOIN main.recommendation_device n ON n.recommendation = r.id AND n.device = " + named;
        status =
            "CASE WHEN n.exempt OR EXISTS (SELECT 1 FROM main.excepted x WHERE x.subject = r.id AND x.device = "
            "n.device) THEN 'Full exception' ELSE 'Active' END";
    }
    if (!options.status.empty()) also(status + " ILIKE {} || '%'", options.status);
    else if (!options.all) where += " AND " + status + " <> 'Full exception'";
    also("lower(r.type) = lower({})", options.type);
    also("lower(replace(r.category, ' ', '')) = lower(replace({}, ' ', ''))", options.category);
    also("list_contains(list_transform(from_json(r.platforms, '[\"VARCHAR\"]'), lambda p: lower(p)), lower({}))",
         options.platform);
    if (!options.text.empty()) {
        auto const words = bind(options.text);
        where += " AND (contains(lower(r.name), lower(" + words + ")) OR contains(lower(r.component), lower(" + words +
                 ")) OR contains(lower(r.id), lower(" + words + ")))";
    }
    if (!options.threat.empty()) where += " AND " + threat_condition(options.threat);
    std::string any;
    for (auto const& tag : options.tags)
        any += (any.empty() ? "" : " OR ") +
               ("list_contains(list_transform(from_json(r.tags, '[\"VARCHAR\"]'), lambda t: lower(t)), " +
                bind(tag_key(tag)) + ")");
    if (!any.empty()) where += " AND (" + any + ")";
    listing.sql = "SELECT r.priority, r.id, r.name, r.type, r.recommended_version, r.weaknesses, " + exposed + ", " +
                  after + ", r.total_devices, r.exposure_impact, r.score_impact, " + status +
                  (options.as_of.empty()
                       ? ", (SELECT count(*) FROM main.remediation t WHERE t.recommendation = r.id AND t.state = 'Active'), "
                       : ", NULL::BIGINT, ") +
                  "r.tags FROM " +
                  from + " WHERE " + where + " ORDER BY r.priority";
    if (options.top > 0) listing.sql += " LIMIT " + std::to_string(options.top);
    return listing;
}

Listing versions_of(Options const& options) {
    Listing listing{
        "SELECT y.version, count(DISTINCT i.device) AS installed, max(y.support_status), min(y.support_date), "
        "any_value(y.support_reason) "
        "FROM main.recommendation r JOIN main.identity y ON y.vendor = r.vendor AND y.product = r.product "
        "JOIN main.installation i ON i.software = y.software WHERE lower(r.id) = lower($1) GROUP BY y.version "
        "ORDER BY (max(y.support_status) = ''), installed DESC, y.version",
        {options.id},
        {},
        options.output,
        "no version is installed"};
    listing.columns = {{"version"}, {"installed"}, {"end of support"}, {"date", Kind::time}, {"why"}};
    return listing;
}

Listing devices_of(Options const& options) {
    Listing listing{
        "SELECT d.name, d.os_platform, d.device_group, d.value, e.level, 100 * (1 - exp(-e.hazard)), n.exempt FROM "
        "main.recommendation_device n "
        "JOIN main.device d ON d.id = n.device JOIN main.device_exposure e ON e.device = d.id WHERE n.recommendation = "
        "lower($1) ORDER BY e.hazard DESC, d.name, d.id",
        {options.id},
        {},
        options.output,
        "no device"};
    listing.columns = {{"device"},   {"platform"},          {"group"}, {"value"}, {"exposure"},
                       {"chance %"}, {"under an exception"}};
    return listing;
}

Listing history_of(Options const& options) {
    Listing listing{
        "SELECT day, exposed_devices, exposed_after, total_devices FROM main.recommendation_day WHERE recommendation = "
        "lower($1) ORDER BY day",
        {options.id},
        {},
        options.output,
        "no day is known yet"};
    listing.columns = {{"day", Kind::time}, {"exposed"}, {"after"}, {"total"}};
    return listing;
}

Listing cves_of(Options const& options) {
    Listing listing{
        "SELECT c.id, c.severity, c.cvss, c.epss, c.known_exploited, c.exploit_public, coalesce(x.devices_before, 0), "
        "coalesce(x.devices, 0), "
        "EXISTS (SELECT 1 FROM main.finding f JOIN main.identity y ON y.software = f.software WHERE f.cve = c.id AND "
        "f.state = 'fixed' AND 'va-_-' || y.vendor || '-_-' || y.product = lower($1)), c.title "
        "FROM main.cve c LEFT JOIN main.cve_exposure x ON x.cve = c.id WHERE c.id IN (SELECT f.cve FROM main.finding f "
        "JOIN main.identity y ON y.software = f.software "
        "WHERE NOT f.hidden AND f.software IN (SELECT software FROM main.installation) AND 'va-_-' || y.vendor || "
        "'-_-' || y.product = lower($1)) ORDER BY c.cvss DESC NULLS LAST, c.id",
        {options.id},
        {},
        options.output,
        "no CVE"};
    listing.columns = {{"CVE"},     {"severity"}, {"CVSS"},      {"EPSS"}, {"known exploited"}, {"public exploit"},
                       {"exposed"}, {"after"},    {"fix known"}, {"title"}};
    return listing;
}

// Everything that is known of one, for programs.
Listing record_of(Options const& options) {
    Listing listing{
        "SELECT r.id, r.name, r.type, r.status, r.priority, r.vendor, r.product, r.scid, r.component, r.category, "
        "r.subcategory, r.platforms, r.recommended_version, r.weaknesses, "
        "r.public_exploit, r.known_exploited, r.active_alert, r.exposed_devices, r.exposed_after, r.total_devices, "
        "r.critical_devices, r.exposure_impact, r.exposure_impact_after, "
        "r.score_impact, r.score_impact_after, r.tags, r.description FROM main.recommendation r WHERE lower(r.id) = "
        "lower($1)",
        {options.id},
        {},
        options.output,
        "none"};
    listing.columns = {{"id"},
                       {"recommendation"},
                       {"type"},
                       {"status"},
                       {"priority"},
                       {"vendor"},
                       {"product"},
                       {"check"},
                       {"component"},
                       {"category"},
                       {"subcategory"},
                       {"platforms", Kind::list},
                       {"version"},
                       {"weaknesses"},
                       {"public exploit"},
                       {"known exploited"},
                       {"active alert"},
                       {"exposed"},
                       {"after"},
                       {"total"},
                       {"high value"},
                       {"exposure impact"},
                       {"exposure impact after"},
                       {"score impact"},
                       {"score impact after"},
                       {"tags", Kind::list},
                       {"description"}};
    return listing;
}

// One recommendation in words.
Status describe_one(store::Connection& connection, std::string const& id) {
    std::array const key{store::Value{id}};
    auto rows =
        TRY(connection.query("SELECT id, name, type, description, recommended_version, weaknesses, exposed_devices, "
                             "total_devices, exposure_impact, "
                             "array_to_string(from_json(tags, '[\"VARCHAR\"]'), ', '), public_exploit, active_alert, "
                             "status, priority, exposed_after, score_impact, exposure_impact_after, score_impact_after "
                             "FROM main.recommendation WHERE lower(id) = lower($1)",
                             key));
    auto const chunk = TRY(rows.next());
    if (!chunk) return fail("advise.no_such_recommendation", id);
    auto const& c = chunk->columns;
    std::cout << fmt::format(
        "{}\n  id         {}\n  priority   {}\n  type       {}{}\n  status     {}\n  tags       {}\n", c[1].text(0),
        c[0].text(0), c[13].integer(0), c[2].text(0), c[4].text(0).empty() ? "" : " to " + std::string(c[4].text(0)),
        c[12].text(0), c[9].text_or_empty(0).empty() ? "none" : c[9].text(0));
    std::cout << fmt::format("  devices    {} exposed of {} that have it ({} after exceptions)\n  weaknesses {}{}{}\n",
                             with_thousands(c[6].integer(0)), with_thousands(c[7].integer(0)),
                             with_thousands(c[14].integer(0)), with_thousands(c[5].integer(0)),
                             c[10].boolean(0) ? ", a public exploit exists" : "",
                             c[11].boolean(0) ? ", an open alert on an exposed device" : "");
    std::cout << fmt::format(
        "  impact     {:.3f} points of the exposure score ({:.3f} after exceptions), {:.2f} of the secure score "
        "({:.2f})\n\n{}\n",
        c[8].real(0), c[16].real(0), c[15].real(0), c[17].real(0), c[3].text(0));
    return {};
}

Result<int> recommendations(Front const& front, Options options) {
    if (!options.as_of.empty() && !parse_iso_time(options.as_of))
        return fail("cli.usage", "--as-of takes a time such as 2026-01-31, not «" + options.as_of + "».");
    if (!options.as_of.empty() && !(options.id.empty() && options.device.empty() && options.group.empty()))
        return fail("cli.usage", "--as-of is about the whole fleet: it takes no ID, no --device and no --group.");
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    if (options.id.empty()) {
        if (!options.device.empty()) options.device = TRY(known_device(connection, options.device));
        TRY(known_group(connection, options.group));
        auto listing = list_of(options);
        if (!options.as_of.empty()) {
            listing.sql = TRY(store::as_of(std::move(listing.sql), *parse_iso_time(options.as_of)));
            listing.nothing = "no recommendation is known of that day";
        }
        TRY(print_listing(connection, listing));
        return done;
    }
    std::array const key{store::Value{options.id}};
    if (TRY(connection.count("SELECT count(*) FROM main.recommendation WHERE lower(id) = lower($1)", key)) == 0)
        return fail("advise.no_such_recommendation", options.id);
    if (options.versions) TRY(print_listing(connection, versions_of(options)));
    else if (options.devices) TRY(print_listing(connection, devices_of(options)));
    else if (options.history) TRY(print_listing(connection, history_of(options)));
    else if (options.cves) TRY(print_listing(connection, cves_of(options)));
    else if (options.output != "table") TRY(print_listing(connection, record_of(options)));
    else TRY(describe_one(connection, options.id));
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
