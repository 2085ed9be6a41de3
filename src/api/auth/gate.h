// The gate: who asks, and may they. Every request passes it once, before its handler runs.
//
// Credentials, in this order: "Authorization: Bearer" with a personal token (mer_...) or an access token that this server
// issued; the session cookie of the portal. A server that nobody has claimed yet (no user, no application) and that
// listens on loopback only lets local callers do everything (docs/decisions/004): the first user ends that.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "api/auth/directory.h"
#include "api/auth/jwt.h"
#include "api/auth/oidc.h"
#include "api/http/server.h"
#include "store/store.h"
#include "store/writer.h"

namespace merlon::api {

// The permission of routes that everybody who is signed in may use.
inline constexpr std::string_view signed_in = "signed-in";
// Permissions that are about everything there is: nobody has them who sees some device groups only.
inline constexpr std::array<std::string_view, 7> whole_fleet_permissions{
    "Merlon.Access.Manage",      "DeviceGroup.ReadWrite.All",    "CustomDetection.ReadWrite.All", "Exception.ReadWrite.All",
    "RemediationTasks.ReadWrite.All", "Merlon.ServiceTargets.Manage", "Merlon.Notifications.Manage"};

struct Caller {
    std::string who = "nobody";  // "user:anna", "application:ID", "local"
    std::string user;            // id, for people
    std::set<std::string> permissions;
    DeviceGroups groups = {};  // that they see the devices of
    friend bool operator==(Caller const&, Caller const&) = default;
};
// Who a person is, whatever credential they come with: all that their role gives, within what both may see.
Caller caller_of(Directory const&, User const&);

// What is refused with this code is done after POST /api/merlon/session/confirm.
inline constexpr std::string_view confirmation_required = "ConfirmationRequired";

struct GateOptions {
    bool open_until_claimed = true;  // false where the server listens beyond loopback
    bool check_host = false;         // an unclaimed server answers to loopback names only, against DNS rebinding
    Ticks confirm_after = 15 * ticks_per_minute;  // how long a session may manage access after a password; 0: to its end
    OidcOptions oidc = {};
    std::filesystem::path key_file;  // empty: a key for the life of the process
};

class Gate {
public:
    static Result<std::unique_ptr<Gate>> create(store::Store const&, store::Writer&, GateOptions const&);

    // The caller, or the response that refuses: 401 without a good credential, 403 without `permission`.
    // "" asks for nothing: the caller may be nobody.
    std::expected<Caller, HttpResponse> admit(HttpRequest const&, std::string_view permission);
    // Whether the request's credential still stands for its caller, rights and groups as they were when it was admitted:
    // for answers that go on for long. It keeps no session awake.
    bool still_stands(HttpRequest const&);
    // Whether a caller has this permission, as admit() decides it.
    static bool allows(Caller const&, std::string_view permission);

    // ---- Signing in. Failures count against the account and the address: ten within 15 minutes, then 429. ----
    // The value of the session cookie.
    std::expected<std::string, HttpResponse> sign_in(HttpRequest const&, std::string_view name, std::string_view password);
    void sign_out(HttpRequest const&);
    // The refusal of a request that gives access to others or outlives its session, when the session's password was given
    // too long ago: a browser left open must not be enough. Nothing for tokens, which have no password to give.
    std::optional<HttpResponse> unconfirmed(HttpRequest const&) const;
    // The password of the session's user once more. Failures count as in sign_in().
    std::expected<void, HttpResponse> confirm(HttpRequest const&, std::string_view password);
    // The user that a provider's identity stands for, made at its first sign-in, with role and groups as the provider says
    // now. Errors: oidc.name_taken, oidc.disabled.
    Result<std::string> user_of(Identity const&);
    Oidc& oidc() { return *oidc_; }
    // A session for somebody whom a provider of identities has vouched for (auth/oidc.h).
    std::string start_session(HttpRequest const&, std::string const& user_id);
    struct SessionSeen {
        std::string id, user, address, client;  // user: id; client: what the browser calls itself
        Ticks created = 0, seen = 0;
        bool current = false;  // the one of this request
    };
    std::vector<SessionSeen> sessions(HttpRequest const&) const;
    void end_session(std::string_view id);
    // An access token for client credentials, one hour; the body is the answer of the token endpoint.
    HttpResponse issue_token(HttpRequest const&, std::string_view tenant);
    // A token that lets whoever has it GET `path` once and again until `expires`, with the rights that the caller then has.
    std::string sign_link(Caller const&, std::string_view path, Ticks expires) const;
    // The first administrator, by the one-time code that the server printed.
    Status claim(std::string_view code, std::string_view name, std::string_view password);

    // ---- The directory -------------------------------------------------------------------------------------
    std::shared_ptr<Directory const> directory() const { return directory_.load(); }
    // Runs a change through the writer and reads the directory again; sessions of people who lost their account end.
    Status change(store::Operation);
    bool unclaimed() const { return directory_.load()->empty(); }
    // The code for claim(), while nobody has claimed the server.
    std::string first_code() const;

private:
    Gate(store::Store const& store, store::Writer& writer, GateOptions options, Signer signer)
        : store_(store), writer_(writer), options_(std::move(options)), signer_(std::move(signer)) {}
    struct Session {
        std::string user;
        Ticks created = 0, seen = 0, confirmed = 0;
        std::string address, client;
    };
    struct Failures {
        int count = 0;
        Ticks since = 0;
    };
    Status reload();
    // Whether `password` is the user's; failures are counted. The response that refuses otherwise.
    std::expected<void, HttpResponse> check(HttpRequest const&, std::string_view name, User const*, std::string_view password);
    std::optional<Caller> by_credential(HttpRequest const&, bool wakes);
    std::optional<Caller> by_bearer(std::string_view credential);
    std::optional<Caller> by_cookie(HttpRequest const&, bool wakes);
    std::optional<Caller> by_link(HttpRequest const&);
    void note_use(PersonalToken const&, Ticks now);
    bool throttled(std::string const& key);
    void failed(std::string const& key);

    store::Store const& store_;
    store::Writer& writer_;
    GateOptions options_;
    Signer signer_;
    std::unique_ptr<Oidc> oidc_;
    std::atomic<std::shared_ptr<Directory const>> directory_;
    std::mutex reload_guard_;
    mutable std::mutex guard_;  // for all below
    std::map<std::string, Session> sessions_;  // by the hash of the cookie
    std::map<std::string, Failures> failures_;
    std::map<std::string, Ticks> token_used_;  // by id
    std::string first_code_;
    Ticks first_code_until_ = 0;
};

}  // namespace merlon::api
