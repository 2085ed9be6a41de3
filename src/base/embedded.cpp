#include "base/embedded.h"

namespace merlon {

std::vector<EmbeddedFile> embedded_under(std::string_view prefix) {
    std::vector<EmbeddedFile> found;
    for (auto const& file : embedded_files())
        if (file.path.starts_with(prefix)) found.push_back(file);
    return found;
}

std::string_view embedded(std::string_view path) {
    for (auto const& file : embedded_files())
        if (file.path == path) return file.bytes;
    return {};
}

}  // namespace merlon
