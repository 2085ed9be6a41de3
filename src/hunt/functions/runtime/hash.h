// Hashes of text. hash_xxhash64 is XXH64 with seed 0 (as hash("World") = 1846988464401551951 shows); other values are
// hashed as their text, which for datetimes gives Kusto's own results.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace merlon::hunt {

std::uint64_t xxh64(std::string_view bytes, std::uint64_t seed = 0);
// With a modulus > 0 the result is in [0, modulus).
std::int64_t hash_long(std::string_view text, std::int64_t modulus);
// Lower-case hex; "" for "".
enum class Digest { md5, sha1, sha256 };
std::string digest_hex(Digest, std::string_view text);

}  // namespace merlon::hunt
