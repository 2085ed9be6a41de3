// Signing in: the token endpoint in Entra's two forms (specification, section 2.1), the portal's session, and the one-time
// claim of a new server. None of these needs a permission; all are audited and throttled.
#include "api/auth/gate.h"
#include "api/auth/permissions.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/json_text.h"

namespace merlon::api {
namespace {

Result<HttpResponse> token(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    return service.gate().issue_token(request, parts[0]);
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
    HttpResponse response;
    response.status = 204;
    return response;
}

}  // namespace

void add_sign_in_routes(std::vector<Route>& all) {
    all.push_back({"POST", "{}/oauth2/v2.0/token", "", token});
    all.push_back({"POST", "{}/oauth2/token", "", token});
    all.push_back({"GET", "api/merlon/session", std::string(signed_in), who});
    all.push_back({"POST", "api/merlon/session", "", sign_in});
    all.push_back({"DELETE", "api/merlon/session", "", sign_out});
    all.push_back({"POST", "api/merlon/claim", "", claim});
}

}  // namespace merlon::api
