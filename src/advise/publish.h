// Writes recommendations into the table that the API and the command line read (schema/store/0004_recommendations.sql).
#pragma once
#include "advise/software_advice.h"

namespace merlon::advise {

// Judges configuration, writes the secure score and replaces the recommendations, inside the caller's transaction; returns
// how many there are. The exposure tables must be published before.
Result<std::size_t> publish_recommendations(store::Connection&, fleet::Index const&, fleet::Exposure const&, AdviceOptions const&);

}  // namespace merlon::advise
