#include "hunt/functions/runtime/hash.h"

#include <bit>
#include <cstring>

#include <openssl/evp.h>

#include "base/text.h"

namespace merlon::hunt {

namespace {

constexpr std::uint64_t prime1 = 11400714785074694791ULL;
constexpr std::uint64_t prime2 = 14029467366897019727ULL;
constexpr std::uint64_t prime3 = 1609587929392839161ULL;
constexpr std::uint64_t prime4 = 9650029242287828579ULL;
constexpr std::uint64_t prime5 = 2870177450012600261ULL;

template <typename T>
T read(char const* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

std::uint64_t round_of(std::uint64_t state, std::uint64_t input) {
    return std::rotl(state + input * prime2, 31) * prime1;
}

std::uint64_t merged(std::uint64_t hash, std::uint64_t state) {
    return (hash ^ round_of(0, state)) * prime1 + prime4;
}

}  // namespace

// The published algorithm of XXH64 (github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), little-endian.
std::uint64_t xxh64(std::string_view bytes, std::uint64_t seed) {
    auto const* at = bytes.data();
    auto left = bytes.size();
    std::uint64_t hash = 0;
    if (left >= 32) {
        std::uint64_t state[4] = {seed + prime1 + prime2, seed + prime2, seed, seed - prime1};
        for (; left >= 32; at += 32, left -= 32)
            for (int i = 0; i < 4; ++i) state[i] = round_of(state[i], read<std::uint64_t>(at + 8 * i));
        hash = std::rotl(state[0], 1) + std::rotl(state[1], 7) + std::rotl(state[2], 12) + std::rotl(state[3], 18);
        for (auto const one : state) hash = merged(hash, one);
    } else {
        hash = seed + prime5;
    }
    hash += bytes.size();
    for (; left >= 8; at += 8, left -= 8)
        hash = std::rotl(hash ^ round_of(0, read<std::uint64_t>(at)), 27) * prime1 + prime4;
    if (left >= 4) {
        hash = std::rotl(hash ^ (read<std::uint32_t>(at) * prime1), 23) * prime2 + prime3;
        at += 4;
        left -= 4;
    }
    for (; left > 0; ++at, --left) hash = std::rotl(hash ^ (static_cast<unsigned char>(*at) * prime5), 11) * prime1;
    hash = (hash ^ (hash >> 33)) * prime2;
    hash = (hash ^ (hash >> 29)) * prime3;
    return hash ^ (hash >> 32);
}

std::int64_t hash_long(std::string_view bytes, std::int64_t modulus) {
    auto const hash = xxh64(bytes);
    if (modulus > 0) return static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(modulus));
    return static_cast<std::int64_t>(hash);
}

std::int64_t hash_word(std::int64_t word, std::int64_t modulus) {
    char bytes[sizeof word];
    std::memcpy(bytes, &word, sizeof word);
    return hash_long({bytes, sizeof bytes}, modulus);
}

std::string digest_hex(Digest kind, std::string_view text) {
    if (text.empty()) return {};
    auto const* method = kind == Digest::md5 ? EVP_md5() : kind == Digest::sha1 ? EVP_sha1() : EVP_sha256();
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), bytes, &size, method, nullptr) != 1) return {};
    return hex(std::span<unsigned char const>(bytes, size));
}

}  // namespace merlon::hunt
