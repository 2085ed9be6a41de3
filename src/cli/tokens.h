// merlon tokens, merlon sessions
#pragma once
#include "cli/front.h"

namespace merlon::cli {

void add_tokens(CLI::App&, Front&);

}  // namespace merlon::cli
