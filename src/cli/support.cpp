// merlon support [changes|entitlements|entitle|withdraw]: stages of life in figures, when versions turned, and who has paid for
// extended support.
#include <CLI/CLI.hpp>

#include "cli/change.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

View figures() {
    View view{{.path = {"endOfSupport"}, .order = "rank"}, {}, "no software is installed"};
    view.columns = {{"stage", "status"}, {"products", "products", Kind::whole}, {"versions", "versions", Kind::whole}, {"installations", "installations", Kind::whole}};
    return view;
}

View changes() {
    View view{{.path = {"endOfSupport", "changes"}}, {}, "no version has turned yet"};
    view.columns = {{"time", "time", Kind::moment}, {"vendor", "softwareVendor"}, {"product", "softwareName"}, {"version", "softwareVersion"},
                    {"was", "oldStatus"}, {"is", "newStatus"}, {"date", "endOfSupportDate", Kind::day}, {"devices", "deviceCount", Kind::whole}};
    view.selects = false;
    return view;
}

View entitlements() {
    View view{{.path = {"endOfSupport", "entitlements"}, .order = "scope, name"}, {}, "nobody has entered that extended support is paid for"};
    view.columns = {{"id", "id"}, {"scope", "scope"}, {"name", "name"}, {"devices", "machines", Kind::whole}, {"note", "note"}, {"by", "createdBy"},
                    {"since", "createdOn", Kind::day}};
    return view;
}

}  // namespace

void add_support(CLI::App& app, Front& front) {
    auto* verb = app.add_subcommand("support", "End of support: how many versions are in each stage, which turned, who has paid for extended support");
    verb->require_subcommand(0, 1);
    auto const shown = std::make_shared<View>(figures());
    add_output_option(*verb, shown->question.output);
    verb->callback([&front, shown, verb] {
        if (verb->get_subcommands().empty()) throw run(show_view(front, *shown));
    });
    add_list(*verb, front, "changes", "When versions turned, newest first", changes());
    add_list(*verb, front, "entitlements", "Device groups and devices that have paid for extended support of their operating system", entitlements());
    add_changes(*verb, front, {.key = "ID", .key_doc = "As merlon support entitlements lists it"},
                {{"entitle", "Enter that a device group or device has paid: its dates are those of the extension", "POST", "endOfSupport/entitlements",
                  {needed({"--group", "scope", "The device group", Part::Kind::scope, "group"}), {"--device", "scope", "Name or id of the device", Part::Kind::scope, "device"},
                   {"--note", "note", "For whoever reads it in a year: the order's number"}},
                  "{id}  {scope} {name}, {machines device}"},
                 {"withdraw", "Take that back", "DELETE", "endOfSupport/entitlements/{}", {}, "withdrawn {id}"}});
}

}  // namespace merlon::cli
