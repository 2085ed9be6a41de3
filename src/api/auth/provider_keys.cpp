#include "api/auth/provider_keys.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "api/auth/secrets.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::size_t most_token_bytes = 32 * 1024;
constexpr Ticks leeway = ticks_per_minute;  // of clocks
constexpr Ticks oldest = 10 * ticks_per_minute;
constexpr std::size_t es256_half = 32;
constexpr int least_rsa_bits = 2048;

struct Free {
    void operator()(BIGNUM* p) const { BN_free(p); }
    void operator()(OSSL_PARAM_BLD* p) const { OSSL_PARAM_BLD_free(p); }
    void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
    void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
    void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
    void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

unsigned char const* bytes_of(std::string const& text) { return reinterpret_cast<unsigned char const*>(text.data()); }
Owned<BIGNUM> number_of(std::string const& bytes) { return Owned<BIGNUM>(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr)); }

std::shared_ptr<void> made(char const* type, OSSL_PARAM_BLD* build) {
    Owned<OSSL_PARAM> const parameters(OSSL_PARAM_BLD_to_param(build));
    Owned<EVP_PKEY_CTX> const context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0)
        return nullptr;
    return {key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); }};
}

std::shared_ptr<void> rsa_key(json::Value jwk) {
    auto const n = from_base64url(json::text(jwk, "n")), e = from_base64url(json::text(jwk, "e"));
    if (!n || !e || n->empty() || e->empty()) return nullptr;
    auto const modulus = number_of(*n), exponent = number_of(*e);
    if (!modulus || !exponent || BN_num_bits(modulus.get()) < least_rsa_bits) return nullptr;
    Owned<OSSL_PARAM_BLD> const build(OSSL_PARAM_BLD_new());
    if (!build || !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) ||
        !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()))
        return nullptr;
    return made("RSA", build.get());
}

std::shared_ptr<void> ec_key(json::Value jwk) {
    auto const x = from_base64url(json::text(jwk, "x")), y = from_base64url(json::text(jwk, "y"));
    if (json::text(jwk, "crv") != "P-256" || !x || !y || x->size() != es256_half || y->size() != es256_half) return nullptr;
    auto const point = "\x04" + *x + *y;
    Owned<OSSL_PARAM_BLD> const build(OSSL_PARAM_BLD_new());
    if (!build || !OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) ||
        !OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()))
        return nullptr;
    return made("EC", build.get());
}

// ES256 signs as two numbers side by side (RFC 7518, section 3.4); the library wants them in DER.
std::string der_of(std::string const& halves) {
    if (halves.size() != 2 * es256_half) return {};
    Owned<ECDSA_SIG> const signature(ECDSA_SIG_new());
    auto r = number_of(halves.substr(0, es256_half)), s = number_of(halves.substr(es256_half));
    if (!signature || !r || !s || !ECDSA_SIG_set0(signature.get(), r.get(), s.get())) return {};
    (void)r.release(), (void)s.release();
    std::string out(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
    auto* at = reinterpret_cast<unsigned char*>(out.data());
    i2d_ECDSA_SIG(signature.get(), &at);
    return out;
}

bool signed_by(ProviderKey const& key, std::string_view text, std::string const& signature) {
    auto const checked = key.algorithm == "ES256" ? der_of(signature) : signature;
    Owned<EVP_MD_CTX> const context(EVP_MD_CTX_new());
    return !checked.empty() && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, static_cast<EVP_PKEY*>(key.key.get())) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(checked), checked.size(), reinterpret_cast<unsigned char const*>(text.data()), text.size()) == 1;
}

// A claim that is a text or a list of texts.
std::vector<std::string> texts_of(json::Value body, std::string_view name) {
    std::vector<std::string> all;
    auto const found = json::member(body, name);
    if (!found) return all;
    if (json::is_string(*found)) all.emplace_back(json::text(*found));
    else
        for (auto const one : json::array(*found)) all.emplace_back(json::text(one));
    return all;
}

