// Bind and emit: whatever compiles is SQL that the engine can at least plan.
#include <cstdint>

#include "hunt/hunt.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    using namespace merlon;
    static auto connection = [] {
        auto made = store::Database::open({}).value().connect().value();
        (void)hunt::prepare(made);
        return made;
    }();
    hunt::Options options;
    options.catalog = &hunt::Catalog::empty();
    std::string_view const text(reinterpret_cast<char const*>(bytes), size);
    auto const compiled = hunt::compile(text, options);
    if (!compiled) {
        if (compiled.error().span && compiled.error().span->end > size) __builtin_trap();
        if (fault_of(compiled.error()) == Fault::ours) __builtin_trap();
        return 0;
    }
    if (compiled->sql.size() > 200'000) return 0;
    auto const planned = connection.execute("EXPLAIN " + compiled->sql);
    // Conversions of constants may fail; that the statement does not parse or bind may not be.
    if (!planned && (describe(planned.error()).find("Parser Error") != std::string::npos ||
                     describe(planned.error()).find("Binder Error") != std::string::npos ||
                     describe(planned.error()).find("Catalog Error") != std::string::npos))
        __builtin_trap();
    return 0;
}
