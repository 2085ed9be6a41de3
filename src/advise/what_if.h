// What the scores would be when some recommendations were done everywhere.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "fleet/exposure.h"

namespace merlon::advise {

struct WhatIfPart {
    std::string id, name;
    double exposure_alone = 0;  // points of the exposure score that go when it alone is done
    double secure_alone = 0;    // points of the secure score that come
};
struct WhatIfAnswer {
    double exposure_now = 0, exposure_then = 0;
    double secure_now = 0, secure_then = 0;
    std::vector<WhatIfPart> parts;  // as asked, each once
};

// Computes both scores anew without what the recommendations take away (rule R6); holes that two of them close count
// once. `index` is one at hand of what the connection sees; null builds it. Errors: advise.no_such_recommendation.
Result<WhatIfAnswer> what_if(store::Connection&, std::span<std::string const> ids, Ticks now, std::shared_ptr<fleet::Index const> index = {});

}  // namespace merlon::advise
