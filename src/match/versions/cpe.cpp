// Ranges of NVD and CVE 5 "custom" versions: no rule is published. The order here: tokens of digits or letters, any case;
// numbers by value, a missing one is 0 (1.2 = 1.2.0); a word after a number is newer (1.0.1g > 1.0.1, 8u301 > 8,
// 9.3p2 > 9.3, 1.0 sp1 > 1.0) unless it is a word for what comes before a release. The CPE update field is appended
// to the version by the caller ("1.0.0" + "beta1").
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

// Words for what comes before the release, in the order in which they come. The same rank is the same word.
struct PreWord {
    std::string_view word;
    char rank;
};
constexpr std::array<PreWord, 24> pre_words{{{"dev", '1'}, {"devel", '1'}, {"develop", '1'}, {"snapshot", '1'},
                                             {"nightly", '1'}, {"canary", '1'}, {"alpha", '2'}, {"ea", '2'},
                                             {"eap", '2'}, {"preview", '3'}, {"pre", '3'}, {"prerelease", '3'},
                                             {"technical", '3'}, {"tp", '3'}, {"beta", '4'}, {"milestone", '5'},
                                             {"m", '5'}, {"rc", '6'}, {"cr", '6'}, {"candidate", '6'},
                                             {"releasecandidate", '6'}, {"insiders", '3'}, {"test", '1'},
                                             {"trial", '1'}}};
// Words that say nothing.
constexpr std::array<std::string_view, 11> empty_words{"v", "version", "release", "final", "ga", "build", "stable",
                                                       "general", "esr", "lts", "ltsc"};
// Words for a patch level: the number behind them counts, not how it is called.
constexpr std::array<std::string_view, 9> patch_words{"p", "patch", "pl", "update", "u", "sp", "servicepack", "hf",
                                                      "hotfix"};

char pre_rank(std::string_view word, bool number_follows) {
    if (word == "m" && !number_follows) return '\0';
    for (auto const& entry : pre_words)
        if (entry.word == word) return entry.rank;
    return '\0';
}

template <std::size_t N>
bool among(std::array<std::string_view, N> const& words, std::string_view word) {
    for (auto const w : words)
        if (w == word) return true;
    return false;
}

}  // namespace

void cpe_key(std::string& out, std::string_view version) {
    std::string folded(version);
    for (auto& c : folded) c = lower(c);
    std::string_view const text = folded;
    static constexpr std::string_view ranks = "123456";
    std::vector<PaddedToken> tokens;
    for (std::size_t at = 0; at < text.size();) {
        if (is_digit(text[at])) {
            tokens.push_back({PaddedToken::number, take_digits(text, at)});
        } else if (is_lower(text[at])) {
            std::size_t const begin = at;
            while (at < text.size() && is_lower(text[at])) ++at;
            auto const word = text.substr(begin, at - begin);
            bool const number_follows = at < text.size() && (is_digit(text[at]) ||
                                        (at + 1 < text.size() && is_digit(text[at + 1])));
            if (char const rank = pre_rank(word, number_follows))
                tokens.push_back({PaddedToken::below, ranks.substr(static_cast<std::size_t>(rank - '1'), 1)});
            else if (among(patch_words, word) && number_follows)
                tokens.push_back({PaddedToken::above, "\x01"});
            else if (!among(empty_words, word) && word != "update")
                tokens.push_back({PaddedToken::above, word});
        } else {
            ++at;
        }
    }
    put_padded(out, tokens);
}

}  // namespace merlon::match
