// Several members of a JSON object in one pass over it, for records of which there are millions: looking for each by itself goes
// through the others each time.
#pragma once
#include <algorithm>
#include <array>

#include "base/json_read.h"

namespace merlon::json {

template <std::size_t N>
struct Key {
    consteval Key(char const (&text)[N]) { std::copy_n(text, N, bytes); }
    constexpr std::string_view view() const { return {bytes, N - 1}; }
    char bytes[N];
};

// Of a name that is there twice the first, as member() does; nothing of what is no object:
//   auto const [id, name] = json::members<"id", "name">(value);
template <Key... keys>
std::array<std::optional<Value>, sizeof...(keys)> members(Value value) {
    std::array<std::optional<Value>, sizeof...(keys)> found;
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) return found;
    for (auto const [name, member] : object) {
        std::size_t at = 0;
        auto const take = [&](std::string_view key) {
            auto& place = found[at++];
            if (name != key) return false;
            if (!place) place = member;
            return true;
        };
        (void)(take(keys.view()) || ...);
    }
    return found;
}

// "" and empty when it is missing or of another kind.
inline std::string_view text(std::optional<Value> const& value) { return value ? text(*value) : std::string_view{}; }
inline simdjson::dom::array array(std::optional<Value> const& value) {
    static simdjson::dom::parser parser;
    static Value const none = parser.parse(std::string_view("[]")).value_unsafe();
    return array(value ? *value : none);
}

}  // namespace merlon::json
