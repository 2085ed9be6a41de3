// The portal: the web application, one pack inside the binary (written by portal/pack.ts). Only what the pack lists is
// ever served; whoever navigates to a screen's address gets the start page.
//
// The pack is a line of JSON, [{"path", "type", "offset", "length", "size", "hash", "fixed"}], and the gzip bytes of its
// files one after another; offsets count from the byte behind the line. `fixed` files carry their hash in their name.
#pragma once
#include <optional>

#include "api/http/server.h"

namespace merlon::api {

// The answer to a GET that no route took; nothing when it is no business of the portal.
std::optional<HttpResponse> portal_answer(HttpRequest const&);

struct PackedFile {
    std::string path, type, hash;
    std::string_view zipped;  // gzip
    std::size_t size = 0;     // of the file itself
    bool fixed = false;
};
// Reads a pack; an empty one has no files. Errors: api.bad_pack.
Result<std::vector<PackedFile>> read_pack(std::string_view bytes);

}  // namespace merlon::api
