#include "api/auth/oidc.h"

#include "api/auth/permissions.h"
#include "api/auth/secrets.h"
#include "api/http/server.h"
#include "base/digest.h"
#include "base/json_read.h"
#include "base/text.h"
#include "feeds/exchange.h"

namespace merlon::api {
namespace {

constexpr Ticks most_wait = 10 * ticks_per_minute;
constexpr Ticks provider_life = ticks_per_hour;
constexpr Ticks least_between_keys = ticks_per_minute;
constexpr std::size_t most_pending = 10'000;

Result<std::string> ask(std::string const& url, std::string const& authorities, std::string method = "GET", std::string body = {}) {
    feeds::Exchange request{url, std::move(method), {"accept: application/json"}, std::move(body), authorities};
    if (!request.body.empty()) request.headers.emplace_back("content-type: application/x-www-form-urlencoded");
    auto const answer = feeds::exchange(request);
    if (!answer) return fail("oidc.provider", describe(answer.error()));
    if (answer->status != 200) {
        // The reason in the provider's own words, when it gives one (RFC 6749, section 5.2).
        auto const document = json::Document::parse(answer->body, "answer");
        auto const reason = document ? json::text(document->root(), "error") : std::string_view{};
        return fail("oidc.provider", "it answered " + std::to_string(answer->status) + (reason.empty() ? "" : " " + clean_text(reason, 100)));
    }
    return answer->body;
}

}  // namespace

Result<std::vector<RoleRule>> read_role_rules(std::string_view text) {
    std::vector<RoleRule> all;
    for (auto const part : split(text, ';')) {
        if (trim(part).empty()) continue;
        auto const equals = part.find('=');
        if (equals == std::string_view::npos) return fail("oidc.roles", clean_text(part, 200));
        RoleRule rule;
        rule.group = trim(part.substr(0, equals));
        auto const rest = part.substr(equals + 1);
        auto const at = rest.find('@');
        rule.role = TRY(require_role(trim(rest.substr(0, at))))->name;
        if (at != std::string_view::npos) {
            std::set<std::string> names;
            for (auto const name : split(rest.substr(at + 1), ','))
                if (!trim(name).empty()) names.emplace(trim(name));
            rule.groups = std::vector<std::string>(names.begin(), names.end());
        }
        if (rule.group.empty()) return fail("oidc.roles", clean_text(part, 200));
        all.push_back(std::move(rule));
    }
    return all;
}

// The provider's own description (OpenID Connect Discovery), kept for an hour; its keys also anew when a token has one that
// is not known.
Result<Oidc::Provider> Oidc::provider(Ticks now, bool fresh_keys) {
    std::lock_guard lock(guard_);
    if (provider_ && now - provider_->read < (fresh_keys ? least_between_keys : provider_life)) return *provider_;
    auto issuer = options_.issuer;
    while (issuer.ends_with('/')) issuer.pop_back();
    auto const text = TRY(ask(issuer + "/.well-known/openid-configuration", options_.authorities));
    auto const document = json::Document::parse(text, "configuration");
    if (!document) return fail("oidc.provider", describe(document.error()));
    auto const root = document->root();
    if (json::text(root, "issuer") != options_.issuer) return fail("oidc.provider", "it calls itself " + clean_text(json::text(root, "issuer"), 200));
    Provider made;
    made.authorize = json::text(root, "authorization_endpoint");
    made.token = json::text(root, "token_endpoint");
    made.keys_at = json::text(root, "jwks_uri");
    // The browser is sent there; the other two addresses are checked where they are asked.
    if (!made.authorize.starts_with("https://") && !made.authorize.starts_with("http://127.0.0.1:")) return fail("oidc.provider", "its authorization endpoint is no https:// address");
    made.keys = TRY(read_provider_keys(TRY(ask(made.keys_at, options_.authorities))));
    made.read = now;
    provider_ = made;
    return made;
}

Result<Oidc::Start> Oidc::begin(Ticks now, bool ask_again) {
    auto const known = TRY(provider(now, false));
    Start start;
    start.cookie = new_secret();
    auto const state = new_secret();
    Pending pending{new_secret(), new_secret(), secret_hash(start.cookie), now};
    auto const challenge = base64url(from_hex(sha256_hex(pending.verifier)).value_or(""));
    start.location = known.authorize + (known.authorize.find('?') == std::string::npos ? "?" : "&") + "response_type=code&client_id=" +
                     percent_encode(options_.client_id) + "&redirect_uri=" + percent_encode(redirect()) + "&scope=" + percent_encode(options_.scopes) +
                     "&state=" + state + "&nonce=" + pending.nonce + "&code_challenge=" + challenge + "&code_challenge_method=S256" + (ask_again ? "&prompt=login" : "");
    std::lock_guard lock(guard_);
    std::erase_if(pending_, [&](auto const& entry) { return now - entry.second.begun > most_wait; });
    if (pending_.size() >= most_pending) return fail("oidc.provider", "too many people are signing in");
    pending_[state] = std::move(pending);
    return start;
}

Result<std::string> Oidc::exchange(Provider const& known, std::string_view code, std::string const& verifier) {
    auto const body = "grant_type=authorization_code&code=" + percent_encode(code) + "&redirect_uri=" + percent_encode(redirect()) + "&client_id=" +
                      percent_encode(options_.client_id) + "&code_verifier=" + verifier +
                      (options_.client_secret.empty() ? "" : "&client_secret=" + percent_encode(options_.client_secret));
    auto const answer = TRY(ask(known.token, options_.authorities, "POST", body));
    auto const document = json::Document::parse(answer, "answer");
    if (!document) return fail("oidc.provider", describe(document.error()));
    auto const token = json::text(document->root(), "id_token");
    if (token.empty()) return fail("oidc.provider", "it gave no ID token");
    return std::string(token);
}

Result<Identity> Oidc::finish(std::string_view state, std::string_view code, std::string_view cookie, Ticks now) {
    std::optional<Pending> pending;
    {
        std::lock_guard lock(guard_);
        if (auto const found = pending_.find(std::string(state)); found != pending_.end()) {
            pending = std::move(found->second);
            pending_.erase(found);  // works once, whatever comes of it
        }
    }
    if (!pending || code.empty() || now - pending->begun > most_wait || !same_secret(pending->cookie_hash, secret_hash(cookie))) return fail("oidc.state");
    auto known = TRY(provider(now, false));
    auto const text = TRY(exchange(known, code, pending->verifier));
    IdTokenExpectation const expected{options_.issuer, options_.client_id, pending->nonce, now};
    auto token = check_id_token(text, known.keys, expected, options_.groups_claim);
    if (!token && token.error().code == "oidc.unknown_key") {
        known = TRY(provider(now, true));
        token = check_id_token(text, known.keys, expected, options_.groups_claim);
    }
    if (!token) return std::unexpected(token.error());
    for (auto const& rule : options_.roles)
        if (std::ranges::find(token->groups, rule.group) != token->groups.end())
            return Identity{token->issuer, token->subject, token->name, rule.role, rule.groups};
    return fail("oidc.no_role", clean_text(token->name, 100));
}

}  // namespace merlon::api
