// "This is wrong", as data; what people of the house add is match/local_corrections.h: rules/corrections/*.json. Each file is
//   {"about": "...", "corrections": [{
//      "id": "python-mkdtemp-windows",
//      "cves": ["CVE-2024-4030"],
//      "subjects": ["a:python:python"],   where the statement is wrong; empty: everywhere
//      "sources": ["nvd"],                whose statement; empty: anybody's
//      "platforms": ["macos", "linux"],   where it does not apply; empty: everywhere
//      "says": "not_affected",            or "affected" together with ranges
//      "ranges": [{"scheme": "cpe", "from": "3.0", "to": "3.9.19"}],   the right ranges instead
//      "reason": "...", "link": "https://...",
//      "cases": [{"subject": "a:python:python", "version": "3.9.6", "platform": "macos", "affected": false}]}]}
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "model/knowledge.h"

namespace merlon::match {

struct Correction {
    std::string id, file, reason, link;
    std::vector<std::string> cves, subjects, sources, platforms;
    bool not_affected = false;
    std::vector<VersionRange> ranges;
    struct Case {
        std::string subject, version, platform;
        bool affected = false;
    };
    std::vector<Case> cases;
};

class Corrections {
public:
    static Result<Corrections> embedded();
    static Result<Corrections> parse(std::span<std::pair<std::string, std::string_view> const> files);
    // The correction of this statement, or null.
    Correction const* find(std::string_view cve, std::string_view subject, std::string_view source,
                           std::string_view platform) const;
    std::vector<Correction> const& all() const { return all_; }

private:
    std::vector<Correction> all_;
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_map<std::string, std::vector<std::size_t>, Hash, std::equal_to<>> by_cve_;
};

}  // namespace merlon::match