// The rules of OpenID Connect Core, section 3.1.3.7, that are about what the token says.
Status check_claims(json::Value body, IdTokenExpectation const& expected) {
    auto const time = [&](std::string_view name) { return json::integer(body, name); };
    auto const at = [](std::int64_t seconds) { return unix_epoch_ticks + seconds * ticks_per_second; };
    constexpr std::int64_t latest = 253'402'300'799;  // 9999
    for (auto const* name : {"exp", "iat", "nbf"})
        if (auto const value = time(name); value && (*value < 0 || *value > latest)) return fail("oidc.token", std::string(name));
    if (json::text(body, "iss") != expected.issuer) return fail("oidc.token", "it is of another issuer");
    auto const audience = texts_of(body, "aud");
    if (std::ranges::find(audience, expected.client_id) == audience.end()) return fail("oidc.token", "it is for another client");
    auto const party = json::text(body, "azp");
    if ((audience.size() > 1 || !party.empty()) && party != expected.client_id) return fail("oidc.token", "it was asked for by another client");
    if (!time("exp") || at(*time("exp")) + leeway <= expected.now) return fail("oidc.token", "it has expired");
    if (!time("iat") || at(*time("iat")) > expected.now + leeway || at(*time("iat")) < expected.now - oldest)
        return fail("oidc.token", "it was not issued just now");
    if (time("nbf") && at(*time("nbf")) > expected.now + leeway) return fail("oidc.token", "it is not valid yet");
    if (expected.nonce.empty() || json::text(body, "nonce") != expected.nonce) return fail("oidc.token", "it answers another sign-in");
    if (json::text(body, "sub").empty()) return fail("oidc.token", "it names nobody");
    return {};
}

}  // namespace

Result<std::vector<ProviderKey>> read_provider_keys(std::string_view text) {
    auto const document = json::Document::parse(text, "keys");
    if (!document) return fail("oidc.provider", describe(document.error()));
    std::vector<ProviderKey> all;
    for (auto const jwk : json::array(document->root(), "keys")) {
        auto const use = json::text(jwk, "use"), type = json::text(jwk, "kty"), algorithm = json::text(jwk, "alg");
        if (!use.empty() && use != "sig") continue;
        ProviderKey key;
        key.id = json::text(jwk, "kid");
        key.algorithm = type == "RSA" ? "RS256" : type == "EC" ? "ES256" : "";
        if (key.algorithm.empty() || (!algorithm.empty() && algorithm != key.algorithm)) continue;
        key.key = type == "RSA" ? rsa_key(jwk) : ec_key(jwk);
        if (key.key) all.push_back(std::move(key));
    }
    if (all.empty()) return fail("oidc.provider", "it has no key for RS256 or ES256");
    return all;
}

Result<IdToken> check_id_token(std::string_view token, std::vector<ProviderKey> const& keys, IdTokenExpectation const& expected,
                               std::string_view groups_claim) {
    auto const parts = split(token, '.');
    if (token.size() > most_token_bytes || parts.size() != 3) return fail("oidc.token", "it is no JWT");
    auto const header = from_base64url(parts[0]), payload = from_base64url(parts[1]), signature = from_base64url(parts[2]);
    if (!header || !payload || !signature) return fail("oidc.token", "it is no JWT");
    auto const head = json::Document::parse(*header, "header"), body = json::Document::parse(*payload, "payload");
    if (!head || !body || !json::is_object(head->root()) || !json::is_object(body->root())) return fail("oidc.token", "it is no JWT");
    auto const id = json::text(head->root(), "kid"), algorithm = json::text(head->root(), "alg");
    if (json::member(head->root(), "crit")) return fail("oidc.token", "it asks for what is not understood");
    if (algorithm != "RS256" && algorithm != "ES256") return fail("oidc.token", "it is not signed by RS256 or ES256");
    auto const key = std::ranges::find_if(keys, [&](ProviderKey const& one) {
        return one.algorithm == algorithm && (id.empty() ? keys.size() == 1 : one.id == id);
    });
    if (key == keys.end()) return fail("oidc.unknown_key", clean_text(id, 100));
    if (!signed_by(*key, token.substr(0, parts[0].size() + 1 + parts[1].size()), *signature)) return fail("oidc.token", "its signature is wrong");
    TRY(check_claims(body->root(), expected));
    IdToken made;
    made.issuer = json::text(body->root(), "iss");
    made.subject = json::text(body->root(), "sub");
    for (auto const* name : {"preferred_username", "email", "sub"})
        if (made.name.empty()) made.name = json::text(body->root(), name);
    made.groups = texts_of(body->root(), groups_claim);
    return made;
}

}  // namespace merlon::api
