// Plain text work that every room needs. Text is UTF-8; nothing here throws.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

std::string_view trim(std::string_view);
// ASCII only: identifiers, host names, package names. (Kusto's folding of all of Unicode is in hunt/functions.)
std::string ascii_lower(std::string_view);
bool equal_ignoring_ascii_case(std::string_view, std::string_view);
// "a,b,,c" by ',' gives {"a","b","","c"}; "" gives {""}.
std::vector<std::string_view> split(std::string_view, char separator);
std::string join(std::span<std::string const>, std::string_view separator);
// Whole text as a decimal number, else nothing.
std::optional<std::int64_t> to_int(std::string_view);
std::optional<double> to_double(std::string_view);
std::string replace_all(std::string, std::string_view from, std::string_view to);
bool valid_utf8(std::string_view);
// Bytes that are no UTF-8 become U+FFFD; control characters other than tab and newline become blanks.
std::string clean_text(std::string_view, std::size_t most_bytes);
// 1234567 -> "1,234,567".
std::string with_thousands(std::int64_t);

// Damerau-Levenshtein distance on bytes, case-insensitive at half price.
std::size_t edit_distance(std::string_view, std::string_view);
// The candidate nearest to `name`, when near enough to be what was meant.
std::optional<std::string> nearest(std::string_view name, std::span<std::string const> candidates);

// Each %XX as the byte it stands for (RFC 3986, 2.1); a % without two hexadecimal digits behind it stays.
std::string percent_decoded(std::string_view);

std::string hex(std::span<unsigned char const>);
std::string hex(std::string_view bytes);

// What bytes of an unknown kind begin with, for the message that refuses them: «text» or the first bytes in hex.
std::string first_bytes(std::string_view bytes);

}  // namespace merlon
