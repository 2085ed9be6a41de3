// Vendor and product, a line each, as CNAs write them.
#include <cstdint>

#include "feeds/cve5/names.h"
#include "feeds/words.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const end = text.find('\n');
    auto const vendor = feeds::cpe_word(text.substr(0, end)), product = end == std::string_view::npos ? std::string{} : feeds::cpe_word(text.substr(end + 1));
    (void)feeds::writes_last_versions(vendor, product);
    for (auto const& cpe : feeds::cpes_of_names(vendor, product))
        if (cpe.product.empty() || subject_key(cpe).empty()) __builtin_trap();  // a name stands for a product or for nothing
    return 0;
}
