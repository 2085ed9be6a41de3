#include "match/modules.h"

#include <algorithm>
#include <vector>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"
#include "match/versions/versions.h"

namespace merlon::match {
namespace {

// Name patterns are plain names, or beginnings that end in '*'.
struct StreamRules {
    std::vector<std::string> rolling, by_two_parts;
};

StreamRules read_rules() {
    StreamRules rules;
    for (auto const& file : embedded_under("rules/modules")) {
        auto const document = json::Document::parse(file.bytes, std::string(file.path));
        if (!document) continue;  // a test reads it and tells
        for (auto const& [member, list] : {std::pair{"rolling", &rules.rolling}, {"by_two_parts", &rules.by_two_parts}})
            for (auto const entry : json::array(document->root(), member)) list->emplace_back(json::text(entry));
    }
    return rules;
}

bool lists(std::vector<std::string> const& patterns, std::string_view name) {
    return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
        if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
        return name == pattern;
    });
}

bool of_module(std::string_view version) {
    return version.find(".module+") != std::string_view::npos || version.find(".module_") != std::string_view::npos;
}

// "1:14.20.0-2.module+el8" with one part -> "14".
std::string beginning(std::string_view version, int parts) {
    if (auto const colon = version.find(':'); colon != std::string_view::npos) version.remove_prefix(colon + 1);
    version = version.substr(0, version.find('-'));
    std::size_t end = 0;
    for (int i = 0; i < parts && end != std::string_view::npos; ++i) end = version.find('.', i == 0 ? 0 : end + 1);
    return std::string(version.substr(0, end));
}

std::string_view bound_of(Affected const& affected) {
    if (!affected.fixed_version.empty()) return affected.fixed_version;
    return affected.ranges.empty() ? std::string_view{} : std::string_view(affected.ranges.front().to);
}

// What the release of a modular build says of its making: "el8.6.0" and 15956 of ".module+el8.6.0+15956+aa803fc1".
struct Build {
    std::string platform;
    std::int64_t number = 0;  // counts up with each build of any module; 0: not said
};
Build build_of(std::string_view version) {
    auto const at = version.find(".module");
    if (at == std::string_view::npos || version.size() < at + 8) return {};
    auto const parts = split(version.substr(at + 8), '+');
    if (parts.size() < 2) return {};
    return {std::string(parts[0]), to_int(parts[1]).value_or(0)};
}

// A package that was made after the one with the fix, for the same or a later minor release, and yet has the lower version: of
// one stream that cannot be, for there each build has a higher version than the one before. (The minor release counts, since one
// with extended support is rebuilt long after the next one began.)
bool built_later_and_lower(std::string_view installed, std::string_view bound) {
    auto const mine = build_of(installed), its = build_of(bound);
    if (mine.number == 0 || its.number == 0 || mine.number <= its.number) return false;
    return compare(Scheme::rpm, mine.platform, its.platform) >= 0 && compare(Scheme::rpm, installed, bound) < 0;
}

}  // namespace

ModuleStreams::ModuleStreams(SoftwareItem const& item, std::span<store::StoredStatement const* const> statements) {
    if (item.source != "rpm") return;
    static StreamRules const rules = read_rules();
    installed_ = item.version;
    modular_ = of_module(installed_);
    auto const colon = item.edition.find(':');
    if (colon != std::string::npos) label_ = item.edition.substr(0, item.edition.find(':', colon + 1));
    modular_ = modular_ || !label_.empty();
    rolling_ = lists(rules.rolling, item.name);
    parts_ = lists(rules.by_two_parts, item.name) ? 2 : 1;
    if (!modular_ || rolling_) return;
    auto const mine = beginning(installed_, parts_);
    for (auto const* statement : statements) {
        auto const bound = bound_of(statement->affected);
        if (of_module(bound) && beginning(bound, parts_) == mine) stream_named_ = true;
    }
}

bool ModuleStreams::another(store::StoredStatement const& statement) const {
    if (installed_.empty() || !statement.subject.starts_with("pkg:")) return false;
    auto const& affected = statement.affected;
    if (!label_.empty() && !affected.modules.empty())
        return std::none_of(affected.modules.begin(), affected.modules.end(), [&](std::string const& module) {
            return module == label_ || module.starts_with(label_ + ":");
        });
    auto const bound = bound_of(affected);
    bool const about_module = of_module(bound) || !affected.modules.empty();
    if (about_module != modular_) return about_module;
    if (!about_module || rolling_ || bound.empty()) return false;
    if (built_later_and_lower(installed_, bound)) return true;
    return stream_named_ && beginning(bound, parts_) != beginning(installed_, parts_);
}

}  // namespace merlon::match
