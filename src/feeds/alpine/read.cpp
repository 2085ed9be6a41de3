#include "feeds/alpine/read.h"

#include <map>

#include "feeds/record_parser.h"
#include "feeds/words.h"

namespace merlon::feeds {

Status read_alpine_secdb(Source const& source, Intake& intake) {
    auto const whole = TRY(whole_document(source));
    auto const root = whole.document.root();
    auto const release = std::string(json::text(root, "distroversion"));
    auto const place = "@" + release + "/" + std::string(json::text(root, "reponame"));
    if (release.empty()) return fail("feeds.wrong_shape", source.name, "it has no distroversion");
    std::map<std::string, Advisory> advisories;
    for (auto const entry : json::array(root, "packages")) {
        auto const package = json::member(entry, "pkg");
        auto const name = package ? json::text(*package, "name") : std::string_view{};
        auto const fixes = package ? json::member(*package, "secfixes") : std::nullopt;
        simdjson::dom::object versions;
        if (name.empty() || !fixes || fixes->get(versions) != simdjson::SUCCESS) {
            intake.reject(name.empty() ? "a package" : name, "it has no name or no secfixes");
            continue;
        }
        for (auto const [version, flaws] : versions)
            for (auto const flaw : json::array(flaws))
                for (auto const& cve : cve_ids_in(json::text(flaw))) {
                    auto& advisory = advisories[cve];
                    advisory.id = "ALPINE-" + cve + place;
                    advisory.source = "alpine";
                    advisory.cves = {cve};
                    Affected affected{.subject = PackageName{"Alpine:" + release, std::string(name)}};
                    if (version == "0") {
                        affected.state = FixState::not_affected;
                    } else {
                        affected.state = FixState::fixed;
                        affected.fixed_version = version;
                        affected.ranges.push_back({.scheme = "apk", .to = std::string(version)});
                    }
                    advisory.affected.push_back(std::move(affected));
                }
    }
    for (auto& [cve, advisory] : advisories) TRY(intake.keep(std::move(advisory)));
    return {};
}

}  // namespace merlon::feeds
