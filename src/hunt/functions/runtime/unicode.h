// Code points, case mappings and the notion of a term character, as KQL's string operators need them.
// Source: shared semantics guide section 7 (terms are runs of Unicode letters and digits; folding covers all of
// Unicode without normalising). Letters and digits are the general categories L* and N*.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace merlon::hunt {

constexpr char32_t replacement_character = 0xFFFD;

// The code point at `at` and the offset after it. Bytes that are no UTF-8 read as U+FFFD, one byte each.
struct Decoded {
    char32_t code;
    std::size_t next;
};
Decoded decode_at(std::string_view text, std::size_t at);
// The code point that ends just before `end` (end > 0).
char32_t decode_before(std::string_view text, std::size_t end);
void append_utf8(std::string& out, char32_t code);

bool is_ascii(std::string_view text);
inline bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
std::size_t count_code_points(std::string_view text);
// The byte offset of code point `index`, or text.size() where the text is shorter.
std::size_t byte_offset(std::string_view text, std::size_t index);

bool is_term_character(char32_t code);
char32_t simple_upper(char32_t code);
char32_t simple_lower(char32_t code);
// Equal for two characters that differ only in case. Maps to upper case, so that both sigmas agree; a character
// outside ASCII never folds into ASCII, so that bytes alone decide where one side is ASCII.
char32_t fold(char32_t code);

inline char ascii_fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
inline bool is_ascii_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void append_lower(std::string& out, std::string_view text);
void append_upper(std::string& out, std::string_view text);
// The folded text: equal bytes where two texts are equal ignoring case.
void append_folded(std::string& out, std::string_view text);

}  // namespace merlon::hunt
