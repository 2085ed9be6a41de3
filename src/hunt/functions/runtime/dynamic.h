// Arrays, sets and bags. Inputs and results are compact JSON (json.h); the empty view is null, and a function whose
// result is null returns false. Source: shared semantics guide, section 9.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

// ---- arrays ----
std::optional<std::int64_t> array_length(Json);
// Arrays joined; null and other values are left out; no array at all gives null.
bool array_concat(std::span<Json const> arrays, std::string& out);
// Both ends inclusive; negative ones count from the end.
bool array_slice(Json, std::int64_t from, std::int64_t to, std::string& out);
bool array_reverse(Json, std::string& out);
bool array_rotate_left(Json, std::int64_t by, std::string& out);
// Places that become free take `fill` (JSON, "null" when absent).
bool array_shift_left(Json, std::int64_t by, Json fill, std::string& out);
// Cut at index `at`, or before each index of an array of them; negative ones count from the end.
bool array_split(Json, Json at, std::string& out);
// Numbers first, then texts, then the rest; nulls last in both directions.
enum class Order { ascending, descending };
bool array_sort(Json, Order, bool nulls_last, std::string& out);
// `other` in the order that sorting `keys` gives; null unless both have the same length.
bool array_sort_by(Json keys, Json other, Order, bool nulls_last, std::string& out);
// Place of the first (occurrence-th) element equal to `value` in [start, start + length), or -1; null for no array.
std::optional<std::int64_t> array_index_of(Json, Json value, std::int64_t start, std::int64_t length,
                                           std::int64_t occurrence);
std::optional<double> array_sum(Json);
// Element by element: true takes from `yes`, false from `no` (arrays, or one value for all); else null.
bool array_iff(Json condition, Json yes, Json no, std::string& out);
bool zip(std::span<Json const> arrays, std::string& out);
// The texts of the elements with `delimiter` between; a value that is no array is an array of one.
void strcat_array(Json, std::string_view delimiter, std::string& out);
bool repeat_value(Json value, std::int64_t count, std::string& out);

// ---- sets: distinct, in the order of first appearance; null when an argument is no array ----
bool set_union(std::span<Json const> arrays, std::string& out);
bool set_intersect(std::span<Json const> arrays, std::string& out);
bool set_difference(std::span<Json const> arrays, std::string& out);
std::optional<bool> set_has_element(Json array, Json value);
std::optional<bool> set_equals(Json, Json);
std::optional<double> jaccard_index(Json, Json);

// ---- bags ----
bool bag_keys(Json, std::string& out);
// The first value of a key wins; null when no argument is a bag.
bool bag_merge(std::span<Json const> bags, std::string& out);
// Keys, or paths that begin with "$.", as an array of texts.
bool bag_remove_keys(Json, Json keys, std::string& out);
std::optional<bool> bag_has_key(Json, std::string_view key_or_path);
bool bag_set_key(Json, std::string_view key_or_path, Json value, std::string& out);
bool bag_zip(Json keys, Json values, std::string& out);
// key, value, key, value: keys are texts, values JSON ("" is null). An empty key is left out.
void bag_pack(std::span<std::string_view const> pairs, std::string& out);
void pack_array(std::span<std::string_view const> values, std::string& out);
bool treepath(Json, std::string& out);
// Keys sorted at every level.
void dynamic_to_json(Json, std::string& out);

}  // namespace merlon::hunt
