// Orders that are hardly more than their numbers or bytes: CRAN and Hackage (more numbers is newer), integers with
// dots (a missing one is 0), bytes, ISO dates.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {

// R's package_version: numbers split by '.' or '-', compared one by one, the longer is newer. Hackage: the same.
void cran_key(std::string& out, std::string_view version) {
    for (std::size_t at = 0; at < version.size();) {
        if (is_digit(version[at])) {
            put(out, 2);
            put_number(out, take_digits(version, at));
        } else if (is_letter(version[at])) {
            std::size_t const begin = at;
            while (at < version.size() && is_letter(version[at])) ++at;
            put(out, 1);
            put_text(out, version.substr(begin, at - begin));
        } else {
            ++at;
        }
    }
    put(out, 0);
}

void intdot_key(std::string& out, std::string_view version) {
    std::vector<PaddedToken> tokens;
    for (std::size_t at = 0; at < version.size();) {
        if (is_digit(version[at])) tokens.push_back({PaddedToken::number, take_digits(version, at)});
        else if (version[at] == '.' || at == 0) ++at;
        else break;  // "1.2.3-pre": only the numbers count
    }
    put_padded(out, tokens);
}

void lexicographic_key(std::string& out, std::string_view version) { out += version; }

// Digits of an ISO date and time; a zone is not looked at.
void datetime_key(std::string& out, std::string_view version) {
    for (char const c : version)
        if (is_digit(c)) out += c;
    put(out, 0);
}

}  // namespace merlon::match
