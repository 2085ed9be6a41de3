// Alpine: number{.number}[letter]{_suffix[number]}[~hash][-rN], apk-tools src/version.c. When one version ends where
// the other goes on, the longer is newer unless it goes on with a pre-release suffix. What apk calls invalid sorts
// just below the valid text before it. Gentoo (PMS 3.3) is the same with -r0 for a missing revision.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

// What comes next, in order: a pre-release suffix is below the end, everything else above it.
enum : unsigned {
    before_end_suffix = 1,
    invalid = 2,
    end = 3,
    revision = 4,
    commit_hash = 5,
    suffix_number = 6,
    after_end_suffix = 7,
    letter = 8,
    digits_as_text = 9,  // a later component with a leading zero is compared as text, below any other number
    digits = 10,
};

struct Suffix {
    std::string_view name;
    bool before;
};
constexpr std::array<Suffix, 9> suffixes{{{"alpha", true},
                                          {"beta", true},
                                          {"pre", true},
                                          {"rc", true},
                                          {"cvs", false},
                                          {"svn", false},
                                          {"git", false},
                                          {"hg", false},
                                          {"p", false}}};

// Writes one suffix; false when its name is unknown.
bool put_suffix(std::string& out, std::string_view version, std::size_t& at) {
    std::size_t const begin = at;
    while (at < version.size() && is_lower(version[at])) ++at;
    auto const name = version.substr(begin, at - begin);
    for (std::size_t i = 0; i < suffixes.size(); ++i) {
        if (suffixes[i].name != name) continue;
        put(out, suffixes[i].before ? before_end_suffix : after_end_suffix);
        put(out, static_cast<unsigned>(i));
        if (at < version.size() && is_digit(version[at])) {
            put(out, suffix_number);
            put_number(out, take_digits(version, at));
        }
        return true;
    }
    return false;
}

void put_components(std::string& out, std::string_view version, std::size_t& at) {
    for (bool first = true; at < version.size() && is_digit(version[at]); first = false) {
        auto const number = take_digits(version, at);
        bool const as_text = !first && number.front() == '0';
        put(out, as_text ? digits_as_text : digits);
        if (as_text) put_text(out, number);
        else put_number(out, number);
        while (at < version.size() && version[at] == '.') ++at;
    }
}

void put_version(std::string& out, std::string_view version, bool missing_revision_is_zero) {
    std::size_t at = 0;
    put_components(out, version, at);
    if (at < version.size() && is_lower(version[at])) {
        put(out, letter);
        put(out, static_cast<unsigned char>(version[at++]));
        put_components(out, version, at);
    }
    while (at < version.size() && version[at] == '_') {
        if (!put_suffix(out, version, ++at)) {
            put(out, invalid);
            return;
        }
    }
    if (at < version.size() && version[at] == '~') {
        std::size_t const begin = ++at;
        while (at < version.size() && (is_digit(version[at]) || (version[at] >= 'a' && version[at] <= 'f'))) ++at;
        put(out, commit_hash);
        put_text(out, version.substr(begin, at - begin));
    }
    bool revised = false;
    if (at + 2 < version.size() && version[at] == '-' && version[at + 1] == 'r' && is_digit(version[at + 2])) {
        at += 2;
        put(out, revision);
        put_number(out, take_digits(version, at));
        revised = true;
    }
    if (!revised && missing_revision_is_zero) {
        put(out, revision);
        put_number(out, "0");
    }
    put(out, at < version.size() ? invalid : end);
}

}  // namespace

void apk_key(std::string& out, std::string_view version) { put_version(out, version, false); }
void gentoo_key(std::string& out, std::string_view version) { put_version(out, version, true); }

}  // namespace merlon::match
