#include <cstdlib>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/front.h"

using namespace merlon::cli;

namespace {

// The verb that was written, as far as it was.
std::pair<CLI::App const*, std::string> called_verb(CLI::App const& app) {
    CLI::App const* verb = &app;
    std::string called = "merlon";
    while (!verb->get_subcommands().empty()) {
        verb = verb->get_subcommands().front();
        called += " " + verb->get_name();
    }
    return {verb, called};
}

std::vector<std::string> verbs_of(CLI::App const& verb) {
    std::vector<std::string> names;
    for (auto const* one : verb.get_subcommands([](CLI::App const*) { return true; })) names.push_back(one->get_name());
    return names;
}

// What was written is no verb or no option of the verb before it: says so, and which one is near.
std::unexpected<merlon::Error> not_known(CLI::App const& app, std::string const& written) {
    auto const [verb, called] = called_verb(app);
    bool const option = written.starts_with('-');
    auto known = option ? std::vector<std::string>{} : verbs_of(*verb);
    if (option)
        for (auto const* one : verb->get_options())
            for (auto const& name : one->get_lnames()) known.push_back("--" + name);
    auto wrong = option ? merlon::error("cli.unknown_option", written, called) : merlon::error("cli.unknown_verb", written);
    wrong.hint = called + " --help lists " + (option ? "the options." : "the verbs.");
    if (auto const near = merlon::nearest(written, known)) wrong.hint = "Did you mean " + (option ? *near : called + " " + *near) + "? " + wrong.hint;
    return std::unexpected(std::move(wrong));
}

// Something is missing or cannot be: in our form, with the verb that explains it.
std::unexpected<merlon::Error> misused(CLI::App const& app, CLI::ParseError const& problem) {
    auto const [verb, called] = called_verb(app);
    bool const no_verb = verb != &app && verb->get_require_subcommand_min() > 0 && verb->get_subcommands().empty();
    auto const words = no_verb ? called + " takes one of its verbs: " + merlon::join(verbs_of(*verb), ", ") : std::string(problem.what());
    return std::unexpected(merlon::error("cli.usage", words + ".").with_hint(called + " --help explains it."));
}

// As --help shows them. What adds subcommands to another's verb comes after it.
std::vector<std::pair<char const*, std::vector<void (*)(CLI::App&, Front&)>>> const verbs_by_use{
    {"What is known and what is installed", {add_demo, add_feeds, add_import, add_collect, add_agents, add_match}},
    {"What is exposed", {add_summary, add_scores, add_device_verbs, add_explain, add_support, add_baselines,
                         add_events, add_history}},
    {"What to do about it", {add_recommendations, add_remediation, add_exceptions, add_corrections, add_targets,
                             add_notifications}},
    {"Hunting and alerts", {add_hunt, add_queries, add_detections}},
    {"Without keeping anything", {add_scan, add_identify, add_version}},
    {"The API from here", {add_get, add_query, add_call}},
    {"Who may what", {add_access, add_tokens}},
    {"The server", {add_serve, add_backup, add_settings, add_scan_definitions, add_completion}}};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Merlon: a self-hosted threat and vulnerability management server.", "merlon");
    app.require_subcommand(1);
    app.set_version_flag("--version", MERLON_VERSION);
    Front front;
    app.add_option_function<std::string>(
           "--data", [&](std::string const& folder) { front.flags["data"] = folder; },
           "The data folder (default ./merlon-data; environment MERLON_DATA)")
        ->type_name("DIR");
    app.add_option("--settings", front.settings_file, "Settings file, TOML (environment MERLON_SETTINGS)")->type_name("FILE");
    app.add_option("--set", front.sets, "Any setting: NAME=VALUE (see merlon settings explain)")->type_name("NAME=VALUE");
    // Where verbs about the fleet ask (cli/ask.h): an option stands for its variable.
    for (auto const& [option, variable, kind, words] : std::initializer_list<std::array<char const*, 4>>{
             {"--server", "MERLON_SERVER", "URL", "Ask a remote server, such as https://merlon.example; verbs that work on a folder of this machine only refuse it"},
             {"--token", "MERLON_TOKEN", "TOKEN", "Personal or access token for it; other people of the machine see options, so better in the environment"},
             {"--token-file", "MERLON_TOKEN_FILE", "FILE", "Read the token from FILE"},
             {"--ca", "MERLON_CA", "FILE", "Trust the certificates of this PEM file instead of the system's"}})
        app.add_option_function<std::string>(
               option, [variable](std::string const& value) { ::setenv(variable, value.c_str(), 1); },
               std::string(words) + " (environment " + variable + ")")
            ->type_name(kind);
    app.add_flag("--quiet", front.quiet, "No progress");
    app.fallthrough();
    app.footer("Exit codes: 0 done, 1 done and the answer is no, 2 could not be done.\n"
               "To look around: merlon demo, then merlon summary, merlon serve. In earnest: merlon feeds update, merlon import FILE..., merlon serve.\n"
               "merlon VERB --help explains one.");

    for (auto const& [title, adds] : verbs_by_use) {
        auto const everything = [](CLI::App const*) { return true; };
        auto const before = app.get_subcommands(everything).size();
        for (auto const add : adds) add(app, front);
        auto const all = app.get_subcommands(everything);
        for (std::size_t i = before; i < all.size(); ++i) all[i]->group(title);
    }
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& problem) {
        if (problem.get_exit_code() == 0) return app.exit(problem);  // --help and --version
        // What is no verb stands where one is required; what else was not expected is said as it is.
        auto const rest = app.remaining(true);
        bool const unknown = !rest.empty() && (problem.get_name() == "RequiredError" || (problem.get_name() == "ExtrasError" && rest.front().starts_with('-')));
        return run(unknown ? not_known(app, rest.front()) : misused(app, problem));
    } catch (int code) {
        return code;
    }
    return done;
}
