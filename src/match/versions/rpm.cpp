// rpm: [epoch:]version[-release], each part by rpmvercmp (rpm's lib/rpmvercmp.c): runs of digits or letters, everything
// else only separates; `~` < end < `^` < letters < digits; a missing epoch is 0; without a release a version sorts
// before the same one with a release.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {

void rpmvercmp_key(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        char const c = text[at];
        if (c == '~' || c == '^') {
            put(out, c == '~' ? 1 : 3);
            ++at;
        } else if (is_digit(c)) {
            put(out, 5);
            put_number(out, take_digits(text, at));
        } else if (is_letter(c)) {
            std::size_t const begin = at;
            while (at < text.size() && is_letter(text[at])) ++at;
            put(out, 4);
            put_text(out, text.substr(begin, at - begin));
        } else {
            ++at;
        }
    }
    put(out, 2);
}

void rpm_key(std::string& out, std::string_view version) {
    std::string_view epoch = "0";
    if (auto const colon = version.find(':'); colon != std::string_view::npos) {
        if (colon > 0) epoch = version.substr(0, colon);
        version.remove_prefix(colon + 1);
    }
    auto const hyphen = version.rfind('-');
    rpmvercmp_key(out, epoch);
    rpmvercmp_key(out, version.substr(0, hyphen));
    if (hyphen == std::string_view::npos) {
        put(out, 1);
    } else {
        put(out, 2);
        rpmvercmp_key(out, version.substr(hyphen + 1));
    }
}

}  // namespace merlon::match
