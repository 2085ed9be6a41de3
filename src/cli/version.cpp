#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>

#include "cli/front.h"
#include "base/text.h"
#include "match/versions/versions.h"

namespace merlon::cli {
namespace {

struct Options {
    std::string scheme, a, b, batch;
};

Result<int> compare(Options const& options) {
    if (!options.batch.empty()) {
        std::size_t unread = 0;
        if (options.batch == "-") {
            unread = match::compare_batch(std::cin, std::cout);
        } else {
            std::ifstream file(options.batch);
            if (!file) return fail("file.missing", options.batch);
            unread = match::compare_batch(file, std::cout);
        }
        return unread == 0 ? done : answer_is_no;
    }
    if (options.scheme.empty() || options.a.empty() || options.b.empty())
        return fail("cli.usage", "merlon version compare takes SCHEME A B, or --batch FILE.");
    auto const order = match::compare(options.scheme, options.a, options.b);
    if (!order) {
        auto names = match::scheme_names();
        return std::unexpected(error("cli.usage", "There is no version scheme «" + options.scheme + "».")
                                   .with_hint("Known schemes: " + join(names, ", ") + ", and the names of OSV ecosystems."));
    }
    std::cout << (*order < 0 ? "<" : *order > 0 ? ">" : "=") << "\n";
    return done;
}

}  // namespace

void add_version(CLI::App& app, Front&) {
    auto* version = app.add_subcommand("version", "Compare versions as a packaging system does");
    version->require_subcommand(1);
    auto* verb = version->add_subcommand("compare", "Print <, = or >: how A stands to B in the order of SCHEME");
    auto options = std::make_shared<Options>();
    verb->add_option("scheme", options->scheme, "dpkg, rpm, apk, semver, pep440, maven, ... or an OSV ecosystem");
    verb->add_option("a", options->a, "First version");
    verb->add_option("b", options->b, "Second version");
    verb->add_option("--batch", options->batch, "Read lines SCHEME<TAB>A<TAB>B from FILE (- for standard input)")
        ->type_name("FILE");
    verb->callback([options] { throw run(compare(*options)); });
}

}  // namespace merlon::cli
