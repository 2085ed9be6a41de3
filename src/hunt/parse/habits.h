// What people write who come from SQL, from other query languages or from an older KQL, and what KQL has for it: the hints of
// errors, never a way around them.
#pragma once
#include <string>
#include <string_view>

namespace merlon::hunt {

class Cursor;

// Of the place where the text stops making sense and `expected` is missing; "" where nothing is known.
std::string habit_at(Cursor const&, std::string_view expected);
// Of a query that begins like a statement of another language.
std::string habit_of_beginning(std::string_view first_word);
// select -> project, to_lower -> tolower; "" where nothing is known. The names compare without case.
std::string_view operator_for(std::string_view word);
std::string_view function_for(std::string_view word);

}  // namespace merlon::hunt
