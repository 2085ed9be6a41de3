// merlon support [changes|entitlements|entitle|withdraw]: stages of life in figures, when versions turned, and who has paid for
// extended support.
#include "cli/support.h"

#include <iostream>

#include <CLI/CLI.hpp>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "cli/view.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    std::string group, device, note, id, output = "table";
};

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

Result<int> show(Front const& front, View view, Options const& options) {
    view.question.output = options.output;
    return show_view(front, view);
}

Result<int> entitle(Front const& front, Options const& options) {
    if (options.group.empty() == options.device.empty()) return fail("cli.usage", "Give --group or --device.");
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("scope", options.group.empty() ? "device" : "group");
    json.member("scopeValue", options.group.empty() ? options.device : options.group);
    if (!options.note.empty()) json.member("note", options.note);
    json.end_object();
    auto const ask = TRY(asker(front, Folder::change));
    auto const answer = TRY(send(ask, "POST", "endOfSupport/entitlements", body));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    std::cout << json::text(document.root(), "id") << "  " << json::text(document.root(), "scope") << " " << json::text(document.root(), "name") << ", "
              << json::integer(document.root(), "machines").value_or(0) << " devices\n";
    return done;
}

Result<int> withdraw(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front, Folder::change));
    TRY(send(ask, "DELETE", "endOfSupport/entitlements/" + api::percent_encode(options.id), ""));
    std::cout << "withdrawn " << options.id << "\n";
    return done;
}

}  // namespace

void add_support(CLI::App& app, Front& front) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand("support", "End of support: how many versions are in each stage, which turned, who has paid for extended support");
    verb->require_subcommand(0, 1);
    add_output_option(*verb, options->output);
    verb->callback([&front, options, verb] {
        if (verb->get_subcommands().empty()) throw run(show(front, figures(), *options));
    });
    auto* turned = verb->add_subcommand("changes", "When versions turned, newest first");
    add_output_option(*turned, options->output);
    turned->callback([&front, options] { throw run(show(front, changes(), *options)); });
    auto* list = verb->add_subcommand("entitlements", "Device groups and devices that have paid for extended support of their operating system");
    add_output_option(*list, options->output);
    list->callback([&front, options] { throw run(show(front, entitlements(), *options)); });
    auto* add = verb->add_subcommand("entitle", "Enter that a device group or device has paid: its dates are those of the extension");
    add->add_option("--group", options->group, "The device group");
    add->add_option("--device", options->device, "Name or id of the device");
    add->add_option("--note", options->note, "For whoever reads it in a year: the order's number");
    add->callback([&front, options] { throw run(entitle(front, *options)); });
    auto* remove = verb->add_subcommand("withdraw", "Take that back");
    remove->add_option("ID", options->id, "As merlon support entitlements lists it")->required();
    remove->callback([&front, options] { throw run(withdraw(front, *options)); });
}

}  // namespace merlon::cli
