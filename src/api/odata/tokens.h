// The words of an OData expression.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon::api::odata {

enum class TokenKind : std::uint8_t { name, text, number, time, open, close, comma, colon, slash, minus, end };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string value;  // text literals without quotes, the rest as written
    Span span;
};

// Text in single quotes (doubled inside), numbers, dates (2019-11-22T00:00:00Z, also the short 2018-08-01Z), names;
// a GUID is text, a time of day a number.
// Errors: odata.unclosed_text, odata.unexpected_character, odata.too_long.
Result<std::vector<Token>> read_tokens(std::string_view text);

}  // namespace merlon::api::odata
