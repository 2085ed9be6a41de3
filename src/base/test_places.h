// Where tests find what is not in the binary: the source tree, and the shared data that a checkout may have beside it.
#pragma once
#include <cstdlib>
#include <filesystem>

namespace merlon {

// The root of the source tree: MERLON_SOURCE, or two folders above the test program (build/check/merlon_test).
inline std::filesystem::path source_root() {
    if (auto const* set = std::getenv("MERLON_SOURCE")) return set;
    std::error_code failed;
    return std::filesystem::read_symlink("/proc/self/exe", failed).parent_path().parent_path().parent_path();
}

// Real feeds and inventories, MERLON_SHARED or ../shared/data beside the source tree; tests that want them must skip,
// with the reason, where the folder is absent.
inline std::filesystem::path shared_data() {
    if (auto const* set = std::getenv("MERLON_SHARED")) return set;
    return source_root().parent_path() / "shared" / "data";
}

}  // namespace merlon
