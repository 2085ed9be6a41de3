#include "api/odata/tokens.h"

namespace merlon::api::odata {
namespace {

constexpr std::size_t most_bytes = 8 * 1024;

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '@'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// Digits, signs and letters that make up a number or a date, from `at`.
std::size_t end_of_number(std::string_view text, std::size_t at) {
    while (at < text.size() && (digit(text[at]) || letter(text[at]) || text[at] == '.' || text[at] == ':' ||
                                text[at] == '-' || text[at] == '+'))
        ++at;
    return at;
}

// 8-4-4-4-12 hex digits, which version 4 writes without quotes.
bool guid_at(std::string_view text, std::size_t at) {
    constexpr std::size_t length = 36;
    if (text.size() - at < length || (text.size() - at > length && (letter(text[at + length]) || digit(text[at + length])))) return false;
    for (std::size_t i = 0; i < length; ++i) {
        char const c = text[at + i];
        bool const dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool const hex_digit = digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex_digit) return false;
    }
    return true;
}

}  // namespace

Result<std::vector<Token>> read_tokens(std::string_view text) {
    if (text.size() > most_bytes) return fail("odata.too_long", std::to_string(most_bytes));
    std::vector<Token> tokens;
    std::size_t at = 0;
    auto const add = [&](TokenKind kind, std::string value, std::size_t end) {
        tokens.push_back({kind, std::move(value), {at, end}});
        at = end;
    };
    while (at < text.size()) {
        char const c = text[at];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') ++at;
        else if (c == '(') add(TokenKind::open, "(", at + 1);
        else if (c == ')') add(TokenKind::close, ")", at + 1);
        else if (c == ',') add(TokenKind::comma, ",", at + 1);
        else if (c == ':') add(TokenKind::colon, ":", at + 1);
        else if (c == '/') add(TokenKind::slash, "/", at + 1);
        else if (c == '\'') {
            std::string value;
            std::size_t end = at + 1;
            for (;; ++end) {
                if (end >= text.size()) return std::unexpected(error("odata.unclosed_text").with(Span{at, text.size()}));
                if (text[end] != '\'') value += text[end];
                else if (end + 1 < text.size() && text[end + 1] == '\'') value += text[end++];
                else break;
            }
            add(TokenKind::text, std::move(value), end + 1);
        } else if (guid_at(text, at)) {
            add(TokenKind::text, std::string(text.substr(at, 36)), at + 36);
        } else if (digit(c) || (c == '-' && at + 1 < text.size() && digit(text[at + 1]))) {
            auto const end = end_of_number(text, at + 1);
            auto value = std::string(text.substr(at, end - at));
            bool const date = value.size() >= 8 && value[4] == '-';
            add(date ? TokenKind::time : TokenKind::number, std::move(value), end);
        } else if (letter(c)) {
            auto end = at + 1;
            // A dot between letters is part of the name of an enumeration: Microsoft.Level'High'.
            while (end < text.size() && (letter(text[end]) || digit(text[end]) || (text[end] == '.' && end + 1 < text.size() && letter(text[end + 1])))) ++end;
            add(TokenKind::name, std::string(text.substr(at, end - at)), end);
        } else if (c == '-') {
            add(TokenKind::minus, "-", at + 1);
        } else {
            return std::unexpected(error("odata.unexpected_character", std::string(1, c)).with(Span{at, at + 1}));
        }
    }
    add(TokenKind::end, "", text.size());
    return tokens;
}

}  // namespace merlon::api::odata
