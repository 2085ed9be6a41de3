// merlon corrections list|preview|add|remove|export|import
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/corrections.h"
#include "cli/view.h"
#include "match/local_corrections.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

constexpr std::size_t most_vex_bytes = std::size_t{64} << 20;

Question const local_ones{.path = {"corrections"}, .more = {{"origin", "local"}}};

struct Options {
    match::LocalCorrection correction;
    std::string device, group, expires, id, file, format = "openvex", output = "table";
};

// What POST corrections and its preview take.
Result<std::string> body_of(Options const& options) {
    if (!options.device.empty() && !options.group.empty()) return fail("cli.usage", "Give --device or --group, not both.");
    auto const& c = options.correction;
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    auto expires = options.expires;
    if (expires.ends_with('d')) expires = iso_seconds(TRY(optional_date(expires, now_ticks())).value_or(0));
    for (auto const& [name, text] : {std::pair{"cveId", &c.cve}, {"vendor", &c.vendor}, {"product", &c.product}, {"version", &c.version},
                                     {"path", &c.path}, {"status", &c.status}, {"justification", &c.justification}, {"reason", &c.reason},
                                     {"link", &c.link}, {"expires", &expires}})
        if (!text->empty()) json.member(name, std::string_view(*text));
    if (!options.device.empty() || !options.group.empty()) {
        json.member("scope", options.device.empty() ? "group" : "device");
        json.member("scopeValue", std::string_view(options.device.empty() ? options.group : options.device));
    }
    json.end_object();
    return body;
}

Result<int> list(Front const& front, Options const& options) {
    View view{local_ones, {}, "no local correction"};
    view.question.output = options.output;
    view.columns = {{"id", "id"}, {"CVE", "cveId"}, {"product", "vendor+product"}, {"version", "version"}, {"scope", "scope+scopeValue"},
                    {"status", "status"}, {"reason", "reason"}, {"by", "createdBy"}, {"expires", "expires", Kind::day}, {"state", "state"},
                    {"devices", "machines", Kind::whole}};
    view.selects = false;
    return show_view(front, view);
}

Result<int> preview(Front const& front, Options const& options) {
    auto const answer = TRY(send(TRY(asker(front)), "POST", "corrections/preview", TRY(body_of(options))));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    auto const count = [&](std::string_view name) { return json::integer(document.root(), name).value_or(0); };
    std::cout << fmt::format("It would clear {} findings of {} CVEs on {} devices ({} are cleared already).\n", with_thousands(count("findings")),
                             with_thousands(count("cves")), with_thousands(count("devices")), with_thousands(count("alreadyCleared")));
    TextTable table{{"device", "software", "version", "CVE"}, {}, {}};
    for (auto const one : json::array(document.root(), "examples"))
        table.rows.push_back({std::string(json::text(one, "deviceName")), std::string(json::text(one, "softwareName")),
                              std::string(json::text(one, "softwareVersion")), std::string(json::text(one, "cveId"))});
    if (!table.rows.empty()) std::cout << print_table(table, 50);
    if (count("findings") > static_cast<std::int64_t>(table.rows.size()) && !table.rows.empty()) std::cout << "...\n";
    return count("findings") > 0 ? done : answer_is_no;
}

Result<int> add(Front const& front, Options const& options) {
    auto const answer = TRY(send(TRY(asker(front, Folder::change)), "POST", "corrections", TRY(body_of(options))));
    std::cout << json::text(TRY(json::Document::parse(answer, "answer")).root(), "id") << "\n";
    return done;
}

Result<int> remove(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front, Folder::change));
    auto const answer = TRY(ask("DELETE", "/api/corrections/" + api::percent_encode(options.id), "application/json", {}, {}));
    if (answer.status == 404) return fail("cli.usage", "There is no correction " + clean_text(options.id, 100) + "; merlon corrections list shows them.");
    if (answer.status >= 300) return said(answer);
    return done;
}

