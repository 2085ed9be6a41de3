// How often a test of chance goes round.
#pragma once

#include <cstdlib>

namespace merlon {

// `usual` times, and `thorough` times under `./dev test --all`.
inline int repeats(int usual, int thorough) { return std::getenv("MERLON_TEST_ALL") ? thorough : usual; }

}  // namespace merlon
