#include "match/corrections.h"

#include <algorithm>

#include "base/embedded.h"
#include "base/json_read.h"

namespace merlon::match {
namespace {

Result<Correction> correction_of(json::Value value, std::string const& file) {
    Correction made;
    made.file = file;
    made.id = json::text(value, "id");
    made.reason = json::text(value, "reason");
    made.link = json::text(value, "link");
    made.cves = json::texts(value, "cves");
    made.subjects = json::texts(value, "subjects");
    made.sources = json::texts(value, "sources");
    made.platforms = json::texts(value, "platforms");
    made.not_affected = json::text(value, "says") == "not_affected";
    for (auto const entry : json::array(value, "ranges")) {
        VersionRange range;
        range.scheme = json::text(entry, "scheme");
        range.from = json::text(entry, "from");
        range.to = json::text(entry, "to");
        range.to_inclusive = json::boolean(entry, "to_inclusive").value_or(false);
        made.ranges.push_back(std::move(range));
    }
    for (auto const entry : json::array(value, "cases"))
        made.cases.push_back({std::string(json::text(entry, "subject")), std::string(json::text(entry, "version")),
                              std::string(json::text(entry, "platform")),
                              json::boolean(entry, "affected").value_or(false)});
    auto const wrong = [&](std::string_view what) {
        return std::unexpected(error("match.bad_correction", file, made.id, std::string(what)));
    };
    if (made.id.empty()) return wrong("it has no id");
    if (made.cves.empty()) return wrong("it names no CVE");
    if (made.link.empty() || made.reason.empty()) return wrong("it gives no reason with a link to its source");
    if (!made.not_affected && made.ranges.empty()) return wrong("it neither says not_affected nor gives ranges");
    if (made.cases.empty()) return wrong("it has no case");
    return made;
}

bool lists(std::vector<std::string> const& list, std::string_view text) {
    return list.empty() || std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Result<Corrections> Corrections::parse(std::span<std::pair<std::string, std::string_view> const> files) {
    Corrections made;
    for (auto const& [file, bytes] : files) {
        auto const document = TRY(json::Document::parse(bytes, file));
        for (auto const entry : json::array(document.root(), "corrections"))
            made.all_.push_back(TRY(correction_of(entry, file)));
    }
    for (std::size_t i = 0; i < made.all_.size(); ++i)
        for (auto const& cve : made.all_[i].cves) made.by_cve_[cve].push_back(i);
    return made;
}

Result<Corrections> Corrections::embedded() {
    std::vector<std::pair<std::string, std::string_view>> files;
    for (auto const& file : embedded_under("rules/corrections/")) files.emplace_back(std::string(file.path), file.bytes);
    return parse(files);
}

Correction const* Corrections::find(std::string_view cve, std::string_view subject, std::string_view source,
                                    std::string_view platform) const {
    auto const found = by_cve_.find(cve);
    if (found == by_cve_.end()) return nullptr;
    for (auto const index : found->second) {
        auto const& correction = all_[index];
        if (lists(correction.subjects, subject) && lists(correction.sources, source) &&
            lists(correction.platforms, platform))
            return &correction;
    }
    return nullptr;
}

}  // namespace merlon::match
