// Recommendations about installed products.
#pragma once
#include <vector>

#include "advise/exception_effects.h"

namespace merlon::advise {

struct AdviceOptions {
    Ticks now = 0;
};

// Rules R1 to R6 of docs/recommendations.md: one for each product that has an open finding or a version which is out of
// support or soon to be, on a device that counts. Errors are the store's.
Result<std::vector<Recommendation>> software_recommendations(store::Connection&, fleet::Index const&, fleet::Exposure const&,
                                                             Effects const&, AdviceOptions const&);

}  // namespace merlon::advise
