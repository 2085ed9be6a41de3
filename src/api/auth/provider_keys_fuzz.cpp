// The keys of a provider and the tokens it signs come from another server: any bytes.
#include "api/auth/provider_keys.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    (void)merlon::api::read_provider_keys(bytes);
    (void)merlon::api::check_id_token(bytes, {}, {"https://id.test", "merlon", "n", 1}, "groups");
    return 0;
}
