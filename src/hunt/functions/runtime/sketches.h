// States of distinct counts (hll) and of percentiles (tdigest) that can be kept in a column and merged. Both are arrays
// in JSON and our own: states that another engine made are not read.
//   hll      the least hashes (XXH64) of the distinct values, ascending, at most hll_size of them. Below that the count is
//            exact, above it an estimate: k least of n evenly spread numbers tell n (relative error about 1/sqrt(k), 0.4 %).
//   tdigest  [value, weight] ascending by value, at most tdigest_size of them. Below that percentiles are exact, above it
//            neighbours are put together at their mean.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "hunt/functions/runtime/json.h"
#include "store/engine.h"

namespace merlon::hunt {

inline constexpr std::size_t hll_size = 65'536;
inline constexpr std::size_t tdigest_size = 4'096;

// `states`: an array of states; what is none is passed over.
void hll_merge(Json states, std::string& out);
std::optional<std::int64_t> dcount_hll(Json state);
// Distinct values that all of the states share.
std::int64_t hll_intersect(Json states);
void tdigest_merge(Json states, std::string& out);
// The least value up to which the weights reach the percentage of their sum.
std::optional<double> percentile_tdigest(Json state, double percent);
// The weight of all values up to `value`, and that of all.
struct Rank {
    double below, total;
};
std::optional<Rank> rank_tdigest(Json state, double value);
// How the members of bags are typed, in the form of buildschema(): a type name, an array of alternatives, a bag of
// members, or {"`indexer`": ...} for arrays.
bool build_schema(Json values, std::string& out);

void add_sketches(std::vector<store::ScalarFunction>&);

}  // namespace merlon::hunt
