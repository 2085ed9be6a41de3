#include <cstdint>

#include "hunt/parse/parse.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(bytes), size);
    auto const program = merlon::hunt::parse(text, {});
    if (!program && program.error().span && program.error().span->end > size) __builtin_trap();
    if (program && merlon::hunt::print_tree(*program).empty() && !program->statements.empty()) __builtin_trap();
    return 0;
}
