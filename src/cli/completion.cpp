// merlon completion bash|zsh: what the shell offers when Tab is pressed, made of the verbs and options that there are.
#include <iostream>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/front.h"

namespace merlon::cli {
namespace {

struct Place {
    std::string path;  // "merlon devices tag"
    std::vector<std::string> verbs, options;
};

std::vector<std::string> options_of(CLI::App const& app) {
    std::vector<std::string> all;
    for (auto const* one : app.get_options())
        for (auto const& name : one->get_lnames()) all.push_back("--" + name);
    return all;
}

void collect_places(CLI::App const& app, std::string const& path, std::vector<Place>& out) {
    Place place{path, {}, options_of(app)};
    auto const verbs = app.get_subcommands([](CLI::App const*) { return true; });
    for (auto const* one : verbs) place.verbs.push_back(one->get_name());
    out.push_back(std::move(place));
    for (auto const* one : verbs) collect_places(*one, path + " " + one->get_name(), out);
}

// Names of verbs and options are our own: letters and dashes, nothing that a shell would read.
std::string bash_script(CLI::App const& app) {
    std::vector<Place> places;
    collect_places(app, "merlon", places);
    auto const everywhere = join(places.front().options, " ");
    std::string known, cases;
    for (auto const& place : places) {
        if (place.path != "merlon") known += (known.empty() ? "" : "|") + ("\"" + place.path + "\"");
        cases += "    \"" + place.path + "\") verbs=\"" + join(place.verbs, " ") + "\" options=\"" + join(place.options, " ") +
                 (place.path == "merlon" ? "" : " " + everywhere) + "\" ;;\n";
    }
    return "_merlon() {\n"
           "  local current=${COMP_WORDS[COMP_CWORD]} path=merlon word verbs options\n"
           "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "    case \"$path $word\" in\n      " + known + ") path=\"$path $word\" ;;\n    esac\n  done\n"
           "  case $path in\n" + cases + "  esac\n"
           "  if [[ $current == -* ]]; then verbs=$options; fi\n"
           "  COMPREPLY=($(compgen -W \"$verbs\" -- \"$current\"))\n"
           "}\n"
           "complete -o default -F _merlon merlon\n";
}

}  // namespace

void add_completion(CLI::App& app, Front&) {
    auto shell = std::make_shared<std::string>("bash");
    auto* verb = app.add_subcommand("completion", "A script for the shell: source <(merlon completion bash)");
    verb->add_option("SHELL", *shell, "bash or zsh")->check(CLI::IsMember({"bash", "zsh"}));
    verb->callback([&app, shell] {
        std::cout << (*shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "") << bash_script(app);
        throw run(done);
    });
}

}  // namespace merlon::cli
