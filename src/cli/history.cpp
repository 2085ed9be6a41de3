// merlon history software|vulnerabilities|configurations
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "base/time.h"
#include "cli/view.h"

namespace merlon::cli {
namespace {

struct Options {
    std::string what, device, as_of, from, to, output = "table";
};

// What each list shows of a device, and of its changes.
struct Kept {
    std::string_view name;
    std::vector<ViewColumn> columns, changes;  // after the device
};
std::vector<Kept> const& kept() {
    static ViewColumn const vendor{"vendor", "vendor"}, product{"product", "productName"}, version{"version", "version"}, cve{"CVE", "cveId"},
        severity{"severity", "severity"}, check{"check", "configurationId"}, name{"name", "configurationName"};
    static std::vector<Kept> const all{
        {"software", {vendor, product, version, {"end of support", "endOfSupportStatus"}}, {vendor, product, version}},
        {"vulnerabilities", {cve, severity, vendor, product, version}, {cve, severity, vendor, product, version}},
        {"configurations", {check, name, {"outcome", "outcome"}}, {check, name, {"before", "before"}, {"after", "after"}}}};
    return all;
}

Result<View> view_of(Options const& options) {
    auto const& one = *std::ranges::find(kept(), options.what, &Kept::name);
    bool const changes = !options.from.empty();
    View view{{.path = {changes ? "merlon/changes" : "merlon/history", options.what}, .output = options.output}};
    view.nothing = changes ? "nothing changed" : "nothing";
    auto& asked = view.question;
    if (!options.as_of.empty()) asked.as_of = iso_seconds(TRY(time_option("--as-of", options.as_of)));
    if (changes) {
        asked.from = iso_time(TRY(time_option("--from", options.from)));
        asked.to = iso_time(options.to.empty() ? now_ticks() : TRY(time_option("--to", options.to)));
        if (options.what != "configurations") view.columns.push_back({"change", "change"});
    }
    if (!options.device.empty()) only(asked, "machineId eq {}", options.device);
    view.columns.push_back({"device", "computerDnsName"});
    auto const& columns = changes ? one.changes : one.columns;
    view.columns.insert(view.columns.end(), columns.begin(), columns.end());
    return view;
}

Result<int> history(Front const& front, Options options) {
    auto const ask = TRY(asker(front));
    if (!options.device.empty()) options.device = TRY(known_device(ask, options.device));
    TRY(print_view(ask, TRY(view_of(options))));
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
