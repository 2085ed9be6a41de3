// KQL's functions over text. Positions and lengths count code points from 0; text is UTF-8 and never null.
// Functions that make text append it to `out`. Source: shared semantics guide, section 8.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace merlon::hunt {

// A negative start counts from the end; a start past the end, or a negative length, gives "".
std::string_view substring(std::string_view text, std::int64_t start, std::optional<std::int64_t> length);
// -1 when absent. An empty needle gives nothing (null).
std::optional<std::int64_t> index_of(std::string_view text, std::string_view needle, std::int64_t start,
                                     std::int64_t length, std::int64_t occurrence);
// Overlapping occurrences count: "aaa" holds "aa" twice.
std::int64_t count_of(std::string_view text, std::string_view needle);
// JSON array of the parts; "" gives [""]. An empty delimiter gives the whole text as one part.
void split_json(std::string_view text, std::string_view delimiter, std::string& json);
// Only part `index` as an array of one; false (null) when there is no such part.
bool split_part(std::string_view text, std::string_view delimiter, std::int64_t index, std::string& json);
void replace_string(std::string_view text, std::string_view from, std::string_view to, std::string& out);
void reverse_text(std::string_view text, std::string& out);
// -1, 0 or 1 by bytes (which is code point order).
int compare_ordinal(std::string_view, std::string_view);
// Each character of `from` becomes the one at the same place of `to`; a shorter `to` is continued by its last
// character, an empty one deletes.
void translate(std::string_view from, std::string_view to, std::string_view text, std::string& out);
// `text` `count` times with `delimiter` between; at most 1024 times.
void repeat_text(std::string_view text, std::int64_t count, std::string_view delimiter, std::string& out);
void codepoints_json(std::string_view text, std::string& json);
void to_hex(std::int64_t value, std::int64_t least_digits, bool of_int, std::string& out);
// "564 Bytes", "10.1 KB"; `unit` forces one ("" picks), a negative precision means 0. Powers of 1024.
void format_bytes(double size, std::int64_t precision, std::string_view unit, std::string& out);

// Punycode of one label, without "xn--"; nothing when it cannot be made or read.
std::optional<std::string> punycode_encode(std::string_view label);
std::optional<std::string> punycode_decode(std::string_view label);
// Of a whole domain, label by label, with "xn--".
std::optional<std::string> punycode_domain_encode(std::string_view domain);
std::optional<std::string> punycode_domain_decode(std::string_view domain);

}  // namespace merlon::hunt
