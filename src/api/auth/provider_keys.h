// The public keys of an OpenID provider (RFC 7517) and the tokens that it signs: RS256 and ES256, nothing else. What the
// header of a token says chooses among these keys and never brings one.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace merlon::api {

struct ProviderKey {
    std::string id;         // kid
    std::string algorithm;  // RS256, ES256
    std::shared_ptr<void> key;
};
// Keys for other uses or of other kinds are passed over. Errors: oidc.provider.
Result<std::vector<ProviderKey>> read_provider_keys(std::string_view json);

// What an ID token must say (OpenID Connect Core, section 3.1.3.7).
struct IdTokenExpectation {
    std::string issuer, client_id, nonce;
    Ticks now = 0;
};
struct IdToken {
    std::string issuer, subject, name;  // name: preferred_username, else e-mail, else the subject
    std::vector<std::string> groups;    // of `groups_claim`
};
// Errors: oidc.token with the rule that is broken; oidc.unknown_key when no key has the token's kid.
Result<IdToken> check_id_token(std::string_view token, std::vector<ProviderKey> const&, IdTokenExpectation const&, std::string_view groups_claim);

}  // namespace merlon::api
