#include "hunt/functions/runtime/unicode.h"

#include <algorithm>
#include <iterator>
#include <memory>

namespace merlon::hunt {

namespace {

struct CodeRange {
    char32_t first;
    char32_t last;
};
struct CasePair {
    char32_t from;
    char32_t to;
};

#include "hunt/functions/runtime/unicode_tables.inc"

constexpr std::size_t bmp_size = 0x10000;

// Direct tables for the basic plane, built once; the few cased characters above it are searched.
struct Tables {
    char16_t upper[bmp_size];
    char16_t lower[bmp_size];
    bool term[bmp_size];
};

template <typename Pairs>
void fill(char16_t* table, Pairs const& pairs) {
    for (std::size_t i = 0; i < bmp_size; ++i) table[i] = static_cast<char16_t>(i);
    for (auto const& pair : pairs)
        if (pair.from < bmp_size && pair.to < bmp_size) table[pair.from] = static_cast<char16_t>(pair.to);
}

Tables const& tables() {
    static auto const made = [] {
        auto out = std::make_unique<Tables>();
        fill(out->upper, upper_pairs);
        fill(out->lower, lower_pairs);
        for (char32_t c = 'a'; c <= 'z'; ++c) {
            out->upper[c] = static_cast<char16_t>(c - 32);
            out->lower[c - 32] = static_cast<char16_t>(c);
        }
        std::fill(std::begin(out->term), std::end(out->term), false);
        for (char32_t c = 0; c < 0x80; ++c) out->term[c] = is_ascii_alphanumeric(static_cast<char>(c));
        for (auto const& range : term_ranges)
            for (auto c = range.first; c <= range.last && c < bmp_size; ++c) out->term[c] = true;
        return out;
    }();
    return *made;
}

template <typename Pairs>
char32_t search(Pairs const& pairs, char32_t code) {
    auto const at = std::lower_bound(std::begin(pairs), std::end(pairs), code,
                                     [](CasePair const& pair, char32_t value) { return pair.from < value; });
    return at != std::end(pairs) && at->from == code ? at->to : code;
}

template <typename Map>
void append_mapped(std::string& out, std::string_view text, Map map) {
    out.reserve(out.size() + text.size());
    for (std::size_t at = 0; at < text.size();) {
        auto const c = static_cast<unsigned char>(text[at]);
        if (c < 0x80) {
            out += static_cast<char>(map(char32_t{c}));
            ++at;
        } else {
            auto const [code, next] = decode_at(text, at);
            append_utf8(out, map(code));
            at = next;
        }
    }
}

}  // namespace

Decoded decode_at(std::string_view text, std::size_t at) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const first = byte(at);
    if (first < 0x80) return {first, at + 1};
    std::size_t const length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (length == 0 || first > 0xF4 || at + length > text.size()) return {replacement_character, at + 1};
    char32_t code = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0) != 0x80) return {replacement_character, at + 1};
        code = (code << 6) | (byte(at + i) & 0x3FU);
    }
    return {code, at + length};
}

char32_t decode_before(std::string_view text, std::size_t end) {
    auto start = end - 1;
    while (start > 0 && end - start < 4 && is_continuation(text[start])) --start;
    return decode_at(text.substr(0, end), start).code;
}

void append_utf8(std::string& out, char32_t code) {
    auto const put = [&out](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
    if (code >= 0xD800 && code < 0xE000) code = replacement_character;
    if (code > 0x10FFFF) code = replacement_character;
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | (code >> 6));
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3F));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

bool is_ascii(std::string_view text) {
    unsigned char all = 0;
    for (char const c : text) all |= static_cast<unsigned char>(c);
    return all < 0x80;
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    for (char const c : text) count += !is_continuation(c);
    return count;
}

std::size_t byte_offset(std::string_view text, std::size_t index) {
    std::size_t at = 0;
    for (; index > 0 && at < text.size(); --index) {
        ++at;
        while (at < text.size() && is_continuation(text[at])) ++at;
    }
    return at;
}

bool is_term_character(char32_t code) {
    if (code < bmp_size) return tables().term[code];
    auto const at = std::upper_bound(std::begin(term_ranges), std::end(term_ranges), code,
                                     [](char32_t value, CodeRange const& range) { return value < range.first; });
    return at != std::begin(term_ranges) && code <= std::prev(at)->last;
}

char32_t simple_upper(char32_t code) { return code < bmp_size ? tables().upper[code] : search(upper_pairs, code); }
char32_t simple_lower(char32_t code) { return code < bmp_size ? tables().lower[code] : search(lower_pairs, code); }

char32_t fold(char32_t code) {
    auto const upper = simple_upper(code);
    return code >= 0x80 && upper < 0x80 ? code : upper;
}

void append_lower(std::string& out, std::string_view text) { append_mapped(out, text, simple_lower); }
void append_upper(std::string& out, std::string_view text) { append_mapped(out, text, simple_upper); }
void append_folded(std::string& out, std::string_view text) { append_mapped(out, text, fold); }

}  // namespace merlon::hunt
