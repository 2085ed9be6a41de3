// Conversions between KQL's types. None fails: what cannot convert is nothing (null), or "" for text.
// Source: shared semantics guide, section 6.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

// Text: surrounding blanks, a sign, decimal digits or 0x and hex digits; beyond 64 bits is nothing.
std::optional<std::int64_t> to_long(std::string_view text);
std::optional<std::int32_t> to_int(std::string_view text);
// Numbers: reals are truncated toward zero and held at the ends of the range (NaN and infinities are nothing);
// longs keep their lower 32 bits.
std::optional<std::int64_t> to_long(double value);
std::optional<std::int32_t> to_int(double value);
inline std::int32_t to_int(std::int64_t value) { return static_cast<std::int32_t>(static_cast<std::uint32_t>(value)); }
// Decimal and exponent forms, "5." and ".5", inf, -inf, Infinity, nan, NaN; no hex, no thousands separators.
std::optional<double> to_real(std::string_view text);
// true, false in any case, or integer text (non-zero is true).
std::optional<bool> to_bool(std::string_view text);
// ISO forms, RFC 1123, "2 Dec 2022", and MM/dd/yyyy, MM-dd-yyyy, MM.dd.yyyy in US order; offsets become UTC.
std::optional<Ticks> to_datetime(std::string_view text);
// "1d", "2.5h", "90s", "13:00", "1.02:03:04.5", "-00:30:00".
std::optional<Ticks> to_timespan(std::string_view text);
// With or without braces and dashes; the 36 characters in lower case.
std::optional<std::string> to_guid(std::string_view text);

// The same of a dynamic value: a string is read as text, a number as a number, true is 1; arrays, bags: nothing.
std::optional<std::int64_t> dynamic_to_long(Json);
std::optional<std::int32_t> dynamic_to_int(Json);
std::optional<double> dynamic_to_real(Json);
std::optional<bool> dynamic_to_bool(Json);
std::optional<Ticks> dynamic_to_datetime(Json);
std::optional<Ticks> dynamic_to_timespan(Json);

// Ticks outside 0001..9999 are no datetime.
inline std::optional<Ticks> valid_datetime(std::optional<Ticks> ticks) {
    return ticks && *ticks >= 0 && *ticks <= max_datetime_ticks ? ticks : std::nullopt;
}

// "string long real bool array dictionary null": the kind of a dynamic value as gettype() tells it.
std::string_view dynamic_type(Json);

}  // namespace merlon::hunt
