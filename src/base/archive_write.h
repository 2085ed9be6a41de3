// Writing one archive: a tar compressed with zstd, from files and bytes at hand.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace merlon {

struct ArchiveEntry {
    std::string name;            // inside the archive
    std::filesystem::path file;  // its bytes; empty: `bytes` are
    std::string bytes;
};
// In the order given. Written beside `to` and renamed over it when complete and on disk. Times inside are 0, so that the
// same entries give the same bytes.
Status write_archive(std::filesystem::path const& to, std::vector<ArchiveEntry> const&);

}  // namespace merlon
