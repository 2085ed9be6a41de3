#include <cstdint>

#include "hunt/lex/token.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(bytes), size);
    auto const tokens = merlon::hunt::read_tokens(text);
    if (!tokens) {
        if (tokens.error().span && tokens.error().span->end > size) __builtin_trap();
        return 0;
    }
    // Tokens lie in the text, one behind the other.
    std::size_t before = 0;
    for (auto const& token : *tokens) {
        if (token.span.begin < before || token.span.end < token.span.begin || token.span.end > size) __builtin_trap();
        before = token.span.end;
    }
    return 0;
}
