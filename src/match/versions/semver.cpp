// Semantic Versioning 2.0.0 section 11 and its relatives. Numbers, then a pre-release of dot-separated identifiers
// (numbers by value below text by ASCII, fewer is lower), any pre-release below the release, build metadata ignored.
// Lenient as OSV is: leading "v", missing numbers are 0, more than three numbers, a pre-release without hyphen.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

enum class Metadata { ignored, counts };

void put_identifiers(std::string& out, std::string_view text, bool fold_case) {
    for (std::size_t at = 0; at <= text.size();) {
        auto const dot = text.find('.', at);
        auto const part = text.substr(at, dot == std::string_view::npos ? dot : dot - at);
        if (!part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos) {
            put(out, 1);
            put_number(out, part);
        } else {
            put(out, 2);
            if (fold_case) {
                std::string folded(part);
                for (auto& c : folded) c = lower(c);
                put_text(out, folded);
            } else {
                put_text(out, part);
            }
        }
        if (dot == std::string_view::npos) break;
        at = dot + 1;
    }
    put(out, 0);
}

void put_semver(std::string& out, std::string_view version, bool fold_case, Metadata metadata) {
    while (!version.empty() && (version.front() == ' ' || version.front() == '=')) version.remove_prefix(1);
    if (!version.empty() && (version.front() == 'v' || version.front() == 'V')) version.remove_prefix(1);
    std::string_view build;
    if (auto const plus = version.find('+'); plus != std::string_view::npos) {
        build = version.substr(plus + 1);
        version = version.substr(0, plus);
    }
    std::array<std::string_view, 16> numbers;
    std::size_t count = 0;
    std::size_t at = 0;
    while (at < version.size() && is_digit(version[at]) && count < numbers.size()) {
        numbers[count++] = take_digits(version, at);
        if (at + 1 < version.size() && version[at] == '.' && is_digit(version[at + 1])) ++at;
        else break;
    }
    while (count > 0 && numbers[count - 1].find_first_not_of('0') == std::string_view::npos) --count;
    for (std::size_t i = 0; i < count; ++i) {
        put(out, 16);
        put_number(out, numbers[i]);
    }
    put(out, 5);
    auto pre_release = version.substr(at);
    if (!pre_release.empty() && (pre_release.front() == '-' || pre_release.front() == '.')) pre_release.remove_prefix(1);
    if (pre_release.empty()) put(out, 255);
    else put_identifiers(out, pre_release, fold_case);
    if (metadata == Metadata::counts) {
        put(out, build.empty() ? 0 : 1);
        if (!build.empty()) put_identifiers(out, build, fold_case);
    }
}

}  // namespace

void semver_key(std::string& out, std::string_view version) { put_semver(out, version, false, Metadata::ignored); }
// pub_semver: "build metadata is compared as well, a version without is lower".
void pub_key(std::string& out, std::string_view version) { put_semver(out, version, false, Metadata::counts); }
// NuGet: four numbers, pre-release labels without regard to case.
void nuget_key(std::string& out, std::string_view version) { put_semver(out, version, true, Metadata::ignored); }

// Go: module versions are semver with "v"; the tool chain is named go1.21rc2, which is 1.21.0-rc.2.
void golang_key(std::string& out, std::string_view version) {
    bool const tool_chain = version.starts_with("go") && version.size() > 2 && is_digit(version[2]);
    if (tool_chain) version.remove_prefix(2);
    std::size_t at = 0;
    while (at < version.size() && (is_digit(version[at]) || version[at] == '.')) ++at;
    if (at > 0 && at < version.size() && is_lower(version[at])) {
        std::size_t word_end = at;
        while (word_end < version.size() && is_lower(version[word_end])) ++word_end;
        std::string spelled(version.substr(0, at));
        spelled += '-';
        spelled += version.substr(at, word_end - at);
        if (word_end < version.size()) spelled += '.';
        spelled += version.substr(word_end);
        semver_key(out, spelled);
        return;
    }
    semver_key(out, version.substr(0, version.find(' ')));
}

}  // namespace merlon::match
