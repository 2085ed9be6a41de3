// merlon scan-definitions
#pragma once
#include "cli/front.h"

namespace merlon::cli {

void add_scan_definitions(CLI::App&, Front&);

}  // namespace merlon::cli
