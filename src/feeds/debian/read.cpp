#include "feeds/debian/read.h"

#include <map>

#include "feeds/record_parser.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

std::string ecosystem_of(std::string_view codename) {
    struct Release {
        std::string_view codename, number;
    };
    constexpr Release releases[] = {{"wheezy", "7"},    {"jessie", "8"},    {"stretch", "9"}, {"buster", "10"},
                                    {"bullseye", "11"}, {"bookworm", "12"}, {"trixie", "13"}, {"forky", "14"},
                                    {"duke", "15"},     {"sid", "unstable"}};
    for (auto const& release : releases)
        if (release.codename == codename) return "Debian:" + std::string(release.number);
    return {};
}

Affected affected_of(std::string const& ecosystem, std::string_view package, json::Value release) {
    Affected affected{.subject = PackageName{ecosystem, std::string(package)}};
    affected.urgency = json::text(release, "urgency");
    affected.note = json::text(release, "nodsa");
    auto const status = json::text(release, "status");
    auto const fixed = json::text(release, "fixed_version");
    auto const reason = json::text(release, "nodsa_reason");
    if (status == "resolved" && fixed == "0") {
        affected.state = FixState::not_affected;
        return affected;
    }
    VersionRange range{.scheme = "dpkg"};
    if (status == "resolved") {
        range.to = affected.fixed_version = fixed;
        affected.state = FixState::fixed;
    } else if (status == "undetermined") affected.state = FixState::under_investigation;
    else if (reason == "ignored" || affected.urgency == "end-of-life") affected.state = FixState::will_not_fix;
    else if (reason == "postponed") affected.state = FixState::deferred;
    else affected.state = FixState::affected;
    affected.ranges.push_back(std::move(range));
    return affected;
}

}  // namespace

Status read_debian_tracker(Source const& source, Intake& intake) {
    auto const whole = TRY(whole_document(source));
    simdjson::dom::object packages;
    if (whole.document.root().get(packages) != simdjson::SUCCESS)
        return fail("feeds.wrong_shape", source.name, "it is no object of source packages");
    std::map<std::string, Advisory, std::less<>> advisories;  // one flaw concerns several packages
    for (auto const [package, flaws] : packages) {
        simdjson::dom::object entries;
        if (flaws.get(entries) != simdjson::SUCCESS) {
            intake.reject(package, "it is no object of flaws");
            continue;
        }
        for (auto const [id, flaw] : entries) {
            simdjson::dom::object releases;
            auto const member = json::member(flaw, "releases");
            if (!member || member->get(releases) != simdjson::SUCCESS) {
                intake.reject(std::string(package) + " " + std::string(id), "it has no releases");
                continue;
            }
            auto& advisory = advisories[std::string(id)];
            advisory.id = is_cve_id(id) ? "DEBIAN-" + std::string(id) : std::string(id);
            advisory.source = "debian";
            if (is_cve_id(id)) advisory.cves = {std::string(id)};
            if (advisory.description.empty()) advisory.description = json::text(flaw, "description");
            for (auto const [codename, release] : releases)
                if (auto const ecosystem = ecosystem_of(codename); !ecosystem.empty())
                    advisory.affected.push_back(affected_of(ecosystem, package, release));
        }
    }
    for (auto& [id, advisory] : advisories) TRY(intake.keep(std::move(advisory)));
    return {};
}

}  // namespace merlon::feeds
