// Every scheme must give any two texts a place, the same way round, without reading out of bounds.
#include <cstdlib>
#include <string_view>

#include "match/versions/versions.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size < 2) return 0;
    auto const count = merlon::match::scheme_names().size();
    auto const scheme = static_cast<merlon::match::Scheme>(data[0] % count);
    std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const cut = text.find('\n');
    auto const a = text.substr(0, cut);
    auto const b = cut == std::string_view::npos ? std::string_view{} : text.substr(cut + 1);
    if (merlon::match::compare(scheme, a, b) != -merlon::match::compare(scheme, b, a)) std::abort();
    if (merlon::match::compare(scheme, a, a) != 0) std::abort();
    return 0;
}
