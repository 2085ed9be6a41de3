#include "api/auth/secrets.h"

#include <sodium.h>

#include "base/digest.h"
#include "base/text.h"

namespace merlon::api {
namespace {

void ready() {
    static bool const done = sodium_init() >= 0;
    if (!done) std::abort();  // no random numbers: nothing that follows would be safe
}

std::string random_bytes(std::size_t count) {
    ready();
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), count);
    return bytes;
}

// The beginnings and patterns that lead every list of leaked passwords; all of twelve characters or more.
constexpr std::string_view common[] = {"password1234", "passwordpassword", "administrator", "qwertyuiop12", "123456789012",
                                       "1234567890123", "letmeinletmein", "changemechangeme", "welcomewelcome",
                                       "iloveyouiloveyou", "adminadminadmin", "correcthorsebatterystaple"};

}  // namespace

Result<std::string> hash_password(std::string_view password) {
    ready();
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str(out.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return fail("auth.weak_password", "there is too little memory to protect it");
    return std::string(out.data());
}

bool password_fits(std::string const& hash, std::string_view password) {
    ready();
    static std::string const nobody = hash_password(new_secret()).value_or("");
    auto const& against = hash.empty() ? nobody : hash;
    return crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0 && !hash.empty();
}

Status check_password(std::string_view password, std::string_view user) {
    std::size_t characters = 0;
    for (char const c : password)
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++characters;
    if (characters < 12) return fail("auth.weak_password", "it has fewer than 12 characters");
    if (characters > 128 || password.size() > 512) return fail("auth.weak_password", "it has more than 128 characters");
    auto const lower = ascii_lower(password);
    if (!user.empty() && lower.find(ascii_lower(user)) != std::string::npos && user.size() > 3)
        return fail("auth.weak_password", "it contains the name of its user");
    if (std::find(std::begin(common), std::end(common), lower) != std::end(common) ||
        std::all_of(lower.begin(), lower.end(), [&](char c) { return c == lower[0]; }))
        return fail("auth.weak_password", "it is one of the first that are tried");
    return {};
}

std::string new_secret(std::string_view prefix) { return std::string(prefix) + base64url(random_bytes(32)); }

std::string new_id() {
    auto bytes = random_bytes(16);
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
    auto const digits = hex(bytes);
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" + digits.substr(16, 4) + "-" +
           digits.substr(20);
}

std::string secret_hash(std::string_view secret) { return sha256_hex(secret); }

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64url(std::string_view bytes) {
    std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out.resize(out.size() - 1);  // the closing NUL
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string out(text.size(), '\0');
    std::size_t length = 0;
    char const* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr,
                          &length, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.data() + text.size())
        return {};
    out.resize(length);
    return out;
}

}  // namespace merlon::api
