#include "store/knowledge_rating.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "model/cvss.h"

namespace merlon::store {
namespace {

struct Scheme {
    std::string_view name, version;
    int rank;
};
constexpr std::array<Scheme, 5> schemes{{
    {"CVSS_V4", "4.0", 500}, {"CVSS_V31", "3.1", 400}, {"CVSS_V3", "3.0", 300}, {"CVSS_V2", "2.0", 200}, {"WORD", "", 100},
}};

constexpr std::string_view cisa_adp = "134c704f-9b21-4f2e-91b3-4a467353bcc0";

int rater_rank(Severity const& severity, Advisory const& advisory) {
    if (severity.source == cisa_adp || severity.source == "CISA-ADP") return 50;
    if (advisory.source == "nvd") return severity.source == "nvd@nist.gov" ? 90 : severity.primary ? 80 : 70;
    if (advisory.source == "cve5") return 70;
    if (advisory.source == "msrc" || advisory.source == "redhat") return 60;
    return 40;
}

}  // namespace

Rating best_rating(Advisory const& advisory) {
    Rating best;
    for (auto const& severity : advisory.severities)
        for (auto const& scheme : schemes) {
            if (scheme.name != severity.scheme) continue;
            bool const is_word = scheme.name == "WORD";
            if (!is_word && !severity.score) continue;
            auto const word = is_word ? severity_word_of(severity.word) : cvss_word(*severity.score, scheme.name);
            if (word.empty()) continue;
            int const rank = scheme.rank + rater_rank(severity, advisory);
            if (rank <= best.rank) continue;
            best = {rank, is_word ? std::nullopt : severity.score, severity.vector, scheme.version, word,
                    severity.source.empty() ? advisory.source : severity.source};
        }
    return best;
}

int text_rank(Advisory const& advisory) {
    constexpr std::array<std::pair<std::string_view, int>, 5> ranks{
        {{"nvd", 0}, {"cve5", 1}, {"merlon", 2}, {"msrc", 3}, {"osv", 4}}};
    int rank = 5;
    for (auto const& [source, place] : ranks)
        if (source == advisory.source) rank = place;
    return advisory.description.empty() ? rank + 10 : rank;
}

std::string_view severity_word_of(std::string_view vendor_word) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 11> words{{
        {"critical", "Critical"}, {"important", "High"}, {"high", "High"}, {"moderate", "Medium"}, {"medium", "Medium"},
        {"low", "Low"}, {"negligible", "Low"}, {"unimportant", "Low"}, {"minor", "Low"}, {"none", "None"},
        {"informational", "None"},
    }};
    auto const lower = ascii_lower(vendor_word);
    for (auto const& [from, to] : words)
        if (from == lower) return to;
    return {};
}

}  // namespace merlon::store
