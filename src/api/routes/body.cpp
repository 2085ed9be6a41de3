#include "api/routes/body.h"

#include "base/text.h"

namespace merlon::api {
namespace {

std::unexpected<Error> wrong(std::string_view name, std::string_view kind) {
    return fail("api.bad_body", "\"" + std::string(name) + "\" is missing or no " + std::string(kind), "Mind the types of the members.");
}

}  // namespace

Result<Body> Body::read(HttpRequest const& request, std::initializer_list<std::string_view> members) {
    std::vector<std::string> const known(members.begin(), members.end());
    auto const listed = known.empty() ? std::string("Send no body.") : "Send a JSON object with " + join(known, ", ") + ".";
    if (auto const type = request.header("content-type"); !type.empty() && !type.starts_with("application/json"))
        return fail("api.bad_type", clean_text(type, 100));
    auto document = json::Document::parse(request.body, "the body");
    if (!document) return fail("api.bad_body", describe(document.error()), listed);
    simdjson::dom::object object;
    if (document->root().get(object)) return fail("api.bad_body", "it is no JSON object", listed);
    std::vector<std::string_view> seen;
    for (auto const [key, value] : object) {
        // Programs differ in which of two they believe.
        if (std::find(seen.begin(), seen.end(), key) != seen.end())
            return fail("api.bad_body", "\"" + clean_text(key, 100) + "\" is there twice", listed);
        seen.push_back(key);
        if (std::find(known.begin(), known.end(), key) == known.end())
            return fail("api.bad_body", "there is no member \"" + clean_text(key, 100) + "\"", listed);
    }
    return Body(std::move(*document));
}

Result<std::string> Body::text(std::string_view name) const {
    auto const found = json::member(document_.root(), name);
    if (!found || !json::is_string(*found)) return wrong(name, "text");
    return std::string(json::text(*found));
}

Result<std::optional<std::string>> Body::optional_text(std::string_view name) const {
    auto const found = json::member(document_.root(), name);
    if (!found || json::is_null(*found)) return std::optional<std::string>{};
    if (!json::is_string(*found)) return wrong(name, "text");
    return std::optional<std::string>(json::text(*found));
}

Result<std::optional<bool>> Body::optional_flag(std::string_view name) const {
    auto const found = json::member(document_.root(), name);
    if (!found || json::is_null(*found)) return std::optional<bool>{};
    auto const flag = json::boolean(document_.root(), name);
    if (!flag) return wrong(name, "true or false");
    return flag;
}

Result<std::optional<std::int64_t>> Body::optional_integer(std::string_view name) const {
    auto const found = json::member(document_.root(), name);
    if (!found || json::is_null(*found)) return std::optional<std::int64_t>{};
    auto const number = json::integer(document_.root(), name);
    if (!number) return wrong(name, "whole number");
    return number;
}

Result<std::vector<std::string>> Body::texts(std::string_view name) const {
    std::vector<std::string> all;
    auto const found = json::member(document_.root(), name);
    if (!found || json::is_null(*found)) return all;
    if (!json::is_array(*found)) return wrong(name, "list of texts");
    for (auto const one : json::array(*found)) {
        if (!json::is_string(one)) return wrong(name, "list of texts");
        all.emplace_back(json::text(one));
    }
    return all;
}

Result<std::optional<std::vector<std::string>>> Body::optional_texts(std::string_view name) const {
    auto const found = json::member(document_.root(), name);
    if (!found || json::is_null(*found)) return std::optional<std::vector<std::string>>{};
    return std::optional(TRY(texts(name)));
}

bool Body::has(std::string_view name) const { return json::member(document_.root(), name).has_value(); }

HttpResponse nothing() {
    HttpResponse response;
    response.status = 204;
    return response;
}

}  // namespace merlon::api
