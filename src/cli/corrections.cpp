// merlon corrections list|add|preview|remove|export|import, with the server stopped (running, ask its API).
#include <fstream>
#include <iostream>
#include <iterator>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/corrections.h"
#include "cli/listing.h"
#include "match/corrections.h"
#include "match/vex.h"
#include "server/journey.h"
#include "store/ledger.h"

namespace merlon::cli {
namespace {

using Kind = ListColumn::Kind;

struct Options {
    match::LocalCorrection correction;
    std::string device, group, expires, id, file, format = "openvex", output = "table";
};

Result<match::LocalCorrection> correction_of(Options const& options) {
    auto c = options.correction;
    if (!options.device.empty() && !options.group.empty()) return fail("cli.usage", "Give --device or --group, not both.");
    if (!options.device.empty() || !options.group.empty()) {
        c.scope = options.device.empty() ? "group" : "device";
        c.scope_value = options.device.empty() ? options.group : options.device;
    }
    if (!options.expires.empty()) {
        auto const time = parse_iso_time(options.expires);
        if (!time || *time <= now_ticks()) return fail("cli.usage", "--expires takes a day to come: 2027-01-31.");
        c.expires = *time;
    }
    c.created_by = "local";
    return c;
}

// Writes it down, changes the corrections and makes anew what follows from findings.
Status change(store::Store& store, std::string_view action, std::string_view object, std::function<Status(store::Connection&)> const& operation) {
    auto ledger = TRY(store::Ledger::open(store.folder() / "audit.ndjson"));
    TRY(ledger.append({0, 0, "local", "command line", std::string(action), std::string(object), "admitted", ""}));
    auto connection = TRY(store.connect());
    TRY(connection.transaction([&] { return operation(connection); }));
    return server::inventory_changed(connection, {}, {});
}

Result<int> list(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    Listing listing{"SELECT id, cve, vendor || CASE WHEN vendor = '' OR product = '' THEN '' ELSE ':' END || product, version, scope || "
                    "CASE WHEN scope_value = '' THEN '' ELSE ' ' || scope_value END, status, reason, created_by, expires, "
                    "CASE WHEN disabled THEN 'disabled' WHEN expires <> 0 AND expires <= $1 THEN 'expired' ELSE 'in force' END, "
                    "(SELECT count(DISTINCT x.device) FROM main.finding_cleared x WHERE starts_with(x.reason, 'correction ' || c.id || ':')) "
                    "FROM main.correction c ORDER BY created DESC, id",
                    {now_ticks()}, {}, options.output, "no local correction"};
    listing.columns = {{"id"}, {"CVE"}, {"product"}, {"version"}, {"scope"}, {"status"}, {"reason"}, {"by"}, {"expires", Kind::time}, {"state"}, {"devices"}};
    TRY(print_listing(connection, listing));
    return done;
}

Result<int> preview(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto correction = TRY(correction_of(options));
    if (correction.reason.empty()) correction.reason = "-";
    auto const effect = TRY(match::preview_correction(connection, std::move(correction)));
    std::cout << fmt::format("It would clear {} findings of {} CVEs on {} devices ({} are cleared already).\n", with_thousands(effect.findings),
                             with_thousands(effect.cves), with_thousands(effect.devices), with_thousands(effect.already_cleared));
    TextTable table{{"device", "software", "version", "CVE"}, {}, {}};
    for (auto const& example : effect.examples) table.rows.push_back({example.device, example.software, example.version, example.cve});
    if (!table.rows.empty()) std::cout << print_table(table, 50);
    if (effect.findings > static_cast<std::int64_t>(table.rows.size()) && !table.rows.empty()) std::cout << "...\n";
    return effect.findings > 0 ? done : answer_is_no;
}

Result<int> add(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto const correction = TRY(correction_of(options));
    std::string id;
    TRY(change(store, "corrections add", correction.cve.empty() ? correction.product : correction.cve, [&](store::Connection& connection) -> Status {
        id = TRY(match::add_correction(connection, correction, now_ticks()));
        return {};
    }));
    std::cout << id << "\n";
    return done;
}

Result<int> remove(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    bool there = false;
    TRY(change(store, "corrections remove", options.id, [&](store::Connection& connection) -> Status {
        there = TRY(match::remove_correction(connection, options.id, now_ticks()));
        return {};
    }));
    if (!there) return fail("cli.usage", "There is no correction " + options.id + "; merlon corrections list shows them.");
    return done;
}

Result<int> write(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const all = TRY(match::local_corrections(connection));
    std::size_t left_out = 0;
    std::cout << (options.format == "cyclonedx" ? match::cyclonedx_vex_of(all, now_ticks(), left_out)
                                                : match::openvex_of(all, now_ticks(), "Merlon", left_out));
    if (left_out > 0) std::cerr << fmt::format("note: {} corrections of a whole product are left out: VEX speaks of single vulnerabilities\n", left_out);
    return done;
}

Result<int> read(Front const& front, Options const& options) {
    std::ifstream file(options.file, std::ios::binary);
    if (!file) return fail("file.missing", options.file);
    std::string const bytes{std::istreambuf_iterator<char>(file), {}};
    auto const vex = TRY(match::read_vex(bytes, options.file));
    auto store = TRY(front.open_store(false));
    TRY(change(store, "corrections import", options.file, [&](store::Connection& connection) -> Status {
        for (auto correction : vex.corrections) {
            correction.created_by = "local";
            TRY(match::add_correction(connection, std::move(correction), now_ticks()));
        }
        return {};
    }));
    std::cout << fmt::format("{} corrections kept, {} statements skipped\n", vex.corrections.size(), vex.skipped);
    return done;
}

void add_what(CLI::App& verb, Options& options) {
    auto& c = options.correction;
    verb.add_option("--cve", c.cve, "The flaw; left out: every flaw of the product");
    verb.add_option("--vendor", c.vendor, "As software lists show it: google");
    verb.add_option("--product", c.product, "As software lists show it, or as installed: chrome");
    verb.add_option("--version", c.version, "Only this version");
    verb.add_option("--path", c.path, "Only where it lies below this path");
    verb.add_option("--device", options.device, "Only on this device (id or name)");
    verb.add_option("--group", options.group, "Only in this device group");
    verb.add_option("--status", c.status, "not_affected (default), false_positive, fixed");
    verb.add_option("--justification", c.justification, "OpenVEX's word: component_not_present, vulnerable_code_not_in_execute_path ...");
    verb.add_option("--reason", c.reason, "Why, in a sentence");
    verb.add_option("--link", c.link, "Where it is explained");
    verb.add_option("--expires", options.expires, "Until when it counts: 2027-01-31 (default: for ever)");
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
