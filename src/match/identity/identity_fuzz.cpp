// Software as any sensor reports it: a line for each field, the platform first.
#include <cstdint>

#include "base/text.h"
#include "match/identity/identify.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon;
    static auto const rules = match::IdentityRules::embedded().value();
    static std::vector<std::string> const subjects{"a:mozilla:firefox", "a:oracle:mysql", "a:python:python", "o:microsoft:windows_11_23h2"};
    static match::VendorCatalog const catalog(subjects);
    auto const lines = split({reinterpret_cast<char const*>(data), size}, '\n');
    SoftwareKey key;
    std::string* const fields[]{&key.platform,     &key.item.source,         &key.item.name,         &key.item.vendor,    &key.item.version, &key.item.architecture,
                                &key.item.edition, &key.item.source_name, &key.item.distribution, &key.item.bundle_id, &key.item.purl,    &key.item.cpe};
    for (std::size_t i = 0; i < lines.size() && i < std::size(fields); ++i) *fields[i] = lines[i];
    auto const identity = match::identify(key, rules, catalog);
    (void)match::explain_identity(key, identity);
    return 0;
}
