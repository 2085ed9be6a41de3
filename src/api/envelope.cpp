#include "api/envelope.h"

#include "base/json_read.h"
#include "base/json_text.h"

namespace merlon::api {

std::string error_envelope(std::string_view code, std::string_view message) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.key("error");
    json.begin_object();
    json.member("code", code);
    json.member("message", message);
    json.end_object();
    json.end_object();
    return body;
}

void add_to_envelope(std::string& body, std::string_view member, std::string_view json) {
    auto const document = json::Document::parse(body, "envelope");
    if (!document || !json::is_object(document->root())) return;
    auto const found = json::member(document->root(), "error");
    simdjson::dom::object error;
    if (!found || found->get(error) || !json::member(*found, "message") || json::member(*found, "@type")) return;
    std::string whole;
    JsonWriter writer(whole);
    writer.begin_object();
    writer.key("error");
    writer.begin_object();
    for (auto const [key, value] : error) {
        writer.key(key);
        writer.raw(json::dump(value));
    }
    writer.key(member);
    writer.raw(json);
    writer.end_object();
    writer.end_object();
    body = std::move(whole);
}

}  // namespace merlon::api
