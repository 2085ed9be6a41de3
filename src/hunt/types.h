// The ten scalar types of KQL and how they lie in the engine.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace merlon::hunt {

// string is never NULL, datetime and timespan are ticks, guid is text, dynamic is compact JSON (decimal has no digits after the
// point for parse_version); what the types are called is the dialect's (schema/dialects).
enum class Type : std::uint8_t { bool_, int_, long_, real, decimal, string, datetime, timespan, guid, dynamic };

// "long", "datetime" ...: the words Kusto prints.
std::string_view type_name(Type);
// "System.Int64" ...: what getschema prints.
std::string_view clr_name(Type);
// Also the old spellings: double, date, time, boolean, uniqueid ...
std::optional<Type> type_named(std::string_view word);

inline bool is_integer(Type t) { return t == Type::int_ || t == Type::long_; }
inline bool is_number(Type t) { return is_integer(t) || t == Type::real || t == Type::decimal; }
inline bool is_time(Type t) { return t == Type::datetime || t == Type::timespan; }

}  // namespace merlon::hunt
