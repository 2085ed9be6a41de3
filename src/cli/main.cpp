#include <cstdlib>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/baselines.h"
#include "cli/completion.h"
#include "cli/corrections.h"
#include "cli/devices.h"
#include "cli/front.h"
#include "cli/support.h"

namespace {

// What was written is no verb or no option of the verb before it: says so, and which one is near.
std::unexpected<merlon::Error> not_known(CLI::App const& app, std::string const& written) {
    CLI::App const* verb = &app;
    std::string called = "merlon";
    while (!verb->get_subcommands().empty()) {
        verb = verb->get_subcommands().front();
        called += " " + verb->get_name();
    }
    bool const option = written.starts_with('-');
    std::vector<std::string> known;
    if (option)
        for (auto const* one : verb->get_options())
            for (auto const& name : one->get_lnames()) known.push_back("--" + name);
    else
        for (auto const* one : verb->get_subcommands([](CLI::App const*) { return true; })) known.push_back(one->get_name());
    auto wrong = option ? merlon::error("cli.unknown_option", written, called) : merlon::error("cli.unknown_verb", written);
    wrong.hint = called + " --help lists " + (option ? "the options." : "the verbs.");
    if (auto const near = merlon::nearest(written, known)) wrong.hint = "Did you mean " + (option ? *near : called + " " + *near) + "? " + wrong.hint;
    return std::unexpected(std::move(wrong));
}

}  // namespace

int main(int argc, char** argv) {
    using namespace merlon::cli;
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
               "Start with: merlon feeds load FILE..., merlon import FILE..., merlon hunt 'KQL', merlon serve.");

    add_feeds(app, front);
    add_import(app, front);
    add_collect(app, front);
    add_demo(app, front);
    add_match(app, front);
    add_scan(app, front);
    add_hunt(app, front);
    add_queries(app, front);
    add_explain(app, front);
    add_corrections(app, front);
    add_identify(app, front);
    add_summary(app, front);
    add_recommendations(app, front);
    add_scores(app, front);
    add_exceptions(app, front);
    add_baselines(app, front);
    add_remediation(app, front);
    add_targets(app, front);
    add_notifications(app, front);
    add_device_verbs(app, front);
    add_detections(app, front);
    add_events(app, front);
    add_support(app, front);
    add_history(app, front);
    add_scan_definitions(app, front);
    add_get(app, front);
    add_query(app, front);
    add_call(app, front);
    add_agents(app, front);
    add_serve(app, front);
    add_backup(app, front);
    add_version(app, front);
    add_settings(app, front);
    add_access(app, front);
    add_tokens(app, front);
    add_completion(app);
    try {
        app.parse(argc, argv);
    } catch (CLI::RequiredError const& problem) {
        auto const rest = app.remaining(true);
        if (rest.empty()) return app.exit(problem) == 0 ? done : could_not;
        return run(not_known(app, rest.front()));
    } catch (CLI::ExtrasError const& problem) {
        auto const rest = app.remaining(true);
        if (rest.empty() || !rest.front().starts_with('-')) return app.exit(problem) == 0 ? done : could_not;
        return run(not_known(app, rest.front()));
    } catch (CLI::ParseError const& problem) {
        // --help and --version leave here with 0; wrong usage with 2.
        return app.exit(problem) == 0 ? done : could_not;
    } catch (int code) {
        return code;
    }
    return done;
}
