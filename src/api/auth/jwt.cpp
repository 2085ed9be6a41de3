#include "api/auth/jwt.h"

#include <sodium.h>
#include <sys/stat.h>

#include "api/auth/secrets.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::string_view issuer = "merlon";
constexpr std::size_t most_token_bytes = 16 * 1024;

std::int64_t unix_seconds(Ticks time) { return (time - unix_epoch_ticks) / ticks_per_second; }
Ticks from_unix(std::int64_t seconds) { return unix_epoch_ticks + seconds * ticks_per_second; }

}  // namespace

Result<Signer> Signer::open(std::filesystem::path const& file) {
    if (sodium_init() < 0) return fail("auth.key_file", file.string(), "there is no source of random numbers");
    std::string seed(crypto_sign_SEEDBYTES, '\0');
    std::error_code missing;
    if (!file.empty() && std::filesystem::exists(file, missing)) {
        struct ::stat found {};
        if (::stat(file.c_str(), &found) != 0 || (found.st_mode & 077) != 0)
            return fail("auth.key_file", file.string(), "others may read it");
        auto const bytes = TRY(read_file(file, 4096));
        if (bytes.size() != seed.size()) return fail("auth.key_file", file.string(), "it has not 32 bytes");
        seed = bytes;
    } else {
        randombytes_buf(seed.data(), seed.size());
        if (!file.empty()) TRY(write_file_durably(file, seed));
    }
    Signer signer;
    signer.public_key_.resize(crypto_sign_PUBLICKEYBYTES);
    signer.secret_key_.resize(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(signer.public_key_.data()),
                             reinterpret_cast<unsigned char*>(signer.secret_key_.data()),
                             reinterpret_cast<unsigned char const*>(seed.data()));
    signer.key_id_ = sha256_hex(signer.public_key_).substr(0, 16);
    return signer;
}

std::string Signer::issue(Claims const& claims) const {
    std::string header;
    JsonWriter head(header);
    head.begin_object();
    head.member("alg", "EdDSA");
    head.member("typ", "JWT");
    head.member("kid", key_id_);
    head.end_object();
    std::string payload;
    JsonWriter json(payload);
    json.begin_object();
    json.member("iss", issuer);
    json.member("aud", claims.audience);
    json.member("sub", claims.application);
    json.member("appid", claims.application);
    json.member("tid", claims.tenant);
    json.member("ver", "2.0");
    json.member("iat", unix_seconds(claims.issued));
    json.member("nbf", unix_seconds(claims.issued));
    json.member("exp", unix_seconds(claims.expires));
    json.key("roles");
    json.begin_array();
    for (auto const& role : claims.roles) json.string(role);
    json.end_array();
    json.end_object();
    auto signed_part = base64url(header) + "." + base64url(payload);
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr,
                         reinterpret_cast<unsigned char const*>(signed_part.data()), signed_part.size(),
                         reinterpret_cast<unsigned char const*>(secret_key_.data()));
    return signed_part + "." + base64url(signature);
}

std::optional<Claims> Signer::check(std::string_view token, Ticks now) const {
    if (token.size() > most_token_bytes) return {};
    auto const parts = split(token, '.');
    if (parts.size() != 3) return {};
    auto const header = from_base64url(parts[0]), payload = from_base64url(parts[1]), signature = from_base64url(parts[2]);
    if (!header || !payload || !signature || signature->size() != crypto_sign_BYTES) return {};
    auto const signed_part = token.substr(0, parts[0].size() + 1 + parts[1].size());
    if (crypto_sign_verify_detached(reinterpret_cast<unsigned char const*>(signature->data()),
                                    reinterpret_cast<unsigned char const*>(signed_part.data()), signed_part.size(),
                                    reinterpret_cast<unsigned char const*>(public_key_.data())) != 0)
        return {};
    auto const head = json::Document::parse(*header, "header"), body = json::Document::parse(*payload, "payload");
    if (!head || !body || json::text(head->root(), "alg") != "EdDSA" || json::text(body->root(), "iss") != issuer) return {};
    Claims claims;
    claims.application = json::text(body->root(), "appid");
    claims.tenant = json::text(body->root(), "tid");
    claims.audience = json::text(body->root(), "aud");
    for (auto const role : json::array(body->root(), "roles")) claims.roles.emplace_back(json::text(role));
    claims.issued = from_unix(json::integer(body->root(), "nbf").value_or(0));
    claims.expires = from_unix(json::integer(body->root(), "exp").value_or(0));
    if (now < claims.issued - ticks_per_minute || now >= claims.expires) return {};
    return claims;
}

}  // namespace merlon::api
