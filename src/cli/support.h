// merlon support
#pragma once
#include "cli/front.h"

namespace merlon::cli {

void add_support(CLI::App&, Front&);

}  // namespace merlon::cli
