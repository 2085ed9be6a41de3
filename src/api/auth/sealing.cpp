#include "api/auth/sealing.h"

#include <sodium.h>
#include <sys/stat.h>

#include "api/auth/secrets.h"
#include "base/files.h"
#include "base/text.h"

namespace merlon::api {
namespace {

unsigned char const* bytes(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

Result<Sealer> Sealer::open(std::filesystem::path const& file) {
    if (sodium_init() < 0) return fail("auth.key_file", file.string(), "there is no source of random numbers");
    Sealer sealer;
    sealer.key_.resize(crypto_secretbox_KEYBYTES);
    std::error_code missing;
    if (file.empty() || !std::filesystem::exists(file, missing)) {
        crypto_secretbox_keygen(bytes(sealer.key_));
        if (!file.empty()) TRY(write_file_durably(file, sealer.key_));
        return sealer;
    }
    struct ::stat found {};
    if (::stat(file.c_str(), &found) != 0 || (found.st_mode & 077) != 0)
        return fail("auth.key_file", file.string(), "others may read it");
    auto const key = TRY(read_file(file, 4096));
    if (key.size() != sealer.key_.size()) return fail("auth.key_file", file.string(), "it has not 32 bytes");
    sealer.key_ = key;
    return sealer;
}

std::string Sealer::seal(std::string_view secret) const {
    if (secret.empty()) return {};
    std::string out(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size(), '\0');
    randombytes_buf(out.data(), crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(bytes(out) + crypto_secretbox_NONCEBYTES, bytes(secret), secret.size(),
                          bytes(std::string_view(out)), bytes(key_));
    return base64url(out);
}

Result<std::string> Sealer::unseal(std::string_view sealed) const {
    if (sealed.empty()) return std::string{};
    constexpr std::size_t head = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    auto const box = from_base64url(sealed);
    if (!box || box->size() < head) return fail("auth.unsealable");
    std::string out(box->size() - head, '\0');
    auto const text = std::string_view(*box).substr(crypto_secretbox_NONCEBYTES);
    if (crypto_secretbox_open_easy(bytes(out), bytes(text), text.size(), bytes(*box), bytes(key_)) != 0)
        return fail("auth.unsealable");
    return out;
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes(text), text.size());
    std::string out(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, bytes(out));
    return hex(std::string_view(out));
}

}  // namespace merlon::api
