// RubyGems: Gem::Version. Segments of digits or letters; "-" reads ".pre."; a missing segment is 0, a letter segment is
// below any number; zeros before the first letter segment and at the end fall away.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {

void gem_key(std::string& out, std::string_view version) {
    std::vector<PaddedToken> tokens;
    bool lettered = false;
    auto const add = [&](PaddedToken token) {
        if (token.kind == PaddedToken::below && !lettered) {
            while (!tokens.empty() && tokens.back().text.find_first_not_of('0') == std::string_view::npos)
                tokens.pop_back();
            lettered = true;
        }
        tokens.push_back(token);
    };
    for (std::size_t at = 0; at < version.size();) {
        if (is_digit(version[at])) {
            add({PaddedToken::number, take_digits(version, at)});
        } else if (is_letter(version[at])) {
            std::size_t const begin = at;
            while (at < version.size() && is_letter(version[at])) ++at;
            add({PaddedToken::below, version.substr(begin, at - begin)});
        } else {
            if (version[at] == '-') add({PaddedToken::below, "pre"});
            ++at;
        }
    }
    put_padded(out, tokens);
}

}  // namespace merlon::match
