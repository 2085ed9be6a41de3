// merlon corrections ...
#pragma once
#include "cli/front.h"

namespace merlon::cli {

void add_corrections(CLI::App&, Front&);

}  // namespace merlon::cli
