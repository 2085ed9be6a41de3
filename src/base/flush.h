// Having names on disk: a file that was renamed and flushed may still lose its name with the power.
#pragma once
#include <filesystem>

namespace merlon {

// Has the names in a folder on disk, where the file system can. "" is where we are.
void flush_folder(std::filesystem::path const&);

}  // namespace merlon
