// The JSON object that a write takes. Unknown members are refused, so that nothing is set by accident.
#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/server.h"
#include "base/json_read.h"

namespace merlon::api {

class Body {
public:
    // Errors: api.bad_body, which lists `members` when another one is there.
    static Result<Body> read(HttpRequest const&, std::initializer_list<std::string_view> members);

    Result<std::string> text(std::string_view name) const;  // required
    Result<std::optional<std::string>> optional_text(std::string_view name) const;
    Result<std::optional<bool>> optional_flag(std::string_view name) const;
    Result<std::optional<std::int64_t>> optional_integer(std::string_view name) const;
    Result<std::vector<std::string>> texts(std::string_view name) const;  // left out: none
    Result<std::optional<std::vector<std::string>>> optional_texts(std::string_view name) const;
    bool has(std::string_view name) const;  // also as null
    json::Value root() const { return document_.root(); }

private:
    explicit Body(json::Document document) : document_(std::move(document)) {}
    json::Document document_;
};

// What a write answers that has nothing to tell: 204.
HttpResponse nothing();

}  // namespace merlon::api
