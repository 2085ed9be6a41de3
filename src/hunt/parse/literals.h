// The values of literals: datetime(...), time(...), int(...), guid(...), dynamic(...).
#pragma once
#include "hunt/lex/token.h"
#include "hunt/parse/tree.h"

namespace merlon::hunt {

// Of a token of kind `literal`. Errors: hunt.bad_literal.
Result<Constant> read_literal(Token const&);
// "1.02:03:04.5", "13:00", "1d", "5" (days).
std::optional<std::int64_t> read_timespan_text(std::string_view);
// ISO and the looser forms that a datetime literal may have: "2024", "2024-1-2 3:04", "2025,6,14".
std::optional<std::int64_t> read_datetime_text(std::string_view);
// Lower case with dashes; nothing when it is no GUID.
std::optional<std::string> read_guid_text(std::string_view);
// A real as JSON: shortest form that keeps a point (3 -> 3.0).
std::string json_real(double);

// true, True, TRUE and the same of false: the words that are booleans.
std::optional<bool> boolean_of(std::string_view word);

}  // namespace merlon::hunt
