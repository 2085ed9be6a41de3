#include "api/auth/gate.h"

#include "api/auth/permissions.h"
#include "api/auth/secrets.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

constexpr Ticks session_idle = 30 * ticks_per_minute;
constexpr Ticks session_life = 12 * ticks_per_hour;
constexpr Ticks token_life = ticks_per_hour;
constexpr Ticks throttle_window = 15 * ticks_per_minute;
constexpr int most_failures = 10;
constexpr std::size_t most_sessions = 10;  // of one user
constexpr std::size_t most_throttle_keys = 100'000;
constexpr std::string_view cookie_name = "__Host-merlon";
constexpr std::string_view own_audience = "merlon";
constexpr std::string_view link_audience = "merlon-link";
constexpr std::string_view link_scoped = "scoped";  // the first role of a link whose other roles are device groups

HttpResponse unauthorized(std::string_view message) {
    auto response = refusal(401, "Unauthorized", message);
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

HttpResponse too_many() {
    auto response = refusal(429, "TooManyRequests", "Too many failed attempts; try again in 15 minutes.");
    response.headers.emplace_back("Retry-After", "900");
    return response;
}

// The value of the session cookie; empty without one.
std::string_view cookie_of(HttpRequest const& request) {
    auto rest = request.header("cookie");
    while (!rest.empty()) {
        auto const end = rest.find(';');
        auto const pair = trim(rest.substr(0, end));
        if (pair.starts_with(cookie_name) && pair.size() > cookie_name.size() && pair[cookie_name.size()] == '=')
            return pair.substr(cookie_name.size() + 1);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    return {};
}

std::optional<std::string_view> bearer_of(HttpRequest const& request) {
    auto const authorization = request.header("authorization");
    if (authorization.size() <= 7 || !equal_ignoring_ascii_case(authorization.substr(0, 7), "Bearer ")) return {};
    return trim(authorization.substr(7));
}

// A browser sends the cookie along whoever made the page, so a write must come from our own pages.
bool from_own_pages(HttpRequest const& request) {
    if (request.method == "GET" || request.method == "HEAD") return true;
    if (auto const site = request.header("sec-fetch-site"); !site.empty()) return site == "same-origin";
    auto const origin = request.header("origin");
    auto const scheme = origin.find("://");
    return scheme != std::string_view::npos && equal_ignoring_ascii_case(origin.substr(scheme + 3), request.header("host"));
}

bool loopback_name(std::string_view host) {
    if (host.empty()) return true;
    if (host.starts_with("[::1]")) return true;
    auto const name = host.substr(0, host.find(':'));
    return equal_ignoring_ascii_case(name, "localhost") || name.starts_with("127.");
}

// A program's id and secret in the header instead of the form (RFC 6749, section 2.3.1), as OAuth libraries send them; empty
// where it has none.
std::pair<std::string, std::string> basic_of(HttpRequest const& request) {
    auto const authorization = request.header("authorization");
    if (authorization.size() <= 6 || !equal_ignoring_ascii_case(authorization.substr(0, 6), "Basic ")) return {};
    auto packed = replace_all(replace_all(std::string(trim(authorization.substr(6))), "+", "-"), "/", "_");
    while (packed.ends_with('=')) packed.pop_back();
    auto const text = from_base64url(packed);
    auto const colon = text ? text->find(':') : std::string::npos;
    if (colon == std::string::npos) return {};
    return {percent_decode(text->substr(0, colon), true).value_or(""), percent_decode(text->substr(colon + 1), true).value_or("")};
}

HttpResponse oauth_error(int status, std::string_view code, int number, std::string_view text) {
    HttpResponse response;
    response.status = status;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("error", code);
    json.member("error_description", "AADSTS" + std::to_string(number) + ": " + std::string(text));
    json.key("error_codes");
    json.begin_array();
    json.integer(number);
    json.end_array();
    json.member("timestamp", iso_seconds(now_ticks()));
    json.end_object();
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

// The fields of a form body: a=b&c=d.
std::map<std::string, std::string> form_of(HttpRequest const& request) {
    std::map<std::string, std::string> fields;
    for (auto const pair : split(request.body, '&')) {
        auto const equals = pair.find('=');
        auto const name = percent_decode(pair.substr(0, equals), true);
        auto const value = equals == std::string_view::npos ? std::string{} : percent_decode(pair.substr(equals + 1), true);
        if (name && value) fields[*name] = *value;
    }
    return fields;
}

}  // namespace

Caller caller_of(Directory const& directory, User const& user) {
    Caller caller{"user:" + user.name, user.id, {}, directory.groups_of(user)};
    if (auto const* role = directory.role(user.role)) caller.permissions.insert(role->permissions.begin(), role->permissions.end());
    return caller;
}

Result<std::unique_ptr<Gate>> Gate::create(store::Store const& store, store::Writer& writer, GateOptions const& options) {
    auto signer = TRY(Signer::open(options.key_file));
    std::unique_ptr<Gate> gate(new Gate(store, writer, options, std::move(signer)));
    gate->oidc_ = std::make_unique<Oidc>(options.oidc);
    TRY(gate->reload());
    if (gate->unclaimed()) {
        gate->first_code_ = new_secret();
        gate->first_code_until_ = now_ticks() + ticks_per_day;
    }
    return gate;
}

Status Gate::reload() {
    std::lock_guard one_at_a_time(reload_guard_);
    auto connection = TRY(store_.connect());
    auto directory = std::make_shared<Directory const>(TRY(read_directory(connection)));
    directory_.store(directory);
    std::lock_guard lock(guard_);
    std::erase_if(sessions_, [&](auto const& entry) {
        auto const* user = directory->user(entry.second.user);
        return !user || user->disabled;
    });
    return {};
}

Status Gate::change(store::Operation operation) {
    TRY(writer_.run(std::move(operation)));
    return reload();
}

std::string Gate::first_code() const {
    std::lock_guard lock(guard_);
    return first_code_;
}

// Known to the minute; nobody waits for it.
void Gate::note_use(PersonalToken const& token, Ticks now) {
    {
        std::lock_guard lock(guard_);
        auto& last = token_used_[token.id];
        if (now - std::max(last, token.last_used) < ticks_per_minute) return;
        last = now;
    }
    (void)writer_.submit([id = token.id, now](store::Connection& connection) { return mark_token_used(connection, id, now); });
}

std::optional<Caller> Gate::by_bearer(std::string_view credential) {
    auto const directory = directory_.load();
    auto const now = now_ticks();
    if (credential.starts_with("mer_")) {
        auto const* token = directory->token_by_hash(secret_hash(credential));
        if (!token || token->expires <= now) return {};
        auto const* user = directory->user(token->owner);
        if (!user || user->disabled) return {};
        auto caller = caller_of(*directory, *user);
        if (!token->permissions.empty()) {
            std::set<std::string> narrowed;
            for (auto const& permission : token->permissions)
                if (holds(caller.permissions, permission)) narrowed.insert(permission);
            caller.permissions = std::move(narrowed);
        }
        caller.groups = common(caller.groups, token->groups);
        note_use(*token, now);
        return caller;
    }
    auto const claims = signer_.check(credential, now);
    if (!claims || claims->audience != own_audience) return {};
    auto const* application = directory->application(claims->application);
    if (!application || application->disabled) return {};
    Caller caller{"application:" + application->name, {}, {}, application->groups};
    // What was taken from the application since the token was issued is gone at once.
    for (auto const& permission : claims->roles)
        if (std::find(application->permissions.begin(), application->permissions.end(), permission) != application->permissions.end())
            caller.permissions.insert(permission);
    return caller;
}

std::optional<Caller> Gate::by_cookie(HttpRequest const& request, bool wakes) {
    auto const cookie = cookie_of(request);
    if (cookie.empty() || !from_own_pages(request)) return {};
    auto const now = now_ticks();
    std::string id;
    {
        std::lock_guard lock(guard_);
        auto const found = sessions_.find(secret_hash(cookie));
        if (found == sessions_.end()) return {};
        if (now - found->second.seen > session_idle || now - found->second.created > session_life) {
            sessions_.erase(found);
            return {};
        }
        if (wakes) found->second.seen = now;
        id = found->second.user;
    }
    auto const directory = directory_.load();
    auto const* user = directory->user(id);
    if (!user || user->disabled) return {};
    return caller_of(*directory, *user);
}

std::string Gate::sign_link(Caller const& caller, std::string_view path, Ticks expires) const {
    Claims claims;
    claims.application = caller.who;
    claims.tenant = path;
    claims.audience = link_audience;
    claims.issued = now_ticks();
    claims.expires = expires;
    // A link sees no more than the credential that made it.
    if (caller.groups) {
        claims.roles.emplace_back(link_scoped);
        claims.roles.insert(claims.roles.end(), caller.groups->begin(), caller.groups->end());
    }
    return signer_.issue(claims);
}

std::optional<Caller> Gate::by_link(HttpRequest const& request) {
    auto const claims = signer_.check(request.option("token"), now_ticks());
    if (!claims || claims->audience != link_audience || claims->tenant != request.path || request.method != "GET") return {};
    auto const directory = directory_.load();
    std::string_view const who = claims->application;
    std::optional<Caller> caller;
    if (who.starts_with("user:")) {
        auto const* user = directory->user(who.substr(5));
        if (user && !user->disabled) caller = caller_of(*directory, *user);
    } else if (who.starts_with("application:")) {
        auto const* application = directory->application(who.substr(12));
        if (application && !application->disabled)
            caller = Caller{std::string(who), {}, {application->permissions.begin(), application->permissions.end()}, application->groups};
    }
    if (!caller || claims->roles.empty() || claims->roles.front() != link_scoped) return caller;
    caller->groups = common(caller->groups, std::vector<std::string>(claims->roles.begin() + 1, claims->roles.end()));
    return caller;
}

std::optional<Caller> Gate::by_credential(HttpRequest const& request, bool wakes) {
    if (auto const bearer = bearer_of(request)) return by_bearer(*bearer);
    if (auto caller = by_cookie(request, wakes)) return caller;
    return request.path.starts_with("/api/exports/") ? by_link(request) : std::nullopt;
}

std::expected<Caller, HttpResponse> Gate::admit(HttpRequest const& request, std::string_view permission) {
    if (unclaimed()) {
        if (options_.open_until_claimed) {
            if (options_.check_host && !loopback_name(request.header("host")))
                return std::unexpected(refusal(403, "Forbidden", "Until it has a user, this server answers to localhost only."));
            return Caller{"local", {}, {"*"}};
        }
        if (permission.empty()) return Caller{};
        return std::unexpected(unauthorized("This server has no user yet: open the one-time link that it printed at its start."));
    }
    auto const caller = by_credential(request, true);
    if (permission.empty()) return caller.value_or(Caller{});
    if (!caller)
        return std::unexpected(unauthorized(bearer_of(request) ? "The token is malformed, expired, revoked or of another server."
                                                               : "Sign in, or send a token: Authorization: Bearer TOKEN."));
    if (allows(*caller, permission)) return *caller;
    if (!holds(caller->permissions, permission))
        return std::unexpected(refusal(403, "Forbidden", "This needs the permission " + std::string(permission) + "."));
    return std::unexpected(refusal(403, "Forbidden", "This is about the whole fleet; your account sees some device groups only."));
}

bool Gate::allows(Caller const& caller, std::string_view permission) {
    if (permission.empty() || permission == signed_in) return true;
    if (!holds(caller.permissions, permission)) return false;
    return !caller.groups || std::ranges::find(whole_fleet_permissions, permission) == whole_fleet_permissions.end();
}

bool Gate::still_stands(HttpRequest const& request) {
    if (request.remote == "local") return true;  // through the data folder
    std::optional<Caller> now;
    if (unclaimed()) now = options_.open_until_claimed ? Caller{"local", {}, {"*"}} : Caller{};
    else now = by_credential(request, false);
    return now && request.caller && *now == *request.caller;
}

bool Gate::throttled(std::string const& key) {
    std::lock_guard lock(guard_);
    auto const found = failures_.find(key);
    if (found == failures_.end()) return false;
    if (now_ticks() - found->second.since > throttle_window) {
        failures_.erase(found);
        return false;
    }
    return found->second.count >= most_failures;
}

void Gate::failed(std::string const& key) {
    std::lock_guard lock(guard_);
    auto const now = now_ticks();
    if (failures_.size() >= most_throttle_keys)
        std::erase_if(failures_, [&](auto const& entry) { return now - entry.second.since > throttle_window; });
    auto& entry = failures_[key];
    if (entry.count == 0 || now - entry.since > throttle_window) entry = {0, now};
    ++entry.count;
}

std::expected<void, HttpResponse> Gate::check(HttpRequest const& request, std::string_view name, User const* user, std::string_view password) {
    auto const account = "user " + ascii_lower(name.substr(0, 100)), address = "from " + request.remote;
    if (throttled(account) || throttled(address)) return std::unexpected(too_many());
    bool const fits = password_fits(user ? user->password_hash : "", password.substr(0, 512));
    if (!user || user->disabled || !fits) {
        failed(account);
        failed(address);
        return std::unexpected(unauthorized("Name or password is wrong."));
    }
    std::lock_guard lock(guard_);
    failures_.erase(account);
    return {};
}

std::expected<std::string, HttpResponse> Gate::sign_in(HttpRequest const& request, std::string_view name, std::string_view password) {
    auto const directory = directory_.load();
    auto const* user = directory->user(name);
    if (auto checked = check(request, name, user, password); !checked) return std::unexpected(std::move(checked).error());
    return start_session(request, user->id);
}

std::optional<HttpResponse> Gate::unconfirmed(HttpRequest const& request) const {
    if (options_.confirm_after == 0 || bearer_of(request)) return {};
    std::lock_guard lock(guard_);
    auto const found = sessions_.find(secret_hash(cookie_of(request)));
    if (found == sessions_.end() || now_ticks() - found->second.confirmed <= options_.confirm_after) return {};
    return refusal(403, confirmation_required, "This changes who may do what. Confirm that it is you: give your password again (POST /api/merlon/session/confirm), or sign in anew.");
}

std::expected<void, HttpResponse> Gate::confirm(HttpRequest const& request, std::string_view password) {
    auto const key = secret_hash(cookie_of(request));
    std::string id;
    {
        std::lock_guard lock(guard_);
        auto const found = sessions_.find(key);
        if (found == sessions_.end()) return std::unexpected(refusal(400, "BadRequest", "Only a session of the portal is confirmed; a token needs no confirmation."));
        id = found->second.user;
    }
    auto const directory = directory_.load();
    auto const* user = directory->user(id);
    if (auto checked = check(request, user ? std::string_view(user->name) : std::string_view(id), user, password); !checked)
        // 401 would say that the session has ended.
        return std::unexpected(checked.error().status == 401 ? refusal(403, "Forbidden", "The password is wrong.") : std::move(checked).error());
    std::lock_guard lock(guard_);
    if (auto const found = sessions_.find(key); found != sessions_.end()) found->second.confirmed = now_ticks();
    return {};
}

Result<std::string> Gate::user_of(Identity const& identity) {
    std::string id;
    TRY(change([&](store::Connection& connection) -> Status {
        id = TRY(identified_user(connection, identity.issuer, identity.subject));
        if (!id.empty()) {
            UserChange now;
            now.role = identity.role;
            now.groups = identity.groups;
            return change_user(connection, id, now);
        }
        NewUser made;
        made.id = id = new_id();
        // A name that somebody has already is theirs: the provider's word does not make it another's.
        made.name = TRY(check_name(identity.name));
        made.role = identity.role;
        made.groups = identity.groups;  // and no password: nothing fits it
        TRY(add_user(connection, made));
        return identify_user(connection, identity.issuer, identity.subject, made.id);
    }));
    auto const* user = directory_.load()->user(id);
    if (!user || user->disabled) return fail("oidc.disabled", clean_text(identity.name, 100));
    return id;
}

// Always a new secret, whatever the request brought: a session cannot be planted.
std::string Gate::start_session(HttpRequest const& request, std::string const& user_id) {
    auto const cookie = new_secret();
    auto const now = now_ticks();
    std::lock_guard lock(guard_);
    std::erase_if(sessions_, [&](auto const& entry) { return now - entry.second.seen > session_idle; });
    // The oldest gives way when somebody has too many.
    auto oldest = sessions_.end();
    std::size_t theirs = 0;
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at)
        if (at->second.user == user_id && ++theirs && (oldest == sessions_.end() || at->second.created < oldest->second.created)) oldest = at;
    if (theirs >= most_sessions) sessions_.erase(oldest);
    sessions_[secret_hash(cookie)] = {user_id, now, now, now, request.remote, clean_text(request.header("user-agent"), 200)};
    return std::string(cookie_name) + "=" + cookie + "; Path=/; Secure; HttpOnly; SameSite=Strict";
}

namespace {
// What a session is called by: says nothing of its cookie.
std::string session_id(std::string_view key) { return secret_hash(key).substr(0, 16); }
}  // namespace

std::vector<Gate::SessionSeen> Gate::sessions(HttpRequest const& request) const {
    auto const own = secret_hash(cookie_of(request));
    std::lock_guard lock(guard_);
    std::vector<SessionSeen> all;
    for (auto const& [key, one] : sessions_)
        all.push_back({session_id(key), one.user, one.address, one.client, one.created, one.seen, key == own});
    return all;
}

void Gate::end_session(std::string_view id) {
    std::lock_guard lock(guard_);
    std::erase_if(sessions_, [&](auto const& entry) { return session_id(entry.first) == id; });
}

void Gate::sign_out(HttpRequest const& request) {
    std::lock_guard lock(guard_);
    sessions_.erase(secret_hash(cookie_of(request)));
}

HttpResponse Gate::issue_token(HttpRequest const& request, std::string_view tenant) {
    auto const form = form_of(request);
    auto const field = [&](char const* name) {
        auto const found = form.find(name);
        return found == form.end() ? std::string{} : found->second;
    };
    if (field("grant_type") != "client_credentials")
        return oauth_error(400, "unsupported_grant_type", 70003, "grant_type must be client_credentials.");
    auto const [named, key] = basic_of(request);
    auto const id = named.empty() ? field("client_id") : named, secret = named.empty() ? field("client_secret") : key;
    if (id.empty()) return oauth_error(400, "invalid_request", 900144, "The request body must contain client_id.");
    if (secret.empty()) return oauth_error(401, "invalid_client", 7000216, "The request body must contain client_secret.");
    auto const account = "application " + ascii_lower(std::string_view(id).substr(0, 100)), address = "from " + request.remote;
    if (throttled(account) || throttled(address)) return too_many();
    auto const directory = directory_.load();
    auto const* application = directory->application(id);
    bool const fits = same_secret(application ? application->secret : secret_hash(""), secret_hash(secret));
    if (!application || application->disabled || !fits) {
        failed(account);
        failed(address);
        return oauth_error(401, "invalid_client", 7000215, "The client or its secret is wrong.");
    }
    Claims claims;
    claims.application = application->id;
    claims.tenant = std::string(tenant.substr(0, 100));
    claims.audience = own_audience;
    claims.roles = application->permissions;
    claims.issued = now_ticks();
    claims.expires = claims.issued + token_life;
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("token_type", "Bearer");
    // The older endpoint writes its numbers as text.
    bool const older = form.contains("resource");
    auto const seconds = token_life / ticks_per_second - 1;
    for (auto const* name : {"expires_in", "ext_expires_in"})
        if (older) json.member(name, std::to_string(seconds));
        else json.member(name, seconds);
    if (older) json.member("resource", field("resource"));
    json.member("access_token", signer_.issue(claims));
    json.end_object();
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

Status Gate::claim(std::string_view code, std::string_view name, std::string_view password) {
    {
        std::lock_guard lock(guard_);
        if (first_code_.empty() || now_ticks() > first_code_until_ || !same_secret(first_code_, code)) return fail("auth.bad_code");
    }
    auto const user = TRY(prepare_user(name, password, "Administrator"));
    TRY(change([&](store::Connection& connection) -> Status {
        if (!TRY(read_directory(connection)).empty()) return fail("auth.bad_code");
        return add_user(connection, user);
    }));
    std::lock_guard lock(guard_);
    first_code_.clear();
    return {};
}

}  // namespace merlon::api
