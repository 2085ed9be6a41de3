// Windows file and product versions: up to four numbers, a missing one is 0; text behind them is not part of it.
// Windows itself: 10.0.BUILD.UBR. Builds of one servicing branch share their update numbers (UBR): 19041 to 19045,
// 22621 and 22631, 26100 and 26200 get the same updates, and Microsoft's advisories name the fixed build in any of
// them (MSRC-API issue 131). So siblings are ordered by UBR alone.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

struct Branch {
    std::string_view from, to;  // builds, inclusive
};
constexpr std::array<Branch, 4> branches{{{"18362", "18363"}, {"19041", "19045"}, {"22621", "22631"},
                                          {"26100", "26200"}}};

std::vector<PaddedToken> numbers_of(std::string_view version) {
    std::vector<PaddedToken> tokens;
    std::size_t at = 0;
    while (at < version.size() && !is_digit(version[at])) ++at;
    while (at < version.size() && is_digit(version[at])) {
        tokens.push_back({PaddedToken::number, take_digits(version, at)});
        if (at + 1 < version.size() && (version[at] == '.' || version[at] == ',') ) ++at;
        while (at < version.size() && version[at] == ' ' && at + 1 < version.size() && is_digit(version[at + 1])) ++at;
    }
    return tokens;
}

}  // namespace

void windows_key(std::string& out, std::string_view version) { put_padded(out, numbers_of(version)); }

void windows_build_key(std::string& out, std::string_view version) {
    auto tokens = numbers_of(version);
    // "22631.3155" without the leading 10.0.
    if (!tokens.empty() && tokens.size() <= 2 && compare_digits(tokens[0].text, "10000") >= 0)
        tokens.insert(tokens.begin(), {{PaddedToken::number, "10"}, {PaddedToken::number, "0"}});
    if (tokens.size() >= 3) {
        for (auto const& branch : branches)
            if (compare_digits(tokens[2].text, branch.from) >= 0 && compare_digits(tokens[2].text, branch.to) <= 0)
                tokens[2].text = branch.from;
    }
    put_padded(out, tokens);
}

}  // namespace merlon::match
