// merlon feeds load FILE... / update [NAME...] / bundle OUT / list
#include "feeds/load.h"

#include <algorithm>
#include <iostream>
#include <set>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/json_read.h"
#include "base/text.h"
#include "cli/view.h"
#include "feeds/bundle.h"
#include "feeds/health.h"
#include "feeds/update.h"
#include "server/journey.h"
#include "server/schedule.h"
#include "store/inventory.h"
#include "store/unmatched.h"

namespace merlon::cli {
namespace {

using Kind = ViewColumn::Kind;

struct Options {
    std::vector<std::string> files;
    std::string key, bundle, output = "table";
    bool again = false, no_match = false, files_too = false;
};

void print_report(feeds::LoadReport const& report) {
    if (report.already_loaded) {
        std::cout << fmt::format("{}: {} is loaded already, nothing to do\n", report.file, report.feed);
        return;
    }
    std::cout << fmt::format("{}: {}: {} records read, {} kept, {} rejected, {} without use; {:.1f} s, {:.0f} MB/s\n", report.file,
                             report.feed, with_thousands(report.counts.records), with_thousands(report.counts.kept),
                             with_thousands(report.counts.rejected), with_thousands(report.counts.unused), report.seconds,
                             report.megabytes_a_second());
    for (auto const& [reason, count] : report.counts.reasons)
        std::cout << fmt::format("  {:>8}  {}\n", with_thousands(count), reason);
    constexpr std::size_t most_shown = 5;
    for (std::size_t i = 0; i < report.counts.rejections.size() && i < most_shown; ++i)
        std::cout << fmt::format("  rejected {}: {}\n", report.counts.rejections[i].id, report.counts.rejections[i].reason);
    if (report.outcome.older > 0)
        std::cout << fmt::format("  note: {} records are older than what is known of them and change nothing\n", with_thousands(report.outcome.older));
    for (auto const& note : report.counts.notes) std::cout << "  note: " << note << "\n";
}

// The files as given, those of bundles in their place once they have been checked.
Result<std::vector<std::string>> with_bundles_opened(Front const& front, store::Store const& store, Options const& options) {
    std::vector<std::string> files;
    for (auto const& file : options.files) {
        if (!feeds::looks_like_bundle(file)) {
            files.push_back(file);
            continue;
        }
        std::vector<std::string> trusted{options.key};
        auto const settings = TRY(front.settings());
        for (auto const key : split(settings.text("feeds.bundle_key"), ',')) trusted.emplace_back(trim(key));
        auto const opened = TRY(feeds::open_bundle(file, trusted, store.folder() / "feeds-bundle"));
        std::cout << fmt::format("{}: a bundle of {} feeds of {}, signed by {}\n", file, opened.files.size(), iso_seconds(opened.created), opened.key);
        for (auto const& member : opened.files) files.push_back(member.file.string());
    }
    return files;
}

// What `feeds update` has fetched, or the files that are named.
Result<int> bundle(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(true));
    std::vector<feeds::BundleFile> files;
    for (auto const& file : options.files) files.push_back({std::filesystem::path(file).filename().string(), file});
    std::error_code failed;
    if (files.empty())
        for (auto const& feed : TRY(feeds::feed_addresses()))
            if (auto const file = store.folder() / "feeds" / feed.name; std::filesystem::is_regular_file(file, failed)) files.push_back({feed.name, file});
    auto const key_file = store.folder() / "bundle-key.pem";
    TRY(feeds::write_bundle(options.bundle, files, key_file, now_ticks()));
    std::cout << fmt::format("{}: {} feeds, {:.1f} MB, signed by {}\n", options.bundle, files.size(),
                             static_cast<double>(std::filesystem::file_size(options.bundle, failed)) / 1e6, TRY(feeds::bundle_key(key_file)));
    return done;
}

Result<int> load(Front const& front, Options const& options) {
    auto store = TRY(front.open_store(true));
    auto connection = TRY(store.connect());
    Progress progress(front.quiet);
    feeds::LoadOptions load_options;
    load_options.again = options.again;
    load_options.progress = [&](feeds::LoadProgress const& at) {
        auto const share = at.bytes_total > 0 ? 100 * at.bytes_done / at.bytes_total : 0;
        progress.say(fmt::format("{}: {}% read, {} records", at.file, share, with_thousands(at.records)));
    };
    bool changed = TRY(store::unmatched_loads(connection)) > 0;  // by who was killed before it could match
    server::KnowledgeChange change;
    int outcome = done;
    auto const named = TRY(with_bundles_opened(front, store, options));
    std::vector<std::filesystem::path> const files(named.begin(), named.end());
    TRY(feeds::load_files(connection, files, load_options, [&](Result<feeds::LoadReport> report) -> Status {
        if (!report) {
            // What is wrong with one file does not keep the others out.
            print_error(report.error());
            outcome = could_not;
            return {};
        }
        print_report(*report);
        if (report->already_loaded) return {};
        changed = true;
        change.add(report->outcome);
        change.everything = change.everything || report->feed == "windows-kb";
        return {};
    }));
    if (changed) TRY(server::knowledge_changed(connection, change, !options.no_match, [&](std::string_view line) { progress.say(line); }));
    return outcome;
}

Result<feeds::LoadReport> update_one(store::Connection& connection, feeds::FeedAddress const& feed, std::filesystem::path const& folder,
                                     feeds::UpdateSettings const& settings, feeds::Patience const& patience, feeds::LoadOptions const& loading, Progress& progress) {
    auto const download = TRY(feeds::fetch_patiently(connection, feed, folder, settings, patience, [&](std::uint64_t bytes, std::uint64_t total) {
        auto const of = total > 0 ? fmt::format(" of {:.1f}", static_cast<double>(total) / 1e6) : std::string{};
        progress.say(fmt::format("{}: {:.1f}{} MB fetched", feed.name, static_cast<double>(bytes) / 1e6, of));
        return true;
    }));
    auto report = feeds::load_fetched(connection, download, loading);
    if (report) TRY(feeds::accept_download(download));
    else feeds::discard_download(download);
    return report;
}

// The same by a server: it fetches, and says here how far it is until all that was asked for has been tried.
Result<int> update_there(Front const& front, Options const& options) {
    if (options.again || options.no_match) return fail("feeds.server_decides");
    auto const ask = TRY(asker(front, Folder::change));
    auto const accepted = TRY(send(ask, "POST", "feeds/update", R"({"feeds":)" + store::texts_json(options.files) + "}"));
    std::set<std::string, std::less<>> left;
    auto const said = TRY(json::Document::parse(accepted, "answer"));
    for (auto const name : json::array(said.root(), "feeds")) left.emplace(json::text(name));
    Progress progress(front.quiet);
    int outcome = done;
    while (!left.empty()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        auto const answer = TRY(send(ask, "GET", "feeds"));
        auto const now = TRY(json::Document::parse(answer, "answer"));
        for (auto const feed : json::array(now.root(), "value")) {
            auto const name = json::text(feed, "name");
            if (!left.contains(name)) continue;
            // From when it was asked for until its try is noted down a feed is at work.
            if (auto const step = json::text(feed, "atWork"); !step.empty()) {
                if (step != "waiting")
                    progress.say(fmt::format("{}: {}, {:.1f} MB fetched", name, step, static_cast<double>(json::integer(feed, "bytesFetched").value_or(0)) / 1e6));
                continue;
            }
            left.erase(left.find(name));
            auto const result = json::text(feed, "lastResult");
            if (result == "failed") {
                std::cerr << fmt::format("{}: {}\n", name, json::text(feed, "lastError"));
                outcome = could_not;
            } else {
                std::cout << fmt::format("{}: {}\n", name, result == "unchanged" ? "nothing new" : fmt::format("{} records kept", with_thousands(json::integer(feed, "kept").value_or(0))));
            }
        }
    }
    return outcome;
}

Result<int> update(Front const& front, Options const& options) {
    if (!remote_server().empty()) return update_there(front, options);
    auto const settings = TRY(front.settings());
    auto opened = front.open_store(true);
    if (!opened && opened.error().code == "store.in_use") return update_there(front, options);
    auto store = TRY(std::move(opened));
    auto connection = TRY(store.connect());
    Progress progress(front.quiet);
    auto const fetching = server::update_settings(settings);
    bool changed = TRY(store::unmatched_loads(connection)) > 0;  // by who was killed before it could match
    server::KnowledgeChange change;
    int outcome = done;
    for (auto const& feed : TRY(feeds::chosen_addresses(connection, options.files))) {
        auto const report = update_one(connection, feed, store.folder() / "feeds", fetching, server::patience(settings), {.again = options.again}, progress);
        TRY(feeds::note_attempt(connection, feed.name, now_ticks(), std::string(feeds::outcome_of(report)), report ? std::string{} : describe(report.error())));
        if (!report) {
            print_error(report.error());
            outcome = could_not;
            continue;
        }
        if (report->already_loaded) {
            std::cout << feed.name << ": nothing new\n";
            continue;
        }
        print_report(*report);
        changed = true;
        change.add(report->outcome);
    }
    if (changed) TRY(server::knowledge_changed(connection, change, !options.no_match, [&](std::string_view line) { progress.say(line); }));
    return outcome;
}

// Each loaded file.
View loaded_files() {
    View view{{.path = {"feeds/files"}, .order = "name, file"}, {}, "No knowledge is loaded yet: merlon feeds load FILE..., or merlon feeds update."};
    view.columns = {{"feed", "name"}, {"file", "file"}, {"records", "records", Kind::whole}, {"kept", "kept", Kind::whole}, {"rejected", "rejected", Kind::whole},
                    {"data of", "dataTime", Kind::day}, {"loaded", "loadedAt", Kind::second}};
    return view;
}

View all_feeds() {
    View view{{.path = {"feeds"}}};
    view.columns = {{"feed", "name"}, {"state", "state"}, {"files", "files", Kind::whole}, {"records", "records", Kind::whole}, {"rejected", "rejected", Kind::whole},
                    {"data of", "dataTime", Kind::day}, {"loaded", "loadedAt", Kind::second}, {"last try", "triedAt", Kind::second}, {"outcome", "lastResult"}, {"error", "lastError"}};
    view.selects = false;
    return view;
}

// People are shown those that are here or were tried; the others in a line.
Status print_feeds(Ask const& ask) {
    TextTable table{{"feed", "state", "files", "records", "rejected", "data of", "loaded", "last try"}, {}, {false, false, true, true, true}};
    std::int64_t never = 0;
    std::string on_request, failures;
    auto const page = TRY(first_page(ask, {.path = {"feeds"}}));
    for (auto const feed : json::array(page.root(), "value")) {
        auto const text = [&](std::string_view name) { return std::string(json::text(feed, name)); };
        auto const count = [&](std::string_view name) { return with_thousands(json::integer(feed, name).value_or(0)); };
        auto const tried = seconds_of(text("triedAt"));
        if (text("state") == freshness_name(feeds::Freshness::never) && tried.empty()) {
            ++never;
            continue;
        }
        if (text("state") == freshness_name(feeds::Freshness::on_request)) {
            on_request += (on_request.empty() ? "" : ", ") + text("name");
            continue;
        }
        table.rows.push_back({text("name"), text("state"), count("files"), count("records"), count("rejected"), text("dataTime").substr(0, 10),
                              seconds_of(text("loadedAt")), tried.empty() ? "" : tried + " " + text("lastResult")});
        if (!text("lastError").empty()) failures += text("name") + " failed: " + text("lastError") + "\n";
    }
    std::cout << (table.rows.empty() ? loaded_files().nothing + "\n" : print_table(table, 80));
    std::cout << failures;
    if (never > 0) std::cout << counted(never, "known feed") << " never fetched (merlon feeds update)\n";
    if (!on_request.empty()) std::cout << fmt::format("On request, fetched when they are named (merlon feeds update NAME): {}\n", on_request);
    return {};
}

Result<int> list(Front const& front, Options const& options) {
    auto const ask = TRY(asker(front));
    auto view = options.files_too ? loaded_files() : all_feeds();
    view.question.output = options.output;
    if (options.files_too || options.output != "table") TRY(print_view(ask, view));
    else TRY(print_feeds(ask));
    return done;
}

}  // namespace

