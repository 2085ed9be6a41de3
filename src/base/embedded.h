// Files that travel inside the binary: schema/, rules/ and data/ of the source tree.
#pragma once
#include <string_view>
#include <vector>

namespace merlon {

struct EmbeddedFile {
    std::string_view path;   // as in the source tree: "schema/tables/DeviceInfo.json"
    std::string_view bytes;  // followed by 64 zero bytes, so that simdjson may read past the end
};

// All embedded files, sorted by path.
std::vector<EmbeddedFile> const& embedded_files();
// Those whose path begins with `prefix`.
std::vector<EmbeddedFile> embedded_under(std::string_view prefix);
// The bytes of one file; empty when there is none.
std::string_view embedded(std::string_view path);

}  // namespace merlon
