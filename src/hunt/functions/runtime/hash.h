// hash() is XXH64 with seed 0 of a text's bytes (as the documented hash("World") = 1846988464401551951 shows) and of the
// eight bytes, little-endian, of a time's ticks (hash(datetime(2015-01-01)) = 1380966698541616202); numbers are taken likewise.
// The digests are of the text of any value.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace merlon::hunt {

std::uint64_t xxh64(std::string_view bytes, std::uint64_t seed = 0);
// With a modulus > 0 the result is in [0, modulus).
std::int64_t hash_long(std::string_view bytes, std::int64_t modulus);
std::int64_t hash_word(std::int64_t word, std::int64_t modulus);
// Lower-case hex; "" for "".
enum class Digest { md5, sha1, sha256 };
std::string digest_hex(Digest, std::string_view text);

}  // namespace merlon::hunt
