// Building blocks of order-preserving keys: parts are self-terminating, so that keys can follow each other.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace merlon::match {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
constexpr char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

inline void put(std::string& out, unsigned value) { out += static_cast<char>(static_cast<unsigned char>(value)); }

// A run of digits by value: length of the number without leading zeros, then its digits. Zero is a single 0 byte.
// Lengths of 255 and more follow as four bytes.
inline void put_number(std::string& out, std::string_view digits) {
    while (!digits.empty() && digits.front() == '0') digits.remove_prefix(1);
    if (digits.size() < 255) {
        put(out, static_cast<unsigned>(digits.size()));
    } else {
        put(out, 255);
        auto const size = static_cast<std::uint32_t>(digits.size());
        for (int shift = 24; shift >= 0; shift -= 8) put(out, (size >> shift) & 255U);
    }
    out += digits;
}

// Text, closed by a byte below all others. A zero byte inside is no text and ends it.
inline void put_text(std::string& out, std::string_view text) {
    out += text.substr(0, text.find('\0'));
    out += '\0';
}

// Digits from `text` at `at` on; moves `at` behind them.
inline std::string_view take_digits(std::string_view text, std::size_t& at) {
    std::size_t const begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return text.substr(begin, at - begin);
}

// Compares two runs of digits by value.
inline int compare_digits(std::string_view a, std::string_view b) {
    while (!a.empty() && a.front() == '0') a.remove_prefix(1);
    while (!b.empty() && b.front() == '0') b.remove_prefix(1);
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    int const order = a.compare(b);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

// A token of a scheme in which a missing token counts as the number zero (1.2 = 1.2.0): `below` sorts under that
// zero, `above` over it but under every other number.
struct PaddedToken {
    enum Kind : std::uint8_t { below, number, above } kind = number;
    std::string_view text;  // digits for numbers
};

// Writes tokens so that memcmp orders them as if both lists were padded with zeros without end. A run of k zeros is
// written together with what follows it: before something below zero, fewer zeros sort lower; before something
// above zero, fewer zeros sort higher.
inline void put_padded(std::string& out, std::vector<PaddedToken> const& tokens) {
    auto const is_zero = [](PaddedToken const& token) {
        return token.kind == PaddedToken::number && token.text.find_first_not_of('0') == std::string_view::npos;
    };
    auto const put_value = [&](PaddedToken const& token) {
        if (token.kind == PaddedToken::number) put_number(out, token.text);
        else put_text(out, token.text);
    };
    for (std::size_t i = 0; i < tokens.size();) {
        std::size_t zeros = 0;
        while (i + zeros < tokens.size() && is_zero(tokens[i + zeros])) ++zeros;
        if (i + zeros == tokens.size()) break;
        auto const& token = tokens[i + zeros];
        auto const count = static_cast<unsigned>(zeros < 254 ? zeros : 254);
        if (token.kind == PaddedToken::below) {
            put(out, zeros == 0 ? 1 : 2);
            if (zeros > 0) put(out, count);
        } else if (zeros > 0) {
            put(out, 4);
            put(out, 255 - count);
            put(out, token.kind == PaddedToken::above ? 1 : 2);
        } else {
            put(out, token.kind == PaddedToken::above ? 6 : 7);
        }
        put_value(token);
        i += zeros + 1;
    }
    put(out, 3);
}

}  // namespace merlon::match
