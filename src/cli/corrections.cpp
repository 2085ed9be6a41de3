// merlon corrections list|preview|add|change|on|off|remove|export|import
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/json_read.h"
#include "base/text.h"
#include "cli/change.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

Question const local_ones{.path = {"corrections"}, .more = {{"origin", "local"}}};

View all_corrections() {
    View view{local_ones, {}, "no local correction"};
    view.columns = {{"id", "id"}, {"CVE", "cveId"}, {"product", "vendor+product"}, {"version", "version"}, {"scope", "scope+scopeValue"},
                    {"status", "status"}, {"reason", "reason"}, {"by", "createdBy"}, {"expires", "expires", Kind::day}, {"state", "state"},
                    {"devices", "machines", Kind::whole}};
    view.selects = false;
    return view;
}

void tell_effect(json::Value effect) {
    auto const count = [&](std::string_view name) { return json::integer(effect, name).value_or(0); };
    std::cout << fmt::format("It would clear {} of {} on {} ({} are cleared already).\n", counted(count("findings"), "finding"), counted(count("cves"), "CVE"),
                             counted(count("devices"), "device"), with_thousands(count("alreadyCleared")));
    TextTable table{{"device", "software", "version", "CVE"}, {}, {}};
    for (auto const one : json::array(effect, "examples"))
        table.rows.push_back({std::string(json::text(one, "deviceName")), std::string(json::text(one, "softwareName")),
                              std::string(json::text(one, "softwareVersion")), std::string(json::text(one, "cveId"))});
    if (!table.rows.empty()) std::cout << print_table(table, 50);
    if (count("findings") > static_cast<std::int64_t>(table.rows.size()) && !table.rows.empty()) std::cout << "...\n";
}

Result<int> write(Front const& front, std::string const& format) {
    auto const ask = TRY(asker(front));
    auto const answer = TRY(ask("GET", "/api/corrections/export?format=" + format, "application/json", {}, {}));
    if (answer.status != 200) return said(answer);
    std::cout << answer.body;
    auto const page = TRY(first_page(ask, local_ones));
    std::int64_t left_out = 0;
    for (auto const one : json::array(page.root(), "value"))
        if (json::text(one, "cveId").empty() && json::boolean(one, "inForce").value_or(false)) ++left_out;
    if (left_out > 0) std::cerr << fmt::format("note: left out are {} of a whole product: VEX speaks of single vulnerabilities\n", counted(left_out, "correction"));
    return done;
}

void tell_kept(json::Value answer) {
    auto const count = [&](std::string_view name) { return json::integer(answer, name).value_or(0); };
    auto const refused = json::array(answer, "refused");
    std::cout << fmt::format("{} kept, {} known already, {} refused, {} skipped, for they clear nothing or name no product\n", counted(count("kept"), "correction"),
                             count("known"), refused.size(), counted(count("skipped"), "statement"));
    for (auto const why : refused) std::cout << "  refused " << json::text(why) << "\n";
}

std::vector<Part> const what{
    {"--cve", "cveId", "The flaw; left out: every flaw of the product"},
    {"--vendor", "vendor", "As software lists show it: google"},
    {"--product", "product", "As software lists show it, or as installed: chrome"},
    {"--version", "version", "Only this version"},
    {"--path", "path", "Only where it lies below this folder, or is this file"},
    {"--device", "scope", "Only on this device (id or name)", Part::Kind::scope, "device"},
    {"--group", "scope", "Only in this device group", Part::Kind::scope, "group"},
    {"--status", "status", "not_affected (default), false_positive, fixed"},
    {"--justification", "justification", "OpenVEX's word: component_not_present, vulnerable_code_not_in_execute_path ..."},
    {"--reason", "reason", "Why, in a sentence"},
    {"--link", "link", "Where it is explained"},
    {"--expires", "expires", "The last day on which it counts: 2027-01-31, or 30d (default: for ever)", Part::Kind::day}};

}  // namespace

void add_corrections(CLI::App& app, Front& front) {
    auto* verb = app.add_subcommand("corrections", "\"This is wrong\": findings that people know better, by device, group or everywhere");
    verb->require_subcommand(1);
    add_list(*verb, front, "list", "Local corrections with their state and the devices they count on", all_corrections());
    auto const turned = [](char const* name, char const* doc, char const* disabled, char const* said) {
        return Change{name, doc, "PATCH", "corrections/{}", {{"", "disabled", "", Part::Kind::constant, disabled}}, said};
    };
    add_changes(*verb, front, {.what = "correction", .lists = "merlon corrections list", .list = local_ones, .key = "ID", .key_doc = "As listed"},
                {{.verb = "preview", .doc = "What a correction would clear; changes nothing. Exit code 1: it would clear nothing", .method = "POST", .path = "corrections/preview", .parts = what,
                  .folder = Folder::read, .tell = tell_effect,
                  .is_no = [](json::Value effect) { return json::integer(effect, "findings").value_or(0) == 0; }},
                 {"add", "Add a correction; it counts at once", "POST", "corrections", what, "{id}"},
                 {.verb = "change", .doc = "Change why a correction counts, and until when", .method = "PATCH", .path = "corrections/{}",
                  .parts = {{"--reason", "reason", "Why, in a sentence"},
                   {"--link", "link", "Where it is explained"},
                   {"--expires", "expires", "Its new last day: 2027-01-31, or 30d", Part::Kind::day},
                   {"--for-ever", "expires", "It has no end any more", Part::Kind::constant, "\"\""}},
                  .said = "correction {id}: {state}", .footer = "What it is about cannot change: remove it, and add another."},
                 turned("off", "Let a correction clear nothing, and keep it; its findings count again", "true", "correction {id}: {state}"),
                 turned("on", "Let it count again", "false", "correction {id}: {state}"),
                 {"remove", "Remove corrections; their findings count again", "DELETE", "corrections/{}", {}, "correction {id} removed"},
                 {.verb = "import", .doc = "Keep the statements of a VEX document that clear something as corrections; exit code 1 when one is refused", .method = "POST", .path = "corrections/import",
                  .parts = {needed({"FILE", "", "OpenVEX or CycloneDX, JSON; - is standard input", Part::Kind::body})}, .tell = tell_kept,
                  .is_no = [](json::Value answer) { return json::array(answer, "refused").size() > 0; }}});
    auto const format = std::make_shared<std::string>("openvex");
    auto* out = verb->add_subcommand("export", "Print the corrections in force as a VEX document");
    out->add_option("--format", *format, "openvex (default) or cyclonedx")->check(CLI::IsMember({"openvex", "cyclonedx"}));
    out->callback([&front, format] { throw run(write(front, *format)); });
}

}  // namespace merlon::cli
