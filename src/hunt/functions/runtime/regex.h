// Regular expressions of KQL: RE2 searched anywhere in the text, case-sensitive unless (?i) says otherwise.
// (?<name>...) is accepted beside (?P<name>...), and \d means any Unicode digit. Compiled patterns are kept.
// Source: shared semantics guide, sections 7 and 8.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <re2/re2.h>

#include "base/result.h"

namespace merlon::hunt {

// The pattern as RE2 reads it.
std::string to_re2(std::string_view kql_pattern);

// A compiled pattern, from the cache when it was used before; never null, ask ok(). Safe from several threads.
std::shared_ptr<RE2 const> compiled(std::string_view kql_pattern);
// The error hunt.bad_regex when the pattern does not compile.
Status check_regex(std::string_view kql_pattern);

bool matches(RE2 const&, std::string_view text);
// Group `group` of the first match; "" without a match, without such a group, or when the group took no part.
std::string_view extract(RE2 const&, std::int64_t group, std::string_view text);
// JSON: one group gives ["a","b"], several give [["a","1"],...]; false (null) without a match or without groups.
// `groups` (from 1) picks and orders them; empty means all.
bool extract_all(RE2 const&, std::span<int const> groups, std::string_view text, std::string& json);
// All matches replaced; \0..\9 in `rewrite` stand for groups.
void replace_regex(RE2 const&, std::string_view text, std::string_view rewrite, std::string& out);
// Matches that do not overlap.
std::int64_t count_matches(RE2 const&, std::string_view text);
// 0-based code point position of the occurrence-th match that begins in [start, start + length), or -1.
std::int64_t index_of_match(RE2 const&, std::string_view text, std::int64_t start, std::int64_t length,
                            std::int64_t occurrence);
// One match removed at the start, the end, or both (trim_start, trim_end, trim). The pattern is compiled for this.
enum class TrimEnd { start, end, both };
std::string_view trim_regex(std::string_view pattern, TrimEnd, std::string_view text);
std::string regex_quote(std::string_view text);

}  // namespace merlon::hunt
