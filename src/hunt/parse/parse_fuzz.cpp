#include <cstdint>
#include <cstdio>

#include "hunt/parse/parse.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(bytes), size);
    auto const program = merlon::hunt::parse(text, {});
    if (!program && program.error().span && program.error().span->end > size) __builtin_trap();
    if (!program) return 0;
    if (merlon::hunt::print_tree(*program).empty() && !program->statements.empty()) __builtin_trap();
    auto const printed = merlon::hunt::print_kql(*program);
    // Every operand stands in brackets there, so that it is longer and deeper.
    auto const again = merlon::hunt::parse(printed, {.text_bytes = std::size_t{1} << 22, .depth = 1'000});
    auto const printed_again = again ? merlon::hunt::print_kql(*again) : merlon::render(again.error(), printed);
    if (printed_again == printed) return 0;
    std::fprintf(stderr, "printed:\n%s\nread and printed again:\n%s\n", printed.c_str(), printed_again.c_str());
    __builtin_trap();
}
