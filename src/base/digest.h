// Digests of bytes, in lower-case hex.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

std::string sha1_hex(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
// The first 63 bits of the SHA-256: an id that is stable over runs and machines.
std::int64_t stable_id(std::string_view bytes);
// A UUID of these hex digits, at least 32: two of them give way to its version and variant (RFC 4122).
std::string uuid_of(std::string_view hex, char version);
// The bytes that hex digits of either case say; nothing where a digit is missing or none (base/text.h writes them).
std::optional<std::string> from_hex(std::string_view);

}  // namespace merlon
