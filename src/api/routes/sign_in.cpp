// Signing in: the token endpoint in Entra's two forms (specification, section 2.1), the portal's session, and the one-time
// claim of a new server. None of these needs a permission; all are audited and throttled.
#include "api/auth/gate.h"
#include "api/auth/permissions.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

Result<HttpResponse> token(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    return service.gate().issue_token(request, parts[0]);
}

// What client libraries (MSAL, azure-identity) read before they ask for a token.
Result<HttpResponse> discovery(Service&, HttpRequest const& request, std::vector<std::string> const& parts) {
    bool const newer = request.path.find("/v2.0/") != std::string::npos;
    auto const tenant = base_url(request) + "/" + percent_encode(parts[0]);
    auto const endpoints = tenant + (newer ? "/oauth2/v2.0/" : "/oauth2/");
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("issuer", tenant + (newer ? "/v2.0" : ""));
    json.member("authorization_endpoint", endpoints + "authorize");
    json.member("token_endpoint", endpoints + "token");
    json.member("jwks_uri", tenant + (newer ? "/discovery/v2.0/keys" : "/discovery/keys"));
    auto const list = [&](std::string_view name, std::initializer_list<std::string_view> words) {
        json.key(name);
        json.begin_array();
        for (auto const word : words) json.string(word);
        json.end_array();
    };
    list("grant_types_supported", {"client_credentials"});
    list("token_endpoint_auth_methods_supported", {"client_secret_post", "client_secret_basic"});
    json.end_object();
    return response;
}

// Libraries want an address of keys. Only this server judges the tokens that it signs, so there are none to give away.
Result<HttpResponse> no_keys(Service&, HttpRequest const&, std::vector<std::string> const&) {
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.key("keys");
    json.begin_array();
    json.end_array();
    json.end_object();
    return response;
}

// Programs do not sign people in here; a library that sends a browser is told what to use.
Result<HttpResponse> no_interactive_sign_in(Service&, HttpRequest const&, std::vector<std::string> const&) {
    return refusal(400, "BadRequest", "Programs get their tokens with grant_type=client_credentials, or use a personal token; nobody signs in here with a browser.");
}

HttpResponse described(Caller const& caller) {
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("who", caller.who);
    json.key("permissions");
    json.begin_array();
    for (auto const& permission : caller.permissions) json.string(permission);
    json.end_array();
    json.end_object();
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

Result<HttpResponse> who(Service&, HttpRequest const& request, std::vector<std::string> const&) {
    return described(*request.caller);
}

Result<HttpResponse> sign_in(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"name", "password"}));
    auto cookie = service.gate().sign_in(request, TRY(body.text("name")), TRY(body.text("password")));
    if (!cookie) return std::move(cookie.error());
    HttpResponse response;
    response.status = 204;
    response.headers.emplace_back("Set-Cookie", *cookie);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

Result<HttpResponse> confirm(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"password"}));
    if (auto confirmed = service.gate().confirm(request, TRY(body.text("password"))); !confirmed) return std::move(confirmed.error());
    return nothing();
}

Result<HttpResponse> sign_out(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    service.gate().sign_out(request);
    HttpResponse response;
    response.status = 204;
    response.headers.emplace_back("Set-Cookie", "__Host-merlon=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    response.headers.emplace_back("Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
    return response;
}

Result<HttpResponse> claim(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"code", "name", "password"}));
    TRY(service.gate().claim(TRY(body.text("code")), TRY(body.text("name")), TRY(body.text("password"))));
    return nothing();
}

// ---- By an OpenID provider (auth/oidc.h) --------------------------------------------------------------------

constexpr std::string_view oidc_cookie = "__Host-merlon-oidc";

std::string_view cookie_named(HttpRequest const& request, std::string_view name) {
    for (auto const part : split(request.header("cookie"), ';')) {
        auto const pair = trim(part);
        if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=') return pair.substr(name.size() + 1);
    }
    return {};
}

// How people may sign in; the portal asks before anybody has.
Result<HttpResponse> ways(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("password", true);
    json.member("openid", service.gate().oidc().enabled());
    json.end_object();
    return response;
}

Result<HttpResponse> openid_start(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    if (!service.gate().oidc().enabled()) return fail("oidc.off");
    auto const start = TRY(service.gate().oidc().begin(now_ticks(), request.option("prompt") == "login"));
    HttpResponse response;
    response.status = 302;
    response.headers.emplace_back("Location", start.location);
    // Lax: the provider sends the browser back from its own pages.
    response.headers.emplace_back("Set-Cookie", std::string(oidc_cookie) + "=" + start.cookie + "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600");
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

// The session's cookie is for our own pages only, so the browser comes to the portal from a page of ours.
Result<HttpResponse> let_in(Service& service, HttpRequest const& request) {
    if (!service.gate().oidc().enabled()) return fail("oidc.off");
    if (auto const refused = request.option("error"); !refused.empty()) return fail("oidc.provider", "it says " + clean_text(refused, 100));
    auto const identity = TRY(service.gate().oidc().finish(request.option("state"), request.option("code"), cookie_named(request, oidc_cookie), now_ticks()));
    auto const user = TRY(service.gate().user_of(identity));
    HttpResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.body = "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url=/\"><title>Merlon</title><p><a href=\"/\">Go on</a>";
    response.headers.emplace_back("Set-Cookie", service.gate().start_session(request, user));
    response.headers.emplace_back("Set-Cookie", std::string(oidc_cookie) + "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

// A person who is refused reads why at the portal's door, which knows the code; programs read the error.
Result<HttpResponse> openid_finish(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto finished = let_in(service, request);
    if (finished || request.header("accept").find("text/html") == std::string_view::npos) return finished;
    HttpResponse response;
    response.status = 302;
    response.headers.emplace_back("Location", "/#/refused?why=" + finished.error().code);
    response.fault = describe(finished.error());
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

}  // namespace

void add_sign_in_routes(std::vector<Route>& all) {
    all.push_back({"POST", "{}/oauth2/v2.0/token", "", token});
    all.push_back({"POST", "{}/oauth2/token", "", token});
    for (std::string const version : {"", "/v2.0"}) {
        all.push_back({"GET", "{}" + version + "/.well-known/openid-configuration", "", discovery});
        all.push_back({"GET", "{}/oauth2" + version + "/authorize", "", no_interactive_sign_in});
        all.push_back({"GET", "{}/discovery" + version + "/keys", "", no_keys});
    }
    all.push_back({"GET", "api/merlon/session", std::string(signed_in), who});
    all.push_back({"POST", "api/merlon/session", "", sign_in});
    all.push_back({"DELETE", "api/merlon/session", "", sign_out});
    all.push_back({"POST", "api/merlon/session/confirm", std::string(signed_in), confirm});
    all.push_back({"POST", "api/merlon/claim", "", claim});
    all.push_back({"GET", "api/merlon/signIn", "", ways});
    all.push_back({"GET", "api/merlon/oidc/start", "", openid_start});
    all.push_back({"GET", "api/merlon/oidc/callback", "", openid_finish});
}

}  // namespace merlon::api
