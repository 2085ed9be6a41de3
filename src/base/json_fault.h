// Where a text stops being JSON, for error messages only (the fast reader of base/json_read.h does not say).
#pragma once
#include <string>
#include <string_view>

namespace merlon::json {

// "line L, column C (byte B): REASON" of the first fault in `bytes`; without one, "end of the text".
// One-based line and column (in bytes); constant memory, any nesting.
std::string first_fault(std::string_view bytes);

}  // namespace merlon::json
