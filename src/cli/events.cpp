// merlon events
#include <CLI/CLI.hpp>

#include "advise/timeline.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/listing.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    std::string type, product, cve, group, since, until, output = "table";
    double share = 0;
    std::int64_t top = 0;
};

// Every type, for messages.
std::vector<std::string> type_names() {
    std::vector<std::string> names;
    for (int type = 0; type <= static_cast<int>(advise::EventType::new_check); ++type)
        names.emplace_back(advise::event_type_name(static_cast<advise::EventType>(type)));
    return names;
}

Result<Ticks> time_of(std::string_view option, std::string const& text) {
    if (auto const time = parse_iso_time(text)) return *time;
    return fail("cli.usage", std::string(option) + " takes a time such as 2026-01-31 or 2026-01-31T08:00:00Z, not «" + text + "».");
}

Result<Listing> list_of(Options const& options) {
    Listing listing;
    listing.output = options.output;
    listing.nothing = "no event";
    listing.columns = {{"time", Kind::moment}, {"event"}, {"type"}, {"component"}, {"impacted then"}, {"impacted now"}, {"of"}, {"CVEs, versions, checks", Kind::list}};
    listing.sql = "SELECT e.time, e.sentence, e.type, e.component, e.devices_then, e.devices_now, e.total_now, e.names FROM main.event e WHERE true";
    auto const also = [&](std::string_view condition, store::Value value) {
        listing.parameters.push_back(std::move(value));
        listing.sql += " AND " + replace_all(std::string(condition), "{}", "$" + std::to_string(listing.parameters.size()));
    };
    if (!options.type.empty()) {
        auto const names = type_names();
        if (std::ranges::none_of(names, [&](auto const& name) { return equal_ignoring_ascii_case(name, options.type); }))
            return fail("cli.usage", "There is no type of event «" + options.type + "». There are " + join(names, ", ") + ".");
        also("lower(e.type) = lower({})", options.type);
    }
    if (!options.product.empty()) also("(lower(e.product) = lower({}) OR lower(e.vendor || '-_-' || e.product) = lower({}) OR lower(e.component) = lower({}))", options.product);
    if (!options.cve.empty()) also("list_contains(from_json(e.names, '[\"VARCHAR\"]'), upper({}))", options.cve);
    if (!options.group.empty()) also("list_contains(list_transform(from_json(e.device_groups, '[\"VARCHAR\"]'), lambda g: lower(g)), lower({}))", options.group);
    if (!options.since.empty()) also("e.time >= {}", TRY(time_of("--since", options.since)));
    if (!options.until.empty()) also("e.time < {}", TRY(time_of("--until", options.until)));
    if (options.share > 0) also("100.0 * e.devices_now >= {} * e.total_now", options.share);
    listing.sql += " ORDER BY e.time DESC, e.id";
    if (options.top > 0) listing.sql += " LIMIT " + std::to_string(options.top);
    return listing;
}

Result<int> events(Front const& front, Options const& options) {
    auto const listing = TRY(list_of(options));
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    TRY(known_group(connection, options.group));
    TRY(print_listing(connection, listing));
    return done;
}

}  // namespace

void add_events(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("events", "The event timeline: new vulnerabilities, exploits that became known, end of support");
    verb->add_option("--type", options->type, "Only of this type: " + join(type_names(), " "));
    verb->add_option("--product", options->product, "Only about this product (chrome, google-_-chrome)");
    verb->add_option("--cve", options->cve, "Only about this CVE");
    verb->add_option("--group", options->group, "Only those that impacted a device of this group when they happened");
    verb->add_option("--since", options->since, "Only from this time on")->type_name("TIME");
    verb->add_option("--until", options->until, "Only before this time")->type_name("TIME");
    verb->add_option("--share", options->share, "Only those that impact at least this share of the devices now")->type_name("PERCENT");
    verb->add_option("--top", options->top, "The newest N");
    add_output_option(*verb, options->output);
    verb->callback([&front, options] { throw run(events(front, *options)); });
}

}  // namespace merlon::cli
