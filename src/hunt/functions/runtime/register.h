// The functions kql_* of the engine: KQL's scalar functions and string operators with Kusto's exact meaning, for the
// SQL that the compiler emits. Registered once for a database; every connection to it then knows them.
//
// Types: bool BOOLEAN, int INTEGER, long BIGINT, real DOUBLE, string VARCHAR, datetime and timespan BIGINT ticks, guid
// VARCHAR, dynamic VARCHAR with compact JSON. String results are never NULL; elsewhere NULL is KQL's null.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include <re2/re2.h>

#include "base/result.h"
#include "store/engine.h"

namespace merlon::hunt {

Status register_functions(store::Connection&);

// The parts of it, by theme.
// A compiled pattern, or hunt.bad_regex.
Result<std::shared_ptr<RE2 const>> regex_or_error(std::string_view pattern);

void add_operators(std::vector<store::ScalarFunction>&);    // has, contains, matches regex ...
void add_strings(std::vector<store::ScalarFunction>&);      // substring, split, extract ...
void add_conversions(std::vector<store::ScalarFunction>&);  // to*, gettype
void add_dynamic(std::vector<store::ScalarFunction>&);      // parse_json, access, arrays, sets, bags
void add_times(std::vector<store::ScalarFunction>&);        // bin, startof*, format_* ...
void add_parsers(std::vector<store::ScalarFunction>&);    // hashes, encodings, parse_*, IP addresses
void add_math(std::vector<store::ScalarFunction>&);       // wrapping arithmetic, round, log ...
void add_units(std::vector<store::ScalarFunction>&);      // convert_*, beta_*
void add_geo(std::vector<store::ScalarFunction>&);        // geo_*
void add_series(std::vector<store::ScalarFunction>&);     // series_add, series_fill_* ...

}  // namespace merlon::hunt
