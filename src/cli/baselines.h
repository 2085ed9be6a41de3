// merlon baselines
#pragma once
#include "cli/front.h"

namespace merlon::cli {

void add_baselines(CLI::App&, Front&);

}  // namespace merlon::cli
