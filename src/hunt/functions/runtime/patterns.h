// Patterns of values that many rows share: what basket, autocluster and diffpatterns look for (docs/decisions/017).
//
// A row is an array of values, one for each column; null and "" are no value. A pattern gives values to some columns. It is
// told only in its fullest form: with every value that all of its rows share.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon::hunt {

// `rows`: [[count in the first set, count in the second, [value, ...]], ...].
// Gives [[count, count in the second set, per cent, per cent of the second set, their difference, [value or null, ...]], ...]:
//   basket        patterns of at least `share` of the rows, made of at most `most` values that do not follow from each other;
//                 the frequent ones first
//   autocluster   patterns with which no more general and no more special one can compete; at most `most`, the best first.
//                 What counts is (part of the rows)^share * (part of the columns)^(1 - share)
//   diffpatterns  patterns whose parts of the two sets differ by at least `share`, and by more than those of each pattern
//                 more general or more special; the greatest difference first
// hunt.too_many_patterns where the search would have no end.
Result<std::string> find_patterns(std::string_view method, std::string_view rows, double share, std::int64_t most);

}  // namespace merlon::hunt
