// Sign-in by an OpenID provider: the code flow with PKCE (RFC 7636), state and nonce. The groups that the provider says
// somebody is in decide their role and the device groups they see, anew at every sign-in.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth/directory.h"
#include "api/auth/provider_keys.h"

namespace merlon::api {

// Members of the provider's group have the role here; the first rule that fits counts.
struct RoleRule {
    std::string group, role;
    DeviceGroups groups = {};
};
// "Merlon Admins=Administrator; ops=Security operator@Servers,DMZ". Errors: oidc.roles, auth.unknown_role.
Result<std::vector<RoleRule>> read_role_rules(std::string_view);

struct OidcOptions {
    std::string issuer;  // "https://login.example.com/realms/main"; empty: no such sign-in
    std::string client_id, client_secret;
    std::string scopes = "openid profile email";
    std::string groups_claim = "groups";
    std::vector<RoleRule> roles;
    std::string public_url;   // where browsers find this server
    std::string authorities;  // PEM file of certificates to trust beside the system's
};

// Somebody for whom the provider has vouched.
struct Identity {
    std::string issuer, subject, name, role;
    DeviceGroups groups;
};

class Oidc {
public:
    explicit Oidc(OidcOptions options) : options_(std::move(options)) {}
    bool enabled() const { return !options_.issuer.empty(); }

    // Where to send the browser, and the value of the cookie that binds the answer to it. Errors: oidc.provider.
    struct Start {
        std::string location, cookie;
    };
    Result<Start> begin(Ticks now, bool ask_again = false);
    // What the provider's answer comes to. Each state works once, within ten minutes, for the browser with the cookie.
    // Errors: oidc.state, oidc.provider, oidc.token, oidc.no_role.
    Result<Identity> finish(std::string_view state, std::string_view code, std::string_view cookie, Ticks now);

private:
    struct Provider {
        std::string authorize, token, keys_at;
        std::vector<ProviderKey> keys;
        Ticks read = 0;
    };
    struct Pending {
        std::string nonce, verifier, cookie_hash;
        Ticks begun = 0;
    };
    Result<Provider> provider(Ticks now, bool fresh_keys);
    Result<std::string> exchange(Provider const&, std::string_view code, std::string const& verifier);
    std::string redirect() const { return options_.public_url + "/api/merlon/oidc/callback"; }

    OidcOptions options_;
    std::mutex guard_;
    std::optional<Provider> provider_;
    std::map<std::string, Pending> pending_;  // by state
};

}  // namespace merlon::api
