#include "base/digest.h"

#include <charconv>

#include <openssl/evp.h>

#include "base/text.h"

namespace merlon {
namespace {

struct Digest {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
};

Digest digest(EVP_MD const* algorithm, std::string_view bytes) {
    Digest out;
    EVP_Digest(bytes.data(), bytes.size(), out.bytes.data(), &out.size, algorithm, nullptr);
    return out;
}

}  // namespace

std::string sha1_hex(std::string_view bytes) {
    auto const hash = digest(EVP_sha1(), bytes);
    return hex(std::span(hash.bytes).first(hash.size));
}

std::string sha256_hex(std::string_view bytes) {
    auto const hash = digest(EVP_sha256(), bytes);
    return hex(std::span(hash.bytes).first(hash.size));
}

std::string uuid_of(std::string_view hex, char version) {
    auto const part = [&](std::size_t at, std::size_t size) { return std::string(hex.substr(at, size)); };
    return part(0, 8) + "-" + part(8, 4) + "-" + version + part(13, 3) + "-8" + part(17, 3) + "-" + part(20, 12);
}

std::int64_t stable_id(std::string_view bytes) {
    auto const hash = digest(EVP_sha256(), bytes);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value = (value << 8) | hash.bytes[i];
    return static_cast<std::int64_t>(value >> 1);
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return {};
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned char byte = 0;
        auto const [end, fault] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        if (fault != std::errc{} || end != text.data() + i + 2) return {};
        out += static_cast<char>(byte);
    }
    return out;
}

}  // namespace merlon
