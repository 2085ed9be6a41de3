// Digests of bytes, in lower-case hex.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace merlon {

std::string sha1_hex(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
// The first 63 bits of the SHA-256: an id that is stable over runs and machines.
std::int64_t stable_id(std::string_view bytes);

}  // namespace merlon
