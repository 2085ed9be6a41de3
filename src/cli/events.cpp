// merlon events
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/timeline.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/view.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

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

Result<View> list_of(Options const& options) {
    View view{{.path = {"events"}, .order = "time desc, id", .output = options.output}, {}, "no event", options.group};
    view.columns = {{"time", "time", Kind::moment}, {"event", "event"}, {"type", "type"}, {"component", "relatedComponent"},
                    {"impacted then", "originallyImpactedDevices", Kind::whole}, {"impacted now", "currentlyImpactedDevices", Kind::whole},
                    {"of", "totalDevices", Kind::whole}, {"CVEs, versions, checks", "subjects", Kind::list}};
    auto& asked = view.question;
    if (!options.type.empty()) {
        auto const names = type_names();
        if (std::ranges::none_of(names, [&](auto const& name) { return equal_ignoring_ascii_case(name, options.type); }))
            return fail("cli.usage", "There is no type of event «" + options.type + "». There are " + join(names, ", ") + ".");
        only(asked, "tolower(type) eq {}", ascii_lower(options.type));
    }
    if (!options.product.empty())
        only(asked, "tolower(productName) eq {} or tolower(softwareId) eq {} or tolower(relatedComponent) eq {}", ascii_lower(options.product));
    if (!options.cve.empty()) only(asked, "subjects/any(n: tolower(n) eq {})", ascii_lower(options.cve));
    if (!options.group.empty()) only(asked, "deviceGroups/any(g: tolower(g) eq {})", ascii_lower(options.group));
    if (!options.since.empty()) only(asked, "time ge " + iso_seconds(TRY(time_option("--since", options.since))));
    if (!options.until.empty()) only(asked, "time lt " + iso_seconds(TRY(time_option("--until", options.until))));
    if (options.share > 0) only(asked, fmt::format("currentlyImpactedShare ge {}", options.share));
    if (options.top > 0) asked.top = std::to_string(options.top);
    return view;
}

Result<int> events(Front const& front, Options const& options) { return show_view(front, TRY(list_of(options))); }

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
