// merlon history software|vulnerabilities|configurations
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "base/time.h"
#include "cli/listing.h"
#include "store/history.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    std::string what, device, as_of, from, to, output = "table";
};

Result<Ticks> time_of(std::string_view option, std::string const& text) {
    if (auto const time = parse_iso_time(text)) return *time;
    return fail("cli.usage", std::string(option) + " takes a time such as 2026-01-31 or 2026-01-31T08:00:00Z, not «" + text + "».");
}

constexpr std::string_view of_device = " WHERE ($1 = '' OR i.device = $1)";

// What each list shows of a device, over tables that have a history.
struct Kept {
    std::string_view name, sql;
    std::vector<ListColumn> columns;  // after the device
};
std::vector<Kept> const& kept() {
    static std::vector<Kept> const all{
        {"software", "SELECT DISTINCT i.device, y.vendor, y.product, y.version, y.support_status FROM main.installation i "
                     "JOIN main.identity y ON y.software = i.software{}",
         {{"vendor"}, {"product"}, {"version"}, {"end of support"}}},
        {"vulnerabilities", "SELECT DISTINCT i.device, f.cve, coalesce(c.severity, '') AS severity, y.vendor, y.product, y.version FROM main.installation i "
                            "JOIN main.identity y ON y.software = i.software JOIN main.finding f ON f.software = i.software AND NOT f.hidden "
                            "LEFT JOIN main.cve c ON c.id = f.cve{} AND NOT EXISTS (SELECT 1 FROM main.finding_cleared x "
                            "WHERE x.device = i.device AND x.software = f.software AND x.cve = f.cve)",
         {{"CVE"}, {"severity"}, {"vendor"}, {"product"}, {"version"}}},
        {"configurations", "SELECT i.device, 'scid-' || i.scid AS scid, c.name, CASE WHEN NOT i.applicable THEN 'not applicable' WHEN i.compliant THEN 'compliant' "
                           "ELSE 'not compliant' END AS outcome FROM main.configuration_result i JOIN main.configuration_check c ON c.scid = i.scid{}",
         {{"check"}, {"name"}, {"outcome"}}}};
    return all;
}

Result<Listing> listing_of(Options const& options) {
    auto const& one = *std::ranges::find(kept(), options.what, &Kept::name);
    Listing listing;
    listing.output = options.output;
    listing.parameters.emplace_back(options.device);
    auto const now = replace_all(std::string(one.sql), "{}", of_device);
    std::string rows;
    if (options.from.empty()) {
        rows = options.as_of.empty() ? now : TRY(store::as_of(now, TRY(time_of("--as-of", options.as_of))));
        rows = "SELECT * FROM (" + rows + ")";
        listing.nothing = "nothing";
    } else {
        auto const before = TRY(store::as_of(now, TRY(time_of("--from", options.from))));
        auto const after = options.to.empty() ? TRY(store::as_of(now, now_ticks())) : TRY(store::as_of(now, TRY(time_of("--to", options.to))));
        rows = "SELECT 'added' AS change, * FROM ((" + after + ") EXCEPT (" + before + ")) UNION ALL SELECT 'removed', * FROM ((" + before + ") EXCEPT (" + after + "))";
        listing.columns.push_back({"change"});
        listing.nothing = "nothing changed";
    }
    listing.columns.push_back({"device"});
    listing.columns.insert(listing.columns.end(), one.columns.begin(), one.columns.end());
    listing.sql = "SELECT * REPLACE (coalesce((SELECT d.name FROM main.device d WHERE d.id = v.device), v.device) AS device) FROM (" + rows + ") v ORDER BY ALL";
    return listing;
}

Result<int> history(Front const& front, Options options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    if (!options.device.empty()) options.device = TRY(known_device(connection, options.device));
    auto const listing = TRY(listing_of(options));
    TRY(print_listing(connection, listing));
    return done;
}

}  // namespace

void add_history(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("history", "Software, vulnerabilities and configuration of devices: now, as of a time, or what changed between two times");
    std::vector<std::string> names;
    for (auto const& one : kept()) names.emplace_back(one.name);
    verb->add_option("WHAT", options->what, join(names, ", "))->required()->check(CLI::IsMember(names));
    verb->add_option("--device", options->device, "Only of this device (id or name)");
    auto* as_of = verb->add_option("--as-of", options->as_of, "What was true at TIME")->type_name("TIME");
    auto* from = verb->add_option("--from", options->from, "What changed since TIME")->type_name("TIME")->excludes(as_of);
    verb->add_option("--to", options->to, "With --from: until TIME instead of now")->type_name("TIME")->needs(from);
    add_output_option(*verb, options->output);
    verb->callback([&front, options] { throw run(history(front, *options)); });
}

}  // namespace merlon::cli
