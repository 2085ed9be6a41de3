// merlon recommendations [ID]
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/listing.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    std::string id, device, type, output = "table";
    std::vector<std::string> tags;
    std::int64_t top = 0;
    bool all = false, devices = false, versions = false;
};

// "eos-versions" and "EOS versions" are the same tag.
std::string tag_key(std::string_view tag) { return replace_all(ascii_lower(tag), "-", " "); }

Result<Listing> list_of(Options const& options) {
    Listing listing;
    listing.output = options.output;
    listing.nothing = "no recommendation";
    listing.columns = {{"priority"}, {"id"}, {"recommendation"}, {"type"}, {"version"}, {"weaknesses"}, {"exposed"}, {"after"}, {"total"},
                       {"exposure impact"}, {"score impact"}, {"status"}, {"activities"}, {"tags", Kind::list}};
    std::string where = options.all ? "true" : "r.status <> 'Full exception'";
    auto const bind = [&](std::string value) {
        listing.parameters.emplace_back(std::move(value));
        return "$" + std::to_string(listing.parameters.size());
    };
    if (!options.type.empty()) where += " AND lower(r.type) = " + bind(ascii_lower(options.type));
    std::string any;
    for (auto const& tag : options.tags)
        any += (any.empty() ? "" : " OR ") + ("list_contains(list_transform(from_json(r.tags, '[\"VARCHAR\"]'), lambda t: lower(t)), " + bind(tag_key(tag)) + ")");
    if (!any.empty()) where += " AND (" + any + ")";
    if (!options.device.empty()) {
        auto const named = bind(options.device);
        auto const device = "(SELECT id FROM main.device WHERE lower(id) = lower(" + named + ") OR lower(name) = lower(" + named +
                            ") ORDER BY last_seen DESC LIMIT 1)";
        where += " AND ((r.vendor, r.product) IN (SELECT (c.vendor, c.product) FROM main.product_concern c WHERE c.device = " + device +
                 ") OR r.scid IN (SELECT 'scid-' || g.scid FROM main.configuration_concern g WHERE g.device = " + device + "))";
    }
    listing.sql = "SELECT r.priority, r.id, r.name, r.type, r.recommended_version, r.weaknesses, r.exposed_devices, r.exposed_after, r.total_devices, "
                  "r.exposure_impact, r.score_impact, r.status, "
                  "(SELECT count(*) FROM main.remediation t WHERE t.recommendation = r.id AND t.state = 'Active'), r.tags FROM main.recommendation r WHERE " + where + " ORDER BY r.priority";
    if (options.top > 0) listing.sql += " LIMIT " + std::to_string(options.top);
    return listing;
}

Listing versions_of(Options const& options) {
    Listing listing{"SELECT y.version, count(DISTINCT i.device) AS installed, max(y.support_status), min(y.support_date), any_value(y.support_reason) "
                    "FROM main.recommendation r JOIN main.identity y ON y.vendor = r.vendor AND y.product = r.product "
                    "JOIN main.installation i ON i.software = y.software WHERE lower(r.id) = lower($1) GROUP BY y.version "
                    "ORDER BY (max(y.support_status) = ''), installed DESC, y.version",
                    {options.id}, {}, options.output, "no version is installed"};
    listing.columns = {{"version"}, {"installed"}, {"end of support"}, {"date", Kind::time}, {"why"}};
    return listing;
}

Listing devices_of(Options const& options) {
    Listing listing{"SELECT d.name, d.os_platform, d.device_group, d.value, e.hazard FROM main.device d "
                    "JOIN main.device_exposure e ON e.device = d.id WHERE d.id IN ("
                    "SELECT c.device FROM main.recommendation r JOIN main.product_concern c ON c.vendor = r.vendor AND c.product = r.product "
                    "WHERE lower(r.id) = lower($1) AND r.kind = 'software' UNION "
                    "SELECT g.device FROM main.configuration_concern g WHERE 'sca-_-scid-' || g.scid = lower($1)) ORDER BY e.hazard DESC, d.name",
                    {options.id}, {}, options.output, "no device"};
    listing.columns = {{"device"}, {"platform"}, {"group"}, {"value"}, {"hazard"}};
    return listing;
}

// One recommendation in words.
Status describe_one(store::Connection& connection, std::string const& id) {
    std::array const key{store::Value{id}};
    auto rows = TRY(connection.query(
        "SELECT id, name, type, description, recommended_version, weaknesses, exposed_devices, total_devices, exposure_impact, "
        "array_to_string(from_json(tags, '[\"VARCHAR\"]'), ', '), public_exploit, active_alert, status, priority, exposed_after, score_impact "
        "FROM main.recommendation WHERE lower(id) = lower($1)", key));
    auto const chunk = TRY(rows.next());
    if (!chunk) return fail("advise.no_such_recommendation", id);
    auto const& c = chunk->columns;
    std::cout << fmt::format("{}\n  id         {}\n  priority   {}\n  type       {}{}\n  status     {}\n  tags       {}\n", c[1].text(0), c[0].text(0),
                             c[13].integer(0), c[2].text(0), c[4].text(0).empty() ? "" : " to " + std::string(c[4].text(0)), c[12].text(0),
                             c[9].text_or_empty(0).empty() ? "none" : c[9].text(0));
    std::cout << fmt::format("  devices    {} exposed of {} that have it ({} after exceptions)\n  weaknesses {}{}{}\n",
                             with_thousands(c[6].integer(0)), with_thousands(c[7].integer(0)), with_thousands(c[14].integer(0)),
                             with_thousands(c[5].integer(0)), c[10].boolean(0) ? ", a public exploit exists" : "",
                             c[11].boolean(0) ? ", an open alert on an exposed device" : "");
    std::cout << fmt::format("  impact     {:.3f} points of the exposure score, {:.2f} of the secure score\n\n{}\n", c[8].real(0), c[15].real(0), c[3].text(0));
    return {};
}

Result<int> recommendations(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    if (options.id.empty()) {
        TRY(print_listing(connection, TRY(list_of(options))));
        return done;
    }
    std::array const key{store::Value{options.id}};
    if (TRY(connection.count("SELECT count(*) FROM main.recommendation WHERE lower(id) = lower($1)", key)) == 0)
        return fail("advise.no_such_recommendation", options.id);
    if (options.versions) TRY(print_listing(connection, versions_of(options)));
    else if (options.devices) TRY(print_listing(connection, devices_of(options)));
    else TRY(describe_one(connection, options.id));
    return done;
}

}  // namespace

void add_recommendations(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("recommendations", "What to do first: security recommendations with their effect on the scores");
    verb->add_option("ID", options->id, "One recommendation in words, such as va-_-google-_-chrome");
    verb->add_flag("--devices", options->devices, "With ID: the devices it is about, the most exposed first");
    verb->add_flag("--versions", options->versions, "With ID: the installed versions and when their support ends");
    verb->add_option("--tag", options->tags, "Only with one of these tags: eos-software, eos-versions, upcoming-eos-versions, zero-day ...");
    verb->add_option("--type", options->type, "Only of this type: Update Upgrade Uninstall AttentionRequired ConfigurationChange");
    verb->add_option("--device", options->device, "Only those about this device (id or name)");
    verb->add_option("--top", options->top, "The first N");
    verb->add_flag("--all", options->all, "Also those under an exception for every device");
    add_output_option(*verb, options->output);
    verb->callback([&front, options] { throw run(recommendations(front, *options)); });
}

}  // namespace merlon::cli
