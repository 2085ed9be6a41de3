// Arithmetic over arrays of numbers, element by element; what is no number gives null in its place. Whole numbers stay
// whole where the operation keeps them so. Source: shared semantics guide, section 16.
#pragma once
#include <string>
#include <string_view>

#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

// '+', '-', '*', '/', '^' and the comparisons '<', 'l' (<=), '>', 'g' (>=), '=', '!'. One side may be a single number.
// The result is as long as the longer side; false (null) when no side is an array.
bool series_binary(char operation, Json left, Json right, std::string& out);
bool series_unary(double (*f)(double), Json, std::string& out);
// Gaps are nulls, or elements equal to `missing` where that is given.
bool series_fill_const(Json, Json fill, Json missing, std::string& out);
bool series_fill_forward(Json, Json missing, bool backward, std::string& out);
// {"min","min_idx","max","max_idx","avg","stdev","variance","sum","len"}; nulls are passed over.
bool series_stats(Json, std::string& out);

}  // namespace merlon::hunt
