#include "base/flush.h"

#include <fcntl.h>
#include <unistd.h>

namespace merlon {

void flush_folder(std::filesystem::path const& folder) {
    int const directory = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    (void)::fsync(directory);
    ::close(directory);
}

}  // namespace merlon
