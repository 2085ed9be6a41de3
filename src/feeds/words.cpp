#include "feeds/words.h"

#include <algorithm>

#include "base/text.h"
#include "model/cvss.h"

namespace merlon::feeds {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Length of the CVE id at the beginning of the text, 0 when there is none.
std::size_t cve_length(std::string_view text) {
    if (text.size() < 13 || !equal_ignoring_ascii_case(text.substr(0, 4), "CVE-")) return 0;
    for (std::size_t i = 4; i < 8; ++i)
        if (!is_digit(text[i])) return 0;
    if (text[8] != '-') return 0;
    std::size_t end = 9;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - 9 >= 4 && end - 9 <= 19 ? end : 0;
}

}  // namespace

Ticks time_of(std::string_view iso) { return iso.empty() ? 0 : parse_iso_time(iso).value_or(0); }

bool is_cve_id(std::string_view text) {
    return text.starts_with("CVE-") && cve_length(text) == text.size();
}

std::vector<std::string> cve_ids_in(std::string_view text) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i + 13 <= text.size(); ++i) {
        if ((text[i] != 'C' && text[i] != 'c') || (i > 0 && std::isalnum(static_cast<unsigned char>(text[i - 1]))))
            continue;
        auto const length = cve_length(text.substr(i));
        if (length == 0) continue;
        add_once(ids, ascii_upper(text.substr(i, length)));
        i += length - 1;
    }
    return ids;
}

std::string ascii_upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

void add_once(std::vector<std::string>& list, std::string_view text) {
    if (!text.empty() && std::ranges::find(list, text) == list.end()) list.emplace_back(text);
}

void add_cwe(std::vector<std::string>& list, std::string_view text) {
    if (!text.starts_with("CWE-") || text.size() > 12) return;
    if (!std::ranges::all_of(text.substr(4), is_digit) || text.size() == 4) return;
    add_once(list, text);
}

std::string tag_of(std::string_view text) {
    auto tag = ascii_lower(text.substr(0, 64));
    for (auto& c : tag)
        if (c == ' ' || c == '_' || c == '/') c = '-';
    return tag;
}

void add_reference(std::vector<Reference>& list, std::string_view url, std::vector<std::string> tags) {
    if (url.empty()) return;
    auto const known = std::ranges::find(list, url, &Reference::url);
    if (known == list.end()) {
        list.push_back({std::string(url), std::move(tags)});
        return;
    }
    for (auto const& tag : tags) add_once(known->tags, tag);
}

std::optional<Severity> rating_of(std::string_view vector, std::optional<double> score, std::string_view source,
                                  bool primary) {
    auto const computed = cvss_base_score(vector);
    if (!computed) return {};
    Severity severity{.scheme = computed->scheme, .vector = std::string(vector)};
    severity.score = score ? *score : computed->base;
    severity.word = cvss_word(*severity.score, severity.scheme);
    severity.source = source;
    severity.primary = primary;
    return severity;
}

std::string cpe_word(std::string_view name) {
    std::string word;
    for (char const c : ascii_lower(trim(name))) {
        if (c == ' ' || c == '\t' || c == '\n') {
            if (!word.ends_with('_')) word += '_';
        } else if (c != '"' && c != '*' && c != '\\') {
            word += c;
        }
    }
    return word;
}

}  // namespace merlon::feeds
