// Maven, "POM Reference: version order specification": tokens split at '.', '-', '_' and between digits and letters
// (which counts as '-'); trailing null values (0, "", final, ga, release) trimmed before the end and before each
// hyphen; qualifiers alpha < beta < milestone < rc = cr < snapshot < "" < sp < any other text; for different kinds
// .qualifier = -qualifier < -number < .number; the shorter list is padded with nulls. This is no total order
// (1.sp < 1-alpha < 1 < 1.sp), hence a comparison and no key.
#include <vector>

#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

struct Token {
    char prefix = '-';
    bool number = false;
    std::string text;
};

constexpr int unknown_qualifier = 7;

int rank_of(std::string_view qualifier) {
    static constexpr std::array<std::string_view, 7> order{"alpha", "beta", "milestone", "rc", "snapshot", "", "sp"};
    for (std::size_t i = 0; i < order.size(); ++i)
        if (order[i] == qualifier) return static_cast<int>(i);
    return unknown_qualifier;
}

bool is_null(Token const& token) {
    return token.number ? token.text.find_first_not_of('0') == std::string::npos : token.text.empty();
}

// Spellings of one qualifier; single letters mean one only directly before a number.
std::string qualifier_of(std::string_view text, bool number_follows) {
    if (number_follows) {
        if (text == "a") return "alpha";
        if (text == "b") return "beta";
        if (text == "m") return "milestone";
    }
    if (text == "cr") return "rc";
    if (text == "ga" || text == "final" || text == "release") return "";
    return std::string(text);
}

std::vector<Token> tokens_of(std::string_view version) {
    std::string folded(version);
    for (auto& c : folded) c = lower(c);
    std::string_view const text = folded;
    std::vector<Token> tokens;
    char prefix = '-';
    for (std::size_t at = 0; at <= text.size();) {
        std::size_t end = at;
        bool const digits = at < text.size() && is_digit(text[at]);
        while (end < text.size() && text[end] != '.' && text[end] != '-' && text[end] != '_' &&
               is_digit(text[end]) == digits)
            ++end;
        auto const part = text.substr(at, end - at);
        bool const separator = end < text.size() && (text[end] == '.' || text[end] == '-' || text[end] == '_');
        bool const number_follows = end < text.size() && is_digit(text[end]);
        if (part.empty()) tokens.push_back({prefix, true, "0"});
        else if (digits) tokens.push_back({prefix, true, std::string(part)});
        else tokens.push_back({prefix, false, qualifier_of(part, number_follows)});
        if (end >= text.size()) break;
        prefix = separator && text[end] == '.' ? '.' : '-';
        at = separator ? end + 1 : end;
        if (separator && at == text.size()) break;
    }
    return tokens;
}

void trim_nulls(std::vector<Token>& tokens) {
    for (auto at = tokens.size(); at > 1;) {
        auto const last = at - 1;
        if (is_null(tokens[last])) {
            tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(last));
            at = last;
            continue;
        }
        auto hyphen = last;
        while (hyphen > 0 && tokens[hyphen].prefix != '-') --hyphen;
        at = hyphen;
    }
}

int sign(int value) { return value < 0 ? -1 : value > 0 ? 1 : 0; }

int compare_tokens(Token const& a, Token const& b) {
    if (a.number != b.number) return a.number ? 1 : -1;
    if (a.number) {
        if (a.prefix != b.prefix) return a.prefix == '.' ? 1 : -1;
        return compare_digits(a.text, b.text);
    }
    int const left = rank_of(a.text);
    int const right = rank_of(b.text);
    if (left != right) return left < right ? -1 : 1;
    if (left < unknown_qualifier) return 0;
    // Beyond the specification: Maven's ComparableVersion keeps "-text" in a list of its own, "1.any < 1-any".
    if (a.prefix != b.prefix) return a.prefix == '.' ? -1 : 1;
    return sign(a.text.compare(b.text));
}

Token null_like(Token const& other) { return {other.prefix, other.number, other.number ? "0" : ""}; }

}  // namespace

int maven_compare(std::string_view a, std::string_view b) {
    auto left = tokens_of(a);
    auto right = tokens_of(b);
    trim_nulls(left);
    trim_nulls(right);
    for (std::size_t i = 0; i < left.size() || i < right.size(); ++i) {
        int const order = compare_tokens(i < left.size() ? left[i] : null_like(right[i]),
                                         i < right.size() ? right[i] : null_like(left[i]));
        if (order != 0) return order;
    }
    return 0;
}

}  // namespace merlon::match
