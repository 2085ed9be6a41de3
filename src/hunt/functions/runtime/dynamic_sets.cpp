#include <unordered_set>

#include "hunt/functions/runtime/dynamic.h"

namespace merlon::hunt {

namespace {

// The text by which equal values are found: numbers that are equal are spelled alike.
std::string identity(Json value) {
    if (json_kind(value) == JsonKind::real) {
        auto const number = json_number(value).value_or(0);
        if (number > -9e15 && number < 9e15 && number == static_cast<double>(static_cast<std::int64_t>(number)))
            return std::to_string(static_cast<std::int64_t>(number));
    }
    return std::string(value);
}

std::unordered_set<std::string> members(Json array) {
    std::unordered_set<std::string> out;
    each_element(array, [&](Json value) { return out.insert(identity(value)), true; });
    return out;
}

bool all_arrays(std::span<Json const> arrays) {
    for (auto const array : arrays)
        if (!is_array(array)) return false;
    return !arrays.empty();
}

// Appends the distinct elements of `array` that `wanted` lets through and that were not seen before.
template <typename Wanted>
void append_distinct(Json array, std::unordered_set<std::string>& seen, std::string& out, Wanted wanted) {
    each_element(array, [&](Json value) {
        auto id = identity(value);
        if (!wanted(id) || !seen.insert(std::move(id)).second) return true;
        if (out.back() != '[') out += ',';
        out += value;
        return true;
    });
}

}  // namespace

bool set_union(std::span<Json const> arrays, std::string& out) {
    if (!all_arrays(arrays)) return false;
    std::unordered_set<std::string> seen;
    std::string made = "[";
    for (auto const array : arrays) append_distinct(array, seen, made, [](auto const&) { return true; });
    out += made + "]";
    return true;
}

bool set_intersect(std::span<Json const> arrays, std::string& out) {
    if (!all_arrays(arrays)) return false;
    std::vector<std::unordered_set<std::string>> others;
    for (auto const array : arrays.subspan(1)) others.push_back(members(array));
    std::unordered_set<std::string> seen;
    std::string made = "[";
    append_distinct(arrays[0], seen, made, [&](std::string const& id) {
        for (auto const& other : others)
            if (!other.contains(id)) return false;
        return true;
    });
    out += made + "]";
    return true;
}

bool set_difference(std::span<Json const> arrays, std::string& out) {
    if (!all_arrays(arrays)) return false;
    std::unordered_set<std::string> seen;
    std::unordered_set<std::string> removed;
    for (auto const array : arrays.subspan(1)) removed.merge(members(array));
    std::string made = "[";
    append_distinct(arrays[0], seen, made, [&](std::string const& id) { return !removed.contains(id); });
    out += made + "]";
    return true;
}

std::optional<bool> set_has_element(Json array, Json value) {
    if (!is_array(array)) return {};
    bool found = false;
    if (value.empty()) value = "null";
    each_element(array, [&](Json element) { return found = json_equal(element, value), !found; });
    return found;
}

std::optional<bool> set_equals(Json left, Json right) {
    if (!is_array(left) || !is_array(right)) return {};
    return members(left) == members(right);
}

std::optional<double> jaccard_index(Json left, Json right) {
    if (!is_array(left) || !is_array(right)) return {};
    auto const a = members(left), b = members(right);
    std::size_t common = 0;
    for (auto const& id : a) common += b.contains(id);
    auto const all = a.size() + b.size() - common;
    if (all == 0) return {};
    return static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace merlon::hunt
