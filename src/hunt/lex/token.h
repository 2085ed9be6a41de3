// Tokens of KQL text. Read once; nothing downstream looks at the text again except to show it in errors.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon::hunt {

enum class TokenKind : std::uint8_t {
    name,      // identifier or keyword; `text` is as written
    string,    // `text` holds the value, escapes undone
    integer,   // long literal: decimal or 0x
    real,      // 1.5, 1e3
    span,      // 1d, 2.5h, 7tick: `value` holds ticks
    literal,   // datetime(...), time(...), guid(...), bool(...), int(...)...: `text` type word, `body` inside
    sign,      // operators and punctuation, `text` is the sign
    end,
};

struct Token {
    TokenKind kind = TokenKind::end;
    Span span;
    std::string text;
    std::string body;            // of `literal`
    std::int64_t value = 0;      // integer, span
    double number = 0;           // real
    bool obfuscated = false;     // h"..." strings: hide in logs
    bool blank_before = false;   // white space or a comment stands before it
};

// All tokens, the last one of kind `end`. Errors: hunt.unclosed_text, hunt.odd_character, hunt.bad_number.
Result<std::vector<Token>> read_tokens(std::string_view text);

// Words that cannot be a name anywhere without brackets (KS228), and those that cannot stand alone in expressions.
bool is_reserved_name(std::string_view word);
bool is_reserved_in_expression(std::string_view word);
// long, string, datetime ...: the words of types and their old spellings.
bool is_type_word(std::string_view word);

}  // namespace merlon::hunt
