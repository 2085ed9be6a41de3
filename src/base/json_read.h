// Reading members of a parsed JSON document without ceremony: a missing member or one of another kind reads as
// empty. Readers that must tell the two apart use simdjson itself.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "base/result.h"

namespace merlon::json {

using Value = simdjson::dom::element;

// Parses `bytes` (kept alive by the caller, see Document). Errors name the file and the byte where known.
class Document {
public:
    static Result<Document> parse(std::string_view bytes, std::string_view name);
    Value root() const { return root_; }

private:
    std::unique_ptr<simdjson::dom::parser> parser_;
    Value root_;
};

std::optional<Value> member(Value, std::string_view key);
std::string_view text(Value);                        // "" when no string
std::string_view text(Value, std::string_view key);  // "" when missing or no string
std::optional<double> number(Value, std::string_view key);
std::optional<std::int64_t> integer(Value, std::string_view key);
std::optional<bool> boolean(Value, std::string_view key);
// Empty when missing or of another kind.
simdjson::dom::array array(Value, std::string_view key);
simdjson::dom::array array(Value);
std::vector<std::string> texts(Value, std::string_view key);  // of a list; "" for what is no string
bool is_object(Value);
bool is_array(Value);
bool is_string(Value);
bool is_null(Value);
// Minified text of any value.
std::string dump(Value);

}  // namespace merlon::json