Result<int> write(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front));
    auto const answer = TRY(ask("GET", "/api/corrections/export?format=" + options.format, "application/json", {}, {}));
    if (answer.status != 200) return said(answer);
    std::cout << answer.body;
    auto const page = TRY(first_page(ask, local_ones));
    std::int64_t left_out = 0;
    for (auto const one : json::array(page.root(), "value"))
        if (json::text(one, "cveId").empty() && json::boolean(one, "inForce").value_or(false)) ++left_out;
    if (left_out > 0) std::cerr << fmt::format("note: {} corrections of a whole product are left out: VEX speaks of single vulnerabilities\n", left_out);
    return done;
}

Result<int> read(Front const& front, Options const& options) {
    auto const bytes = TRY(read_file(options.file, most_vex_bytes));
    auto const answer = TRY(send(TRY(asker(front, Folder::change)), "POST", "corrections/import", bytes));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    auto const count = [&](std::string_view name) { return json::integer(document.root(), name).value_or(0); };
    auto const refused = json::array(document.root(), "refused");
    std::cout << fmt::format("{} corrections kept, {} known already, {} refused, {} statements skipped (they clear nothing or name no product)\n", count("kept"),
                             count("known"), refused.size(), count("skipped"));
    for (auto const why : refused) std::cout << "  refused " << json::text(why) << "\n";
    return refused.size() > 0 ? answer_is_no : done;
}

void add_what(CLI::App& verb, Options& options) {
    auto& c = options.correction;
    verb.add_option("--cve", c.cve, "The flaw; left out: every flaw of the product");
    verb.add_option("--vendor", c.vendor, "As software lists show it: google");
    verb.add_option("--product", c.product, "As software lists show it, or as installed: chrome");
    verb.add_option("--version", c.version, "Only this version");
    verb.add_option("--path", c.path, "Only where it lies below this folder, or is this file");
    verb.add_option("--device", options.device, "Only on this device (id or name)");
    verb.add_option("--group", options.group, "Only in this device group");
    verb.add_option("--status", c.status, "not_affected (default), false_positive, fixed");
    verb.add_option("--justification", c.justification, "OpenVEX's word: component_not_present, vulnerable_code_not_in_execute_path ...");
    verb.add_option("--reason", c.reason, "Why, in a sentence");
    verb.add_option("--link", c.link, "Where it is explained");
    verb.add_option("--expires", options.expires, "The last day on which it counts: 2027-01-31, or 30d (default: for ever)");
}

}  // namespace

void add_corrections(CLI::App& app, Front& front) {
    auto* verb = app.add_subcommand("corrections", "\"This is wrong\": findings that people know better, by device, group or everywhere");
    verb->require_subcommand(1);
    auto options = std::make_shared<Options>();
    auto* show = verb->add_subcommand("list", "Local corrections with their state and the devices they count on");
    add_output_option(*show, options->output);
    show->callback([&front, options] { throw run(list(front, *options)); });
    auto* ask = verb->add_subcommand("preview", "What a correction would clear; changes nothing");
    add_what(*ask, *options);
    ask->callback([&front, options] { throw run(preview(front, *options)); });
    auto* make = verb->add_subcommand("add", "Add a correction; it counts at once");
    add_what(*make, *options);
    make->callback([&front, options] { throw run(add(front, *options)); });
    auto* drop = verb->add_subcommand("remove", "Remove a correction; its findings count again");
    drop->add_option("ID", options->id, "As listed")->required();
    drop->callback([&front, options] { throw run(remove(front, *options)); });
    auto* out = verb->add_subcommand("export", "Print the corrections in force as a VEX document");
    out->add_option("--format", options->format, "openvex (default) or cyclonedx")->check(CLI::IsMember({"openvex", "cyclonedx"}));
    out->callback([&front, options] { throw run(write(front, *options)); });
    auto* in = verb->add_subcommand("import", "Keep the statements of a VEX document that clear something as corrections");
    in->add_option("FILE", options->file, "OpenVEX or CycloneDX, JSON")->required();
    in->callback([&front, options] { throw run(read(front, *options)); });
}

}  // namespace merlon::cli
