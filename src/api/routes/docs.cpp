// GET /api/docs: the OpenAPI document as a page for people, from data/reference.
#include "api/service.h"
#include "base/embedded.h"

namespace merlon::api {
namespace {

constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

template <char const* file, char const* type>
Result<HttpResponse> answer(Service&, HttpRequest const&, std::vector<std::string> const&) {
    HttpResponse response;
    response.content_type = type;
    response.body = embedded(file);
    response.headers.emplace_back("Content-Security-Policy", policy);
    response.headers.emplace_back("X-Frame-Options", "DENY");
    return response;
}

constexpr char page[] = "data/reference/index.html", html[] = "text/html; charset=utf-8";
constexpr char script[] = "data/reference/reference.js", javascript[] = "text/javascript; charset=utf-8";
constexpr char style[] = "data/reference/reference.css", css[] = "text/css; charset=utf-8";

}  // namespace

// Nothing of these is secret: who is not signed in sees the page, and that it has nothing to show.
void add_docs_routes(std::vector<Route>& all) {
    all.push_back({"GET", "api/docs", "", answer<page, html>});
    all.push_back({"GET", "api/docs/reference.js", "", answer<script, javascript>});
    all.push_back({"GET", "api/docs/reference.css", "", answer<style, css>});
}

}  // namespace merlon::api