void add_feeds(CLI::App& app, Front& front) {
    auto* feeds = app.add_subcommand("feeds", "Knowledge: load files of vulnerability feeds, list what is loaded");
    feeds->require_subcommand(1);
    auto options = std::make_shared<Options>();
    auto* verb = feeds->add_subcommand(
        "load", "Load feed files, archives or folders; each is recognised by content, and all of it is kept or nothing");
    verb->add_option("FILE", options->files, "NVD 2.0, CVE 5, KEV, EPSS, OSV, endoflife.date ... (also gz, bz2, xz, zip, tar)")
        ->required();
    verb->add_flag("--again", options->again, "Load even what is loaded already, is older or has lost half of itself");
    verb->add_flag("--no-match", options->no_match, "Do not match afterwards; the next load, a server or merlon match does");
    verb->add_option("--key", options->key, "Public key whose bundles are trusted, besides those of feeds.bundle_key")->type_name("HEX");
    verb->callback([&front, options] { throw run(load(front, *options)); });
    auto* fetch = feeds->add_subcommand("update", "Download the known feeds and load what is new; what fails changes nothing");
    fetch->add_option("NAME", options->files, "Only these: kev, epss, nvd, nvd-2024, osv-debian, msrc ... (default: all)");
    fetch->add_flag("--again", options->again, "Load even what is loaded already, is older or has lost half of itself");
    fetch->add_flag("--no-match", options->no_match, "Do not match afterwards");
    fetch->footer("A server that runs on the data folder, or that of --server, is asked to fetch instead.");
    fetch->callback([&front, options] { throw run(update(front, *options)); });
    auto* carry = feeds->add_subcommand("bundle", "Write what was fetched into one compressed, signed file for a site without a network; load it there");
    carry->add_option("OUT", options->bundle, "The bundle, such as feeds.merlon-bundle")->required();
    carry->add_option("FILE", options->files, "These files instead of what feeds update has fetched");
    carry->callback([&front, options] { throw run(bundle(front, *options)); });
    auto* show = feeds->add_subcommand("list", "Each feed: fresh or stale, records, age, how the last try to fetch it went");
    show->add_flag("--files", options->files_too, "Each loaded file instead");
    add_output_option(*show, options->output);
    show->callback([&front, options] { throw run(list(front, *options)); });
}

}  // namespace merlon::cli
