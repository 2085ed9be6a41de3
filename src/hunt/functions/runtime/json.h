// Dynamic values: compact JSON text, read by skipping rather than by building a tree.
//
// A dynamic value is a std::string_view of compact, valid JSON; the empty view is the dynamic null (the engine holds it
// as NULL). JSON null occurs inside arrays and bags only. Text becomes a dynamic value in one place, parse_json(),
// which validates it; everything here may then trust it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace merlon::hunt {

using Json = std::string_view;

enum class JsonKind { null, boolean, integer, real, string, array, bag };
JsonKind json_kind(Json);
inline bool is_array(Json json) { return !json.empty() && json.front() == '['; }
inline bool is_bag(Json json) { return !json.empty() && json.front() == '{'; }
inline bool is_text(Json json) { return !json.empty() && json.front() == '"'; }
inline bool is_null(Json json) { return json.empty() || json.front() == 'n'; }

// Appends `text` as compact JSON; false when it is not valid JSON (`out` is then as before). Numbers take their shortest
// form, reals keep a point (1e2 -> 100.0); integers beyond 64 bits become reals. Nesting deeper than 500 is invalid.
bool append_compact_json(std::string& out, std::string_view text);

// KQL's parse_json: "" and "null" give null (false); invalid text gives a dynamic string that holds it.
bool parse_json(std::string_view text, std::string& out);

// The text that follows one value, where `json` begins with that value.
std::size_t skip_value(std::string_view json);

// Calls `take(value)` for each element of an array, or `take(key_with_quotes, value)` for each member of a bag, until it
// returns false. Other kinds have none.
template <typename Take>
void each_element(Json json, Take take) {
    if (!is_array(json) || json.size() < 3) return;
    std::size_t at = 1;
    while (true) {
        auto const size = skip_value(json.substr(at));
        if (!take(json.substr(at, size))) return;
        at += size;
        if (at >= json.size() || json[at] != ',') return;
        ++at;
    }
}
template <typename Take>
void each_member(Json json, Take take) {
    if (!is_bag(json) || json.size() < 3) return;
    std::size_t at = 1;
    while (true) {
        auto const key = skip_value(json.substr(at));
        auto const value = skip_value(json.substr(at + key + 1));
        if (!take(json.substr(at, key), json.substr(at + key + 1, value))) return;
        at += key + 1 + value;
        if (at >= json.size() || json[at] != ',') return;
        ++at;
    }
}

// The member `key`, the element `index` (negative: from the end); "" (null) when missing, of another kind, or JSON null.
Json json_member(Json bag, std::string_view key);
Json json_element(Json array, std::int64_t index);
// A path "$.a.b[0]['c d']" or "a.b"; "" when it leads nowhere or is malformed.
Json json_path(Json, std::string_view path);

std::vector<Json> json_elements(Json array);
std::int64_t json_length(Json array);

// The content of a JSON string (with its quotes) without escapes. `scratch` holds it when it had any.
std::string_view json_text(Json string, std::string& scratch);
void append_json_text(std::string& out, Json string);
std::optional<std::int64_t> json_integer(Json);  // of an integer literal
std::optional<double> json_number(Json);         // of any number

// KQL's tostring of a dynamic value: strings without quotes, null as "", everything else as it is written.
std::string_view dynamic_text(Json, std::string& scratch);
// Values that are equal as KQL sees it (1 and 1.0 are, 1 and "1" are not).
bool json_equal(Json, Json);

void append_real(std::string& out, double value);      // "1.0", "0.1", "1e+20" as KQL prints reals inside JSON
void append_real_text(std::string& out, double value);  // the same as text: inf, -inf, NaN without quotes

}  // namespace merlon::hunt
